"""Switching approval on or off for a program that has a history: nothing is hidden silently."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from metrics.approvals import MOVES, Move, tell_approved
from metrics.models import MonthlyReport, Status
from metrics.notices import announce_waiting, settle_waiting
from programs.models import Program
from programs.permissions import check_may_manage

REASON = "approval switched on"
BATCH_ROWS = 500


class ApprovalChangedError(Exception):
    """What would be switched is not what was looked at. Nothing was written."""


@dataclass(frozen=True)
class Switched:
    """What became of the reports that were submitted: how many were approved, how many wait."""

    approved: int
    waiting: int


def submitted_reports(program: Program):
    """The reports that approval decides about, comparison sites' included."""
    return MonthlyReport.objects.of_program(program).filter(status=Status.SUBMITTED)


def mark_submitted(program: Program) -> str:
    """A mark of the submitted reports as they stand: another one when any of them changes."""
    return _mark(submitted_reports(program).order_by("pk").values_list("pk", "version"))


def _mark(versions: Iterable[tuple[int, int]]) -> str:
    told = ",".join(f"{pk}-{version}" for pk, version in versions)
    return hashlib.sha256(told.encode()).hexdigest()


@transaction.atomic
def switch_approval_on(*, program: Program, approve_past: bool, seen: str, by) -> Switched:
    """Let only approved reports count from now on.

    approve_past : whether the reports submitted up to now are approved, so that they go on
    counting; one's own stay waiting unless the programs of that month allow to approve them
    seen : the mark of the submitted reports as they were looked at
    """
    check_may_manage(by, program)
    held = _hold_submitted(program, seen)
    stored = _hold_program(program, is_on=False)
    past = _those_approved_by(by, held, stored) if approve_past else []
    _approve(past, by)
    _switch(stored, is_on=True, by=by, why=f"{REASON}: {len(past)} of {len(held)} approved")
    tell_approved(past, by=by)
    announce_waiting({report.site_id for report in held}, by=None)
    return Switched(len(past), len(held) - len(past))


@transaction.atomic
def switch_approval_off(*, program: Program, seen: str, by) -> Switched:
    """Let submitted reports count as well from now on. Approved ones stay approved."""
    check_may_manage(by, program)
    held = _hold_submitted(program, seen)
    stored = _hold_program(program, is_on=True)
    _switch(stored, is_on=False, by=by, why=f"approval switched off: {len(held)} count now")
    settle_waiting(stored)
    return Switched(0, len(held))


def _hold_submitted(program, seen) -> list[MonthlyReport]:
    """The submitted reports, held until the end of the transaction. Reports are held before the
    program, as everywhere: two who wait for each other would wait for ever."""
    reports = submitted_reports(program).select_related("site", "entered_by").order_by("pk")
    held = list(reports.select_for_update(of=("self",)))
    if _mark((report.pk, report.version) for report in held) != seen:
        raise ApprovalChangedError
    return held


def _hold_program(program, *, is_on) -> Program:
    stored = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if stored.approval_required is not is_on:
        state = "on" if stored.approval_required else "off"
        raise ValidationError(f"Approval is switched {state} by now. Look again.")
    return stored


def _those_approved_by(by, held, program) -> list[MonthlyReport]:
    """All but one's own, where a program that decides about them does not allow it."""
    own = submitted_reports(program).withheld_from(by, requiring=program)
    withheld = set(own.values_list("pk", flat=True))
    return [report for report in held if report.pk not in withheld]


def _approve(reports, by):
    now = timezone.now()
    for report in reports:
        report.status, report.note = MOVES[Move.APPROVE].end, ""
        report.import_batch = None
        report.version += 1
        report.updated_at = now
    bulk_update_with_history(
        reports,
        MonthlyReport,
        ["status", "note", "import_batch", "version", "updated_at"],
        batch_size=BATCH_ROWS,
        default_user=by,
        default_change_reason=REASON,
    )


def _switch(program, *, is_on, by, why):
    program.approval_required = is_on
    program._history_user = by
    program._change_reason = why
    program.save(update_fields=["approval_required"])
