"""A file of breakdowns held against the reports whose parts it gives: the dry run."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from metrics.gate import BROKEN_DOWN
from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.breakdowns.series import number_series, part_of
from metrics.imports.breakdowns.stored import StoredParts, load_parts
from metrics.imports.checks import BLOCK_ENTRIES, DryRun, FileRead, Outcome
from metrics.imports.context import Context, load_context, place_of
from metrics.imports.merging import find_repeated
from metrics.imports.numbers import MISSING, NOT_PARTED, NOT_SAID, UNREADABLE, WITHHELD
from metrics.imports.screening import Entries, find_locked, is_within
from metrics.imports.table import Numbers, Table, number_month
from programs.models import Program
from programs.periods import month_of


@dataclass(frozen=True)
class Parts:
    """What passed the gate, in the order of reports: arrays of equal length.

    report, category : keys; pk : of the stored row, 0 for a new one
    counts : live births and infant deaths as they are to stand; -1 where not counted
    """

    report: Numbers
    category: Numbers
    pk: Numbers
    counts: dict[str, Numbers]

    def __len__(self) -> int:
        return len(self.report)


@dataclass
class PartsRun(DryRun):
    """What applying a file of breakdowns would do. Nothing has been written.

    parts : what is stored; finder : the categories
    report : of each entry, where its report stands among the stored ones; -1 where there is none
    unasked : whether its category is retired, or of a dimension that the program does not ask for
    beyond, short : whether it makes its breakdown exceed the report; whether it is the entry at
    which a breakdown that falls short is told
    """

    parts: StoredParts
    finder: PartFinder
    report: Numbers
    unasked: Numbers
    beyond: Numbers
    short: Numbers

    @property
    def reports(self) -> int:
        """How many reports would get a new version."""
        return len(np.unique(self.report[self.outcomes <= Outcome.CHANGED]))

    def parts_to_write(self) -> Parts:
        """The new and the changed entries, as they are to be stored."""
        chosen = np.flatnonzero(self.outcomes <= Outcome.CHANGED)
        report, part = self.report[chosen], self._part[chosen]
        at, is_stored = self.parts.find(self.parts.key_of(report, part))
        pk = np.zeros(len(chosen), dtype=np.int64)
        pk[is_stored] = self.parts.pk[at[is_stored]]
        keys = np.array([own.pk for own in self.finder.categories], dtype=np.int64)
        counts = {name: np.maximum(own[chosen], -1) for name, own in self.table.counts.items()}
        return Parts(self.context.stored.pk[report], keys[part], pk, counts)

    @property
    def _part(self) -> Numbers:
        return part_of(self.table)


def judge_parts(file: FileRead, program: Program, *, today: date, lock: bool = False) -> PartsRun:
    """Hold a file of breakdowns against the gate and what is stored.

    lock : hold the stored reports still until the transaction ends, because writing follows
    """
    finder = file.readers.parts
    if finder is None:
        raise TypeError("This file is of reports, not of their parts.")
    context = load_context(program, file.finder.sites, file.table, today=today, lock=lock)
    if lock:  # what was read before the file may have changed by now
        finder.look_again(program)
    judge = _Judge(context, load_parts(context, finder.categories, file.table), finder)
    blocks = [judge.judge(own) for own in file.table.blocks(BLOCK_ENTRIES)]
    table = replace(file.table, counts=_join_counts([counts for counts, _ in blocks]))
    columns = zip(*(judged for _, judged in blocks), strict=True) if blocks else ()
    joined = [np.concatenate(own) for own in columns] or [np.zeros(0, dtype=np.int8)] * 9
    own = dict(zip(_JUDGED, joined, strict=True))
    return PartsRun(replace(file, table=table), context, parts=judge.parts, finder=finder, **own)


_JUDGED = (
    "outcomes",
    "questioned",
    "locked",
    "outside",
    "against",
    "report",
    "unasked",
    "beyond",
    "short",
)


def _join_counts(blocks) -> dict[str, Numbers]:
    return {
        name: np.concatenate([own[name] for own in blocks] or [np.zeros(0, dtype=np.int32)])
        for name in BROKEN_DOWN
    }


class _Judge:
    """Judges the entries of some sites after the other."""

    def __init__(self, context: Context, parts: StoredParts, finder: PartFinder):
        self.context, self.parts = context, parts
        self.today = number_month(month_of(context.today))
        is_asked = [finder.is_asked(own) for own in finder.categories]
        self.unasked = ~np.array(is_asked, dtype=bool)
        numbers = {own.pk: n for n, own in enumerate(finder.dimensions)}
        of_dimension = [numbers[own.dimension_id] for own in finder.categories]
        self.dimension = np.array(of_dimension, dtype=np.int64)

    def judge(self, table: Table) -> tuple[dict[str, Numbers], tuple[Numbers, ...]]:
        """The counts of these entries as they would stand, and the columns of `_JUDGED`."""
        part, stored = part_of(table), self.context.stored
        report, has_report = stored.find(place_of(table.site, table.month))
        report = np.where(has_report, report, -1)
        at, is_stored = self.parts.find(self.parts.key_of(report, part))
        is_stored &= has_report
        is_empty = table.is_empty
        table = replace(table, counts=self._stand(table, at, is_stored & ~is_empty))
        is_empty |= np.logical_and.reduce([_is_none(own) for own in table.counts.values()])
        against, same = find_repeated(number_series(table, self.parts.categories), is_empty)

        outcomes = self._compare(table, at, is_stored)
        moves = outcomes != Outcome.UNCHANGED
        entries = Entries(table.site, table.month, table.counts)
        locked = find_locked(entries, self.context.at_gate)
        shut = (table.month > self.today) | ~is_within(entries, self.context.spells) | locked
        unasked = self.unasked[part]
        if len(stored.is_open):
            outcomes[moves & has_report & ~stored.is_open[report]] = Outcome.CONFLICT
        outcomes[moves & (shut | unasked)] = Outcome.REFUSED
        outcomes[~has_report | against | _is_unreadable(table)] = Outcome.REFUSED
        outcomes[same] = Outcome.REPEATED
        outcomes[is_empty] = Outcome.EMPTY
        beyond, short = self._reconcile(table, outcomes, report)
        outside = ~is_within(entries, self.context.parts) & (outcomes <= Outcome.CHANGED)
        outside &= _is_first(report, outside)
        questioned = outside | short
        judged = outcomes, questioned, locked, outside, against, report, unasked, beyond, short
        return table.counts, judged

    def _stand(self, table: Table, at, keeps) -> dict[str, Numbers]:
        """Both counts as they would stand: what the file says; where it does not or withholds it,
        what is stored."""
        counts = {}
        for name in BROKEN_DOWN:
            own = table.counts.get(name, np.full(len(table), NOT_SAID, dtype=np.int32))
            unsaid = keeps & ((own == NOT_SAID) | (own == WITHHELD))
            own = np.where(own == NOT_SAID, MISSING, own).astype(np.int32)
            kept = self.parts.counts[name][at[unsaid]]
            own[unsaid] = np.where(kept >= 0, kept, own[unsaid])
            counts[name] = own
        return counts

    def _compare(self, table: Table, at, is_stored) -> Numbers:
        outcomes = np.full(len(table), Outcome.UNCHANGED, dtype=np.int8)
        outcomes[~is_stored] = Outcome.NEW
        for name, own in table.counts.items():
            differs = np.maximum(own[is_stored], -1) != self.parts.counts[name][at[is_stored]]
            outcomes[np.flatnonzero(is_stored)[differs]] = Outcome.CHANGED
        return outcomes

    def _reconcile(self, table: Table, outcomes, report) -> tuple[Numbers, Numbers]:
        """Refuse what makes a breakdown exceed its report; say at which entry one falls short."""
        beyond, short = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
        moved = np.flatnonzero(outcomes <= Outcome.CHANGED)
        if not len(moved):
            return beyond, short
        part = part_of(table)
        taken = self.parts.key_of(report[moved], part[moved])
        theirs = self.parts.of_reports(np.unique(report[moved]))
        theirs = theirs[~np.isin(self.parts.key[theirs], taken)]
        group = self._group(np.concatenate([taken, self.parts.key[theirs]]))
        groups, place = np.unique(group, return_inverse=True)
        mine = place[: len(moved)]
        is_beyond, is_short = np.zeros(len(groups), dtype=bool), np.zeros(len(groups), dtype=bool)
        whole = groups // (int(self.dimension.max()) + 1)
        for name in BROKEN_DOWN:
            own = np.concatenate([table.counts[name][moved], self.parts.counts[name][theirs]])
            given = own >= 0
            total = np.maximum(self.context.stored.counts[name][whole], 0)
            sums, times = (
                np.zeros(len(groups), np.int64),
                np.bincount(place[given], minlength=len(groups)),
            )
            np.add.at(sums, place[given], own[given])
            is_beyond |= sums > total
            is_short |= (times > 0) & (sums < total)
        beyond[moved] = is_beyond[mine]
        outcomes[beyond] = Outcome.REFUSED
        left = is_short[mine] & ~is_beyond[mine]
        short[moved] = left & _is_first(mine, left)
        return beyond, short

    def _group(self, key: Numbers) -> Numbers:
        """A report and a dimension as one number."""
        report, part = np.divmod(key, self.parts.categories)
        return report * (int(self.dimension.max()) + 1) + self.dimension[part]


def _is_first(of: Numbers, chosen: Numbers) -> Numbers:
    """Which of the chosen are the first of theirs."""
    places = np.flatnonzero(chosen)
    first = np.zeros(len(of), dtype=bool)
    first[places[np.unique(of[places], return_index=True)[1]]] = True
    return first


def _is_none(own: Numbers) -> Numbers:
    return (own == MISSING) | (own == WITHHELD)


def _is_unreadable(table: Table) -> Numbers:
    wrong = [(own == UNREADABLE) | (own == NOT_PARTED) for own in table.counts.values()]
    return np.logical_or.reduce(wrong)
