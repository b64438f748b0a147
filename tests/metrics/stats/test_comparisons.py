from fractions import Fraction
from math import comb, expm1, inf, log, nan, sqrt
from time import perf_counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import betainc

from metrics.stats.comparisons import (
    compare_rates,
    exact_p_value,
    probability_of_reduction,
    ratio_limits,
    reduction_credible_interval,
)
from metrics.stats.rates import mortality_rate

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
CONFIDENCES = [0.5, 0.9, 0.95, 0.998, 0.9999, 0.999999999]

few_counts = st.tuples(*[st.integers(0, 25), st.integers(1, 300)] * 2)
many_counts = st.tuples(*[st.integers(1, 5000), st.integers(1, 10**8)] * 2)

NAMES_IN_R = {
    "rr": "ratio",
    "lower": "low",
    "upper": "high",
    "p_two_sided": "p_value",
    "pct_change": "percent_change",
    "pct_lower": "percent_low",
    "pct_upper": "percent_high",
}


def counts_of(case):
    return [case["inputs"][name] for name in COUNTS]


@pytest.mark.golden("rate_ratio_exact")
def test_compare_rates_agrees_with_r(case):
    ratio = compare_rates(*counts_of(case), confidence=case["inputs"]["conf"])

    numbers = {name: getattr(ratio, NAMES_IN_R[name]) for name in case["expected"]}
    assert numbers == pytest.approx(case["expected"], rel=case["tol_rel"])


def test_compare_rates_carries_its_evidence():
    ratio = compare_rates(49, 1000, 70, 900, confidence=0.9)
    assert [getattr(ratio, name) for name in COUNTS] == [49, 1000, 70, 900]
    assert ratio.confidence == 0.9


@pytest.mark.parametrize(
    "counts", [(0, 100, 0, 100), (3, 0, 5, 100), (3, 100, 5, 0), (0, 0, 0, 0), (3, 0, 0, 100)]
)
def test_compare_rates_is_none_where_no_ratio_is_defined(counts):
    assert compare_rates(*counts) is None


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("count", [-1, 1.5, True, None])
def test_compare_rates_refuses_what_is_not_a_count(position, count):
    counts = [5, 100, 7, 100]
    counts[position] = count
    with pytest.raises(ValueError, match=f"^{COUNTS[position]}: {count} is not a count"):
        compare_rates(*counts)


@pytest.mark.parametrize("confidence", [0, 1, 95, nan])
def test_compare_rates_refuses_an_impossible_confidence(confidence):
    with pytest.raises(ValueError, match=r"is not between 0 and 1. Write 0.95 for 95 %."):
        compare_rates(0, 0, 0, 0, confidence=confidence)


def test_overlapping_intervals_of_two_rates_can_still_differ():
    now, base = mortality_rate(70, 1000), mortality_rate(100, 1000)
    assert now.high > base.low
    assert compare_rates(70, 1000, 100, 1000).high < 1


@given(many_counts)
def test_interval_ends_where_an_exact_test_has_half_alpha(counts):
    low, high = ratio_limits(*counts)

    as_many, _ = one_sided_tests(*counts, ratio=low)
    _, as_few = one_sided_tests(*counts, ratio=high)
    assert (as_many, as_few) == pytest.approx((0.025, 0.025), rel=1e-6)


@pytest.mark.golden("target_test_exact")
def test_the_exact_test_that_checks_the_interval_agrees_with_r(case):
    as_many, as_few = one_sided_tests(
        *counts_of(case), ratio=1 - case["inputs"]["target_reduction"]
    )

    assert as_few == pytest.approx(case["expected"]["p_one_sided_reached"], rel=case["tol_rel"])
    assert as_many == pytest.approx(case["expected"]["p_one_sided_missed"], rel=case["tol_rel"])


def one_sided_tests(deaths_now, births_now, deaths_base, births_base, ratio):
    """Return the binomial chances of as many deaths now or more, and of as many or fewer."""
    share_now = ratio * births_now / (ratio * births_now + births_base)
    as_many = betainc(deaths_now, deaths_base + 1, share_now)
    return as_many, betainc(deaths_base, deaths_now + 1, 1 - share_now)


@pytest.mark.parametrize("deaths", [1, 20, 10**7])
@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_ratio_limits_match_the_closed_forms_beside_a_period_without_deaths(deaths, confidence):
    # A beta quantile with a shape of 1 is a root: (alpha / 2) ** (1 / deaths).
    odds = expm1(-log((1 - confidence) / 2) / deaths)

    _, high = ratio_limits(0, 200, deaths, 100, confidence)
    low, _ = ratio_limits(deaths, 200, 0, 100, confidence)

    assert high == pytest.approx(odds * 0.5, rel=1e-8)
    assert low == pytest.approx(0.5 / odds, rel=1e-8)


def test_ratio_limits_of_ten_million_deaths_are_nearly_normal():
    low, high = ratio_limits(10**7, 10**8, 10**7, 10**8)
    spread = 1.959963984540054 * sqrt(2 / 10**7)  # of the log ratio
    assert np.log([low, high]) == pytest.approx([-spread, spread], rel=1e-3)


