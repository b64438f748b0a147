"""Several people at one program's list at the same moment."""

import os

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from programs.actions import InvitationClosedError, accept_invitation, remove_member
from tests.factories import MembershipFactory, ProgramFactory, UserFactory
from tests.metrics.test_concurrency import IS_SQLITE, at_once, shared  # noqa: F401
from tests.programs.inviting import invite

pytestmark = [
    pytest.mark.django_db(transaction=not IS_SQLITE),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as copies"),
    pytest.mark.usefixtures("shared"),
]


def remove(membership, by):
    try:
        remove_member(membership=membership, by=by)
    except (PermissionDenied, ValidationError):
        return "refused"
    return "removed"


def test_of_two_managers_who_remove_each_other_one_stays():
    program = ProgramFactory()
    one, other = MembershipFactory.create_batch(2, program=program, role="manager")
    given = at_once(lambda pair: remove(*pair), [(one, other.user), (other, one.user)])
    assert sorted(given) == ["refused", "removed"]
    assert program.memberships.managing_all_sites().count() == 1


def accept(invitation, by):
    try:
        accept_invitation(invitation=invitation, by=by, today=timezone.localdate())
    except InvitationClosedError:
        return "closed"
    return "joined"


def test_one_invitation_lets_one_person_in():
    manager = MembershipFactory(role="manager")
    own = invite(manager.program, manager.user)
    given = at_once(lambda user: accept(own, user), UserFactory.create_batch(3))
    assert sorted(given) == ["closed", "closed", "joined"]
    assert manager.program.memberships.count() == 2
