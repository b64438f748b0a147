"""Parts of a whole, compared without rounding."""

from decimal import Decimal

import pytest

from metrics.stats.shares import Share


def test_share_is_part_of_whole_and_none_of_nothing():
    assert Share(1, 4).share == 0.25
    assert Share(0, 0).share is None


@pytest.mark.parametrize(
    ("part", "whole", "above", "below"),
    [(51, 100, True, False), (50, 100, False, False), (49, 100, False, True)],
)
def test_share_is_compared_in_whole_numbers(part, whole, above, below):
    assert (Share(part, whole).is_above(50), Share(part, whole).is_below(50)) == (above, below)


def test_share_that_is_above_by_one_is_above():
    assert Share(333_000_000_001, 1_000_000_000_000).is_above(Decimal("33.3"))
    assert not Share(333_000_000_000, 1_000_000_000_000).is_above(Decimal("33.3"))


def test_nothing_is_neither_above_nor_below():
    assert not Share(0, 0).is_above(0)
    assert not Share(0, 0).is_below(100)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(3, 2, "part: 3 is more than the whole of 2"), (-1, 2, "part: -1"), (1, 2.0, "whole: 2.0")],
)
def test_share_of_what_cannot_be_is_refused(part, whole, said):
    with pytest.raises(ValueError, match=said):
        Share(part, whole)
