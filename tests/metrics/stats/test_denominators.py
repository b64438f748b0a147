import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.denominators import monthly_proportions, period_rates

BEFORE = [101, 99, 98, 102, 103, 97, 95, 104, 100, 96, 105]


@pytest.mark.golden("period_denominator")
def test_period_rates_agree_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    names = ("deaths_neonatal", "deaths_postneonatal", "births", "births_previous_11_months")

    rates = period_rates(*(inputs[name] for name in names))

    assert rates.infant == pytest.approx(expected["simple_imr"], rel=case["tol_rel"])
    assert rates.neonatal == pytest.approx(expected["neonatal"], rel=case["tol_rel"])
    assert rates.postneonatal == pytest.approx(expected["postneonatal"], rel=case["tol_rel"])


def test_matched_rate_divides_postneonatal_deaths_by_the_births_they_came_from():
    births, late = [100, 110, 90, 105], [3, 4, 2, 3]
    rates = period_rates([6, 5, 4, 5], late, births, BEFORE)

    every = BEFORE + births
    at_risk = sum(sum(every[month : month + 11]) / 11 for month in range(4))
    assert rates.matched == pytest.approx(1000 * (20 / 405 + 12 / at_risk))


def test_matched_rate_is_lower_where_births_have_halved():
    halved = period_rates([2, 2], [1, 1], [50, 50], [100] * 11)
    assert halved.infant == 60
    assert halved.matched == pytest.approx(40 + 1000 * 2 / (100 + 1050 / 11))


@given(st.integers(1, 1000), st.lists(st.integers(0, 9), min_size=1, max_size=24))
def test_matched_rate_is_the_simple_one_where_births_never_change(births, late):
    months = len(late)
    rates = period_rates([1] * months, late, [births] * months, [births] * 11)
    assert rates.matched == pytest.approx(rates.infant)


def test_matched_rate_needs_the_births_before():
    assert period_rates([1], [1], [100]).matched is None
    assert period_rates([1], [1], [100], [0] * 11).matched is None
    with pytest.raises(ValueError, match=r"^births_before: 10 months were given. Give the 11"):
        period_rates([1], [1], [100], BEFORE[1:])


def test_period_rates_need_births_and_the_same_months():
    assert period_rates([1], [1], [0]) is None
    assert period_rates([], [], []) is None
    with pytest.raises(ValueError, match=r"^The lists hold 1, 2, 1 months. Give the same months"):
        period_rates([1], [1, 2], [100])


@pytest.mark.parametrize(
    ("deaths", "births", "months", "mean", "pooled"),
    [
        ([1, 30], [10, 1000], 2, 0.065, 1000 * 31 / 1010),
        ([1, 5], [10, 0], 1, 0.1, 100),  # no births, no proportion: the month leaves both
    ],
)
def test_a_small_month_weighs_as_much_as_a_large_one_in_the_mean(
    deaths, births, months, mean, pooled
):
    own = monthly_proportions(deaths, births)
    assert (own.months, own.mean, own.pooled) == pytest.approx((months, mean, pooled))


def test_monthly_proportions_are_none_without_births():
    assert monthly_proportions([0], [0]) is None
    with pytest.raises(ValueError, match="The lists hold 1, 2 months"):
        monthly_proportions([1], [1, 2])
