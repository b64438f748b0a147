"""Running totals: noticed where monthly counts should stand, and parted into months."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.imports.numbers import NOT_PARTED
from metrics.imports.table import Numbers, Table, date_of
from programs.periods import MONTHS_PER_YEAR

LEAST_STEPS = 5  # from month to month within a year, at one site: by chance, one in 720 rises so
NEARLY_ALL = 98  # percent of steps that do not fall
MOST_FALLS = 90  # percent of years that begin below where the last one ended


@dataclass(frozen=True)
class Running:
    """A count that looks like running totals, and the month of the year in which they begin."""

    name: str
    first_month: int
    rises: int
    falls: int


@dataclass(frozen=True)
class Parted:
    """A count that was read as running totals.

    never_falls : whether the file itself tells that it may be; False also where it is too short
    totals, months : the first two that one became of the other, if any did
    """

    name: str
    never_falls: bool
    totals: Sequence[int]
    months: Sequence[int]


@dataclass(frozen=True)
class _Steps:
    """From one month to the next at the same site: the calendar month reached, and the change."""

    site: Numbers
    month: Numbers
    change: Numbers


def find_running(table: Table, names: Sequence[str]) -> list[Running]:
    """Say which counts only ever rise within a year. docs/methods.md#running-totals

    Births are asked first: where they are monthly, so is the rest of the file.
    """
    found = (_find_start(table, name) for name in names if name in table.counts)
    return [own for own in found if own]


def _find_start(table: Table, name: str) -> Running | None:
    steps = _steps(table, name)
    if not len(steps.change):
        return None
    first = int(table.month.min()) % MONTHS_PER_YEAR + 1  # of a file that holds no new beginning
    starts = [first, *(start for start in range(1, 13) if start != first)]
    likely = [own for own in (_try_start(name, steps, start) for start in starts) if own]
    return max(likely, key=lambda own: own.falls, default=None)


def _try_start(name: str, steps: _Steps, start: int) -> Running | None:
    begins = steps.month % MONTHS_PER_YEAR == start - 1
    within, across = steps.change[~begins], steps.change[begins]
    rises, falls = int((within > 0).sum()), int((across < 0).sum())
    falls_anew = 100 * falls >= MOST_FALLS * len(across)
    mostly_rises = 2 * rises > len(within)
    if _never_falls(steps, start) and falls_anew and mostly_rises:
        return Running(name, start, rises, falls)
    return None


def _never_falls(steps: _Steps, start: int) -> bool:
    """Whether a file is long enough to tell that its counts do not fall within a year."""
    begins = steps.month % MONTHS_PER_YEAR == start - 1
    within = steps.change[~begins]
    is_long = np.bincount(steps.site[~begins]).max(initial=0) >= LEAST_STEPS
    return bool(is_long and 100 * (within >= 0).sum() >= NEARLY_ALL * len(within))


def _steps(table: Table, name: str) -> _Steps:
    """Site-months that are said more than once tell nothing: nobody knows which is the month's."""
    kept = (table.counts[name] >= 0) & ~_is_repeated(table)
    site, month, count = (own[kept] for own in (table.site, table.month, table.counts[name]))
    follows = (np.diff(site) == 0) & (np.diff(month) == 1)
    return _Steps(site[1:][follows], month[1:][follows], np.diff(count)[follows])


def part_running(table: Table, name: str, first_month: int) -> Parted:
    """Make months of running totals, in place; return what speaks for it.

    A total whose month before is missing stands for several months and cannot be parted, nor can
    one that falls; both become NOT_PARTED.
    """
    never_falls = _never_falls(_steps(table, name), first_month)
    totals = table.counts[name].astype(np.int64)
    begins = table.month % MONTHS_PER_YEAR == first_month - 1
    before = np.concatenate([[-1], totals[:-1]])
    follows = np.concatenate([[False], (np.diff(table.site) == 0) & (np.diff(table.month) == 1)])
    parted = np.where(begins, totals, totals - before)
    is_wrong = ~begins & (~follows | (before < 0) | (parted < 0))
    known = totals >= 0
    table.counts[name] = np.where(known, np.where(is_wrong, NOT_PARTED, parted), totals).astype(
        np.int32
    )
    changed = np.flatnonzero(known & ~begins & ~is_wrong)
    shown = slice(changed[0] - 1, changed[0] + 1) if len(changed) else slice(0)
    return Parted(name, never_falls, totals[shown].tolist(), table.counts[name][shown].tolist())


def _is_repeated(table: Table) -> Numbers:
    """Whether the entry before or after is of the same site and month."""
    same = (np.diff(table.site) == 0) & (np.diff(table.month) == 0)
    return np.concatenate([[False], same]) | np.concatenate([same, [False]])


def say_not_parted(table: Table, place: int, text: str) -> str:
    """Why one running total could not be parted."""
    month = date_of(table.month[place] - 1)
    return (
        f"{text} is a running total that cannot be parted: {month:%Y-%m} is missing, or stands at "
        "more. Write the month’s own count."
    )
