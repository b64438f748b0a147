from math import comb, exp, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.stats.power import (
    MOST_BIRTHS,
    births_needed_by_formula,
    births_to_show,
    exact_power,
    power_curve,
)


@pytest.mark.golden("power_exact")
def test_exact_power_agrees_with_r(case):
    inputs = case["inputs"]
    power = exact_power(
        inputs["births_now"],
        inputs["births_base"],
        inputs["baseline_rate_per_1000"] / 1000,
        inputs["true_rr"],
        null_ratio=inputs["null_rr"],
        alpha=inputs["alpha_one_sided"],
    )
    assert float(power) == pytest.approx(case["expected"]["power"], rel=case["tol_rel"])


@settings(max_examples=30)
@given(
    st.floats(0.1, 12), st.floats(0.1, 12), st.floats(0, 2), st.floats(0.2, 2),
    st.sampled_from([0.025, 0.3]),
)  # fmt: skip
def test_exact_power_is_that_of_a_slow_recount(births_now, births_base, ratio, null, alpha):
    power = exact_power(births_now, births_base, 0.9, ratio, null_ratio=null, alpha=alpha)
    slow = recount_power(
        0.9 * births_now * ratio, 0.9 * births_base, births_now, births_base, null, alpha
    )
    assert float(power) == pytest.approx(slow, abs=1e-9)


def recount_power(now, base, births_now, births_base, null, alpha):
    """Add up every pair of counts at which the exact test says lower."""
    share = births_now * null / (births_now * null + births_base)
    total = 0.0
    for all_deaths in range(100):
        chance = exp(-now - base) * (now + base) ** all_deaths
        for divisor in range(1, all_deaths + 1):
            chance /= divisor
        as_few = 0.0
        for deaths in range(all_deaths + 1):
            ways = comb(all_deaths, deaths)
            as_few += ways * share**deaths * (1 - share) ** (all_deaths - deaths)
            if as_few > alpha:
                break
            true = now / (now + base)
            total += chance * ways * true**deaths * (1 - true) ** (all_deaths - deaths)
    return total


def test_exact_power_is_at_most_alpha_where_nothing_changed():
    for births in (100, 1000, 10_000):
        assert float(exact_power(births, births, 0.07, 1)) <= 0.025


def test_power_curve_is_the_exact_power_of_each_reduction():
    curve = power_curve(1000, 1000, 0.07, reductions=(0, 0.3, 1))
    # R: golden cases D-power-03 and D-power-01
    assert [power for _, power in curve] == pytest.approx(
        [0.0205688547963139, 0.450999613692477, 1]
    )
    assert [share for share, _ in power_curve(1000, 1000, 0.07)][:3] == [0, 0.05, 0.1]


def test_exact_power_of_a_nation_is_certain_and_quick():
    assert float(exact_power(4_000_000, 4_000_000, 0.006, 0.7)) == pytest.approx(1)


def test_dispersion_takes_power():
    plain, widened = (exact_power(2000, 2000, 0.07, 0.7, dispersion=own) for own in (1, 3))
    assert widened < plain
    assert float(widened) == pytest.approx(float(exact_power(2000 / 3, 2000 / 3, 0.07, 0.7)))


@pytest.mark.golden("births_needed_log_rr")
def test_births_needed_by_formula_agree_with_r(case):
    inputs = case["inputs"]
    births = births_needed_by_formula(
        inputs["baseline_rate_per_1000"] / 1000,
        inputs["true_rr"],
        null_ratio=inputs["null_rr"],
        alpha=inputs["alpha_one_sided"],
        power=inputs["power"],
        base_to_now=inputs["ratio_base_to_now"],
    )
    wanted = case["expected"]["births_now"], case["expected"]["births_base"]
    assert births == pytest.approx(wanted, rel=case["tol_rel"])


def test_no_number_of_births_shows_exactly_the_target():
    assert births_needed_by_formula(0.07, 0.7, null_ratio=0.7) == (inf, inf)
    assert births_to_show(0.07, 0.7, null_ratio=0.7) is None
    assert births_to_show(0.07, 0.7, null_ratio=0.699) is None


