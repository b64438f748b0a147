"""The data quality page: its parts, who sees which findings, what may be said of them."""

import csv
import io
import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from metrics.findings import review_finding
from metrics.models import FindingReview, MonthlyReport
from metrics.summaries.quality.examining import examine_program
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2025, 7, 15)
PAGE = "/programs/hb/quality/"
REVIEW = "/programs/hb/quality/review/"
MONTHS = Period.parse("2023-07..2025-06")
ODD = date(2025, 3, 1)
SENTENCE = (
    "1,000 live births in 2025-03, far more than in the 9 months around it: 911 together. "
    "Compare it with the register: a digit too many or too few, or a month that is not complete?"
)


@pytest.fixture
def program():
    return add_site(ProgramFactory(slug="hb", name="Healthy Beginnings"), "NC-1").program


def add_site(program, code, *, months=MONTHS, odd=ODD):
    part = ParticipationFactory(program=program, site__code=code, site__name=f"Clinic {code}")
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=part.site,
            month=month,
            live_births=1000 if month == odd else 94 + number * (7 * number + 3) % 13,
            infant_deaths=30 if month == odd else 3,
        )
        for number, month in enumerate(months)
    )
    return part


def sign_in(client, program, role="manager", **fields):
    user = MembershipFactory(program=program, role=role, **fields).user
    client.force_login(user)
    return user


def findings(client, **query):
    return list(client.get(PAGE, query).context["page"])


def only(client, **query):
    [found] = findings(client, **query)
    return found


def sent(found, decision="explained", reason="A ward was opened."):
    names = {"site": found.site.code, "kind": str(found.kind), "fingerprint": found.fingerprint}
    return names | {"decision": decision, "reason": reason}


def test_page_shows_the_finding_with_its_values_and_leads_to_the_report(client, program):
    sign_in(client, program)
    response = client.get(PAGE)
    assert "Births far from the usual to look at Clinic NC-1, 2025-03" in words(response)
    assert '<a href="/sites/NC-1/reports/2025-03/">' in response.text


def test_finding_says_its_values_and_what_to_do(client, program):
    sign_in(client, program)
    assert only(client).sentence == SENTENCE
    assert SENTENCE in words(client.get(PAGE))


def test_a_viewer_is_led_to_the_trail_and_is_offered_nothing_to_say(client, program):
    sign_in(client, program, "viewer")
    response = client.get(PAGE)
    assert '<a href="/sites/NC-1/reports/2025-03/trail/">' in response.text
    assert "<textarea" not in response.text


def test_parts_are_shown_in_words_and_counts(client, program):
    sign_in(client, program)
    seen = words(client.get(PAGE))
    assert (
        "Complete 100 % 12 of 12 reports On time 100 % 12 of 12 reports Reports of 2024-07 to "
        "2025-06 Open, cannot be 0 Open, suspicious 0 Open, to look at 1 Reviewed 0 explained, "
        "0 dismissed These are the parts; they add up to no score."
    ) in seen
    assert "Births far from the usual 24 below 0.1 1 0 0" in seen


def test_each_site_has_the_same_parts_those_with_most_open_first(client, program):
    add_site(program, "AC-0", odd=None)
    sign_in(client, program)
    sites = client.get(PAGE).context["sites"]
    assert [(own.site.code, own.open, own.reviewed) for own in sites] == [
        ("NC-1", 1, 0),
        ("AC-0", 0, 0),
    ]
    assert all(own.arrivals.complete.missing == 0 for own in sites)


def test_program_without_reports_says_so(client):
    sign_in(client, ProgramFactory(slug="hb"))
    assert "No report of this program has arrived." in words(client.get(PAGE))
    assert client.get("/programs/hb/quality.csv").getvalue().decode().count("\n") == 1


def test_findings_that_nobody_made_are_said_to_be_none(client):
    sign_in(client, add_site(ProgramFactory(slug="hb"), "NC-1", odd=None).program)
    assert "Nothing is open." in words(client.get(PAGE))


def test_drafts_and_returned_reports_are_not_examined(client, program):
    MonthlyReport.objects.filter(month=ODD).update(status="returned")
    sign_in(client, program)
    assert findings(client) == []


# --- Who sees what --------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, "/programs/hb/quality.csv"])
def test_a_stranger_is_told_that_there_is_nothing(client, program, address):
    client.force_login(MembershipFactory(role="manager").user)
    assert client.get(address).status_code == 404


