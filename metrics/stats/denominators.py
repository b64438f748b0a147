"""Which births a death is divided by, and why months are not averaged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.stats.rates import DEFAULT_PER, Floats, as_counts

# A postneonatal death of a month belongs to a birth of one of the months 1 to 11 before it.
MONTHS_BACK = 11


@dataclass(frozen=True)
class PeriodRates:
    """Infant mortality and its two parts, per `per` live births of the same months.

    matched : the neonatal rate of these months' births, and the postneonatal rate of the
    births that those children could come from; None where earlier births are not known
    """

    infant: float
    neonatal: float
    postneonatal: float
    matched: float | None


@dataclass(frozen=True)
class MonthlyProportions:
    """Monthly deaths ÷ births, averaged: what others publish, and not the rate of the period.

    months : those with births; pooled : deaths ÷ births of all of them, per `per`
    """

    months: int
    mean: float
    pooled: float


def period_rates(
    neonatal_deaths: Sequence[int],
    postneonatal_deaths: Sequence[int],
    births: Sequence[int],
    births_before: Sequence[int] | None = None,
    *,
    per: int = DEFAULT_PER,
) -> PeriodRates | None:
    """Return the rates of some months in a row, simple and matched to the children at risk.

    Three lists of counts >= 0, a month each and as long as each other (else ValueError)
    births_before : births of the 11 months before the first one, oldest first
    Returns None without births in these months.
    Source: births held to deaths as in birth-cohort files. docs/methods.md#matched-births
    """
    neonatal = _as_series("neonatal_deaths", neonatal_deaths)
    postneonatal = _as_series("postneonatal_deaths", postneonatal_deaths)
    born = _as_series("births", births)
    _check_lengths(neonatal, postneonatal, born)
    if born.sum() == 0:
        return None
    first, rest = (per * deaths.sum() / born.sum() for deaths in (neonatal, postneonatal))
    both = per * (neonatal + postneonatal).sum() / born.sum()
    matched = None
    if births_before is not None:
        at_risk = _births_at_risk(born, _as_series("births_before", births_before))
        if at_risk > 0:
            matched = float(first + per * postneonatal.sum() / at_risk)
    return PeriodRates(float(both), float(first), float(rest), matched)


def monthly_proportions(
    deaths: Sequence[int], births: Sequence[int], *, per: int = DEFAULT_PER
) -> MonthlyProportions | None:
    """Return the mean of monthly deaths ÷ births, beside the rate of the months together.

    Two lists of counts >= 0 of the same months (else ValueError). A month without births has
    no proportion and leaves both. Returns None where no month has one.
    docs/methods.md#mean-of-monthly-proportions
    """
    died, born = _as_series("deaths", deaths), _as_series("births", births)
    _check_lengths(died, born)
    died, born = died[born > 0], born[born > 0]
    if not born.size:
        return None
    pooled = per * died.sum() / born.sum()
    return MonthlyProportions(born.size, float((died / born).mean()), float(pooled))


def _births_at_risk(births: Floats, births_before: Floats) -> float:
    """Sum, over the months, the mean births of the 11 months before each."""
    if len(births_before) != MONTHS_BACK:
        raise ValueError(
            f"births_before: {len(births_before)} months were given. "
            f"Give the {MONTHS_BACK} months before the first one."
        )
    earlier = np.concatenate([births_before, births])[:-1]
    return float(np.convolve(earlier, np.full(MONTHS_BACK, 1 / MONTHS_BACK), "valid").sum())


def _as_series(name: str, counts: Sequence[int]) -> Floats:
    return np.atleast_1d(as_counts(name, counts))


def _check_lengths(*series: Floats) -> None:
    lengths = [len(months) for months in series]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"The lists hold {', '.join(map(str, lengths))} months. Give the same months in each."
        )
