"""A report's moves: submit, approve, return, reopen. Each is one transaction with its history."""

from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from metrics.models import Door, MonthlyReport, Status
from programs.permissions import check_may_approve, check_may_review


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
    """The report's status does not allow this move."""


class ReportChangedError(Exception):
    """Somebody saved this site and month since it was last looked at. Nothing was written."""

    def __init__(self, stored: MonthlyReport):
        super().__init__(f"{stored} is at version {stored.version} by now")
        self.stored = stored


def submit_report(*, site, month, counts, seen_version, by, comment="", door=Door.TYPED):
    """Store counts that passed the gate as submitted, and return the report.

    seen_version : the version the person had in view, 0 when there was none
    The same counts sent twice are stored once. Raises ReportChangedError when somebody else
    saved in between, MoveRefusedError when the report is approved.
    """
    submission = {"site": site, "month": month, "counts": counts, "seen_version": seen_version}
    submission |= {"by": by, "comment": comment, "door": door}
    try:
        return _submit(**submission)
    except IntegrityError:
        # Two first reports of one month met on PostgreSQL: the other one exists by now.
        return _submit(**submission)


@transaction.atomic
def _submit(*, site, month, counts, seen_version, by, comment, door):
    stored = (
        MonthlyReport.objects.select_for_update(of=("self",))
        .select_related("site")
        .filter(site=site, month=month)
        .first()
    )
    if stored is not None:
        if _is_sent_again(stored, counts, comment):
            return stored
        check_move(stored, Move.SUBMIT)
        _check_unchanged(stored, seen_version)

    report = stored or MonthlyReport(site=site, month=month, version=0)
    for name, count in counts.items():
        setattr(report, name, count)
    report.comment, report.door, report.entered_by = comment, door, by
    report.first_submitted_at = report.first_submitted_at or timezone.now()
    return _save_move(report, Move.SUBMIT, by=by, said="")


def _is_sent_again(stored, counts, comment):
    """Whether this very report already arrived: a double click, or a connection lost after it."""
    return (
        stored.status in (Status.SUBMITTED, Status.APPROVED)
        and stored.comment == comment
        and all(getattr(stored, name) == count for name, count in counts.items())
    )


def approve_report(report, *, by):
    """Approve a submitted report. PermissionDenied for one's own, unless the program allows.

    These three move the version that was looked at: ReportChangedError when there is a newer one.
    """
    check_may_approve(by, report.site, entered_by=report.entered_by)
    return _move(report, Move.APPROVE, by=by, said="")


def return_report(report, *, by, message):
    """Send a submitted report back with a message to its reporter."""
    check_may_review(by, report.site)
    return _move(report, Move.RETURN, by=by, said=_require(message, "Say what to correct."))


def reopen_report(report, *, by, reason):
    """Open an approved report for correction."""
    check_may_review(by, report.site)
    return _move(report, Move.REOPEN, by=by, said=_require(reason, "Say why it is reopened."))


def check_move(report, move):
    """Raise MoveRefusedError unless the report's status allows the move."""
    starts = MOVES[move].starts
    if report.status not in starts:
        names = " or ".join(sorted(Status(status).label.lower() for status in starts))
        ask = " Ask a manager to reopen it." if report.status == Status.APPROVED else ""
        raise MoveRefusedError(
            f"{report} is {Status(report.status).label.lower()}; {move} needs a report that is "
            f"{names}.{ask}"
        )


@transaction.atomic
def _move(report, move, *, by, said):
    stored = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    check_move(stored, move)
    _check_unchanged(stored, report.version)
    return _save_move(stored, move, by=by, said=said)


def _check_unchanged(stored, seen_version):
    if stored.version != seen_version:
        raise ReportChangedError(stored)


def _save_move(report, move, *, by, said):
    report.status = MOVES[move].end
    report.note = said
    report.version += 1
    report._history_user = by
    report._change_reason = f"{move}: {said}" if said else str(move)
    report.save()
    return report


def _require(text, advice):
    if not text.strip():
        raise ValidationError(advice)
    return text.strip()
