from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.bands import Band, read_band
from metrics.stats.rates import mortality_rate


@pytest.mark.parametrize(
    ("deaths", "births", "band"),
    [
        (0, 1, Band.EXCELLENT),
        (4_999, 1_000_000, Band.EXCELLENT),
        (5_000, 1_000_000, Band.MODERATE),  # exactly 5
        (10_000, 1_000_000, Band.MODERATE),  # exactly 10
        (10_001, 1_000_000, Band.CRISIS),
        (49, 1000, Band.CRISIS),
        (3, 2, Band.CRISIS),
    ],
)
def test_band_is_read_from_whole_numbers(deaths, births, band):
    assert read_band(deaths, births).band is band


def test_band_labels_are_those_of_the_indicator():
    assert [band.label for band in Band] == [
        "excellent healthcare access and maternal support",
        "moderate concern, potential for targeted interventions",
        "significant health crisis, urgent action",
    ]


def test_band_thresholds_can_be_set_with_decimals():
    reading = read_band(54, 10_000, low=Decimal("2.5"), high=Decimal("5.4"))
    assert reading.band is Band.MODERATE


@pytest.mark.parametrize(
    ("deaths", "births", "certain"),
    [
        (0, 100, False),  # chance allows 36.9
        (0, 800, True),  # at most 4.6: -1000 * log(0.025) / 800
        (49, 1000, True),  # R: poisson.test(49, 1000): 36.3 to 64.8
        (7, 1000, False),
        (7_000, 1_000_000, True),
        (5_000, 1_000_000, False),  # on the threshold itself
    ],
)
def test_band_is_certain_where_chance_cannot_reach_another(deaths, births, certain):
    assert read_band(deaths, births).certain is certain


@given(st.integers(0, 500), st.integers(1, 100_000))
def test_certain_band_holds_its_whole_interval(deaths, births):
    reading, rate = read_band(deaths, births), mortality_rate(deaths, births)
    bounds = {Band.EXCELLENT: (0, 5), Band.MODERATE: (5, 10), Band.CRISIS: (10, 10**6)}
    lowest, highest = bounds[reading.band]

    assert lowest <= Fraction(1000 * deaths, births) <= highest
    assert reading.certain is (lowest <= rate.low and rate.high <= highest)


def test_band_of_a_lower_confidence_is_sooner_certain():
    assert not read_band(4, 2000).certain
    assert read_band(4, 2000, confidence=0.5).certain


def test_band_is_none_without_births():
    assert read_band(0, 0) is None


@pytest.mark.parametrize(("low", "high"), [(10, 5), (5, 5)])
def test_band_refuses_thresholds_out_of_order(low, high):
    with pytest.raises(ValueError, match=f"^low: {low} is not below high: {high}"):
        read_band(1, 100, low=low, high=high)


def test_band_refuses_an_inexact_threshold():
    with pytest.raises(ValueError, match=r"^high: 5.4 is not exact"):
        read_band(1, 100, low=2, high=5.4)


def test_band_refuses_what_is_not_a_count():
    with pytest.raises(ValueError, match=r"^deaths: -1 is not a count"):
        read_band(-1, 100)
