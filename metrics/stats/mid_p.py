"""The mid-P interval of a rate ratio: shorter than the exact one, and right only on average."""

from math import exp, inf, log

from metrics.stats.comparisons import RateRatio, check_counts, odds_quantile
from metrics.stats.exact_tests import tail_chances
from metrics.stats.rates import DEFAULT_CONFIDENCE, tail_probability

BISECTIONS = 60  # the two ends, a factor of a few apart, then differ by less than a float can
ALMOST_CERTAIN = 1 - 1e-12  # a confidence so low that twice its tail is 1 has no exact limit


def mid_p_ratio(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    confidence: float = DEFAULT_CONFIDENCE,
) -> RateRatio | None:
    """Return the rate ratio with its mid-P interval and two-sided mid-P value.

    Counts, errors and None as in `comparisons.compare_rates`. The chance of just what was seen
    counts half. Shown beside the exact interval, which decides.
    Source: Lancaster (1961), JASA 56:223; R's epitools::rateratio.midp. docs/methods.md#mid-p
    """
    counts = deaths_now, births_now, deaths_base, births_base
    check_counts(*counts)
    tail = tail_probability(confidence)
    if not (births_now and births_base and (deaths_now or deaths_base)):
        return None

    births_ratio = births_base / births_now
    ratio = deaths_now * births_base / (births_now * deaths_base) if deaths_base else inf
    # Read the other way round, the comparison's lower limit is one over this upper limit.
    low = births_ratio / _upper_odds(deaths_base, deaths_now, tail)
    high = births_ratio * _upper_odds(deaths_now, deaths_base, tail)
    p_value = min(1.0, 2 * _mid_chance(*counts), 2 * _mid_chance(*counts[2:], *counts[:2]))
    return RateRatio(ratio, low, high, p_value, confidence, *counts)


def _upper_odds(now: int, base: int, tail: float) -> float:
    """Return the odds of a death to fall now, at which so few had a mid-P chance of `tail`.

    The chance falls as the odds grow. It is at least `tail` where the exact chance is twice
    that, and at most `tail` where the exact chance is that: the ends of the bisection.
    """
    if base == 0:
        return inf
    exact_tails = min(2 * tail, ALMOST_CERTAIN), tail
    low, high = (-log(float(odds_quantile(base, now + 1, exact))) for exact in exact_tails)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if _mid_chance(now, exp(middle), base, 1) > tail:
            low = middle
        else:
            high = middle
    return exp(high)


def _mid_chance(deaths_now: int, births_now: float, deaths_base: int, births_base: float) -> float:
    """Return the chance of fewer deaths now, and half that of just as many, at one true rate."""
    as_few = tail_chances(deaths_now, births_now, deaths_base, births_base, 1).as_few
    if deaths_now == 0:
        return as_few / 2
    fewer = tail_chances(deaths_now - 1, births_now, deaths_base + 1, births_base, 1).as_few
    return (as_few + fewer) / 2
