"""A file taken out again: what it brought is deleted, what it changed is as it was before.

As in `writing.py` the SQL is the same for both databases, and goes from site to site. The version
before the file's own first one stands in the history: from there it goes into a new version, and
from that into the report. Where an earlier file wrote that version, the report is that file's
again, as it left it, so that files are undone in turn, the last first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils.timezone import localdate

from accounts.models import User
from metrics.imports.breakdowns.undoing import undo_parts
from metrics.imports.later_changes import say_changed
from metrics.imports.writing import CHECK_AT_ONCE, COLUMNS, FIELDS, HISTORY, PIECE_ROWS, REPORTS
from metrics.locks import sites_at_gate
from metrics.models import BreakdownCount, ImportBatch, MonthlyReport
from metrics.notices import recount_waiting
from programs.actions import hold_sites
from programs.models import Site
from programs.periods import format_month

NOT_KEPT = (
    "Of some of its reports no earlier version is kept, so they cannot be brought back. Correct "
    "what is wrong report by report."
)
KEPT = ("id", "site", "month")  # a report is the same report
# What a version that undoes an import does not take from the version before the import.
SET_ANEW = {"version": "stored.version + 1", "updated_at": "%(now)s"}

# The rows of this piece: the batch wrote them, and nobody else since.
OF_PIECE = "+stored.import_batch_id = %(batch)s AND stored.site_id BETWEEN %(first)s AND %(last)s"
# The version in which the batch itself wrote a report; later ones that carry it were given back to
# it when a file on top of it was undone. It brought the report if that is the first of all.
WROTE = """(
    SELECT MIN(own.version) FROM {history} AS own
    WHERE own.id = stored.id AND own.import_batch_id = %(batch)s
)"""
NOTE_DELETED = """
    INSERT INTO {history}
        ({columns}, history_type, history_date, history_user_id, history_change_reason)
    SELECT {own}, '-', %(now)s, %(by)s, %(reason)s
    FROM {reports} AS stored WHERE {of_piece} AND {wrote} = 1
"""
DELETE = "DELETE FROM {reports} AS stored WHERE {of_piece} AND {wrote} = 1"
# The plus, as above, keeps an index out: PostgreSQL would walk down all versions for each largest.
NOTE_RETURNED = """
    INSERT INTO {history}
        ({columns}, history_type, history_date, history_user_id, history_change_reason)
    SELECT {earlier}, '~', %(now)s, %(by)s, %(reason)s
    FROM {reports} AS stored JOIN {history} AS before ON before.history_id = (
        SELECT MAX(+earlier.history_id) FROM {history} AS earlier
        WHERE earlier.id = stored.id AND earlier.version = {wrote} - 1
    )
    WHERE {of_piece}
"""
RETURN = """
    UPDATE {reports} AS stored SET {changes} FROM {history} AS noted
    WHERE {of_piece} AND noted.id = stored.id AND noted.version = stored.version + 1
