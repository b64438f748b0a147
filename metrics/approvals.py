"""A report's moves: submit, approve, return, reopen. Each is one transaction with its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from metrics.models import Door, MonthlyReport, Notice, Status
from metrics.notices import announce_waiting, recount_waiting, tell
from metrics.parts import find_changed_parts, store_parts
from programs.actions import hold_sites
from programs.models import Membership, Role
from programs.periods import format_month
from programs.permissions import can_enter_counts, check_may_approve, check_may_review

DAYS_TO_CORRECT = 14  # how long a reopened report stays open where nobody says otherwise
MOST_DAYS_TO_CORRECT = 366
MOST_NAMED = 3  # reports that a notice names one by one


class Move(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"


class MoveRule(NamedTuple):
    """The statuses a move may start from, and the one it leads to."""

    starts: frozenset[Status]
    end: Status


MOVES = {
    Move.SUBMIT: MoveRule(
        frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REOPENED}),
        Status.SUBMITTED,
    ),
    Move.APPROVE: MoveRule(frozenset({Status.SUBMITTED}), Status.APPROVED),
    Move.RETURN: MoveRule(frozenset({Status.SUBMITTED}), Status.RETURNED),
    Move.REOPEN: MoveRule(frozenset({Status.APPROVED}), Status.REOPENED),
}


class MoveRefusedError(ValidationError):
    """The report's status does not allow this move, or its site was not open."""


class ReportChangedError(Exception):
    """Somebody saved this site and month since it was last looked at. Nothing was written."""

    def __init__(self, stored: MonthlyReport):
        super().__init__(f"{stored} is at version {stored.version} by now")
        self.stored = stored


def submit_report(
    *, site, month, counts, seen_version, by, comment="", door=Door.TYPED, parts=None
):
    """Store counts that passed the gate as submitted, and return the report.

    seen_version : the version the person had in view, 0 when there was none
    parts : breakdowns, category -> its live_births and infant_deaths; None leaves them alone
    The same counts sent twice are stored once. Raises ReportChangedError when somebody else
    saved in between, MoveRefusedError when the report is approved or the site was not open.
    """
    submission = {"site": site, "month": month, "counts": counts, "seen_version": seen_version}
    submission |= {"by": by, "comment": comment, "door": door, "parts": parts or {}}
    try:
        return _submit(**submission)
    except IntegrityError:
        # Two first reports of one month met on PostgreSQL: the other one exists by now.
        return _submit(**submission)


@transaction.atomic
def _submit(*, site, month, counts, seen_version, by, comment, door, parts):
    [held] = hold_sites([site.pk])
    stored = (
        MonthlyReport.objects.select_for_update(of=("self",))
        .select_related("site")
        .filter(site=site, month=month)
        .first()
    )
    if stored is not None:
        if is_sent_again(stored, counts, comment, parts):
            return stored
        check_move(stored, Move.SUBMIT)
        _check_unchanged(stored, seen_version)

    _check_was_open(held, month)
    report = stored or MonthlyReport(site=site, month=month, version=0)
    for name, count in counts.items():
        setattr(report, name, count)
    report.comment, report.door, report.entered_by = comment, door, by
    report.reopened_until = None
    report.first_submitted_at = report.first_submitted_at or timezone.now()
    submitted = _save_move(report, Move.SUBMIT, by=by, said="")
    store_parts(submitted, parts, by=by)
    announce_waiting([site.pk], by=by)
    return submitted


def _check_was_open(held, month):
    """The gate has asked this of what was stored when it looked; a manager may have closed the
    site since."""
    if not any(month in spell for spell in held.operation):
        raise MoveRefusedError(
            f"{held.name} was not open in {format_month(month)}: somebody has changed when it was. "
            "Ask a manager; nothing was stored."
        )


def is_sent_again(stored, counts, comment, parts):
    """Whether this very report already arrived: a double click, or a connection lost after it."""
    return (
        stored.standing in (Status.SUBMITTED, Status.APPROVED)
        and stored.comment == comment
        and all(getattr(stored, name) == count for name, count in counts.items())
        and not find_changed_parts(stored, parts)
    )


@transaction.atomic
def approve_report(report, *, by):
    """Approve a submitted report. PermissionDenied for one's own, unless the program allows.

    These three move the version that was looked at: ReportChangedError when there is a newer one.
    """
    approved = _approve(report, by)
    tell_approved([approved], by=by)
    return approved


def _approve(report, by):
    check_may_approve(by, report.site, report.month, entered_by=report.entered_by)
    return _move(report, Move.APPROVE, by=by, said="")


@dataclass(frozen=True)
class Refused:
    """A report that was not approved together with others, and why."""

    report: MonthlyReport
    reason: str

    def __str__(self) -> str:
        return f"{self.report} was not approved. {self.reason}"


@transaction.atomic
def approve_many(
    reports: Iterable[MonthlyReport], *, by
) -> tuple[list[MonthlyReport], list[Refused]]:
    """Approve each report as it was looked at. Those that cannot be are named with the reason;
    they do not hold up the others."""
    approved: list[MonthlyReport] = []
    refused: list[Refused] = []
    for report in sorted(reports, key=lambda own: own.pk):  # two managers hold rows in one order
        try:
            approved.append(_approve(report, by))
        except ReportChangedError as error:
            refused.append(Refused(error.stored, "It was changed since you looked at it."))
        except MoveRefusedError as error:
            refused.append(
                Refused(report, f"It is {Status(str(error.code)).label.lower()} by now.")
            )
        except PermissionDenied as error:
            refused.append(Refused(report, str(error)))
    tell_approved(approved, by=by)
    return approved, refused


