import pytest
from django.urls import reverse

from metrics.models import MonthlyReport
from programs.periods import shift_month
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.metrics.capture.capturing import GOOD, JUNE, sign_in, store, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.mark.parametrize("end", ["", "receipt/"])
def test_signed_out_person_is_led_to_sign_in(client, site, end):
    response = client.get(url(page=end))
    assert (response.status_code, response.url) == (302, f"/account/login/?next={url(page=end)}")


@pytest.mark.parametrize("end", ["", "receipt/"])
@pytest.mark.parametrize(
    "extra", [{}, {"is_staff": True}, {"is_staff": True, "is_superuser": True}]
)
def test_stranger_sees_no_such_page(client, site, extra, end):
    store(site)
    client.force_login(UserFactory(**extra))
    assert client.get(url(page=end)).status_code == 404
    assert client.post(url(), GOOD).status_code == 404
    assert MonthlyReport.objects.get().live_births == 38


@pytest.mark.parametrize("role", ["reporter", "manager"])
def test_reporter_sees_own_sites_only(client, site, role):
    elsewhere = ParticipationFactory(program=site.programs.get()).site
    sign_in(client, site, role=role, sites=[site])
    assert client.get(url(site)).status_code == 200
    assert client.get(url(elsewhere)).status_code == 404
    assert client.post(url(elsewhere), GOOD).status_code == 404
    assert client.post(url("UNKNOWN"), GOOD).status_code == 404
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("send", ["get", "post"])
def test_viewer_is_told_whom_to_ask(client, site, send):
    sign_in(client, site, role="viewer")
    response = getattr(client, send)(url(), GOOD)
    assert response.status_code == 403
    assert (
        "Your role lets you read the reports of North Clinic but not write them. Ask the program"
        in response.text
    )
    assert not MonthlyReport.objects.exists()


def test_viewer_of_one_program_may_report_for_another(client, site):
    viewer = sign_in(client, site, role="viewer")
    other = ParticipationFactory(site=site).program
    MembershipFactory(program=other, user=viewer, role="reporter")
    assert client.post(url(), GOOD).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, reporter, method):
    assert getattr(client, method)(url()).status_code == 405
    assert client.post(url(page="receipt/")).status_code == 405


@pytest.mark.parametrize(
    "month",
    [
        "2024-13",
        "2024-00",
        "0000-01",
        "0999-12",
        "24-01",
        "2024-1",
        "2024-01-15",
        "June",
        "９999-01",
    ],
)
def test_address_without_a_month_is_no_page(client, reporter, month):
    assert client.get(url(month=month)).status_code == 404


@pytest.mark.parametrize("code", ["%00", "A%00B", "%F0%9F%98%80", "'", "a%20b", "x" * 3000, "%FF"])
def test_address_of_no_possible_site_is_no_page(client, reporter, code):
    for address in (f"/sites/{code}/", url(code), url(code, page="receipt/")):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("month", ["1000-01", "9999-12"])
def test_first_and_last_month_there_is_do_no_harm(client, reporter, month):
    assert client.get(url(month=month)).status_code == 200
    assert client.post(url(month=month), GOOD).status_code == 422


# --- How much it asks of the database ------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_form_takes_twelve_queries(client, django_assert_num_queries, site, number):
    user = sign_in(client, site, role="reporter")
    for back in range(number):
        store(site, month=shift_month(JUNE, -back))
        another = MembershipFactory(user=user, program=ParticipationFactory(site=site).program)
        store(ParticipationFactory(program=another.program).site)
    # session, user, site, spells, may enter, reports, breakdown, programs, exceptions and months
    # to be corrected, categories, draft
    with django_assert_num_queries(12):
        response = client.get(url())
    assert response.status_code == 200


def test_receipt_takes_four_queries(client, django_assert_num_queries, site, reporter):
    store(site)
    # session, user, report with its site, its latest submission
    with django_assert_num_queries(4):
        client.get(url(page="receipt/"))


def test_addresses_are_what_people_see():
    site = SiteFactory(code="NB.014_x-1")
    assert reverse("monthly_report", args=[site.code, JUNE]) == url("NB.014_x-1")
