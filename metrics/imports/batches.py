"""A file kept as it came, then applied as a whole or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.utils import timezone

from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.writing import write_parts
from metrics.imports.checks import DryRun, Outcome, read_file
from metrics.imports.found import Found, tell_found
from metrics.imports.judging import judge
from metrics.imports.mapping import Lines, Mapping
from metrics.imports.opening import open_columns, open_content
from metrics.imports.reading import SourceFile, safe_file_name
from metrics.imports.writing import write_rows
from metrics.models import ImportBatch
from metrics.models.imports import PIECE_BYTES
from metrics.notices import announce_waiting
from programs.models import Program

Report = Callable[[int], None]


def find_columns(source: SourceFile, mapping: Lines) -> None:
    """FileRefusedError, with a sentence, unless a mapping finds all that is needed in a file."""
    open_columns(source, Mapping.read(mapping))


def receive_file(*, program, file_name: str, content: bytes, mapping: Lines, by) -> ImportBatch:
    """Keep a file as it came, so that what was checked is what will be applied.

    FileRefusedError when it cannot be read by its mapping; then nothing is kept.
    """
    with open_content([content], file_name) as source:
        find_columns(source, mapping)
    return keep_file(
        program=program, file_name=file_name, content=[content], mapping=mapping, by=by
    )


@transaction.atomic
def keep_file(
    *, program, file_name: str, content: Iterable[bytes], mapping: Lines, by
) -> ImportBatch:
    """Store a file that can be opened, in pieces."""
    batch = ImportBatch.objects.create(
        program=program,
        file_name=safe_file_name(file_name),
        mapping=dict(mapping),
        uploaded_by=by,
    )
    digest = hashlib.sha256()
    batch.keep(_digesting(content, digest))
    batch.sha256 = digest.hexdigest()
    batch.save(update_fields=["sha256", "size"])
    return batch


def _digesting(content: Iterable[bytes], digest) -> Iterator[bytes]:
    """The content in pieces of the size in which it is kept, each told to the digest."""
    for part in content:
        for start in range(0, len(part), PIECE_BYTES):
            piece = part[start : start + PIECE_BYTES]
            digest.update(piece)
            yield piece


@contextmanager
def checking(batch: ImportBatch, *, today: date, report: Report | None = None) -> Iterator[DryRun]:
    """Say what applying this batch now would do; its file stays open for as long as it is asked."""
    with open_content(batch.read_pieces(), batch.file_name) as source:
        file = read_file(batch.program, source, batch.mapping, report=report)
        yield judge(file, batch.program, today=today)


def check_batch(batch: ImportBatch, *, today: date, report: Report | None = None) -> Found:
    """What applying this batch now would do, told in numbers and first sentences."""
    with checking(batch, today=today, report=report) as run:
        return tell_found(run)


def check_content(
    program: Program, content: Iterable[bytes], file_name: str, mapping: Lines, *, today: date
) -> Found:
    """What a file would do that is not kept. FileRefusedError when it cannot be read."""
    with open_content(content, file_name) as source:
        file = read_file(program, source, mapping)
        return tell_found(judge(file, program, today=today))


def apply_batch(
    batch: ImportBatch,
    *,
    by,
    today: date,
    leave_out: bool = False,
    reading: Report | None = None,
    writing: Report | None = None,
) -> Found:
    """Check the file again and write all of it, or nothing.

    leave_out : write the rest where rows are refused or contradict approved reports
    reading, writing : are told how many rows have been read, and written
    Applied a second time it changes nothing. The file is read before the transaction begins, so
    that nobody waits for it.
    """
    with open_content(batch.read_pieces(), batch.file_name) as source:
        file = read_file(batch.program, source, batch.mapping, report=reading)
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
            run = judge(file, batch.program, today=today, lock=True)
            found = tell_found(run)
            if batch.applied_at is None and (leave_out or run.may_be_applied):
                _write(batch, run, by, writing)
            return found


def _write(batch: ImportBatch, run: DryRun, by, report):
    now = timezone.now()
    if isinstance(run, PartsRun):
        reports = write_parts(run.parts_to_write(), batch=batch, by=by, now=now, report=report)
        batch.found = batch.found | {"reports": reports}
    else:
        write_rows(run.rows_to_write(), batch=batch, by=by, now=now, report=report)
    announce_waiting(run.sites_to_write(), by=by)
    batch.applied_at, batch.applied_by = now, by
    batch.rows_created = run.number(Outcome.NEW)
    batch.rows_changed = run.number(Outcome.CHANGED)
    batch.rows_unchanged = run.number(Outcome.UNCHANGED)
    batch.rows_left_out = run.left_out
    batch.save()
