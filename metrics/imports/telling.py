"""A dry run as a table: what becomes of each row, with its counts as they would stand, what was
stored of those that would change, and the gate's sentences for what is refused or odd."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from metrics.imports.checks import DryRun, Outcome
from metrics.imports.context import place_of
from metrics.imports.explaining import Explained, Explainer, explain
from metrics.imports.table import Numbers, date_of
from metrics.models import COUNT_FIELDS, ImportBatch, MonthlyReport
from programs.models import Site
from programs.periods import format_month

FETCHED = 2_000
Place = Callable[[int | None, Mapping[str, str]], tuple[str, ...]]
Stored = Callable[[Numbers], Mapping[str, Numbers]]


def tell_rows(run: DryRun) -> Iterator[tuple[object, ...]]:
    """Yield a header, then the entries in the order of the file's rows; see `tell_entries`."""

    def place(entry, cells):
        if entry is None:
            return cells.get("site_code") or cells.get("site_name", ""), ""
        site = run.context.sites[int(run.table.site[entry])]
        return site.code, format_month(date_of(run.table.month[entry]))

    def stored(entries):
        kept = run.context.stored
        at, _ = kept.find(place_of(run.table.site[entries], run.table.month[entries]))
        return {name: kept.counts[name][at] for name in run.table.counts}

    return tell_entries(Explainer(run), ("site_code", "month"), place, stored)


def tell_written(batch: ImportBatch) -> Iterator[tuple[object, ...]]:
    """Yield a header, then each report that a file wrote, as it wrote it."""
    yield ("outcome", "site_code", "site_name", "month", *COUNT_FIELDS)
    sites = Site.objects.filter(participations__program=batch.program)
    written = MonthlyReport.history.filter(
        import_batch=batch, site__in=sites, history_change_reason__startswith=f"import {batch.pk}: "
    ).order_by("site__code", "month")
    rows = written.values_list("history_type", "site__code", "site__name", "month", *COUNT_FIELDS)
    for kind, code, name, month, *counts in rows.iterator(chunk_size=FETCHED):
        yield ("new" if kind == "+" else "changed", code, name, format_month(month), *counts)


def tell_entries(
    explainer: Explainer, where: Sequence[str], place: Place, stored: Stored
) -> Iterator[tuple[object, ...]]:
    """Yield a header, then a line for each entry and each row that cannot be placed, in the order
    of the rows. The file must still be open; it is read once more only for sentences.

    Counts are given where they would stand, and beside those that would change what was stored.
    where, place : what an entry is called by, of it or else of the cells of its row
    stored : what is stored of entries that would change
    """
    table = explainer.table
    pairs = [own for name in table.counts for own in (name, f"{name}_before")]
    yield ("row", "outcome", *where, *pairs, "said")
    nothing = [None] * len(pairs)
    explained = _explain(explainer)
    own = next(explained, None)
    for row, entry, outcome, counts in _count(explainer.run, stored):
        while own and own.entry is None and own.row < row:
            yield (*_begin(own, place), *nothing, _say(own))
            own = next(explained, None)
        said = ""
        if own and own.entry == entry:
            said, own = _say(own), next(explained, None)
        yield (row, outcome.label, *place(entry, {}), *counts, said)
    while own:
        yield (*_begin(own, place), *nothing, _say(own))
        own = next(explained, None)


def _explain(explainer: Explainer) -> Iterator[Explained]:
    """What needs a word, in the file's order."""
    run = explainer.run
    wanted = run.questioned | (run.outcomes >= Outcome.CONFLICT)
    if wanted.any() or len(run.table.misplaced):
        yield from explain(explainer, wanted, with_misplaced=True)


def _begin(own: Explained, place: Place) -> tuple[object, ...]:
    return own.row, own.outcome.label, *place(own.entry, own.cells)


def _say(own: Explained) -> str:
    return " ".join(map(str, (*own.faults, *own.questions)))


def _count(run: DryRun, stored: Stored) -> Iterator[tuple[int, int, Outcome, list[int | None]]]:
    """Each entry by its row, with its outcome and each count that would stand and was stored."""
    outcomes = {int(own): own for own in Outcome}
    order = np.argsort(run.table.row, kind="stable")
    for first in range(0, len(order), FETCHED):
        entries = order[first : first + FETCHED]
        outcome = run.outcomes[entries]
        counts = _pair(run, entries, outcome, stored)
        rows = run.table.row[entries].tolist()
        for row, entry, kind, *own in zip(
            rows, entries.tolist(), outcome.tolist(), *counts, strict=True
        ):
            yield row, entry, outcomes[kind], [None if n < 0 else n for n in own]


def _pair(run: DryRun, entries: Numbers, outcome: Numbers, stored: Stored) -> Iterator[list[int]]:
    """Of each count, the numbers that would stand and those that are stored; -1 for none."""
    changes = np.flatnonzero(outcome == Outcome.CHANGED)
    kept = stored(entries[changes])
    for name, own in run.table.counts.items():
        yield np.where(outcome <= Outcome.UNCHANGED, own[entries], -1).tolist()
        before = np.full(len(entries), -1, dtype=np.int64)
        before[changes] = kept[name]
        yield before.tolist()
