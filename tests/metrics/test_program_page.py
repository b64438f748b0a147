"""The program page: what it shows first, what one may ask of it, and its pictures as files."""

import html
import re
from datetime import date
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from programs.models import Measure
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
PAGE = "/programs/hb/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def words(response):
    seen = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return " ".join(html.unescape(seen).split()).replace(" ;", ";")


@pytest.fixture
def program():
    """A site in the north whose rate halves, and one in the south whose rate stays."""
    own = TargetFactory(program__slug="hb", program__name="Healthy Beginnings").program
    for name, now in (("North", 5), ("South", 10)):
        site = SiteFactory(code=name.upper(), area=AreaFactory(name=name, code=name.lower()))
        ParticipationFactory(program=own, site=site)
        for month in Period(date(2023, 1, 1), JUNE):
            deaths = 10 if month < date(2024, 7, 1) else now
            MonthlyReportFactory(site=site, month=month, live_births=100, infant_deaths=deaths)
    return own


@pytest.fixture
def member(client, program):
    user = UserFactory()
    client.force_login(user)
    return MembershipFactory(program=program, user=user, role="manager")


def test_sentence_comes_first(client, member):
    seen = words(client.get(PAGE))
    sentence = seen.index("Not reached: 25 % lower")
    assert sentence < seen.index("What to do next") < seen.index("What it rests on")
    assert seen.index("What it rests on") < seen.index("Mothers and children together")
    assert "by 2 program sites" not in seen[:sentence]


def test_area_asked_for_is_summed_and_asked_for_the_promise(client, member):
    seen = words(client.get(PAGE, {"area": "north"}))
    assert "Infant mortality, North 1 program site" in seen
    assert "The same promise, asked of these sites: Reached, strong evidence" in seen
    assert "60 of 1,200; 12 of 12 reports, 2024-07 to 2025-06" in seen
    assert "baseline 100.0 (82.9 to 119.6) 120 of 1,200; 12 of 12 reports" in seen


def test_sites_asked_for_are_those_summed_and_listed(client, member):
    response = client.get(PAGE, {"site": ["SOUTH"], "measure": "infant"})
    assert "120 of 1,200; 12 of 12 reports, 2024-07 to 2025-06" in words(response)
    assert [line.site.code for line, _ in response.context["sites"]] == ["SOUTH"]


def test_measure_asked_for_is_shown_throughout(client, member):
    response = client.get(PAGE, {"measure": "stillbirth"})
    assert response.context["summary"].measure == Measure.STILLBIRTH
    assert "Stillbirths 2 program sites, each point 12 months" in words(response)
    assert "Not reached: 25 % lower" in words(response)  # the promise is about another measure


def test_area_without_the_sites_asked_for_is_a_question_that_has_no_answer(client, member):
    response = client.get(PAGE, {"area": "north", "site": "SOUTH"})
    assert "None of the chosen sites lies in North. Choose one of both." in words(response)
    assert response.context["summary"].shown.scope.sites is None


def test_htmx_gets_only_what_the_question_changes(client, member):
    response = client.get(PAGE, {"area": "north"}, **HTMX)
    assert "Infant mortality, North" in words(response)
    assert "<html" not in response.text
    assert "What to do next" not in words(response)
    whole = client.get(PAGE, {"area": "north"}, **HTMX, HTTP_HX_BOOSTED="true")
    assert "<html" in whole.text


def test_cache_keeps_the_page_and_its_part_apart(client, member):
    assert "HX-Request" in client.get(PAGE).headers["Vary"]


def test_figures_of_some_sites_lead_to_their_reports(client, member):
    response = client.get(PAGE, {"area": "north", "site": ["NORTH"]})
    addresses = [
        html.unescape(found)
        for found in re.findall(r'href="([^"]*/explain/infant/2024-07[^"]*)"', response.text)
    ]
    asked = {"area": ["north"], "site": ["NORTH"]}
    own = [address for address in addresses if parse_qs(urlsplit(address).query) == asked]
    assert own
    for address in own:
        assert client.get(address).context["explained"].figures.counts.births == 1200


def test_limited_member_may_ask_for_their_sites_only(client, program):
    mine = program.sites.get(code="NORTH")
    membership = MembershipFactory(program=program, all_sites=False, sites=[mine])
    client.force_login(membership.user)
    form = client.get(PAGE).context["form"]
    assert (list(form.sites), list(form.areas)) == (["NORTH"], ["north"])
    for asked in ({"site": "SOUTH"}, {"area": "south"}):
        assert "is not one of the available choices" in words(client.get(PAGE, asked))
        scope = client.get(PAGE, asked).context["summary"].shown.scope
        assert scope.sites is None


@pytest.mark.parametrize("asked", ["?area=south", "?area=nowhere", "?site=SOUTH"])
def test_limited_member_finds_no_reports_of_other_places(client, program, asked):
    mine = program.sites.get(code="NORTH")
    client.force_login(MembershipFactory(program=program, all_sites=False, sites=[mine]).user)
    address = f"{PAGE}explain/infant/2024-07..2025-06/"
    assert client.get(address + asked).status_code == 404
    both = client.get(f"{address}?site=NORTH&site=SOUTH")
    assert both.context["explained"].figures.counts.births == 1200


@pytest.mark.parametrize("chart", ["trend", "progress"])
def test_picture_is_a_file_of_its_own(client, member, chart):
    response = client.get(f"{PAGE}{chart}.svg", {"area": "north"})
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="hb-{chart}-2025-07-15.svg"'
    )
    assert ET.fromstring(response.content).tag.endswith("svg")  # noqa: S314 - our own drawing


def test_picture_that_cannot_be_drawn_does_not_exist(client, member):
    assert client.get(f"{PAGE}map.svg").status_code == 404  # no site says where it lies


@pytest.mark.parametrize("chart", ["trend", "progress", "map"])
def test_pictures_do_not_exist_for_a_stranger(client, program, chart):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get(f"{PAGE}{chart}.svg").status_code == 404


def test_planned_program_has_its_page(client):
    program = ProgramFactory(slug="later", start_month=date(2030, 1, 1))
    InterventionFactory(program=program, first_month=date(2030, 1, 1))
    client.force_login(MembershipFactory(program=program).user)
    seen = words(client.get("/programs/later/"))
    assert "No trend yet" in seen
    assert "Nothing: every report is in, none waits, and no site stands out." in seen


def test_program_that_has_not_begun_has_its_page(client):
    own = ParticipationFactory(first_month=date(2026, 1, 1))
    client.force_login(MembershipFactory(program=own.program).user)
    assert own.site.name in words(client.get(f"/programs/{own.program.slug}/"))
