"""What is shown within a scope: a measure, some sites, some months, held against a recount."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.summaries import Scope, gather_program, list_areas, summarise_program
from programs.models import Measure
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


def show(program, **scope):
    return summarise_program(program, today=TODAY, scope=Scope(**scope)).shown


def counted(figures):
    return figures.counts.deaths, figures.counts.births, figures.counts.reports


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("seed", range(3))
def test_months_of_some_sites_agree_with_a_recount(seed, measure):
    program = make_program(seed)
    recount = Recount(program)
    sites = frozenset(sorted(recount.sites)[:2])
    shown = show(program, measure=measure, sites=sites)
    assert (shown.sites, shown.measure) == (2, measure)
    for figures in shown.series.months:
        assert counted(figures) == recount.counts([figures.month], measure, sites)
        assert figures.completeness.expected == recount.expected([figures.month], sites)


@pytest.mark.parametrize("seed", range(3))
def test_every_measure_over_chosen_months_agrees_with_a_recount(seed):
    program = make_program(seed)
    target, recount = TargetFactory(program=program), Recount(program)
    period = Period(date(2024, 11, 1), date(2025, 2, 1))
    shown = show(program, period=period)
    assert [own.measure for own in shown.measures] == list(Measure)
    for own in shown.measures:
        assert own.evaluation.period == period
        assert counted(own.evaluation) == recount.counts(list(period), own.measure)
        before = recount.counts(list(target.baseline_period), own.measure)
        assert counted(own.baseline) == before


def test_months_in_the_baseline_itself_are_not_compared_with_it():
    program = make_program(0)
    target = TargetFactory(program=program)
    inside = Period(target.baseline_last, target.evaluation_last)
    assert {own.ratio for own in show(program, period=inside).measures} == {None}


def test_nothing_asked_shows_the_months_of_the_contract():
    target, _, _ = make_two()
    shown = show(target.program)
    assert (shown.period.period, shown.scope.measure) == (target.evaluation_period, "infant")
    assert (shown.place, shown.baseline.period) == (None, target.baseline_period)


def test_without_a_contract_the_last_twelve_months_are_shown():
    program = make_program(1)
    shown = show(program)
    assert shown.period.period == shown.series.latest.period
    assert (shown.baseline, shown.promised_rate, shown.place) == (None, None, None)
    assert {own.baseline for own in shown.measures} == {None}


def fill(site, before=10, now=5):
    for month in Period(date(2023, 1, 1), JUNE):
        deaths = before if month < date(2024, 7, 1) else now
        MonthlyReportFactory(site=site, month=month, live_births=100, infant_deaths=deaths)


def make_two():
    """Two sites with different falls, and a promise of 30 % lower."""
    target = TargetFactory()
    one, other = (ParticipationFactory(program=target.program).site for _ in range(2))
    fill(one, 10, 5)
    fill(other, 10, 10)
    return target, one, other


def test_contract_is_asked_of_the_sites_shown():
    target, one, _ = make_two()
    shown = show(target.program, sites=frozenset({one.pk}))
    assert counted(shown.place.baseline) == (120, 1200, 12)
    assert counted(shown.place.evaluation) == (60, 1200, 12)
    assert (shown.baseline.rate.value, shown.promised_rate) == (100, pytest.approx(70))
    assert shown.place.verdict.state == "reached_strong"


def test_promised_level_is_the_same_at_every_site():
    target, one, _ = make_two()
    target.reduction_percent, target.level = None, Decimal(42)
    target.save()
    assert show(target.program, sites=frozenset({one.pk})).promised_rate == 42


def test_other_measure_has_a_baseline_but_no_promise():
    target, one, _ = make_two()
    for sites in (None, frozenset({one.pk})):
        shown = show(target.program, measure=Measure.MATERNAL, sites=sites)
        assert (shown.promised_rate, shown.place) == (None, None)
        assert shown.baseline.period == target.baseline_period
        assert shown.series.per == 100_000


def test_measure_with_a_promise_of_its_own_shows_that_one():
    target, _, _ = make_two()
    own = TargetFactory(program=target.program, measure="maternal", reduction_percent=50)
    summary = summarise_program(target.program, today=TODAY, scope=Scope(measure=Measure.MATERNAL))
    assert summary.target.target == own
    assert gather_program(target.program, today=TODAY).promised == ["infant", "maternal"]


def test_sites_table_shows_the_measure_and_the_sites_asked_for():
    target, one, _ = make_two()
    one.monthly_reports.update(stillbirths=4)
    summary = summarise_program(
        target.program,
        today=TODAY,
        scope=Scope(measure=Measure.STILLBIRTH, sites=frozenset({one.pk})),
    )
    [line] = summary.sites
    assert (line.site, counted(line.recent)) == (one, (48, 1248, 12))


def test_interventions_shown_are_those_at_the_sites_shown():
    target, one, other = make_two()
    everywhere = InterventionFactory(program=target.program)
    for site in (one, other):
        InterventionFactory(program=target.program, name=site.name).sites.add(site)
    scope = Scope(sites=frozenset({one.pk}))
    shown = summarise_program(target.program, today=TODAY, scope=scope).interventions
    assert {own.name for own in shown} == {everywhere.name, one.name}


def test_areas_hold_the_sites_inside_them_and_come_before_their_parts():
    country = AreaFactory(name="Country", kind="country", parent=None)
    north, south = (AreaFactory(name=name, parent=country) for name in ("North", "South"))
    program = ProgramFactory()
    sites = [
        ParticipationFactory(program=program, site=SiteFactory(area=area)).site.pk
        for area in (north, south, south)
    ]
    ParticipationFactory(program=program, site=SiteFactory(area=north), role="comparison")
    participations = list(program.participations.select_related("site__area"))
    listed = [(own.area, own.level, set(own.sites)) for own in list_areas(participations)]
    assert listed == [(country, 0, set(sites)), (north, 1, {sites[0]}), (south, 1, {*sites[1:]})]
    limited = [own.area for own in list_areas(participations, only={sites[0]})]
    assert limited == [country, north]
