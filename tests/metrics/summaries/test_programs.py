from datetime import date

import pytest

from metrics.models import MonthlyReport
from metrics.stats.verdicts import State
from metrics.summaries import Scope, summarise_program
from programs.models import Measure, Participation
from programs.periods import Period
from tests.factories import (
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
JUNE = date(2025, 6, 1)
SEEDS = range(6)


def summarise(program, **fields):
    return summarise_program(program, today=TODAY, **fields)


def counted(figures):
    """What a recount gives: deaths, births, reports; and how many were expected."""
    counts = figures.counts
    received, expected = figures.completeness.received, figures.completeness.expected
    assert received == counts.reports
    return (counts.deaths, counts.births, counts.reports), expected


def last_month_expected(recount):
    past = Period(date(2020, 1, 1), JUNE)
    return max(m for m in past if any(recount.expects(site, m) for site in recount.sites))


def recounted(recount, months, **fields):
    sites = fields.get("sites")
    return recount.counts(months, **fields), recount.expected(months, sites)


# --- Held against a slow recount -----------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_month_agrees_with_a_recount(seed):
    program = make_program(seed)
    summary, recount = summarise(program), Recount(program)
    assert [figures.month for figures in summary.series.months] == list(summary.span)
    assert summary.span.last <= JUNE
    for figures in summary.series.months:
        assert counted(figures) == recounted(recount, [figures.month])


@pytest.mark.parametrize("seed", SEEDS)
def test_target_agrees_with_a_recount(seed):
    program = make_program(seed)
    target = TargetFactory(program=program)
    summary, recount = summarise(program).target, Recount(program)
    assert counted(summary.baseline) == recounted(recount, list(target.baseline_period))
    assert counted(summary.evaluation) == recounted(recount, list(target.evaluation_period))
    assert (summary.sites, summary.sites_left_out) == (3, 0)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("seed", [0, 1])
def test_target_on_any_measure_agrees_with_a_recount(seed, measure):
    program = make_program(seed)
    target = TargetFactory(program=program, measure=measure)
    summary, recount = summarise(program), Recount(program)
    months = list(target.evaluation_period)
    assert (summary.measure, summary.per) == (measure, measure.usual_per)
    assert counted(summary.target.evaluation) == recounted(recount, months, measure=measure)
    for window in summary.series.rolling:
        assert counted(window) == recounted(recount, list(window.period), measure=measure)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_measures_agree_with_a_recount(seed):
    program = make_program(seed)
    target = TargetFactory(program=program)
    summary, recount = summarise(program), Recount(program)
    assert [own.measure for own in summary.measures] == list(Measure)
    for own in summary.measures:
        before, now = list(target.baseline_period), list(target.evaluation_period)
        assert counted(own.baseline) == recounted(recount, before, measure=own.measure)
        assert counted(own.evaluation) == recounted(recount, now, measure=own.measure)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_twelve_months_agree_with_a_recount(seed):
    program = make_program(seed)
    summary, recount = summarise(program), Recount(program)
    ends = list(summary.span)[11:]
    assert [window.period for window in summary.series.rolling] == [
        Period.ending(end) for end in ends
    ]
    for window in summary.series.rolling:
        assert counted(window) == recounted(recount, list(window.period))
    assert summary.series.latest == summary.series.rolling[-1]


@pytest.mark.parametrize("first_month", [1, 4, 7])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_year_agrees_with_a_recount(seed, first_month):
    program = make_program(seed, year_first_month=first_month)
    summary, recount = summarise(program), Recount(program)
    assert (
        sum(year.counts.births for year in summary.series.years) == recount.counts(summary.span)[1]
    )
    for year in summary.series.years:
        assert (year.period.first.month, len(year.period)) == (first_month, 12)
        assert counted(year) == recounted(recount, [m for m in year.period if m <= JUNE])


@pytest.mark.parametrize("seed", SEEDS)
def test_sites_table_agrees_with_a_recount(seed):
    program = make_program(seed)
    summary, recount = summarise(program), Recount(program, role=None)
    recent = list(Period.ending(last_month_expected(recount)))
    assert len(summary.sites) == 4
    for line in summary.sites:
        own = [r for r in recount.reports if r.site_id == line.site.pk and r.month <= JUNE]
        assert counted(line.recent) == recounted(recount, recent, sites=[line.site.pk])
        assert line.last_report == max(r.month for r in own if r.status != "draft")
        assert line.missing == line.expected - len([r for r in recount.official() if r in own])


@pytest.mark.parametrize("seed", SEEDS)
def test_chosen_period_agrees_with_a_recount(seed):
    program = make_program(seed)
    period = Period(date(2023, 3, 1), date(2023, 8, 1))
    summary, recount = summarise(program, scope=Scope(period=period)), Recount(program)
    assert summary.shown.period.period == period
    assert counted(summary.shown.period) == recounted(recount, list(period))


@pytest.mark.parametrize("seed", SEEDS)
def test_only_approved_reports_count_where_the_program_asks_for_approval(seed):
    program = make_program(seed, approval_required=True)
    TargetFactory(program=program)
    summary, recount = summarise(program), Recount(program)
    months = [month for month in summary.span if month <= JUNE]
    assert summary.series.months[0].counts.reports <= 3
    assert sum(own.counts.deaths for own in summary.series.months) == recount.counts(months)[0]
    waiting = [r for r in recount.reports if r.status == "submitted" and r.month in months]
    assert summary.waiting == len(waiting) > 0


def test_nothing_waits_where_no_approval_is_required():
    assert summarise(make_program(0)).waiting == 0


# --- What counts and what does not ---------------------------------------------------------


def make_simple(*, months, sites=1, target=True, deaths=5, births=100, **fields):
    """A program each of whose sites reports the same in each of these months."""
    program = ProgramFactory(**fields)
    for _ in range(sites):
        site = ParticipationFactory(program=program).site
        report(site, months, deaths=deaths, births=births)
    if target:
        TargetFactory(program=program)
    return program


def report(site, months, deaths=5, births=100, **fields):
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=site, month=month, live_births=births, infant_deaths=deaths, **fields
        )
        for month in months
    )


