"""A file held against the gate and against what is stored: the dry run."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from itertools import islice

import numpy as np

from metrics.imports.ages import add_ages
from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.breakdowns.series import as_series, of_series
from metrics.imports.context import (
    Context,
    check_parts,
    list_sites,
    load_context,
    place_of,
    site_and_month,
)
from metrics.imports.mapping import Lines
from metrics.imports.mapping import Mapping as FileMapping
from metrics.imports.merged_down import fill_down
from metrics.imports.merging import find_repeated, merge_counts
from metrics.imports.numbers import MISSING, NOT_SAID, WITHHELD, Ages, Empty
from metrics.imports.opening import Preview, open_columns
from metrics.imports.places import SiteFinder
from metrics.imports.readers import Readers
from metrics.imports.reading import SourceFile
from metrics.imports.running import Parted, part_running
from metrics.imports.scanning import read_table
from metrics.imports.screening import (
    Entries,
    find_locked,
    find_questioned,
    find_refused,
    is_within,
)
from metrics.imports.table import Numbers, Table
from metrics.imports.writing import Rows
from metrics.models import COUNT_FIELDS
from metrics.parts import load_breakdowns
from programs.models import Program

Report = Callable[[int], None]
BLOCK_ENTRIES = 50_000  # judged together; more would only take more memory
PARTED_AT_ONCE = 1_000  # reports whose breakdowns are held at a time


class Outcome(IntEnum):
    """What becomes of an entry."""

    NEW = 0
    CHANGED = 1
    UNCHANGED = 2
    EMPTY = 3
    REPEATED = 4
    CONFLICT = 5
    REFUSED = 6

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Outcome.NEW: "new",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
    Outcome.EMPTY: "empty, so not reported",
    Outcome.REPEATED: "said twice, taken once",
    Outcome.CONFLICT: "in conflict with an approved report",
    Outcome.REFUSED: "refused",
}


@dataclass(frozen=True)
class FileRead:
    """A file turned into numbers; nothing of it has been judged.

    said : its counts as it says them, where those of the table may be what is stored
    """

    preview: Preview
    mapping: FileMapping
    table: Table
    finder: SiteFinder
    readers: Readers
    said: Mapping[str, Numbers]
    parted: Sequence[Parted] = ()

    def rows(self) -> Iterator[list[str]]:
        """The rows once more, as they were read."""
        return fill_down(self.preview.rows(), self.table.columns, self.mapping)


@dataclass
class DryRun:
    """What applying a file would do. Nothing has been written.

    Of each entry of the table: its outcome; whether the gate questions it; whether its month is
    locked, lies outside the site's part in the program, is said otherwise by another row.
    """

    file: FileRead
    context: Context
    outcomes: Numbers
    questioned: Numbers
    locked: Numbers
    outside: Numbers
    against: Numbers

    @property
    def table(self) -> Table:
        return self.file.table

    def number(self, outcome: Outcome) -> int:
        """How many entries have an outcome; rows that cannot be placed are refused."""
        own = int((self.outcomes == outcome).sum())
        return own + (len(self.table.misplaced) if outcome is Outcome.REFUSED else 0)

    @property
    def left_out(self) -> int:
        """How many would not come in although they say something."""
        return self.number(Outcome.REFUSED) + self.number(Outcome.CONFLICT)

    @property
    def may_be_applied(self) -> bool:
        return not self.left_out

    @property
    def unused_columns(self) -> list[str]:
        return self.table.columns.unused

    def sites_to_write(self) -> list[int]:
        """The sites of which something is new or changed, by their keys."""
        sites = np.unique(self.table.site[self.outcomes <= Outcome.CHANGED])
        return self.context.keys[sites].tolist()

    def rows_to_write(self) -> Rows:
        """The new and the changed entries, as they are to be stored."""
        writes = self.outcomes <= Outcome.CHANGED
        chosen: Numbers | slice = slice(None) if writes.all() else np.flatnonzero(writes)
        return Rows(
            site=self.context.keys[self.table.site[chosen]],
            month=self.table.month[chosen],
            counts={name: np.maximum(own[chosen], -1) for name, own in self.table.counts.items()},
            is_new=self.outcomes[chosen] == Outcome.NEW,
        )


def read_file(
    program: Program, source: SourceFile, lines: Lines, *, report: Report | None = None
) -> FileRead:
    """Read a whole open file. FileRefusedError, with a sentence, where it cannot be.

    report : is told the number of the last row read
    """
    mapping = FileMapping.read(lines)
    preview, columns = open_columns(source, mapping)
    finder = SiteFinder(list_sites(program), mapping.sites)
    parts = PartFinder(program, mapping) if columns.is_broken_down else None
    readers = Readers.of(mapping, columns, finder, preview, parts)
    filled: Counter[str] = Counter()
    table = read_table(
        fill_down(preview.rows(), columns, mapping, filled),
        preview.last + 1,
        columns,
        readers,
        last_month=mapping.last_month,
        report=report,
    )
    table.filled = filled
    if parts is not None:
        table = as_series(table, len(parts.categories))
    if "counted" in columns.places:
        table = merge_counts(table)
    parted = [
        part_running(table, name, first_month)
        for name, first_month in mapping.running.items()
        if name in table.counts
    ]
    if parts is not None:
        table = of_series(table, len(parts.categories))
    elif mapping.ages is Ages.ADD:
        table = add_ages(table)
    if mapping.empty is Empty.KEEP:
        for own in table.counts.values():
            own[own == MISSING] = NOT_SAID
    return FileRead(preview, mapping, table, finder, readers, table.counts, parted)


def judge_file(file: FileRead, program: Program, *, today: date, lock: bool = False) -> DryRun:
    """Hold a file that was read against the gate and what is stored.

    lock : hold the stored reports still until the transaction ends, because writing follows
    """
    context = load_context(program, file.finder.sites, file.table, today=today, lock=lock)
    table = _keep_stored(file.table, context)
    file = replace(file, table=table)
    blocks = [_judge(own, context) for own in table.blocks(BLOCK_ENTRIES)]
    joined = (np.concatenate(own) for own in zip(*blocks, strict=True)) if blocks else ()
    return DryRun(file, context, *(joined if blocks else [np.zeros(0, dtype=np.int8)] * 5))


Judged = tuple[Numbers, Numbers, Numbers, Numbers, Numbers]  # as the fields of a DryRun


def _keep_stored(table: Table, context: Context) -> Table:
    """A table in which counts that the file has no cell for, or withholds, are those that are
    stored: who withholds a number does not say that it is another."""
    counts, says_something = dict(table.counts), ~table.is_empty
    for name, own in table.counts.items():
        unsaid = np.flatnonzero((own == NOT_SAID) | (own == WITHHELD))
        if not len(unsaid):
            continue
        at, is_stored = context.stored.find(place_of(table.site[unsaid], table.month[unsaid]))
        is_stored &= says_something[unsaid]
        is_stored[is_stored] = context.stored.counts[name][at[is_stored]] >= 0
        counts[name] = np.where(own == NOT_SAID, MISSING, own).astype(np.int32)
        counts[name][unsaid[is_stored]] = context.stored.counts[name][at[is_stored]]
    return replace(table, counts=counts)


def _judge(table: Table, context: Context) -> Judged:
    """Judge the entries of some sites."""
    stored_at, is_stored = context.stored.find(place_of(table.site, table.month))
    standing = stand(table, context, stored_at, is_stored)
    is_empty = table.is_empty
    against, same = find_repeated(table, is_empty)
    refused = find_refused(standing, context.spells, context.today)
    locked = find_locked(standing, context.at_gate)
    outside = ~is_within(standing, context.parts)

    outcomes = np.full(len(table), Outcome.UNCHANGED, dtype=np.int8)
    outcomes[~is_stored] = Outcome.NEW
    if is_stored.any():
        outcomes[_differs(table, context, stored_at) & is_stored] = Outcome.CHANGED
        is_shut = is_stored & ~context.stored.is_open[stored_at]
        outcomes[(outcomes == Outcome.CHANGED) & is_shut] = Outcome.CONFLICT
    outcomes[(outcomes != Outcome.UNCHANGED) & locked] = Outcome.REFUSED
    outcomes[refused | against] = Outcome.REFUSED
    outcomes[same] = Outcome.REPEATED
    outcomes[is_empty] = Outcome.EMPTY
    below = _reconcile(outcomes, standing, context, stored_at)

    taken = outcomes <= Outcome.UNCHANGED
    known = list_known(standing, context, of_file=taken)
    asks = "infant_deaths" in table.counts
    odd = find_questioned(standing, taken, known, context.today, asks_deaths=asks)
    questioned = taken & (outside | odd)
    questioned[below] = True
    return outcomes, questioned, locked, outside, against


def stand(table: Table, context: Context, stored_at: Numbers, is_stored: Numbers) -> Entries:
    """Every count as it would stand: what the file says, else what is stored."""
    counts = dict(table.counts)
    if is_stored.any():
        for name in COUNT_FIELDS:
            if name not in counts:
                kept = context.stored.counts[name][stored_at]
                counts[name] = np.where(is_stored, kept, -1).astype(np.int32)
    return Entries(table.site, table.month, counts)


def list_known(standing: Entries, context: Context, of_file: Numbers) -> Entries:
    """Births and deaths of every report of these sites that would stand, in their order.

    of_file : which entries of the file to take; those without births say nothing
    """
    stored, place = context.stored, place_of(standing.site, standing.month)
    mine = np.flatnonzero(of_file & (standing.count("live_births") >= 0))
    bounds = place_of(np.array([standing.site[0], standing.site[-1] + 1]), np.zeros(2, np.int64))
    theirs = np.arange(*np.searchsorted(stored.place, bounds))
    theirs = theirs[~np.isin(stored.place[theirs], place[mine])]
    places = np.concatenate([place[mine], stored.place[theirs]])
    order = np.argsort(places, kind="stable")
    counts = {
        name: np.concatenate([standing.count(name)[mine], stored.counts[name][theirs]])[order]
        for name in ("live_births", "infant_deaths")
    }
    return Entries(*site_and_month(places[order]), counts)


def _differs(table: Table, context: Context, stored_at: Numbers) -> Numbers:
    differs = np.zeros(len(table), dtype=bool)
    for name, own in table.counts.items():
        differs |= np.maximum(own, -1) != context.stored.counts[name][stored_at]
    return differs


def _reconcile(outcomes, standing: Entries, context: Context, stored_at: Numbers) -> list[int]:
    """Refuse changed rows that fall below the breakdown of their report; return those that the
    breakdown falls short of."""
    changed = np.flatnonzero(outcomes == Outcome.CHANGED)
    if not len(changed):
        return []
    keys = context.stored.pk[stored_at[changed]]
    parted = context.find_broken_down(standing.site[changed], standing.month[changed])
    is_parted = np.isin(keys, parted)
    entries = zip(changed[is_parted].tolist(), keys[is_parted].tolist(), strict=True)
    short = []
    while some := list(islice(entries, PARTED_AT_ONCE)):
        loaded = load_breakdowns([report for _, report in some])
        for entry, report in some:
            parts = loaded.get(report, {})
            totals = {name: int(own[entry]) for name, own in standing.counts.items()}
            refusals, questions = check_parts(parts, totals)
            if refusals:
                outcomes[entry] = Outcome.REFUSED
            elif questions:
                short.append(entry)
            if refusals or questions:
                context.contradicted[report] = parts
    return short
