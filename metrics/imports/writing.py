"""Rows that passed the gate, stored with their history in a few statements for tens of thousands.

All SQL of imports that is written by hand stands here, in `undoing.py`, and in the files of these
two names in `breakdowns/`. Both databases run the same: a piece of the rows goes into a table that
only this connection sees, from there into the reports, and from these into the history. Only how
that table is filled differs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import IntegrityError, connection
from django.db.transaction import TransactionManagementError

from accounts.models import User
from metrics.models import Door, ImportBatch, MonthlyReport, Status
from programs.periods import MONTHS_PER_YEAR

PIECE_ROWS = 25_000
NOT_COUNTED = -1

REPORTS, HISTORY = MonthlyReport._meta.db_table, MonthlyReport.history.model._meta.db_table
FIELDS = {field.name: field for field in MonthlyReport._meta.concrete_fields}
COLUMNS = {name: str(field.column) for name, field in FIELDS.items()}
# What the writing sets in every row, in new rows only, and from what a changed row was.
SET_ALWAYS = (
    "status",
    "door",
    "entered_by",
    "import_batch",
    "note",
    "reopened_until",
    "updated_at",
)
SET_WHEN_NEW = ("comment", "version", "first_submitted_at")
SET_FROM_STORED = {
    "version": "stored.version + 1",
    "first_submitted_at": "COALESCE(stored.first_submitted_at, %(first_submitted_at)s)",
}

# Else half of the work is left for the commit, after all is reported as written.
CHECK_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"  # PostgreSQL's
INCOMING = """
    CREATE TEMPORARY TABLE incoming AS
    SELECT site_id, month, {counts}, 1 AS is_new FROM {reports} WHERE 1 = 0
"""
FILL = "INSERT INTO incoming VALUES ({values})"
# Without it a server that takes the reports of these sites for few reads all of it for each.
FIND = "CREATE UNIQUE INDEX incoming_place ON incoming (site_id, month)"
ADD = """
    INSERT INTO {reports} (site_id, month, {counts}, {columns})
    SELECT site_id, month, {given}, {values} FROM incoming WHERE is_new = 1
"""
CHANGE = """
    UPDATE {reports} AS stored SET {changes} FROM incoming
    WHERE is_new = 0 AND stored.site_id = incoming.site_id AND stored.month = incoming.month
        AND stored.site_id BETWEEN %(first)s AND %(last)s
"""
# The plus keeps the index of the batches out of it: the sites lie side by side, the batch is all.
KEEP = """
    INSERT INTO {history}
        ({all}, history_type, history_date, history_user_id, history_change_reason)
    SELECT {all}, CASE version WHEN 1 THEN '+' ELSE '~' END,
        %(updated_at)s, %(entered_by)s, %(reason)s
    FROM {reports}
    WHERE site_id BETWEEN %(first)s AND %(last)s AND +import_batch_id = %(import_batch)s
"""


@dataclass(frozen=True)
class Rows:
    """What passed the gate: arrays of equal length, in any order, no site and month twice.

    site : keys; month : 12 * year + month - 1
    counts : of the columns that the file has; -1 where it was not counted
    is_new : whether no report is stored for it
    """

    site: np.ndarray
    month: np.ndarray
    counts: Mapping[str, np.ndarray]
    is_new: np.ndarray

    def __len__(self) -> int:
        return len(self.site)

    def pieces(self) -> Iterator["Rows"]:
        """By site and month, as the reports lie in their index; cut between two sites."""
        order = np.lexsort((self.month, self.site))
        start = 0
        while start < len(order):
            last = self.site[order[min(start + PIECE_ROWS, len(order)) - 1]]
            end = int(np.searchsorted(self.site, last, side="right", sorter=order))
            yield self._take(order[start:end])
            start = end

    def _take(self, places: np.ndarray) -> "Rows":
        counts = {name: own[places] for name, own in self.counts.items()}
        return Rows(self.site[places], self.month[places], counts, self.is_new[places])


def write_rows(
    rows: Rows,
    *,
    batch: ImportBatch,
    by: User | None,
    now: datetime,
    report: Callable[[int], None] | None = None,
) -> None:
    """Store these rows as submitted, each with one version of its history.

    Columns that the file does not have stay as they are stored.
    report : told after each piece how many are written; what it raises ends the transaction
    IntegrityError where the database does not hold what `is_new` says, or a constraint refuses.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Rows are written all or none: open a transaction.")
    statements, said = _compose(list(rows.counts)), say_written(batch, by, now)
    fill = {"sqlite": _fill_sqlite, "postgresql": _fill_postgresql}[connection.vendor]
    written = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(CHECK_AT_ONCE)
        for piece in rows.pieces():
            said |= {"first": int(piece.site[0]), "last": int(piece.site[-1])}
            cursor.execute(statements.incoming)
            fill(cursor, piece)
            cursor.execute(FIND)
            for statement in (statements.add, statements.change, statements.keep):
                cursor.execute(statement, said)
            if cursor.rowcount != len(piece):
                raise IntegrityError("Reports were stored or deleted since these were checked.")
            cursor.execute("DROP TABLE incoming")
            written += len(piece)
            if report:
                report(written)


