"""A grid stored as one, in as many statements whatever its size, batches apart."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from metrics.approvals import Move
from metrics.grids.cells import TYPED_FIELDS, GridSave, TypedCell, says_more
from metrics.grids.checking import GridCheck
from metrics.models import Door, Draft, MonthlyReport, Status
from metrics.notices import announce_waiting
from programs.models import Program

BATCH_ROWS = 500
WRITTEN_FIELDS = (
    *TYPED_FIELDS,
    "status",
    "comment",
    "note",
    "version",
    "door",
    "entered_by",
    "import_batch",
    "first_submitted_at",
    "reopened_until",
    "updated_at",
)


def save_grid(
    *, program: Program, cells: Sequence[TypedCell], reason: str, by, today: date
) -> GridSave:
    """Submit every cell that says something else than what is stored, in one transaction.

    The rest of each report stays as it is stored. The same grid sent twice is stored once.
    reason : why the unusual ones are so; it becomes their comment
    PermissionDenied where one of the sites is not for this person to report.
    """
    if not cells:
        return GridSave()
    try:
        return _save(program, cells, reason.strip(), by, today)
    except IntegrityError:
        # Two first reports of one month met on PostgreSQL: the other one exists by now.
        return _save(program, cells, reason.strip(), by, today)


@transaction.atomic
def check_grid(*, program: Program, cells: Sequence[TypedCell], by, today: date) -> GridSave:
    """What saving would say. Nothing is written."""
    return GridCheck(program, cells, by, today).outcome if cells else GridSave()


@transaction.atomic
def _save(program, cells, reason, by, today) -> GridSave:
    check = GridCheck(program, cells, by, today)
    outcome = check.outcome
    outcome.needs_reason = bool(outcome.warnings) and not reason
    if outcome.may_be_stored:
        outcome.saved = [*check.created, *check.changed]
    if outcome.saved:
        _write(check, reason, by)
    return outcome


def _write(check: GridCheck, reason, by):
    now = timezone.now()
    for report in check.outcome.saved:
        report.status, report.door, report.entered_by = Status.SUBMITTED, Door.GRID, by
        report.note, report.reopened_until, report.updated_at = "", None, now
        report.import_batch = None
        report.first_submitted_at = report.first_submitted_at or now
        report.version += 1
        if (report.site_id, report.month) in check.outcome.warnings:
            report.comment = reason
    history = {
        "batch_size": BATCH_ROWS,
        "default_user": by,
        "default_change_reason": str(Move.SUBMIT),
    }
    if check.created:
        bulk_create_with_history(check.created, MonthlyReport, **history)
    if check.changed:
        # Their rows exist and are held, so they conflict; Django's own bulk update spends most of
        # its time on a case for every row and field.
        MonthlyReport.objects.bulk_create(
            check.changed,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=WRITTEN_FIELDS,
            batch_size=BATCH_ROWS,
        )
        bulk_update_with_history(check.changed, MonthlyReport, [], **history)
    _drop_drafts(check)
    announce_waiting({report.site_id for report in check.outcome.saved}, by=by)


def _drop_drafts(check: GridCheck):
    """Forget what the person had drafted and has now sent; what else they typed there stays."""
    sent = {(own.site_id, own.month): own for own in check.outcome.saved}
    done = [
        draft.pk
        for place, draft in check.drafts.items()
        if place in sent and not says_more(draft, sent[place])
    ]
    if done:
        Draft.objects.filter(pk__in=done).delete()
