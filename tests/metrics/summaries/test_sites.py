from datetime import date

import pytest

from metrics.summaries import MonthState, summarise_site
from programs.models import Measure, Participation
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
)
from tests.metrics.recount import deaths_and_births, make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
JUNE = date(2025, 6, 1)
OFFICIAL = ("submitted", "approved")


def join(site=None, **fields):
    return ParticipationFactory(**{"first_month": date(2025, 1, 1), "site": site} | fields)


def summarise(site, today=TODAY, measure=None):
    participations = list(Participation.objects.filter(site=site).select_related("program"))
    return summarise_site(site, participations, today=today, measure=measure)


def states(site, **fields):
    """The state of each month, oldest first."""
    return [own.state for own in summarise(site, **fields).months[::-1]]


@pytest.fixture
def site():
    return join(SiteFactory()).site


# --- What became of each month -------------------------------------------------------------


def test_reported_zero_and_missing_are_three_things(site):
    MonthlyReportFactory(site=site, month=date(2025, 1, 1))
    MonthlyReportFactory(site=site, month=date(2025, 2, 1), live_births=0, infant_deaths=0)
    MonthlyReportFactory(site=site, month=date(2025, 3, 1), status="draft")
    assert states(site) == [
        *(MonthState.REPORTED, MonthState.ZERO_BIRTHS, MonthState.DRAFT),
        *[MonthState.MISSING] * 3,
    ]


@pytest.mark.parametrize("status", ["returned", "reopened"])
def test_report_to_be_corrected_does_not_pass_for_reported(site, status):
    MonthlyReportFactory(site=site, month=JUNE, status=status)
    summary = summarise(site)
    assert (summary.months[0].state, summary.months[0].rate) == (MonthState.RETURNED, None)
    assert summary.next_due == JUNE


def test_closed_months_are_not_missing():
    spells = [(date(2020, 1, 1), date(2025, 2, 1)), (date(2025, 5, 1), None)]
    site = join(SiteFactory(spells=spells)).site
    assert states(site) == [
        *[MonthState.MISSING] * 2,
        *[MonthState.CLOSED] * 2,
        *[MonthState.MISSING] * 2,
    ]
    assert summarise(site).missing == 4


def test_months_outside_the_programs_are_not_expected():
    site = join(SiteFactory(), last_month=date(2025, 2, 1)).site
    join(site, first_month=date(2025, 5, 1))
    assert states(site)[2:4] == [MonthState.NOT_EXPECTED] * 2


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2025, 7, 1), MonthState.DUE),
        (date(2025, 7, 20), MonthState.DUE),
        (date(2025, 7, 21), MonthState.MISSING),
    ],
)
def test_month_is_due_until_the_programs_day(today, state):
    site = join(SiteFactory(), program__report_due_day=20).site
    assert states(site, today=today)[-1] == state


def test_program_that_the_site_has_left_says_nothing_of_when_a_month_is_due():
    site = join(SiteFactory(), program__report_due_day=20).site
    join(site, first_month=date(2024, 1, 1), last_month=date(2025, 1, 1), program__report_due_day=1)
    assert states(site)[-1] == MonthState.DUE


def test_month_looks_partial_where_births_are_far_fewer(site):
    for month in Period(date(2025, 1, 1), JUNE):
        MonthlyReportFactory(site=site, month=month, live_births=8 if month == JUNE else 100)
    assert states(site) == [*[MonthState.REPORTED] * 5, MonthState.PARTIAL]


def test_report_of_the_month_that_is_not_over_is_shown(site):
    MonthlyReportFactory(site=site, month=date(2025, 7, 1))
    assert summarise(site).months[0].month == date(2025, 7, 1)
    assert states(site)[-1] == MonthState.REPORTED


def test_report_from_before_the_program_is_shown(site):
    MonthlyReportFactory(site=site, month=date(2024, 11, 1))
    assert states(site)[:2] == [MonthState.REPORTED, MonthState.NOT_EXPECTED]


def test_next_month_to_report_is_the_latest_that_is_open(site):
    for month in (1, 2, 4, 6):
        MonthlyReportFactory(site=site, month=date(2025, month, 1))
    assert summarise(site).next_due == date(2025, 5, 1)
    for month in (3, 5):
        MonthlyReportFactory(site=site, month=date(2025, month, 1))
    assert summarise(site).next_due is None