def test_a_member_of_some_sites_sees_findings_of_theirs_alone(client, program):
    other = add_site(program, "SC-2").site
    sign_in(client, program, sites=[other])
    response = client.get(PAGE, {"state": "all"})
    assert [own.site.code for own in response.context["page"]] == ["SC-2"]
    assert [own.site.code for own in response.context["sites"]] == ["SC-2"]
    assert "NC-1" not in response.text
    assert "NC-1" not in client.get("/programs/hb/quality.csv").getvalue().decode()


def test_looks_are_those_at_the_sites_that_are_shown(client, program):
    other = add_site(program, "SC-2", months=Period.parse("2024-01..2025-06")).site
    sign_in(client, program, sites=[other])
    kinds = {str(own.kind): own for own in client.get(PAGE).context["summary"].kinds}
    assert kinds["births_odd"].looks == 18


def test_viewers_from_whom_small_counts_are_withheld_see_no_finding(client, program):
    program.withhold_up_to = 4
    program.save()
    sign_in(client, program, "viewer")
    for address in (PAGE, "/programs/hb/quality.csv"):
        assert client.get(address).status_code == 403
    sign_in(client, program, "manager")
    assert client.get(PAGE).status_code == 200


# --- What people say ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "decision", "status"),
    [
        ("manager", "explained", 302),
        ("manager", "dismissed", 302),
        ("reporter", "explained", 302),
        ("reporter", "dismissed", 403),
        ("viewer", "explained", 403),
    ],
)
def test_who_may_explain_and_who_may_dismiss(client, program, role, decision, status):
    sign_in(client, program, role)
    response = client.post(REVIEW, sent(only(client), decision))
    assert response.status_code == status
    stored = list(FindingReview.objects.values_list("decision", "month"))
    assert stored == ([(decision, ODD)] if status == 302 else [])


def test_somebody_of_another_site_may_say_nothing(client, program):
    found = only_of(program)
    sign_in(client, program, sites=[add_site(program, "SC-2").site])
    assert client.post(REVIEW, sent(found)).status_code == 404
    assert not FindingReview.objects.exists()
    with pytest.raises(PermissionDenied, match="Only managers and reporters of Clinic NC-1"):
        review_finding(
            program=program, finding=found, decision="explained", reason="-",
            by=MembershipFactory(role="manager").user,
        )  # fmt: skip


def test_a_finding_whose_counts_have_changed_is_said_to_be_gone(client, program):
    sign_in(client, program)
    posted = sent(only(client))
    MonthlyReport.objects.filter(month=ODD).update(live_births=1001)
    response = client.post(f"{REVIEW}?state=all", posted, follow=True)
    assert "This finding is gone: its counts have changed since." in words(response)
    assert response.redirect_chain == [(f"{PAGE}?state=all#findings", 302)]
    assert not FindingReview.objects.exists()


@pytest.mark.parametrize("code", ["", "NC-\x001", "XX"])
def test_a_review_of_no_finding_is_not_found(client, program, code):
    sign_in(client, program)
    assert client.post(REVIEW, sent(only(client)) | {"site": code}).status_code == 404


def only_of(program):
    membership = MembershipFactory(program=program, role="manager")
    [found] = examine_program(membership, today=TODAY).findings
    return found


def test_a_review_is_shown_with_who_when_and_why(client, program):
    user = sign_in(client, program)
    client.post(REVIEW, sent(only(client)))
    assert findings(client) == []
    seen = words(client.get(PAGE, {"state": "explained"}))
    assert f"A ward was opened. Explained by {user}, 2025-07-15 12:00." in seen
    assert "Reviewed 1 explained, 0 dismissed" in seen
    history = FindingReview.history.get()
    assert (history.history_user, history.history_type) == (user, "+")


def test_a_review_holds_only_while_the_counts_stand(client, program):
    sign_in(client, program)
    client.post(REVIEW, sent(only(client)))
    MonthlyReport.objects.filter(month=ODD).update(live_births=1001)
    assert only(client).state == "open"


def test_other_months_that_come_in_or_change_leave_a_review_standing(client, program):
    sign_in(client, program)
    client.post(REVIEW, sent(only(client)))
    MonthlyReport.objects.exclude(month=ODD).update(live_births=90)
    assert findings(client, kind="births_odd") == []


def test_a_finding_without_a_reason_stays_open_and_says_so(client, program):
    sign_in(client, program)
    response = client.post(f"{REVIEW}?kind=births_odd", sent(only(client), reason=" "))
    assert response.status_code == 422
    assert "Say why, so that the next reader need not ask." in response.text
    assert not FindingReview.objects.exists()


