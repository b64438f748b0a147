"""The pages of knowledge: cards with live examples, benchmarks, questions, first steps."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string

from metrics.models import Benchmark, IndicatorAttribute, IndicatorCard
from metrics.summaries import exemplify, summarise_program
from metrics.summaries.scopes import Scope
from metrics.views.questions import QUESTIONS
from programs.models import Measure, Program, Role
from programs.periods import Period
from tests.conftest import TODAY
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

YEAR = Period.ending(date(2025, 6, 1))
PAGES = ["", "indicators/infant/", "benchmarks/", "questions/", "first-steps/"]


def fill(program, deaths=5, **counts):
    """A site that reports the last 12 months, 100 births in each."""
    site = ParticipationFactory(program=program).site
    for month in YEAR:
        MonthlyReportFactory(site=site, month=month, infant_deaths=deaths, **counts)
    return site


def member_of(client, *programs, user=None, **membership):
    user = user or UserFactory()
    for program in programs:
        MembershipFactory(program=program, user=user, **membership)
    client.force_login(user)
    return user


def words(response):
    assert response.status_code == 200
    main = response.text.partition("<main")[2].partition("</main>")[0]
    plain = re.sub("<[^>]+>", " ", re.sub("</?(span|strong)[^>]*>", "", main))
    return " ".join(html.unescape(plain).split())


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_knowledge_is_for_everybody_who_signs_in_and_names_no_program_of_others(client, page):
    other = fill(ProgramFactory(name="Somebody else's")).programs.get()
    client.force_login(UserFactory())
    assert other.name not in words(client.get(f"/knowledge/{page}"))


@pytest.mark.parametrize("page", ["indicators/infant/", "benchmarks/", "first-steps/"])
@pytest.mark.parametrize("slug", ["theirs", "unknown", "\0"])
def test_program_of_somebody_else_cannot_be_chosen(client, page, slug):
    ProgramFactory(slug="theirs")
    member_of(client, ProgramFactory())
    assert client.get(f"/knowledge/{page}", {"program": slug}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_knowledge_is_only_looked_at(client, page):
    client.force_login(UserFactory())
    assert client.post(f"/knowledge/{page}").status_code == 405


@pytest.mark.parametrize(
    ("address", "change", "edited"),
    [
        ("indicators/infant/", "indicatorcard", "/admin/metrics/indicatorcard/"),
        ("benchmarks/", "benchmark", "/admin/metrics/benchmark/"),
    ],
)
def test_only_staff_who_may_are_led_to_edit_in_the_admin(client, address, change, edited):
    plain, staff, may = UserFactory(), UserFactory(is_staff=True), UserFactory(is_staff=True)
    may.user_permissions.add(Permission.objects.get(codename=f"change_{change}"))
    seen = []
    for user in (plain, staff, may):
        client.force_login(user)
        seen.append(f'href="{edited}' in client.get(f"/knowledge/{address}").text)
    assert seen == [False, False, True]


def test_header_leads_to_knowledge_and_marks_where_one_is(client):
    client.force_login(UserFactory())
    assert '<a class="wide-only" href="/knowledge/" >' in client.get("/programs/").text
    assert 'href="/knowledge/" aria-current="page"' in client.get("/knowledge/").text
    assert 'href="/knowledge/" aria-current="true"' in client.get("/knowledge/questions/").text


# --- The door ------------------------------------------------------------------------------


def test_door_leads_to_every_card_every_guide_and_ones_own_pitfalls(client):
    own = ProgramFactory()
    member_of(client, own)
    page = client.get("/knowledge/").text
    for measure in Measure:
        assert f'href="/knowledge/indicators/{measure}/"' in page
    for guide in ("first-steps", "questions", "benchmarks"):
        assert f'href="/knowledge/{guide}/"' in page
    assert f'href="/programs/{own.slug}/pitfalls/"' in page


def test_door_without_a_program_says_what_to_do(client):
    client.force_login(UserFactory())
    assert "Ask a manager or an admin to add you to one." in words(client.get("/knowledge/"))


@pytest.mark.parametrize("programs", [1, 3])
def test_door_takes_five_queries(client, django_assert_num_queries, programs):
    member_of(client, *ProgramFactory.create_batch(programs))
    with django_assert_num_queries(5):
        assert client.get("/knowledge/").status_code == 200


# --- Indicator cards -----------------------------------------------------------------------


@pytest.mark.parametrize("measure", Measure)
def test_card_shows_its_twelve_texts_each_with_whose_it_is(client, measure):
    client.force_login(UserFactory())
    response = client.get(f"/knowledge/indicators/{measure}/")
    seen = words(response)
    for own in IndicatorAttribute.objects.filter(card__measure=measure):
        assert f'<h2 id="{own.attribute}">{own.get_attribute_display()}</h2>' in response.text
        assert f'href="#{own.attribute}"' in response.text
        source = f"From a source: {own.source}" if own.source else "Ours"
        assert f"{own.text[1:]} {source}, 2026-11-22" in seen


def test_text_that_was_given_says_so(client):
    IndicatorAttribute.objects.filter(card__measure="infant", attribute="tips").update(
        origin="given", source="the ministry", source_date=None
    )
    client.force_login(UserFactory())
    seen = words(client.get("/knowledge/indicators/infant/"))
    assert "and its months before the program begins. Given to us: the ministry" in seen


def test_text_that_nobody_has_written_says_so(client):
    IndicatorCard.objects.filter(measure="neonatal").delete()
    IndicatorAttribute.objects.filter(card__measure="infant", attribute="tools").delete()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = client.get("/knowledge/indicators/neonatal/")
    assert words(page).count("Nobody has written this yet.") == 12
    assert words(client.get("/knowledge/indicators/infant/")).count("Nobody has written") == 1
    assert "Edit in the admin" not in page.text


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("seed", range(3))
def test_live_examples_are_those_of_a_slow_recount(measure, seed):
    programs = [make_program(seed), make_program(seed + 10, approval_required=True)]
    for own in exemplify(programs, [measure], today=TODAY)[measure]:
        recount, figures = Recount(own.program), own.figures
        deaths, births, reports = recount.counts(figures.period, measure)
        assert len(figures.period) == 12
        assert (figures.counts.deaths, figures.counts.births) == (deaths, births)
        assert figures.completeness.received == reports
        assert figures.completeness.expected == recount.expected(figures.period)
        if births:
            assert figures.rate.value == pytest.approx(deaths / births * measure.usual_per)


@pytest.mark.parametrize("measure", Measure)
def test_live_example_is_the_figure_of_the_programs_own_page(measure):
    program = TargetFactory(
        program=make_program(3), measure="maternal", per=1000, confidence=Decimal(99)
    ).program
    (own,) = exemplify([program], [measure], today=TODAY)[measure]
    scope = Scope(measure=measure)
    shown = summarise_program(program, today=TODAY, scope=scope).series.latest
    assert own.figures == shown


def test_example_is_worked_out_with_ones_own_numbers(client):
    member_of(client, fill(ProgramFactory(name="Healthy Beginnings")).programs.get())
    seen = words(client.get("/knowledge/indicators/infant/"))
    # R's poisson.test(60, 1200): 38.2 to 64.4 per 1,000
    assert "Healthy Beginnings 60 ÷ 1,200 × 1,000 = 50.0 Interval 38.2 to 64.4" in seen
    assert "2024-07 to 2025-06 · 12 of 12 reports (100 %)" in seen


def test_stillbirths_are_set_against_all_births(client):
    member_of(client, fill(ProgramFactory(), stillbirths=25).programs.get())
    seen = words(client.get("/knowledge/indicators/stillbirth/"))
    assert "Stillbirths ÷ live births and stillbirths" in seen
    assert "300 ÷ 1,500 × 1,000 = 200.0" in seen


def test_rate_that_the_contract_states_otherwise_says_so(client):
    program = fill(ProgramFactory(), maternal_deaths=1).programs.get()
    TargetFactory(program=program, measure="maternal", per=1000)
    member_of(client, program)
    seen = words(client.get("/knowledge/indicators/maternal/"))
    assert "12 ÷ 1,200 × 1,000 = 10.0 Per 1,000 births, as its contract states it." in seen


def test_example_without_a_figure_says_why(client):
    young = ParticipationFactory(first_month=date(2025, 3, 1)).program
    silent = fill(ProgramFactory()).programs.get()
    member_of(client, young, silent)
    seen = words(client.get("/knowledge/indicators/stillbirth/"))
    assert f"{young.name} Fewer than 12 months so far, so there is no figure yet." in seen
    assert f"{silent.name} Not counted from 2024-07 to 2025-06: 0 of 12 reports hold it." in seen


def test_no_births_are_not_a_rate_of_zero(client):
    program = fill(ProgramFactory(), deaths=0, live_births=0).programs.get()
    member_of(client, program)
    seen = words(client.get("/knowledge/indicators/infant/"))
    assert "in 12 of 12 reports, so there is no rate. That is not a rate of zero." in seen


def test_card_without_a_program_says_so(client):
    client.force_login(UserFactory())
    seen = words(client.get("/knowledge/indicators/infant/"))
    assert "You are not a member of any program yet" in seen


def test_ten_programs_are_shown_and_any_can_be_chosen(client):
    programs = [ProgramFactory(name=f"Number {number:02}") for number in range(12)]
    member_of(client, *programs)
    response = client.get("/knowledge/indicators/infant/")
    assert [own.program for own in response.context["examples"]] == programs[:10]
    assert "And 2 more: choose one above." in words(response)

    chosen = client.get("/knowledge/indicators/infant/", {"program": programs[11].slug})
    assert [own.program for own in chosen.context["examples"]] == [programs[11]]
    assert "more: choose one above" not in words(chosen)


def test_member_of_some_sites_sees_the_totals_of_the_program(client):
    program = ProgramFactory()
    own, _ = fill(program), fill(program)
    member_of(client, program, sites=[own])
    assert "120 ÷ 2,400 × 1,000 = 50.0" in words(client.get("/knowledge/indicators/infant/"))


@pytest.mark.parametrize("programs", [1, 3])
def test_card_takes_nine_queries(client, django_assert_num_queries, programs):
    member_of(client, *(fill(own).programs.get() for own in ProgramFactory.create_batch(programs)))
    with django_assert_num_queries(9):
        assert client.get("/knowledge/indicators/infant/").status_code == 200


def test_how_we_know_leads_to_the_card_of_what_was_promised(client):
    program = TargetFactory(measure="neonatal").program
    member_of(client, program)
    page = client.get(f"/programs/{program.slug}/how-we-know/").text
    assert 'href="/knowledge/indicators/neonatal/"' in page
    assert f'href="/programs/{program.slug}/pitfalls/"' in page


# --- Benchmarks ----------------------------------------------------------------------------


def test_benchmarks_are_context_and_stand_with_source_and_year(client):
    client.force_login(UserFactory())
    seen = words(client.get("/knowledge/benchmarks/"))
    assert "They are context only and never part of a verdict." in seen
    assert "United States 5.4 per 1,000 CDC not stated not recorded" in seen
    assert "No benchmark is recorded for neonatal mortality , postneonatal mortality" in seen


def test_superseded_benchmark_is_in_the_table_and_not_in_the_picture(client):
    newer = Benchmark.objects.create(
        place="World", value=27, source="UN", year=2024, retrieved_on=date(2026, 3, 1)
    )
    Benchmark.objects.filter(place="World", source="WHO").update(superseded_by=newer)
    client.force_login(UserFactory())
    response = client.get("/knowledge/benchmarks/")
    assert "World 27 per 1,000 UN 2024 2026-03-01" in words(response)
    assert "superseded by World: 27 (UN, 2024) 38 per 1,000 WHO" in words(response)
    assert "<title>World: 27; UN, 2024</title>" in response.text
    assert "<title>World: 38" not in response.text


def test_own_programs_stand_beside_the_benchmarks(client):
    member_of(client, fill(ProgramFactory(name="Ours")).programs.get())
    seen = words(client.get("/knowledge/benchmarks/"))
    assert "Ours 50.0 (38.2 to 64.4) 60 of 1,200; 12 of 12 reports 2024-07 to 2025-06" in seen


def test_picture_of_benchmarks_is_a_file_where_there_are_any(client):
    program = fill(ProgramFactory(name="Ours")).programs.get()
    member_of(client, program)
    response = client.get("/knowledge/benchmarks/infant.svg", {"program": program.slug})
    assert response["Content-Type"] == "image/svg+xml"
    assert "Ours" in response.text
    assert client.get("/knowledge/benchmarks/maternal.svg").status_code == 404


def test_without_any_benchmark_the_page_says_so(client):
    Benchmark.objects.all().delete()
    client.force_login(UserFactory())
    assert "No benchmark is recorded" in words(client.get("/knowledge/benchmarks/"))


@pytest.mark.parametrize("programs", [1, 3])
@pytest.mark.parametrize("measures", [["infant"], ["infant", "neonatal", "maternal"]])
def test_benchmarks_take_eight_queries(client, django_assert_num_queries, programs, measures):
    for measure in measures:
        Benchmark.objects.create(place="Here", value=9, source="Us", measure=measure)
    member_of(client, *(fill(own).programs.get() for own in ProgramFactory.create_batch(programs)))
    with django_assert_num_queries(8):
        assert client.get("/knowledge/benchmarks/").status_code == 200


# --- Questions -----------------------------------------------------------------------------

ASKED = [own for group in QUESTIONS for own in group.questions]


def test_questions_are_asked_once_and_each_is_answered(client):
    client.force_login(UserFactory())
    page = client.get("/knowledge/questions/")
    assert 12 <= len({own.name for own in ASKED}) == len(ASKED) <= 20
    for own in ASKED:
        heading = f'<h3 id="{own.name}">{own.words}</h3>'
        assert (page.text.count(heading), page.text.count(f'href="#{own.name}"')) == (1, 1)


@pytest.mark.parametrize("own", ASKED, ids=[own.name for own in ASKED])
def test_answer_leads_only_to_pages_that_open(client, own):
    program = fill(TargetFactory().program).programs.get()
    member_of(client, program, role=Role.MANAGER)
    answer = render_to_string(own.template, {"program": program})
    for address in re.findall(r'href="(/[^"]+)"', answer):
        page = client.get(address)
        assert page.status_code == 200
        if "#" in address:
            assert f'id="{address.partition("#")[2]}"' in page.text


def test_answers_lead_into_ones_own_running_program(client):
    ended = ProgramFactory(name="A", status=Program.Status.ENDED)
    member_of(client, ended, ProgramFactory(name="B", slug="b"))
    assert client.get("/knowledge/questions/").context["program"].slug == "b"


@pytest.mark.parametrize("programs", [1, 3])
def test_questions_take_three_queries(client, django_assert_num_queries, programs):
    member_of(client, *ProgramFactory.create_batch(programs))
    with django_assert_num_queries(3):
        assert client.get("/knowledge/questions/").status_code == 200
