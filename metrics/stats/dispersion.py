"""Do months vary more than chance? By how much, and by how much intervals must then widen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    Floats,
    as_counts,
    normal_quantile,
    tail_probability,
)

MIN_MONTHS = 12  # in each period; from fewer, the estimate itself would be chance
MOST_ROUNDS = 500
CLOSE_ENOUGH = 1e-10

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Dispersion:
    """How many times more than chance monthly deaths vary.

    estimate : Pearson's chi-square / df, about 1 under chance alone
    df : the months it rests on, less those that the fit used up
    """

    estimate: float
    df: int

    @property
    def phi(self) -> float:
        """The estimate, never below 1: counts cannot be steadier than chance makes them."""
        return max(1.0, self.estimate)

    def widening(self, confidence: float = DEFAULT_CONFIDENCE) -> float:
        """Return the factor to divide deaths by, so that intervals hold what they promise.

        It is a little more than phi, which is itself only an estimate from few months: as
        Student's t is wider than the normal. 1 where months vary no more than chance.
        """
        if self.estimate <= 1:
            return 1.0
        student = -float(stdtrit(self.df, tail_probability(confidence)))
        return self.estimate * (student / normal_quantile(confidence)) ** 2


def estimate_dispersion(
    months: Sequence[date],
    deaths: ArrayLike,
    births: ArrayLike,
    is_now: ArrayLike,
    sites: Sequence[object] | None = None,
) -> Dispersion | None:
    """Return how much more than chance deaths vary after period and calendar month.

    One row for each month, or for each site and month, of both periods: its month, its counts
    >= 0, whether it lies in the evaluation period, and its site (else ValueError)
    Rows without births are left out. Returns None with fewer than 12 months in a period, and
    where too few rows are left to tell.
    Source: Pearson's chi-square of a Poisson model; Wedderburn (1974), Biometrika 61:439.
    docs/methods.md#dispersion
    """
    died, born = as_counts("deaths", deaths), as_counts("births", births)
    now = np.asarray(is_now, dtype=bool)
    lengths = {len(months), died.size, born.size, now.size, len(months if sites is None else sites)}
    if len(lengths) > 1:
        raise ValueError(f"The rows differ in number: {sorted(lengths)}. Give one of each a row.")
    rows = [row for row, births_there in enumerate(born) if births_there > 0]
    present = {(months[row], bool(now[row])) for row in rows}
    if min(sum(own is side for _, own in present) for side in (True, False)) < MIN_MONTHS:
        return None
    labels: list[list[object]] = [now[rows].tolist(), [months[row].month for row in rows]]
    if sites is not None:
        labels.append([str(sites[row]) for row in rows])
    chi_square, df = pearson(died[rows], born[rows], labels)
    return Dispersion(chi_square / df, df) if df > 0 else None


def pearson(
    deaths: Floats, births: Floats, labels: Sequence[Sequence[object]]
) -> tuple[float, int]:
    """Return Pearson's chi-square and its degrees of freedom, after the effects of some labels.

    labels : lists such as the calendar month of each row; effects multiply. A label without
    any death tells nothing: its rows are left out, and so is its effect.
    """
    codes = [np.unique(own, return_inverse=True)[1] for own in map(np.asarray, labels)]
    fitted = _fit(deaths, births, codes)
    told = fitted > 0
    effects = 1 + sum(max(np.unique(own[told]).size - 1, 0) for own in codes)
    apart = (deaths[told] - fitted[told]) ** 2 / fitted[told]
    return float(apart.sum()), int(told.sum()) - effects


def _fit(deaths: Floats, births: Floats, codes: Sequence[Codes]) -> Floats:
    """Return the deaths expected with one effect for each label: the Poisson maximum likelihood.

    Each label's expected deaths are scaled to those seen, in turn, until nothing moves.
    """
    fitted = births * (deaths.sum() / births.sum())
    for _ in range(MOST_ROUNDS):
        before = fitted
        for own in codes:
            seen, expected = np.bincount(own, deaths), np.bincount(own, fitted)
            scale = np.divide(seen, expected, out=np.zeros_like(seen), where=expected > 0)
            fitted = fitted * scale[own]
        if np.allclose(fitted, before, rtol=CLOSE_ENOUGH, atol=0):
            break
    return fitted
