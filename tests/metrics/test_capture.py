from datetime import date

import pytest
from django.urls import reverse

from metrics.models import MonthlyReport
from programs.periods import shift_month
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
GOOD = {"live_births": "40", "infant_deaths": "2", "seen_version": "0"}


@pytest.fixture
def site():
    return ParticipationFactory(site__name="North Clinic", site__code="NC-1").site


@pytest.fixture
def reporter(client, site):
    """A reporter of all sites of the site's program, signed in."""
    return sign_in(client, site, role="reporter")


def sign_in(client, site, **membership):
    user = MembershipFactory(program=site.programs.get(), **membership).user
    client.force_login(user)
    return user


def url(site="NC-1", month="2025-06", page=""):
    return f"/sites/{getattr(site, 'code', site)}/reports/{month}/{page}"


def store(site, **fields):
    """A report that came in before."""
    counts = {"live_births": 38, "infant_deaths": 1, "month": JUNE}
    return MonthlyReportFactory(site=site, **counts | fields)


# --- Who may -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "receipt/"])
def test_signed_out_person_is_led_to_sign_in(client, site, page):
    response = client.get(url(page=page))
    assert (response.status_code, response.url) == (302, f"/account/login/?next={url(page=page)}")


@pytest.mark.parametrize("page", ["", "receipt/"])
@pytest.mark.parametrize(
    "extra", [{}, {"is_staff": True}, {"is_staff": True, "is_superuser": True}]
)
def test_stranger_sees_no_such_page(client, site, extra, page):
    store(site)
    client.force_login(UserFactory(**extra))
    assert client.get(url(page=page)).status_code == 404
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


@pytest.mark.parametrize("month", ["1000-01", "9999-12"])
def test_first_and_last_month_there_is_do_no_harm(client, reporter, month):
    assert client.get(url(month=month)).status_code == 200
    assert client.post(url(month=month), GOOD).status_code == 422


# --- The form ------------------------------------------------------------------------------


def test_form_shows_the_twelve_months_before(client, site, reporter):
    for back in (1, 3, 12, 13):
        store(site, month=shift_month(JUNE, -back), live_births=700 + back)
    response = client.get(url())
    earlier = response.context["earlier"]
    assert [month for month, _ in earlier] == [shift_month(JUNE, -back) for back in range(1, 13)]
    assert [report and report.live_births for _, report in earlier] == [
        *(701, None, 703),
        *[None] * 8,
        712,
    ]
    assert [text for text in ("701", "703", "712", "713") if text in response.text] == [
        *("701", "703", "712"),
    ]
    assert response.text.count("not reported") == 9


def test_form_shows_what_is_stored(client, site, reporter):
    store(site, stillbirths=0, comment="flood", version=3)
    response = client.get(url())
    form = response.context["form"]
    shown = {name: form[name].value() for name in ("live_births", "stillbirths", "comment")}
    assert shown == {"live_births": 38, "stillbirths": 0, "comment": "flood"}
    assert form["seen_version"].value() == 3
    assert form["maternal_deaths"].value() is None


def test_looking_writes_nothing(client, site, reporter):
    client.get(url())
    client.head(url())
    assert not MonthlyReport.objects.exists()


def test_good_report_is_stored_and_receipted(client, site, reporter):
    response = client.post(url(), GOOD | {"stillbirths": "0"})
    assert (response.status_code, response.url) == (302, url(page="receipt/"))
    report = MonthlyReport.objects.get()
    assert (report.site, report.month, report.status) == (site, JUNE, "submitted")
    assert (report.live_births, report.infant_deaths, report.stillbirths) == (40, 2, 0)
    assert report.maternal_deaths is None
    assert (report.entered_by, report.door, report.version) == (reporter, "typed", 1)


def test_receipt_confirms_what_was_received(client, site, reporter):
    client.post(url(), GOOD)
    response = client.get(url(page="receipt/"))
    report = MonthlyReport.objects.get()
    assert response.status_code == 200
    for text in ("North Clinic, 2025-06", report.receipt_number, reporter.username, "40", "2"):
        assert text in response.text


def test_receipt_of_nothing_is_no_page(client, site, reporter):
    assert client.get(url(page="receipt/")).status_code == 404


# --- Bad input -----------------------------------------------------------------------------

