from decimal import Decimal
from fractions import Fraction
from math import exp, factorial, fsum, inf, log, log1p, nan, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.rates import (
    exact_fraction,
    mortality_rate,
    poisson_limits,
    probability_of_level,
    rate_credible_interval,
    rate_limits,
)

CONFIDENCES = [0.5, 0.9, 0.95, 0.998, 0.9999, 0.999999999]


@pytest.mark.golden("rate_ci_exact")
def test_mortality_rate_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    options = {"per": inputs["per"], "confidence": inputs["conf"]}

    rate = mortality_rate(inputs["deaths"], inputs["births"], **options)

    limits = (expected["rate"], expected["lower"], expected["upper"])
    assert (rate.value, rate.low, rate.high) == pytest.approx(limits, rel=case["tol_rel"])


@pytest.mark.golden("maternal_mortality_ratio")
def test_mortality_rate_counts_maternal_deaths_per_100000(case):
    inputs, expected = case["inputs"], case["expected"]

    rate = mortality_rate(inputs["maternal_deaths"], inputs["live_births"], per=inputs["per"])

    limits = (expected["rate"], expected["lower"], expected["upper"])
    assert (rate.value, rate.low, rate.high) == pytest.approx(limits, rel=case["tol_rel"])


@pytest.mark.golden("rule_of_three")
def test_no_deaths_leave_an_upper_limit(case):
    births, expected = case["inputs"]["births"], case["expected"]

    two_sided = mortality_rate(0, births)
    one_sided = mortality_rate(0, births, confidence=0.90)

    assert (two_sided.value, two_sided.low) == (0, 0)
    assert two_sided.high == pytest.approx(expected["upper95_two_sided_exact"])
    assert one_sided.high == pytest.approx(expected["upper95_one_sided_exact"])
    assert one_sided.high == pytest.approx(expected["rule_of_three"], rel=0.002)


@pytest.mark.golden("rate_ci_phe")
def test_rate_limits_agree_with_public_health_england(case):
    inputs, expected = case["inputs"], case["expected"]
    # From 10 deaths on they use Byar's approximation: 0.2 % off at 95 %, 1 % at 99.8 %.
    tolerance = case["tol_rel"] if expected["method"] == "Exact" else 0.01

    for confidence, name in [(0.95, "95"), (0.998, "998")]:
        limits = rate_limits(
            inputs["deaths"], inputs["births"], per=inputs["per"], confidence=confidence
        )
        published = expected["rate"], expected[f"lower{name}"], expected[f"upper{name}"]
        assert limits == pytest.approx(published, rel=tolerance)


@pytest.mark.golden("mean_of_monthly_proportions")
def test_mortality_rate_pools_counts_and_does_not_average_months(case):
    rate = mortality_rate(2060, 19571)  # Semmelweis, first clinic, 76 months summed

    assert rate.value == pytest.approx(case["expected"]["pooled_before_per_1000"])
    assert rate.value != pytest.approx(1000 * case["expected"]["mean_before"], rel=1e-3)


def test_mortality_rate_carries_its_evidence():
    rate = mortality_rate(15, 400, confidence=0.9)

    assert (rate.deaths, rate.births, rate.per, rate.confidence) == (15, 400, 1000, 0.9)


@pytest.mark.parametrize("deaths", [0, 3])
def test_mortality_rate_is_none_without_births(deaths):
    assert mortality_rate(deaths, 0) is None


def test_mortality_rate_may_exceed_one_death_a_birth():
    assert mortality_rate(3, 2).value == 1500


@pytest.mark.parametrize("count", [-1, 2.5, 3.0, True, "3", None, nan, inf])
def test_mortality_rate_refuses_what_is_not_a_count(count):
    with pytest.raises(ValueError, match=r"^deaths: .* is not a count. Give a whole number from"):
        mortality_rate(count, 100)
    with pytest.raises(ValueError, match=r"^births: .* is not a count. Give a whole number from"):
        mortality_rate(1, count)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95, nan])
def test_mortality_rate_refuses_an_impossible_confidence(confidence):
    with pytest.raises(ValueError, match=f"confidence: {confidence} is not between 0 and 1"):
        mortality_rate(1, 100, confidence=confidence)


def test_rate_limits_of_ten_thousand_sites_are_those_of_each():
    deaths, births = np.arange(10_000) % 97, 1 + np.arange(10_000) % 1013

    value, low, high = rate_limits(deaths, births)

    assert value.shape == low.shape == high.shape == (10_000,)
    for site in range(0, 10_000, 501):
        rate = mortality_rate(int(deaths[site]), int(births[site]))
        assert (value[site], low[site], high[site]) == (rate.value, rate.low, rate.high)


def test_rate_limits_are_nan_without_births_and_only_there():
    limits = np.array(rate_limits([0, 3, 3], [0, 0, 100]))
    assert np.isnan(limits).tolist() == [[True, True, False]] * 3


def test_rate_limits_refuse_negative_counts():
    with pytest.raises(ValueError, match=r"^deaths: -2 is negative. Counts start at 0.$"):
        rate_limits([1, -2], [100, 100])
    with pytest.raises(ValueError, match=r"^births: -100 is negative. Counts start at 0.$"):
        rate_limits([1, 2], [100, -100])


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_poisson_limits_match_the_closed_forms_of_few_deaths(confidence):
    tail = (1 - confidence) / 2

    low, high = poisson_limits([0, 1], confidence)

    assert low.tolist() == pytest.approx([0, -log1p(-tail)], rel=1e-12)
    assert high[0] == pytest.approx(-log(tail), rel=1e-12)
    assert exp(-high[1]) * (1 + high[1]) == pytest.approx(tail, rel=1e-9)  # P(X <= 1)