def test_what_was_typed_is_not_lost(client, program):
    sign_in(client, program)
    response = client.post(REVIEW, sent(only(client), decision="x", reason="The flood."))
    assert response.status_code == 422
    assert "“x” is not known." in response.text.replace("&quot;", '"')
    assert ">The flood.</textarea>" in response.text


def test_two_who_review_at_once_are_told(client, program):
    sign_in(client, program)
    posted = sent(only(client))
    client.post(REVIEW, posted)
    response = client.post(REVIEW, posted)
    assert response.status_code == 422
    assert FindingReview.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [("manager", 302), ("reporter", 403), ("viewer", 403)])
def test_a_dismissed_finding_is_opened_again_by_a_manager(client, program, role, status):
    review = review_finding(
        program=program, finding=only_of(program), decision="dismissed", reason="Known.",
        by=MembershipFactory(program=program, role="manager").user,
    )  # fmt: skip
    user = sign_in(client, program, role)
    response = client.post(f"/programs/hb/quality/reviews/{review.pk}/reopen/")
    assert response.status_code == status
    assert len(findings(client)) == (status == 302)
    if status == 302:
        assert FindingReview.history.first().history_user == user
        assert FindingReview.history.first().history_type == "-"


def test_a_review_of_another_program_cannot_be_opened_here(client, program):
    own = MembershipFactory(program=program, role="manager").user
    review = review_finding(
        program=program, finding=only_of(program), decision="explained", reason="-", by=own
    )
    user = sign_in(client, ProgramFactory(slug="other"))
    for slug in ("other", "hb"):
        address = f"/programs/{slug}/quality/reviews/{review.pk}/reopen/"
        assert client.post(address).status_code == 404
    assert user != own
    assert FindingReview.objects.exists()


# --- Asking, pages, the file ----------------------------------------------------------------


def test_findings_are_asked_for_by_site_kind_and_state(client, program):
    add_site(program, "SC-2")
    sign_in(client, program)
    assert len(findings(client)) == 2
    assert only(client, site="SC-2").site.code == "SC-2"
    assert findings(client, state="dismissed") == []
    assert len(findings(client, state="all", kind="births_odd")) == 2
    assert "Nothing is known of “x”" in words(client.get(PAGE, {"kind": "x"}))


def test_sites_offered_are_those_with_findings_and_the_one_asked_for(client, program):
    for code in ("AC-0", "AC-1"):
        add_site(program, code, odd=None)
    sign_in(client, program)
    assert offered(client.get(PAGE)) == ["", "NC-1"]
    page = client.get(PAGE, {"site": "AC-1"})
    assert offered(page) == ["", "NC-1", "AC-1"]
    assert page.context["form"].errors == {}
    assert "Nothing of what you asked for was found." in words(page)


def offered(page):
    select = re.search(r'<select name="site".*?</select>', page.text, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)"', select)


def test_fifty_findings_stand_on_a_page(client, program):
    for number in range(51):
        add_site(program, f"B-{number:02}", months=Period.parse("2024-09..2025-06"))
    sign_in(client, program)
    first, second = (client.get(PAGE, {"page": number}).context["page"] for number in (1, 2))
    assert (len(first), len(second), first.paginator.count) == (50, 2, 52)
    assert "Next sites" in words(client.get(PAGE))


def test_file_holds_every_finding_with_what_was_said(client, program):
    user = sign_in(client, program)
    found = only(client)
    client.post(REVIEW, sent(found, reason="=A ward"))
    response = client.get("/programs/hb/quality.csv")
    assert 'filename="hb-findings-2025-07-15.csv"' in response["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode()))
    assert row == {
        "site_code": "NC-1", "site_name": "Clinic NC-1", "month": "2025-03",
        "first_month": "2025-03", "last_month": "2025-03", "kind": "births_odd",
        "severity": "look", "finding": SENTENCE, "state": "explained", "reason": "'=A ward",
        "reviewed_by": str(user), "reviewed_at": "2025-07-15T12:00:00+00:00",
        "fingerprint": found.fingerprint,
    }  # fmt: skip


@pytest.mark.parametrize("sites", [1, 3])
def test_page_takes_so_many_queries(client, program, django_assert_num_queries, sites):
    for number in range(1, sites):
        add_site(program, f"SC-{number}")
    sign_in(client, program)
    with django_assert_num_queries(10):
        assert len(client.get(PAGE).context["page"]) == sites
    with django_assert_num_queries(6):
        assert client.get("/programs/hb/quality.csv").getvalue()