NOT_WHOLE = "is not a whole number. Write a number such as 12"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("live_births", "many", f'"many" {NOT_WHOLE}'),
        ("live_births", "1.5", f'"1.5" {NOT_WHOLE}'),
        ("live_births", "1e9", f'"1e9" {NOT_WHOLE}'),
        ("live_births", "1000000000", "1000000000 is more than 1,000,000"),
        ("live_births", "9" * 5000, "is more than 1,000,000"),
        ("live_births", "1,200", '"1,200" is not a whole number. Write 1200.'),
        ("live_births", "", "is empty, and a report needs it."),
        ("infant_deaths", "-2", '"-2" is negative. Write 0 or more'),
        ("stillbirths", "<script>", f'"<script>" {NOT_WHOLE}'),
        ("maternal_deaths", "\x00", "Null characters are not allowed"),
        ("early_neonatal_deaths", "3", "2 is less than its parts"),
    ],
)
def test_bad_count_is_refused_with_a_sentence(client, reporter, name, value, sentence):
    response = client.post(url(), GOOD | {name: value})
    said = [
        message for messages in response.context["form"].errors.values() for message in messages
    ]
    assert response.status_code == 422
    assert any(sentence in message for message in said)
    assert '<script>"' not in response.text
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2025-08", "2025-08 lies in the future. Report a month up to 2025-07."),
        ("2019-12", "2019-12 lies before North Clinic opened (2020-01)."),
    ],
)
def test_bad_month_is_refused_with_a_sentence(client, reporter, month, sentence):
    response = client.post(url(month=month), GOOD)
    assert response.status_code == 422
    assert sentence in response.text
    assert not MonthlyReport.objects.exists()


def test_month_in_which_the_site_was_closed_is_refused(client, site, reporter):
    site.spells.update(last_month=date(2025, 3, 1))
    response = client.post(url(), GOOD)
    assert response.status_code == 422
    assert "North Clinic was closed in 2025-06." in response.text


def test_everything_typed_stays_while_something_is_wrong(client, reporter):
    typed = GOOD | {"stillbirths": "x", "postnatal_visits_two_days": "31", "comment": "twins"}
    response = client.post(url(), typed)
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert 'value="31"' in response.text
    assert "twins" in response.text


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", None])
def test_version_that_was_tampered_with_is_refused(client, site, reporter, version):
    store(site)
    posted = {**GOOD, "seen_version": version}
    response = client.post(url(), {k: v for k, v in posted.items() if v is not None})
    assert response.status_code == 422
    assert "Load the page again" in response.text
    assert MonthlyReport.objects.get().live_births == 38


def test_empty_form_is_refused_not_passed_over(client, reporter):
    response = client.post(url(), {})
    assert response.status_code == 422
    assert "is empty, and a report needs it." in response.text


def test_comment_may_be_long_but_not_endless(client, reporter):
    response = client.post(url(), GOOD | {"comment": "x" * 2001})
    assert response.status_code == 422
    assert "at most 2000 characters" in response.text
    assert client.post(url(), GOOD | {"comment": "x" * 2000}).status_code == 302


# --- What is unusual -----------------------------------------------------------------------

UNUSUAL = GOOD | {"live_births": "1", "infant_deaths": "3"}


def test_unusual_count_needs_a_reason_and_then_passes(client, reporter):
    asked = client.post(url(), UNUSUAL)
    assert asked.status_code == 422
    assert "3 infant deaths are more than 1 live births." in asked.text
    assert "Something is unusual. Check it, or say here why it is so." in asked.text
    assert not MonthlyReport.objects.exists()
    given = client.post(url(), UNUSUAL | {"comment": "three were referred"})
    assert given.status_code == 302
    assert MonthlyReport.objects.get().comment == "three were referred"


@pytest.mark.parametrize("comment", ["", "   ", "\n"])
def test_blank_is_no_reason(client, reporter, comment):
    assert client.post(url(), UNUSUAL | {"comment": comment}).status_code == 422


def test_count_is_held_against_the_sites_own_past(client, site, reporter):
    for back in range(1, 8):
        store(site, month=shift_month(JUNE, -back), live_births=40, infant_deaths=1)
    response = client.post(url(), GOOD | {"live_births": "400"})
    assert response.status_code == 422
    assert "400 is far more than before: 280 in 7 comparable months." in response.text


