"""The rule: what may be said once no gate is closed. docs/methods.md#decision"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray


class State(StrEnum):
    """The verdict on a target, in five."""

    NO_VERDICT = "no_verdict_data_problem"
    TOO_LITTLE = "too_little_data"
    REACHED_STRONG = "reached_strong"
    REACHED_POINT = "reached_point_not_certain"
    NOT_REACHED = "not_reached"


class Finding(StrEnum):
    """What more is known: two findings go with REACHED_POINT, four with NOT_REACHED."""

    FALL_SHOWN = "fall_shown"
    FALL_NOT_CERTAIN = "fall_not_certain"
    IMPROVED_BUT_SHORT = "improved_but_short"
    TARGET_RULED_OUT = "improved_target_ruled_out"
    NO_CLEAR_CHANGE = "no_clear_change"
    WORSE = "worse"


Reading = tuple[State, Finding | None]

# In the order in which `decide` looks; the first that fits is taken, the last one otherwise.
READINGS: tuple[Reading, ...] = (
    (State.REACHED_STRONG, None),
    (State.REACHED_POINT, Finding.FALL_SHOWN),
    (State.REACHED_POINT, Finding.FALL_NOT_CERTAIN),
    (State.NOT_REACHED, Finding.WORSE),
    (State.NOT_REACHED, Finding.NO_CLEAR_CHANGE),
    (State.NOT_REACHED, Finding.TARGET_RULED_OUT),
    (State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT),
)


def decide(
    limits: tuple[ArrayLike, ArrayLike],
    ratio_limits: tuple[ArrayLike, ArrayLike],
    *,
    bound: float,
    is_met: ArrayLike,
) -> NDArray[np.intp]:
    """Return which of READINGS fits, for many sites at once.

    limits : lower and upper limit of what was promised; ratio_limits : of the rate ratio
    bound : what was promised to be at most; is_met : on the figures, in whole numbers
    """
    low, high = (np.asarray(limit) for limit in limits)
    ratio_low, ratio_high = (np.asarray(limit) for limit in ratio_limits)
    met = np.asarray(is_met)
    conditions = [
        high <= bound,
        met & (ratio_high < 1),
        met,
        ratio_low > 1,
        ratio_high >= 1,
        low > bound,
    ]
    return np.select(conditions, list(range(len(conditions))), default=len(conditions))
