"""What holds of comparisons and verdicts whatever the counts."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.stats.comparisons import compare_rates, ratio_limits
from metrics.stats.strata import Strata
from metrics.stats.verdicts import Finding, State, judge_level, judge_reduction

BEST_TO_WORST = (
    (State.REACHED_STRONG, None),
    (State.REACHED_POINT, Finding.FALL_SHOWN),
    (State.REACHED_POINT, Finding.FALL_NOT_CERTAIN),
    (State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT),
    (State.NOT_REACHED, Finding.TARGET_RULED_OUT),
    (State.NOT_REACHED, Finding.NO_CLEAR_CHANGE),
    (State.NOT_REACHED, Finding.WORSE),
)

counts_with_deaths = st.tuples(*[st.integers(1, 10**6), st.integers(1, 10**8)] * 2)
any_counts = st.tuples(*[st.integers(0, 10**6), st.integers(1, 10**8)] * 2)
percents = st.integers(1, 100)
# Enough births now for 20 deaths to be expected, so that no gate is closed.
judged_counts = st.tuples(
    st.integers(0, 400), st.integers(500, 5000), st.integers(20, 400), st.integers(400, 500)
)


def rank(verdict):
    return BEST_TO_WORST.index((verdict.state, verdict.finding))


@given(any_counts, st.floats(0.5, 0.9999))
def test_interval_contains_its_ratio(counts, confidence):
    assume(counts[0] or counts[2])
    ratio = compare_rates(*counts, confidence=confidence)
    assert ratio.low <= ratio.ratio <= ratio.high
    assert 0 <= ratio.p_value <= 1


@given(any_counts, st.integers(2, 1000))
def test_interval_depends_on_the_births_of_both_periods_only_by_their_ratio(counts, times):
    deaths_now, births_now, deaths_base, births_base = counts
    scaled = ratio_limits(deaths_now, births_now * times, deaths_base, births_base * times)
    assert scaled == pytest.approx(ratio_limits(*counts), rel=1e-12)


@given(counts_with_deaths)
def test_comparison_read_the_other_way_round_is_one_over(counts):
    ratio, swapped = compare_rates(*counts), compare_rates(*counts[2:], *counts[:2])
    inverse = 1 / ratio.ratio, 1 / ratio.high, 1 / ratio.low
    assert (swapped.ratio, swapped.low, swapped.high) == pytest.approx(inverse, rel=1e-12)
    assert swapped.p_value == ratio.p_value


@given(judged_counts, percents, st.floats(1, 10))
def test_more_deaths_never_improve_a_verdict(counts, percent, dispersion):
    deaths_now, *others = counts
    few, more = (
        judge_reduction(own, *others, reduction_percent=percent, dispersion=dispersion)
        for own in (deaths_now, deaths_now + 1)
    )
    assert rank(few) <= rank(more)


@given(judged_counts, st.integers(1, 200))
def test_more_deaths_never_improve_a_verdict_on_a_level(counts, level):
    deaths_now, *others = counts
    few = judge_level(deaths_now, *others, level=level)
    more = judge_level(deaths_now + 1, *others, level=level)
    assert rank(few) <= rank(more)


@given(judged_counts, percents, st.floats(1, 10), st.floats(1, 5))
def test_more_dispersion_never_makes_strong_evidence_nor_a_finding(counts, percent, some, times):
    certain = {(State.REACHED_STRONG, None), (State.REACHED_POINT, Finding.FALL_SHOWN)}
    certain |= {(State.NOT_REACHED, own) for own in (Finding.WORSE, Finding.TARGET_RULED_OUT)}
    narrow, wide = (
        judge_reduction(*counts, reduction_percent=percent, dispersion=own)
        for own in (some, some * times)
    )
    if (wide.state, wide.finding) in certain - {(State.REACHED_POINT, Finding.FALL_SHOWN)}:
        assert (narrow.state, narrow.finding) == (wide.state, wide.finding)
    if (wide.state, wide.finding) in certain:
        assert (narrow.state, narrow.finding) in certain


@given(judged_counts, st.integers(1, 99))
def test_a_bolder_promise_never_improves_a_verdict(counts, percent):
    modest = judge_reduction(*counts, reduction_percent=percent)
    bolder = judge_reduction(*counts, reduction_percent=percent + 1)
    assert rank(modest) <= rank(bolder)


@given(judged_counts, percents, st.integers(2, 1000))
def test_verdict_depends_on_the_births_of_both_periods_only_by_their_ratio(counts, percent, times):
    deaths_now, births_now, deaths_base, births_base = counts
    scaled = deaths_now, births_now * times, deaths_base, births_base * times
    verdict = judge_reduction(*counts, reduction_percent=percent)
    assert rank(judge_reduction(*scaled, reduction_percent=percent)) == rank(verdict)


@given(judged_counts, percents, st.integers(1, 12))
def test_months_mixed_alike_leave_the_state_to_the_crude_ratio(counts, percent, months):
    """Exactly, in whole numbers: the same share of births in each month of both periods."""
    strata = Strata(*((own,) * months for own in counts))
    verdict = judge_reduction(*strata.totals, reduction_percent=percent, strata=strata)
    crude = judge_reduction(*strata.totals, reduction_percent=percent)
    is_met = {State.REACHED_STRONG, State.REACHED_POINT}
    assert (verdict.state in is_met) is (crude.state in is_met)
    if counts[0]:
        assert verdict.ratio.ratio == pytest.approx(crude.ratio.ratio)


@given(judged_counts, percents)
def test_a_verdict_says_reached_exactly_where_whole_numbers_do(counts, percent):
    verdict = judge_reduction(*counts, reduction_percent=percent)
    deaths_now, births_now, deaths_base, births_base = counts
    is_met = 100 * deaths_now * births_base <= (100 - percent) * deaths_base * births_now
    assert is_met is (verdict.state != State.NOT_REACHED)
