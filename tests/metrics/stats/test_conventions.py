from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.conventions import byar_limits, nchs_rate, no_deaths, phe_rate
from metrics.stats.rates import poisson_limits


@pytest.mark.golden("rate_ci_byar")
def test_byar_limits_agree_with_r(case):
    inputs, expected = case["inputs"], case["expected"]

    limits = np.array(byar_limits(inputs["deaths"], inputs["conf"]))

    scale = inputs["per"] / inputs["births"]
    wanted = expected["lower"], expected["upper"]
    assert (limits * scale).tolist() == pytest.approx(wanted, rel=case["tol_rel"])


@pytest.mark.golden("count_ci_byar")
def test_byar_limits_agree_with_public_health_england(case):
    low, high = byar_limits(case["inputs"]["count"], case["inputs"]["conf"])
    wanted = case["expected"]["lower"], case["expected"]["upper"]
    assert (float(low), float(high)) == pytest.approx(wanted, rel=case["tol_rel"])


def test_byar_has_no_lower_limit_where_its_formula_turns_negative():
    low, high = byar_limits([0, 1, 2], 0.998)
    assert (low[0], isnan(low[1]), low[2] > 0) == (0, True, True)
    assert np.all(high > 0)


@given(st.integers(10, 10**7))
def test_byar_limits_are_within_a_hundredth_of_the_exact_ones_from_ten_deaths(deaths):
    approximate, exact = np.array(byar_limits(deaths)), np.array(poisson_limits(deaths))
    assert approximate.tolist() == pytest.approx(exact.tolist(), rel=0.01)


def test_byar_limits_of_ten_thousand_sites_are_those_of_each():
    deaths = np.arange(10_000)
    low, high = byar_limits(deaths)
    for site in range(0, 10_000, 501):
        own = np.array(byar_limits(deaths[site])).tolist()
        assert own == pytest.approx([low[site], high[site]], rel=1e-12)


@pytest.mark.golden("rate_ci_phe")
def test_phe_rate_agrees_with_public_health_england(case):
    inputs, expected = case["inputs"], case["expected"]

    rate = phe_rate(inputs["deaths"], inputs["births"], per=inputs["per"])

    limits = rate.low_95, rate.high_95, rate.low_998, rate.high_998
    wanted = [expected[name] for name in ("lower95", "upper95", "lower998", "upper998")]
    assert limits == pytest.approx(wanted, rel=case["tol_rel"])
    assert rate.value == pytest.approx(expected["rate"])
    assert rate.method == expected["method"]


@pytest.mark.parametrize(("deaths", "method"), [(9, "Exact"), (10, "Byars")])
def test_phe_rate_changes_its_method_at_ten_deaths(deaths, method):
    assert phe_rate(deaths, 1000).method == method


@pytest.mark.golden("nchs_rse_ci")
def test_nchs_rate_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]

    rate = nchs_rate(inputs["deaths"], inputs["births"], per=inputs["per"])

    numbers = rate.value, rate.error_percent, rate.low, rate.high
    wanted = [expected[name] for name in ("rate", "rse_pct", "lower", "upper")]
    assert numbers == pytest.approx(wanted, rel=case["tol_rel"])
    assert rate.is_reliable is expected["reliable"]


@pytest.mark.parametrize(("deaths", "is_reliable"), [(19, False), (20, True)])
def test_nchs_rate_is_reliable_from_twenty_deaths(deaths, is_reliable):
    assert nchs_rate(deaths, 1000).is_reliable is is_reliable


def test_nchs_rate_without_deaths_has_no_relative_error():
    rate = nchs_rate(0, 300)
    assert (rate.error_percent, rate.low, rate.is_reliable) == (inf, 0, False)
    assert rate.high == pytest.approx(12.2962648470465)  # R: -log(.025) / 300 * 1000


@pytest.mark.golden("rule_of_three")
def test_no_deaths_agree_with_r(case):
    limits = no_deaths(case["inputs"]["births"])
    wanted = case["expected"]
    assert limits.one_sided == pytest.approx(wanted["upper95_one_sided_exact"])
    assert limits.two_sided == pytest.approx(wanted["upper95_two_sided_exact"])
    assert limits.rule_of_three == wanted["rule_of_three"]


@pytest.mark.parametrize("rate", [lambda births: phe_rate(3, births), no_deaths])
def test_without_births_there_is_no_rate(rate):
    assert rate(0) is None
    assert nchs_rate(3, 0) is None
