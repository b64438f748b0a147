"""Parts that passed the gate, stored with a version of each report, and with their history.

As in `metrics/imports/writing.py` the SQL is the same for both databases: a piece of the parts
goes into a table that only this connection sees, and from there a few statements do the rest. A
report whose parts change gets a version as if they had been typed; the version of a part says
which version of its report it came with.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
from django.db import IntegrityError, connection
from django.db.transaction import TransactionManagementError

from accounts.models import User
from metrics.imports.breakdowns.judging import Parts
from metrics.imports.writing import (
    COLUMNS,
    HISTORY,
    NOT_COUNTED,
    PIECE_ROWS,
    REPORTS,
    SET_ALWAYS,
    say_written,
)
from metrics.models import BreakdownCount, ImportBatch

PARTS, PARTS_HISTORY = BreakdownCount._meta.db_table, BreakdownCount.history.model._meta.db_table
PART_FIELDS = ("id", "report_id", "category_id", "live_births", "infant_deaths")

INCOMING = "CREATE TEMPORARY TABLE incoming_parts AS SELECT {fields} FROM {parts} WHERE 1 = 0"
MOVE = """
    UPDATE {reports} SET {changes}, version = version + 1,
        first_submitted_at = COALESCE(first_submitted_at, %(first_submitted_at)s)
    WHERE id IN (SELECT report_id FROM incoming_parts)
"""
KEEP_REPORTS = """
    INSERT INTO {history} ({all}, {note})
    SELECT {all}, '~', %(updated_at)s, %(entered_by)s, %(reason)s
    FROM {reports} WHERE id IN (SELECT report_id FROM incoming_parts)
"""
ADD = """
    INSERT INTO {parts} (report_id, category_id, live_births, infant_deaths)
    SELECT report_id, category_id, NULLIF(live_births, {none}), NULLIF(infant_deaths, {none})
    FROM incoming_parts WHERE id = 0
"""
# Parts of before there was a history of them, or that were changed past it: what they held is not
# lost with the next change. The plus keeps an index out, as in `undoing.py`.
KEEP_BEFORE = """
    INSERT INTO {parts_history} ({fields}, {note})
    SELECT {stored}, CASE WHEN latest.id IS NULL THEN '+' ELSE '~' END,
        %(updated_at)s, NULL, 'as it was'
    FROM incoming_parts AS incoming JOIN {parts} AS stored ON stored.id = incoming.id
    LEFT JOIN {parts_history} AS latest ON latest.history_id = (
        SELECT MAX(+own.history_id) FROM {parts_history} AS own WHERE own.id = stored.id
    )
    WHERE incoming.id > 0 AND (
        latest.id IS NULL
        OR COALESCE(latest.live_births, {none}) <> COALESCE(stored.live_births, {none})
        OR COALESCE(latest.infant_deaths, {none}) <> COALESCE(stored.infant_deaths, {none})
    )
"""
CHANGE = """
    UPDATE {parts} AS stored SET live_births = NULLIF(incoming.live_births, {none}),
        infant_deaths = NULLIF(incoming.infant_deaths, {none})
    FROM incoming_parts AS incoming WHERE incoming.id > 0 AND stored.id = incoming.id
"""
KEEP = """
    INSERT INTO {parts_history} ({fields}, {note})
    SELECT {stored}, CASE incoming.id WHEN 0 THEN '+' ELSE '~' END,
        %(updated_at)s, %(entered_by)s, 'version ' || report.version
    FROM incoming_parts AS incoming
    JOIN {parts} AS stored ON stored.report_id = incoming.report_id
        AND stored.category_id = incoming.category_id
    JOIN {reports} AS report ON report.id = stored.report_id
"""
NAMES = {
    "reports": REPORTS,
    "history": HISTORY,
    "parts": PARTS,
    "parts_history": PARTS_HISTORY,
    "all": ", ".join(COLUMNS.values()),
    "fields": ", ".join(PART_FIELDS),
    "stored": ", ".join(f"stored.{name}" for name in PART_FIELDS),
    "note": "history_type, history_date, history_user_id, history_change_reason",
    "none": str(NOT_COUNTED),
    "changes": ", ".join(f"{COLUMNS[name]} = %({name})s" for name in SET_ALWAYS),
}


def write_parts(
    parts: Parts,
    *,
    batch: ImportBatch,
    by: User | None,
    now: datetime,
    report: Callable[[int], None] | None = None,
) -> int:
    """Store these parts, each report that they are of as submitted, and return how many reports.

    report : told after each piece how many parts are written; what it raises ends the transaction
    IntegrityError where the database does not hold what was checked.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Parts are written all or none: open a transaction.")
    incoming, move, keep_reports, add, keep_before, change, keep = (
        own.format(**NAMES)
        for own in (INCOMING, MOVE, KEEP_REPORTS, ADD, KEEP_BEFORE, CHANGE, KEEP)
    )
    said, reports, written = say_written(batch, by, now), 0, 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for piece in _pieces(parts):
            cursor.execute(incoming)
            _fill(cursor, piece)
            of_piece = len(np.unique(piece.report))
            _execute(cursor, move, said, of_piece)
            _execute(cursor, keep_reports, said, of_piece)
            _execute(cursor, add, said, int((piece.pk == 0).sum()))
            cursor.execute(keep_before, said)
            _execute(cursor, change, said, int((piece.pk > 0).sum()))
            _execute(cursor, keep, said, len(piece))
            cursor.execute("DROP TABLE incoming_parts")
            written, reports = written + len(piece), reports + of_piece
            if report:
                report(written)
    return reports


def _execute(cursor, statement: str, said, rows: int) -> None:
    cursor.execute(statement, said)
    if cursor.rowcount != rows:
        raise IntegrityError("Reports were stored or deleted since these were checked.")


def _pieces(parts: Parts) -> Iterator[Parts]:
    """In their order, cut between two reports."""
    begins = np.flatnonzero(np.diff(parts.report, prepend=-1))
    start = 0
    while start < len(parts):
        reached = np.searchsorted(begins, start + PIECE_ROWS)
        end = int(begins[reached]) if reached < len(begins) else len(parts)
        own = slice(start, end)
        counts = {name: counts[own] for name, counts in parts.counts.items()}
        yield Parts(parts.report[own], parts.category[own], parts.pk[own], counts)
        start = end


def _fill(cursor, parts: Parts) -> None:
    columns = (parts.pk, parts.report, parts.category, *parts.counts.values())
    rows = zip(*(own.tolist() for own in columns), strict=True)
    if connection.vendor == "sqlite":
        cursor.executemany("INSERT INTO incoming_parts VALUES (%s, %s, %s, %s, %s)", rows)
        return
    with cursor.copy("COPY incoming_parts FROM STDIN") as copy:
        copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))
