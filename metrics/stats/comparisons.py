"""Two periods compared: the rate ratio, its exact interval, and the chance of a real fall."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betainccinv, betaincinv

from metrics.stats.exact_tests import exact_p_value, tail_chances
from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    PRIOR_RATE,
    PRIOR_SHAPE,
    Floats,
    as_births,
    as_counts,
    check_count,
    check_dispersion,
    check_prior,
    tail_probability,
)

COUNT_NAMES = "deaths_now", "births_now", "deaths_base", "births_base"


@dataclass(frozen=True)
class RateRatio:
    """The rate now ÷ the baseline rate; below 1 is better.

    ratio, high : inf when the baseline had no deaths
    p_value : two-sided, of no change; decide from the interval, which can disagree near 0.05
    dispersion : how many times more than chance months vary; interval and p allow for it
    """

    ratio: float
    low: float
    high: float
    p_value: float
    confidence: float
    deaths_now: int
    births_now: int
    deaths_base: int
    births_base: int
    dispersion: float = 1.0

    @property
    def percent_change(self) -> float:
        """100 · (ratio - 1): -30.0 is 30 % lower; inf when the baseline had no deaths."""
        return 100 * (self.ratio - 1)

    @property
    def percent_low(self) -> float:
        """The lower limit of the percent change: the largest fall that chance allows."""
        return 100 * (self.low - 1)

    @property
    def percent_high(self) -> float:
        """The upper limit of the percent change: the smallest fall, or the largest rise."""
        return 100 * (self.high - 1)


def compare_rates(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
) -> RateRatio | None:
    """Return the rate now as a ratio to the baseline rate, with its exact interval.

    All four are whole counts >= 0 (else ValueError).
    dispersion : 1 or more (else ValueError); the interval is that of so many times fewer
    deaths, and so is the p-value, which then is twice the smaller tail.
    Returns None where no ratio is defined: no births in a period, or no deaths in either.
    Source: R's poisson.test of two counts. docs/methods.md#rate-ratio
    """
    counts = deaths_now, births_now, deaths_base, births_base
    check_counts(*counts)
    check_dispersion(dispersion)
    low, high = ratio_limits(
        deaths_now / dispersion, births_now, deaths_base / dispersion, births_base, confidence
    )
    if not (births_now and births_base and (deaths_now or deaths_base)):
        return None

    ratio = deaths_now * births_base / (births_now * deaths_base) if deaths_base else inf
    if dispersion == 1:
        p_value = exact_p_value(*counts)
    else:
        p_value = tail_chances(*counts, ratio=1, dispersion=dispersion).two_sided
    return RateRatio(ratio, float(low), float(high), p_value, confidence, *counts, dispersion)


def check_counts(deaths_now: int, births_now: int, deaths_base: int, births_base: int) -> None:
    """Raise ValueError unless all four are whole numbers >= 0."""
    counts = deaths_now, births_now, deaths_base, births_base
    for name, count in zip(COUNT_NAMES, counts, strict=True):
        check_count(name, count)


def ratio_limits(
    deaths_now: ArrayLike,
    births_now: ArrayLike,
    deaths_base: ArrayLike,
    births_base: ArrayLike,
    confidence: float = DEFAULT_CONFIDENCE,
) -> tuple[Floats, Floats]:
    """Return the exact conditional limits of the rate ratio, for many sites at once.

    Counts >= 0 of any shapes that broadcast; deaths need not be whole, because allowing for
    months that vary more than chance divides counts by a factor.
    Returns two arrays: low is 0 without deaths now, high is inf without deaths at baseline,
    both are nan without births.
    Source: Clopper & Pearson (1934) on the share of all deaths that fall in the period now,
    as R's poisson.test. docs/methods.md#rate-ratio
    """
    now, base = as_counts("deaths_now", deaths_now), as_counts("deaths_base", deaths_base)
    births_ratio = as_births("births_base", births_base) / as_births("births_now", births_now)
    tail = tail_probability(confidence)
    low = odds_quantile(now, base + 1, tail) * births_ratio
    # Read the other way round, the comparison's lower limit is one over this upper limit.
    with np.errstate(divide="ignore"):
        high = births_ratio / odds_quantile(base, now + 1, tail)
    return low, high


def probability_of_reduction(
    deaths_now: float,
    births_now: float,
    deaths_base: float,
    births_base: float,
    reduction: float,
    *,
    prior_shape: float = PRIOR_SHAPE,
    prior_rate: float = PRIOR_RATE,
) -> float:
    """Return the probability that the true rate fell by `reduction` (0.3 for 30 %) or more.

    deaths : counts >= 0, whole or not; births above 0 (else ValueError)
    reduction : from 0, any fall at all, to 1 (else ValueError)
    Each true rate given its counts is gamma distributed, so the share that the rate now has
    in the sum of both is beta distributed: a closed form, no simulation.
    Source: Gelman et al., Bayesian Data Analysis, 2.6. docs/methods.md#probability-of-a-reduction
    """
    if not 0 <= reduction <= 1:
        raise ValueError(f"reduction: {reduction} is not from 0 to 1. Write 0.3 for 30 %.")
    shape_now, shape_base, births_ratio = _posterior(
        deaths_now, births_now, deaths_base, births_base, prior_shape, prior_rate
    )
    odds = (1 - float(reduction)) / births_ratio
    return float(betainc(shape_now, shape_base, odds / (1 + odds)))


def reduction_credible_interval(
    deaths_now: float,
    births_now: float,
    deaths_base: float,
    births_base: float,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    prior_shape: float = PRIOR_SHAPE,
    prior_rate: float = PRIOR_RATE,
) -> tuple[float, float, float]:
    """Return the lower limit, the median and the upper limit of the true rate ratio.

    Counts, prior, errors and source as in `probability_of_reduction`.
    """
    shape_now, shape_base, births_ratio = _posterior(
        deaths_now, births_now, deaths_base, births_base, prior_shape, prior_rate
    )
    tail = tail_probability(confidence)
    low = births_ratio * odds_quantile(shape_now, shape_base, tail)
    median = births_ratio * odds_quantile(shape_now, shape_base, 0.5)
    high = births_ratio / odds_quantile(shape_base, shape_now, tail)
    return float(low), float(median), float(high)


def _posterior(
    deaths_now: float,
    births_now: float,
    deaths_base: float,
    births_base: float,
    prior_shape: float,
    prior_rate: float,
) -> tuple[float, float, float]:
    """Return the gamma shapes of both true rates, and the ratio of their rate parameters."""
    if min(deaths_now, deaths_base) < 0 or min(births_now, births_base) <= 0:
        raise ValueError(
            "A probability needs counts and births in both periods, but got "
            f"{deaths_now=}, {births_now=}, {deaths_base=}, {births_base=}."
        )
    check_prior(prior_shape, prior_rate, min(deaths_now, deaths_base))
    births_ratio = (prior_rate + births_base) / (prior_rate + births_now)
    return prior_shape + deaths_now, prior_shape + deaths_base, births_ratio


def odds_quantile(shape_now: ArrayLike, shape_base: ArrayLike, tail: float) -> Floats:
    """Return the `tail` quantile of x / (1 - x), where x is beta distributed; 0 for shape 0.

    1 - x is the upper quantile of the mirrored beta: near 1, subtracting would lose its digits.
    """
    share = betaincinv(shape_now, shape_base, tail)
    rest = betainccinv(shape_base, shape_now, tail)
    return np.where(np.greater(shape_now, 0), share / rest, 0.0)
