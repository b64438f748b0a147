"""The portfolio says of each program what its own page says."""

from datetime import date

import pytest

from metrics.models import MonthlyReport
from metrics.stats.verdicts import State
from metrics.summaries import Search, summarise_portfolio, summarise_program
from programs.models import Participation, Program
from programs.periods import Period
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
MONTHS = Period(date(2020, 1, 1), date(2025, 6, 1))  # those that are over
JUNE = date(2025, 6, 1)
ARRIVED = ("submitted", "approved")


def lines_of(*programs, today=TODAY, **options):
    return summarise_portfolio(programs, today=today, **options).lines(programs)


def line_of(program, **options):
    [line] = lines_of(program, **options)
    return line


def page_of(program, today=TODAY):
    return summarise_program(program, today=today)


def report(site, months, **counts):
    for month in months:
        MonthlyReportFactory(site=site, month=month, **counts)


# --- The same as the program page ------------------------------------------------------------


@pytest.mark.parametrize("rule", ["all", "both"])
@pytest.mark.parametrize("measure", ["infant", "neonatal", "stillbirth"])
@pytest.mark.parametrize("seed", range(3))
def test_portfolio_and_program_page_say_the_same(seed, measure, rule):
    program = make_program(seed, approval_required=seed == 1)
    TargetFactory(program=program, measure=measure, sites_rule=rule)
    line, page = line_of(program), page_of(program)
    assert line.target == page.target
    assert line.series == page.series
    assert line.sites == 3


@pytest.mark.parametrize("seed", range(3))
def test_program_without_a_promise_shows_infant_mortality_as_its_page_does(seed):
    program = make_program(seed)
    line = line_of(program)
    assert (line.target, line.series) == (None, page_of(program).series)
    assert line.covered == line.series.latest


