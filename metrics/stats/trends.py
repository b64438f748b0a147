"""How fast a rate falls, and when it would be where it was promised to be."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, log

from metrics.stats.comparisons import RateRatio

# Below these no pace is projected: it would be chance drawn out into the future.
MIN_YEARS = 3
MIN_DEATHS = 60


class NotProjected(StrEnum):
    """Why there is no projection."""

    FEW_YEARS = "few_years"
    FEW_DEATHS = "few_deaths"


@dataclass(frozen=True)
class AnnualReduction:
    """How much lower each year, in percent; below 0 the rate rose.

    compound : of the rate of the year before; -inf where it rose beyond any number
    log : 100 times the yearly fall of its logarithm; inf where the rate came down to 0
    """

    compound: float
    log: float


def annual_reduction(rate_start: float, rate_end: float, years: float) -> AnnualReduction:
    """Return the yearly rate of reduction between two rates.

    rate_start above 0, rate_end >= 0, years above 0 (else ValueError)
    Source: UN IGME's annual rate of reduction. docs/methods.md#annual-rate-of-reduction
    """
    if not (0 < rate_start < inf and 0 <= rate_end < inf and 0 < years < inf):
        raise ValueError(
            "A yearly reduction needs a first rate above 0, a last one and years above 0, "
            f"but got {rate_start=}, {rate_end=}, {years=}."
        )
    ratio = rate_end / rate_start
    try:
        compound = 100 * (1 - ratio ** (1 / years))
    except OverflowError:
        compound = -inf
    return AnnualReduction(compound, -100 * log(ratio) / years if ratio else inf)


def years_to_level(rate_now: float, level: float, reduction: float) -> float:
    """Return the years until a rate is at `level`; 0 where it is, inf where it never will be.

    rate_now, level : >= 0; reduction : compound percent a year, -inf to 100 (else ValueError)
    docs/methods.md#projection
    """
    if not (0 <= rate_now < inf and 0 <= level < inf and reduction <= 100):
        raise ValueError(
            "A projection needs two rates from 0 up and at most 100 % a year, "
            f"but got {rate_now=}, {level=}, {reduction=}."
        )
    if rate_now <= level:
        return 0.0
    if reduction <= 0 or level == 0:
        return inf
    return log(level / rate_now) / log(1 - reduction / 100) if reduction < 100 else 0.0


@dataclass(frozen=True)
class Projection:
    """Years from the middle of the evaluation period until the target, at the pace so far.

    earliest, likely, latest : at the fastest pace that chance allows, at the one seen, at the
    slowest; 0 where it is met, inf for never; all None where `reason` says why not
    """

    earliest: float | None
    likely: float | None
    latest: float | None
    reason: NotProjected | None = None


def project(
    ratio: RateRatio, target_ratio: float, *, years_apart: float, years_covered: float
) -> Projection:
    """Return when the rate would be at `target_ratio` times the baseline rate, at this pace.

    ratio : of the two periods; its interval gives the fastest and the slowest pace
    target_ratio : what was promised, above 0: 0.7 for 30 % lower, or level ÷ baseline rate
    years_apart : between the middles of the two periods, above 0 (else ValueError)
    years_covered : from the first month of the baseline to the last one judged
    Not projected from fewer than 3 years or fewer than 60 deaths. docs/methods.md#projection
    """
    if years_covered < MIN_YEARS:
        return Projection(None, None, None, NotProjected.FEW_YEARS)
    if ratio.deaths_now + ratio.deaths_base < MIN_DEATHS or not ratio.deaths_base:
        return Projection(None, None, None, NotProjected.FEW_DEATHS)
    earliest, likely, latest = (
        years_to_level(ratio.ratio, target_ratio, annual_reduction(1, pace, years_apart).compound)
        for pace in (ratio.low, ratio.ratio, ratio.high)
    )
    return Projection(earliest, likely, latest)
