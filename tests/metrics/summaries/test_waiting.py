"""What the figures would be with the reports that wait for approval."""

from datetime import date

import pytest

from metrics.models import MonthlyReport
from metrics.stats.verdicts import State
from metrics.summaries import preview_switch, summarise_how_we_know, summarise_program
from metrics.summaries.gathering import gather_program, judge_gathered
from metrics.summaries.waiting import weigh_waiting
from programs.models import Measure, Participation
from programs.periods import Period
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
BEFORE, NOW = (
    Period(date(2023, 1, 1), date(2023, 12, 1)),
    Period(date(2024, 7, 1), date(2025, 6, 1)),
)
SEEDS = range(4)


def summarise(program):
    return summarise_program(program, today=TODAY)


def counted(figures):
    return figures.counts.deaths, figures.counts.births, figures.counts.reports


def recount_all(program):
    """A recount in which submitted reports count as well."""
    recount = Recount(program)
    recount.program = type(program)(approval_required=False)
    return recount


def report(site, months, status="approved", deaths=5, **fields):
    for month in months:
        fields = {"site": site, "live_births": 100, "infant_deaths": deaths} | fields
        MonthlyReportFactory(month=month, status=status, **fields)


def make_waiting(*, target=True, deaths=4, **fields):
    """A year's baseline and nine months approved; the last three months wait."""
    program = ProgramFactory(approval_required=True)
    site = ParticipationFactory(program=program).site
    report(site, BEFORE, deaths=10)
    report(site, list(NOW)[:9], deaths=4)
    report(site, list(NOW)[9:], "submitted", deaths=deaths)
    if target:
        TargetFactory(program=program, **fields)
    return program


@pytest.mark.parametrize("measure", [Measure.INFANT, Measure.STILLBIRTH])
@pytest.mark.parametrize("seed", SEEDS)
def test_figures_with_and_without_waiting_agree_with_a_recount(seed, measure):
    program = make_program(seed, approval_required=True)
    target = TargetFactory(program=program, measure=measure)
    summary, official, all_of_them = summarise(program), Recount(program), recount_all(program)
    for period, without, with_them in (
        (
            target.baseline_period,
            summary.target.baseline,
            summary.with_waiting.outcome.target.baseline,
        ),
        (
            target.evaluation_period,
            summary.target.evaluation,
            summary.with_waiting.outcome.target.evaluation,
        ),
    ):
        months = list(period)
        assert counted(without) == official.counts(months, measure)
        assert counted(with_them) == all_of_them.counts(months, measure)
        assert with_them.completeness.expected == official.expected(months)


@pytest.mark.parametrize("seed", SEEDS)
def test_number_that_waits_and_that_would_be_judged_agree_with_a_recount(seed):
    program = make_program(seed, approval_required=True)
    target = TargetFactory(program=program)
    waiting = [
        own
        for own in Recount(program).reports
        if own.status == "submitted" and own.month <= date(2025, 6, 1)
    ]
    judged = {*target.baseline_period, *target.evaluation_period}
    entering = [own for own in waiting if own.month in judged and own.infant_deaths is not None]
    with_waiting = summarise(program).with_waiting
    assert (with_waiting.waiting, with_waiting.entering) == (len(waiting), len(entering))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_promise_the_last_twelve_months_are_told(seed):
    program = make_program(seed, approval_required=True)
    outcome = summarise(program).with_waiting.outcome
    assert outcome.target is None
    months = list(outcome.latest.period)
    assert counted(outcome.latest) == recount_all(program).counts(months)


def test_nothing_is_weighed_where_nothing_waits():
    program = make_waiting()
    MonthlyReport.objects.filter(status="submitted").update(status="approved")
    assert summarise(program).with_waiting is None
    assert summarise_how_we_know(program, today=TODAY).with_waiting is None


def test_nothing_waits_where_no_approval_is_asked_for():
    program = make_waiting()
    program.approval_required = False
    assert summarise(program).with_waiting is None


def test_verdict_may_turn_out_the_same():
    """36 of 900 and 48 of 1,200 against 120 of 1,200: 60 % lower either way, and surely 30 %."""
    own = summarise(make_waiting(min_completeness=50)).with_waiting
    assert (own.is_same_verdict, own.is_same_baseline) == (True, True)
    assert counted(own.outcome.target.evaluation) == (48, 1200, 12)


def test_verdict_may_turn_out_another():
    """With 126 of 1,200 instead of 36 of 900, the fall is gone."""
    program = make_waiting(deaths=30, min_completeness=50)
    summary = summarise(program)
    assert summary.target.verdict.state is State.REACHED_STRONG
    assert not summary.with_waiting.is_same_verdict
    assert summary.with_waiting.outcome.target.verdict.state is State.NOT_REACHED


