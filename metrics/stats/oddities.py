"""Is a count further from what came before than chance would often put it?"""

from enum import StrEnum
from fractions import Fraction

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
