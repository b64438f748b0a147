import pytest

from metrics.models import MonthlyReport
from tests.factories import (
    UserFactory,
)
from tests.metrics.capture.capturing import GOOD, store, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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
