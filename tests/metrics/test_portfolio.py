"""The portfolio's page: who sees what, what is due, and looking for programs."""

from datetime import date

import pytest

from programs.models import Program
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import make_program
from tests.metrics.summaries.test_portfolio import JUNE, recount_dues
from tests.metrics.test_pages import STRANGERS, fill, member_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

HTMX = {"HTTP_HX_REQUEST": "true"}


def named(*names, **fields):
    return [ProgramFactory(name=name, **fields) for name in names]


def found(response):
    """The names of the programs that a page lists, from top to bottom."""
    return [line.program.name for line, _ in response.context["lines"]]


def owing(program, name="Reed Island", first=date(2025, 5, 1)):
    """A site that owes a program its reports from a month to June."""
    return ParticipationFactory(program=program, site__name=name, first_month=first).site


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize("extra", STRANGERS)
def test_portfolio_of_a_stranger_is_empty(client, extra):
    owing(fill(TargetFactory().program))
    client.force_login(UserFactory(**extra))
    response = client.get("/programs/")
    assert found(response) == []
    assert "You are not a member of any program. Ask a manager" in words(response)
    assert "due" not in words(response)


def test_portfolio_lists_ones_own_programs_and_no_others(client):
    own, other = named("Our own", "Somebody else's")
    owing(other)
    member_of(own, client=client)
    response = client.get("/programs/")
    assert found(response) == [own.name]
    assert other.name not in words(response)
    assert "Reed Island" not in words(response)


def test_member_of_some_sites_sees_the_dues_of_these_and_the_programs_own_figures(client):
    program = fill(TargetFactory().program)
    mine, other = owing(program, "Mine"), owing(program, "Not mine", date(2024, 1, 1))
    member_of(program, client=client, role="reporter", sites=[mine])
    response = client.get("/programs/")
    seen = words(response)
    assert "Due from your sites 2 reports overdue from 1 site Mine 2025-06 overdue" in seen
    assert other.name not in seen
    [(line, _)] = response.context["lines"]
    page = client.get(f"/programs/{program.slug}/").context["summary"]
    assert (line.target, line.sites) == (page.target, 3)


@pytest.mark.parametrize(("role", "may_enter"), [("viewer", False), ("reporter", True)])
def test_months_due_lead_to_their_form_where_one_may_enter_them(client, role, may_enter):
    site = owing(ProgramFactory())
    member_of(Program.objects.get(), client=client, role=role)
    response = client.get("/programs/")
    assert (f"/sites/{site.code}/reports/2025-06/" in response.text) is may_enter
    assert f'href="/sites/{site.code}/"' in response.text


# --- What it says --------------------------------------------------------------------------


def test_portfolio_says_what_the_program_page_says(client):
    program = fill(TargetFactory().program)
    member_of(program, client=client)
    portfolio = client.get("/programs/")
    page = client.get(f"/programs/{program.slug}/")
    [(line, spark)] = portfolio.context["lines"]
    assert line.target == page.context["summary"].target
    assert "latest 70.0" in spark
    for text in ("100.0 → 70.0 per 1,000 births: 30 % lower", "Reached on the figures"):
        assert text in words(portfolio)
        assert text in words(page)


def test_program_says_what_its_figures_rest_on(client):
    program = fill(TargetFactory().program, sites=2)
    program.sites.first().monthly_reports.filter(month=JUNE).delete()
    member_of(program, client=client)
    seen = words(client.get("/programs/"))
    assert "1 report overdue from 1 site" in seen
    assert "Promised 30 % lower Baseline " in seen
    assert (
        "Births judged 2,300 2024-07 to 2025-06 "
        "Completeness 95 % 23 of 24 reports Sites 2 Last report 2025-06"
    ) in seen


def test_program_without_a_promise_shows_its_last_twelve_months(client):
    program = fill(ProgramFactory())
    member_of(program, client=client)
    seen = words(client.get("/programs/"))
    assert "Nothing has been promised yet, so there is nothing to judge." in seen
    assert "Births 1,200 2024-07 to 2025-06 Completeness 100 % 12 of 12 reports" in seen
    assert "latest 70.0" in seen


