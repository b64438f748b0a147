from datetime import date
from decimal import Decimal

import pytest

from metrics.stats.verdicts import State
from metrics.summaries import compare_programs, summarise_program
from programs.models import Program
from programs.periods import Period
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)


def add(before, now, **promise):
    """A program with `before` deaths of 100 births a month until 2024-06, then `now`."""
    program = TargetFactory(**promise).program
    site = ParticipationFactory(program=program).site
    for month in Period(date(2023, 1, 1), date(2025, 6, 1)):
        deaths = before if month < date(2024, 7, 1) else now
        MonthlyReportFactory(site=site, month=month, infant_deaths=deaths, stillbirths=deaths)
    return program


def compare(*programs):
    return compare_programs(programs, today=TODAY)


def only(comparison):
    [own] = comparison.compared
    return own


@pytest.mark.parametrize("rule", ["all", "both"])
@pytest.mark.parametrize("seed", range(3))
def test_each_program_is_judged_as_on_its_own_page(seed, rule):
    programs = [make_program(seed), make_program(seed + 3)]
    for program in programs:
        TargetFactory(program=program, sites_rule=rule)
    compared = compare(*programs).compared
    pages = [summarise_program(program, today=TODAY).target for program in programs]
    assert [own.target for own in compared] == pages


@pytest.mark.parametrize("seed", range(3))
def test_counts_of_both_periods_agree_with_a_recount(seed):
    program = make_program(seed)
    target = TargetFactory(program=program)
    own, recount = only(compare(program)).target, Recount(program)
    for figures, period in (
        (own.baseline, target.baseline_period),
        (own.evaluation, target.evaluation_period),
    ):
        counts = figures.counts
        assert (counts.deaths, counts.births, counts.reports) == recount.counts(list(period))
        assert figures.completeness.expected == recount.expected(list(period))


def test_change_is_shown_with_its_interval():
    change = only(compare(add(10, 6))).change
    # R: poisson.test(c(72, 120), c(1200, 1200))$conf.int
    assert change.percent_change == pytest.approx(-40)
    assert (change.low, change.high) == pytest.approx((0.4416148, 0.8102533), rel=1e-6)


@pytest.mark.parametrize(
    ("before", "now", "state"), [(1, 0, State.TOO_LITTLE), (10, 200, State.NO_VERDICT)]
)
def test_no_change_is_shown_where_the_counts_allow_no_verdict(before, now, state):
    own = only(compare(add(before, now)))
    assert own.target.verdict.state is state
    assert own.target.verdict.ratio is not None
    assert own.change is None


@pytest.mark.parametrize(
    ("promise", "percent"),
    [
        ({"reduction_percent": Decimal("12.5")}, -12.5),
        ({"reduction_percent": None, "level": Decimal(80)}, -20),  # of a baseline of 100
    ],
)
def test_promise_is_a_percentage_of_the_own_baseline(promise, percent):
    assert only(compare(add(10, 6, **promise))).promised_percent == percent


def test_level_against_a_baseline_without_deaths_is_no_percentage():
    own = only(compare(add(0, 1, reduction_percent=None, level=Decimal(80))))
    assert (own.promised_percent, own.change) == (None, None)


def test_promises_stand_by_measure_in_the_order_of_their_programs():
    first = add(10, 6, measure="stillbirth")
    second = add(10, 6)
    TargetFactory(program=second, measure="stillbirth")
    groups = compare(first, second).measures
    assert [(own.measure, [one.program for one in own.programs]) for own in groups] == [
        ("infant", [second]),
        ("stillbirth", [first, second]),
    ]


def test_program_without_a_promise_is_named_apart():
    program, silent = add(10, 6), ProgramFactory()
    comparison = compare(program, silent)
    assert comparison.unpromised == [silent]
    assert only(comparison).program == program
    assert compare(silent).measures == []
    assert not compare(silent).shows_anything


def test_one_picture_holds_fifty_programs():
    programs = [TargetFactory().program for _ in range(52)]
    comparison = compare(*programs)
    assert [own.program for own in comparison.compared] == programs[:50]
    assert comparison.left_out == 2


def test_nothing_to_compare_is_no_error():
    comparison = compare()
    assert (comparison.compared, comparison.unpromised, comparison.left_out) == ([], [], 0)


@pytest.mark.parametrize("number", [1, 3])
def test_comparison_takes_six_queries(django_assert_num_queries, number):
    for seed in range(number):
        TargetFactory(program=make_program(seed))
    programs = list(Program.objects.filter(targets__isnull=False))
    with django_assert_num_queries(6):  # targets, participations, spells, months, stops, changes
        assert len(compare(*programs).compared) == number
