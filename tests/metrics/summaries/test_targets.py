from datetime import date
from decimal import Decimal

import pytest

from metrics.models import MonthlyReport
from metrics.stats.bands import Band
from metrics.stats.verdicts import Finding, Problem, State
from metrics.summaries import summarise_program
from programs.periods import Period, shift_month
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)
from tests.metrics.recount import make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
BASELINE = Period(date(2023, 1, 1), date(2023, 12, 1))
EVALUATION = Period(date(2024, 7, 1), date(2025, 6, 1))


def summarise(program, today=TODAY):
    return summarise_program(program, today=today).target


def add_site(program, before=(), now=(), **fields):
    """A site that reports these deaths of 100 births, month by month, from January 2023 and
    from July 2024."""
    site = ParticipationFactory(program=program, **fields).site
    for first, counts in ((BASELINE.first, before), (EVALUATION.first, now)):
        for number, deaths in enumerate(counts):
            month = shift_month(first, number)
            MonthlyReportFactory(site=site, month=month, infant_deaths=deaths)
    return site


# --- The verdict ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "state", "finding"),
    [
        (70, 30, State.REACHED_STRONG, None),
        (10, 7, State.REACHED_POINT, Finding.FALL_SHOWN),
        (4, 2, State.REACHED_POINT, Finding.FALL_SHOWN),
        (10, 9, State.NOT_REACHED, Finding.NO_CLEAR_CHANGE),
        (5, 9, State.NOT_REACHED, Finding.WORSE),
        (1, 0, State.TOO_LITTLE, None),
    ],
)
def test_verdict_is_that_of_the_counts(before, now, state, finding):
    program = TargetFactory().program
    add_site(program, [before] * 12, [now] * 12)
    verdict = summarise(program).verdict
    assert (verdict.state, verdict.finding) == (state, finding)
    assert (verdict.baseline.deaths, verdict.current.deaths) == (12 * before, 12 * now)


def test_exactly_thirty_percent_is_reached():
    program = TargetFactory().program
    add_site(program, [10] * 12, [7] * 12)
    summary = summarise(program)
    assert summary.verdict.state is State.REACHED_POINT
    assert summary.promised_rate == pytest.approx(70)


def test_target_may_be_a_level():
    target = TargetFactory(reduction_percent=None, level=Decimal("70.00"))
    add_site(target.program, [10] * 12, [7] * 12)
    summary = summarise(target.program)
    assert (summary.verdict.state, summary.promised_rate) == (State.REACHED_POINT, 70.0)


def test_incomplete_evaluation_gives_no_verdict():
    program = TargetFactory(min_completeness=80).program
    add_site(program, [10] * 12, [7] * 9)
    verdict = summarise(program).verdict
    assert verdict.state is State.NO_VERDICT
    assert verdict.problems == (Problem.INCOMPLETE_EVALUATION,)


def test_completeness_asked_for_is_that_of_the_contract():
    program = TargetFactory(min_completeness=75).program
    add_site(program, [10] * 12, [7] * 9)
    assert summarise(program).verdict.state is State.REACHED_POINT


def test_confidence_is_that_of_the_contract():
    target = TargetFactory(confidence=Decimal("80.0"))
    add_site(target.program, [10] * 12, [6] * 12)
    summary = summarise(target.program)
    assert summary.evaluation.rate.confidence == summary.verdict.ratio.confidence == 0.8


def test_latest_version_is_judged():
    target = TargetFactory(reduction_percent=10)
    newer = TargetFactory(program=target.program, reduction_percent=60, version=2, reason="x")
    add_site(target.program, [10] * 12, [7] * 12)
    summary = summarise(target.program)
    assert (summary.target, summary.verdict.state) == (newer, State.NOT_REACHED)


def test_band_is_that_of_infant_mortality_by_the_programs_own_thresholds():
    program = ProgramFactory(band_low=20, band_high=60)
    TargetFactory(program=program)
    add_site(program, [10] * 12, [9] * 12)
    band = summarise(program).band
    assert (band.band, band.certain) == (Band.CRISIS, True)


def test_other_measures_have_no_band():
    program = TargetFactory(measure="maternal").program
    add_site(program, [10] * 12, [9] * 12)
    assert summarise(program).band is None


# --- Until when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "months", "provisional"),
    [
        (date(2025, 7, 1), 12, False),
        (date(2025, 6, 30), 11, True),
        (date(2025, 1, 31), 6, True),
        (date(2024, 8, 1), 1, True),
    ],
)
def test_evaluation_that_still_runs_is_provisional(today, months, provisional):
    program = TargetFactory().program
    add_site(program, [10] * 12, [7] * months)
    summary = summarise(program, today=today)
    assert summary.is_provisional is provisional
    assert len(summary.evaluation.period) == months
    assert summary.evaluation.completeness.expected == months
    if provisional:
        assert (summary.verdict.state, summary.verdict.problems) == (
            State.TOO_LITTLE,
            (Problem.FEW_MONTHS,) if months > 2 else summary.verdict.problems,
        )


def test_evaluation_that_has_not_begun_expects_nothing():
    program = TargetFactory().program
    add_site(program, [10] * 12)
    summary = summarise(program, today=date(2024, 7, 31))
    assert summary.evaluation.period == EVALUATION
    assert summary.evaluation.completeness.expected == 0
    assert summary.verdict.state is State.NO_VERDICT
    assert summarise_program(program, today=date(2024, 7, 31)).measures == []


def test_evaluation_is_over_when_its_months_are_even_where_no_site_takes_part_to_the_end():
    program = TargetFactory().program
    add_site(program, [10] * 12, [7] * 6, last_month=date(2024, 12, 1))
    assert summarise(program, today=date(2025, 6, 30)).is_provisional
    assert not summarise(program, today=date(2025, 7, 1)).is_provisional


# --- Which sites ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "deaths", "sites", "left_out", "expected"),
    [("all", (240, 204), 3, 0, 36), ("both", (120, 84), 1, 2, 12)],
)
def test_sites_rule_chooses_whose_counts_are_judged(rule, deaths, sites, left_out, expected):
    program = TargetFactory(sites_rule=rule).program
    add_site(program, [10] * 12, [7] * 12)
    add_site(program, before=[10] * 12)
    add_site(program, now=[10] * 12)
    own = summarise(program)
    assert (own.baseline.counts.deaths, own.evaluation.counts.deaths) == deaths
    assert (own.sites, own.sites_left_out) == (sites, left_out)
    assert own.evaluation.completeness.expected == expected


def test_site_that_never_counted_the_measure_is_left_out_of_both():
    program = TargetFactory(sites_rule="both").program
    add_site(program, [10] * 12, [7] * 12)
    add_site(program, [None] * 12, [7] * 12)
    assert summarise(program).sites == 1


@pytest.mark.parametrize("seed", range(2))
def test_order_in_which_reports_came_in_makes_no_difference(seed):
    program = make_program(seed)
    TargetFactory(program=program)
    before = summarise_program(program, today=TODAY)
    reports = list(MonthlyReport.objects.order_by("live_births", "-month"))
    MonthlyReport.objects.all().delete()
    MonthlyReport.objects.bulk_create(reports)
    assert summarise_program(program, today=TODAY) == before