def test_waiting_reports_of_other_months_leave_the_verdict_alone():
    program = make_waiting()
    MonthlyReport.objects.filter(status="submitted").update(status="approved")
    report(program.sites.get(), [date(2024, 3, 1)], "submitted")
    own = summarise(program).with_waiting
    assert (own.waiting, own.entering, own.is_same_verdict) == (1, 0, True)


def test_comparison_sites_and_unfinished_months_do_not_wait_for_the_figures():
    program = make_waiting()
    other = ParticipationFactory(program=program, role=Participation.Role.COMPARISON).site
    report(other, NOW, "submitted")
    report(
        program.sites.get(pk=program.participations.first().site_id),
        [date(2025, 7, 1)],
        "submitted",
    )
    assert summarise(program).with_waiting.waiting == 3


def test_site_that_would_join_by_its_waiting_reports_brings_all_of_its_own():
    """The contract judges sites that report in both periods; here one's baseline all waits."""
    program = make_waiting(sites_rule="both")
    joining = ParticipationFactory(program=program).site
    report(joining, BEFORE, "submitted", deaths=7)
    report(joining, NOW, deaths=3)
    summary = summarise(program)
    assert counted(summary.target.evaluation) == (36, 900, 9)
    own = summary.with_waiting
    assert counted(own.outcome.target.baseline) == (204, 2400, 24)
    assert counted(own.outcome.target.evaluation) == (84, 2400, 24)
    assert (own.outcome.target.sites, own.is_same_baseline) == (2, False)


@pytest.mark.parametrize(("waits", "queries"), [(True, 3), (False, 0)])
@pytest.mark.parametrize("sites", [1, 3])
def test_weighing_takes_three_queries_and_none_where_nothing_waits(
    django_assert_num_queries, sites, waits, queries
):
    program = make_waiting()
    for _ in range(sites):
        report(ParticipationFactory(program=program).site, NOW, "submitted")
    if not waits:
        MonthlyReport.objects.update(status="approved")
    gathered = gather_program(program, today=TODAY)
    target = judge_gathered(gathered)
    with django_assert_num_queries(queries):
        weigh_waiting(gathered, target)


def test_page_and_how_we_know_say_the_same():
    program = make_waiting()
    assert (
        summarise_how_we_know(program, today=TODAY).with_waiting.outcome
        == summarise(program).with_waiting.outcome
    )


# --- The switch ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_switching_on_is_weighed_like_a_recount(seed):
    program = make_program(seed)
    target, reader = TargetFactory(program=program), UserFactory()
    own = MonthlyReport.objects.filter(
        pk__in=list(MonthlyReport.objects.values_list("pk", flat=True))[::5]
    )
    own.update(entered_by=reader)
    preview = preview_switch(program, reader, today=TODAY)
    recount = Recount(program)
    for outcome, keep in (
        (preview.now, lambda row: row.status in ("submitted", "approved")),
        (preview.otherwise, lambda row: row.status == "approved"),
        (
            preview.all_approved,
            lambda row: (
                row.status == "approved"
                or (row.status == "submitted" and row.entered_by_id != reader.pk)
            ),
        ),
    ):
        recount.official = lambda keep=keep: [row for row in recount.reports if keep(row)]
        assert counted(outcome.target.evaluation) == recount.counts(list(target.evaluation_period))
        assert counted(outcome.target.baseline) == recount.counts(list(target.baseline_period))


@pytest.mark.parametrize("seed", SEEDS)
def test_submitted_reports_are_counted_with_those_of_comparison_sites(seed):
    program, reader = make_program(seed), UserFactory()
    MonthlyReport.objects.filter(month__year=2024).update(entered_by=reader)
    preview = preview_switch(program, reader, today=TODAY)
    rows = [row for row in Recount(program, role=None).reports if row.status == "submitted"]
    assert preview.submitted == len(rows)
    assert preview.own == sum(row.entered_by_id == reader.pk for row in rows)


def test_own_reports_are_like_others_where_one_may_approve_them():
    program, reader = make_waiting(), UserFactory()
    program.approval_required, program.self_approval_allowed = False, True
    program.save()
    MonthlyReport.objects.update(entered_by=reader)
    preview = preview_switch(program, reader, today=TODAY)
    assert (preview.submitted, preview.own) == (3, 0)
    assert counted(preview.all_approved.target.evaluation) == (48, 1200, 12)


def test_switching_off_lets_count_what_waits():
    preview = preview_switch(make_waiting(), UserFactory(), today=TODAY)
    assert preview.all_approved is None
    assert counted(preview.now.target.evaluation) == (36, 900, 9)
    assert counted(preview.otherwise.target.evaluation) == (48, 1200, 12)


def test_program_without_sites_has_no_figures_either_way():
    preview = preview_switch(ProgramFactory(), UserFactory(), today=TODAY)
    assert (preview.submitted, preview.now.latest, preview.otherwise.latest) == (0, None, None)
