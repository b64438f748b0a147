"""The verdict on one promised reduction at many sites, in one call."""

import numpy as np
from numpy.typing import ArrayLike

from metrics.stats.comparisons import COUNT_NAMES, ratio_limits
from metrics.stats.decisions import READINGS, Reading, State, decide
from metrics.stats.evidence import MIN_DEATHS
from metrics.stats.promises import Reduction
from metrics.stats.rates import DEFAULT_CONFIDENCE, Exact, as_counts, check_dispersion


def judge_many(
    deaths_now: ArrayLike,
    births_now: ArrayLike,
    deaths_base: ArrayLike,
    births_base: ArrayLike,
    *,
    reduction_percent: Exact,
    confidence: float = DEFAULT_CONFIDENCE,
    min_deaths: int = MIN_DEATHS,
    dispersion: float = 1.0,
    is_faulty: ArrayLike = False,
    is_short: ArrayLike = False,
) -> list[Reading]:
    """Return the state and the finding of each site, as `verdicts.judge_reduction` would.

    Four lists of whole counts >= 0 that broadcast (else ValueError); the settings hold for all
    is_faulty : where a fault outside the counts forbids a verdict, such as missing reports
    is_short : where there are too few matched months
    """
    check_dispersion(dispersion)
    given = (deaths_now, births_now, deaths_base, births_base)
    counts = [as_counts(*own) for own in zip(COUNT_NAMES, given, strict=True)]
    sites = np.broadcast_arrays(*counts, np.asarray(is_faulty, bool), np.asarray(is_short, bool))
    now, born_now, base, born_base, faulty, short = (own.ravel() for own in sites)
    bound = Reduction(reduction_percent).bound
    limits = ratio_limits(now / dispersion, born_now, base / dispersion, born_base, confidence)
    # In whole numbers, which may be larger than those of an array.
    whole = [tuple(map(int, site)) for site in zip(now, born_now, base, born_base, strict=True)]
    is_met = [own[0] * own[3] <= bound * own[2] * own[1] for own in whole]
    is_few = [own[2] < min_deaths or own[1] * own[2] < min_deaths * own[3] for own in whole]
    places = decide(limits, limits, bound=float(bound), is_met=is_met)
    faulty = faulty | (born_now == 0) | (born_base == 0) | (now > born_now) | (base > born_base)
    few = np.array(is_few, dtype=bool) | short
    return [_read(*site) for site in zip(faulty, few, places, strict=True)]


def _read(is_faulty: bool, is_short: bool, place: int) -> Reading:
    if is_faulty:
        return State.NO_VERDICT, None
    return (State.TOO_LITTLE, None) if is_short else READINGS[place]
