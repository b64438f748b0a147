"""The guide of first steps, adapted to who reads it."""

import re
from datetime import date

import pytest

from metrics.models import MonthlyReport
from programs.models import Program, Role
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ADDRESS = "/knowledge/first-steps/"


def sign_in(client, **membership):
    member = MembershipFactory(**membership)
    client.force_login(member.user)
    return member


def headings(response):
    assert response.status_code == 200
    return re.findall(r"<h2[^>]*>(.*?)</h2>", response.text)


def test_own_part_comes_first(client):
    sign_in(client, role=Role.MANAGER)
    told = ["You as a manager", "As a reporter", "As a viewer", "As an admin"]
    assert headings(client.get(ADDRESS)) == told


def test_admin_finds_the_pages_of_the_admin_and_nobody_else_does(client):
    client.force_login(UserFactory(is_staff=True))
    page = client.get(ADDRESS)
    assert headings(page)[0] == "You as an admin"
    assert 'href="/admin/programs/site/"' in page.text
    sign_in(client)
    assert 'href="/admin/' not in client.get(ADDRESS).text


def test_without_a_program_one_is_told_whom_to_ask(client):
    client.force_login(UserFactory())
    assert "Ask a manager or an admin to add you" in client.get(ADDRESS).text


def test_reporter_is_led_to_the_first_report_that_is_owed(client):
    site = ParticipationFactory(first_month=date(2025, 4, 1)).site
    MonthlyReportFactory(site=site, month=date(2025, 4, 1))
    sign_in(client, program=site.programs.get(), role=Role.REPORTER, sites=[site])
    page = client.get(ADDRESS)
    assert f'href="/sites/{site.code}/reports/2025-05/"' in page.text
    assert f"Report 2025-05, {site.name}" in page.text


def test_reporter_of_many_sites_that_owe_reports_is_led_to_all_of_them(client):
    """Where so many sites owe reports that their months are not listed, none is named."""
    program = ProgramFactory()
    for _ in range(5):
        ParticipationFactory(program=program, first_month=date(2025, 4, 1))
    sign_in(client, program=program, role=Role.REPORTER)
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert '<a class="btn btn-primary" href="/reports/">Your reports that are due</a>' in page.text


def test_reporter_who_owes_nothing_is_told_so(client):
    site = ParticipationFactory(first_month=date(2025, 6, 1)).site
    MonthlyReportFactory(site=site, month=date(2025, 6, 1))
    sign_in(client, program=site.programs.get(), role=Role.REPORTER)
    page = client.get(ADDRESS)
    assert "All your sites have reported every month that is over." in page.text
    assert "/reports/" not in page.text


def test_reporter_of_some_sites_finds_no_others(client):
    program = ProgramFactory()
    own, other = (ParticipationFactory(program=program).site for _ in range(2))
    sign_in(client, program=program, role=Role.REPORTER, sites=[own])
    page = client.get(ADDRESS).text
    assert f'href="/sites/{own.code}/"' in page
    assert other.name not in page


@pytest.mark.parametrize(("all_sites", "may"), [(True, True), (False, False)])
def test_only_who_may_bring_in_files_is_led_there(client, all_sites, may):
    program = ParticipationFactory().program
    sites = [] if all_sites else list(program.sites.all())
    sign_in(client, program=program, role=Role.MANAGER, sites=sites)
    assert (f"/programs/{program.slug}/imports/" in client.get(ADDRESS).text) is may


@pytest.mark.parametrize("role", Role)
def test_every_step_leads_to_a_page_that_opens(client, role):
    site = ParticipationFactory().site
    sign_in(client, program=site.programs.get(), role=role)
    main = client.get(ADDRESS).text.partition("<main")[2].partition("</main>")[0]
    addresses = set(re.findall(r'href="(/[^"]+)"', main))
    assert len(addresses) >= 6
    assert [own for own in addresses if client.get(own).status_code != 200] == []


def test_links_lead_into_a_running_program_or_the_one_that_was_chosen(client):
    ended = ProgramFactory(name="A", slug="ended", status=Program.Status.ENDED)
    user = sign_in(client, program=ended, role=Role.VIEWER).user
    MembershipFactory(program=ProgramFactory(name="B", slug="b"), user=user, role=Role.MANAGER)

    plain, chosen = client.get(ADDRESS), client.get(ADDRESS, {"program": "ended"})

    assert headings(plain)[:2] == ["You as a manager", "You as a viewer"]
    assert "/programs/b/planning/" in plain.text
    assert headings(chosen)[0] == "You as a viewer"
    assert "/programs/b/planning/" not in chosen.text
    assert "/programs/ended/how-we-know/" in chosen.text


@pytest.mark.parametrize("sites", [1, 3])
def test_first_steps_take_twelve_queries(client, django_assert_num_queries, sites):
    user = UserFactory()
    for _ in range(sites):
        program = ParticipationFactory().program
        MembershipFactory(program=program, user=user, role=Role.REPORTER)
    client.force_login(user)
    with django_assert_num_queries(12):
        assert client.get(ADDRESS).status_code == 200
    assert not MonthlyReport.objects.exists()
