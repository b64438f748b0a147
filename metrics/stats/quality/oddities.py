"""Odd counts of many sites and months at once, held to the answers of `find_oddity`."""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.stats.oddities import ODDITY_CONFIDENCE
from metrics.stats.quality.chances import Mask, share_as_few, share_as_many, where_likely
from metrics.stats.rates import Floats, tail_probability

ROUNDING = 1e-6  # far more than a logarithm or a tail is off: what is close is asked for


def find_oddities(
    count: ArrayLike,
    exposure: ArrayLike,
    past_count: ArrayLike,
    past_exposure: ArrayLike,
    *,
    factor: int | Fraction = 1,
    dispersion: ArrayLike = 1.0,
) -> NDArray[np.int8]:
    """Return 1 where a count is odd for being many, -1 for being few, else 0.

    Counts, exposures and factor as in `oddities.find_oddity`, arrays that broadcast; where
    something is nan, or an exposure is 0, nothing is odd
    dispersion : how many times more than chance the counts vary, 1 or more

    Given both counts together, the later one is binomial; it is odd where its exact tail is
    below 0.001, which is where the exact interval of the ratio leaves out 1.
    docs/methods.md#oddities
    """
    given = np.broadcast_arrays(count, exposure, past_count, past_exposure, dispersion)
    own, over, past, past_over, spread = (np.asarray(each, dtype=float) for each in given)
    with np.errstate(invalid="ignore"):
        known = (over > 0) & (past_over > 0) & ~np.isnan(own + past)
        now, before = own * past_over, past * over
        times = Fraction(factor)
        many = known & (now > before) & (now * times.denominator > times.numerator * before)
        few = known & (now < before) & (times.numerator * now < before * times.denominator)
    share = np.divide(over, over + past_over, out=np.zeros(own.shape), where=known)
    at_most = tail_probability(ODDITY_CONFIDENCE)
    counts = own / spread, (own + past) / spread, share
    few &= _none_is_rare(counts[1], share, at_most)
    is_many = where_likely(many, share_as_many, *counts) < at_most
    is_few = where_likely(few, share_as_few, *counts) < at_most
    return is_many.astype(np.int8) - is_few.astype(np.int8)


def _none_is_rare(total: Floats, share: Floats, at_most: float) -> Mask:
    """Whether a count of 0 would be odd. Where it would not, no count is odd for being few, and
    its tail, which costs far more, need not be asked for: (1 - share) ** total is the least one.
    """
    with np.errstate(invalid="ignore"):
        return total * np.log1p(-share) < np.log(at_most) + ROUNDING