"""
# A server that has not counted since the file came in takes each report for one of many versions,
# and reads all versions for each piece.
ANALYZE = f"ANALYZE {HISTORY} (id)"


class UndoRefusedError(ValidationError):
    """The import cannot be undone as a whole; the sentence says why."""


@transaction.atomic
def undo_batch(
    batch: ImportBatch,
    *,
    by: User | None,
    now: datetime,
    report: Callable[[int], None] | None = None,
) -> None:
    """Bring the reports back to what they were before this file, each with a version that says so.

    report : told after each piece how many are done; what it raises ends the transaction
    UndoRefusedError where somebody has changed one of them since. Undone before: changes nothing.
    """
    # No more than that, or undoing a file on top of this one, whose reports become this one's
    # again, would wait for us while we wait for its sites.
    held = ImportBatch.objects.select_for_update(of=("self",), no_key=True)
    stored = held.get(pk=batch.pk)
    if stored.undone_at is not None:
        return
    if stored.applied_at is None:
        raise UndoRefusedError("This file was not applied, so there is nothing to undo.")
    of_site = _count_by_site(stored)
    hold_sites(of_site)
    _check_untouched(stored, of_site)
    _check_unlocked(stored, of_site, localdate(now))
    if stored.is_broken_down and not undo_parts(stored, by=by, now=now):
        raise UndoRefusedError(NOT_KEPT)
    _undo(stored, of_site, by, now, report)
    recount_waiting(of_site)
    stored.undone_at, stored.undone_by = now, by
    stored.save(update_fields=["undone_at", "undone_by"])


def _count_by_site(batch) -> dict[int, int]:
    own = MonthlyReport.objects.filter(import_batch=batch).order_by("site")
    return dict(own.values_list("site").annotate(Count("pk")))


def _check_untouched(batch, of_site):
    """Hold the reports that are as the file left them, in the order in which every other door
    holds them; they have to be all."""
    own = MonthlyReport.objects.filter(import_batch=batch).order_by("pk")
    held = own.select_for_update(of=("self",)).values_list("pk", flat=True)
    untouched = sum(1 for _ in held.iterator(chunk_size=PIECE_ROWS))
    written = batch.reports_written
    if untouched != written:
        raise UndoRefusedError(say_changed(batch, written - untouched, written))
    if untouched != sum(of_site.values()):
        raise UndoRefusedError(
            "A file that lay on its reports was undone at this very moment. Undo this one again."
        )
    brought = MonthlyReport.history.filter(id=OuterRef("report"), import_batch=batch, version=1)
    broken_down = BreakdownCount.objects.filter(Exists(brought), report__import_batch=batch)
    if number := broken_down.values("report").distinct().count():
        raise UndoRefusedError(
            f"{number:,} of the reports that this file brought have been broken down since, for "
            "example by sex. Correct what is wrong report by report."
        )


def _check_unlocked(batch, sites, today):
    """What may not be changed by hand may not be undone."""
    own = Site.objects.filter(pk__in=sites).prefetch_related("spells")
    at_gate = sites_at_gate(list(own), today)
    locking = [pk for pk, site in at_gate.items() if any(last for _, last in site.locks)]
    written = MonthlyReport.objects.filter(import_batch=batch, site__in=locking).order_by()
    months = written.values_list("site", "month").iterator(chunk_size=PIECE_ROWS)
    locked = [place for place in months if at_gate[place[0]].is_locked(place[1])]
    if locked:
        site, month = min(locked)
        raise UndoRefusedError(
            f"{len(locked):,} of its months are locked by now, such as {format_month(month)} at "
            f"{at_gate[site].name}. Correct what is wrong report by report, once they are opened."
        )


def _undo(batch, of_site, by, now, report):
    statements = _compose()
    said = {
        "batch": batch.pk,
        "by": by and by.pk,
        "now": FIELDS["updated_at"].get_db_prep_save(now, connection),
        "reason": f"import {batch.pk} undone: {batch.file_name}",
    }
    done = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ANALYZE)
            cursor.execute(CHECK_AT_ONCE)
        for piece in _pieces(of_site):
            said |= {"first": piece.first, "last": piece.last}
            undone = 0
            for statement in statements:
                cursor.execute(statement, said)
                undone += cursor.rowcount
            done += piece.rows
            if undone != 2 * piece.rows:  # a version and a change of each
                raise UndoRefusedError(NOT_KEPT)
            if report:
                report(done)


@dataclass
class _Piece:
    first: int
    last: int
    rows: int


def _pieces(of_site: dict[int, int]) -> Iterator[_Piece]:
    """Neighbouring sites, with as many reports together as are written at once."""
    piece = None
    for site, rows in of_site.items():
        if piece and piece.rows + rows <= PIECE_ROWS:
            piece.last, piece.rows = site, piece.rows + rows
            continue
        if piece:
            yield piece
        piece = _Piece(site, site, rows)
    if piece:
        yield piece


def _compose() -> list[str]:
    """The statements, with every column of the model."""
    anew = {COLUMNS[name]: value for name, value in SET_ANEW.items()}
    kept = {COLUMNS[name] for name in KEPT}
    columns = list(COLUMNS.values())
    names = {
        "reports": REPORTS,
        "history": HISTORY,
        "of_piece": OF_PIECE,
        "wrote": WROTE.format(history=HISTORY),
        "columns": ", ".join(columns),
        "own": ", ".join(
            "NULL" if name == COLUMNS["import_batch"] else f"stored.{name}" for name in columns
        ),
        "earlier": ", ".join(
            f"stored.{name}" if name in kept else anew.get(name, f"before.{name}")
            for name in columns
        ),
        "changes": ", ".join(f"{name} = noted.{name}" for name in columns if name not in kept),
    }
    return [text.format(**names) for text in (NOTE_DELETED, DELETE, NOTE_RETURNED, RETURN)]
