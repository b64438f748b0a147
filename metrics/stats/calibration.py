"""Does the rule keep its word? Programs whose truth is known, judged by the product itself."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.stats.comparisons import ratio_limits
from metrics.stats.decisions import Reading
from metrics.stats.dispersion import estimate_dispersion
from metrics.stats.many import judge_many
from metrics.stats.rates import Floats

BASE_RATE = 0.070  # deaths per birth: 70 per 1,000
PROMISED_PERCENT = 30
SITES, PICKED = 20, 5
# The highest calendar month is a tenth above the mean, the lowest a tenth below.
SEASON = 0.1


@dataclass(frozen=True)
class Coverage:
    """How often the 95 % interval held the true ratio, and how often it cried success falsely.

    plain : limits of the counts as they are; by_phi : of counts divided by the estimate alone;
    widened : as the product gives them
    false_strong : of programs whose truth is just the promise, those called strong evidence
    """

    plain: float
    by_phi: float
    widened: float
    false_strong_plain: float
    false_strong_widened: float
    mean_phi: float


def judge_programs(births: int, true_ratio: float, programs: int, seed: int) -> Counter[Reading]:
    """Count the verdicts on programs with so many births in each period and this true ratio."""
    draw = np.random.default_rng([seed, births, round(100 * true_ratio)])
    base = draw.poisson(births * BASE_RATE, programs)
    now = draw.poisson(births * BASE_RATE * true_ratio, programs)
    return Counter(judge_many(now, births, base, births, reduction_percent=PROMISED_PERCENT))


def cover(
    births_a_year: int, months_base: int, dispersion: float, programs: int, seed: int
) -> Coverage:
    """Judge programs whose rate fell by just what was promised, with months that vary so much.

    Monthly deaths are Poisson with dispersion 1, else Poisson around a gamma rate.
    """
    draw = np.random.default_rng([seed, births_a_year, months_base, round(10 * dispersion)])
    months = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(months_base + 12)]
    is_now = np.arange(len(months)) >= months_base
    true_ratio = 1 - PROMISED_PERCENT / 100
    season = 1 + SEASON * np.sin(2 * np.pi * np.array([month.month for month in months]) / 12)
    births = np.full(len(months), births_a_year / 12)
    mean = births * BASE_RATE * season * np.where(is_now, true_ratio, 1)
    deaths = _draw_months(draw, mean, dispersion, programs)
    found = [estimate_dispersion(months, own, births, is_now) for own in deaths]
    factors = np.array([own.widening() if own else 1.0 for own in found])
    phi = np.array([own.phi if own else 1.0 for own in found])
    now, base = deaths[:, is_now].sum(1), deaths[:, ~is_now].sum(1)
    born = births[is_now].sum(), births[~is_now].sum()
    plain = ratio_limits(now, born[0], base, born[1])
    by_phi = ratio_limits(now / phi, born[0], base / phi, born[1])
    widened = ratio_limits(now / factors, born[0], base / factors, born[1])
    return Coverage(
        plain=_share_holding(true_ratio, plain),
        by_phi=_share_holding(true_ratio, by_phi),
        widened=_share_holding(true_ratio, widened),
        false_strong_plain=float((plain[1] <= true_ratio).mean()),
        false_strong_widened=float((widened[1] <= true_ratio).mean()),
        mean_phi=float(phi.mean()),
    )


def call_by_percentage(births: int, programs: int, seed: int) -> float:
    """Return the share of programs, none of which changed anything, with a fall as promised.

    What a bare before-and-after percentage would call success; a program without baseline
    deaths has none.
    """
    draw = np.random.default_rng([seed, births])
    base, now = draw.poisson(births * BASE_RATE, (2, programs))
    return float(((base > 0) & (100 * now <= (100 - PROMISED_PERCENT) * base)).mean())


def pick_the_worst(births: int, programs: int, seed: int) -> tuple[float, float]:
    """Return the mean fall of the worst 5 of 20 identical sites, and how often it is as promised.

    Each program picks the 5 of 20 sites with the most baseline deaths, and changes nothing.
    """
    draw = np.random.default_rng([seed, births, SITES])
    base, now = draw.poisson(births * BASE_RATE, (2, programs, SITES))
    worst = np.argsort(-base, axis=1)[:, :PICKED]
    before, after = (np.take_along_axis(own, worst, axis=1).sum(1) for own in (base, now))
    fall = 1 - after / before
    return float(fall.mean()), float((100 * fall >= PROMISED_PERCENT).mean())


def _share_holding(ratio: float, limits: tuple[Floats, Floats]) -> float:
    low, high = limits
    return float(((low <= ratio) & (ratio <= high)).mean())


def _draw_months(
    draw: np.random.Generator, mean: Floats, dispersion: float, programs: int
) -> Floats:
    shape = (programs, mean.size)
    if dispersion == 1:
        return draw.poisson(mean, shape).astype(np.float64)
    spread = dispersion - 1
    return draw.poisson(draw.gamma(mean / spread, spread, shape)).astype(np.float64)
