"""Is a count further from what came before than chance would often put it?"""

from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.stats.comparisons import ratio_limits

ODDITY_CONFIDENCE = 0.998  # about one false alarm in 500 counts that are in order


class Oddity(StrEnum):
    FEW = "few"
    MANY = "many"


def find_oddity(
    count: int, exposure: int, past_count: int, past_exposure: int, *, factor: int | Fraction = 1
) -> Oddity | None:
    """Say whether a count is odd beside an earlier one, or None when chance explains it.

    count, past_count : whole counts >= 0, such as deaths, or births
    exposure, past_exposure : what they are counted over, such as births, or months; > 0
    factor : how many times more, or fewer, it must be besides; 1 leaves it to chance alone

    Both counts are Poisson, so a small site is not blamed for being small: the exact 99.8 %
    interval of their ratio (`comparisons.ratio_limits`) must leave out 1.
    ValueError when an exposure is not above zero. docs/methods.md#oddities
    """
    if exposure <= 0 or past_exposure <= 0:
        raise ValueError(f"exposures must be > 0, but got {exposure=}, {past_exposure=}")
    low, high = ratio_limits(count, exposure, past_count, past_exposure, ODDITY_CONFIDENCE)
    expected = Fraction(past_count * exposure, past_exposure)
    if low > 1 and count > factor * expected:
        return Oddity.MANY
    if high < 1 and factor * count < expected:
        return Oddity.FEW
    return None


def find_oddities(
    counts: ArrayLike,
    exposures: ArrayLike,
    past_counts: ArrayLike,
    past_exposures: ArrayLike,
    *,
    factor: int | Fraction = 1,
) -> NDArray[np.int8]:
    """Say the same of many counts at once: 1 for many, -1 for few, 0 where chance explains it.

    Four lists of whole numbers that broadcast, as for `find_oddity`; where an exposure is 0 or
    less there is nothing to compare, and the answer is 0.
    """
    arrays = (np.asarray(own, dtype=np.int64) for own in (counts, exposures))
    past = (np.asarray(own, dtype=np.int64) for own in (past_counts, past_exposures))
    now, over, before, over_before = np.broadcast_arrays(*arrays, *past)
    # The factor first, in whole numbers: it leaves few counts for the limits, which take longer.
    expected, seen = before * over, now * over_before
    top, bottom = Fraction(factor).as_integer_ratio()
    far = (bottom * seen > top * expected) | (top * seen < bottom * expected)
    chosen = np.nonzero(far & (over > 0) & (over_before > 0))
    low, high = ratio_limits(
        now[chosen], over[chosen], before[chosen], over_before[chosen], ODDITY_CONFIDENCE
    )
    odd = np.zeros(now.shape, dtype=np.int8)
    is_many = bottom * seen[chosen] > top * expected[chosen]
    odd[chosen] = np.where((low > 1) & is_many, 1, np.where((high < 1) & ~is_many, -1, 0))
    return odd