EVERY_MONTH = Period(date(2023, 1, 1), JUNE)


@pytest.mark.parametrize("status", ["draft", "returned", "reopened"])
def test_report_that_is_not_submitted_does_not_count(status):
    program = make_simple(months=Period(date(2024, 7, 1), date(2024, 8, 1)))
    MonthlyReport.objects.filter(month=date(2024, 7, 1)).update(status=status)
    evaluation = summarise(program).target.evaluation
    assert counted(evaluation) == ((5, 100, 1), 12)


def test_comparison_sites_are_listed_and_never_added():
    program = make_simple(months=EVERY_MONTH)
    other = ParticipationFactory(program=program, role=Participation.Role.COMPARISON).site
    report(other, EVERY_MONTH, deaths=50)
    summary = summarise(program)
    assert summary.target.evaluation.counts.deaths == 60
    assert summary.series.latest.counts.deaths == 60
    assert {line.role: line.recent.counts.deaths for line in summary.sites} == {
        "program": 60,
        "comparison": 600,
    }


def test_program_of_comparison_sites_alone_has_no_figures():
    program = make_simple(months=EVERY_MONTH)
    program.participations.update(role=Participation.Role.COMPARISON)
    summary = summarise(program)
    assert (summary.span, summary.series.latest, summary.series.months) == (None, None, [])
    assert summary.target.verdict.state is State.NO_VERDICT
    assert len(summary.sites) == 1


def test_site_shared_by_two_programs_counts_once_in_each():
    program = make_simple(months=EVERY_MONTH)
    later = ParticipationFactory(site=program.sites.get(), first_month=date(2025, 1, 1)).program
    assert summarise(program).series.latest.counts.births == 1200
    assert sum(own.counts.births for own in summarise(later).series.months) == 600


def test_report_of_the_month_that_is_not_over_does_not_count_yet():
    program = make_simple(months=[*EVERY_MONTH, date(2025, 7, 1)])
    summary = summarise(program)
    assert summary.series.months[-1].month == JUNE
    assert summary.series.latest.period.last == JUNE


def test_report_in_which_deaths_were_not_counted_leaves_both_sides():
    program = make_simple(months=EVERY_MONTH)
    MonthlyReport.objects.filter(month=JUNE).update(infant_deaths=None)
    assert counted(summarise(program).series.latest) == ((55, 1100, 11), 12)


def test_months_in_which_a_site_was_closed_are_not_expected():
    site = SiteFactory(spells=[(date(2020, 1, 1), date(2024, 12, 1)), (date(2025, 3, 1), None)])
    program = ParticipationFactory(site=site).program
    report(site, EVERY_MONTH)
    assert counted(summarise(program).series.latest) == ((50, 1000, 10), 10)


def test_site_that_was_never_open_while_it_took_part_is_expected_of_nothing():
    program = make_simple(months=EVERY_MONTH)
    closed = SiteFactory(spells=[(date(2020, 1, 1), date(2022, 12, 1))])
    ParticipationFactory(program=program, site=closed)
    summary = summarise(program)
    assert counted(summary.series.latest) == ((60, 1200, 12), 12)
    assert sorted((line.expected, line.missing) for line in summary.sites) == [(0, 0), (30, 0)]


