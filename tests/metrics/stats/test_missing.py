import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.comparisons import ratio_limits
from metrics.stats.completeness import Completeness
from metrics.stats.decisions import Finding, State
from metrics.stats.evidence import Evidence
from metrics.stats.missing import tipping_point
from metrics.stats.promises import Level, Reduction
from metrics.stats.strata import Strata
from metrics.stats.verdicts import judge, read_state

judged_counts = st.tuples(
    st.integers(0, 400), st.integers(500, 5000), st.integers(20, 400), st.integers(400, 500)
)


def test_exactly_on_the_target_one_more_death_tips_it():
    tips = tipping_point(Evidence(140, 2000, 200, 2000), Reduction(30))
    assert (tips.extra_deaths, tips.now[0]) == (1, State.REACHED_POINT)
    assert tips.then == (State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT)


def test_strong_evidence_holds_until_the_upper_limit_passes_the_target():
    uppers = [ratio_limits(30 + more, 1000, 70, 1000)[1] for more in (0, 1, 2)]
    assert uppers[1] <= 0.7 < uppers[2]
    tips = tipping_point(Evidence(30, 1000, 70, 1000), Reduction(30))
    assert (tips.extra_deaths, tips.then) == (2, (State.REACHED_POINT, Finding.FALL_SHOWN))


@given(judged_counts, st.integers(1, 99), st.floats(1, 5))
def test_with_one_fewer_the_state_stays(counts, percent, dispersion):
    evidence, promise = Evidence(*counts, dispersion=dispersion), Reduction(percent)
    tips = tipping_point(evidence, promise)
    if tips.extra_deaths is None:
        assert tips.now[0] in (State.NOT_REACHED, State.TOO_LITTLE, State.NO_VERDICT)
        return
    before, then = (
        read_state(evidence.with_more_deaths(tips.extra_deaths - less), promise) for less in (1, 0)
    )
    assert before[0] == tips.now[0] == judge(evidence, promise).state
    assert then[0] != tips.now[0]
    assert then == tips.then


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(66, 1000, 70, 1000),  # not reached, whatever is missing
        Evidence(3, 120, 9, 118),  # too little data, however many died since
        Evidence(49, 1000, 70, 1000, unresolved_checks=1),
        Evidence(101, 100, 70, 1000),  # more deaths than births already
    ],
)
def test_nothing_tips_where_no_number_of_deaths_changes_the_state(evidence):
    tips = tipping_point(evidence, Reduction(30))
    assert (tips.extra_deaths, tips.then) == (None, None)


def test_missing_reports_would_hold_deaths_like_the_others():
    evidence = Evidence(30, 1000, 70, 1000, completeness_now=Completeness(100, 120))
    tips = tipping_point(evidence, Reduction(30))
    assert (tips.missing_reports, tips.deaths_in_missing) == (20, 6)
    assert tips.is_within_missing


def test_complete_reports_leave_nothing_to_tip_it():
    evidence = Evidence(30, 1000, 70, 1000, completeness_now=Completeness(120, 120))
    tips = tipping_point(evidence, Reduction(30))
    assert (tips.missing_reports, tips.deaths_in_missing, tips.is_within_missing) == (0, 0, False)


@pytest.mark.parametrize("known", [None, Completeness(0, 5)])
def test_what_is_missing_is_unknown_without_reports(known):
    tips = tipping_point(Evidence(30, 1000, 70, 1000, completeness_now=known), Reduction(30))
    assert (tips.missing_reports, tips.deaths_in_missing, tips.is_within_missing) == (
        None, None, False,
    )  # fmt: skip


def test_a_level_tips_too():
    tips = tipping_point(Evidence(54, 10_000, 70, 10_000), Level(6))
    assert (tips.extra_deaths, tips.now[0]) == (7, State.REACHED_POINT)


def test_in_strata_the_deaths_go_where_each_weighs_most():
    strata = Strata((40, 100), (1000, 1000), (100, 100), (500, 1500))
    evidence = Evidence(140, 2000, 200, 2000, strata=strata)
    promise = Reduction(10)
    tips = tipping_point(evidence, promise)
    more = evidence.with_more_deaths(tips.extra_deaths)
    assert more.strata.deaths_now == (40, 100 + tips.extra_deaths)
    assert read_state(more, promise) == tips.then
