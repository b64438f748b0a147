"""What is typed and not submitted: kept, checked while typing, found again, thrown away."""

from datetime import date

import pytest

from metrics.models import Draft, MonthlyReport
from programs.periods import shift_month
from tests.factories import UserFactory
from tests.metrics.capture.capturing import GOOD, JUNE, sign_in, store, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

HTMX = {"HTTP_HX_REQUEST": "true"}


def keep(client, **typed):
    return client.post(url(page="draft/"), GOOD | typed, **HTMX)


def test_draft_is_kept_as_typed_and_counts_nowhere(client, site, reporter):
    response = keep(client, live_births="4x", comment="twins")
    assert response.status_code == 200
    draft = Draft.objects.get()
    assert (draft.site, draft.month, draft.user) == (site, JUNE, reporter)
    assert draft.typed == GOOD | {"live_births": "4x", "comment": "twins"}
    assert not MonthlyReport.objects.exists()


def test_gate_answers_while_typing(client, site, reporter):
    assert '"4x" is not a whole number.' in keep(client, live_births="4x").text.replace(
        "&quot;", '"'
    )
    for back in range(1, 8):
        store(site, month=shift_month(JUNE, -back), live_births=40, infant_deaths=1)
    assert "400 is far more than before" in keep(client, live_births="400").text
    quiet = keep(client)
    assert "Draft kept" in quiet.text
    assert "<html" not in quiet.text
    assert "notice" not in quiet.text


def test_draft_stands_in_the_form_until_it_is_submitted(client, site, reporter):
    keep(client, live_births="41", comment="twins")
    response = client.get(url())
    assert "What you typed before is here" in response.text
    form = response.context["form"]
    assert [form[name].value() for name in ("live_births", "comment")] == ["41", "twins"]
    assert client.post(url(), GOOD | {"live_births": "41"}).status_code == 302
    assert not Draft.objects.exists()
    assert "What you typed before is here" not in client.get(url()).text


def test_draft_is_thrown_away_on_demand(client, site, reporter):
    keep(client)
    response = client.post(url(page="draft/"), {"discard": "1"})
    assert (response.status_code, response.url) == (302, url())
    assert not Draft.objects.exists()


def test_draft_without_javascript_leads_back_to_the_form(client, site, reporter):
    response = client.post(url(page="draft/"), GOOD | {"live_births": "41"}, follow=True)
    assert "Your draft is kept. It counts nowhere until you submit it." in response.text
    assert response.context["form"]["live_births"].value() == "41"


def test_drafts_of_two_people_are_apart(client, site, reporter):
    keep(client, live_births="41")
    sign_in(client, site, role="manager")
    assert client.get(url()).context["form"]["live_births"].value() is None
    keep(client, live_births="42")
    assert sorted(own.typed["live_births"] for own in Draft.objects.all()) == ["41", "42"]
    assert Draft.objects.visible_to(reporter).count() == 1
    assert Draft.objects.visible_to(UserFactory(is_superuser=True)).count() == 0


def test_draft_of_an_older_version_meets_the_newer_one(client, site, reporter):
    keep(client, live_births="41")
    store(site, live_births=50)
    assert client.get(url()).context["form"]["seen_version"].value() == "0"
    response = client.post(url(), GOOD | {"live_births": "41"})
    assert response.status_code == 409
    assert MonthlyReport.objects.get().live_births == 50


def test_looking_keeps_nothing(client, site, reporter):
    client.get(url())
    assert not Draft.objects.exists()
    assert client.get(url(page="draft/")).status_code == 405


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("reporter", 200)])
def test_only_those_who_may_enter_keep_drafts(client, site, role, status):
    sign_in(client, site, role=role)
    assert keep(client).status_code == status
    assert Draft.objects.exists() is (status == 200)


def test_stranger_keeps_no_draft(client, site):
    client.force_login(UserFactory(is_superuser=True))
    assert keep(client).status_code == 404
    assert not Draft.objects.exists()


def test_endless_text_is_cut(client, site, reporter):
    keep(client, comment="x" * 9000, **{f"more{n}": "1" for n in range(300)})
    typed = Draft.objects.get().typed
    assert (len(typed["comment"]), len(typed)) == (4000, 200)


# --- The session ran out while typing --------------------------------------------------------


def test_what_was_sent_when_signed_out_waits_for_signing_in(client, site, reporter):
    client.logout()
    typed = {"live_births": "41", "comment": "twins", "typed_by": reporter.pk}
    sent = client.post(url(), GOOD | typed)
    assert (sent.status_code, sent.url) == (302, f"/account/login/?next={url()}")
    asked = client.get(sent.url)
    assert "You were signed out. What you typed is kept: sign in to go on." in asked.text
    reporter.set_password("healthy-beginnings")
    reporter.save()
    back = client.post(
        "/account/login/",
        {"login": reporter.username, "password": "healthy-beginnings", "next": url()},
        follow=True,
    )
    form = back.context["form"]
    assert [form[name].value() for name in ("live_births", "comment")] == ["41", "twins"]
    assert "It is not submitted yet." in back.text
    assert not MonthlyReport.objects.exists()
    assert client.post(url(), GOOD | {"live_births": "41"}).status_code == 302
    assert "What you typed before is here" not in client.get(url()).text


