"""Two periods compared: the rate ratio, its exact interval, and the chance of a real fall."""

from bisect import bisect_left
from dataclasses import dataclass
from math import inf, lgamma, log, log1p

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betainccinv, betaincinv

from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    PRIOR_RATE,
    PRIOR_SHAPE,
    Floats,
    as_births,
    as_counts,
    check_count,
    tail_probability,
)

# Two chances this close count as equal, as in R's binom.test: rounding must not part a tie.
TIE_TOLERANCE = 1e-7

COUNT_NAMES = "deaths_now", "births_now", "deaths_base", "births_base"


@dataclass(frozen=True)
class RateRatio:
    """The rate now ÷ the baseline rate; below 1 is better.

    ratio, high : inf when the baseline had no deaths
    p_value : two-sided, of no change; decide from the interval, which can disagree near 0.05
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
) -> RateRatio | None:
    """Return the rate now as a ratio to the baseline rate, with its exact interval.

    All four are whole counts >= 0 (else ValueError).
    Returns None where no ratio is defined: no births in a period, or no deaths in either.
    Source: R's poisson.test of two counts. docs/methods.md#rate-ratio
    """
    counts = deaths_now, births_now, deaths_base, births_base
    for name, count in zip(COUNT_NAMES, counts, strict=True):
        check_count(name, count)
    low, high = ratio_limits(*counts, confidence=confidence)
    if not (births_now and births_base and (deaths_now or deaths_base)):
        return None

    ratio = deaths_now * births_base / (births_now * deaths_base) if deaths_base else inf
    p_value = exact_p_value(*counts)
    return RateRatio(ratio, float(low), float(high), p_value, confidence, *counts)


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
    low = _odds_quantile(now, base + 1, tail) * births_ratio
    # Read the other way round, the comparison's lower limit is one over this upper limit.
    with np.errstate(divide="ignore"):
        high = births_ratio / _odds_quantile(base, now + 1, tail)
    return low, high


def exact_p_value(deaths_now: int, births_now: int, deaths_base: int, births_base: int) -> float:
    """Return the two-sided p-value of no change: the minimum-likelihood p of R's poisson.test.

    Whole counts, with births in both periods and at least one death.
    Given all deaths, those now are binomial; p adds up the chance of every split that is at
    most as likely as the one seen. Quick for millions of deaths. docs/methods.md#p-value
    """
    if deaths_now * births_base > deaths_base * births_now:
        return exact_p_value(deaths_base, births_base, deaths_now, births_now)
    if deaths_now * births_base == deaths_base * births_now:
        return 1.0

    total, births = deaths_now + deaths_base, births_now + births_base
    as_unlikely = _first_as_unlikely(deaths_now, total, births_now, births_base)
    this_side = _chance_of_at_least(deaths_base, total, births_base / births)
    other_side = _chance_of_at_least(as_unlikely, total, births_now / births)
    return min(1.0, this_side + other_side)


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
    low = births_ratio * _odds_quantile(shape_now, shape_base, tail)
    median = births_ratio * _odds_quantile(shape_now, shape_base, 0.5)
    high = births_ratio / _odds_quantile(shape_base, shape_now, tail)
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
    births_ratio = (prior_rate + births_base) / (prior_rate + births_now)
    return prior_shape + deaths_now, prior_shape + deaths_base, births_ratio


def _odds_quantile(shape_now: ArrayLike, shape_base: ArrayLike, tail: float) -> Floats:
    """Return the `tail` quantile of x / (1 - x), where x is beta distributed; 0 for shape 0.

    1 - x is the upper quantile of the mirrored beta: near 1, subtracting would lose its digits.
    """
    share = betaincinv(shape_now, shape_base, tail)
    rest = betainccinv(shape_base, shape_now, tail)
    return np.where(np.greater(shape_now, 0), share / rest, 0.0)


def _first_as_unlikely(deaths_now: int, total: int, births_now: int, births_base: int) -> int:
    """Return the smallest count above the expected one that is no likelier than `deaths_now`.

    Chances fall steadily above the expected count, so bisection finds it; `total` + 1 if none.
    """
    log_odds = log(births_now / births_base)

    def log_chance(count: int) -> float:
        return count * log_odds - lgamma(count + 1) - lgamma(total - count + 1)

    bound = log_chance(deaths_now) + log1p(TIE_TOLERANCE)
    above_expected = -(-total * births_now // (births_now + births_base))
    counts = range(above_expected, total + 1)
    return above_expected + bisect_left(counts, True, key=lambda count: log_chance(count) <= bound)


def _chance_of_at_least(count: int, total: int, share: float) -> float:
    """Return the binomial chance of `count` or more (count >= 1) out of `total`."""
    return float(betainc(count, total - count + 1, share)) if count <= total else 0.0
