import re
from datetime import UTC, date, datetime

import pytest

from metrics.approvals import approve_report, reopen_report
from metrics.models import MonthlyReport
from programs.periods import shift_month
from tests.factories import MembershipFactory
from tests.metrics.capture.capturing import GOOD, JUNE, store, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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
    for text in ("North Clinic, 2025-06", f"{report.pk}-1", reporter.username, "40", "2"):
        assert text in response.text


def facts(client):
    """What a receipt says: its number, when it was given and to whom."""
    said = re.findall("<dd>(.*?)</dd>", client.get(url(page="receipt/")).text)
    return said[:3]


def test_receipt_stays_as_it_was_given_whatever_is_done_to_the_report(
    client, site, reporter, monkeypatch
):
    client.post(url(), GOOD)
    given, report = facts(client), MonthlyReport.objects.get()
    assert given == [f"{report.pk}-1", "2025-07-15 12:00 UTC", str(reporter)]
    later = datetime(2025, 7, 16, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    manager = MembershipFactory(program=site.programs.get(), role="manager").user
    approved = approve_report(report, by=manager)
    assert (approved.version, approved.updated_at) == (2, later)
    assert facts(client) == given
    reopen_report(approved, by=manager, reason="A late birth.")
    assert facts(client) == given


def test_corrected_report_has_a_receipt_of_its_own(client, reporter):
    client.post(url(), GOOD)
    client.post(url(), GOOD | {"live_births": "41", "seen_version": "1"})
    assert facts(client)[0] == f"{MonthlyReport.objects.get().pk}-2"


def test_report_that_was_never_submitted_has_an_empty_receipt(client, site, reporter):
    store(site, status="draft")
    assert facts(client) == ["–", "–", "–"]


def test_receipt_of_nothing_is_no_page(client, site, reporter):
    assert client.get(url(page="receipt/")).status_code == 404


# --- Bad input -----------------------------------------------------------------------------------


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


# --- What is unusual -----------------------------------------------------------------------------


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