def test_what_one_person_typed_is_not_shown_to_the_next_who_signs_in(client, site, reporter):
    client.logout()
    client.post(url(), GOOD | {"live_births": "41", "typed_by": reporter.pk})
    sign_in(client, site, role="reporter")
    page = client.get(url())
    assert page.context["form"]["live_births"].value() is None
    assert "What you typed before is here" not in page.text


def test_form_names_who_it_was_made_for(client, site, reporter):
    assert f'<input type="hidden" name="typed_by" value="{reporter.pk}">' in client.get(url()).text


def test_draft_that_comes_after_its_report_is_none(client, site, reporter):
    client.post(url(), GOOD)
    said = keep(client)
    assert "This is what has been submitted." in said.text
    assert not Draft.objects.exists()
    assert "What you typed before is here" not in client.get(url()).text
    keep(client, live_births="41")
    assert Draft.objects.get().typed["live_births"] == "41"


def test_draft_sent_when_signed_out_says_so_in_its_place(client, site):
    response = keep(client, live_births="41")
    assert response.status_code == 200
    assert "You were signed out" in response.text
    assert f"/account/login/?next={url()}" in response.text
    assert not Draft.objects.exists()


def test_what_was_typed_for_a_site_one_may_not_see_is_shown_to_nobody(client, site):
    client.post(url(), GOOD)
    client.force_login(UserFactory())
    assert client.get(url()).status_code == 404


# --- Nothing happened ------------------------------------------------------------------------


def test_nothing_happened_is_one_act_that_says_zero(client, site, reporter):
    site.programs.update(collects_services=False)
    response = client.post(url(), {"seen_version": "0", "nothing": "1"})
    assert (response.status_code, response.url) == (302, url(page="receipt/"))
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.infant_deaths, report.stillbirths) == (0, 0, 0)
    assert report.antenatal_first_visits is None  # nobody asked for it


def test_nothing_after_busy_months_asks_for_a_reason(client, site, reporter):
    for back in range(1, 8):
        store(site, month=shift_month(JUNE, -back), live_births=40, infant_deaths=1)
    asked = client.post(url(), {"seen_version": "0", "nothing": "1"})
    assert asked.status_code == 422
    assert "0 is far less than before: 280 in 7 comparable months." in asked.text
    given = {"seen_version": "0", "nothing": "1", "comment": "road washed away"}
    assert client.post(url(), given).status_code == 302


# --- What is asked and shown ------------------------------------------------------------------


def test_form_asks_for_what_a_program_collects_and_for_what_is_stored(client, site, reporter):
    site.programs.update(
        collects_ages=False, collects_stillbirths=False, collects_maternal_deaths=False,
        collects_services=False,
    )  # fmt: skip
    assert set(client.get(url()).context["form"].fields) == {
        "seen_version", "comment", "live_births", "infant_deaths",
    }  # fmt: skip
    store(site, stillbirths=2)
    assert "stillbirths" in client.get(url()).context["form"].fields


def test_what_is_not_asked_for_stays_as_it_is_stored(client, site, reporter):
    store(site, maternal_deaths=1, version=1)
    client.post(url(), GOOD | {"seen_version": "1", "maternal_deaths": "1"})
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.maternal_deaths) == (40, 1)


def test_boxes_show_the_month_before_and_the_same_month_last_year(client, site, reporter):
    store(site, month=date(2025, 5, 1), live_births=41, infant_deaths=None)
    store(site, month=date(2024, 6, 1), live_births=38, infant_deaths=2)
    form = client.get(url()).context["form"]
    assert form.fields["live_births"].help_text == "2025-05:\xa041 · 2024-06:\xa038"
    assert form.fields["infant_deaths"].help_text.endswith("2024-06:\xa02")


@pytest.mark.parametrize(("day", "said"), [(date(2025, 7, 10), "Due by"), (None, "Overdue since")])
def test_form_says_by_when_the_month_is_due(client, site, reporter, monkeypatch, day, said):
    if day:
        monkeypatch.setattr("metrics.views.reports.timezone.localdate", lambda: day)
    assert f"{said} 2025-07-10" in client.get(url()).text


def test_returned_report_says_what_to_correct(client, site, reporter):
    store(site, status="returned", note="The register says 41.")
    response = client.get(url())
    assert "Returned to be corrected" in response.text
    assert "The register says 41." in response.text


def test_locked_month_is_refused_until_it_is_opened(client, site, reporter):
    site.programs.update(locks_after_days=1)
    response = client.post(url(), GOOD)
    assert response.status_code == 422
    assert "2025-06 is locked, as is every month up to 2025-06." in response.text
    site.lock_exceptions.create(
        month=JUNE, reason="flood", granted_by=UserFactory(), expires_on=date(2025, 7, 15)
    )
    assert client.post(url(), GOOD).status_code == 302
