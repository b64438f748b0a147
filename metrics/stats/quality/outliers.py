"""Single months that stand out beside the site's own same calendar months of other years."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.stats.quality.chances import Mask
from metrics.stats.quality.kinds import ONE_SIDE, Found, Kind, Looks, Panel, Search
from metrics.stats.quality.oddities import find_oddities
from metrics.stats.quality.windows import moved
from metrics.stats.rates import Floats

SAME_MONTHS = tuple(12 * years for years in (-3, -2, -1, 1, 2, 3))
BEFORE, AFTER = tuple(range(-6, 0)), tuple(range(1, 7))
LEAST_SAME = 2  # other years
LEAST_NEIGHBOURS = 6
LEAST_ONE_SIDE = 3  # of the months on one side alone
FACTOR = Fraction(3, 2)  # half as much again: real months vary more than chance alone
FAR = 10  # a digit too many or too few: odd however much the months vary
LEAST_FOR_DISPERSION = 12
MEDIAN_OF_CHANCE = 0.454936423119572  # of chi-square with one degree of freedom: qchisq(.5, 1)


class _Beside(NamedTuple):
    """What a month is held against: the sum of the other months, and what it is counted over."""

    counts: Floats
    exposure: Floats
    months: Floats


def find_outliers(panel: Panel) -> Search:
    """Find months whose births, infant deaths or stillbirths are odd. docs/methods.md#data-quality

    Each month is held against the same calendar month of up to three years before and after, and
    against the twelve months around it, births against those before and those after apart. It is
    odd where each of these that there is says so: neither a season nor a site that grew makes a
    month odd, and a month that is odd makes no other one so. Deaths are held per birth of their
    months. Beyond chance is judged with the site's own dispersion; ten times as many, or few,
    without.
    """
    births, still = panel["live_births"], panel["stillbirths"]
    found: list[Found] = []
    looks: list[Looks] = []
    for kind, name, counts, over in (
        (Kind.BIRTHS_ODD, "live_births", births, np.ones(births.shape)),
        (Kind.DEATHS_ODD, "infant_deaths", panel["infant_deaths"], births),
        (Kind.STILLBIRTHS_ODD, "stillbirths", still, births + still),
    ):
        own, number = _find(kind, name, counts, np.where(np.isnan(counts), np.nan, over))
        found += own
        looks.append(Looks(kind, number, 2 * ONE_SIDE))
    return found, looks


def _find(kind, name, counts, exposure) -> tuple[list[Found], NDArray[np.int64]]:
    first = _hold(kind, counts, exposure, counts)
    sites = np.flatnonzero((first.many | first.few).any(axis=1))
    own, over = counts[sites], exposure[sites]
    # Once more without the wild ones among the others: they would make their neighbours odd.
    wild = _find_wild(own, over, first.many[sites], first.few[sites])
    held = _hold(kind, own, over, np.where(wild, np.nan, own))
    row, month = np.nonzero(held.many | held.few)
    values = {
        "count": own[row, month],
        "births": over[row, month],
        "past": held.beside.counts[row, month],
        "past_births": held.beside.exposure[row, month],
        "months": held.beside.months[row, month],
        "same": held.has_same[row, month].astype(float),
        "many": held.many[row, month].astype(float),
        "spread": held.spread[row],
    }
    fields = (name,) if name == "live_births" else (name, "live_births")
    columns = (each.tolist() for each in (sites[row], month, *values.values()))
    found = [
        Found(kind, site, (column,), fields, dict(zip(values, given, strict=True)), is_month=True)
        for site, column, *given in zip(*columns, strict=True)
    ]
    return found, first.looked.sum(axis=1)


def _find_wild(counts: Floats, exposure: Floats, many: Mask, few: Mask) -> Mask:
    """Those odd months that are far from the median of the months around them, too."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = counts / exposure
        around = np.sort(np.stack([moved(rates, lag) for lag in (*BEFORE, 0, *AFTER)]), axis=0)
        middle = (~np.isnan(around)).sum(axis=0) // 2
        usual = np.take_along_axis(around, middle[None], axis=0)[0]
        return (many & (rates > float(FACTOR) * usual)) | (few & (rates * float(FACTOR) < usual))


