"""Counts in strata, such as calendar months: one ratio from all, and do they differ?"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from metrics.stats.comparisons import COUNT_NAMES
from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    Floats,
    as_counts,
    check_count,
    check_dispersion,
    normal_quantile,
)

ADDED_WHERE_NONE = 0.5  # deaths, to both periods of a stratum where one has none


@dataclass(frozen=True)
class Heterogeneity:
    """Whether strata or groups differ by more than chance: chi-square, its degrees, its p.

    dispersion : chi_square / df, about 1 under chance alone; None for a single group
    """

    chi_square: float
    df: int
    p_value: float

    @property
    def dispersion(self) -> float | None:
        return self.chi_square / self.df if self.df else None


@dataclass(frozen=True)
class StratifiedRatio:
    """The rate ratio common to all strata, after Mantel and Haenszel, and the crude one."""

    ratio: float
    low: float
    high: float
    log_error: float
    crude_ratio: float
    heterogeneity: Heterogeneity
    confidence: float
    dispersion: float

    @property
    def log_ratio(self) -> float:
        return log(self.ratio)

    @property
    def p_value(self) -> float:
        """Two-sided, of no change; it agrees with the interval."""
        return 2 * float(ndtr(-abs(self.log_ratio) / self.log_error))

    def probability_of_at_most(self, ratio: float) -> float:
        """Return how sure one may be that the true ratio is at or below one given."""
        return float(ndtr((log(ratio) - self.log_ratio) / self.log_error)) if ratio else 0.0


@dataclass(frozen=True)
class Strata:
    """Counts of both periods by stratum: four lists of whole counts >= 0, as long as each other.

    ValueError for anything else, and without any stratum.
    """

    deaths_now: tuple[int, ...]
    births_now: tuple[int, ...]
    deaths_base: tuple[int, ...]
    births_base: tuple[int, ...]

    def __post_init__(self) -> None:
        lengths = [len(counts) for counts in self.counts]
        if len(set(lengths)) > 1 or not lengths[0]:
            raise ValueError(
                f"The lists hold {', '.join(map(str, lengths))} strata. Give the same in each."
            )
        for name, counts in zip(COUNT_NAMES, self.counts, strict=True):
            for count in counts:
                check_count(name, count)

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        return self.deaths_now, self.births_now, self.deaths_base, self.births_base

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(counts) for counts in self.counts)

    @property
    def weighted_deaths(self) -> tuple[Fraction, Fraction]:
        """The two sums whose quotient is the ratio: exact, so that a target is met exactly."""
        now = base = Fraction(0)
        for died_now, born_now, died_base, born_base in zip(*self.counts, strict=True):
            if born := born_now + born_base:
                now += Fraction(died_now * born_base, born)
                base += Fraction(died_base * born_now, born)
        return now, base

    def with_more_deaths(self, extra: int) -> "Strata":
        """Return the same with so many more deaths now, in the stratum where each weighs most."""
        weights = [
            Fraction(base, now + base) if now else Fraction(-1)
            for now, base in zip(self.births_now, self.births_base, strict=True)
        ]
        place = weights.index(max(weights))
        deaths = list(self.deaths_now)
        deaths[place] += extra
        return replace(self, deaths_now=tuple(deaths))


def mantel_haenszel_ratio(
    strata: Strata,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    dispersion: float = 1.0,
    growth: float = 1.0,
) -> StratifiedRatio | None:
    """Return the rate ratio common to all strata, with its log-normal interval.

    dispersion : 1 or more (else ValueError); widens the interval
    growth : as if there were so many times the births now, in every stratum at its rate
    Returns None where the strata with births in both periods hold no deaths in one of them.
    Source: Rothman & Greenland, Modern Epidemiology; R's metafor::rma.mh(measure="IRR"), whose
    test of heterogeneity this is too. docs/methods.md#mantel-haenszel
    """
    check_dispersion(dispersion)
    arrays = [np.array(counts, dtype=np.float64) for counts in strata.counts]
    arrays[:2] = arrays[0] * growth, arrays[1] * growth
    now, base, spread = _weigh(*arrays)
    if not (now and base and spread):  # without spread no stratum has births in both periods
        return None
    log_error, ratio = sqrt(dispersion * spread / (now * base)), now / base
    reach = exp(normal_quantile(confidence) * log_error)
    died_now, born_now, died_base, born_base = strata.totals
    return StratifiedRatio(
        ratio=ratio,
        low=ratio / reach,
        high=ratio * reach,
        log_error=log_error,
        crude_ratio=died_now * born_base / (died_base * born_now),
        heterogeneity=_differ(arrays, log(ratio)),
        confidence=confidence,
        dispersion=dispersion,
    )


def heterogeneity(deaths: ArrayLike, births: ArrayLike) -> Heterogeneity:
    """Return whether the rates of some groups differ by more than chance.

    deaths, births : counts >= 0, one of each for each group, with births in every group and at
    least one death in all (else ValueError)
    Source: Pearson's chi-square of counts, births held fixed. docs/methods.md#heterogeneity
    """
    died, born = as_counts("deaths", deaths), as_counts("births", births)
    is_fit = died.ndim == 1 and died.size > 1 and died.shape == born.shape
    if not (is_fit and np.all(born > 0) and np.any(died > 0)):
        raise ValueError(
            "deaths, births: groups differ only where each has births and one has deaths. "
            "Give two groups or more, births above 0 in each, and at least one death."
        )
    expected = born * (died.sum() / born.sum())
    chi_square, df = float(((died - expected) ** 2 / expected).sum()), died.size - 1
    return Heterogeneity(chi_square, df, _chance_beyond(chi_square, df))


def _weigh(
    died_now: Floats, born_now: Floats, died_base: Floats, born_base: Floats
) -> tuple[float, float, float]:
    """Return the two weighted sums of deaths, and the one that their variance is made of."""
    born = born_now + born_base
    share_now = np.divide(born_now, born, out=np.zeros_like(born), where=born > 0)
    share_base = np.divide(born_base, born, out=np.zeros_like(born), where=born > 0)
    now, base = (died_now * share_base).sum(), (died_base * share_now).sum()
    return float(now), float(base), float((share_now * share_base * (died_now + died_base)).sum())


def _differ(arrays: list[Floats], log_ratio: float) -> Heterogeneity:
    """Weigh how far each stratum's own log ratio lies from the common one."""
    died_now, born_now, died_base, born_base = arrays
    tells = (born_now > 0) & (born_base > 0) & (died_now + died_base > 0)
    died_now, born_now, died_base, born_base = (counts[tells] for counts in arrays)
    added = np.where((died_now == 0) | (died_base == 0), ADDED_WHERE_NONE, 0.0)
    now, base = died_now + added, died_base + added
    apart = np.log(now / born_now) - np.log(base / born_base) - log_ratio
    df = max(0, apart.size - 1)
    chi_square = float((apart**2 / (1 / now + 1 / base)).sum()) if df else 0.0
    return Heterogeneity(chi_square, df, _chance_beyond(chi_square, df))


def _chance_beyond(chi_square: float, df: int) -> float:
    return float(chdtrc(df, chi_square)) if df else 1.0
