"""How many deaths more or fewer: in a rate, in a program, at a site."""

from dataclasses import dataclass
from math import hypot, sqrt

from numpy.typing import ArrayLike

from metrics.stats.comparisons import check_counts
from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PER,
    Floats,
    Rate,
    as_counts,
    mortality_rate,
    normal_quantile,
    poisson_limits,
)


@dataclass(frozen=True)
class RateDifference:
    """The rate now minus the baseline rate, per `per` births; below 0 is better.

    low, high : from the exact limits of both rates (MOVER)
    wald_low, wald_high : the textbook's, too short where few died
    """

    value: float
    low: float
    high: float
    wald_low: float
    wald_high: float
    per: int
    confidence: float


@dataclass(frozen=True)
class DeathsAverted:
    """Deaths fewer than had the baseline rate continued; below 0: more deaths than expected.

    It says what was counted, compared with the baseline rate continuing; not what caused it.
    """

    expected: float
    averted: float
    low: float
    high: float


def rate_difference(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    per: int = DEFAULT_PER,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
) -> RateDifference | None:
    """Return how much lower or higher the rate is now, with two intervals.

    Whole counts >= 0, dispersion >= 1 (else ValueError). None without births in both periods.
    Source: MOVER, Zou & Donner (2008), Stat Med 27:1693. docs/methods.md#rate-difference
    """
    counts = deaths_now, births_now, deaths_base, births_base
    check_counts(*counts)
    now, base = (
        mortality_rate(deaths, births, per=per, confidence=confidence, dispersion=dispersion)
        for deaths, births in (counts[:2], counts[2:])
    )
    if now is None or base is None:
        return None

    value = now.value - base.value
    variance = deaths_now / births_now**2 + deaths_base / births_base**2
    reach = normal_quantile(confidence) * sqrt(dispersion * variance) * per
    limits = value - _reach_down(now, base), value + _reach_down(base, now)
    return RateDifference(value, *limits, value - reach, value + reach, per, confidence)


def deaths_averted(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
) -> DeathsAverted | None:
    """Return how many fewer died than had the baseline rate continued, with its interval.

    Counts, errors and None as in `rate_difference`, whose interval it is, times the births now.
    docs/methods.md#deaths-averted
    """
    difference = rate_difference(
        deaths_now, births_now, deaths_base, births_base,
        per=1, confidence=confidence, dispersion=dispersion,
    )  # fmt: skip
    if difference is None:
        return None
    expected = deaths_base * births_now / births_base
    return DeathsAverted(
        expected=expected,
        averted=expected - deaths_now,
        low=-difference.high * births_now,
        high=-difference.low * births_now,
    )


def excess_deaths(
    deaths: ArrayLike,
    births: ArrayLike,
    *,
    reference: Rate,
    confidence: float = DEFAULT_CONFIDENCE,
) -> tuple[Floats, Floats, Floats]:
    """Return deaths beyond those expected at a reference rate, for many sites at once.

    deaths, births : counts >= 0 (else ValueError), of any shapes that broadcast
    reference : such as the baseline rate of the whole program, taken as known
    Returns three arrays: the excess and its exact lower and upper limit; below 0 is fewer
    deaths than expected. A site without births expects none. docs/methods.md#excess-deaths
    """
    died = as_counts("deaths", deaths)
    expected = as_counts("births", births) * (reference.deaths / reference.births)
    low, high = poisson_limits(died, confidence)
    return died - expected, low - expected, high - expected


def _reach_down(upper: Rate, lower: Rate) -> float:
    """Return how far below its value the difference `upper` - `lower` may lie."""
    return hypot(upper.value - upper.low, lower.high - lower.value)
