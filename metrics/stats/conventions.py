"""Intervals as statistical offices print them, so that their figures can be held beside ours.

The exact interval of `rates` decides everywhere; these only reproduce.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PER,
    Floats,
    Rate,
    as_counts,
    check_count,
    mortality_rate,
    normal_quantile,
)

PHE_EXACT_BELOW = 10  # deaths
PHE_CONFIDENCES = 0.95, 0.998
NCHS_EXACT_BELOW = 100
NCHS_RELIABLE_FROM = 20
NCHS_Z = 1.96  # as they print it
RULE_OF_THREE = 3


class Method(StrEnum):
    """How Public Health England names the two methods of its rule."""

    EXACT = "Exact"
    BYAR = "Byars"


@dataclass(frozen=True)
class PheRate:
    """A rate with both intervals of Public Health England."""

    value: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float
    method: Method


@dataclass(frozen=True)
class NchsRate:
    """A rate with its relative standard error in percent, inf without deaths."""

    value: float
    low: float
    high: float
    error_percent: float
    is_reliable: bool


@dataclass(frozen=True)
class NoDeaths:
    """How high the true rate may be where none died, in 95 of 100 cases, per `per` births."""

    one_sided: float
    two_sided: float
    rule_of_three: float


def byar_limits(deaths: ArrayLike, confidence: float = DEFAULT_CONFIDENCE) -> tuple[Floats, Floats]:
    """Return Byar's approximate limits of the mean that gave rise to a count, for many at once.

    deaths : counts >= 0 (else ValueError). No deaths: the lower limit is 0. A single death at
    high confidence: it is nan, since the formula would give a negative one.
    Source: Breslow & Day (1987), vol. II, p. 69. docs/methods.md#byar
    """
    deaths = as_counts("deaths", deaths)
    z = normal_quantile(confidence)
    low = np.where(deaths > 0, _byar(np.maximum(deaths, 1), -z), 0.0)
    return np.where(low >= 0, low, np.nan), _byar(deaths + 1, z)


def phe_rate(deaths: int, births: int, *, per: int = DEFAULT_PER) -> PheRate | None:
    """Return a rate by the rule of Public Health England: exact below 10 deaths, Byar from 10.

    Counts and None as in `rates.mortality_rate`.
    Source: PHEindicatormethods 2.1.0, phe_rate. docs/methods.md#byar
    """
    narrow, wide = (
        mortality_rate(deaths, births, per=per, confidence=own) for own in PHE_CONFIDENCES
    )
    if narrow is None or wide is None:
        return None
    method = Method.EXACT if deaths < PHE_EXACT_BELOW else Method.BYAR
    return PheRate(narrow.value, *_phe_limits(narrow), *_phe_limits(wide), method=method)


def nchs_rate(deaths: int, births: int, *, per: int = DEFAULT_PER) -> NchsRate | None:
    """Return a rate as the US National Center for Health Statistics prints it.

    Exact below 100 deaths, normal from 100; reliable from 20. Counts and None as in
    `rates.mortality_rate`. docs/methods.md#nchs
    """
    rate = mortality_rate(deaths, births, per=per)
    if rate is None:
        return None
    error = 1 / sqrt(deaths) if deaths else inf
    low, high = rate.low, rate.high
    if deaths >= NCHS_EXACT_BELOW:
        low, high = (rate.value * (1 + side * NCHS_Z * error) for side in (-1, 1))
    return NchsRate(rate.value, low, high, 100 * error, deaths >= NCHS_RELIABLE_FROM)


def no_deaths(births: int, *, per: int = DEFAULT_PER) -> NoDeaths | None:
    """Return how high the rate may be though none of these died; None without births.

    births : a whole count >= 0 (else ValueError)
    Source: Hanley & Lippman-Hand (1983), JAMA 249:1743. docs/methods.md#rule-of-three
    """
    check_count("births", births)
    if births == 0:
        return None
    scale = per / births
    return NoDeaths(-log(0.05) * scale, -log(0.025) * scale, RULE_OF_THREE * scale)


def _phe_limits(rate: Rate) -> tuple[float, float]:
    if rate.deaths < PHE_EXACT_BELOW:
        return rate.low, rate.high
    low, high = byar_limits(rate.deaths, rate.confidence)
    return float(low) * rate.per / rate.births, float(high) * rate.per / rate.births


def _byar(deaths: Floats, z: float) -> Floats:
    return deaths * (1 - 1 / (9 * deaths) + z / (3 * np.sqrt(deaths))) ** 3