@dataclass(frozen=True)
class _Statements:
    incoming: str
    add: str
    change: str
    keep: str


def _compose(counts: list[str]) -> _Statements:
    """The statements for these count columns; the columns of the rest from the model."""
    given = {name: f"NULLIF(incoming.{name}, {NOT_COUNTED})" for name in counts}
    always = {COLUMNS[name]: f"%({name})s" for name in SET_ALWAYS}
    new = always | {COLUMNS[name]: f"%({name})s" for name in SET_WHEN_NEW}
    names = {
        "reports": REPORTS,
        "history": HISTORY,
        "counts": ", ".join(given),
        "given": ", ".join(given.values()),
        "columns": ", ".join(new),
        "values": ", ".join(new.values()),
        "changes": ", ".join(
            f"{name} = {value}" for name, value in (given | always | SET_FROM_STORED).items()
        ),
        "all": ", ".join(COLUMNS.values()),
    }
    return _Statements(*(text.format(**names) for text in (INCOMING, ADD, CHANGE, KEEP)))


def say_written(batch, by, now) -> dict[str, Any]:
    """What is the same in every row, as this database stores it."""
    values = {
        "status": Status.SUBMITTED,
        "door": Door.FILE,
        "entered_by": by and by.pk,
        "import_batch": batch.pk,
        "note": "",
        "reopened_until": None,
        "updated_at": now,
        "comment": "",
        "version": 1,
        "first_submitted_at": now,
    }
    said = {
        name: FIELDS[name].get_db_prep_save(value, connection) for name, value in values.items()
    }
    return said | {"reason": f"import {batch.pk}: {batch.file_name}"}


def _fill_sqlite(cursor, rows: Rows) -> None:
    months = {month: _first_day(month).isoformat() for month in np.unique(rows.month).tolist()}
    columns = [
        rows.site.tolist(),
        [months[month] for month in rows.month.tolist()],
        *(counts.tolist() for counts in rows.counts.values()),
        rows.is_new.tolist(),
    ]
    statement = FILL.format(values=", ".join(["%s"] * len(columns)))
    cursor.executemany(statement, zip(*columns, strict=True))


# PostgreSQL's binary form, of which all rows are equally long: how many fields, then of each its
# length in bytes and its value. https://www.postgresql.org/docs/current/sql-copy.html
BINARY_HEAD, BINARY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def _fill_postgresql(cursor, rows: Rows) -> None:
    months, places = np.unique(rows.month, return_inverse=True)
    days = np.array([(_first_day(month) - date(2000, 1, 1)).days for month in months.tolist()])
    columns = [
        ("site", ">i8", rows.site),
        ("month", ">i4", days[places]),
        *((name, ">i4", counts) for name, counts in rows.counts.items()),
        ("is_new", ">i4", rows.is_new),
    ]
    shape = [("fields", ">i2")]
    for name, kind, _ in columns:
        shape += [(f"length of {name}", ">i4"), (name, kind)]
    table = np.empty(len(rows), dtype=shape)
    table["fields"] = len(columns)
    for name, kind, values in columns:
        table[f"length of {name}"], table[name] = np.dtype(kind).itemsize, values
    with cursor.copy("COPY incoming FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(BINARY_HEAD + table.tobytes() + BINARY_END)


def _first_day(month: int) -> date:
    year, place = divmod(month, MONTHS_PER_YEAR)
    return date(year, place + 1, 1)
