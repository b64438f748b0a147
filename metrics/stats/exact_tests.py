"""Exact tests of two counts: given all deaths, those in the period now are binomial."""

from bisect import bisect_left
from dataclasses import dataclass
from math import lgamma, log, log1p

from scipy.special import betainc

from metrics.stats.rates import check_dispersion

# Two chances this close count as equal, as in R's binom.test: rounding must not part a tie.
TIE_TOLERANCE = 1e-7


@dataclass(frozen=True)
class TailChances:
    """The chances, were the true rate ratio a given one, of a result at least as extreme.

    as_few : of as few deaths now as were seen, or fewer; small where the ratio is lower
    as_many : of as many or more; small where the ratio is higher
    """

    as_few: float
    as_many: float

    @property
    def two_sided(self) -> float:
        """Twice the smaller chance: the p-value with which the exact interval always agrees."""
        return min(1.0, 2 * min(self.as_few, self.as_many))


def tail_chances(
    deaths_now: float,
    births_now: float,
    deaths_base: float,
    births_base: float,
    ratio: float,
    *,
    dispersion: float = 1.0,
) -> TailChances:
    """Return how far the counts speak against a true rate ratio of `ratio`, on both sides.

    deaths : counts >= 0; births above 0, ratio >= 0, dispersion >= 1 (else ValueError)
    For a target of 30 % lower the ratio is 0.7: `as_few` is then the p-value for "reached",
    `as_many` for "missed".
    Source: R's poisson.test with r and alternative "less", "greater".
    docs/methods.md#test-against-the-target
    """
    check_dispersion(dispersion)
    if min(deaths_now, deaths_base, ratio) < 0 or min(births_now, births_base) <= 0:
        raise ValueError(
            "An exact test needs counts, births in both periods and a ratio, but got "
            f"{deaths_now=}, {births_now=}, {deaths_base=}, {births_base=}, {ratio=}."
        )
    now, base = deaths_now / dispersion, deaths_base / dispersion
    all_births = ratio * births_now + births_base
    share_now, share_base = ratio * births_now / all_births, births_base / all_births
    return TailChances(
        as_few=float(betainc(base, now + 1, share_base)) if base else 1.0,
        as_many=float(betainc(now, base + 1, share_now)) if now else 1.0,
    )


def exact_p_value(deaths_now: int, births_now: int, deaths_base: int, births_base: int) -> float:
    """Return the two-sided p-value of no change: the minimum-likelihood p of R's poisson.test.

    Whole counts, with births in both periods and at least one death.
    Given all deaths, those now are binomial; p adds up the chance of every split that is at
    most as likely as the one seen. Quick for millions of deaths. docs/methods.md#p-value
    """
    if deaths_now * births_base > deaths_base * births_now:
        return exact_p_value(deaths_base, births_base, deaths_now, births_now)
    if deaths_now * births_base == deaths_base * births_now:
        return 1.0

    total, births = deaths_now + deaths_base, births_now + births_base
    as_unlikely = _first_as_unlikely(deaths_now, total, births_now, births_base)
    this_side = _chance_of_at_least(deaths_base, total, births_base / births)
    other_side = _chance_of_at_least(as_unlikely, total, births_now / births)
    return min(1.0, this_side + other_side)


def _first_as_unlikely(deaths_now: int, total: int, births_now: int, births_base: int) -> int:
    """Return the smallest count above the expected one that is no likelier than `deaths_now`.

    Chances fall steadily above the expected count, so bisection finds it; `total` + 1 if none.
    """
    log_odds = log(births_now / births_base)

    def log_chance(count: int) -> float:
        return count * log_odds - lgamma(count + 1) - lgamma(total - count + 1)

    bound = log_chance(deaths_now) + log1p(TIE_TOLERANCE)
    above_expected = -(-total * births_now // (births_now + births_base))
    counts = range(above_expected, total + 1)
    return above_expected + bisect_left(counts, True, key=lambda count: log_chance(count) <= bound)


def _chance_of_at_least(count: int, total: int, share: float) -> float:
    """Return the binomial chance of `count` or more (count >= 1) out of `total`."""
    return float(betainc(count, total - count + 1, share)) if count <= total else 0.0