class _Held(NamedTuple):
    """Months held against others: which are odd, and what they were held against."""

    many: Mask
    few: Mask
    looked: Mask
    has_same: Mask
    beside: _Beside
    spread: Floats


def _hold(kind, counts: Floats, exposure: Floats, others: Floats) -> _Held:
    """others : the counts to hold each month against, nan where one is left out"""
    same = _gather(others, exposure, SAME_MONTHS)
    before, after = (_gather(others, exposure, lags) for lags in (BEFORE, AFTER))
    near = _Beside(*(one + other for one, other in zip(before, after, strict=True)))
    has_same, has_near = same.months >= LEAST_SAME, near.months >= LEAST_NEIGHBOURS
    # From the months around: a level that has changed for good is no variation.
    spread = robust_dispersion(others, exposure, near)
    looked = (has_same | has_near) & (exposure > 0)
    sides = [(before, before.months >= LEAST_ONE_SIDE), (after, after.months >= LEAST_ONE_SIDE)]
    beside = [(same, has_same), *(sides if kind is Kind.BIRTHS_ODD else [(near, has_near)])]
    many, few = looked.copy(), looked.copy()
    for own, is_there in beside:
        # Whatever one of them finds in order is in order: the next need not be asked.
        asked = is_there & (many | few)
        odd = _find_odd(asked, counts, exposure, own, spread[:, None])
        many &= ~is_there | (odd > 0)
        few &= ~is_there | (odd < 0)
    first = _Beside(*(np.where(has_same, a, b) for a, b in zip(same, near, strict=True)))
    # Where nothing is there to hold it against, everything would be both.
    return _Held(many & ~few, few & ~many, looked, has_same, first, spread)


def _find_odd(asked: Mask, counts: Floats, exposure: Floats, beside: _Beside, spread: Floats):
    """1 or -1 where a month that is asked about is odd for being many or few, else 0."""
    found = np.zeros(asked.shape, dtype=np.int8)
    given = [own[asked] for own in (counts, exposure, beside.counts, beside.exposure)]
    own = np.broadcast_to(spread, asked.shape)[asked]
    odd = find_oddities(*given, factor=FACTOR, dispersion=own)
    found[asked] = np.where(odd == 0, find_oddities(*given, factor=FAR), odd)
    return found


def _gather(counts: Floats, exposure: Floats, lags: Iterable[int]) -> _Beside:
    total, over, months = (np.zeros(counts.shape) for _ in range(3))
    for lag in lags:
        own, own_over = moved(counts, lag), moved(exposure, lag)
        known = ~np.isnan(own) & ~np.isnan(own_over)
        total += np.where(known, own, 0.0)
        over += np.where(known, own_over, 0.0)
        months += known
    return _Beside(total, over, months)


def robust_dispersion(counts: Floats, exposure: Floats, beside: _Beside) -> Floats:
    """Return for each site how many times more than chance its months vary, 1 or more.

    The median of the squared Pearson residuals over that of chance alone: one wild month does
    not hide itself by it, as it would in a mean. 1 with fewer than 12 months.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = beside.counts * exposure / beside.exposure
        variance = expected * (1 + exposure / beside.exposure)
        squares = np.where(variance > 0, (counts - expected) ** 2 / variance, np.nan)
    spreads = np.ones(counts.shape[0])
    enough = (~np.isnan(squares)).sum(axis=1) >= LEAST_FOR_DISPERSION
    if enough.any():
        spreads[enough] = np.nanmedian(squares[enough], axis=1) / MEDIAN_OF_CHANCE
    return np.maximum(1.0, spreads)
