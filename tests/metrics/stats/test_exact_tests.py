from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.comparisons import compare_rates, ratio_limits
from metrics.stats.exact_tests import tail_chances

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
counts_with_deaths = st.tuples(*[st.integers(1, 5000), st.integers(1, 10**8)] * 2)


@pytest.mark.golden("target_test_exact")
def test_tail_chances_agree_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    counts = [inputs[name] for name in COUNTS]

    chances = tail_chances(*counts, 1 - inputs["target_reduction"])

    assert chances.as_few == pytest.approx(expected["p_one_sided_reached"], rel=case["tol_rel"])
    assert chances.as_many == pytest.approx(expected["p_one_sided_missed"], rel=case["tol_rel"])


@given(counts_with_deaths, st.floats(1, 20), st.sampled_from([0.5, 0.9, 0.95, 0.998]))
def test_each_limit_as_the_null_gives_half_alpha(counts, dispersion, confidence):
    now, born_now, base, born_base = counts
    low, high = ratio_limits(now / dispersion, born_now, base / dispersion, born_base, confidence)

    at_low = tail_chances(*counts, float(low), dispersion=dispersion)
    at_high = tail_chances(*counts, float(high), dispersion=dispersion)

    half = (1 - confidence) / 2
    assert (at_low.as_many, at_high.as_few) == pytest.approx((half, half), rel=1e-6)
    assert at_low.two_sided == pytest.approx(2 * half, rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "ratio", "as_few", "as_many"),
    [
        ((0, 100, 5, 100), 1, 1 / 32, 1),
        ((5, 100, 0, 100), 1, 1, 1 / 32),
        ((0, 100, 0, 100), 1, 1, 1),
        ((0, 100, 5, 100), 0, 1, 1),  # the end of all deaths was promised, and none died
        ((3, 100, 5, 100), 0, 1, 0),
    ],
)
def test_tail_chances_of_few_deaths_are_those_of_coins(counts, ratio, as_few, as_many):
    chances = tail_chances(*counts, ratio)
    assert (chances.as_few, chances.as_many) == pytest.approx((as_few, as_many))


@pytest.mark.parametrize(
    ("counts", "ratio"),
    [((-1, 9, 5, 9), 1), ((1, 0, 5, 9), 1), ((1, 9, 5, 0), 1), ((1, 9, 5, 9), -0.1)],
)
def test_tail_chances_need_counts_births_and_a_ratio(counts, ratio):
    with pytest.raises(ValueError, match=r"^An exact test needs counts, births in both periods"):
        tail_chances(*counts, ratio)


@pytest.mark.parametrize("dispersion", [0, 0.99, nan, float("inf")])
def test_a_dispersion_below_one_is_refused(dispersion):
    with pytest.raises(ValueError, match=f"^dispersion: {dispersion} would narrow an interval"):
        tail_chances(1, 9, 5, 9, 1, dispersion=dispersion)


@given(counts_with_deaths, st.floats(1.01, 20))
def test_widened_interval_and_its_p_value_agree(counts, dispersion):
    ratio = compare_rates(*counts, dispersion=dispersion)
    excludes_one = ratio.low > 1 or ratio.high < 1
    assert excludes_one is (ratio.p_value < 0.05)
    assert ratio.dispersion == dispersion


@given(counts_with_deaths, st.floats(1, 20), st.floats(1, 5))
def test_more_dispersion_never_narrows(counts, dispersion, times):
    some, more = (
        compare_rates(*counts, dispersion=own) for own in (dispersion, dispersion * times)
    )
    assert more.low <= some.low * (1 + 1e-9)
    assert more.high >= some.high * (1 - 1e-9)
    assert more.ratio == some.ratio
