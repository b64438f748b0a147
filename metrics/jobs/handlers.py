"""What is done with a file in the background. Each handler says in a sentence how it ended."""

import logging
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from metrics.imports import apply_batch, check_batch
from metrics.imports.undoing import undo_batch
from metrics.jobs.beats import Beat
from metrics.models import ImportBatch, Job

logger = logging.getLogger(__name__)


def refuse_applied(batch: ImportBatch) -> None:
    """ValidationError where a file was applied: what was found then tells what it wrote."""
    if batch.applied_at is not None:
        raise ValidationError("It was applied before. Upload it once more to bring it in again.")


def _apply(job: Job, beat: Beat) -> str:
    refuse_applied(job.batch)
    try:
        found = apply_batch(
            job.batch,
            by=job.requested_by,
            today=timezone.localdate(),
            leave_out=bool(job.options.get("leave_out")),
            reading=beat.during("read"),
            writing=beat.during("write", total=job.batch.found.get("written", 0)),
        )
    except IntegrityError as error:
        # Nearly always the race that it says; a rule of the database that the gate does not ask
        # would look the same, so the log keeps what it was.
        logger.warning("Job %s: the database refused a row", job.pk, exc_info=True)
        raise ValidationError(
            "Somebody reported one of these months just now. Look again and apply again."
        ) from error
    batch = ImportBatch.objects.get(pk=job.batch_id)
    if batch.applied_at is None:
        raise ValidationError(
            f"{found.left_out:,} rows are refused or contradict approved reports. Look at the dry "
            "run again, correct the file, or apply it without them."
        )
    if batch.is_broken_down:
        reports = batch.reports_written
        return (
            f"{batch.rows_created:,} new counts by category, {batch.rows_changed:,} changed, in "
            f"{reports:,} report{'' if reports == 1 else 's'}."
        )
    return f"{batch.rows_created:,} new reports, {batch.rows_changed:,} changed."


def _check(job: Job, beat: Beat) -> str:
    refuse_applied(job.batch)
    found = check_batch(job.batch, today=timezone.localdate(), report=beat.during("read", total=0))
    kept = found.to_json() | {"written": found.written}
    open_still = ImportBatch.objects.filter(pk=job.batch_id, applied_at__isnull=True)
    if not open_still.update(found=kept, checked_at=timezone.now()):
        refuse_applied(ImportBatch.objects.get(pk=job.batch_id))
    return f"{found.rows:,} rows were looked through."


def _undo(job: Job, beat: Beat) -> str:
    beat.begin("write", total=job.batch.reports_written)
    undo_batch(job.batch, by=job.requested_by, now=timezone.now(), report=beat.report)
    return "All of it was undone."


HANDLERS: dict[Job.Kind, Callable[[Job, Beat], str]] = {
    Job.Kind.CHECK: _check,
    Job.Kind.APPLY: _apply,
    Job.Kind.UNDO: _undo,
}
