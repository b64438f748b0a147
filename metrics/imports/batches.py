"""A file kept as it came, then applied as a whole or not at all."""

import hashlib
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from metrics.imports.checks import DryRun, check_file
from metrics.imports.files import read_table, read_text
from metrics.models import COUNT_FIELDS, Door, ImportBatch, MonthlyReport, Status
from metrics.models.imports import PIECE_BYTES
from metrics.notices import announce_waiting

BATCH_ROWS = 500
WRITTEN_FIELDS = (
    *COUNT_FIELDS,
    "status",
    "door",
    "entered_by",
    "version",
    "note",
    "first_submitted_at",
    "reopened_until",
    "updated_at",
)


def receive_file(
    *, program, file_name: str, content: bytes, mapping: Mapping[str, str], by
) -> ImportBatch:
    """Keep a file as it came, so that what was checked is what will be applied.

    FileRefusedError when it cannot be read at all; then nothing is kept.
    """
    read_table(read_text(content), mapping)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            program=program,
            file_name=file_name[-200:],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            mapping=mapping,
            uploaded_by=by,
        )
        batch.keep(
            content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)
        )
    return batch


def check_batch(batch: ImportBatch, *, today: date, lock: bool = False) -> DryRun:
    """Say what applying this batch now would do."""
    return check_file(
        batch.program, b"".join(batch.read_pieces()), batch.mapping, today=today, lock=lock
    )


@transaction.atomic
def apply_batch(batch: ImportBatch, *, by, today: date) -> DryRun:
    """Check the file again and write all of it, or nothing when a fault has appeared since.

    Applied a second time it changes nothing.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    run = check_batch(batch, today=today, lock=True)
    if batch.applied_at is None and run.may_be_applied:
        _write(batch, run, by)
    return run


def _write(batch, run, by):
    now = timezone.now()
    for report in (*run.created, *run.changed):
        report.status, report.door, report.note = Status.SUBMITTED, Door.FILE, ""
        report.entered_by, report.updated_at, report.reopened_until = by, now, None
        report.first_submitted_at = report.first_submitted_at or now
    for report in run.changed:
        report.version += 1
    history = {
        "batch_size": BATCH_ROWS,
        "default_user": by,
        "default_change_reason": f"import {batch.pk}: {batch.file_name}",
    }
    bulk_create_with_history(run.created, MonthlyReport, **history)
    bulk_update_with_history(run.changed, MonthlyReport, WRITTEN_FIELDS, **history)
    announce_waiting({report.site_id for report in (*run.created, *run.changed)}, by=by)
    batch.applied_at = now
    batch.rows_created, batch.rows_changed = len(run.created), len(run.changed)
    batch.rows_unchanged = run.unchanged
    batch.save()
