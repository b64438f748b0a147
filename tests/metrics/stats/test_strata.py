from fractions import Fraction
from math import exp, log
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.strata import Strata, heterogeneity, mantel_haenszel_ratio

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
two_periods = st.lists(
    st.tuples(*[st.integers(1, 200), st.integers(1, 10**5)] * 2), min_size=1, max_size=12
)


def strata_of(rows):
    return Strata(*(tuple(own) for own in zip(*rows, strict=True)))


@pytest.mark.golden("mantel_haenszel_rate_ratio")
def test_mantel_haenszel_ratio_agrees_with_metafor(case):
    strata = Strata(*(tuple(case["inputs"][name]) for name in COUNTS))

    own = mantel_haenszel_ratio(strata, confidence=case["inputs"]["conf"])

    apart = own.heterogeneity
    numbers = own.ratio, own.log_ratio, own.log_error, own.low, own.high, own.crude_ratio
    numbers += apart.chi_square, apart.df, apart.p_value
    assert numbers == pytest.approx(list(case["expected"].values()), rel=case["tol_rel"])


@given(two_periods, st.integers(1, 50))
def test_the_common_ratio_is_the_crude_one_where_every_month_has_the_same_mix(rows, times):
    rows = [(now, born * times, base, born) for now, born, base, _ in rows]
    own = mantel_haenszel_ratio(strata_of(rows))
    assert own.ratio == pytest.approx(own.crude_ratio)
    assert own.low < own.ratio < own.high


@given(two_periods)
def test_the_exact_sums_have_the_ratio_as_their_quotient(rows):
    strata = strata_of(rows)
    now, base = strata.weighted_deaths
    assert mantel_haenszel_ratio(strata).ratio == pytest.approx(float(now / base))


def test_strata_can_turn_a_fall_into_a_rise():
    # Each month's rate rose by a fifth; the mix moved to the month where few die.
    strata = Strata((36, 108), (300, 9000), (100, 10), (1000, 1000))
    own = mantel_haenszel_ratio(strata)
    assert own.crude_ratio < 1 < own.ratio
    assert own.ratio == pytest.approx(1.2)


@given(two_periods, st.floats(1, 30), st.floats(1, 30))
def test_more_dispersion_never_narrows_the_common_ratio(rows, dispersion, times):
    some, more = (
        mantel_haenszel_ratio(strata_of(rows), dispersion=own)
        for own in (dispersion, dispersion * times)
    )
    assert more.low <= some.low <= some.ratio <= some.high <= more.high


def test_growth_multiplies_the_births_and_deaths_now():
    strata, double = (Strata((5 * n, 9 * n), (100 * n, 90 * n), (7, 8), (100, 110)) for n in (1, 2))
    grown, own = mantel_haenszel_ratio(strata, growth=2), mantel_haenszel_ratio(double)
    assert (grown.low, grown.high) == pytest.approx((own.low, own.high))


def test_a_stratum_in_one_period_only_and_an_empty_one_tell_nothing():
    full = Strata((9, 12), (600, 800), (20, 25), (700, 900))
    more = Strata((9, 12, 0, 3), (600, 800, 0, 90), (20, 25, 0, 0), (700, 900, 0, 0))
    own, same = mantel_haenszel_ratio(full), mantel_haenszel_ratio(more)
    assert (own.ratio, own.low, own.high) == (same.ratio, same.low, same.high)
    assert own.heterogeneity == same.heterogeneity
    assert full.weighted_deaths == more.weighted_deaths


def test_strata_without_deaths_at_all_leave_the_test_of_heterogeneity():
    # metafor: rma.mh drops them (drop00) before it counts degrees of freedom.
    strata = Strata((9, 12, 0), (600, 800, 50), (20, 25, 0), (700, 900, 60))
    assert mantel_haenszel_ratio(strata).heterogeneity.df == 1


def test_one_stratum_cannot_differ():
    apart = mantel_haenszel_ratio(Strata((9,), (600,), (20,), (700,))).heterogeneity
    assert (apart.chi_square, apart.df, apart.p_value, apart.dispersion) == (0, 0, 1, None)


@pytest.mark.parametrize(
    "strata",
    [
        Strata((0, 0), (9, 9), (1, 2), (9, 9)),
        Strata((1, 2), (9, 9), (0, 0), (9, 9)),
        Strata((3, 0), (9, 0), (0, 2), (0, 9)),  # no month has births in both periods
        Strata((3, 0), (0, 9), (0, 2), (9, 0)),  # nor here, and the deaths stand without births
    ],
)
def test_there_is_no_common_ratio_without_deaths_in_both_periods(strata):
    assert mantel_haenszel_ratio(strata) is None


@pytest.mark.parametrize("counts", [((1,), (9,), (1,), (9, 9)), ((), (), (), ())])
def test_strata_are_refused_unless_every_list_has_them(counts):
    with pytest.raises(ValueError, match=r"strata. Give the same in each.$"):
        Strata(*counts)


def test_strata_refuse_what_is_not_a_count():
    with pytest.raises(ValueError, match=r"^births_base: -9 is not a count"):
        Strata((1,), (9,), (1,), (-9,))


def test_more_deaths_go_where_each_weighs_most():
    strata = Strata((5, 5, 5), (100, 50, 0), (9, 9, 9), (100, 100, 100))
    more = strata.with_more_deaths(4)
    assert more.deaths_now == (5, 9, 5)
    assert more.weighted_deaths[0] - strata.weighted_deaths[0] == Fraction(4 * 100, 150)


def test_probability_and_p_value_agree_with_the_interval():
    own = mantel_haenszel_ratio(Strata((9, 12), (600, 800), (20, 25), (700, 900)))
    assert own.probability_of_at_most(own.high) == pytest.approx(0.975)
    assert own.probability_of_at_most(own.ratio) == 0.5
    assert own.probability_of_at_most(0) == 0
    z = 0.62847397021751 / 0.264301488658314  # golden case D-mh-01
    assert own.p_value == pytest.approx(2 * NormalDist().cdf(-z))
    assert exp(log(own.low) + log(own.high)) == pytest.approx(own.ratio**2)


@pytest.mark.golden("heterogeneity_test")
def test_heterogeneity_agrees_with_r(case):
    apart = heterogeneity(case["inputs"]["deaths"], case["inputs"]["births"])
    numbers = apart.chi_square, apart.df, apart.p_value, apart.dispersion
    wanted = [case["expected"][name] for name in ("chisq", "df", "p", "dispersion")]
    assert numbers == pytest.approx(wanted, rel=case["tol_rel"])


@pytest.mark.parametrize(
    ("deaths", "births"),
    [([1, 2], [9]), ([0, 0], [9, 9]), ([1, 0], [9, 0]), (3, 9), ([3], [9]), ([], [])],
)
def test_heterogeneity_is_refused_where_groups_cannot_differ(deaths, births):
    with pytest.raises(ValueError, match=r"^deaths, births: groups differ only where"):
        heterogeneity(np.array(deaths), np.array(births))
