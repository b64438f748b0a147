"""The site page: what it says, where it leads, and whom it shows what."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from metrics.models import MonthlyReport
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
PAGE = "/sites/HILL/"
EVERY_MONTH = Period(date(2023, 1, 1), JUNE)


def report(site, months=EVERY_MONTH, deaths=5, **fields):
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(site=site, month=month, infant_deaths=deaths, **fields)
        for month in months
    )


def open_site(*spells):
    area = AreaFactory(name="North", code="NORTH", parent=AreaFactory(name="Land", code="LAND"))
    return SiteFactory(name="Hill", code="HILL", area=area, spells=spells or None)


@pytest.fixture
def site():
    return open_site()


@pytest.fixture
def program(site):
    own = ProgramFactory(slug="hb", name="Healthy Beginnings")
    ParticipationFactory(program=own, site=site)
    return own


# --- Rates over time -----------------------------------------------------------------------


def test_page_shows_rates_over_time_with_what_they_rest_on(client, site, program):
    report(site)
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert "2025-06 60 1,200 50.0 (38.2 to 64.4) 12 of 12" in seen  # R: poisson.test(60, 1200)
    assert "2024 60 1,200 50.0 (38.2 to 64.4) 100 % 12 of 12 reports" in seen
    assert "2025 partial 6 of 12 months 30 600 50.0 (33.7 to 71.4)" in seen
    assert "rest on fewer than 20 deaths" not in seen


@pytest.mark.parametrize(
    ("deaths", "said"),
    [
        ([1] * 30, "All 19 points rest on fewer than 20 deaths"),
        ([0] * 12 + [2] * 18, "10 of 19 points rest on fewer than 20 deaths"),
        ([1] * 5 + [2] * 25, "1 of 19 points rests on fewer than 20 deaths"),
    ],
)
def test_page_says_how_many_points_are_small(client, site, program, deaths, said):
    for month, count in zip(EVERY_MONTH, deaths, strict=True):
        report(site, [month], deaths=count)
    sign_in(client, program)
    assert said in words(client.get(PAGE))


def test_measure_is_chosen_by_the_address(client, site, program):
    report(site, stillbirths=2)
    sign_in(client, program)
    assert "?measure=stillbirth#trend" in links(client.get(PAGE))
    seen = words(client.get(f"{PAGE}?measure=stillbirth"))
    assert "Stillbirths over time" in seen
    assert "2025-06 24 1,224" in seen
    assert "Infant mortality over time" in words(client.get(f"{PAGE}?measure=unknown"))


def test_picture_is_sent_as_a_file(client, site, program):
    report(site)
    sign_in(client, program)
    assert f"{PAGE}trend.svg?measure=infant" in links(client.get(PAGE))
    response = client.get(f"{PAGE}trend.svg")
    assert response["Content-Disposition"].endswith('filename="HILL-trend-2025-07-15.svg"')
    title = ET.fromstring(response.content)[0].text  # noqa: S314 - our own drawing
    assert title.startswith("Infant mortality, Hill")


# --- Where it leads ------------------------------------------------------------------------


def test_page_leads_up_to_program_and_areas(client, site, program):
    sign_in(client, program)
    found = links(client.get(PAGE))
    up = ["/programs/hb/", "/programs/hb/areas/LAND/", "/programs/hb/areas/NORTH/"]
    assert [address for address in found if address in up][:3] == up
    assert client.get(up[-1]).status_code == 200


def test_site_of_two_programs_leads_up_in_each(client, site, program):
    other = ParticipationFactory(site=site, program__slug="other").program
    sign_in(client, program, other)
    found = links(client.get(PAGE))
    assert {"/programs/hb/areas/NORTH/", "/programs/other/areas/NORTH/"} <= set(found)


def test_program_that_one_does_not_see_is_not_named(client, site, program):
    other = ParticipationFactory(site=site, program__name="Somebody else's").program
    InterventionFactory(program=other, name="Secret work")
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert other.name not in seen
    assert "Secret work" not in seen


def test_comparison_site_leads_to_no_area(client, site, program):
    program.participations.update(role=Participation.Role.COMPARISON)
    sign_in(client, program)
    response = client.get(PAGE)
    assert "Healthy Beginnings comparison site" in words(response)
    assert not [address for address in links(response) if "/areas/" in address]


def test_interventions_lead_to_their_pages(client, site, program):
    own = InterventionFactory(program=program)
    sign_in(client, program)
    address = f"/programs/hb/interventions/{own.pk}/"
    assert address in links(client.get(PAGE))
    assert client.get(address).status_code == 200


# --- What makes months unlike each other -----------------------------------------------------


def test_page_says_when_it_was_open_and_what_that_means(client):
    site = open_site((date(2023, 3, 1), date(2024, 4, 1)), (date(2024, 7, 1), None))
    program = ParticipationFactory(site=site).program
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert "Open 2023-03 to 2024-04 Closed 2024-05 to 2024-06 Open since 2024-07" in seen
    assert "Opened in 2023-03: the 12 months up to 2024-02 are its first whole ones." in seen
    assert "Closed in 2024-05 to 2024-06: 12 months around a closure hold fewer months" in seen
    assert "2024-05 site closed" in seen


def test_page_says_that_it_joined_later(client, site, program):
    program.participations.update(first_month=date(2024, 2, 1))
    ParticipationFactory(program=program)
    sign_in(client, program)
    assert (
        "Joined Healthy Beginnings in 2024-02; that program counts since 2023-01, its earlier "
        "months without this site." in words(client.get(PAGE))
    )


def test_site_that_never_opened_says_so(client):
    site = SiteFactory(code="HILL", spells=[])
    sign_in(client, ParticipationFactory(site=site).program)
    seen = words(client.get(PAGE))
    assert "Never, as far as is recorded" in seen
    assert "No trend yet" in seen


def test_page_says_where_a_program_counts_approved_reports_only(client, site, program):
    report(site)
    site.monthly_reports.filter(month__lt=JUNE).update(status="approved")
    sign_in(client, program)
    assert "both count on this page" not in words(client.get(PAGE))
    program.approval_required = True
    program.save()
    seen = words(client.get(PAGE))
    assert "Submitted and approved reports both count on this page" in seen
    assert "Healthy Beginnings counts only approved ones: 1 of this site waits" in seen


def test_month_that_is_not_over_is_named_where_the_tiles_hold_it(client, site, program):
    report(site, Period(date(2024, 7, 1), date(2025, 7, 1)))
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert "2025-07 is not over yet" in seen
    assert "2025-06 60 1,200" in seen


# --- Who and how many ------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "trend.svg"])
def test_site_does_not_exist_for_a_stranger_or_a_member_of_other_sites(
    client, site, program, ending
):
    report(site)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(PAGE + ending).status_code == 404
    other = ParticipationFactory(program=program).site
    sign_in(client, program, sites=[other])
    assert client.get(PAGE + ending).status_code == 404


def test_report_that_is_due_comes_first_for_those_who_may_enter_it(client, site, program):
    report(site, Period(date(2023, 1, 1), date(2025, 5, 1)))
    sign_in(client, program, role="reporter")
    response = client.get(PAGE)
    seen = words(response)
    assert seen.index("Report 2025-06") < seen.index("The last 12 months reported")
    assert "/sites/HILL/reports/2025-06/" in links(response)


def test_site_without_reports_has_its_page_and_no_picture(client, site, program):
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert "Nothing reported yet" in seen
    assert "No trend yet" in seen
    assert client.get(f"{PAGE}trend.svg").status_code == 404


def test_months_beyond_fifty_are_on_the_next_page(client):
    site = open_site((date(2019, 1, 1), None))
    program = ParticipationFactory(site=site, first_month=date(2019, 1, 1)).program
    sign_in(client, program)
    pages = [client.get(PAGE, {"page": number, "measure": "infant"}) for number in (1, 2)]
    assert [len(page.context["months"]) for page in pages] == [50, 28]
    assert "?page=2&measure=infant" in links(pages[0])


@pytest.mark.parametrize("number", [1, 3])
def test_site_page_costs_the_same_for_any_depth_of_areas_and_number_of_spells(
    client, django_assert_num_queries, number
):
    area = AreaFactory(kind=Area.Kind.COUNTRY)
    for _ in range(number):
        area = AreaFactory(parent=area)
    spells = [(date(2020 + n, 1, 1), date(2020 + n, 11, 1)) for n in range(number)]
    site = SiteFactory(code="HILL", area=area, spells=spells)
    programs = [
        TargetFactory(program=ParticipationFactory(site=site).program).program
        for _ in range(number)
    ]
    sign_in(client, *programs)
    # with the notices that wait, what changed about the place, and whether one may manage it
    with django_assert_num_queries(13):
        client.get(PAGE)
