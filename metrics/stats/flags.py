"""Cautions beside a verdict. They are always shown, and never change its state.

Each function answers one question and returns its flag, or None; `raised` gathers them.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from math import exp, sqrt

import numpy as np

from metrics.stats.comparisons import RateRatio
from metrics.stats.completeness import Completeness
from metrics.stats.decisions import State
from metrics.stats.dispersion import Dispersion
from metrics.stats.quality.jumps import find_jumps
from metrics.stats.rates import DEFAULT_CONFIDENCE, normal_quantile

# More than so many percentage points, percent, and times more than chance. docs/methods.md#flags
COMPLETENESS_POINTS = 10
BIRTHS_PERCENT = 20
MUCH_VARIATION = 2


class Flag(StrEnum):
    """What to beware of beside a verdict."""

    SELECTED_BECAUSE_HIGH = "selected_because_high"
    COMPLETENESS_CHANGED = "completeness_changed"
    BIRTHS_CHANGED = "births_changed"
    BIRTHS_JUMPED = "births_jumped"
    SITES_JOINED = "sites_joined_midway"
    MATERNAL_DEATHS_ROSE = "maternal_deaths_rose"
    STILLBIRTHS_ROSE = "stillbirths_rose"
    MONTHS_VARY = "months_vary_more_than_chance"
    COMPARISON_FELL_TOO = "comparison_sites_fell_as_much"
    GROUPS_LEFT_BEHIND = "groups_left_behind"
    BASELINE_MATTERS = "baseline_choice_matters"


def raised(flags: Iterable[Flag | None]) -> tuple[Flag, ...]:
    """Return the flags that are raised, in the order of `Flag`."""
    found = set(flags)
    return tuple(flag for flag in Flag if flag in found)


def selected_because_high(sites_chosen_for_high_rates: int) -> Flag | None:
    """Sites picked because their rates were high improve by chance alone."""
    return Flag.SELECTED_BECAUSE_HIGH if sites_chosen_for_high_rates else None


def completeness_changed(base: Completeness, now: Completeness) -> Flag | None:
    """Reports received differ by more than 10 percentage points; None where none were expected."""
    if not (base.expected and now.expected):
        return None
    change = Fraction(now.received, now.expected) - Fraction(base.received, base.expected)
    return Flag.COMPLETENESS_CHANGED if abs(100 * change) > COMPLETENESS_POINTS else None


def births_changed(
    births_now: int, months_now: int, births_base: int, months_base: int
) -> Flag | None:
    """Births a month differ by more than 20 %; months may be site-months reported."""
    now, base = births_now * months_base, births_base * months_now
    if not base:
        return None
    return Flag.BIRTHS_CHANGED if 100 * abs(now - base) > BIRTHS_PERCENT * base else None


def births_jumped(births: Sequence[int]) -> Flag | None:
    """Births recorded, month by month, moved to another level overnight.

    Three months in a row hold a third more, or a quarter fewer, than the six before them did
    on average, and more than chance explains at 99.8 %, whether or not the highest and the
    lowest of the six count. Months that nobody reported are left out of the list. It warns of a
    new ward, a split district, another way of counting. The findings about single sites come
    from the same search.
    """
    return Flag.BIRTHS_JUMPED if find_jumps(np.array([births], dtype=float)) else None


def sites_joined(sites_reporting_in_one_period_only: int) -> Flag | None:
    """Some sites have counts in one period only, so the two do not hold the same sites."""
    return Flag.SITES_JOINED if sites_reporting_in_one_period_only else None


def maternal_deaths_rose(ratio: RateRatio | None) -> Flag | None:
    """Mothers died more often, by more than chance: the lower limit of the ratio is above 1."""
    return Flag.MATERNAL_DEATHS_ROSE if ratio and ratio.low > 1 else None


def stillbirths_rose(ratio: RateRatio | None) -> Flag | None:
    """Stillbirths rose by more than chance: infant deaths may have been recorded as such."""
    return Flag.STILLBIRTHS_ROSE if ratio and ratio.low > 1 else None


def months_vary(dispersion: Dispersion | None) -> Flag | None:
    """Months vary more than twice as much as chance makes them."""
    return Flag.MONTHS_VARY if dispersion and dispersion.phi > MUCH_VARIATION else None


def comparison_fell_too(program: RateRatio | None, comparison: RateRatio | None) -> Flag | None:
    """The program's fall is not told from that of the comparison sites by chance alone.

    Raised where the program's rate fell and the interval of the ratio of both ratios includes 1.
    """
    if program is None or comparison is None or not program.ratio < 1:
        return None
    apart = ratio_of_ratios(program, comparison)
    return Flag.COMPARISON_FELL_TOO if apart and apart[1] <= 1 <= apart[2] else None


def groups_left_behind(groups: Iterable[tuple[RateRatio | None, RateRatio | None]]) -> Flag | None:
    """A group's rate fell less, or rose more, than that of all others, by more than chance.

    groups : for each group its own ratio and that of the others, None where there is none
    """
    for own, others in groups:
        apart = ratio_of_ratios(own, others) if own and others else None
        if apart and apart[1] > 1:
            return Flag.GROUPS_LEFT_BEHIND
    return None


def ratio_of_ratios(
    program: RateRatio, comparison: RateRatio, *, confidence: float = DEFAULT_CONFIDENCE
) -> tuple[float, float, float] | None:
    """Return the program's rate ratio ÷ that of the comparison sites, with its limits.

    None where one of the four counts is 0. Below 1: the program's rate fell more.
    Source: difference in differences on the log scale. docs/methods.md#comparison-sites
    """
    cells = [own for part in (program, comparison) for own in (part.deaths_now, part.deaths_base)]
    if not all(cells):
        return None
    variance = program.dispersion * (1 / cells[0] + 1 / cells[1])
    variance += comparison.dispersion * (1 / cells[2] + 1 / cells[3])
    reach = exp(normal_quantile(confidence) * sqrt(variance))
    apart = program.ratio / comparison.ratio
    return apart, apart / reach, apart * reach


def baseline_matters(states: Iterable[State]) -> Flag | None:
    """The state would differ with another baseline, such as of 12, 24 and 36 months."""
    return Flag.BASELINE_MATTERS if len(set(states)) > 1 else None
