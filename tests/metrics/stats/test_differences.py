import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.differences import deaths_averted, excess_deaths, rate_difference
from metrics.stats.rates import mortality_rate, poisson_limits

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
counts_with_births = st.tuples(*[st.integers(0, 5000), st.integers(1, 10**6)] * 2)


def counts_of(case):
    return [case["inputs"][name] for name in COUNTS]


@pytest.mark.golden("rate_difference")
def test_rate_difference_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]

    own = rate_difference(*counts_of(case), per=inputs["per"], confidence=inputs["conf"])

    numbers = own.value, own.wald_low, own.wald_high, own.low, own.high
    names = ("diff", "wald_lower", "wald_upper", "mover_exact_lower", "mover_exact_upper")
    assert numbers == pytest.approx([expected[name] for name in names], rel=case["tol_rel"])
    assert (own.per, own.confidence) == (1000, 0.95)


@pytest.mark.golden("deaths_averted")
def test_deaths_averted_agree_with_r(case):
    own = deaths_averted(*counts_of(case), confidence=case["inputs"]["conf"])

    numbers = own.expected, own.averted, own.low, own.high
    wanted = [case["expected"][name] for name in ("expected", "averted", "lower", "upper")]
    assert numbers == pytest.approx(wanted, rel=case["tol_rel"])


def test_deaths_averted_are_below_zero_where_more_died_than_expected():
    own = deaths_averted(80, 1000, 70, 1000)
    assert own.averted == -10
    assert own.low < own.averted < own.high


@pytest.mark.parametrize("counts", [(3, 0, 5, 100), (3, 100, 5, 0)])
def test_without_births_in_both_periods_there_is_no_difference(counts):
    assert rate_difference(*counts) is None
    assert deaths_averted(*counts) is None


def test_rate_difference_refuses_what_is_not_a_count():
    with pytest.raises(ValueError, match=r"^births_now: 2.5 is not a count"):
        rate_difference(3, 2.5, 5, 100)


@given(counts_with_births)
def test_difference_read_the_other_way_round_is_its_negative(counts):
    own, swapped = rate_difference(*counts), rate_difference(*counts[2:], *counts[:2])
    mirrored = -own.value, -own.high, -own.low, -own.wald_high, -own.wald_low
    numbers = swapped.value, swapped.low, swapped.high, swapped.wald_low, swapped.wald_high
    assert numbers == pytest.approx(mirrored)


@given(counts_with_births, st.floats(1, 50))
def test_dispersion_never_narrows_a_difference(counts, dispersion):
    own, wide = rate_difference(*counts), rate_difference(*counts, dispersion=dispersion)
    assert wide.low <= own.low + 1e-9
    assert wide.high >= own.high - 1e-9
    assert wide.wald_high - wide.wald_low >= own.wald_high - own.wald_low - 1e-9
    assert wide.value == own.value


def test_excess_deaths_are_those_beyond_the_rate_of_the_program():
    reference = mortality_rate(70, 1000)
    excess, low, high = excess_deaths([12, 0, 3, 3], [100, 100, 0, 40], reference=reference)

    assert excess.tolist() == pytest.approx([5, -7, 3, 0.2])
    limits = np.array(poisson_limits([12, 0, 3, 3]))
    assert low.tolist() == pytest.approx((limits[0] - [7, 7, 0, 2.8]).tolist())
    assert high.tolist() == pytest.approx((limits[1] - [7, 7, 0, 2.8]).tolist())


def test_excess_deaths_of_ten_thousand_sites_are_those_of_each():
    deaths, births = np.arange(10_000) % 31, np.arange(10_000) % 407
    reference = mortality_rate(70, 1000)

    numbers = np.array(excess_deaths(deaths, births, reference=reference))

    for site in range(0, 10_000, 501):
        own = excess_deaths(deaths[site], births[site], reference=reference)
        assert tuple(numbers[:, site]) == own
