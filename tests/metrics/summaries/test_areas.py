"""An area's figures, held against a slow recount of its sites."""

from datetime import date

import pytest

from metrics.stats.verdicts import State
from metrics.summaries import gather_program, summarise_area
from programs.models import Area, Measure
from programs.periods import Period
from tests.factories import (
    AreaFactory,
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
RECENT = Period(date(2024, 7, 1), JUNE)
SEEDS = range(2)


def summarise(program, code, measure=None, shown_sites=None):
    gathered = gather_program(program, today=TODAY, measure=measure)
    return summarise_area(gathered, code, today=TODAY, measure=measure, shown_sites=shown_sites)


def settle(program):
    """A country of two districts: the east holds two program sites, the west one and a
    comparison site. Returns the program sites of each."""
    land = AreaFactory(name="Land", code="LAND", kind=Area.Kind.COUNTRY)
    east, west = (AreaFactory(name=c.title(), code=c, parent=land) for c in ("EAST", "WEST"))
    sites = list(program.sites.order_by("pk"))
    for site, area in zip(sites, (east, east, west, west), strict=True):
        site.area = area
        site.save()
    first, second, third, _ = [site.pk for site in sites]
    return {"LAND": {first, second, third}, "EAST": {first, second}, "WEST": {third}}


def counted(figures):
    counts = figures.counts
    assert figures.completeness.received == counts.reports
    return (counts.deaths, counts.births, counts.reports), figures.completeness.expected


def recounted(recount, period, sites, measure=Measure.INFANT):
    months = list(period)
    return recount.counts(months, measure, sites), recount.expected(months, sites)


# --- Held against a slow recount -----------------------------------------------------------


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_twelve_months_of_an_area_agree_with_a_recount(seed, measure):
    program = make_program(seed)
    for code, sites in settle(program).items():
        summary, recount = summarise(program, code, measure), Recount(program)
        assert (summary.own.sites, summary.measure) == (sites, measure)
        assert len(summary.series.rolling) > 5
        for window in summary.series.rolling:
            assert counted(window) == recounted(recount, window.period, sites, measure)


@pytest.mark.parametrize("seed", SEEDS)
def test_contract_asked_of_an_area_agrees_with_a_recount(seed):
    program = make_program(seed, approval_required=seed == 1)
    target, recount = TargetFactory(program=program), Recount(program)
    for code, sites in settle(program).items():
        asked = summarise(program, code).asked
        assert counted(asked.baseline) == recounted(recount, target.baseline_period, sites)
        assert counted(asked.evaluation) == recounted(recount, target.evaluation_period, sites)


@pytest.mark.parametrize("measure", [None, Measure.STILLBIRTH])
@pytest.mark.parametrize("seed", SEEDS)
def test_areas_within_agree_with_a_recount(seed, measure):
    program = make_program(seed)
    target, recount, places = TargetFactory(program=program), Recount(program), settle(program)
    inside = summarise(program, "LAND", measure).inside
    assert [line.own.area.code for line in inside] == ["EAST", "WEST"]
    for line in inside:
        sites = places[line.own.area.code]
        recent = recounted(recount, line.recent.period, sites, measure or Measure.INFANT)
        assert counted(line.recent) == recent
        assert (line.place is None) is (measure is Measure.STILLBIRTH)
        if line.place:
            baseline = recounted(recount, target.baseline_period, sites)
            assert counted(line.place.baseline) == baseline


@pytest.mark.parametrize("seed", SEEDS)
def test_sites_of_an_area_agree_with_a_recount_and_leave_comparison_sites_out(seed):
    program = make_program(seed)
    for code, sites in settle(program).items():
        summary, recount = summarise(program, code), Recount(program)
        assert {line.site.pk for line in summary.sites} == sites
        for line in summary.sites:
            own = recounted(recount, line.recent.period, {line.site.pk})
            assert counted(line.recent) == own


def test_excess_is_counted_against_the_programs_own_baseline():
    """Before 50 of 1,000 births in all, so 20 are expected of 400 births; 15 were counted."""
    program = TargetFactory().program
    for code, before, births, now in (("HIGH", 70, 400, 15), ("LOW", 30, 1000, 50)):
        site = SiteFactory(area=AreaFactory(code=code))
        ParticipationFactory(program=program, site=site)
        report = {"site": site, "month": date(2023, 5, 1), "live_births": 1000}
        MonthlyReportFactory(**report, infant_deaths=before)
        report |= {"month": date(2025, 5, 1), "live_births": births}
        MonthlyReportFactory(**report, infant_deaths=now)
    high, low = (summarise(program, code).asked.place.excess for code in ("HIGH", "LOW"))
    assert (high.value, low.value) == pytest.approx((-5, 0))
    # R: poisson.test(15)$conf.int - 20
    assert (high.low, high.high) == pytest.approx((-11.6046138672, 4.7402188715))


# --- What one may see ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_are_of_the_sites_that_one_may_see(seed):
    program = make_program(seed)
    target, recount, places = TargetFactory(program=program), Recount(program), settle(program)
    mine = {min(places["EAST"])}
    for code, all_sites in (("EAST", 2), ("LAND", 3)):
        summary = summarise(program, code, shown_sites=mine)
        assert (summary.own.sites, summary.all_sites) == (mine, all_sites)
        assert summary.is_limited
        assert counted(summary.asked.evaluation) == recounted(
            recount, target.evaluation_period, mine
        )
        for window in summary.series.rolling:
            assert counted(window) == recounted(recount, window.period, mine)
        assert {line.site.pk for line in summary.sites} == mine


def test_areas_within_are_those_in_which_one_may_see_a_site():
    program = make_program(0)
    [mine] = settle(program)["WEST"]
    [line] = summarise(program, "LAND", shown_sites={mine}).inside
    assert (line.own.area.code, line.own.sites) == ("WEST", {mine})


def test_area_without_a_site_that_one_may_see_is_none():
    program = make_program(0)
    [mine] = settle(program)["WEST"]
    assert summarise(program, "EAST", shown_sites={mine}) is None
    assert summarise(program, "EAST", shown_sites=set()) is None
    assert summarise(program, "WEST", shown_sites={mine}) is not None


def test_area_without_program_sites_is_none():
    program = make_program(0)
    settle(program)
    program.participations.filter(site__area__code="WEST").update(role="comparison")
    elsewhere = ParticipationFactory(site__area__code="ELSEWHERE").site.area
    for code in ("WEST", elsewhere.code, "UNKNOWN", ""):
        assert summarise(program, code) is None


# --- What acts there -------------------------------------------------------------------------


def test_interventions_are_those_at_its_sites_each_once():
    program = make_program(0)
    places = settle(program)
    everywhere = InterventionFactory(program=program, first_month=date(2024, 3, 1))
    both = InterventionFactory(program=program, first_month=date(2024, 1, 1))
    both.sites.set(places["EAST"])
    InterventionFactory(program=program).sites.set(places["WEST"])
    InterventionFactory(program=ProgramFactory())
    assert summarise(program, "EAST").interventions == [both, everywhere]


# --- Where there is little -------------------------------------------------------------------


def test_measure_without_a_promise_is_compared_and_not_judged():
    program = make_program(1)
    TargetFactory(program=program)
    settle(program)
    summary = summarise(program, "EAST", Measure.NEONATAL)
    assert (summary.asked, summary.promised) == (None, [Measure.INFANT])
    assert summary.compared.measure is Measure.NEONATAL
    assert summary.compared.ratio is not None


def test_area_of_a_program_without_promise_has_rates_and_no_verdict():
    program = make_program(1)
    settle(program)
    summary = summarise(program, "LAND")
    assert (summary.target, summary.asked, summary.shown.promised_rate) == (None, None, None)
    assert summary.least_percent == 80
    assert summary.series.latest.rate is not None
    assert {line.place for line in summary.inside} == {None}


def test_area_without_reports_has_no_rate_and_a_data_problem():
    program = TargetFactory().program
    area = ParticipationFactory(program=program).site.area
    summary = summarise(program, area.code)
    assert summary.asked.verdict.state is State.NO_VERDICT
    assert counted(summary.series.latest) == ((0, 0, 0), 12)
    assert not summary.series.has_rates


def test_area_of_a_program_that_has_not_begun_has_nothing():
    program = TargetFactory().program
    own = ParticipationFactory(program=program, first_month=date(2026, 1, 1))
    summary = summarise(program, own.site.area.code)
    assert (summary.asked, summary.series.months, summary.span) == (None, [], None)
    assert summary.sites[0].recent is None


def test_area_is_judged_as_the_program_only_where_that_is_judged_on_plain_sums():
    matched = TargetFactory()
    both = TargetFactory(sites_rule="both")
    mixed = TargetFactory(baseline_first=date(2023, 7, 1))
    for target, otherwise in ((matched, False), (both, True), (mixed, True)):
        site = ParticipationFactory(program=target.program).site
        for month in Period(date(2023, 1, 1), JUNE):
            MonthlyReportFactory(site=site, month=month)
        assert summarise(target.program, site.area.code).is_judged_otherwise is otherwise
