"""Each check asked of facts made up for it, and the facts held against a slow recount."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from metrics.models import BreakdownCount, Category, Status
from metrics.models.reports import Door
from metrics.stats.completeness import Completeness
from metrics.stats.evidence import Evidence
from metrics.stats.flags import Flag
from metrics.stats.shares import Share
from metrics.summaries.counts import Counts
from metrics.summaries.pitfalls import Facts, Pitfall, State, check_all, find_pitfalls
from metrics.summaries.pitfalls.checks import CHECKS
from metrics.summaries.pitfalls.facts import BreakdownShare, KindShare
from programs.models import Measure, Participation, Site
from programs.periods import Period, shift_month
from tests.conftest import TODAY
from tests.metrics.recount import Recount, deaths_and_births, make_program

FOUND, NOT_FOUND, UNKNOWN = State.FOUND, State.NOT_FOUND, State.UNKNOWN
START = date(2024, 1, 1)
FULL = Completeness(12, 12)
TOLD = SimpleNamespace(low=0.5)  # a rate ratio: that there is one is all that is asked


def kinds(**births):
    """Sites of these kinds, one each, with so many births of a hundred; None is not told."""
    return [
        KindShare(Site.Kind(kind), 1, None if own is None else Share(own, 100))
        for kind, own in births.items()
    ]


def figures(deaths=70, births=1000, received=12, expected=12):
    return SimpleNamespace(
        counts=Counts(deaths, births, received), completeness=Completeness(received, expected)
    )


def target(
    *, before=None, now=None, measure="infant", months=12, last=date(2023, 12, 1), locked=None,
    ratio=0.7,
):  # fmt: skip
    before, now = before or figures(), now or figures(49)
    evidence = Evidence(
        now.counts.deaths, now.counts.births, before.counts.deaths, before.counts.births
    )
    return SimpleNamespace(
        target=SimpleNamespace(
            measure=measure, locked_at=locked, baseline_period=Period.ending(last, months)
        ),
        baseline=before,
        evaluation=now,
        judgement=SimpleNamespace(evidence=evidence),
        verdict=SimpleNamespace(ratio=None if ratio is None else SimpleNamespace(ratio=ratio)),
    )


def details(*flags, baselines=2, comparison=TOLD):
    return SimpleNamespace(flags=flags, other_baselines=[None] * baselines, comparison=comparison)


def measured(*measures):
    return {own: SimpleNamespace(measure=own, ratio=TOLD) for own in measures}


def day(year, month, number):
    return datetime(year, month, number, 12, tzinfo=UTC)


BOTH = measured(Measure.STILLBIRTH, Measure.MATERNAL)
JUDGED = {"target": target(), "details": details(), "start_month": START}
BROKEN = BreakdownShare("Sex", 12, Share(10, 100), Share(1, 10))
VAGUE = BreakdownShare("Place", 12, Share(0, 100), Share(2, 10))
NONE_BORN = figures(0, 0, 0, 0)
CASES = {
    Pitfall.ONLY_HOSPITALS: [
        (FOUND, {"kinds": kinds(hospital=60, health_centre=40)}),
        (FOUND, {"kinds": kinds(hospital=91, community=9)}),
        (NOT_FOUND, {"kinds": kinds(hospital=90, community=10)}),
        (NOT_FOUND, {"kinds": kinds(hospital=None, mobile_clinic=None)}),
        (UNKNOWN, {}),
    ],
    Pitfall.ONE_SITE: [
        (FOUND, {"largest": Share(51, 100)}),
        (NOT_FOUND, {"largest": Share(50, 100)}),
        (UNKNOWN, {}),
    ],
    Pitfall.NOT_BROKEN_DOWN: [
        (FOUND, {"reports": FULL}),
        (FOUND, {"reports": FULL, "breakdowns": [BROKEN, VAGUE]}),
        (NOT_FOUND, {"reports": FULL, "breakdowns": [BROKEN]}),
        (UNKNOWN, {"reports": Completeness(0, 12)}),
    ],
    Pitfall.NO_AGES: [
        (FOUND, {"no_age": Share(11, 100)}),
        (NOT_FOUND, {"no_age": Share(10, 100)}),
        (UNKNOWN, {}),
    ],
    Pitfall.NO_STILLBIRTHS: [
        (FOUND, {"reports": FULL, "stillbirths": Share(9, 12)}),
        (NOT_FOUND, {"reports": Completeness(5, 12), "stillbirths": Share(4, 5)}),
        (UNKNOWN, {}),
    ],
    Pitfall.NO_MATERNAL: [
        (FOUND, {"reports": FULL, "maternal": Share(9, 12)}),
        (NOT_FOUND, {"reports": Completeness(5, 12), "maternal": Share(4, 5)}),
        (UNKNOWN, {}),
    ],
    Pitfall.COMPANIONS_ROSE: [
        (FOUND, {"measures": BOTH, "details": details(Flag.STILLBIRTHS_ROSE)}),
        (FOUND, {"measures": BOTH, "details": details(Flag.MATERNAL_DEATHS_ROSE)}),
        (NOT_FOUND, JUDGED | {"measures": BOTH}),
        (UNKNOWN, JUDGED | {"measures": measured(Measure.NEONATAL)}),
        (
            UNKNOWN,
            {"target": target(measure="stillbirth"), "measures": measured(Measure.STILLBIRTH)},
        ),
        (UNKNOWN, {}),
    ],
    Pitfall.COMPLETENESS_SHIFTED: [
        (FOUND, JUDGED | {"details": details(Flag.COMPLETENESS_CHANGED)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, JUDGED | {"target": target(before=NONE_BORN)}),
        (UNKNOWN, JUDGED | {"target": target(now=NONE_BORN)}),
        (UNKNOWN, {}),
    ],
    Pitfall.BIRTHS_JUMPED: [
        (FOUND, JUDGED | {"details": details(Flag.BIRTHS_JUMPED)}),
        (FOUND, JUDGED | {"details": details(Flag.BIRTHS_CHANGED)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, JUDGED | {"target": target(now=NONE_BORN)}),
        (UNKNOWN, {}),
    ],
    Pitfall.SITES_JOINED: [
        (FOUND, JUDGED | {"details": details(Flag.SITES_JOINED)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, JUDGED | {"target": target(before=NONE_BORN)}),
        (UNKNOWN, {}),
    ],
    Pitfall.LATE_REPORTS: [
        (FOUND, {"on_time": Completeness(7, 10), "from_files": Share(0, 9)}),
        (FOUND, {"on_time": Completeness(0, 10)}),
        (NOT_FOUND, {"on_time": Completeness(8, 10), "from_files": Share(8, 9)}),
        (UNKNOWN, {"on_time": Completeness(0, 10), "from_files": Share(9, 9)}),
        (UNKNOWN, {}),
    ],
    Pitfall.SHORT_BASELINE: [
        (FOUND, JUDGED | {"target": target(months=11)}),
        (FOUND, JUDGED | {"target": target(last=START)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, {"start_month": START}),
    ],
    Pitfall.PROMISED_LATE: [
        (FOUND, JUDGED),
        (FOUND, JUDGED | {"target": target(locked=day(2024, 1, 1))}),
        (NOT_FOUND, JUDGED | {"target": target(locked=day(2023, 12, 31))}),
        (UNKNOWN, {"start_month": START}),
    ],
    Pitfall.CHOSEN_HIGH: [
        (FOUND, {"program_sites": 3, "chosen_high": 1}),
        (NOT_FOUND, {"program_sites": 3}),
        (UNKNOWN, {}),
    ],
    Pitfall.BASELINE_MATTERS: [
        (FOUND, JUDGED | {"details": details(Flag.BASELINE_MATTERS)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, JUDGED | {"details": details(baselines=1)}),
        (UNKNOWN, {}),
    ],
    Pitfall.NO_COMPARISON: [
        (FOUND, {"program_sites": 3}),
        (NOT_FOUND, {"program_sites": 3, "comparison_sites": 1}),
    ],
    Pitfall.COMPARISON_FELL: [
        (FOUND, JUDGED | {"details": details(Flag.COMPARISON_FELL_TOO)}),
        (NOT_FOUND, JUDGED),
        (UNKNOWN, JUDGED | {"details": details(comparison=None)}),
        (UNKNOWN, JUDGED | {"target": target(ratio=1.0)}),
        (UNKNOWN, JUDGED | {"target": target(ratio=None)}),
        (UNKNOWN, {}),
    ],
    Pitfall.FEW_DEATHS: [
        (FOUND, {"target": target(before=figures(19))}),
        (FOUND, {"target": target(now=figures(10, births=285))}),  # 19.95 expected
        (NOT_FOUND, {"target": target(now=figures(0, births=286))}),  # 20.02 expected
        (UNKNOWN, {"target": target(before=NONE_BORN)}),
        (FOUND, {"recent_counts": Counts(19, 1000, 12)}),
        (NOT_FOUND, {"recent_counts": Counts(20, 1000, 12)}),
        (UNKNOWN, {}),
    ],
    Pitfall.NOTHING_RECORDED: [
        (FOUND, {"has_begun": True}),
        (FOUND, {"has_begun": True, "interventions": 3, "without_outputs": 1}),
        (NOT_FOUND, {"has_begun": True, "interventions": 3}),
        (UNKNOWN, {}),
    ],
}


@pytest.mark.parametrize(
    ("pitfall", "state", "facts"),
    [(pitfall, *case) for pitfall, cases in CASES.items() for case in cases],
)
def test_pitfall_is_in_the_state_that_the_facts_say(pitfall, state, facts):
    assert CHECKS[pitfall](Facts(**facts)) is state


def test_every_pitfall_is_asked_in_order_and_tested_found_and_not_found():
    assert [finding.pitfall for finding in check_all(Facts())] == list(Pitfall)
    assert CHECKS.keys() == CASES.keys() == set(Pitfall)
    for cases in CASES.values():
        assert {FOUND, NOT_FOUND} <= {state for state, _ in cases}


# --- The facts ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fields", [{}, {"approval_required": True}])
def test_facts_are_those_of_a_slow_recount(seed, fields):
    program = make_program(seed, **fields)
    facts, recount = find_pitfalls(program, today=TODAY).facts, Recount(program)
    recent = [report for report in recount.official() if report.month in facts.recent]

    assert facts.reports.received == len(recent)
    assert facts.reports.expected == recount.expected(facts.recent)
    assert facts.stillbirths.part == sum(r.stillbirths is not None for r in recent)
    assert facts.maternal.part == sum(r.maternal_deaths is not None for r in recent)
    infant, neonatal, postneonatal = (
        sum(pair[0] for r in recent if (pair := deaths_and_births(r, measure)))
        for measure in (Measure.INFANT, Measure.NEONATAL, Measure.POSTNEONATAL)
    )
    assert facts.no_age == Share(infant - neonatal - postneonatal, infant)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_births_by_kind_and_of_the_largest_site_are_recounted(seed):
    program = make_program(seed)
    own = program.participations.of_program_sites().order_by("pk")
    Site.objects.filter(pk=own[0].site_id).update(kind=Site.Kind.HOSPITAL)
    facts, recount = find_pitfalls(program, today=TODAY).facts, Recount(program)

    births = dict.fromkeys(recount.sites, 0)
    for report in recount.official():
        births[report.site_id] += report.live_births if report.month in facts.recent else 0

    hospital = next(kind for kind in facts.kinds if kind.kind == Site.Kind.HOSPITAL)
    assert (hospital.sites, hospital.births.part) == (1, births[own[0].site_id])
    assert facts.largest == Share(max(births.values()), sum(births.values()))
    assert births[facts.largest_site.pk] == max(births.values())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_reports_on_time_are_those_that_came_by_the_due_day(seed):
    program = make_program(seed, report_due_day=7)
    for number, report in enumerate(Recount(program).reports):
        arrived = shift_month(report.month, 1) + timedelta(days=number % 12)
        report.first_submitted_at = datetime(
            arrived.year, arrived.month, arrived.day, 23, tzinfo=UTC
        )
        report.door = Door.FILE if number % 3 else Door.TYPED
        report.save()

    facts, recount = find_pitfalls(program, today=TODAY).facts, Recount(program)

    assert facts.late_period == Period.ending(facts.recent.last)  # day 15: June is overdue
    came = [report for report in recount.official() if report.month in facts.late_period]
    in_time = [report for report in came if report.first_submitted_at.day <= 7]
    assert facts.on_time == Completeness(len(in_time), recount.expected(facts.late_period))
    assert facts.from_files == Share(sum(own.door == Door.FILE for own in came), len(came))


@pytest.mark.django_db
def test_month_that_is_not_overdue_is_not_late():
    program = make_program(1, report_due_day=20)
    Participation.objects.update(last_month=None)
    facts = find_pitfalls(program, today=TODAY).facts
    assert facts.recent.last == date(2025, 6, 1)  # it is due on 20 July, and today is the 15th
    assert facts.late_period == Period(date(2024, 6, 1), date(2025, 5, 1))


@pytest.mark.django_db
def test_breakdown_is_summed_over_official_reports_of_program_sites():
    program = make_program(2)
    counted = [r for r in Recount(program, role=None).reports if r.month >= date(2025, 1, 1)]
    known, unknown = (Category.objects.get(code=code) for code in ("female", "unknown"))
    for report in counted:
        BreakdownCount.objects.create(report=report, category=known, live_births=9, infant_deaths=1)
        BreakdownCount.objects.create(report=report, category=unknown, live_births=1)

    (own,) = find_pitfalls(program, today=TODAY).facts.breakdowns

    official = [r for r in Recount(program).official() if r.month >= date(2025, 1, 1)]
    expected = len([r for r in official if r.month <= date(2025, 6, 1)])
    assert (own.name, own.reports) == ("Sex", expected)
    assert (own.births, own.deaths) == (Share(expected, 10 * expected), Share(0, expected))


@pytest.mark.django_db
def test_single_sites_are_not_told_to_a_member_of_some():
    facts = find_pitfalls(make_program(1), today=TODAY, shown_sites=set()).facts
    assert (facts.largest, facts.largest_site, facts.is_limited) == (None, None, True)
    assert {kind.births for kind in facts.kinds} == {None}
    assert sum(kind.sites for kind in facts.kinds) == facts.program_sites


@pytest.mark.django_db
def test_program_before_its_first_month_can_be_looked_through():
    program = make_program(1)
    Participation.objects.update(first_month=date(2026, 1, 1), last_month=None)
    states = {f.pitfall: f.state for f in find_pitfalls(program, today=TODAY).findings}
    assert states[Pitfall.NO_STILLBIRTHS] is states[Pitfall.LATE_REPORTS] is UNKNOWN
    assert states[Pitfall.NO_COMPARISON] is NOT_FOUND


@pytest.mark.django_db
def test_draft_does_not_make_a_pitfall_go_away():
    program = make_program(1, reported=1, statuses=[Status.DRAFT])
    assert find_pitfalls(program, today=TODAY).facts.reports.received == 0