def test_month_that_is_not_over_asks_for_a_reason(client, reporter):
    response = client.post(url(month="2025-07"), GOOD)
    assert "2025-07 is not over. Report it again when it is complete." in response.text
    assert client.post(url(month="2025-07"), GOOD | {"comment": "closing"}).status_code == 302


# --- Sent twice, and two at once -----------------------------------------------------------


def test_double_click_makes_one_report(client, reporter):
    first, second = client.post(url(), GOOD), client.post(url(), GOOD)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert MonthlyReport.objects.get().version == 1
    assert MonthlyReport.history.count() == 1


def test_form_sent_again_much_later_changes_nothing(client, site, reporter):
    client.post(url(), GOOD)
    client.get(url(page="receipt/"))
    MonthlyReport.objects.update(status="approved")
    assert client.post(url(), GOOD).status_code == 302
    assert MonthlyReport.objects.get().status == "approved"
    assert MonthlyReport.history.count() == 1


def test_correction_replaces_what_was_seen(client, site, reporter):
    store(site)
    assert client.post(url(), GOOD | {"seen_version": "1"}).status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.version, report.entered_by) == (40, 2, reporter)


def test_stale_version_shows_both_and_overwrites_nothing(client, site, reporter):
    someone = UserFactory(username="amina")
    store(site, version=2, entered_by=someone, live_births=777)
    response = client.post(url(), GOOD | {"live_births": "888"})
    assert response.status_code == 409
    assert response.context["stored"].live_births == 777
    for text in ("777", "888", "amina"):
        assert text in response.text
    assert MonthlyReport.objects.get().live_births == 777
    assert MonthlyReport.history.count() == 1


def test_both_versions_stand_beside_each_other(client, site, reporter):
    stored = store(site, version=2, stillbirths=0)
    response = client.post(url(), GOOD)
    compared = {row.pop("label"): row for row in response.context["form"].compare_with(stored)}
    assert compared["Live births"] == {"stored": 38, "typed": 40, "differs": True}
    assert compared["Stillbirths"] == {"stored": 0, "typed": None, "differs": True}
    assert compared["Maternal deaths"] == {"stored": None, "typed": None, "differs": False}
    assert all(label in response.text for label in compared)


def test_after_a_conflict_one_may_replace_the_other_version(client, site, reporter):
    store(site, version=2)
    conflict = client.post(url(), GOOD | {"comment": "mine is right"})
    replaced = client.post(url(), dict(conflict.context["to_replace"]))
    assert replaced.status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.version, report.comment) == (40, 3, "mine is right")
    assert [version.live_births for version in report.history.all()] == [40, 38]


def test_conflict_after_a_conflict_is_a_conflict(client, site, reporter):
    report = store(site, version=2)
    conflict = client.post(url(), GOOD)
    MonthlyReport.objects.filter(pk=report.pk).update(version=3, live_births=39)
    again = client.post(url(), dict(conflict.context["to_replace"]))
    assert again.status_code == 409
    assert MonthlyReport.objects.get().live_births == 39


def test_approved_report_is_refused_with_a_sentence(client, site, reporter):
    store(site, status="approved")
    response = client.post(url(), GOOD | {"seen_version": "1"})
    assert response.status_code == 422
    assert "Ask a manager to reopen it." in response.text
    assert MonthlyReport.objects.get().live_births == 38


# --- How much it asks of the database --------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_form_takes_seven_queries(client, django_assert_num_queries, site, number):
    user = sign_in(client, site, role="reporter")
    for back in range(number):
        store(site, month=shift_month(JUNE, -back))
        another = MembershipFactory(user=user, program=ParticipationFactory(site=site).program)
        store(ParticipationFactory(program=another.program).site)
    with django_assert_num_queries(7):  # session, user, site, spells, may enter, report, reports
        response = client.get(url())
    assert response.status_code == 200


def test_receipt_takes_three_queries(client, django_assert_num_queries, site, reporter):
    store(site)
    with django_assert_num_queries(3):  # session, user, report with its site
        client.get(url(page="receipt/"))


def test_addresses_are_what_people_see():
    site = SiteFactory(code="NB.014_x-1")
    assert reverse("monthly_report", args=[site.code, JUNE]) == url("NB.014_x-1")
