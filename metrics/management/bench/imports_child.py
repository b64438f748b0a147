"""Stores the files that the bench has kept, and says how long that took and what it took. Run in a
process of its own: python -m metrics.management.bench.imports_child ours|bare [later]."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import django
from django.conf import settings
from django.utils import timezone

# The same reports, as an import leaves them; but nothing is asked of them and no version kept.
BARE = """
    INSERT INTO metrics_monthlyreport (
        site_id, month, {counts}, status, door, comment, note, version, updated_at,
        first_submitted_at, entered_by_id, import_batch_id
    ) {rows}
    ON CONFLICT (site_id, month) DO UPDATE
    SET {changes}, version = metrics_monthlyreport.version + 1
"""
COPIED = """
    CREATE TEMPORARY TABLE bare AS
    SELECT {columns} FROM metrics_monthlyreport WHERE 1 = 0
"""
REST = "'submitted', 'file', '', '', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, {by}, {batch}"


def main(way: str, *more: str) -> dict[str, object]:
    settings.DATABASES["default"].update(json.loads(os.environ["BENCH_DATABASE"]))
    django.setup()
    from metrics.models import ImportBatch, MonthlyReport

    first, second = ImportBatch.objects.select_related("program", "uploaded_by").order_by("pk")
    prepare = {"ours": prepare_ours, "bare": prepare_bare}[way]
    store = prepare(first)
    before = read_memory("VmRSS")
    seconds = {"add": time(store)}
    largest = read_memory("VmHWM")
    if "later" in more:
        seconds["change"] = time(prepare(second))
        if way == "ours":
            seconds["undo"] = time(prepare_undoing(second, first))
    growth = None if before is None or largest is None else largest - before
    return {"seconds": seconds, "rows": MonthlyReport.objects.count(), "growth": growth}


def time(step: Callable[[], object]) -> float:
    start = perf_counter()
    step()
    return perf_counter() - start


def prepare_ours(batch) -> Callable[[], object]:
    """The product's own way, as a worker goes it."""
    from metrics.imports import apply_batch
    from metrics.models import MonthlyReport

    def store():
        found = apply_batch(batch, by=batch.uploaded_by, today=timezone.localdate())
        stored = MonthlyReport.objects.filter(import_batch=batch).count()
        assert stored == found.rows > 0, found  # noqa: S101 - a bench of a refusal lies

    return store


def prepare_undoing(batch, before) -> Callable[[], object]:
    """Every report is again that of the file before."""
    from metrics.imports.undoing import undo_batch
    from metrics.models import MonthlyReport

    def undo():
        undo_batch(batch, by=batch.uploaded_by, now=timezone.now())
        given_back = MonthlyReport.objects.filter(import_batch=before).count()
        assert given_back == MonthlyReport.objects.count() > 0, given_back  # noqa: S101

    return undo


def prepare_bare(batch) -> Callable[[], object]:
    """The same rows, read beforehand."""
    from django.db import connection

    from programs.models import Site

    text = b"".join(batch.read_pieces()).decode()
    (_, _, *counts), *lines = csv.reader(io.StringIO(text))
    keys = dict(Site.objects.values_list("code", "pk"))
    rows = [(keys[code], f"{month}-01", *map(int, numbers)) for code, month, *numbers in lines]
    columns, rest = (
        ["site_id", "month", *counts],
        REST.format(by=batch.uploaded_by_id, batch=batch.pk),
    )
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns))
        upsert = compose_bare(counts, f"VALUES ({marks}, {rest})")
        return lambda: store_bare_sqlite(upsert, rows)
    copied = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    upsert = compose_bare(counts, f"SELECT {', '.join(columns)}, {rest} FROM bare")  # noqa: S608
    return lambda: store_bare_postgresql(columns, upsert, copied)


def compose_bare(counts: Sequence[str], rows: str) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in counts)
    return BARE.format(counts=", ".join(counts), rows=rows, changes=changes)


def store_bare_sqlite(upsert: str, rows: Sequence[tuple]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(upsert, rows)


def store_bare_postgresql(columns: Sequence[str], upsert: str, rows: str) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPIED.format(columns=", ".join(columns)))
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows)
        cursor.execute(upsert)
        cursor.execute("DROP TABLE bare")


def read_memory(name: str) -> int | None:
    """Bytes of this process: VmRSS now, VmHWM at its largest. None where the system does not say.

    What getrusage says would begin with what the process that started this one took.
    """
    told = Path("/proc/self/status")
    if not told.exists():
        return None
    lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
    return 1024 * int(lines[name].split()[0])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
