"""A program as it was known on a day: the figures that its page showed when that day ended."""

from datetime import date, timedelta
from random import Random

import pytest

from metrics.models import MonthlyReport
from metrics.summaries import gather_program
from metrics.summaries.history import end_of, first_known, summarise_as_known
from metrics.summaries.history.known import gather_as_known
from metrics.summaries.waiting import outcome_of
from programs.models import Program, Target
from programs.periods import Period
from tests.factories import MonthlyReportFactory, ParticipationFactory, TargetFactory
from tests.metrics.history.past import BEGUN, PastRecount, act, begin

pytestmark = pytest.mark.django_db

SEEDS = range(3)
DAYS = [date(2025, 7, 1) + timedelta(days=number) for number in range(10)]
TODAY = date(2025, 7, 15)


def live(clock, seed, **fields):
    """Let a program live for ten days, and return what its page showed at the end of each."""
    chance = Random(seed)
    clock.turn(BEGUN)
    program, shown = begin(chance, **fields), {}
    for day in DAYS:
        clock.turn(day, hour=9)
        act(chance, program)
        clock.turn(day, hour=23, minute=59)
        act(chance, program)
        gathered = gather_program(Program.objects.get(pk=program.pk), today=day)
        waiting = sum(own.waiting for own in gathered.own_by_site.values())
        shown[day] = (outcome_of(gathered), waiting)
    clock.turn(TODAY)
    return program, shown


def known_on(program, day):
    return summarise_as_known(program, day, today=TODAY)


@pytest.mark.parametrize("rule", Target.SitesRule.values)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_page_showed_is_what_is_known_of_that_day(clock, seed, rule):
    program, shown = live(clock, seed, rule=rule, approval_required=seed % 2 == 0)
    known = {day: known_on(program, day).then for day in shown}
    assert {day: (own.outcome, own.waiting) for day, own in known.items()} == shown


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_agree_with_a_recount_over_all_versions(clock, seed):
    program, _ = live(clock, seed, approval_required=seed % 2 == 1)
    target = program.targets.get()
    for day in DAYS[::3]:
        recount, known = PastRecount(program, day), known_on(program, day).then.outcome.target
        for period, figures in (
            (target.baseline_period, known.baseline),
            (target.evaluation_period, known.evaluation),
        ):
            counts = figures.counts
            told = (counts.deaths, counts.births, counts.reports, figures.completeness.expected)
            assert told == recount.counts(period)


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_changed_since_agree_with_a_recount(clock, seed):
    program, _ = live(clock, seed)
    for day in DAYS[::3]:
        since, changed, new = known_on(program, day).since, set(), set()
        for report in MonthlyReport.objects.of_program(program):
            days = [own.history_date.date() for own in report.history.all()]
            until = report.reopened_until if report.status == "reopened" else None
            if max(days) > day or (until and day <= until < TODAY):
                (changed if min(days) <= day else new).add(report.pk)
        assert (since.changed, since.new) == (len(changed), len(new))
        assert {own.pk for own in since.at_sites(None)} == changed | new


def test_today_is_known_as_it_is(clock):
    program, _ = live(clock, 1)
    known = known_on(program, TODAY)
    assert known.then.outcome == known.now.outcome
    assert (known.is_same_verdict, known.contract_changed, known.since.changed) == (1, 0, 0)


def report_year(site, months, deaths):
    for month in Period.parse(months):
        MonthlyReportFactory(site=site, month=month, infant_deaths=deaths)


def test_later_contract_does_not_judge_an_earlier_day(clock):
    clock.turn(BEGUN)
    target = TargetFactory()
    site = ParticipationFactory(program=target.program).site
    report_year(site, "2023-01..2023-12", 10)
    report_year(site, "2024-07..2025-06", 5)
    clock.turn(date(2025, 7, 10))
    TargetFactory(program=target.program, version=2, reason="Too hard.", reduction_percent=60)
    clock.turn(TODAY)
    before = summarise_as_known(target.program, date(2025, 7, 9), today=TODAY)
    assert before.then.outcome.target.target.version == 1
    assert before.now.outcome.target.target.version == 2
    assert (before.contract_changed, before.is_same_verdict) == (True, False)


def test_program_without_a_promise_tells_its_last_twelve_months(clock):
    clock.turn(BEGUN)
    site = ParticipationFactory().site
    report_year(site, "2024-06..2025-05", 3)
    clock.turn(TODAY)
    known = summarise_as_known(site.programs.get(), BEGUN, today=TODAY)
    assert (known.then.outcome.target, known.is_judged) == (None, False)
    counts = known.then.outcome.latest.counts
    assert (counts.deaths, counts.births, counts.reports) == (36, 1200, 12)


def test_site_that_was_taken_out_was_there_before(clock):
    clock.turn(BEGUN)
    part = ParticipationFactory()
    clock.turn(date(2025, 7, 3))
    program, _ = part.program, part.delete()
    clock.turn(TODAY)
    assert len(gather_as_known(program, date(2025, 7, 2)).own.by_site) == 1
    assert gather_as_known(program, date(2025, 7, 3)).own.by_site == {}


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2025, 7, 2)), ("Asia/Kolkata", date(2025, 7, 3))],
)
def test_day_ends_where_the_server_is_set_up_to_be(clock, settings, zone, day):
    settings.TIME_ZONE = zone
    clock.turn(date(2025, 7, 2), hour=20)
    program = ParticipationFactory().program
    assert first_known(program) == day
    assert gather_as_known(program, day - timedelta(days=1)) is None
    assert gather_as_known(program, day).program == program
    assert end_of(day).date() == day + timedelta(days=1)


def test_of_two_versions_at_one_instant_the_later_stands(clock):
    report = MonthlyReportFactory(live_births=10)
    ParticipationFactory(site=report.site)
    for births in (20, 30):
        report.live_births = births
        report.save()
    known = gather_as_known(report.site.programs.get(), TODAY)
    assert [own.live_births for own in known.versions] == [30]


@pytest.mark.parametrize("sites", [1, 3])
def test_number_of_queries_does_not_grow(clock, django_assert_num_queries, sites):
    program = TargetFactory().program
    for _ in range(sites):
        report_year(ParticipationFactory(program=program).site, "2024-01..2024-03", 2)
    with django_assert_num_queries(7):
        gather_as_known(program, TODAY)