@transaction.atomic
def return_report(report, *, by, message):
    """Send a submitted report back with a message to its reporter, who is told."""
    check_may_review(by, report.site, report.month)
    said = _require(message, "Say what to correct.")
    returned = _move(report, Move.RETURN, by=by, said=said)
    _tell_reporter(returned, Notice.Kind.RETURNED, f"{returned} was returned by {by}: {said}")
    recount_waiting([returned.site_id])
    return returned


@transaction.atomic
def reopen_report(report, *, by, reason, until=None):
    """Open an approved report for correction, and tell its reporter.

    until : the last day for that, a fortnight ahead by default; from the day after, the counts
    as they were approved count again
    """
    check_may_review(by, report.site, report.month)
    said = _require(reason, "Say why it is reopened.")
    today = timezone.localdate()
    until = until or today + timedelta(days=DAYS_TO_CORRECT)
    if until < today:
        raise ValidationError(f"{until} is over. Give a last day that is still to come.")
    if until > today + timedelta(days=MOST_DAYS_TO_CORRECT):
        raise ValidationError(
            f"{until} is more than a year ahead. Give a last day within a year: until then the "
            "report counts nowhere."
        )
    reopened = _move(report, Move.REOPEN, by=by, said=said, reopened_until=until)
    _tell_reporter(
        reopened,
        Notice.Kind.REOPENED,
        f"{reopened} was reopened by {by} until {until}: {said}",
    )
    return reopened


def tell_approved(reports: Sequence[MonthlyReport], *, by) -> None:
    """Tell everybody once what of theirs was approved, and the managers what is left."""
    by_reporter: dict[User, list[MonthlyReport]] = {}
    for report in reports:
        if report.entered_by and report.entered_by != by:
            by_reporter.setdefault(report.entered_by, []).append(report)
    for reporter, own in by_reporter.items():
        text, address = _say_approved(own, by)
        tell([reporter], kind=Notice.Kind.APPROVED, text=text, address=address)
    recount_waiting({report.site_id for report in reports})


def _say_approved(reports, by) -> tuple[str, str]:
    """What a reporter is told, and the page that it is about."""
    first = reports[0]
    if len(reports) == 1:
        page = reverse("report_trail", args=[first.site.code, first.month])
        return f"{first} was approved by {by}.", page
    named = "; ".join(str(report) for report in reports[:MOST_NAMED])
    rest = f" and {len(reports) - MOST_NAMED:,} more" if len(reports) > MOST_NAMED else ""
    one_site = len({report.site_id for report in reports}) == 1
    page = reverse("site", args=[first.site.code]) if one_site else reverse("portfolio")
    return f"{len(reports):,} of your reports were approved by {by}: {named}{rest}.", page


def _tell_reporter(report, kind, text):
    """Tell who entered it; where that is nobody who can mend it, the site's reporters as well."""
    people = [report.entered_by] if report.entered_by else []
    if report.door == Door.FILE or not any(_can_mend(own, report.site) for own in people):
        people += _reporters_of(report.site)
    address = reverse("monthly_report", args=[report.site.code, report.month])
    tell(people, kind=kind, text=text, address=address)


def _can_mend(person, site) -> bool:
    return person.is_active and can_enter_counts(person, site)


def _reporters_of(site):
    covering = Q(all_sites=True) | Q(sites=site)
    members = Membership.objects.filter(
        covering, role=Role.REPORTER, program__in=site.programs.all()
    )
    return User.objects.filter(is_active=True, pk__in=members.values("user"))


def check_move(report, move):
    """Raise MoveRefusedError unless the report's status allows the move."""
    starts, status = MOVES[move].starts, report.standing
    if status not in starts:
        names = " or ".join(sorted(start.label.lower() for start in starts))
        is_protected = move == Move.SUBMIT and status == Status.APPROVED
        ask = " Ask a manager to reopen it." if is_protected else ""
        raise MoveRefusedError(
            f"{report} is {status.label.lower()}; {move} needs a report that is {names}.{ask}",
            code=status,
        )


@transaction.atomic
def _move(report, move, *, by, said, reopened_until=None):
    held = MonthlyReport.objects.select_for_update(of=("self",))
    stored = held.select_related("site", "entered_by").get(pk=report.pk)
    check_move(stored, move)
    _check_unchanged(stored, report.version)
    stored.reopened_until = reopened_until
    return _save_move(stored, move, by=by, said=said)


def _check_unchanged(stored, seen_version):
    if stored.version != seen_version:
        raise ReportChangedError(stored)


def _save_move(report, move, *, by, said):
    report.status = MOVES[move].end
    report.note = said
    report.import_batch = None
    report.version += 1
    report._history_user = by
    report._change_reason = f"{move}: {said}" if said else str(move)
    report.save()
    return report


def _require(text, advice):
    if not text.strip():
        raise ValidationError(advice)
    return text.strip()
