"""Odd months and jumps of many sites at once, beside each month asked alone, slowly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from metrics.stats.oddities import find_oddity
from metrics.stats.quality.jumps import find_jumps
from metrics.stats.quality.oddities import find_oddities
from metrics.stats.quality.outliers import find_outliers
from tests.metrics.quality_panels import make_panel

SAME, NEAR = (-36, -24, -12, 12, 24, 36), tuple(own for own in range(-6, 7) if own)
SIGNS = {"many": 1, "few": -1, None: 0}
MEDIAN = 0.454936423119572  # R: qchisq(0.5, 1)


def draw_births(seed, sites=8, months=60):
    """Sites of all sizes that vary more than chance; wild months, new levels, gaps."""
    rng = np.random.default_rng(seed)
    mean = np.outer(4 + rng.gamma(1, 80, sites), np.ones(months))
    for site in range(0, sites, 2):
        mean[site, rng.integers(12, 48) :] *= rng.choice([0.3, 3])
    is_wild = rng.random(mean.shape) < 0.04
    wild = np.where(is_wild, rng.choice([0, 0.1, 2.5, 12], mean.shape), 1)
    wild[1::4, 30:33] = 5, 0.1, 5
    births = rng.poisson(mean * wild * rng.gamma(60, 1 / 60, mean.shape)).astype(float)
    births[rng.random(mean.shape) < 0.05] = np.nan
    return births


# --- Odd months -----------------------------------------------------------------------------


def side_of(count, past, over, spread=1.0, factor=1.5):
    """1 or -1 where a month's count is odd beside so many others, from the tail itself."""
    own, total, share = count / spread, (count + past) / spread, 1 / (1 + over)
    if count * over > past * factor:
        return int(beta.cdf(share, own, total - own + 1) < 0.001)
    if count * over * factor < past:
        return -int(beta.sf(share, own + 1, total - own) < 0.001)
    return 0


@given(
    st.integers(0, 300), st.integers(0, 3000), st.integers(1, 12),
    st.floats(1, 20), st.sampled_from([Fraction(3, 2), Fraction(10)]),
)  # fmt: skip
def test_what_is_odd_is_what_its_tail_says(count, past, over, spread, factor):
    found = find_oddities(count, 1, past, over, factor=factor, dispersion=spread)
    assert found.item() == side_of(count, past, over, spread, float(factor))


def test_none_at_all_is_odd_from_ten_on():
    # R: pbinom(0, c(9, 10), 0.5) is 0.001953125 and 0.0009765625
    assert find_oddities(0, 1, [9, 10], 1).tolist() == [0, -1]


def beside(births, month, lags, left_out):
    """The other months that are held against one, as far as they were reported."""
    others = {month + lag for lag in lags} & {*range(len(births))} - left_out
    return [births[own] for own in others if not np.isnan(births[own])]


def spread_of(births, left_out):
    squares = []
    for month, count in enumerate(births):
        around = beside(births, month, NEAR, left_out)
        if around and sum(around) and month not in left_out and not np.isnan(count):
            mean = sum(around) / len(around)
            squares.append((count - mean) ** 2 / (mean * (1 + 1 / len(around))))
    return max(1, np.median(squares) / MEDIAN) if len(squares) >= 12 else 1


def odd_months(births, left_out):
    """Each month whose births all say are odd that it can be held against: month -> side."""
    spread, odd = spread_of(births, left_out), {}
    for month in np.flatnonzero(~np.isnan(births)).tolist():
        lags = (SAME, NEAR[:6], NEAR[6:])
        held = [beside(births, month, own, left_out) for own in lags]
        if len(held[0]) < 2 and len(held[1]) + len(held[2]) < 6:
            continue
        asked = [own for own, least in zip(held, (2, 3, 3), strict=True) if len(own) >= least]
        given = [(births[month], sum(own), len(own)) for own in asked]
        sides = {side_of(*own, spread) or side_of(*own, factor=10) for own in given}
        if sides in ({1}, {-1}):
            odd[month] = sides.pop()
    return odd


def is_wild(births, month, side):
    around = np.sort(beside(births, month, (*NEAR, 0), set()))
    usual = around[len(around) // 2]
    return births[month] > 1.5 * usual if side == 1 else births[month] * 1.5 < usual


@pytest.mark.parametrize("seed", range(4))
def test_odd_months_are_those_of_one_asked_at_a_time(seed):
    births = draw_births(seed)
    expected = set()
    for site, own in enumerate(births):
        wild = {
            month for month, side in odd_months(own, set()).items() if is_wild(own, month, side)
        }
        expected |= {(site, month, side) for month, side in odd_months(own, wild).items()}
    found = find_outliers(make_panel(*({"live_births": own} for own in births)))[0]
    assert len(expected) > 5
    assert {(own.site, *own.months, 1 if own.values["many"] else -1) for own in found} == expected


# --- Jumps ----------------------------------------------------------------------------------


def jumps_of(births):
    """The months from which on one site's births are at another level, asked one at a time."""
    months, free = np.flatnonzero(~np.isnan(births)).tolist(), 0
    for start in range(len(months) - 8):
        past = births[months[start : start + 6]].astype(int).tolist()
        pasts = [(sum(past), 6), (sum(past) - max(past) - min(past), 4)]
        recent = births[months[start + 6 : start + 9]].astype(int).tolist()
        factor = Fraction(4, 3)
        odd = {find_oddity(own, 1, *each, factor=factor) for own in recent for each in pasts}
        if start >= free and odd in ({"many"}, {"few"}):
            free = start + 6
            yield months[start + 6], sum(past), sum(recent)


@pytest.mark.parametrize("seed", range(4))
def test_jumps_are_those_of_one_window_asked_at_a_time(seed):
    births = draw_births(seed)
    expected = [(site, *own) for site in range(len(births)) for own in jumps_of(births[site])]
    assert len(expected) > 2
    assert [(own.site, own.month, own.past, own.recent) for own in find_jumps(births)] == expected
