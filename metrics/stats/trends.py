"""How fast a rate falls, and when it would be where it was promised to be."""

from dataclasses import dataclass
from math import inf, log


@dataclass(frozen=True)
class AnnualReduction:
    """How much lower each year, in percent; below 0 the rate rose.

    compound : of the rate of the year before; log : 100 times the yearly fall of its logarithm,
    inf where the rate came down to 0
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
    compound = 100 * (1 - ratio ** (1 / years))
    return AnnualReduction(compound, -100 * log(ratio) / years if ratio else inf)


def years_to_level(rate_now: float, level: float, reduction: float) -> float:
    """Return the years until a rate is at `level`; 0 where it is, inf where it never will be.

    rate_now, level : >= 0; reduction : compound percent a year, at most 100 (else ValueError)
    docs/methods.md#projection
    """
    if not (0 <= rate_now < inf and 0 <= level < inf and -inf < reduction <= 100):
        raise ValueError(
            "A projection needs two rates from 0 up and at most 100 % a year, "
            f"but got {rate_now=}, {level=}, {reduction=}."
        )
    if rate_now <= level:
        return 0.0
    if reduction <= 0 or level == 0:
        return inf
    return log(level / rate_now) / log(1 - reduction / 100) if reduction < 100 else 0.0
