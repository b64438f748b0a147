"""The area page: what it says, whom it shows what, and what it costs."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from programs.models import Area, Participation
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.reading import links, sign_in, words
from tests.metrics.recount import Recount, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
LAND, NORTH = "/programs/hb/areas/LAND/", "/programs/hb/areas/NORTH/"


def join(program, area, deaths=(10, 7), **site):
    """A site that reports every month since 2023, and from July 2024 on other deaths."""
    own = SiteFactory(area=area, **site)
    ParticipationFactory(program=program, site=own)
    for month in Period(date(2023, 1, 1), JUNE):
        count = deaths[month >= date(2024, 7, 1)]
        MonthlyReportFactory(site=own, month=month, live_births=100, infant_deaths=count)
    return own


@pytest.fixture
def land():
    return AreaFactory(name="Land", code="LAND", kind=Area.Kind.COUNTRY)


@pytest.fixture
def program(land):
    """Two sites in the north, of which the rate falls, and one in the south, where it rises."""
    own = TargetFactory(program__slug="hb", program__name="Healthy Beginnings").program
    north = AreaFactory(name="North", code="NORTH", kind=Area.Kind.REGION, parent=land)
    south = AreaFactory(name="South", code="SOUTH", kind=Area.Kind.REGION, parent=land)
    join(own, north, name="Hill", code="HILL")
    join(own, north, name="Dale", code="DALE")
    join(own, south, deaths=(10, 30), name="Coast", code="COAST")
    return own


# --- What it says --------------------------------------------------------------------------


def test_page_says_what_the_contract_would_say_of_the_area(client, program):
    sign_in(client, program)
    seen = words(client.get(NORTH))
    for text in (
        "North Region, 2 program sites of Healthy Beginnings",
        "asked of North alone: infant mortality 30 % lower",
        "Reached on the figures, not yet certain 100.0 → 70.0 per 1,000 births: 30 % lower",
        "Baseline 2023-01 to 2023-12 240 2,400 100.000",
        "Evaluation 2024-07 to 2025-06 168 2,400 70.000",
        "100 % 24 of 24 reports",
        "Nobody promised this of one area",
    ):
        assert text in seen


@pytest.mark.parametrize("seed", range(2))
def test_page_shows_what_a_recount_gives(client, seed):
    program = make_program(seed, approval_required=seed == 1)
    target, recount = TargetFactory(program=program), Recount(program)
    [first, *_] = program.sites.order_by("pk")
    sign_in(client, program)
    seen = words(client.get(f"/programs/{program.slug}/areas/{first.area.code}/"))
    for name, period in (
        ("Baseline", target.baseline_period),
        ("Evaluation", target.evaluation_period),
    ):
        deaths, births, reports = recount.counts(list(period), sites={first.pk})
        expected = recount.expected(list(period), {first.pk})
        assert re.search(rf"{name} {period.first:%Y-%m} to \S+ {deaths:,} {births:,} ", seen)
        assert f"{reports:,} of {expected:,} reports" in seen


def test_area_of_all_sites_carries_the_promise_itself(client, program):
    sign_in(client, program)
    whole, part = words(client.get(LAND)), words(client.get(NORTH))
    assert "The program's promise; Land holds all its sites: infant mortality 30 % lower" in whole
    for text in ("Nobody promised this of one area", "asked of"):
        assert (text in whole, text in part) == (False, True)


def test_page_leads_up_and_down(client, program):
    sign_in(client, program)
    up, down = links(client.get(NORTH)), links(client.get(LAND))
    assert up.index("/programs/") < up.index("/programs/hb/") < up.index(LAND)
    assert NORTH in down
    assert {"/sites/HILL/", "/sites/DALE/"} <= set(up)
    assert "/sites/COAST/" not in up


def test_how_we_know_leads_to_each_area_and_each_site(client, program):
    sign_in(client, program)
    found = links(client.get("/programs/hb/how-we-know/"))
    codes = ["LAND", "NORTH", "SOUTH"]
    assert [a for a in found if "/areas/" in a] == [f"/programs/hb/areas/{c}/" for c in codes]
    assert {"/sites/HILL/", "/sites/DALE/", "/sites/COAST/"} <= set(found)


def test_areas_within_stand_beside_each_other_with_their_verdicts(client, program):
    sign_in(client, program)
    seen = words(client.get(LAND))
    assert "Within Land 2 areas" in seen
    north, south = seen.index("North Region, 2 sites"), seen.index("South Region, 1 site")
    assert "168 of 2,400; 24 of 24 reports" in seen[north:south]
    assert "Reached on the figures, not yet certain" in seen[north:south]
    assert "360 of 1,200; 12 of 12 reports" in seen[south:]
    assert "Not reached: worse" in seen[south:]


def test_area_that_holds_no_other_says_nothing_of_areas_within(client, program):
    sign_in(client, program)
    assert "Within" not in words(client.get(NORTH))


def test_address_says_which_measure_is_shown(client, program):
    sign_in(client, program)
    response = client.get(f"{LAND}?measure=neonatal")
    seen = words(response)
    assert "Neonatal mortality over time" in seen
    assert "Nothing was promised about this measure" in seen
    assert "North Region, 2 sites not counted" in seen
    assert f"{NORTH}?measure=neonatal" in links(response)


def test_measure_that_there_is_none_of_is_the_contracts(client, program):
    sign_in(client, program)
    for asked in ("", "unknown", "infant%00"):
        assert "Infant mortality over time" in words(client.get(f"{NORTH}?measure={asked}"))


def test_every_figure_leads_to_its_reports(client, program):
    sign_in(client, program)
    reports = "/programs/hb/explain/infant/2024-07..2025-06/?area=NORTH"
    assert reports in links(client.get(NORTH))
    assert "168 deaths ÷ 2,400 births" in words(client.get(reports))


def test_interventions_of_its_sites_are_named(client, program):
    everywhere = InterventionFactory(program=program, name="Radio")
    InterventionFactory(program=program, name="Boat").sites.set(program.sites.filter(code="COAST"))
    sign_in(client, program)
    response = client.get(NORTH)
    assert f"/programs/hb/interventions/{everywhere.pk}/" in links(response)
    assert "Boat" not in words(response)


def test_picture_is_sent_as_a_file(client, program):
    sign_in(client, program)
    assert f"{NORTH}trend.svg?measure=infant" in links(client.get(NORTH))
    response = client.get(f"{NORTH}trend.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"].endswith('filename="hb-NORTH-trend-2025-07-15.svg"')
    title = ET.fromstring(response.content)[0].text  # noqa: S314 - our own drawing
    assert title.startswith("Infant mortality, North, Healthy Beginnings")


# --- Whom it shows what --------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
@pytest.mark.parametrize("ending", ["", "trend.svg"])
def test_area_does_not_exist_for_a_stranger(client, program, extra, ending):
    user = UserFactory(**extra)
    client.force_login(user)
    assert client.get(LAND + ending).status_code == 404


@pytest.mark.parametrize("ending", ["", "trend.svg"])
def test_area_outside_the_program_does_not_exist(client, program, ending):
    other = ParticipationFactory(site__area__code="ELSEWHERE").program
    sign_in(client, program, other)
    for address in ("/programs/hb/areas/ELSEWHERE/", "/programs/hb/areas/%00/"):
        assert client.get(address + ending).status_code == 404
    assert client.get(f"/programs/{other.slug}/areas/LAND/{ending}").status_code == 404
    assert client.get(f"/programs/{other.slug}/areas/ELSEWHERE/").status_code == 200


def test_member_of_some_sites_reads_their_sums_and_that_they_are(client, program):
    sign_in(client, program, sites=program.sites.filter(code__in=["HILL", "COAST"]))
    seen = words(client.get(NORTH))
    assert "1 of the 2 sites in North: those you may see" in seen
    assert "84 1,200" in seen
    assert "168" not in seen
    assert "Dale" not in seen
    assert "2 of the 3 sites in Land: those you may see" in words(client.get(LAND))


def test_area_of_other_peoples_sites_does_not_exist(client, program):
    sign_in(client, program, sites=program.sites.filter(code="COAST"))
    response = client.get(LAND)
    assert "North" not in words(response)
    assert client.get(NORTH).status_code == 404
    assert client.get(f"{NORTH}trend.svg").status_code == 404


def test_area_of_comparison_sites_alone_does_not_exist(client, program):
    program.participations.filter(site__area__code="SOUTH").update(
        role=Participation.Role.COMPARISON
    )
    sign_in(client, program)
    assert client.get("/programs/hb/areas/SOUTH/").status_code == 404


# --- Where there is little -------------------------------------------------------------------


def test_program_without_promise_shows_rates_and_no_verdict(client, land):
    program = ProgramFactory(slug="hb")
    join(program, land)
    sign_in(client, program)
    seen = words(client.get(LAND))
    assert "Nothing has been promised yet" in seen
    assert "Infant mortality over time" in seen


@pytest.mark.parametrize("first_month", [date(2023, 1, 1), date(2026, 1, 1)])
def test_area_without_reports_has_its_page_and_no_picture(client, land, first_month):
    program = TargetFactory(program__slug="hb").program
    ParticipationFactory(program=program, site__area=land, first_month=first_month)
    sign_in(client, program)
    seen = words(client.get(LAND))
    assert "No trend yet" in seen
    assert not {"None", "nan"} & set(seen.split())
    assert client.get(f"{LAND}trend.svg").status_code == 404


def test_area_without_births_has_no_rate(client, land):
    program = TargetFactory(program__slug="hb").program
    site = join(program, land, deaths=(0, 0))
    site.monthly_reports.update(live_births=0)
    sign_in(client, program)
    seen = words(client.get(LAND))
    assert "No verdict: a data problem" in seen
    assert "no births, so no rate" in seen
    assert " 0.0 " not in seen


# --- Many ------------------------------------------------------------------------------------


def test_areas_beyond_fifty_are_on_the_next_page(client, land):
    program = ProgramFactory(slug="hb")
    for number in range(53):
        area = AreaFactory(name=f"District {number:02}", parent=land)
        ParticipationFactory(program=program, site__area=area)
    sign_in(client, program)
    pages = [client.get(LAND, {"areas": page}) for page in (1, 2)]
    assert [len(page.context["inside"]) for page in pages] == [50, 3]
    assert "?areas=2#inside" in links(pages[0])
    assert [len(client.get(LAND, {"page": page}).context["sites"]) for page in (1, 2)] == [50, 3]


@pytest.mark.parametrize("number", [1, 3])
def test_area_page_takes_fourteen_queries(client, django_assert_num_queries, land, number):
    program = TargetFactory(program__slug="hb").program
    for _ in range(number):
        join(program, AreaFactory(parent=land))
        InterventionFactory(program=program).sites.set(program.sites.all())
    sign_in(client, program)
    # session, user, membership; target, sites, spells, months, counts; areas, months of its
    # sites, interventions, pictures of its sites
    with django_assert_num_queries(14):
        client.get(LAND)


@pytest.mark.parametrize("number", [1, 3])
def test_another_measure_for_a_member_of_some_sites_takes_sixteen_queries(
    client, django_assert_num_queries, land, number
):
    program = TargetFactory(program__slug="hb").program
    sites = [join(program, AreaFactory(parent=land)) for _ in range(number)]
    sign_in(client, program, sites=sites)
    with django_assert_num_queries(16):  # and which sites, and the other measure's counts
        client.get(f"{LAND}?measure=stillbirth")
