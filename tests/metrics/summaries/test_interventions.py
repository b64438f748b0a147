"""An intervention's outputs, and the rates of its sites against a slow recount."""

from datetime import date
from random import Random

import pytest

from metrics.summaries import gather_program, summarise_intervention
from programs.models import InterventionOutput, Measure
from programs.periods import Period, shift_month
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
BEGUN = date(2024, 3, 1)


def summarise(intervention, measure=None, shown_sites=None):
    gathered = gather_program(intervention.program, today=TODAY, measure=measure)
    return summarise_intervention(
        gathered, intervention, today=TODAY, measure=measure, shown_sites=shown_sites
    )


def intervene(program, sites=(), first_month=BEGUN, **fields):
    own = InterventionFactory(program=program, first_month=first_month, **fields)
    own.sites.set(sites)
    return own


def put_out(intervention, month, **counts):
    InterventionOutput.objects.create(intervention=intervention, month=month, **counts)


def counted(figures):
    counts, received = figures.counts, figures.completeness
    assert received.received == counts.reports
    return (counts.deaths, counts.births, counts.reports), received.expected


def recounted(program, period, sites, measure=Measure.INFANT):
    recount, months = Recount(program), list(period)
    return recount.counts(months, measure, sites), recount.expected(months, sites)


def program_sites(program):
    return set(program.participations.filter(role="program").values_list("site", flat=True))


# --- The rates of its sites, held against a slow recount -------------------------------------


@pytest.mark.parametrize("measure", [None, Measure.STILLBIRTH])
@pytest.mark.parametrize("seed", range(2))
def test_rates_are_those_of_the_sites_it_names(seed, measure):
    program = make_program(seed, approval_required=seed == 1)
    TargetFactory(program=program)
    named = sorted(program_sites(program))[:2]
    summary = summarise(intervene(program, named), measure)
    assert (summary.acting, summary.added, summary.is_everywhere) == (2, 2, False)
    for window in summary.series.rolling:
        own = recounted(program, window.period, named, measure or Measure.INFANT)
        assert counted(window) == own
    for side in (summary.change.before, summary.change.since):
        own = recounted(program, side.period, named, measure or Measure.INFANT)
        assert counted(side) == own


@pytest.mark.parametrize("seed", range(2))
def test_naming_no_site_means_every_program_site(seed):
    program = make_program(seed)
    summary = summarise(intervene(program))
    assert (summary.acting, summary.added, summary.is_everywhere) == (3, 3, True)
    assert (summary.sites, summary.other_sites, summary.query) == ([], 0, "")
    sites = program_sites(program)
    for window in summary.series.rolling:
        assert counted(window) == recounted(program, window.period, sites)


def test_comparison_site_that_it_names_is_told_and_not_added():
    program = make_program(0)
    comparison = program.participations.get(role="comparison").site
    [first, *_] = sorted(program_sites(program))
    summary = summarise(intervene(program, [first, comparison]))
    assert comparison in summary.sites
    assert (len(summary.sites), summary.acting, summary.added) == (2, 1, 1)


# --- Before and since --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_month", "before", "since"),
    [
        (date(2024, 3, 1), "2023-03..2024-02", "2024-07..2025-06"),
        (date(2025, 2, 1), "2024-02..2025-01", "2025-02..2025-06"),
        (date(2023, 4, 1), "2023-01..2023-03", "2024-07..2025-06"),
        (JUNE, "2024-06..2025-05", "2025-06..2025-06"),
    ],
)
def test_twelve_months_before_stand_beside_the_latest(first_month, before, since):
    program = ParticipationFactory().program
    change = summarise(intervene(program, first_month=first_month)).change
    assert (change.before.period.code, change.since.period.code) == (before, since)
    assert change.is_seasonal is (len(change.before.period) != len(change.since.period))


@pytest.mark.parametrize("first_month", [date(2023, 1, 1), date(2022, 5, 1), date(2025, 7, 1)])
def test_nothing_is_compared_without_months_on_both_sides(first_month):
    program = ParticipationFactory().program
    assert summarise(intervene(program, first_month=first_month)).change is None


def report(program, month, deaths, births=2000, site=None):
    site = site or program.sites.get()
    MonthlyReportFactory(site=site, month=month, live_births=births, infant_deaths=deaths)


def test_ratio_agrees_with_r():
    program = ParticipationFactory().program
    report(program, date(2023, 5, 1), 70, births=1000)
    report(program, date(2025, 5, 1), 49, births=1000)
    change = summarise(intervene(program)).change
    assert change.ratio.ratio == pytest.approx(0.7)
    # R: 100 * (poisson.test(c(49, 70), c(1000, 1000))$conf.int - 1)
    ends = change.ratio.percent_low, change.ratio.percent_high
    assert ends == pytest.approx((-52.4275421813282, 2.29062535727289))
    assert not change.is_small


def test_interval_is_widened_as_the_contracts_own():
    program = TargetFactory().program
    site, chance = ParticipationFactory(program=program).site, Random(1)
    for month in Period(date(2023, 1, 1), JUNE):
        report(program, month, chance.choice([5, 45]), births=500, site=site)
    own = intervene(program, first_month=date(2024, 1, 1))
    widened, plain = summarise(own), summarise(own, Measure.MATERNAL)
    assert widened.dispersion > 2
    assert widened.change.ratio.dispersion == widened.dispersion
    assert plain.dispersion == 1


