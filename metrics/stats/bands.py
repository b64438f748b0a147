"""The three bands of infant mortality, and whether chance could put a rate in another."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PER,
    Exact,
    exact_fraction,
    mortality_rate,
)

# Infant deaths per 1,000 live births. Both thresholds themselves are moderate.
MODERATE_FROM = 5
CRISIS_ABOVE = 10


class Band(StrEnum):
    """What a rate says about a place. `label` is the wording for readers."""

    EXCELLENT = "excellent"
    MODERATE = "moderate"
    CRISIS = "crisis"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Band.EXCELLENT: "excellent healthcare access and maternal support",
    Band.MODERATE: "moderate concern, potential for targeted interventions",
    Band.CRISIS: "significant health crisis, urgent action",
}


@dataclass(frozen=True)
class BandReading:
    """The band of a rate as counted. Withhold it unless `certain`.

    certain : the whole exact interval of the rate lies in this band
    """

    band: Band
    certain: bool


def read_band(
    deaths: int,
    births: int,
    *,
    low: Exact = MODERATE_FROM,
    high: Exact = CRISIS_ABOVE,
    confidence: float = DEFAULT_CONFIDENCE,
) -> BandReading | None:
    """Return the band of a rate per 1,000 live births; None when there were none.

    deaths, births : whole counts >= 0 (else ValueError)
    low, high : thresholds per 1,000, low below high (else ValueError); exactly `low` and
    exactly `high` are moderate, compared without rounding. docs/methods.md#bands
    """
    thresholds = exact_fraction("low", low), exact_fraction("high", high)
    if not thresholds[0] < thresholds[1]:
        raise ValueError(f"low: {low} is not below high: {high}. Give a lower one.")
    rate = mortality_rate(deaths, births, per=DEFAULT_PER, confidence=confidence)
    if rate is None:
        return None

    band = _band_of(Fraction(DEFAULT_PER * deaths, births), *thresholds)
    certain = all(_band_of(limit, *thresholds) is band for limit in (rate.low, rate.high))
    return BandReading(band, certain)


def _band_of(rate: Fraction | float, low: Fraction, high: Fraction) -> Band:
    if rate < low:
        return Band.EXCELLENT
    return Band.MODERATE if rate <= high else Band.CRISIS
