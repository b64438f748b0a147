from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.oddities import ODDITY_CONFIDENCE, Oddity, find_oddity

small = st.integers(0, 30)
exposures = st.integers(1, 1000)


def tail(count, total, share):
    """The chance of `count` or more of `total`, added up term by term in fractions."""
    return sum(
        comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1)
    )


def recount(count, exposure, past_count, past_exposure):
    """Whether so large, or so small, a share of both counts has a chance below 1 in 1,000."""
    total, share = count + past_count, Fraction(exposure, exposure + past_exposure)
    limit = (1 - Fraction(str(ODDITY_CONFIDENCE))) / 2
    if count and tail(count, total, share) < limit:
        return Oddity.MANY
    if past_count and tail(past_count, total, 1 - share) < limit:
        return Oddity.FEW
    return None


@given(small, exposures, small, exposures)
def test_find_oddity_agrees_with_the_exact_binomial_tail(count, exposure, past, past_exposure):
    found = find_oddity(count, exposure, past, past_exposure)
    assert found == recount(count, exposure, past, past_exposure)


@pytest.mark.parametrize(
    ("count", "past_count", "expected"),
    [(6, 12, None), (7, 12, Oddity.MANY), (0, 86, None), (0, 87, Oddity.FEW)],
)
def test_find_oddity_beside_a_year_of_months(count, past_count, expected):
    """The edge, from tails of the binomial with share 1/13 added up in fractions."""
    found = find_oddity(count, 1, past_count, 12)
    assert found == recount(count, 1, past_count, 12)
    assert found == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(200, None), (201, Oddity.MANY), (50, None), (49, Oddity.FEW), (100, None)],
)
def test_factor_asks_for_more_than_so_many_times(count, expected):
    assert find_oddity(count, 1, 1200, 12, factor=2) == expected


def test_factor_alone_makes_nothing_odd():
    assert find_oddity(3, 1, 12, 12, factor=2) is None


@pytest.mark.parametrize(("exposure", "past_exposure"), [(0, 12), (1, 0), (-1, 12)])
def test_find_oddity_needs_something_counted_over(exposure, past_exposure):
    with pytest.raises(ValueError, match="exposures must be > 0"):
        find_oddity(1, exposure, 1, past_exposure)


@given(small, exposures, small, exposures)
def test_larger_factor_never_finds_more(count, exposure, past, past_exposure):
    plain = find_oddity(count, exposure, past, past_exposure)
    assert find_oddity(count, exposure, past, past_exposure, factor=2) in (plain, None)
