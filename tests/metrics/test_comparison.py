"""The page that sets programs side by side, and its picture as a file."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from tests.factories import MembershipFactory, ProgramFactory, TargetFactory, UserFactory
from tests.metrics.test_pages import STRANGERS, fill, member_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGES = ["/comparison/", "/comparison.svg"]
HTMX = {"HTTP_HX_REQUEST": "true"}


def promised(name, deaths=10, later=7, **promise):
    return fill(TargetFactory(program__name=name, **promise).program, deaths=deaths, later=later)


def compared(response):
    return [own.program.name for own in response.context["comparison"].compared]


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize("extra", STRANGERS)
def test_stranger_has_nothing_to_compare(client, extra):
    program = promised("Somebody else's")
    client.force_login(UserFactory(**extra))
    response = client.get("/comparison/")
    assert compared(response) == []
    assert program.name not in words(response)
    assert "You are not a member of any program." in words(response)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("extra", STRANGERS)
def test_program_one_may_not_see_does_not_exist(client, page, extra):
    own, other = promised("Our own"), promised("Somebody else's")
    user = UserFactory(**extra)
    MembershipFactory(program=own, user=user)
    client.force_login(user)
    assert client.get(f"{page}?program={own.slug}").status_code == 200
    for slug in (other.slug, "unknown", "%00", ""):
        asked = f"{page}?program={own.slug}&program={slug}"
        assert client.get(asked).status_code == 404
    assert other.slug not in client.get(page).text


def test_member_of_some_sites_compares_whole_programs(client):
    program = promised("Shared")
    mine = fill(program).sites.first()
    member_of(program, client=client, sites=[mine], role="reporter")
    seen = words(client.get("/comparison/"))
    assert "168 of 2,400 24 of 24 reports" in seen


@pytest.mark.parametrize("page", PAGES)
def test_comparison_is_for_those_who_sign_in_and_only_looked_at(client, page):
    response = client.get(page)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={page}")
    client.force_login(UserFactory())
    assert client.post(page).status_code == 405


def test_comparison_is_reached_from_every_page_and_from_the_portfolio(client):
    member_of(promised("One"), promised("Two"), client=client)
    assert 'href="/comparison/"' in client.get("/account/password/change/").text
    assert "Compare them on one picture" in words(client.get("/programs/"))


# --- What it says --------------------------------------------------------------------------


def test_figures_stand_with_what_they_rest_on(client):
    member_of(promised("Healthy Beginnings"), client=client)
    seen = words(client.get("/comparison/"))
    # R: poisson.test(120, 1200)$conf.int * 1000; of 84; of c(84, 120) 0.5227 to 0.9326
    assert (
        "Healthy Beginnings Reached on the figures, not yet certain "
        "100.0 (82.9 to 119.6) 120 of 1,200 12 of 12 reports 2023-01 to 2023-12 "
        "70.0 (55.8 to 86.7) 84 of 1,200 12 of 12 reports 2024-07 to 2025-06 "
        "30 % lower 48 % lower to 7 % lower 30 % lower"
    ) in seen


def test_page_says_what_it_cannot_say(client):
    member_of(promised("One"), client=client)
    seen = words(client.get("/comparison/"))
    assert "This is no ranking" in seen
    assert "It does not mean a lower rate, nor a better program" in seen
    assert "not comparable with each other" not in seen
    member_of(promised("One"), promised("Two", measure="maternal"), client=client)
    assert "Changes of different measures" in words(client.get("/comparison/"))


def test_change_that_falls_short_of_the_promise_never_reads_like_the_promise(client):
    program = promised("Nearly", deaths=250, later=176)
    for site in program.sites.all():
        site.monthly_reports.update(live_births=2500)
    member_of(program, client=client)
    response = client.get("/comparison/")
    assert "29.6 % lower" in words(response)
    assert ">29.6 % lower</text>" in response.text


def test_program_with_too_little_says_why_and_has_no_point(client):
    member_of(promised("Firm"), promised("Small", deaths=1, later=0), client=client)
    response = client.get("/comparison/")
    seen = words(response)
    assert "Small Too little data 12 deaths in the baseline and 12.0 expected since" in seen
    assert "none shown" in seen
    assert "no point: too little data" in response.text


def test_page_without_any_point_keeps_its_figures(client):
    member_of(promised("Small", deaths=1, later=0), client=client)
    seen = words(client.get("/comparison/"))
    assert "No change can be shown yet" in seen
    assert "10.0 (5.2 to 17.5) 12 of 1,200" in seen  # R: poisson.test(12, 1200)$conf.int * 1000


def test_program_without_a_target_is_named_and_not_compared(client):
    member_of(promised("Firm"), ProgramFactory(name="Silent"), client=client)
    response = client.get("/comparison/")
    assert compared(response) == ["Firm"]
    assert "Nothing promised, so not compared: Silent" in words(response)


def test_programs_without_any_promise_are_told_what_to_do(client):
    member_of(ProgramFactory(name="Silent"), client=client)
    seen = words(client.get("/comparison/"))
    assert "Nothing to compare yet" in seen
    assert "A promise is made on a program's contract page." in seen


def test_provisional_verdict_is_marked_as_one(client):
    member_of(promised("Running", due_month=date(2025, 12, 1)), client=client)
    assert "Provisional: due in 2025-12" in words(client.get("/comparison/"))


# --- What is chosen --------------------------------------------------------------------------


def test_programs_are_chosen_by_the_address(client):
    programs = {name: promised(name) for name in ("b", "A", "C")}
    member_of(*programs.values(), client=client)
    assert compared(client.get("/comparison/")) == ["A", "b", "C"]
    asked = f"?program={programs['C'].slug}&program={programs['A'].slug}"
    response = client.get(f"/comparison/{asked}")
    assert compared(response) == ["A", "C"]
    assert "Choose programs: 2" in words(response)
    assert "2 of 3 programs, show all; as of 2025-07-15" in words(response)
    assert f"/comparison.svg{asked.replace('&', '&amp;')}" in response.text


def test_htmx_receives_only_what_the_choice_changes(client):
    program = promised("One")
    member_of(program, promised("Two"), client=client)
    response = client.get(f"/comparison/?program={program.slug}", **HTMX)
    assert compared(response) == ["One"]
    assert "<html" not in response.text
    assert '<span id="chosen" hx-swap-oob="true">1</span>' in response.text
    assert "hx-swap-oob" not in client.get("/comparison/").text


def test_more_than_fifty_programs_are_chosen_among(client):
    member_of(*(TargetFactory().program for _ in range(52)), client=client)
    response = client.get("/comparison/")
    assert len(compared(response)) == 50
    assert "2 programs are not shown One picture holds 50." in words(response)


def test_picture_is_a_file_of_its_own(client):
    program = promised("Healthy Beginnings")
    member_of(program, promised("Other"), client=client)
    response = client.get(f"/comparison.svg?program={program.slug}")
    assert response["Content-Type"] == "image/svg+xml"
    name = 'attachment; filename="comparison-2025-07-15.svg"'
    assert response["Content-Disposition"] == name
    svg = ET.fromstring(response.content)  # noqa: S314 - our own drawing
    said = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "Healthy Beginnings" in said
    assert "Other" not in said


def test_picture_of_nothing_does_not_exist(client):
    member_of(promised("Small", deaths=1, later=0), client=client)
    assert client.get("/comparison.svg").status_code == 404


@pytest.mark.parametrize(("page", "queries"), list(zip(PAGES, [9, 9], strict=True)))
@pytest.mark.parametrize("number", [1, 3])
def test_comparison_takes_so_many_queries(client, django_assert_num_queries, page, queries, number):
    programs = [fill(TargetFactory().program, sites=number) for _ in range(number)]
    member_of(*programs, client=client)
    # session, user, programs; targets, participations, spells, months, changes
    with django_assert_num_queries(queries):
        assert client.get(page).status_code == 200