def test_ratio_limits_of_no_deaths_at_all_say_nothing():
    assert ratio_limits(0, 100, 0, 100) == (0, inf)


@pytest.mark.parametrize(("births_now", "births_base"), [(0, 100), (100, 0), (0, 0)])
def test_ratio_limits_are_nan_without_births(births_now, births_base):
    assert np.isnan(ratio_limits([0, 3, 3], births_now, [5, 0, 5], births_base)).all()


def test_ratio_limits_refuse_negative_counts():
    with pytest.raises(ValueError, match=r"^deaths_base: -5 is negative"):
        ratio_limits(3, 100, -5, 100)


def test_ratio_limits_of_ten_thousand_sites_are_those_of_each():
    now, base = np.arange(10_000) % 89, np.arange(10_000) % 61

    low, high = ratio_limits(now, 1000, base, 900)

    assert low.shape == high.shape == (10_000,)
    for site in range(0, 10_000, 501):
        assert ratio_limits(now[site], 1000, base[site], 900) == (low[site], high[site])


@given(few_counts)
def test_p_value_is_that_of_a_slow_exact_recount(counts):
    assume(counts[0] or counts[2])
    assert exact_p_value(*counts) == pytest.approx(float(recount_p_value(*counts)), rel=1e-9)


def recount_p_value(deaths_now, births_now, deaths_base, births_base):
    """Sum R's binom.test in fractions: every outcome at most as likely, within 1e-7."""
    total, share = deaths_now + deaths_base, Fraction(births_now, births_now + births_base)
    chances = [
        comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(total + 1)
    ]
    likely = chances[deaths_now] * (1 + Fraction(1, 10**7))
    return sum(chance for chance in chances if chance <= likely)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [  # The recount above, done once in floats of 30 digits (mpmath).
        ((1_000_000, 20_000_000, 1_003_000, 20_000_000), 0.03408836507943938),
        ((1_000_000, 20_000_000, 503_000, 9_970_000), 2.0343241752806358e-07),
        ((10_000, 1_000_000, 10_300, 990_000), 0.004779458957098181),
    ],
)
def test_p_value_of_a_million_deaths_is_exact_and_quick(counts, expected):
    start = perf_counter()
    p_value = exact_p_value(*counts)
    seconds = perf_counter() - start

    assert p_value == pytest.approx(expected, rel=1e-9)
    assert seconds < 0.1  # it takes 0.0001; a sum of a million terms would take seconds


@pytest.mark.golden("bayes_reduction")
def test_probability_of_reduction_agrees_with_r(case):
    inputs, expected, close = case["inputs"], case["expected"], case["tol_rel"]
    prior = {name: inputs[name] for name in ("prior_shape", "prior_rate")}

    target = probability_of_reduction(*counts_of(case), inputs["target_reduction"], **prior)
    any_fall = probability_of_reduction(*counts_of(case), 0, **prior)
    interval = reduction_credible_interval(*counts_of(case), **prior)

    assert target == pytest.approx(expected["prob_reduction_ge_target"], rel=close)
    assert any_fall == pytest.approx(expected["prob_any_reduction"], rel=close)
    limits = [expected[name] for name in ("rr_lower95", "rr_median", "rr_upper95")]
    assert interval == pytest.approx(limits, rel=close)


@pytest.mark.golden("bayes_reduction_overdispersed")
def test_probability_of_reduction_takes_counts_that_are_not_whole(case):
    inputs, expected, close = case["inputs"], case["expected"], case["tol_rel"]
    deaths_now, births_now, deaths_base, births_base = counts_of(case)
    effective = deaths_now / inputs["phi"], births_now, deaths_base / inputs["phi"], births_base

    probability = probability_of_reduction(*effective, inputs["target_reduction"])

    assert probability == pytest.approx(expected["prob_reduction_ge_target"], rel=close)
    limits = [expected[name] for name in ("rr_lower95", "rr_median", "rr_upper95")]
    assert reduction_credible_interval(*effective) == pytest.approx(limits, rel=close)


@given(few_counts)
def test_probabilities_of_a_fall_and_of_a_rise_sum_to_one(counts):
    fall = probability_of_reduction(*counts, 0)
    rise = probability_of_reduction(*counts[2:], *counts[:2], 0)
    assert fall + rise == pytest.approx(1)


@pytest.mark.parametrize("reduction", [-0.1, 1.1, 30, nan])
def test_probability_of_reduction_refuses_percentages(reduction):
    with pytest.raises(ValueError, match=r"is not from 0 to 1. Write 0.3 for 30 %."):
        probability_of_reduction(49, 1000, 70, 1000, reduction)


@pytest.mark.parametrize("counts", [(3, 0, 5, 100), (3, 100, 5, 0), (-1, 100, 5, 100)])
def test_probability_of_reduction_needs_counts_and_births(counts):
    with pytest.raises(ValueError, match="needs counts and births in both periods"):
        probability_of_reduction(*counts, 0.3)
    with pytest.raises(ValueError, match="needs counts and births in both periods"):
        reduction_credible_interval(*counts)
