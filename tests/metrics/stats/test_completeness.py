from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.completeness import Completeness


def test_completeness_counts_what_is_missing():
    completeness = Completeness(received=33, expected=36)
    assert (completeness.missing, completeness.share) == (3, 33 / 36)


def test_completeness_has_no_share_where_nothing_was_expected():
    nothing = Completeness(received=0, expected=0)

    assert nothing.share is None
    assert nothing.missing == 0
    assert not nothing.meets(80)


@pytest.mark.parametrize(
    ("received", "expected", "percent", "meets"),
    [
        (4, 5, 80, True),
        (79, 100, 80, False),
        (29, 50, 58, True),  # in floats, 29 / 50 * 100 falls short of 58
        (2, 3, Decimal("66.6"), True),
        (2, 3, Decimal("66.7"), False),
        (0, 5, 0, True),
        (5, 5, 100, True),
    ],
)
def test_completeness_meets_a_percentage_in_whole_numbers(received, expected, percent, meets):
    assert Completeness(received, expected).meets(percent) is meets


@given(st.integers(1, 1000), st.integers(0, 100))
def test_completeness_of_every_report_meets_every_percentage(expected, percent):
    assert Completeness(expected, expected).meets(percent)


def test_completeness_refuses_more_than_was_expected():
    with pytest.raises(ValueError, match=r"^received: 13 is more than the 12 expected. Count only"):
        Completeness(13, 12)


@pytest.mark.parametrize("count", [-1, 0.5, True, None])
def test_completeness_refuses_what_is_not_a_count(count):
    with pytest.raises(ValueError, match=r"^received: .* is not a count"):
        Completeness(count, 12)
    with pytest.raises(ValueError, match=r"^expected: .* is not a count"):
        Completeness(0, count)


def test_completeness_refuses_an_inexact_percentage():
    with pytest.raises(ValueError, match=r"^percent: 66.7 is not exact"):
        Completeness(2, 3).meets(66.7)
