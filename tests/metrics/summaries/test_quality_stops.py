"""What forbids a verdict until somebody corrects or explains it: the page's own finding."""

from datetime import date

import pytest

from metrics.evaluations import checksum_of, document_of, freeze_evaluation, recompute
from metrics.findings import reopen_finding, review_finding
from metrics.models import FindingReview, MonthlyReport
from metrics.stats.gates import Problem
from metrics.summaries import gather_program, summarise_portfolio, summarise_program
from metrics.summaries.gathering import judge_gathered
from metrics.summaries.places import judge_sites
from metrics.summaries.quality.examining import examine_program
from programs.models import Program, Target
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2025, 7, 15)
MONTHS = Period.parse("2023-01..2025-06")  # the baseline is 2023, the evaluation from 2024-07 on
KIND = "deaths_over_births_year"


@pytest.fixture
def program():
    """A clinic as it should be, and a hospital that counts deaths without their births."""
    program = ProgramFactory(slug="hb", name="Healthy Beginnings")
    TargetFactory(program=program)
    add_site(program, "NC-1", births=1000, deaths=50)
    add_site(program, "RH-2", births=2, deaths=3)
    return program


def add_site(program, code, *, births, deaths, months=MONTHS, **fields):
    site = ParticipationFactory(program=program, site__code=code, site__name=code).site
    for month in months:
        MonthlyReportFactory(
            site=site, month=month, live_births=births, infant_deaths=deaths, **fields
        )
    return site


def manager_of(program):
    return MembershipFactory(program=program, role="manager")


def findings(membership, kind=KIND):
    found = examine_program(membership, today=TODAY).findings
    return [own for own in found if own.kind == kind]


def explain_all(program):
    membership = manager_of(program)
    said = {"decision": "explained", "reason": "The sick are sent there.", "by": membership.user}
    return [review_finding(program=program, finding=own, **said) for own in findings(membership)]


def problems(program):
    gathered = gather_program(Program.objects.get(pk=program.pk), today=TODAY)
    return judge_gathered(gathered).verdict.problems


def test_a_year_of_more_deaths_than_births_at_a_site_forbids_the_verdict(program):
    assert [own.months.code for own in findings(manager_of(program))] == [
        "2024-01..2024-12",
        "2023-01..2023-12",
    ]
    assert problems(program) == (Problem.UNRESOLVED,)


def test_a_verdict_is_reached_once_it_is_explained(program):
    explain_all(program)
    assert problems(program) == ()


def test_what_was_said_no_longer_holds_when_a_count_changes(program):
    explain_all(program)
    MonthlyReport.objects.filter(site__code="RH-2", month=date(2023, 5, 1)).update(infant_deaths=4)
    assert problems(program) == (Problem.UNRESOLVED,)


def test_it_is_open_again_once_what_was_said_is_taken_back(program):
    first, *_ = explain_all(program)
    reopen_finding(review=first, by=first.reviewed_by)
    assert problems(program) == (Problem.UNRESOLVED,)


def test_months_outside_the_contract_forbid_nothing(program):
    own = MonthlyReport.objects.filter(site__code="RH-2")
    own.exclude(month__range=(date(2024, 1, 1), date(2024, 6, 1))).update(live_births=10)
    assert [own.months.code for own in findings(manager_of(program))] == []
    own.filter(month__range=(date(2024, 1, 1), date(2024, 6, 1))).update(infant_deaths=100)
    assert [own.months.code for own in findings(manager_of(program))] == [
        "2024-02..2025-01",
        "2023-02..2024-01",
    ]
    assert problems(program) == ()


def test_a_site_that_does_not_count_forbids_nothing(program):
    MonthlyReport.objects.filter(site__code="RH-2", month__year=2023).delete()
    program.targets.update(sites_rule=Target.SitesRule.BOTH)
    assert problems(program) == ()


def test_a_report_that_waits_for_approval_forbids_nothing(program):
    MonthlyReport.objects.filter(site__code="NC-1").update(status="approved")
    Program.objects.update(approval_required=True)
    program.targets.update(min_completeness=50)
    assert len(findings(manager_of(program))) == 2
    assert problems(program) == ()


def test_the_portfolio_says_the_same(program):
    portfolio = summarise_portfolio([program], today=TODAY)
    [line] = portfolio.lines([program])
    assert line.target.verdict.problems == (Problem.UNRESOLVED,)
    explain_all(program)
    [line] = summarise_portfolio([program], today=TODAY).lines([program])
    assert line.target.verdict.problems == ()


def test_only_the_site_itself_and_what_holds_it_are_without_a_verdict(program):
    gathered = gather_program(program, today=TODAY)
    lines = judge_sites(gathered, judge_gathered(gathered))
    has_problem = {own.place.code: Problem.UNRESOLVED in own.verdict.problems for own in lines}
    assert has_problem == {"NC-1": False, "RH-2": True}


@pytest.mark.parametrize("sites", [1, 3])
def test_an_open_finding_costs_one_query_more(program, django_assert_num_queries, sites):
    for number in range(1, sites):
        add_site(program, f"RH-2{number}", births=1, deaths=2)
    with django_assert_num_queries(7):  # 6 without any
        assert gather_program(program, today=TODAY).stops


def test_a_frozen_verdict_holds_it_and_is_recomputed_to_the_same_bytes(program):
    by = manager_of(program).user
    evaluation = freeze_evaluation(target=program.targets.get(), by=by, today=TODAY)
    document = document_of(evaluation)
    assert document["verdict"]["problems"] == ["unresolved"]
    assert [own.get("unresolved") for own in document["periods"].values()] == [1, 1]
    assert recompute(document) == document


def test_a_document_from_before_this_was_asked_is_recomputed_as_it_was(program):
    MonthlyReport.objects.filter(site__code="RH-2").update(live_births=10)
    by = manager_of(program).user
    document = document_of(freeze_evaluation(target=program.targets.get(), by=by, today=TODAY))
    assert all(own.keys() == {"elapsed", "expected"} for own in document["periods"].values())
    assert recompute(document)["checksum"] == document["checksum"] == checksum_of(document)


def test_words_name_what_is_to_be_done(client, program):
    client.force_login(manager_of(program).user)
    assert (
        "At a site that counts here infant deaths outnumber live births for a year, and nobody "
        "has corrected or explained it: see the program's data quality."
    ) in client.get("/programs/hb/").text.replace("&#x27;", "'")


def test_review_of_another_program_counts_there_alone(program):
    other = ProgramFactory()
    for part in program.participations.all():
        ParticipationFactory(program=other, site=part.site)
    explain_all(other)
    assert FindingReview.objects.filter(program=other).count() == 2
    assert problems(program) == (Problem.UNRESOLVED,)


def test_summary_of_the_program_and_how_it_was_known_agree(program):
    assert summarise_program(program, today=TODAY).target.verdict.problems == problems(program)