def test_member_of_some_sites_sees_these_listed_and_all_of_them_added():
    program = make_simple(months=EVERY_MONTH, sites=3)
    shown = program.sites.first()
    summary = summarise(program, shown_sites={shown.pk})
    assert [line.site for line in summary.sites] == [shown]
    assert summary.series.latest.counts.births == 3600


# --- Nothing is not zero -------------------------------------------------------------------


def test_program_without_target_rates_infant_mortality():
    summary = summarise(make_simple(months=EVERY_MONTH, target=False))
    assert (summary.target, summary.measures) == (None, [])
    assert (summary.measure, summary.per) == (Measure.INFANT, 1000)
    assert summary.series.latest.rate.value == 50


def test_program_without_sites_has_no_figures():
    summary = summarise(TargetFactory().program)
    assert (summary.span, summary.series.rolling, summary.series.years, summary.sites) == (
        None,
        [],
        [],
        [],
    )
    assert summary.target.verdict.state is State.NO_VERDICT
    assert summary.target.promised_rate is None


def test_program_without_reports_expects_them_and_has_no_rate():
    summary = summarise(make_simple(months=[]))
    assert {figures.rate for figures in summary.series.months} == {None}
    assert counted(summary.series.latest) == ((0, 0, 0), 12)
    assert (summary.sites[0].last_report, summary.sites[0].missing) == (None, 30)


def test_no_births_give_no_rate_and_never_zero():
    program = make_simple(months=EVERY_MONTH, births=0, deaths=0)
    summary = summarise(program)
    assert summary.series.latest.rate is None
    assert counted(summary.series.latest) == ((0, 0, 12), 12)
    assert summary.sites[0].recent.rate is None
    assert {own.ratio for own in summary.measures} == {None}


def test_program_that_has_not_begun_has_no_figures():
    program = ParticipationFactory(first_month=date(2026, 1, 1)).program
    TargetFactory(program=program)
    summary = summarise(program, scope=Scope(period=Period(JUNE, JUNE)))
    assert (summary.span, summary.series.months) == (None, [])
    assert summary.shown.period.rate is None
    assert summary.sites[0].expected == 0


def test_less_than_twelve_months_have_no_twelve_month_rate():
    program = make_simple(months=EVERY_MONTH)
    program.participations.update(first_month=date(2024, 8, 1))
    summary = summarise(program)
    assert (len(summary.series.months), summary.series.rolling, summary.series.latest) == (
        11,
        [],
        None,
    )


# --- Years and partial months --------------------------------------------------------------


def test_years_from_april_are_named_after_both_years():
    program = make_simple(months=EVERY_MONTH, year_first_month=4)
    years = summarise(program).series.years
    assert [(year.label, year.months, year.is_partial) for year in years] == [
        *(("2022-23", 3, True), ("2023-24", 12, False)),
        *(("2024-25", 12, False), ("2025-26", 3, True)),
    ]


def test_calendar_years_are_named_after_themselves():
    years = summarise(make_simple(months=EVERY_MONTH)).series.years
    assert [(year.label, year.months) for year in years] == [
        ("2023", 12),
        ("2024", 12),
        ("2025", 6),
    ]


def test_year_across_the_century_is_named_after_both():
    program = make_simple(months=[], year_first_month=4)
    program.participations.update(first_month=date(1999, 4, 1))
    program.sites.get().spells.update(first_month=date(1999, 4, 1))
    assert summarise(program).series.years[0].label == "1999-00"


@pytest.mark.parametrize(("births", "partial"), [(20, True), (70, False)])
def test_last_month_with_far_fewer_births_looks_partial(births, partial):
    program = make_simple(months=EVERY_MONTH)
    MonthlyReport.objects.filter(month=JUNE).update(live_births=births)
    summary = summarise(program)
    marked = [figures.month for figures in summary.series.months if figures.is_partial]
    assert marked == ([JUNE] if partial else [])
    assert summary.series.years[-1].is_partial
    assert summary.series.latest.counts.births == 1100 + births


def test_month_without_reports_is_missing_and_not_partial():
    program = make_simple(months=Period(date(2023, 1, 1), date(2025, 5, 1)))
    last = summarise(program).series.months[-1]
    assert (last.month, last.is_partial, last.completeness.share) == (JUNE, False, 0)


def test_interventions_come_in_the_order_in_which_they_began():
    program = make_simple(months=[])
    for month in (9, 2, 5):
        InterventionFactory(program=program, first_month=date(2024, month, 1))
    assert [own.first_month.month for own in summarise(program).interventions] == [2, 5, 9]