def test_every_state_has_its_words():
    assert len({state.label for state in MonthState}) == len(MonthState) == 9


# --- Nothing -------------------------------------------------------------------------------


def test_site_without_months_has_none():
    for site in (SiteFactory(), join(SiteFactory(), first_month=date(2026, 1, 1)).site):
        summary = summarise(site)
        assert (summary.months, summary.recent, summary.next_due) == ([], [], None)
        assert summary.missing == 0


def test_no_births_or_no_deaths_counted_give_no_rate(site):
    MonthlyReportFactory(site=site, month=date(2025, 1, 1), live_births=0, infant_deaths=0)
    MonthlyReportFactory(site=site, month=date(2025, 2, 1), infant_deaths=None)
    MonthlyReportFactory(site=site, month=date(2025, 3, 1), status="draft")
    assert {own.rate for own in summarise(site).months} == {None}


# --- Rates ---------------------------------------------------------------------------------


def test_rate_of_a_month_is_that_month_alone(site):
    for month in Period(date(2025, 1, 1), JUNE):
        MonthlyReportFactory(site=site, month=month, infant_deaths=month.month)
    summary = summarise(site)
    assert [own.rate.value for own in summary.months] == [60, 50, 40, 30, 20, 10]
    assert {own.report.site_id for own in summary.months} == {site.pk}


def recount_recent(site, measure):
    """Deaths, births and reports of the 12 months up to the last report, one by one."""
    stored = list(site.monthly_reports.all())
    period = Period.ending(max(report.month for report in stored))
    official = [r for r in stored if r.status in OFFICIAL and r.month in period]
    pairs = [pair for r in official if (pair := deaths_and_births(r, measure))]
    return period, sum(d for d, _ in pairs), sum(b for _, b in pairs), len(pairs)


@pytest.mark.parametrize("seed", range(3))
def test_last_twelve_months_agree_with_a_recount(seed):
    for site in make_program(seed).sites.all():
        summary = summarise(site)
        assert [own.measure for own in summary.recent] == list(Measure)
        for own in summary.recent:
            period, counts = own.figures.period, own.figures.counts
            shown = period, counts.deaths, counts.births, counts.reports
            assert shown == recount_recent(site, own.measure)
            assert own.figures.completeness.received == counts.reports


def test_measure_that_was_never_counted_is_not_rated(site):
    MonthlyReportFactory(site=site, month=JUNE)
    [own] = summarise(site).recent
    assert (own.measure, own.figures.rate.value) == (Measure.INFANT, 50)
    assert (own.figures.completeness.received, own.figures.completeness.expected) == (1, 6)


def test_maternal_deaths_are_rated_per_hundred_thousand(site):
    MonthlyReportFactory(site=site, month=JUNE, maternal_deaths=1)
    assert [own.figures.rate.per for own in summarise(site).recent] == [1000, 100_000]


def test_interventions_are_those_of_the_readers_programs_at_this_site(site):
    program = site.programs.get()
    here, everywhere = InterventionFactory(program=program), InterventionFactory(program=program)
    here.sites.set([site, SiteFactory()])
    InterventionFactory(program=program).sites.set([SiteFactory()])
    InterventionFactory(program=ProgramFactory())
    assert set(summarise(site).interventions) == {here, everywhere}


# --- Over time -----------------------------------------------------------------------------


def recount_months(site, measure, months):
    """Deaths, births and reports of one site's months that are over, one by one."""
    counted = [r for r in site.monthly_reports.all() if r.status in OFFICIAL and r.month in months]
    pairs = [pair for r in counted if (pair := deaths_and_births(r, measure))]
    return sum(d for d, _ in pairs), sum(b for _, b in pairs), len(pairs)


def recount_asked(site, months):
    """How many reports are expected in these months, or came unexpected."""
    takes_part = [p.period for p in site.participations.all()]
    stored = {report.month for report in site.monthly_reports.all()}
    return sum(
        month in stored
        or (any(month in p for p in takes_part) and any(month in s for s in site.operation))
        for month in months
        if month <= JUNE
    )