def test_program_without_anything_says_so(client):
    member_of(ProgramFactory(), client=client)
    seen = words(client.get("/programs/"))
    assert "No trend yet: it begins when 12 months have been reported." in seen
    assert "Sites 0 Last report none yet" in seen


def test_provisional_verdict_is_marked_as_one(client):
    program = fill(TargetFactory(due_month=date(2025, 12, 1)).program)
    member_of(program, client=client)
    assert "Provisional: due in 2025-12" in words(client.get("/programs/"))


@pytest.mark.parametrize("seed", range(3))
def test_dues_shown_are_those_of_a_recount(client, seed):
    program = make_program(seed, report_due_day=20, approval_required=True)
    member_of(program, client=client)
    seen = words(client.get("/programs/"))
    overdue, due, waiting = recount_dues(program, date(2025, 5, 1))
    sites = len({site for site, _ in overdue})
    assert f"What is due {len(overdue)} reports overdue from {sites} sites" in seen
    assert f"{len(waiting)} wait for approval" in seen
    if due:
        assert f"{len(due)} due, not late yet" in seen


def test_many_owing_sites_are_named_with_what_they_owe(client):
    program = ProgramFactory()
    for number in range(8):
        owing(program, f"Post {number}", date(2025, 6 - number % 3, 1))
    member_of(program, client=client)
    seen = words(client.get("/programs/"))
    assert "Post 2 3 · Post 5 3 · Post 1 2 · Post 4 2 · Post 7 2 · Post 0 1 · each program" in seen
    assert "15 reports overdue from 8 sites" in seen


def test_month_sent_back_is_to_be_corrected(client):
    site = owing(ProgramFactory(), first=JUNE)
    MonthlyReportFactory(site=site, month=JUNE, status="returned")
    member_of(Program.objects.get(), client=client, role="reporter")
    assert "2025-06 to correct" in words(client.get("/programs/"))


def test_nothing_due_says_so(client):
    member_of(fill(ProgramFactory()), client=client)
    seen = words(client.get("/programs/"))
    assert "Nothing: every report has come in, and none waits for approval." in seen
    assert "Every report is in." in seen


def test_ended_program_owes_nothing_any_more(client):
    program = ProgramFactory(status="ended")
    owing(program)
    member_of(program, client=client)
    seen = words(client.get("/programs/"))
    assert "Nothing: every report has come in" in seen
    assert "2 reports never came from 1 site" in seen


# --- Looking for programs --------------------------------------------------------------------


def test_programs_come_by_name_whatever_the_database_makes_of_case(client):
    member_of(*named("beta", "Alpha", "Gamma"), client=client)
    assert found(client.get("/programs/")) == ["Alpha", "beta", "Gamma"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("q=water", ["Clean Water"]),
        ("q=CLEAN", ["Clean Birth", "Clean Water"]),
        ("q=clean&status=ended", ["Clean Water"]),
        ("measure=maternal", ["Mothers"]),
        ("verdict=no_promise", ["Clean Birth", "Clean Water"]),
        ("verdict=no_verdict_data_problem", ["Mothers"]),
        ("verdict=no_promise&q=birth&page=7", ["Clean Birth"]),
        ("q=", ["Clean Birth", "Clean Water", "Mothers"]),
        ("q=mothers&verdict=no_promise", []),
    ],
)
def test_address_says_what_is_shown(client, asked, names):
    birth, water = named("Clean Birth", "Clean Water")
    Program.objects.filter(pk=water.pk).update(status="ended")
    mothers = TargetFactory(program__name="Mothers", measure="maternal").program
    member_of(birth, water, mothers, client=client)
    response = client.get(f"/programs/?{asked}")
    assert found(response) == names
    assert ("No program found" in words(response)) is (not names)


