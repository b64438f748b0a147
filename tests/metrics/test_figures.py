"""How numbers are written."""

from decimal import Decimal

import pytest

from metrics.templatetags.figures import (
    chances,
    change,
    change_beside,
    count,
    decimals,
    ratio,
    share,
    signed,
    size,
)


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (3976 * 1000 / 348023, 3, "11.425"),  # published; cutting off would write 11.424
        (2060 * 1000 / 19571, 3, "105.258"),  # published
        (69.993, 1, "70.0"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (1234567.891, 2, "1,234,567.89"),
        (0, 1, "0.0"),
    ],
)
def test_decimals_are_rounded_half_up_not_cut_off(value, places, written):
    assert decimals(value, places) == written


@pytest.mark.parametrize(
    ("percent", "in_words", "with_sign"),
    [
        (-30.0, "30 % lower", "−30 %"),
        (2.29, "2 % higher", "+2 %"),
        (-52.4275, "52 % lower", "−52 %"),
        (-29.5, "30 % lower", "−30 %"),
        (0.4, "unchanged", "0 %"),
        (-0.4, "unchanged", "0 %"),
        (10_000.0, "10,000 % higher", "+10,000 %"),
        (7.6e14, "over 10,000 % higher", "over +10,000 %"),
        (float("inf"), "without limit", "∞"),
    ],
)
def test_change_is_said_in_words_and_with_its_sign(percent, in_words, with_sign):
    assert (change(percent), signed(percent)) == (in_words, with_sign)


@pytest.mark.parametrize(
    ("percent", "written"),
    [
        (-29.6, "29.6 % lower"),
        (-29.5238, "29.5 % lower"),  # 105 to 74 deaths on 1,500 births each
        (-29.96, "29.96 % lower"),
        (-30.0, "30 % lower"),
        (-30.4, "30 % lower"),
        (-29.4, "29 % lower"),
        (30.2, "30 % higher"),
    ],
)
def test_change_never_reads_like_a_promise_it_falls_short_of(percent, written):
    assert change_beside(percent, Decimal(30)) == written


def test_change_beside_a_promised_level_is_written_as_ever():
    assert change_beside(-29.6, None) == "30 % lower"


def test_size_of_a_change_has_no_direction():
    assert (size(-52.4), size(52.4)) == ("52 %", "52 %")


@pytest.mark.parametrize(
    ("part", "written"),
    [
        (None, "none expected"),
        (0, "0 %"),
        (0.001, "less than 1 %"),
        (0.29, "29 %"),
        (0.796, "79 %"),  # beside “80 % are needed” it must not read 80 %
        (0.999, "99 %"),
        (1, "100 %"),
    ],
)
def test_share_is_rounded_down(part, written):
    assert share(part) == written


@pytest.mark.parametrize(
    ("probability", "written"),
    [(0.0, "fewer than 1"), (0.004, "fewer than 1"), (0.5, "about 50"), (0.9999, "more than 99")],
)
def test_chances_claim_no_certainty(probability, written):
    assert chances(probability) == written


def test_count_that_was_not_made_is_a_dash_never_zero():
    assert (count(None), count(0), count(348023)) == ("–", "0", "348,023")


@pytest.mark.parametrize(
    ("value", "written"), [(0.695, "0.70"), (0.0, "0.00"), (12.345, "12.35"), (float("inf"), "∞")]
)
def test_ratio_has_two_decimals_or_no_limit(value, written):
    assert ratio(value) == written