@pytest.mark.parametrize("measure", [Measure.INFANT, Measure.STILLBIRTH])
@pytest.mark.parametrize("seed", range(2))
def test_rates_over_time_agree_with_a_recount(seed, measure):
    for site in make_program(seed).sites.all():
        series = summarise(site, measure=measure).series
        assert len(series.rolling) > 5
        assert series.months[-1].month <= JUNE
        for figures in [*series.rolling, *series.years]:
            months = [month for month in figures.period if month <= JUNE]
            counts = figures.counts.deaths, figures.counts.births, figures.counts.reports
            assert counts == recount_months(site, measure, months)
            assert figures.completeness.received == figures.counts.reports
            assert figures.completeness.expected == recount_asked(site, months)


def test_month_that_is_not_over_is_in_no_rate_over_time(site):
    MonthlyReportFactory(site=site, month=JUNE)
    assert summarise(site).unfinished is None
    MonthlyReportFactory(site=site, month=date(2025, 7, 1))
    summary = summarise(site)
    assert summary.series.months[-1].month == JUNE
    assert summary.unfinished == date(2025, 7, 1)


def test_first_measure_that_was_counted_is_followed(site):
    assert summarise(site).measure is Measure.INFANT
    MonthlyReportFactory(site=site, month=JUNE, infant_deaths=None, maternal_deaths=2)
    summary = summarise(site)
    assert (summary.measure, summary.counted) == (Measure.MATERNAL, [Measure.MATERNAL])
    assert summary.months[0].rate.value == 2000  # 2 of 100, per 100,000
    assert summarise(site, measure=Measure.INFANT).months[0].rate is None


def test_rates_on_fewer_than_twenty_deaths_are_counted():
    site = join(SiteFactory(), first_month=date(2023, 1, 1)).site
    for month in Period(date(2023, 1, 1), JUNE):
        MonthlyReportFactory(site=site, month=month, infant_deaths=1 if month.year < 2025 else 4)
    summary = summarise(site)
    # 12 months hold 12 deaths, and 3 more for each month of 2025: the third makes 21.
    assert (summary.rated, summary.uncertain) == (19, 15)


@pytest.mark.parametrize(
    ("first_months", "labels"), [((4, 4), ["2024-25", "2025-26"]), ((4, 1), ["2025"])]
)
def test_years_are_those_of_the_programs_where_they_agree(first_months, labels):
    site = SiteFactory()
    for first_month in first_months:
        join(site, program__year_first_month=first_month)
    assert [year.label for year in summarise(site).series.years] == labels


# --- Where it belongs ----------------------------------------------------------------------


def test_place_names_the_areas_from_the_outermost_inwards():
    land = AreaFactory()
    site = SiteFactory(area=AreaFactory(parent=AreaFactory(parent=land)))
    own, other = join(site), join(site, role=Participation.Role.COMPARISON)
    places = {place.program: place.areas for place in summarise(site).places}
    assert places[own.program] == [land, site.area.parent, site.area]
    assert places[other.program] == []


def test_site_that_joined_later_than_others_says_so(site):
    program = site.programs.get()
    assert summarise(site).changes == []
    ParticipationFactory(program=program, first_month=date(2023, 1, 1))
    [change] = summarise(site).changes
    assert (change.kind, change.program, change.since) == ("joined", program, date(2023, 1, 1))


def test_site_that_left_with_its_program_did_not_leave_it():
    own = join(SiteFactory(), last_month=date(2025, 3, 1))
    assert summarise(own.site).changes == []
    ParticipationFactory(program=own.program, first_month=own.first_month)
    assert [change.kind for change in summarise(own.site).changes] == ["left"]


def test_reports_that_wait_are_counted_where_a_program_asks_for_approval(site):
    for number, status in ((4, "approved"), (5, "submitted"), (6, "returned")):
        MonthlyReportFactory(site=site, month=date(2025, number, 1), status=status)
    assert summarise(site).approving == []
    approving = join(site, program__approval_required=True).program
    summary = summarise(site)
    assert (summary.approving, summary.waiting) == ([approving], 1)
