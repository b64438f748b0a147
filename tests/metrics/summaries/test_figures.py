"""What holds of sums and expectations whatever the counts. No database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.expected import Expected
from metrics.summaries.figures import (
    Rating,
    add_up,
    figures_of,
    month_figures,
    period_figures,
    rolling_figures,
    year_figures,
)
from programs.periods import Period, shift_month

FIRST = date(2022, 1, 1)

counts = st.integers(0, 400).flatmap(
    lambda births: st.builds(Counts, st.integers(0, 40), st.just(births), st.integers(1, 5))
)
by_month = st.dictionaries(
    st.integers(0, 35).map(lambda number: shift_month(FIRST, number)), counts, max_size=36
)
spans = st.builds(
    lambda start, length: Period.starting(shift_month(FIRST, start), length),
    st.integers(0, 40),
    st.integers(1, 20),
)


def months_of(by_month, months=36):
    expected = dict.fromkeys(Period.starting(FIRST, months), 5)
    return month_figures(by_month, expected, Rating())


@given(st.lists(counts, max_size=8), st.randoms(use_true_random=False))
def test_summing_in_any_order_gives_the_same(several, chance):
    mixed = chance.sample(several, len(several))
    assert sum(mixed, NOTHING) == sum(several, NOTHING)


@given(by_month, st.integers(0, 34))
def test_period_split_in_two_has_the_same_totals(by_month, cut):
    months, whole = months_of(by_month), Period.starting(FIRST, 36)
    halves = whole.split_after(shift_month(FIRST, cut))
    own = period_figures(whole, months, Rating())
    first, second = (period_figures(half, months, Rating()) for half in halves)
    assert first.counts + second.counts == own.counts
    assert first.completeness.expected + second.completeness.expected == own.completeness.expected


@given(by_month)
def test_years_add_up_to_the_months(by_month):
    months = months_of(by_month)
    for first_month in (1, 4, 12):
        years = year_figures(months, Rating(), first_month)
        assert add_up(years) == add_up(months)
        assert sum(year.months for year in years) == 36


@given(by_month)
def test_rates_made_together_are_those_made_one_by_one(by_month):
    months = months_of(by_month)
    for figures in [*months, *rolling_figures(months, Rating())]:
        alone = figures_of(figures.period, figures.counts, 60, Rating())
        assert figures.rate == alone.rate
        assert (figures.rate is None) == (figures.counts.births == 0)


@given(by_month, st.integers(1, 30))
def test_every_expected_month_is_there_reported_or_not(by_month, length):
    months = months_of(by_month, length)
    assert [figures.month for figures in months] == [shift_month(FIRST, n) for n in range(length)]
    assert len(rolling_figures(months, Rating())) == max(0, length - 11)


@pytest.mark.parametrize("few", range(6))
def test_at_most_the_last_three_months_look_partial(few):
    births = [100] * (24 - few) + [5] * few
    by_month = {shift_month(FIRST, n): Counts(0, own, 1) for n, own in enumerate(births)}
    partial = [figures.month for figures in months_of(by_month, 24) if figures.is_partial]
    assert partial == [shift_month(FIRST, n) for n in range(24 - min(few, 3), 24)]


def test_fewer_reports_do_not_make_a_month_partial():
    """Five reports a month of 100 births each, then one of 100: late, not partial."""
    by_month = {shift_month(FIRST, n): Counts(0, 500, 5) for n in range(12)}
    by_month[shift_month(FIRST, 12)] = Counts(0, 100, 1)
    assert not any(figures.is_partial for figures in months_of(by_month, 13))


# --- What is expected ------------------------------------------------------------------------


@given(st.dictionaries(st.integers(1, 4), st.lists(spans, max_size=3).map(tuple)), spans)
def test_expected_reports_agree_with_a_recount(periods, asked):
    disjoint = {site: _without_overlap(own) for site, own in periods.items()}
    expected = Expected(disjoint)
    recount = [
        (site, month)
        for site, own in disjoint.items()
        for month in asked
        if any(month in period for period in own)
    ]
    assert expected.in_period(asked) == len(recount)
    assert expected.in_period(asked, [1, 9]) == len([site for site, _ in recount if site == 1])


@given(st.dictionaries(st.integers(1, 4), st.lists(spans, max_size=3).map(tuple)))
def test_expected_months_agree_with_a_recount(periods):
    expected = Expected({site: _without_overlap(own) for site, own in periods.items()})
    by_month = expected.by_month()
    assert list(by_month) == list(expected.span or ())
    assert by_month == {month: expected.in_period(Period(month, month)) for month in by_month}


def _without_overlap(periods):
    kept = []
    for period in periods:
        if not any(period.intersection(other) for other in kept):
            kept.append(period)
    return tuple(kept)
