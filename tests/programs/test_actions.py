from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from programs.actions import lock_target, revise_target
from programs.models import Target
from tests.factories import TargetFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_lock_target_says_who_and_when(today):
    target, person = TargetFactory(), UserFactory()
    locked = lock_target(target=target, by=person)
    assert (locked.pk, locked.locked_by) == (target.pk, person)
    assert locked.locked_at == datetime(2025, 7, 15, 12, tzinfo=UTC)
    kept = target.history.first()
    assert (kept.history_user, kept.history_change_reason) == (person, "lock")


def test_lock_target_locks_what_is_stored_not_what_was_loaded():
    target = TargetFactory()
    Target.objects.update(reduction_percent=Decimal(20))
    assert lock_target(target=target, by=UserFactory()).reduction_percent == 20


def test_lock_target_twice_is_refused_and_keeps_the_first(today):
    target, first = TargetFactory(), UserFactory(username="amina")
    lock_target(target=target, by=first)
    sentence = "Infant mortality 30 % lower, version 1, was locked on 2025-07-15 by amina already."
    with pytest.raises(ValidationError, match=rf"\['{sentence}'\]"):
        lock_target(target=target, by=UserFactory())
    target.refresh_from_db()
    assert target.locked_by == first


def test_revise_target_makes_the_next_version_open_to_change():
    target, person = TargetFactory(min_completeness=70), UserFactory()
    lock_target(target=target, by=person)

    revised = revise_target(target=target, reason=" Births fell by half. ", by=person)

    assert (revised.version, revised.reason) == (2, "Births fell by half.")
    assert not revised.is_locked
    for name in Target.CONTRACT:
        assert getattr(revised, name) == getattr(target, name)
    assert revised.history.get().history_user == person


def test_revise_target_leaves_the_old_version_as_it_was():
    target, person = TargetFactory(), UserFactory()
    lock_target(target=target, by=person)
    before = Target.objects.filter(pk=target.pk).values().get()

    revised = revise_target(target=target, reason="Births fell.", by=person)
    revised.evaluation_last = revised.due_month = date(2025, 12, 1)
    revised.save()

    assert Target.objects.filter(pk=target.pk).values().get() == before


def test_revise_target_is_refused_while_it_is_open():
    target = TargetFactory()
    with pytest.raises(ValidationError, match=r"version 1, is not locked\. Change it as it is"):
        revise_target(target=target, reason="Births fell.", by=UserFactory())
    assert Target.objects.count() == 1


def test_revise_target_is_refused_once_it_was_replaced():
    target, person = TargetFactory(), UserFactory()
    lock_target(target=target, by=person)
    revise_target(target=target, reason="Births fell.", by=person)
    with pytest.raises(ValidationError, match=r"version 1, has been replaced by version 2\."):
        revise_target(target=target, reason="Once more.", by=person)
    assert Target.objects.count() == 2


def test_revise_target_needs_a_reason():
    target, person = TargetFactory(), UserFactory()
    lock_target(target=target, by=person)
    with pytest.raises(ValidationError, match="Say why this version replaces the one before"):
        revise_target(target=target, reason="  ", by=person)
    assert Target.objects.count() == 1
