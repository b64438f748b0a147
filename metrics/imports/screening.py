"""The gate over a million rows at once: which are refused, and which are questioned.

The rules are those of `metrics/gate.py`, asked of whole columns; a test holds both to the same
answers. It only sorts: the sentences are the gate's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.gate import (
    BIRTHS_FACTOR,
    DEATHS_FACTOR,
    LEAST_PAST_MONTHS,
    PAST_MONTHS,
    SAME_MONTHS,
    SiteAtGate,
)
from metrics.imports.numbers import NOT_PARTED, UNREADABLE
from metrics.imports.table import Numbers, date_of, number_month
from metrics.models.reports import AGE_FIELDS
from metrics.stats.quality.oddities import find_oddities
from programs.periods import Period, month_of

Bounds = list[Numbers]
BLOCK_CELLS = 250_000  # site-months looked at together


@dataclass(frozen=True)
class Entries:
    """Site-months to be judged, in the order of sites and months.

    counts : every count as it would stand; below 0 where it was not counted
    """

    site: Numbers
    month: Numbers
    counts: Mapping[str, Numbers]

    def count(self, name: str) -> Numbers:
        """One count, below 0 where it was not counted."""
        own = self.counts.get(name)
        return np.full(len(self.site), -1, dtype=np.int32) if own is None else own


def find_refused(entries: Entries, spells: Bounds, today: date) -> Numbers:
    """Which entries the gate would refuse.

    spells : when the sites were open
    """
    refused = entries.month > number_month(month_of(today))
    refused |= ~is_within(entries, spells)
    refused |= entries.count("live_births") < 0
    for own in entries.counts.values():
        refused |= (own == UNREADABLE) | (own == NOT_PARTED)
    return refused | _find_wrong_ages(entries)


def _find_wrong_ages(entries: Entries) -> Numbers:
    ages, deaths = [entries.count(name) for name in AGE_FIELDS], entries.count("infant_deaths")
    given = np.logical_or.reduce([own >= 0 for own in ages])
    total = np.sum([np.maximum(own, 0) for own in ages], axis=0)
    is_all = np.logical_and.reduce([own >= 0 for own in ages[:3]])
    return given & ((deaths < 0) | (total > deaths) | ((total < deaths) & is_all))


def bound(periods: Sequence[Sequence[Period]]) -> Bounds:
    """The periods of each site as first and last months: an array of two columns for the first
    period of all, one for the second, and so on. A site that has no further one has none then."""
    return [
        np.array(
            [_bounds(own[turn]) if turn < len(own) else (1, 0) for own in periods], dtype=np.int32
        )
        for turn in range(max(map(len, periods), default=0))
    ]


def _bounds(period: Period) -> tuple[int, int]:
    return number_month(period.first), number_month(period.last)


def is_within(entries: Entries, bounds: Bounds) -> Numbers:
    """Which entries lie in one of the periods of their site, as `bound` gives them."""
    within = np.zeros(len(entries.site), dtype=bool)
    for own in bounds:
        first, last = own[entries.site].T
        within |= (first <= entries.month) & (entries.month <= last)
    return within


def find_locked(entries: Entries, sites: Sequence[SiteAtGate]) -> Numbers:
    """Which entries lie in a locked month that has not been opened for their site."""
    locked = np.zeros(len(entries.site), dtype=bool)
    by_locks: dict[tuple, list[int]] = {}
    for place, site in enumerate(sites):
        if any(last is not None for _, last in site.locks):
            by_locks.setdefault(site.locks, []).append(place)
    for locks, places in by_locks.items():
        own = np.flatnonzero(np.isin(entries.site, places))
        judge = SiteAtGate("", (), locks)
        months = np.unique(entries.month[own])
        shut = [month for month in months if judge.is_locked(date_of(month))]
        locked[own] = np.isin(entries.month[own], shut)
        for place in places:
            opened = [number_month(month) for month in sites[place].opened]
            at = slice(*np.searchsorted(entries.site, [place, place + 1]))
            locked[at] &= ~np.isin(entries.month[at], opened)
    return locked


# --- Questions -----------------------------------------------------------------------------


def find_questioned(
    entries: Entries, passed: Numbers, known: Entries, today: date, *, asks_deaths: bool = True
) -> Numbers:
    """Which entries the gate would question, of those that it does not refuse.

    passed : which those are; what is said of the others means nothing
    known : live births and infant deaths of every report that will stand, these among them
    asks_deaths : whether to ask for deaths that are missing; not row by row where a file has none
    """
    births, deaths = entries.count("live_births"), entries.count("infant_deaths")
    questioned = (entries.month == number_month(month_of(today))) | (asks_deaths & (deaths < 0))
    questioned |= (deaths > births) | (entries.count("maternal_deaths") > births)
    born = births + np.maximum(entries.count("stillbirths"), 0)
    questioned |= entries.count("skilled_attendant_births") > born
    for mine, theirs in _blocks(entries, known):
        own = np.arange(mine.start, mine.stop)[passed[mine]]
        questioned[own] |= _find_odd(
            entries.site[own], entries.month[own], births[own], deaths[own], known, theirs
        )
    return questioned


def _blocks(entries: Entries, known: Entries) -> Iterator[tuple[slice, slice]]:
    """Sites together, so many that their months fit into one block."""
    if not len(known.site):
        return
    months = int(known.month.max() - known.month.min()) + 1
    a_block = max(1, BLOCK_CELLS // months)
    for first in range(0, int(known.site.max()) + 1, a_block):
        bounds = [first, first + a_block]
        mine, theirs = (slice(*np.searchsorted(own.site, bounds)) for own in (entries, known))
        if mine.start < mine.stop:
            yield mine, theirs


def _find_odd(site, month, births, deaths, known: Entries, theirs: slice) -> Numbers:
    past = _Past(known, theirs)
    row, column = site - past.first_site, month - past.first_month
    return _find_odd_births(past, row, column, births) | _find_odd_deaths(
        past, row, column, births, deaths
    )


class _Past:
    """Births and deaths of some sites, month by month, so that a year before any is two reads."""

    def __init__(self, known: Entries, theirs: slice):
        site, month = known.site[theirs], known.month[theirs]
        births = known.counts["live_births"][theirs]
        deaths = known.counts["infant_deaths"][theirs]
        self.first_site, self.first_month = int(site.min()), int(month.min())
        shape = int(site.max()) - self.first_site + 1, int(month.max()) - self.first_month + 1
        at = site - self.first_site, month - self.first_month
        self.births = np.full(shape, -1, dtype=np.int64)
        self.births[at] = births
        dead = np.full(shape, -1, dtype=np.int64)
        dead[at] = deaths
        is_known = self.births >= 0
        is_both = is_known & (dead >= 0)
        self.reports = _sums(is_known)
        self.all_births = _sums(np.where(is_known, self.births, 0))
        self.with_deaths = _sums(is_both)
        self.their_births = _sums(np.where(is_both, self.births, 0))
        self.their_deaths = _sums(np.where(is_both, dead, 0))

    def before(self, sums: Numbers, row: Numbers, column: Numbers) -> Numbers:
        """Sums over the twelve months before each."""
        return sums[row, column] - sums[row, np.maximum(column - PAST_MONTHS, 0)]


def _sums(values: Numbers) -> Numbers:
    """Sums of all months before each, by site."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.int64)
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


def _find_odd_births(past: _Past, row, column, births) -> Numbers:
    reports = past.before(past.reports, row, column)
    born = past.before(past.all_births, row, column)
    asked = (reports >= LEAST_PAST_MONTHS) & (born > 0)
    same_births, same_months = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    for back in SAME_MONTHS:
        earlier = np.where(column >= back, past.births[row, np.maximum(column - back, 0)], -1)
        same_births += np.maximum(earlier, 0)
        same_months += earlier >= 0
    has_same = same_months > 0
    past_births = np.where(has_same, same_births, born)
    months = np.where(has_same, same_months, reports)
    odd = find_oddities(births, asked.astype(np.int64), past_births, months, factor=BIRTHS_FACTOR)
    return odd != 0


def _find_odd_deaths(past: _Past, row, column, births, deaths) -> Numbers:
    reports = past.before(past.with_deaths, row, column)
    asked = (reports >= LEAST_PAST_MONTHS) & (deaths >= 0)
    odd = find_oddities(
        np.maximum(deaths, 0),
        np.where(asked, births, 0),
        past.before(past.their_deaths, row, column),
        past.before(past.their_births, row, column),
        factor=DEATHS_FACTOR,
    )
    return odd != 0