@pytest.mark.parametrize("today", [date(2024, 8, 9), date(2025, 3, 31), date(2025, 6, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_portfolio_and_program_page_agree_while_the_evaluation_runs(seed, today):
    program = make_program(seed, reported=1, statuses=["submitted"])
    TargetFactory(program=program)
    assert line_of(program, today=today).target == page_of(program, today).target


def test_portfolio_counts_no_report_of_a_month_that_is_not_over():
    program = TargetFactory().program
    report(ParticipationFactory(program=program).site, Period(date(2023, 1, 1), JUNE))
    line = line_of(program, today=date(2025, 6, 30))
    assert line.target.evaluation.counts.reports == 11
    assert line.target.evaluation.completeness.expected == 11
    assert line.last_report == date(2025, 5, 1)


@pytest.mark.parametrize("rule", ["all", "both"])
def test_programs_of_a_portfolio_do_not_mix(rule):
    programs = [make_program(seed) for seed in range(3)]
    for program, measure in zip(programs, ["infant", "maternal", "infant"], strict=True):
        TargetFactory(program=program, measure=measure, sites_rule=rule)
    pages = [page_of(program) for program in programs]
    assert [line.target for line in lines_of(*programs)] == [page.target for page in pages]
    assert [line.series for line in lines_of(*programs)] == [page.series for page in pages]


@pytest.mark.parametrize("rule", ["all", "both"])
def test_reports_of_a_site_in_two_programs_count_once_in_each(rule):
    site, programs = SiteFactory(), [ProgramFactory(), ProgramFactory(approval_required=True)]
    report(site, Period(date(2023, 1, 1), JUNE))
    for program in programs:
        TargetFactory(program=program, sites_rule=rule)
        ParticipationFactory(program=program, site=site)
    first, second = lines_of(*programs)
    assert (first.target, second.target) == tuple(page_of(own).target for own in programs)
    assert first.target.evaluation.counts.reports == 12
    assert second.target.evaluation.counts.reports == 0  # they wait for approval
    assert (first.dues.waiting, second.dues.waiting) == (0, 30)


@pytest.mark.parametrize("seed", range(3))
def test_last_report_is_the_last_that_counts(seed):
    program = make_program(seed)
    months = [own.month for own in Recount(program).official()]
    assert line_of(program).last_report == max(month for month in months if month <= JUNE)


@pytest.mark.parametrize("sites", [0, 1])
def test_program_without_target_or_sites_has_its_line(sites):
    program = ProgramFactory()
    ParticipationFactory.create_batch(sites, program=program)
    line = line_of(program)
    assert (line.target, line.sites, line.last_report) == (None, sites, None)


def test_empty_portfolio_has_no_lines_and_waits_for_nothing():
    portfolio = summarise_portfolio([], today=TODAY)
    assert portfolio.lines([]) == []
    assert portfolio.dues(()).is_nothing
    assert portfolio.find(Search()).counts == {}


@pytest.mark.parametrize("number", [1, 3])
def test_portfolio_takes_seven_queries(django_assert_num_queries, number):
    for seed in range(number):
        TargetFactory(program=make_program(seed))
    programs = list(Program.objects.filter(targets__isnull=False))
    # targets, participations, spells, months, stops, arrivals, changes
    with django_assert_num_queries(7):
        assert len(lines_of(*programs)) == number


@pytest.mark.parametrize("number", [1, 3])
def test_contracts_for_some_sites_cost_one_query_more_together(django_assert_num_queries, number):
    for seed in range(number):
        TargetFactory(program=make_program(seed), sites_rule="both")
    programs = list(Program.objects.filter(targets__isnull=False))
    with django_assert_num_queries(8):
        assert len(lines_of(*programs)) == number


# --- What is due, against a slow recount -------------------------------------------------------


def recount_dues(program, overdue_through, sites=None):
    """Go through every site and every month: what nobody sent, late and not, and what waits."""
    recount = Recount(program, role=None)
    stored = {(own.site_id, own.month): own.status for own in recount.reports}
    asked = [
        (site, month)
        for site in (recount.sites if sites is None else sites)
        for month in MONTHS
        if recount.expects(site, month)
    ]
    missing = [own for own in asked if stored.get(own) not in ARRIVED]
    overdue = {own for own in missing if own[1] <= overdue_through}
    waiting = {own for own in asked if program.approval_required and stored.get(own) == "submitted"}
    return overdue, set(missing) - overdue, waiting


@pytest.mark.parametrize(("due_day", "overdue_through"), [(10, JUNE), (20, date(2025, 5, 1))])
@pytest.mark.parametrize("seed", range(3))
def test_dues_of_a_program_agree_with_a_recount(seed, due_day, overdue_through):
    program = make_program(seed, report_due_day=due_day, approval_required=seed == 1)
    dues = line_of(program).dues
    overdue, due, waiting = recount_dues(program, overdue_through)
    assert (dues.overdue, dues.due, dues.waiting) == (len(overdue), len(due), len(waiting))
    assert dues.late_sites == len({site for site, _ in overdue})
    assert dues.overdue > 0
    steps = page_of(program).next_steps
    assert (steps.overdue_reports, steps.due_reports) == (dues.overdue, dues.due)
    assert steps.waiting == dues.waiting


@pytest.mark.parametrize("seed", range(3))
def test_dues_of_a_member_of_some_sites_are_those_of_their_sites(seed):
    program = make_program(seed, approval_required=True)
    mine = program.participations.order_by("pk")[1:3]
    line = line_of(program, covered={own.pk for own in mine})
    overdue, due, waiting = recount_dues(program, JUNE, [own.site_id for own in mine])
    assert (line.dues.overdue, line.dues.due) == (len(overdue), len(due))
    assert line.dues.waiting == len(waiting)
    assert line.sites == 3  # the program's figures stay those of the whole


@pytest.mark.parametrize("seed", range(3))
def test_dues_of_all_programs_count_a_shared_report_once(seed):
    program = make_program(seed, approval_required=True)
    other = Program.objects.exclude(pk=program.pk).get()  # shares two of its sites
    Program.objects.filter(pk=other.pk).update(approval_required=True, report_due_day=20)
    programs = Program.objects.order_by("pk")
    dues = summarise_portfolio(programs, today=TODAY).dues(())
    counted = [recount_dues(programs[0], JUNE), recount_dues(programs[1], date(2025, 5, 1))]
    overdue, due, waiting = (one | two for one, two in zip(*counted, strict=True))
    assert (dues.overdue, dues.due) == (len(overdue), len(due - overdue))
    assert dues.waiting == len(waiting)
    assert {(own.site.pk, owed.month) for own in dues.sites for owed in own.months} == overdue | due
    assert len(overdue) < len(counted[0][0]) + len(counted[1][0])


def test_months_of_a_site_say_what_became_of_them():
    site = ParticipationFactory(first_month=date(2025, 3, 1), program__report_due_day=20).site
    for month, status in {3: "returned", 4: "draft", 5: "submitted"}.items():
        MonthlyReportFactory(site=site, month=date(2025, month, 1), status=status)
    program = Program.objects.get()
    [owing] = summarise_portfolio([program], today=TODAY).dues({site.pk}).sites
    seen = [(own.month.month, own.is_overdue, own.is_sent_back) for own in owing.months]
    assert seen == [(6, False, False), (4, True, False), (3, True, True)]
    assert (owing.overdue, owing.due, owing.may_enter) == (2, 1, True)


def test_site_that_owes_the_most_comes_first():
    program = ProgramFactory()
    for name, first in {"Few": date(2025, 5, 1), "Many": date(2025, 1, 1)}.items():
        ParticipationFactory(program=program, site__name=name, first_month=first)
    dues = summarise_portfolio([program], today=TODAY).dues(())
    assert [(own.site.name, own.overdue) for own in dues.sites] == [("Many", 6), ("Few", 2)]
    assert dues.late_sites == 2


def test_months_are_left_out_where_many_sites_owe_them_but_shared_ones_still_count_once():
    program, other = ProgramFactory(), ProgramFactory()
    for number in range(5):
        part = ParticipationFactory(program=program, first_month=date(2025, 6 - number, 1))
    ParticipationFactory(program=other, site=part.site, first_month=date(2025, 1, 1))
    dues = summarise_portfolio([program, other], today=TODAY).dues(())
    assert [own.overdue for own in dues.sites] == [6, 4, 3, 2, 1]  # not 5 and 6
    assert (dues.overdue, dues.lists_months) == (16, False)
    assert [len(own.months) for own in dues.sites][1:] == [0, 0, 0, 0]


def test_sites_that_only_wait_do_not_hide_the_months_of_those_that_owe():
    program = ProgramFactory(approval_required=True)
    for number in range(6):
        site = ParticipationFactory(program=program, first_month=JUNE).site
        if number:
            MonthlyReportFactory(site=site, month=JUNE)
    dues = summarise_portfolio([program], today=TODAY).dues(())
    assert [len(own.months) for own in dues.sites] == [1]
    assert (dues.waiting, dues.lists_months) == (5, True)


def test_site_that_was_closed_owes_nothing_for_those_months():
    spells = [(date(2020, 1, 1), date(2025, 2, 1)), (date(2025, 6, 1), None)]
    part = ParticipationFactory(first_month=date(2025, 1, 1), site=SiteFactory(spells=spells))
    [owing] = summarise_portfolio([part.program], today=TODAY).dues(()).sites
    assert [own.month.month for own in owing.months] == [6, 2, 1]


def test_ended_program_waits_for_nothing_but_says_what_never_came():
    program = ProgramFactory(status="ended")
    ParticipationFactory(program=program, first_month=date(2025, 5, 1))
    portfolio = summarise_portfolio([program], today=TODAY)
    assert portfolio.dues(()).is_nothing
    assert portfolio.lines([program])[0].dues.overdue == 2


@pytest.mark.parametrize("covered", [True, False])
def test_reader_of_some_sites_is_told_so(covered):
    part = ParticipationFactory()
    ParticipationFactory(program=part.program, role=Participation.Role.COMPARISON)
    own = set(Participation.objects.values_list("pk", flat=True)) if covered else {part.pk}
    portfolio = summarise_portfolio([part.program], today=TODAY, covered=own)
    assert portfolio.dues(()).is_limited is not covered


@pytest.mark.parametrize(("number", "queries"), [(1, 1), (3, 0)])
def test_dues_take_one_query_at_most(django_assert_num_queries, number, queries):
    """Of many sites, none of them in two programs, no months are asked for."""
    programs = [make_program(seed) for seed in range(number)]
    portfolio = summarise_portfolio(programs, today=TODAY)
    with django_assert_num_queries(queries):
        assert portfolio.dues(()).sites


# --- Looking for programs ------------------------------------------------------------------------


def find(programs, **asked):
    return summarise_portfolio(programs, today=TODAY).find(Search(**asked))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", ["all", "both"])
def test_standing_is_the_state_of_the_whole_verdict(seed, rule):
    program = make_program(seed, reported=1, statuses=["submitted"])
    TargetFactory(program=program, sites_rule=rule, min_completeness=0)
    assert find([program]).counts == {line_of(program).target.verdict.state: 1}


def test_programs_are_found_by_standing_and_counted_whatever_was_asked():
    reached, lacking = TargetFactory().program, TargetFactory().program
    report(ParticipationFactory(program=reached).site, Period(date(2023, 1, 1), JUNE))
    MonthlyReport.objects.filter(month__year__gte=2024).update(infant_deaths=1)
    report(ParticipationFactory(program=lacking).site, MONTHS, infant_deaths=0)
    programs = [reached, lacking, ProgramFactory()]
    found = find(programs, standing="too_little_data")
    assert found.programs == [lacking]
    assert found.counts == {State.REACHED_STRONG: 1, State.TOO_LITTLE: 1, "no_promise": 1}
    assert found.total == 3
    assert find(programs, standing="not_reached").programs == []


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("clean BIRTH", True),
        ("birth clean", True),  # in any order
        ("kits", True),  # the purpose
        ("unicef", True),  # a partner
        ("été", True),  # which databases fold differently
        ("clean water", False),
        ("%", False),
        ("", True),
    ],
)
def test_words_are_looked_for_in_name_purpose_and_partners(words, is_found):
    program = ProgramFactory(name="Clean Birth ÉTÉ", purpose="Delivery kits.", partners="UNICEF")
    assert find([program], words=words).programs == [program] * is_found


def test_programs_are_found_by_measure_and_status():
    first = TargetFactory(measure="maternal", program__status="planned").program
    second = TargetFactory(measure="infant", program__status="ended").program
    programs = [first, second, ProgramFactory()]
    assert find(programs, measure="maternal").programs == [first]
    assert find(programs, status="ended").programs == [second]
    assert find(programs, measure="maternal", status="ended").programs == []
    assert summarise_portfolio(programs, today=TODAY).measures == ["infant", "maternal"]
