"""The chance that a true fall will be shown, and the births that it takes."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import inf, log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrik, betainc, gammaln, ndtri

from metrics.stats.rates import Floats, check_dispersion

# One-sided: the upper limit of the 95 % interval lies below the ratio to be ruled out.
DEFAULT_ALPHA = 0.025
DEFAULT_POWER = 0.80
# Near the births of the world in a year; no program has more.
MOST_BIRTHS = 100_000_000
CURVE = tuple(percent / 100 for percent in range(0, 101, 5))  # true reductions
# Deaths expected in both periods, beyond which nobody need ask whether a fall would show.
MOST_DEATHS = 20_000_000
# Numbers of deaths further than this from those expected, in standard deviations, are left
# out of the sum: they come about less than once in 10^15.
FURTHEST = 8
FURTHEST_FEW = 40  # deaths besides, since few are not normal


def power_curve(
    births_now: float,
    births_base: float,
    base_rate: float,
    *,
    reductions: Sequence[float] = CURVE,
    alpha: float = DEFAULT_ALPHA,
    dispersion: float = 1.0,
) -> tuple[tuple[float, float], ...]:
    """Return, for each true reduction from 0 to 1, the chance that a fall will be shown.

    The other arguments and errors as in `exact_power`.
    """
    ratios = 1 - np.asarray(reductions, dtype=np.float64)
    powers = exact_power(
        births_now, births_base, base_rate, ratios, alpha=alpha, dispersion=dispersion
    )
    return tuple(zip(reductions, powers.tolist(), strict=True))


def births_to_show(
    base_rate: float,
    true_ratio: float,
    *,
    null_ratio: float = 1.0,
    alpha: float = DEFAULT_ALPHA,
    power: float = DEFAULT_POWER,
    base_to_now: float = 1.0,
    dispersion: float = 1.0,
) -> int | None:
    """Return the fewest births now for which the exact power is enough; None where none are.

    base_to_now : baseline births for each birth now; the other arguments as in `exact_power`
    docs/methods.md#births-needed
    """
    if true_ratio >= null_ratio:
        return None

    def is_enough(births: int) -> bool:
        chance = exact_power(
            births, births * base_to_now, base_rate, true_ratio,
            null_ratio=null_ratio, alpha=alpha, dispersion=dispersion,
        )  # fmt: skip
        return float(chance) >= power

    most_births = MOST_BIRTHS / max(1, base_to_now)
    most_deaths = MOST_DEATHS / (base_rate * (true_ratio + base_to_now))
    return first_enough(is_enough, int(min(most_births, most_deaths)))


def exact_power(
    births_now: float,
    births_base: float,
    base_rate: float,
    true_ratio: ArrayLike,
    *,
    null_ratio: float = 1.0,
    alpha: float = DEFAULT_ALPHA,
    dispersion: float = 1.0,
) -> Floats:
    """Return the chance that the interval will lie below `null_ratio`, for many true ratios.

    births : above 0, at most MOST_BIRTHS; base_rate : deaths per birth, above 0;
    true_ratio >= 0, null_ratio above 0, 0 < alpha < 1, dispersion >= 1 (else ValueError)
    Returns an array of the shape of `true_ratio`.
    Source: the exact conditional test, summed over every number of deaths that may come.
    docs/methods.md#power
    """
    _check_plan(births_now, births_base, base_rate, null_ratio, alpha)
    check_dispersion(dispersion)
    ratios = np.asarray(true_ratio, dtype=np.float64)
    if not np.all(ratios >= 0):
        raise ValueError(f"true_ratio: {np.nanmin(ratios):g} is not a ratio. Give 0 or more.")
    base = births_base * base_rate / dispersion
    now = births_now * base_rate / dispersion * ratios
    if np.any(base + now > MOST_DEATHS):
        raise ValueError(f"A plan is for at most {MOST_DEATHS:,} deaths. Give a lower rate.")
    null_share = births_now * null_ratio / (births_now * null_ratio + births_base)
    powers = [_power(float(mean), base, null_share, alpha) for mean in now.flat]
    return np.array(powers).reshape(ratios.shape)


def births_needed_by_formula(
    base_rate: float,
    true_ratio: float,
    *,
    null_ratio: float = 1.0,
    alpha: float = DEFAULT_ALPHA,
    power: float = DEFAULT_POWER,
    base_to_now: float = 1.0,
) -> tuple[float, float]:
    """Return the births now and at baseline that tell `true_ratio` from `null_ratio`, roughly.

    base_to_now : baseline births for each birth now, above 0; alpha < power < 1; the other
    arguments as in `exact_power`, true_ratio above 0 (else ValueError)
    Both are inf where the two ratios are the same: no number of births tells them apart.
    Source: the normal approximation of the log ratio. docs/methods.md#births-needed
    """
    _check_plan(1, base_to_now, base_rate, null_ratio, alpha)
    if not (true_ratio > 0 and alpha < power < 1):
        raise ValueError(
            f"true_ratio: {true_ratio} must be above 0, and power: {power} between alpha and 1."
        )
    if true_ratio == null_ratio:
        return inf, inf
    reach = float(ndtri(1 - alpha) + ndtri(power))
    variance = 1 / (base_rate * true_ratio) + 1 / (base_to_now * base_rate)
    births = reach**2 * variance / log(true_ratio / null_ratio) ** 2
    return births, births * base_to_now


def first_enough(is_enough: Callable[[int], bool], most: int) -> int | None:
    """Return the first number from 1 up that is enough, where all larger ones are too."""
    end = 1
    while not is_enough(end):
        if end == most:
            return None
        end = min(2 * end, most)
    return 1 + bisect_left(range(1, end), True, key=is_enough)


def _check_plan(
    births_now: float, births_base: float, base_rate: float, null_ratio: float, alpha: float
) -> None:
    if not (0 < births_now <= MOST_BIRTHS and 0 < births_base <= MOST_BIRTHS):
        raise ValueError(
            f"births: a plan needs more than 0 in both periods and at most {MOST_BIRTHS:,}, "
            f"but got {births_now:,} and {births_base:,}."
        )
    if not (0 < base_rate < inf and 0 < null_ratio < inf and 0 < alpha < 1):
        raise ValueError(
            "A plan needs a baseline rate and a ratio above 0, and alpha between 0 and 1, "
            f"but got {base_rate=}, {null_ratio=}, {alpha=}."
        )


def _power(now: float, base: float, null_share: float, alpha: float) -> float:
    """Sum, over the deaths that may come in all, the chance that few enough fall now."""
    mean = now + base
    reach = FURTHEST * mean**0.5 + FURTHEST_FEW
    deaths = np.arange(max(0, int(mean - reach)), int(mean + reach) + 1, dtype=np.float64)
    chances = np.exp(deaths * log(mean) - mean - gammaln(deaths + 1))
    shown = _chance_of_at_most(_most(deaths, null_share, alpha), deaths, now / mean)
    return min(1.0, float((chances * shown).sum()))


def _most(deaths: Floats, null_share: float, alpha: float) -> Floats:
    """Return, of so many deaths, the most that may fall now to show a fall; -1 where none do."""
    near = np.floor(bdtrik(alpha, np.maximum(deaths, 1), null_share))
    return near - (_chance_of_at_most(near, deaths, null_share) > alpha)


def _chance_of_at_most(count: Floats, total: Floats, share: float) -> Floats:
    """Return the binomial chance of `count` or fewer out of `total`."""
    part = betainc(np.maximum(total - count, 1), np.maximum(count, 0) + 1, 1 - share)
    return np.where(count < 0, 0.0, np.where(count >= total, 1.0, part))
