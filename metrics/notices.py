"""Telling people: a notice in the app at once, and by e-mail what they have to act on."""

import logging
from collections.abc import Collection, Iterable
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from metrics.models import MonthlyReport, Notice, Status
from programs.models import Membership, Participation, Program, Role

logger = logging.getLogger(__name__)

# What asks somebody to act. Sixty submitted reports are one look into the app, not sixty mails.
SENT_BY_MAIL = frozenset(
    {Notice.Kind.RETURNED, Notice.Kind.REOPENED, Notice.Kind.REMINDER, Notice.Kind.EXCEPTION}
)


def tell(
    people: Iterable[User],
    *,
    kind: Notice.Kind,
    text: str,
    address: str = "",
    program: Program | None = None,
) -> None:
    """Leave a notice with each of these people; mail goes out when the transaction is through.

    address : the page it is about, without a host
    A mail that cannot be sent is logged; the notice in the app stays.
    """
    people = [person for person in set(people) if person.is_active]
    Notice.objects.bulk_create(
        Notice(user=person, program=program, kind=kind, text=text, address=address)
        for person in people
    )
    if kind not in SENT_BY_MAIL:
        return
    for person in people:
        if person.email:
            transaction.on_commit(partial(_send, person.email, kind, text, address))


def _send(to: str, kind: Notice.Kind, text: str, address: str) -> None:
    where = f"\n\n{settings.PUBLIC_ADDRESS}{address}" if address else ""
    try:
        send_mail(
            subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{kind.label}",
            message=f"{text}{where}\n",
            from_email=None,
            recipient_list=[to],
        )
    except Exception:
        # Whatever the mail server answers: what was stored is stored, and the page says so.
        logger.exception("A notice could not be sent by e-mail: %s", kind.label)


# --- What waits for approval ---------------------------------------------------------------


@transaction.atomic
def announce_waiting(sites: Collection[int], *, by: User | None) -> None:
    """Tell the managers of these sites that reports have come in and wait for approval.

    by : who sent them in, and so is not told
    Each manager has one unread notice for each program that asks for approval; it says how many
    wait by now, from their sites and not entered by themselves.
    """
    for program in _approving_programs(sites):
        _write_waiting(program, sites, new_but_for=by.pk if by else None)


@transaction.atomic
def recount_waiting(sites: Collection[int]) -> None:
    """Reports of these sites were approved or returned: unread notices say how many are left."""
    for program in _approving_programs(sites):
        _write_waiting(program, sites=(), new_but_for=None)


def settle_waiting(program: Program) -> None:
    """Nothing waits for approval in this program any more, since it asks for none."""
    _unread_waiting(program).update(read_at=timezone.now())


def _approving_programs(sites):
    """Held until the end of the transaction, so that of two reports at one moment the second
    finds the notice of the first."""
    asking = Program.objects.filter(
        approval_required=True,
        pk__in=Participation.objects.filter(site__in=sites).values("program"),
    )
    return list(asking.order_by("pk").select_for_update(no_key=True))


def _write_waiting(program, sites, new_but_for):
    """Bring the unread notices up to date; add those of managers whose sites these are."""
    counts = _count_waiting(program)
    unread = {notice.user_id: notice for notice in _unread_waiting(program)}
    managers = program.memberships.filter(role=Role.MANAGER, user__is_active=True)
    for membership in managers.select_related("user").prefetch_related("sites"):
        user, covered = membership.user_id, _covered(membership)
        number = _count_for(membership, covered, counts)
        is_new = user != new_but_for and any(covered is None or site in covered for site in sites)
        if user in unread:
            _say_how_many(unread[user], program, number, is_new)
        elif is_new and number:
            Notice.objects.create(
                user_id=user,
                program=program,
                kind=Notice.Kind.SUBMITTED,
                text=_how_many(program, number),
                address=reverse("approvals", args=[program.slug]),
            )


def _unread_waiting(program):
    return Notice.objects.unread().filter(program=program, kind=Notice.Kind.SUBMITTED)


def _count_waiting(program) -> list[tuple[int, int | None, bool, int]]:
    """How many reports wait, by site, by who entered them and by whether they may approve
    them."""
    waiting = MonthlyReport.objects.of_program(program).filter(status=Status.SUBMITTED)
    own = waiting.order_by().with_own_approval()
    by_person = own.values_list("site", "entered_by", "may_own")
    return list(by_person.annotate(Count("pk")))


def _covered(membership: Membership) -> set[int] | None:
    return None if membership.all_sites else {site.pk for site in membership.sites.all()}


def _count_for(membership, covered, counts) -> int:
    return sum(
        number
        for site, entered_by, may_own, number in counts
        if (covered is None or site in covered) and (may_own or entered_by != membership.user_id)
    )


def _say_how_many(notice, program, number, is_new):
    """None left: it is settled, whether or not it was read."""
    if number:
        notice.text = _how_many(program, number)
        notice.created_at = timezone.now() if is_new else notice.created_at
    else:
        notice.text = f"No report of {program} waits for your approval any more."
        notice.read_at = timezone.now()
    notice.save(update_fields=["text", "created_at", "read_at"])


def _how_many(program, number) -> str:
    wait = "report of {} waits" if number == 1 else "reports of {} wait"
    return f"{number:,} {wait.format(program)} for your approval."