PUBLISHED = [  # true ratio, ratio to rule out, births for a power of 80 % and of 90 %
    (0.7, 1, 2195, 2908),
    (0.7, 0.9, 4385, 5820),
    (0.7, 0.85, 7314, 9717),
    (0.7, 0.8, 15392, 20511),
    (0.6, 0.7, 12653, 16821),
    (0.55, 0.7, 5453, 7237),
    (0.5, 0.7, 2973, 3931),
    (0.4, 0.7, 1234, 1614),
]


@pytest.mark.parametrize(("ratio", "null", "births_80", "births_90"), PUBLISHED)
def test_births_to_show_are_the_fewest_and_within_0_06_percent_of_the_table(
    ratio, null, births_80, births_90
):
    # The table's search stopped at a relative precision: up to 7 births more than are needed.
    for power, published in ((0.8, births_80), (0.9, births_90)):
        births = births_to_show(0.07, ratio, null_ratio=null, power=power)
        chances = [
            float(exact_power(n, n, 0.07, ratio, null_ratio=null)) for n in (births - 1, births)
        ]
        assert 0 <= published - births <= 0.0006 * published
        assert chances[0] < power <= chances[1]


@pytest.mark.parametrize(
    ("rate", "births_80", "births_90"),
    [(5, 30732, 40719), (10, 15365, 20359), (20, 7683, 10179), (30, 5124, 6785), (50, 3074, 4071),
     (100, 1537, 2036)],
)  # fmt: skip
def test_a_fall_of_30_percent_takes_about_154_baseline_deaths(rate, births_80, births_90):
    for power, published in ((0.8, births_80), (0.9, births_90)):
        births = births_to_show(rate / 1000, 0.7, power=power)
        assert births == pytest.approx(published, rel=0.0006)
    assert births_to_show(rate / 1000, 0.7) * rate / 1000 == pytest.approx(154, abs=0.5)


def test_a_shorter_baseline_takes_more_births_after():
    # 12 months before, 18 after: 2 738 births after and 1 825 before, and 3 626 with 2 417.
    for power, published in ((0.8, 2738), (0.9, 3626)):
        births = births_to_show(0.07, 0.7, power=power, base_to_now=12 / 18)
        assert births == pytest.approx(published, rel=0.001)


def test_births_to_show_are_none_beyond_those_of_the_world():
    assert births_to_show(1e-6, 0.9) is None
    assert births_to_show(1e-6, 0.1, base_to_now=MOST_BIRTHS) is None


@pytest.mark.parametrize(
    ("births", "rate", "null", "alpha", "error"),
    [
        ((0, 9), 0.07, 1, 0.025, r"^births: a plan needs more than 0 in both periods"),
        ((9, 10**9), 0.07, 1, 0.025, r"^births: a plan needs more than 0 in both periods"),
        ((9, 9), 0, 1, 0.025, r"^A plan needs a baseline rate and a ratio above 0"),
        ((9, 9), inf, 1, 0.025, r"^A plan needs a baseline rate and a ratio above 0"),
        ((9, 9), 0.07, 0, 0.025, r"^A plan needs a baseline rate and a ratio above 0"),
        ((9, 9), 0.07, 1, 1, r"^A plan needs a baseline rate and a ratio above 0"),
        ((10**8, 10**8), 0.9, 1, 0.025, r"^A plan is for at most 20,000,000 deaths"),
    ],
)
def test_exact_power_refuses_what_cannot_be_planned(births, rate, null, alpha, error):
    with pytest.raises(ValueError, match=error):
        exact_power(*births, rate, 0.7, null_ratio=null, alpha=alpha)


@pytest.mark.parametrize("ratio", [-0.1, float("nan")])
def test_exact_power_refuses_what_is_no_ratio(ratio):
    with pytest.raises(ValueError, match=r"^true_ratio: .+ is not a ratio. Give 0 or more"):
        exact_power(9, 9, 0.07, [0.7, ratio])


@pytest.mark.parametrize(("ratio", "power"), [(0, 0.8), (0.7, 0.025), (0.7, 1)])
def test_the_formula_refuses_what_it_cannot_answer(ratio, power):
    with pytest.raises(ValueError, match=r"must be above 0, and power: .+ between alpha and 1"):
        births_needed_by_formula(0.07, ratio, power=power)
