"""Exact tails over arrays, beside R's numbers and scipy's own distributions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson, skellam

from metrics.stats.oddities import Oddity, find_oddity
from metrics.stats.quality import chances
from metrics.stats.quality.oddities import find_oddities

counts, totals = st.integers(0, 40), st.integers(1, 1000)


def test_poisson_tails_agree_with_r():
    # R: ppois(9, 4, lower.tail = FALSE); ppois(0, 7)
    assert chances.as_many(10, 4) == pytest.approx(0.00813224279693386)
    assert chances.as_few(0, 7) == pytest.approx(0.000911881965554516)


def test_binomial_tails_agree_with_r():
    # R: binom.test(12, 24, 0.2, alternative = "greater")$p.value; pbinom(0, 18, 1/3)
    assert chances.share_as_many(12, 24, 0.2) == pytest.approx(0.0009779698322534)
    assert chances.share_as_few(0, 18, 1 / 3) == pytest.approx((2 / 3) ** 18)


@given(counts, st.floats(0.01, 60))
def test_poisson_tails_are_those_of_the_distribution(count, mean):
    assert chances.as_many(count, mean) == pytest.approx(poisson.sf(count - 1, mean), abs=1e-12)
    assert chances.as_few(count, mean) == pytest.approx(poisson.cdf(count, mean), abs=1e-12)


@given(counts, counts, st.floats(0.01, 0.99))
def test_binomial_tails_are_those_of_the_distribution(count, rest, share):
    total = count + rest
    many, few = binom.sf(count - 1, total, share), binom.cdf(count, total, share)
    assert chances.share_as_many(count, total, share) == pytest.approx(many, abs=1e-12)
    assert chances.share_as_few(count, total, share) == pytest.approx(few, abs=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.5, 3, 40, 400, 100_000])
def test_two_counts_are_the_same_as_often_as_their_difference_is_zero(mean):
    added_up = sum(poisson.pmf(k, mean) ** 2 for k in range(2000)) if mean < 1000 else None
    expected = added_up or (skellam.pmf(0, mean, mean) if mean < 1000 else 1 / 1120.998)
    assert chances.same_by_chance(mean) == pytest.approx(expected, rel=1e-5)


def test_chances_are_computed_for_the_candidates_alone():
    seen = []
    candidates = np.array([[True, False], [False, True]])
    found = chances.where_likely(
        candidates, lambda own: seen.extend(own) or own, [[0.1, 9], [9, 0.2]]
    )
    assert found.tolist() == [[0.1, 1.0], [1.0, 0.2]]
    assert seen == [0.1, 0.2]


SIGNS = {Oddity.MANY: 1, Oddity.FEW: -1, None: 0}


@given(counts, totals, counts, totals, st.sampled_from([1, 2, Fraction(3, 2)]))
def test_many_oddities_are_those_of_one_at_a_time(count, over, past, past_over, factor):
    found = find_oddities([count], over, past, past_over, factor=factor)
    assert found.tolist() == [SIGNS[find_oddity(count, over, past, past_over, factor=factor)]]


def test_nothing_is_odd_where_nothing_is_known():
    found = find_oddities([np.nan, 5, 5, 5], [1, 0, 1, 1], [9, 9, np.nan, 9], [1, 1, 1, 0])
    assert found.tolist() == [0, 0, 0, 0]


def test_months_that_vary_more_than_chance_take_more_to_be_odd():
    # 150 after 100 on average: 1.5 times, beyond chance alone, within four times as much.
    assert find_oddities(150, 1, 1200, 12).item() == 1
    assert find_oddities(150, 1, 1200, 12, dispersion=4.0).item() == 0