@pytest.mark.parametrize("confidence", CONFIDENCES[:-1])
def test_poisson_limits_of_ten_million_deaths_match_their_expansion(confidence):
    deaths, z = 10_000_000, NormalDist().inv_cdf((1 + confidence) / 2)

    low, high = poisson_limits(deaths, confidence)

    # Cornish and Fisher (1938) for a gamma quantile; the next term is below 1e-6 deaths.
    assert low == pytest.approx(gamma_quantile(deaths, -z), rel=1e-11)
    assert high == pytest.approx(gamma_quantile(deaths + 1, z), rel=1e-11)


def gamma_quantile(shape, z):
    return shape + z * sqrt(shape) + (z**2 - 1) / 3 + (z**3 - 7 * z) / (36 * sqrt(shape))


def test_poisson_limits_take_counts_that_are_not_whole():
    # A gamma of shape 1/2 is half a squared standard normal.
    assert poisson_limits(0.5)[0] == pytest.approx(NormalDist().inv_cdf(0.5125) ** 2 / 2)


@given(st.integers(1, 60), st.sampled_from(CONFIDENCES[:4]))
def test_poisson_limits_leave_out_the_same_tail_on_each_side(deaths, confidence):
    low, high = poisson_limits(deaths, confidence)

    tail = pytest.approx((1 - confidence) / 2, rel=1e-8)
    assert 1 - chance_of_at_most(deaths - 1, low) == tail
    assert chance_of_at_most(deaths, high) == tail


def chance_of_at_most(deaths, mean):
    """Return the Poisson chance, summed term by term."""
    return fsum(exp(-mean) * mean**count / factorial(count) for count in range(deaths + 1))


@given(st.integers(0, 10**7), st.integers(1, 10**9), st.sampled_from(CONFIDENCES))
def test_interval_contains_its_rate_and_more_deaths_raise_it(deaths, births, confidence):
    rate = mortality_rate(deaths, births, confidence=confidence)
    worse = mortality_rate(deaths + 1, births, confidence=confidence)

    assert rate.low <= rate.value < rate.high
    assert rate.low < worse.low
    assert rate.high < worse.high


@pytest.mark.golden("bayes_rate_interval")
def test_probability_of_level_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    names = ("prior_shape", "prior_rate", "per")
    options = {name: inputs[name] for name in names}

    for name, probability in [("lower", 0.025), ("median", 0.5), ("upper", 0.975)]:
        computed = probability_of_level(
            inputs["deaths"], inputs["births"], expected[name], **options
        )
        assert computed == pytest.approx(probability, rel=case["tol_rel"])


@pytest.mark.parametrize(("deaths", "births"), [(0, 0), (-1, 100)])
def test_probability_of_level_needs_counts(deaths, births):
    with pytest.raises(ValueError, match=f"needs births, but got deaths={deaths}, births={births}"):
        probability_of_level(deaths, births, 5)


def test_exact_fraction_keeps_a_decimal_as_it_was_written():
    assert exact_fraction("level", Decimal("5.4")) == Fraction(54, 10)


def test_exact_fraction_refuses_a_float():
    with pytest.raises(ValueError, match=r'^level: 5.4 is not exact. .* Decimal\("5.4"\).$'):
        exact_fraction("level", 5.4)


@pytest.mark.golden("bayes_rate_interval")
def test_rate_credible_interval_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    prior = {name: inputs[name] for name in ("prior_shape", "prior_rate")}

    rate = rate_credible_interval(
        inputs["deaths"], inputs["births"], per=inputs["per"], confidence=inputs["conf"], **prior
    )

    numbers = rate.mean, rate.low, rate.median, rate.high
    wanted = [expected[name] for name in ("mean", "lower", "median", "upper")]
    assert numbers == pytest.approx(wanted, rel=case["tol_rel"])


@pytest.mark.parametrize("counts", [(3, 0), (-1, 100)])
def test_rate_credible_interval_needs_births(counts):
    with pytest.raises(ValueError, match=r"^A credible rate needs births"):
        rate_credible_interval(*counts)


@pytest.mark.parametrize("prior", [(-1, 0), (0.5, -1), (nan, 0), (0.5, nan)])
def test_a_prior_must_add_something(prior):
    with pytest.raises(ValueError, match=r"^A prior of .+ is none. Give more than 0 deaths"):
        rate_credible_interval(3, 100, prior_shape=prior[0], prior_rate=prior[1])


@given(st.integers(0, 10**6), st.integers(1, 10**8), st.floats(1, 30), st.floats(1, 5))
def test_more_dispersion_never_narrows_a_rate(deaths, births, dispersion, times):
    some, more = (
        mortality_rate(deaths, births, dispersion=own) for own in (dispersion, dispersion * times)
    )
    assert more.low <= some.low * (1 + 1e-9)
    assert more.high >= some.high * (1 - 1e-9)
    assert (more.value, some.dispersion) == (some.value, dispersion)


def test_dispersion_gives_the_interval_of_so_many_times_fewer_deaths_and_births():
    wide, small = mortality_rate(70, 1000, dispersion=7), mortality_rate(10, 1000)
    assert (wide.low, wide.high) == pytest.approx((7 * small.low, 7 * small.high))


def test_a_prior_of_no_deaths_needs_some_that_were_counted():
    assert rate_credible_interval(3, 100, prior_shape=0).mean == 30
    with pytest.raises(ValueError, match=r"^A prior of 0 deaths and 0.0 births is none"):
        rate_credible_interval(0, 100, prior_shape=0)
