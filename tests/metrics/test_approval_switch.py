"""Switching approval on for a program with a history, and off: nothing is hidden silently."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from metrics.approval_switch import (
    ApprovalChangedError,
    mark_submitted,
    switch_approval_off,
    switch_approval_on,
)
from metrics.models import MonthlyReport
from metrics.summaries import summarise_program
from programs.models import Program
from tests.conftest import TODAY
from tests.factories import MembershipFactory, ParticipationFactory, TargetFactory, UserFactory
from tests.metrics.approving import JUNE, join, wait_for, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGE = "/programs/hb/approvals/switch/"


@pytest.fixture
def program():
    part = ParticipationFactory(program__slug="hb", program__name="Beginnings", site__code="NC-1")
    for month in (3, 4, 5, 6):
        wait_for(part.site, date(2025, month, 1))
    return part.program


@pytest.fixture
def manager(client, program):
    own = join(program, name="Amara")
    client.force_login(own)
    return own


def switch_on(program, by, **fields):
    fields = {"approve_past": True, "seen": mark_submitted(program)} | fields
    return switch_approval_on(program=program, by=by, **fields)


def statuses():
    return list(MonthlyReport.objects.order_by("month").values_list("status", flat=True))


def births(program):
    return summarise_program(Program.objects.get(pk=program.pk), today=TODAY).series.months


def total(program):
    return sum(month.counts.births for month in births(program))


def confirm(client, **fields):
    """Send what the page shows, confirmed."""
    seen = client.get(PAGE).context["preview"].seen
    return client.post(PAGE, {"past": "approve", "seen": seen, "confirmed": "on"} | fields)


# --- The act ---------------------------------------------------------------------------------


def test_past_reports_are_approved_and_go_on_counting(program, manager):
    before = total(program)
    done = switch_on(program, manager)
    assert (done.approved, done.waiting) == (4, 0)
    assert statuses() == ["approved"] * 4
    assert total(program) == before == 400


def test_every_approved_report_says_that_approval_was_switched_on(program, manager):
    switch_on(program, manager)
    for report in MonthlyReport.objects.all():
        version = report.history.first()
        assert (report.version, version.version) == (2, 2)
        assert version.history_change_reason == "approval switched on"
        assert version.history_user == manager


def test_switch_is_in_the_history_of_the_program(program, manager):
    switch_on(program, manager)
    kept = program.history.first()
    assert (kept.approval_required, kept.history_user) == (True, manager)
    assert kept.history_change_reason == "approval switched on: 4 of 4 approved"


def test_left_waiting_they_leave_the_figures_and_are_told(program, manager):
    jonas = join(program, name="Jonas")
    done = switch_on(program, manager, approve_past=False)
    assert (done.approved, done.waiting) == (0, 4)
    assert statuses() == ["submitted"] * 4
    summary = summarise_program(Program.objects.get(), today=TODAY)
    assert (total(program), summary.with_waiting.waiting) == (0, 4)
    assert jonas.notices.get().text == "4 reports of Beginnings wait for your approval."


def test_own_entries_stay_waiting(program, manager):
    MonthlyReport.objects.filter(month=JUNE).update(entered_by=manager)
    done = switch_on(program, manager)
    assert (done.approved, done.waiting) == (3, 1)
    assert statuses() == ["approved", "approved", "approved", "submitted"]


def test_own_entries_are_approved_where_the_program_allows_it(program, manager):
    MonthlyReport.objects.update(entered_by=manager)
    program.self_approval_allowed = True
    program.save()
    assert switch_on(program, manager).approved == 4


def test_reporters_are_told_once(program, manager):
    lidia = UserFactory()
    MonthlyReport.objects.update(entered_by=lidia)
    switch_on(program, manager)
    assert lidia.notices.get().text.startswith("4 of your reports were approved by Amara: ")


@pytest.mark.parametrize("status", ["draft", "returned", "reopened", "approved"])
def test_other_reports_stay_as_they_are(program, manager, status):
    MonthlyReport.objects.filter(month=JUNE).update(status=status)
    switch_on(program, manager)
    assert statuses() == ["approved", "approved", "approved", status]


def test_reports_of_other_programs_stay_as_they_are(program, manager):
    elsewhere = wait_for(ParticipationFactory().site)
    switch_on(program, manager)
    elsewhere.refresh_from_db()
    assert elsewhere.status == "submitted"


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"status": "returned"}, {"month": date(2020, 1, 1)}]
)
def test_reports_that_changed_meanwhile_stop_the_switch(program, manager, change):
    seen = mark_submitted(program)
    MonthlyReport.objects.filter(month=JUNE).update(**change)
    with pytest.raises(ApprovalChangedError):
        switch_on(program, manager, seen=seen)
    assert "approved" not in statuses()
    assert not Program.objects.get().approval_required


def test_what_is_switched_on_is_not_switched_on_again(program, manager):
    switch_on(program, manager, approve_past=False)
    with pytest.raises(ValidationError, match="switched on by now"):
        switch_on(program, manager)
    assert "approved" not in statuses()


def test_switched_off_waiting_reports_count_and_approved_ones_stay(program, manager):
    jonas = join(program, name="Jonas")
    switch_on(program, manager, approve_past=False)
    MonthlyReport.objects.filter(month=JUNE).update(status="approved")
    done = switch_approval_off(program=program, seen=mark_submitted(program), by=manager)
    assert done.waiting == 3
    assert statuses() == ["submitted", "submitted", "submitted", "approved"]
    assert total(program) == 400
    assert program.history.first().history_change_reason == "approval switched off: 3 count now"
    assert not jonas.notices.unread().exists()


@pytest.mark.parametrize("switch", [switch_on, switch_approval_off])
def test_only_a_manager_of_all_sites_switches(program, switch):
    limited = MembershipFactory(program=program, role="manager", sites=[program.sites.get()])
    with pytest.raises(PermissionDenied, match="Only a manager of all sites of Beginnings"):
        switch(program=program, seen="", by=limited.user)


# --- The page --------------------------------------------------------------------------------


def test_stranger_finds_no_switch(client, program):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"confirmed": "on"}).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "reporter", "manager"])
def test_who_may_not_switch_is_told_why(client, program, role):
    join(program, name="Amara")
    limited = MembershipFactory(program=program, role=role, sites=[program.sites.get()])
    client.force_login(limited.user)
    for response in (client.get(PAGE), client.post(PAGE, {"confirmed": "on"})):
        assert response.status_code == 403
        assert "Only a manager of all sites of Beginnings may do this. Ask Amara." in words(
            response
        )
    assert not Program.objects.get().approval_required


def test_page_says_what_would_leave_the_figures(client, program, manager):
    TargetFactory(program=program)
    MonthlyReport.objects.filter(month=JUNE).update(entered_by=manager)
    seen = words(client.get(PAGE))
    assert "4 reports are submitted and not approved: they would leave the figures" in seen
    assert "You entered 1 of them yourself: that one waits for another manager either way." in seen
    now = "20 of 400; 4 of 12 reports"
    assert seen.count(now) == 1
    assert "On, what has come in approved" in seen
    assert "15 of 300; 3 of 12 reports" in seen
    assert "Approve all 4 submitted up to now, but for the 1 that you entered" in seen


def test_program_without_a_promise_shows_the_last_twelve_months(client, program, manager):
    seen = words(client.get(PAGE))
    assert "Infant mortality, last 12 months" in seen
    # R: 1000 * poisson.test(20, 400)$conf.int is 30.541, 77.221
    assert "50.0 (30.5 to 77.2) 20 of 400; 4 of 12 reports" in seen


def test_confirmed_switch_approves_by_default(client, program, manager):
    response = confirm(client)
    assert (response.status_code, response.url) == (302, "/programs/hb/approvals/")
    assert statuses() == ["approved"] * 4
    seen = words(client.get(response.url))
    assert "Reports approved: 4; that wait for approval: 0." in seen
    assert "Switch approval off" in seen


def test_default_stands_where_nothing_is_chosen(client, program, manager):
    assert confirm(client, past="").status_code == 302
    assert statuses() == ["approved"] * 4


def test_past_may_be_left_waiting(client, program, manager):
    assert confirm(client, past="leave").status_code == 302
    assert statuses() == ["submitted"] * 4
    assert Program.objects.get().approval_required


def test_switch_that_is_not_confirmed_changes_nothing(client, program, manager):
    response = confirm(client, confirmed="", past="leave")
    assert response.status_code == 422
    assert "Tick this to confirm what will change." in words(response)
    assert 'value="leave" checked' in response.text
    assert not Program.objects.get().approval_required


def test_switch_shows_the_new_figures_when_reports_came_in_meanwhile(client, program, manager):
    seen = client.get(PAGE).context["preview"].seen
    wait_for(program.sites.get(), date(2025, 1, 1))
    response = confirm(client, seen=seen)
    assert response.status_code == 422
    assert "Reports came in or were changed meanwhile. Look at the new figures." in words(response)
    assert "5 reports are submitted" in words(response)
    assert statuses() == ["submitted"] * 5


def test_page_switches_off_as_well(client, program, manager):
    Program.objects.update(approval_required=True)
    seen = words(client.get(PAGE))
    assert "4 submitted reports wait for approval and would count at once." in seen
    assert confirm(client).status_code == 302
    assert not Program.objects.get().approval_required


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_nineteen_queries(client, program, manager, django_assert_num_queries, number):
    for _ in range(number):
        wait_for(ParticipationFactory(program=program).site)
    TargetFactory(program=program)
    # session, user, membership, may manage; targets, participations, spells, months, sites;
    # twice months and sites again; how many, how many own, their mark
    with django_assert_num_queries(19):
        client.get(PAGE)
