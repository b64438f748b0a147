from fractions import Fraction
from math import comb, inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.stats.comparisons import compare_rates
from metrics.stats.mid_p import mid_p_ratio

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
few_counts = st.tuples(*[st.integers(0, 20), st.integers(1, 300)] * 2)
confidences = st.sampled_from([0.5, 0.9, 0.95, 0.998, 0.99999])


@pytest.mark.golden("rate_ratio_midp")
def test_mid_p_ratio_agrees_with_r(case):
    ratio = mid_p_ratio(
        *(case["inputs"][name] for name in COUNTS), confidence=case["inputs"]["conf"]
    )

    numbers = ratio.ratio, ratio.low, ratio.high, ratio.p_value
    wanted = [case["expected"][name] for name in ("rr", "lower", "upper", "p_midp_two_sided")]
    assert numbers == pytest.approx(wanted, rel=case["tol_rel"])


@given(few_counts, confidences)
def test_mid_p_limits_leave_out_half_alpha_by_a_slow_exact_recount(counts, confidence):
    assume(counts[0] or counts[2])
    ratio = mid_p_ratio(*counts, confidence=confidence)
    half = (1 - confidence) / 2

    if ratio.low:
        assert float(recount(*counts, ratio.low, above=True)) == pytest.approx(half, rel=1e-6)
    if ratio.high < inf:
        assert float(recount(*counts, ratio.high, above=False)) == pytest.approx(half, rel=1e-6)


def recount(now, born_now, base, born_base, ratio, *, above):
    """Sum the binomial chances beyond what was seen, and half that of just what was seen."""
    total = now + base
    odds = Fraction(ratio) * born_now / born_base
    share = odds / (1 + odds)
    chances = [comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(total + 1)]
    beyond = chances[now + 1 :] if above else chances[:now]
    return sum(beyond) + chances[now] / 2


@given(few_counts, confidences)
def test_mid_p_interval_lies_within_the_exact_one(counts, confidence):
    assume(counts[0] or counts[2])
    mid_p, exact = (
        mid_p_ratio(*counts, confidence=confidence),
        compare_rates(*counts, confidence=confidence),
    )
    assert exact.low * (1 - 1e-9) <= mid_p.low
    assert mid_p.high <= exact.high * (1 + 1e-9)


def test_mid_p_interval_of_ten_million_deaths_is_nearly_the_exact_one():
    counts = 10**7, 10**8, 10**7 + 5000, 10**8
    mid_p, exact = mid_p_ratio(*counts), compare_rates(*counts)
    assert (mid_p.low, mid_p.high) == pytest.approx((exact.low, exact.high), rel=1e-6)
    assert mid_p.p_value == pytest.approx(exact.p_value, rel=1e-3)


def test_mid_p_interval_of_almost_no_confidence_is_the_ratio_itself():
    ratio = mid_p_ratio(49, 1000, 70, 1000, confidence=1e-300)
    assert (ratio.low, ratio.high) == pytest.approx((0.7, 0.7), rel=0.02)


@pytest.mark.parametrize("counts", [(0, 100, 0, 100), (3, 0, 5, 100), (3, 100, 5, 0)])
def test_mid_p_ratio_is_none_where_no_ratio_is_defined(counts):
    assert mid_p_ratio(*counts) is None


def test_mid_p_ratio_refuses_what_is_not_a_count():
    with pytest.raises(ValueError, match=r"^deaths_base: -5 is not a count"):
        mid_p_ratio(3, 100, -5, 100)
