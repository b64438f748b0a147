"""Accepting an invitation: with the account one has, or with a new one."""

from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.addresses import find_person, record_address
from accounts.models import User
from programs.actions.recording import save_with_sites
from programs.models import Invitation, Membership, Program, Role
from programs.roles import RANKS


class Outcome(StrEnum):
    """What accepting an invitation makes of one's part in the program."""

    JOINED = "joined"  # there was none
    RAISED = "raised"  # the role offered may do more: it is taken, with its sites
    WIDENED = "widened"  # the same role: sites are added
    UNCHANGED = "unchanged"  # one may do as much already, or more


class InvitationClosedError(Exception):
    """The invitation was accepted, was withdrawn or has expired in between."""


def foresee(invitation: Invitation, membership: Membership | None) -> Outcome:
    """Say what accepting would do. A role is never lowered by it."""
    if membership is None:
        return Outcome.JOINED
    offered, own = RANKS[Role(invitation.role)], RANKS[Role(membership.role)]
    if offered > own:
        return Outcome.RAISED
    if offered < own or membership.all_sites:
        return Outcome.UNCHANGED
    is_covered = set(invitation.sites.all()) <= set(membership.sites.all())
    return Outcome.UNCHANGED if is_covered and not invitation.all_sites else Outcome.WIDENED


@transaction.atomic
def accept_invitation(*, invitation, by, today) -> Outcome:
    """Take part as it was offered. Raises InvitationClosedError when it no longer is."""
    held = _hold(invitation, today)
    membership = held.program.memberships.filter(user=by).first()
    outcome = foresee(held, membership)
    if outcome != Outcome.UNCHANGED:
        _take_part(held, membership or Membership(program=held.program, user=by), outcome, by)
    if by.email.lower() == held.email:
        record_address(by, held.email)
    held.accepted_by, held.accepted_at = by, timezone.now()
    save_with_sites(held, held.sites.all(), by=by, why="accept")
    return outcome


@transaction.atomic
def join_anew(*, invitation, account: User, today) -> User:
    """Store a new account, whose address is the one that was invited, and let it take part.

    Raises IntegrityError when somebody took the user name just now.
    """
    held = _hold(invitation, today)
    if find_person(held.email):
        raise ValidationError(
            "There is an account with this address already. Sign in, and open the link again."
        )
    account.email = held.email
    account.save()
    accept_invitation(invitation=held, by=account, today=today)
    return account


def _hold(invitation, today) -> Invitation:
    program = Program.objects.select_for_update(no_key=True).get(pk=invitation.program_id)
    held = program.invitations.select_related("program").get(pk=invitation.pk)
    if held.state_on(today) != Invitation.State.OPEN:
        raise InvitationClosedError
    return held


def _take_part(invitation, membership, outcome, by):
    all_sites, sites = invitation.all_sites, set(invitation.sites.all())
    if outcome == Outcome.WIDENED:
        sites |= set(membership.sites.all())
    membership.role, membership.all_sites = invitation.role, all_sites
    save_with_sites(membership, [] if all_sites else sites, by=by, why="invitation")