def test_standings_are_counted_and_lead_to_their_programs(client):
    strong = fill(TargetFactory(program__name="Strong").program, deaths=70, later=20)
    member_of(strong, *named("One", "Two"), client=client)
    response = client.get("/programs/?q=o")
    assert "3 programs" in words(response)
    assert "All 3 Reached, strong evidence 1 Nothing promised 2" in words(response)
    assert 'href="?q=o&amp;verdict=reached_strong"' in response.text
    chosen = client.get("/programs/?q=o&verdict=reached_strong")
    assert "1 of 3 programs" in words(chosen)
    assert found(chosen) == ["Strong"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("verdict=splendid", "“splendid” is no verdict. All are shown instead."),
        ("measure=growth", "growth is not one of the available choices."),
        ("status=gone", "gone is not one of the available choices."),
        ("q=%00", "Null characters are not allowed."),
        (f"q={'x' * 101}", "at most 100 characters"),
    ],
)
def test_unusable_question_shows_its_error_and_every_program(client, asked, said):
    programs = fill(TargetFactory().program), TargetFactory(measure="maternal").program
    member_of(*programs, client=client)
    response = client.get(f"/programs/?{asked}")
    assert said in words(response)
    assert len(found(response)) == 2


def test_empty_answer_says_what_to_do(client):
    member_of(*named("One", "Two"), client=client)
    response = client.get("/programs/?q=three")
    assert "Search for fewer words, or leave out a filter. Show all programs" in words(response)
    assert '<a class="btn btn-primary" href="/programs/">' in response.text


def test_htmx_receives_only_what_the_question_changes(client):
    member_of(*named("One", "Two"), client=client)
    whole, part = client.get("/programs/?q=one"), client.get("/programs/?q=one", **HTMX)
    assert found(whole) == found(part) == ["One"]
    assert "<html" not in part.text
    assert part.text.strip() in whole.text
    boosted = client.get("/programs/", **HTMX, HTTP_HX_BOOSTED="true")
    assert "<html" in boosted.text


def test_single_program_needs_no_search(client):
    member_of(*named("One"), client=client)
    response = client.get("/programs/")
    assert 'role="search"' not in response.text
    assert "Compare them" not in words(response)


def test_programs_beyond_fifty_are_on_the_next_page_and_found_by_verdict(client):
    programs = named(*(f"Program {number:02}" for number in range(52)))
    last = TargetFactory(program__name="Program 99").program
    member_of(*programs, last, client=client)
    pages = [client.get("/programs/", {"page": page}) for page in (1, 2, "x", 99)]
    assert [len(found(page)) for page in pages] == [50, 3, 50, 3]
    assert "page=2" in pages[0].text
    assert "All 53 A data problem 1 Nothing promised 52" in words(pages[0])
    assert found(client.get("/programs/?verdict=no_verdict_data_problem")) == ["Program 99"]
    assert "q=program&amp;page=2" in client.get("/programs/?q=program").text


# --- Many ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_portfolio_takes_twelve_queries(client, django_assert_num_queries, number):
    programs = [fill(TargetFactory().program, sites=number) for _ in range(number)]
    member_of(*programs, client=client)
    # session, user, programs, sites one may see and may write to; and the six of the summary:
    # targets, participations, spells, months, arrivals, changes of places
    with django_assert_num_queries(12):
        response = client.get("/programs/")
    assert len(found(response)) == number


@pytest.mark.parametrize("number", [1, 3])
def test_portfolio_never_takes_more_than_fourteen_queries(
    client, django_assert_num_queries, number
):
    """With everything that costs one: contracts for some sites, and reports that are due."""
    programs = [TargetFactory(sites_rule="both").program for _ in range(number)]
    late = [owing(fill(program, sites=number)) for program in programs]
    member_of(*programs, client=client, role="reporter", sites=late)
    with django_assert_num_queries(14):
        assert "Reed Island" in words(client.get("/programs/"))
    with django_assert_num_queries(12):
        client.get("/programs/", **HTMX)
