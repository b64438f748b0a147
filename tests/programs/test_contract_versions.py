from datetime import date
from decimal import Decimal

import pytest

from programs.actions import lock_target
from programs.models import Measure, Target
from tests.factories import MembershipFactory, ProgramFactory, TargetFactory
from tests.metrics.test_pages import words
from tests.programs.contract_forms import locked, seen, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def program():
    return ProgramFactory(slug="own")


@pytest.fixture
def manager(client, program):
    membership = MembershipFactory(program=program, role="manager", user__username="amina")
    client.force_login(membership.user)
    return membership.user


# --- Versions --------------------------------------------------------------------------------


def test_open_promise_is_changed_as_it_is(client, program, manager):
    target = TargetFactory(program=program)
    assert send(client, target=target, reduction_percent="20").status_code == 302
    changed = Target.objects.get()
    assert (changed.pk, changed.version, changed.reduction_percent) == (target.pk, 1, 20)


def test_lock_says_who_and_when(client, program, manager):
    target = TargetFactory(program=program)
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": seen(target)}, follow=True))
    target.refresh_from_db()
    assert target.locked_by == manager
    assert "Infant mortality 30 % lower, version 1, is locked." in seen_page
    assert "Its evaluation period had begun by then." in seen_page
    assert "2025-07-15 12:00 by amina" in seen_page


def test_lock_of_what_somebody_changed_meanwhile_is_refused(client, program, manager):
    target = TargetFactory(program=program)
    before = seen(target)
    target.reduction_percent = Decimal(20)
    target.save()
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": before}, follow=True))
    assert "20 % lower, version 1, has changed in between. Look again, then lock it." in seen_page
    assert not Target.objects.get().is_locked


def test_lock_twice_is_refused_with_who_did_it(client, program, manager):
    target = locked(program, manager)
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": seen(target)}, follow=True))
    assert "was locked on 2025-07-15 by amina already." in seen_page


def test_new_version_begins_with_the_current_one(client, program, manager):
    target = locked(program, manager, min_completeness=70, baseline_first=date(2022, 1, 1))
    form = client.get("/programs/own/contract/new/?measure=infant").context["form"]
    assert (form.kind, form.instance.version) == ("version", 2)
    assert form["min_completeness"].value() == 70
    assert form["baseline_first"].value() == date(2022, 1, 1)
    assert (form["seen"].value(), form["reason"].value()) == (seen(target), "")


def test_new_version_leaves_the_locked_one_as_it_was(client, program, manager):
    target = locked(program, manager)
    before = Target.objects.filter(pk=target.pk).values().get()
    send(client, target=target, reduction_percent="20", reason=" Births fell by half. ")
    assert Target.objects.filter(pk=target.pk).values().get() == before
    revised = Target.objects.current().get()
    assert (revised.version, revised.reduction_percent) == (2, 20)
    assert (revised.reason, revised.is_locked) == ("Births fell by half.", False)
    assert revised.history.first().history_user == manager


def test_new_version_without_a_reason_is_refused(client, program, manager):
    target = locked(program, manager)
    response = send(client, target=target, reduction_percent="20", reason="  ")
    assert response.status_code == 422
    sentence = "Say why this version replaces the one before."
    assert response.context["form"].errors == {"reason": [sentence]}
    assert Target.objects.get() == target


def test_open_version_keeps_its_number_and_may_say_its_reason_better(client, program, manager):
    target = locked(program, manager)
    send(client, target=target, reduction_percent="20", reason="Births fell.")
    revised = Target.objects.current().get()
    send(client, target=revised, level="50", reason="Births fell by half.")
    revised.refresh_from_db()
    assert (revised.version, revised.level, revised.reduction_percent) == (2, 50, None)
    assert revised.reason == "Births fell by half."


def test_promise_that_somebody_else_locked_meanwhile_is_not_replaced(client, program, manager):
    target = TargetFactory(program=program)
    before = seen(target)
    lock_target(target=target, by=manager)
    response = send(client, seen=before, reduction_percent="20", reason="Births fell.")
    assert response.status_code == 422
    assert "Somebody changed or locked this promise in between." in response.text
    assert Target.objects.get().reduction_percent == 30


def test_contract_shows_every_version_with_its_reason(client, program, manager):
    target = locked(program, manager)
    send(client, target=target, reduction_percent="20", reason="Births fell by half.")
    seen_page = words(client.get("/programs/own/contract/"))
    assert "Infant mortality: 20 % lower" in seen_page
    assert "Version 2 is open: it can still change" in seen_page
    assert "Reason Births fell by half. Promise 20 % lower" in seen_page
    assert "Promise 30 % lower rate per 1,000 births Baseline 2023-01 to 2023-12" in seen_page


def test_contract_without_a_promise_offers_the_first_of_each_measure(client, program, manager):
    shown = client.get("/programs/own/contract/")
    assert "Nothing has been promised yet" in words(shown)
    for measure in Measure:
        assert f"/programs/own/contract/new/?measure={measure}" in shown.text


@pytest.mark.parametrize("measures", [1, 3])
def test_contract_takes_five_queries(client, program, manager, measures, django_assert_num_queries):
    for measure in list(Measure)[:measures]:
        locked(program, manager, measure=measure)
    with django_assert_num_queries(5):
        client.get("/programs/own/contract/")
