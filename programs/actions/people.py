"""Who may do what in a program: changed, taken away, and offered by e-mail."""

import hashlib
import secrets
from datetime import date, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.addresses import find_person
from programs.actions.recording import save_with_sites
from programs.mails import send_invitation
from programs.models import Invitation, Membership, Program, Role
from programs.permissions import check_may_manage

DAYS_OPEN = 14
MOST_OPEN = 50  # invitations of a program that may wait to be accepted
MOST_MAILS_A_DAY = 100  # by one person
SECRET_BYTES = 32


@transaction.atomic
def change_membership(*, membership, role, all_sites, sites=(), seen, by) -> Membership:
    """Give a member another role, or other sites, and return the membership.

    seen : the latest record of its history that the person had in view
    Nothing is recorded where nothing changes.
    """
    held = _hold_membership(membership, by)
    if marker(held) != seen:
        raise ValidationError(
            f"Somebody changed what {held.user} may do in between. Look at it again; nothing of "
            "yours has been saved yet."
        )
    sites = choose_sites(held.program, all_sites, sites)
    if (held.role, held.all_sites, set(held.sites.all())) == (role, all_sites, set(sites)):
        return held
    if (role, all_sites) != (Role.MANAGER, True):
        _check_another_manages(held)
    held.role, held.all_sites = role, all_sites
    return save_with_sites(held, sites, by=by, why="change")


@transaction.atomic
def remove_member(*, membership, by) -> int:
    """Take somebody's part in a program away; what they entered stays. Returns how many of the
    invitations that they sent may still be accepted."""
    held = _hold_membership(membership, by)
    _check_another_manages(held)
    held._history_user, held._change_reason = by, "remove"
    held.delete()
    return (
        held.program.invitations.open_on(timezone.localdate()).filter(invited_by=held.user).count()
    )


@transaction.atomic
def invite_person(*, program, email, role, all_sites, sites=(), by, today) -> Invitation:
    """Offer somebody a part in a program, and send them the link when the transaction is through.

    A mail that cannot be sent raises OSError; the invitation is stored by then.
    """
    program = _hold_program(program, by)
    email = email.strip().lower()
    sites = choose_sites(program, all_sites, sites)
    _check_may_be_invited(program, email)
    _check_not_too_many(program, by=by, today=today)
    invitation = Invitation(program=program, email=email, role=role, all_sites=all_sites)
    return _send(invitation, sites, by=by, today=today, why="invite")


@transaction.atomic
def resend_invitation(*, invitation, by, today) -> Invitation:
    """Send an invitation again, with a new link: the one before no longer works."""
    held = _hold_invitation(invitation, by)
    _check_is_pending(held)
    is_open = held.state_on(today) == Invitation.State.OPEN
    _check_not_too_many(held.program, by=by, today=today, besides=1 if is_open else 0)
    return _send(held, held.sites.all(), by=by, today=today, why="resend")


@transaction.atomic
def withdraw_invitation(*, invitation, by) -> Invitation:
    """Take an invitation back: its link no longer works."""
    held = _hold_invitation(invitation, by)
    _check_is_pending(held)
    held.withdrawn_at = timezone.now()
    return save_with_sites(held, held.sites.all(), by=by, why="withdraw")


def marker(row) -> int:
    """What tells one state of a row from the next: its latest record; 0 where there is none."""
    return row.history.aggregate(last=Max("history_id"))["last"] or 0


def digest(secret: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def choose_sites(program, all_sites, sites):
    """The sites to be stored: none where all are meant. Refuses none, and those of others."""
    if all_sites:
        return []
    sites = list(sites)
    if not sites:
        raise ValidationError("No site is covered. Choose sites, or all sites.")
    own = set(program.sites.values_list("pk", flat=True))
    strangers = sorted(site.name for site in sites if site.pk not in own)
    if strangers:
        raise ValidationError(
            f"Not taking part in {program}: {', '.join(strangers)}. Choose among its sites."
        )
    return sites


def _hold_program(program, by):
    """Let nobody else change who belongs to the program meanwhile: of two managers who remove
    each other at once, one stays."""
    held = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    check_may_manage(by, held)
    return held


def _hold_membership(membership, by):
    program = _hold_program(membership.program, by)
    held = program.memberships.select_related("user", "program").filter(pk=membership.pk).first()
    if held is None:
        raise ValidationError(f"{membership.user} is no member of {program} any more.")
    return held


def _hold_invitation(invitation, by):
    program = _hold_program(invitation.program, by)
    return program.invitations.select_related("program").get(pk=invitation.pk)


def _check_another_manages(membership):
    managing = membership.program.memberships.managing_all_sites()
    if membership in managing and managing.count() == 1:
        raise ValidationError(
            f"{membership.user} is the only manager of all sites of {membership.program}. "
            "Make somebody else one first: otherwise nobody could decide who may do what."
        )


def _check_may_be_invited(program, email):
    person = find_person(email)
    if person and program.memberships.filter(user=person).exists():
        raise ValidationError(
            f"{email} belongs to {person}, who is a member already. Change what they may do "
            "instead."
        )
    if program.invitations.pending().filter(email=email).exists():
        raise ValidationError(str(Invitation._meta.constraints[0].violation_error_message))


def _check_not_too_many(program, *, by, today, besides=0):
    """besides : open ones that are not to be counted"""
    if program.invitations.open_on(today).count() - besides >= MOST_OPEN:
        raise ValidationError(
            f"{MOST_OPEN} invitations to {program} are open, which is the most there may be. "
            "Withdraw those that nobody will accept any more."
        )
    sent = Invitation.history.filter(
        history_user=by,
        history_date__gt=timezone.now() - timedelta(days=1),
        history_change_reason__in=("invite", "resend"),
    )
    if sent.count() >= MOST_MAILS_A_DAY:
        raise ValidationError(
            f"You have sent {MOST_MAILS_A_DAY} invitations within 24 hours, which is the most "
            "that one person may send. Go on tomorrow."
        )


def _check_is_pending(invitation):
    if invitation.accepted_at:
        raise ValidationError(
            f"{invitation.email} has accepted this invitation already. Change what they may do, "
            "or remove them."
        )
    if invitation.withdrawn_at:
        raise ValidationError(f"The invitation of {invitation.email} is withdrawn already.")


def _send(invitation, sites, *, by, today: date, why) -> Invitation:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation.secret_sha256 = digest(secret)
    invitation.invited_by, invitation.expires_on = by, today + timedelta(days=DAYS_OPEN)
    invitation = save_with_sites(invitation, sites, by=by, why=why)
    transaction.on_commit(partial(send_invitation, invitation, secret))
    return invitation
