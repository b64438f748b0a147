"""One rate with its interval: deaths per 1,000 births of the same sites and months."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammainccinv, gammaincinv, ndtri

DEFAULT_CONFIDENCE = 0.95
DEFAULT_PER = 1000
# Jeffreys' prior of a rate, a gamma distribution that adds half a death and no births.
PRIOR_SHAPE = 0.5
PRIOR_RATE = 0.0

Floats = NDArray[np.float64]
Exact = int | Decimal | Fraction


@dataclass(frozen=True)
class Rate:
    """Deaths per `per` births, with its exact interval and the counts that it comes from.

    births : the denominator; live births, or all births for the stillbirth rate
    dispersion : how many times more than chance months vary; the interval allows for it
    """

    value: float
    low: float
    high: float
    deaths: int
    births: int
    per: int
    confidence: float
    dispersion: float = 1.0


@dataclass(frozen=True)
class CredibleRate:
    """What a prior and the counts say of the true rate, per `per` births."""

    mean: float
    low: float
    median: float
    high: float


def mortality_rate(
    deaths: int,
    births: int,
    *,
    per: int = DEFAULT_PER,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
) -> Rate | None:
    """Return deaths per `per` births, with its exact Poisson interval.

    deaths, births : whole counts >= 0 (else ValueError) of the same sites and months;
    deaths may exceed births, since some children were born elsewhere or earlier
    dispersion : 1 or more (else ValueError); see `rate_limits`
    Returns None when there were no births: no rate exists, which is not a rate of zero.
    Source: Garwood (1936), Biometrika 28:437. docs/methods.md#rate
    """
    check_count("deaths", deaths)
    check_count("births", births)
    value, low, high = rate_limits(
        deaths, births, per=per, confidence=confidence, dispersion=dispersion
    )
    if births == 0:
        return None

    limits = float(value), float(low), float(high)
    return Rate(*limits, deaths, births, per, confidence, dispersion)


def rate_limits(
    deaths: ArrayLike,
    births: ArrayLike,
    *,
    per: int = DEFAULT_PER,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
) -> tuple[Floats, Floats, Floats]:
    """Return the rate and its exact lower and upper limit, for many sites at once.

    deaths, births : counts >= 0 (else ValueError), of any shapes that broadcast
    dispersion : how many times more than chance months vary, 1 or more (else ValueError);
    the limits are those of so many times fewer deaths and births. docs/methods.md#dispersion
    Returns three arrays (value, low, high) of that shape, nan where there were no births.
    """
    check_dispersion(dispersion)
    deaths = as_counts("deaths", deaths)
    low, high = poisson_limits(deaths / dispersion, confidence)
    births = as_births("births", births)
    return deaths * per / births, low * dispersion * per / births, high * dispersion * per / births


def poisson_limits(
    deaths: ArrayLike, confidence: float = DEFAULT_CONFIDENCE
) -> tuple[Floats, Floats]:
    """Return the exact lower and upper limit of the mean that gave rise to a count.

    deaths : counts >= 0 (else ValueError) of any shape; they need not be whole, because
    allowing for months that vary more than chance divides counts by a factor
    Returns two arrays of that shape. With no deaths the lower limit is 0, the upper is not.
    Source: Garwood (1936), as R's poisson.test. docs/methods.md#rate
    """
    deaths = as_counts("deaths", deaths)
    tail = tail_probability(confidence)
    low = np.where(deaths > 0, gammaincinv(deaths, tail), 0.0)
    # Asking for the small upper tail itself keeps the digits that 1 - tail would lose.
    return low, gammainccinv(deaths + 1, tail)


def probability_of_level(
    deaths: float,
    births: float,
    level: float,
    *,
    per: int = DEFAULT_PER,
    prior_shape: float = PRIOR_SHAPE,
    prior_rate: float = PRIOR_RATE,
) -> float:
    """Return the probability that the true rate is at or below `level` per `per` births.

    deaths, births : counts >= 0, births above 0 (else ValueError)
    The true rate given the counts is gamma distributed, of shape `prior_shape` + deaths and
    rate `prior_rate` + births. docs/methods.md#probability-of-a-level
    """
    if deaths < 0 or births <= 0:
        raise ValueError(f"A probability needs births, but got {deaths=}, {births=}.")
    return float(gammainc(prior_shape + deaths, (prior_rate + births) * level / per))


def rate_credible_interval(
    deaths: float,
    births: float,
    *,
    per: int = DEFAULT_PER,
    confidence: float = DEFAULT_CONFIDENCE,
    prior_shape: float = PRIOR_SHAPE,
    prior_rate: float = PRIOR_RATE,
) -> CredibleRate:
    """Return the mean, the median and the limits of the true rate, given a prior.

    Counts, prior and errors as in `probability_of_level`. docs/methods.md#credible-rate
    """
    if deaths < 0 or births <= 0:
        raise ValueError(f"A credible rate needs births, but got {deaths=}, {births=}.")
    check_prior(prior_shape, prior_rate, deaths)
    shape, scale = prior_shape + deaths, per / (prior_rate + births)
    tail = tail_probability(confidence)
    low, median = gammaincinv(shape, tail) * scale, gammaincinv(shape, 0.5) * scale
    high = gammainccinv(shape, tail) * scale
    return CredibleRate(shape * scale, float(low), float(median), float(high))


def check_prior(shape: float, rate: float, least_deaths: float) -> None:
    """Raise ValueError unless a prior takes nothing away, and leaves more than no deaths."""
    if not (shape >= 0 and rate >= 0 and shape + least_deaths > 0):
        raise ValueError(
            f"A prior of {shape} deaths and {rate} births is none. Give more than 0 deaths, "
            "and 0 or more births."
        )


def check_dispersion(dispersion: float) -> None:
    """Raise ValueError unless `dispersion` widens an interval, or with 1 leaves it as it is."""
    if not 1 <= dispersion < inf:
        raise ValueError(
            f"dispersion: {dispersion} would narrow an interval. Give 1 or more; 1 is chance alone."
        )


def normal_quantile(confidence: float) -> float:
    """Return how many standard errors an interval reaches to each side: 1.96 for 0.95."""
    return -float(ndtri(tail_probability(confidence)))


def tail_probability(confidence: float) -> float:
    """Return what an interval leaves out on each side: 0.025 for a confidence of 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence} is not between 0 and 1. Write 0.95 for 95 %.")
    return (1 - float(confidence)) / 2


def check_count(name: str, count: int) -> None:
    """Raise ValueError unless `count` is a whole number >= 0; True and 3.0 are not."""
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
        raise ValueError(f"{name}: {count!r} is not a count. Give a whole number from 0 up.")


def exact_fraction(name: str, number: Exact) -> Fraction:
    """Return a threshold as a fraction, so that comparing with it is exact.

    Raises ValueError for a float: 5.4 has no exact binary form, so a rate of exactly 5.4
    could land on either side of it.
    """
    if isinstance(number, float):
        raise ValueError(
            f'{name}: {number} is not exact. Give a whole number or Decimal("{number}").'
        )
    return Fraction(number)


def as_counts(name: str, counts: ArrayLike) -> Floats:
    """Return counts as an array of floats. Raises ValueError when one is negative."""
    counts = np.asarray(counts, dtype=np.float64)
    if np.any(counts < 0):
        raise ValueError(f"{name}: {np.nanmin(counts):g} is negative. Counts start at 0.")
    return counts


def as_births(name: str, births: ArrayLike) -> Floats:
    """Return births as an array of floats, nan for none: dividing by them gives no number."""
    counts = as_counts(name, births)
    return np.where(counts > 0, counts, np.nan)