@pytest.mark.parametrize(("deaths", "small"), [(19, True), (20, False)])
def test_fewer_than_twenty_deaths_are_said_to_be_few(deaths, small):
    program = ParticipationFactory().program
    report(program, date(2023, 5, 1), 40)
    report(program, date(2025, 5, 1), deaths)
    assert summarise(intervene(program)).change.is_small is small


def test_no_births_on_one_side_give_no_ratio():
    program = ParticipationFactory().program
    report(program, date(2025, 5, 1), 30)
    change = summarise(intervene(program)).change
    assert (change.before.rate, change.ratio) == (None, None)


def test_intervention_that_ended_before_the_latest_months_says_so():
    program = ParticipationFactory().program
    ended = intervene(program, last_month=date(2024, 6, 1))
    goes_on = intervene(program, last_month=date(2024, 7, 1))
    assert (summarise(ended).ended_before, summarise(goes_on).ended_before) == (True, False)


# --- What else began ---------------------------------------------------------------------------


def test_others_began_within_six_months_at_the_same_sites():
    program = ParticipationFactory().program
    [here] = program.sites.all()
    elsewhere = ParticipationFactory(program=program).site
    own = intervene(program, [here])
    first = intervene(program, [here, elsewhere], shift_month(BEGUN, -6))
    last = intervene(program, [], shift_month(BEGUN, 6))
    intervene(program, [elsewhere])
    intervene(program, [here], shift_month(BEGUN, -7))
    intervene(program, [here], shift_month(BEGUN, 7))
    intervene(ParticipationFactory(site=here).program, [here])
    assert summarise(own).others == [first, last]


# --- What was put out ----------------------------------------------------------------------------


def test_outputs_not_recorded_and_none_are_two_things():
    own = intervene(ProgramFactory(), first_month=date(2025, 3, 1))
    put_out(own, date(2025, 3, 1), sessions_held=4, people_reached=0)
    put_out(own, date(2025, 5, 1), sessions_held=6)
    summary = summarise(own)
    assert [kind.label for kind in summary.kinds] == ["Sessions held", "People reached"]
    assert [(kind.total, kind.recorded) for kind in summary.kinds] == [(10, 2), (0, 1)]
    assert summary.rows == [
        (JUNE, [None, None]),
        (date(2025, 5, 1), [6, None]),
        (date(2025, 4, 1), [None, None]),
        (date(2025, 3, 1), [4, 0]),
    ]


def test_months_end_with_the_intervention_but_for_an_output_after_it():
    own = intervene(ProgramFactory(), first_month=date(2025, 1, 1), last_month=date(2025, 2, 1))
    assert [month.month for month in summarise(own).months] == [1, 2]
    put_out(own, date(2025, 4, 1), visits_made=1)
    assert [month.month for month in summarise(own).months] == [1, 2, 4]


def test_intervention_that_has_not_begun_has_no_months_and_no_change():
    program = ParticipationFactory().program
    report(program, JUNE, 5)
    summary = summarise(intervene(program, first_month=date(2026, 1, 1)))
    assert (summary.has_begun, summary.months, summary.kinds, summary.change) == (
        *(False, [], []),
        None,
    )
    assert summary.series.has_rates


# --- What one may see ------------------------------------------------------------------------


@pytest.fixture
def three():
    """A program of three sites that report alike."""
    program = ProgramFactory()
    for deaths in (1, 2, 4):
        report(program, JUNE, deaths, site=ParticipationFactory(program=program).site)
    return program, list(program.sites.order_by("pk"))


def test_rates_are_of_the_named_sites_that_one_may_see(three):
    program, (first, second, third) = three
    summary = summarise(intervene(program, [first, second]), shown_sites={second.pk, third.pk})
    assert (summary.sites, summary.other_sites) == ([second], 1)
    assert (summary.acting, summary.added, summary.is_limited) == (2, 1, True)
    assert summary.series.latest.counts.deaths == 2
    assert summary.query == f"site={second.code}"


def test_rates_of_all_program_sites_are_the_programs_own_and_seen_by_all(three):
    program, sites = three
    for own in (intervene(program), intervene(program, sites)):
        summary = summarise(own, shown_sites={sites[0].pk})
        assert (summary.is_limited, summary.series.latest.counts.deaths) == (False, 7)


def test_sites_that_one_may_not_see_have_no_names_and_no_rates(three):
    program, (first, second, third) = three
    summary = summarise(intervene(program, [first, second]), shown_sites={third.pk})
    assert (summary.shown, summary.change, summary.series) == (None, None, None)
    assert (summary.sites, summary.other_sites, summary.query) == ([], 2, "")
    assert summary.is_limited


def test_intervention_at_sites_outside_the_program_acts_nowhere():
    program = ParticipationFactory().program
    summary = summarise(intervene(program, [SiteFactory()]))
    assert (summary.acting, summary.shown, summary.is_everywhere) == (0, None, False)
    assert not summary.is_limited
