"""What a program's births can show, asked before anything is promised."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from metrics.stats.power import (
    DEFAULT_ALPHA,
    DEFAULT_POWER,
    MOST_BIRTHS,
    MOST_DEATHS,
    exact_power,
    first_enough,
)

# Against so much smaller a baseline, further births add next to nothing.
MOST_TIMES_THE_BASELINE = 1000
BISECTIONS = 14  # of a share, to the fourth decimal


@dataclass(frozen=True)
class Plan:
    """What a program's births can show, before it promises.

    smallest_fall : the least true reduction, 0.3 for 30 %, that would be shown with
    `power`; None where not even the end of all deaths would be
    births_needed : births in the evaluation period for the promised fall to be shown as a fall
    months_needed : months with as many births as now, from the start of that period
    Both are None where the baseline is so small that no number would do.
    power_at_promise : the chance of showing any fall, were the promise just kept
    """

    smallest_fall: float | None
    births_needed: int | None
    months_needed: int | None
    power_at_promise: float
    power: float

    @property
    def can_be_judged(self) -> bool:
        """Whether the promise, just kept, would be shown as a fall in time."""
        return self.power_at_promise >= self.power


def plan_reduction(
    deaths_base: int,
    births_base: int,
    births_a_month: float,
    months: int,
    *,
    reduction: float,
    power: float = DEFAULT_POWER,
    alpha: float = DEFAULT_ALPHA,
    dispersion: float = 1.0,
) -> Plan | None:
    """Return what can be shown of a promised reduction (0.3 for 30 %) in so many months.

    deaths_base, births_base : of the baseline; None without deaths in it, where there is no
    rate to come down from. births_a_month, months above 0, 0 < reduction <= 1 (else ValueError)
    No number of births shows a fall of 30 % or more where the fall is just 30 %: what is
    planned for is to tell it from no fall at all. docs/methods.md#planning
    """
    if not (0 < reduction <= 1 and 0 < power < 1):
        raise ValueError(f"{reduction=} and {power=} are shares. Write 0.3 for 30 %.")
    if not (deaths_base and births_base):
        return None
    rate, options = deaths_base / births_base, {"alpha": alpha, "dispersion": dispersion}

    def power_of(births: float, ratio: float) -> float:
        return float(exact_power(births, births_base, rate, ratio, **options))

    births = births_a_month * months
    most = min(MOST_TIMES_THE_BASELINE * births_base, MOST_BIRTHS, int(MOST_DEATHS / rate / 2))
    births_needed = first_enough(lambda own: power_of(own, 1 - reduction) >= power, most)
    return Plan(
        smallest_fall=_smallest_fall(lambda ratio: power_of(births, ratio) >= power),
        births_needed=births_needed,
        months_needed=births_needed and ceil(births_needed / births_a_month),
        power_at_promise=power_of(births, 1 - reduction),
        power=power,
    )


def _smallest_fall(is_shown: Callable[[float], bool]) -> float | None:
    if not is_shown(0.0):
        return None
    low, high = 0.0, 1.0  # reductions: not shown, shown
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if is_shown(1 - middle):
            high = middle
        else:
            low = middle
    return high
