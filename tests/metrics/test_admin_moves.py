from datetime import date

import pytest

from metrics.admin import moves
from metrics.models import MonthlyReport, Status
from programs.models import Role
from tests.admin_pages import choose, page, sign_in_staff, told
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOVES = [
    ("approve", Status.SUBMITTED, Status.APPROVED, "approved"),
    ("send_back", Status.SUBMITTED, Status.RETURNED, "returned"),
    ("reopen", Status.APPROVED, Status.REOPENED, "reopened"),
]
each_move = pytest.mark.parametrize(("action", "start", "end", "moved"), MOVES)
WORDS = "Births of the night shift are missing."


@pytest.fixture
def part():
    return ParticipationFactory(site__name="Nyanza", site__code="N1")


@pytest.fixture
def manager(client, part):
    """Staff with the right to change reports, and a manager of the site's program."""
    person = sign_in_staff(client, "change_monthlyreport")
    MembershipFactory(program=part.program, user=person, role=Role.MANAGER)
    return person


def make_reports(part, status, count=2, **fields):
    return [
        MonthlyReportFactory(site=part.site, month=date(2024, month, 1), status=status, **fields)
        for month in range(1, count + 1)
    ]


def statuses():
    return set(MonthlyReport.objects.values_list("status", flat=True))


@each_move
def test_selected_reports_are_moved(client, part, manager, action, start, end, moved):
    reports = make_reports(part, start)
    response = choose(client, MonthlyReport, action, reports, words=WORDS)
    assert told(response) == [f"2 reports {moved}."]
    assert statuses() == {end}
    kept = reports[0].history.first()
    assert (kept.history_user, kept.version) == (manager, 2)


@pytest.mark.parametrize("action", ["send_back", "reopen"])
def test_words_go_with_the_report(client, part, manager, action):
    start = {move[0]: move[1] for move in MOVES}[action]
    reports = make_reports(part, start, count=1)
    choose(client, MonthlyReport, action, reports, words=WORDS)
    assert MonthlyReport.objects.get().note == WORDS


@pytest.mark.parametrize(
    ("action", "start", "question", "button"),
    [
        ("send_back", Status.SUBMITTED, "Message to those who entered them", "Return reports"),
        ("reopen", Status.APPROVED, "Why are they opened again?", "Reopen reports"),
    ],
)
def test_words_are_asked_for_first(client, part, manager, action, start, question, button):
    reports = make_reports(part, start)
    asked = choose(client, MonthlyReport, action, reports)
    again = choose(client, MonthlyReport, action, reports, words="  ")
    for response in (asked, again):
        assert question in response.text
        assert f'value="{button}"' in response.text
        assert "Nyanza (N1), 2024-01" in response.text
    assert "errorlist" in again.text
    assert statuses() == {start}


def test_words_are_asked_for_reports_with_long_numbers(client, part, manager):
    report = MonthlyReportFactory(pk=1_234_567, site=part.site)
    asked = choose(client, MonthlyReport, "send_back", [report])
    assert 'name="_selected_action" value="1234567"' in asked.text


# --- Refusals ------------------------------------------------------------------------------


@each_move
def test_a_manager_of_another_program_is_refused(client, part, action, start, end, moved):
    person = sign_in_staff(client, "change_monthlyreport")
    MembershipFactory(user=person, role=Role.MANAGER)
    response = choose(client, MonthlyReport, action, make_reports(part, start, 1), words=WORDS)
    assert told(response) == [
        "Nyanza (N1), 2024-01: Only a manager of Nyanza may approve, return or reopen its "
        "reports. Ask one of them."
    ]
    assert statuses() == {start}


@each_move
def test_a_superuser_without_membership_is_refused(admin_client, part, action, start, end, moved):
    choose(admin_client, MonthlyReport, action, make_reports(part, start), words=WORDS)
    assert statuses() == {start}


def test_nobody_approves_what_they_entered_but_the_rest_is_approved(client, part, manager):
    own = MonthlyReportFactory(site=part.site, month=date(2024, 1, 1), entered_by=manager)
    other = MonthlyReportFactory(site=part.site, entered_by=UserFactory())
    response = choose(client, MonthlyReport, "approve", [own, other])
    assert told(response) == [
        "1 report approved.",
        "Nyanza (N1), 2024-01: You entered this report yourself. Ask another manager to approve "
        "it.",
    ]
    own.refresh_from_db()
    assert own.status == Status.SUBMITTED


def test_what_is_approved_together_is_told_to_its_reporter_once(client, part, manager):
    lidia = UserFactory()
    reports = make_reports(part, Status.SUBMITTED, 3, entered_by=lidia)
    choose(client, MonthlyReport, "approve", reports)
    assert lidia.notices.get().text.startswith("3 of your reports were approved by ")


def test_a_report_in_another_status_is_refused(client, part, manager):
    report = MonthlyReportFactory(site=part.site, status=Status.DRAFT)
    response = choose(client, MonthlyReport, "approve", [report])
    assert told(response) == ["Nyanza (N1), 2024-07: It is draft by now."]


@each_move
def test_a_version_that_was_not_in_view_is_refused(
    client, part, manager, action, start, end, moved
):
    report = make_reports(part, start, 1)[0]
    in_view = report.version_number
    MonthlyReport.objects.update(version=2, live_births=7)
    response = choose(client, MonthlyReport, action, [report], words=WORDS, carried=in_view)
    assert told(response) == ["Nyanza (N1), 2024-01: It was changed since you looked at it."]
    assert statuses() == {start}


def test_what_was_in_view_is_carried_from_the_list_through_the_question(client, part, manager):
    report = make_reports(part, Status.SUBMITTED, 1)[0]
    hidden = f'<input type="hidden" name="carried" value="{report.version_number}">'
    assert hidden in client.get(page(MonthlyReport, "changelist")).text
    asked = choose(client, MonthlyReport, "send_back", [report], carried=report.version_number)
    assert hidden in asked.text


def test_nonsense_in_place_of_a_receipt_is_no_error(client, part, manager):
    reports = make_reports(part, Status.SUBMITTED, 1)
    response = choose(client, MonthlyReport, "approve", reports, carried=["", "x-y", "1-", "-"])
    assert response.status_code == 200


@each_move
def test_too_many_at_once_are_refused(
    client, part, manager, monkeypatch, action, start, end, moved
):
    monkeypatch.setattr(moves, "MOST_AT_ONCE", 2)
    response = choose(client, MonthlyReport, action, make_reports(part, start, 3), words=WORDS)
    assert told(response) == ["Nothing was moved. Choose at most 2 reports at a time."]
    assert statuses() == {start}


def test_many_refusals_are_summed_up(client, part, manager):
    reports = [MonthlyReportFactory(site=SiteFactory(), month=date(2024, 1, 1)) for _ in range(23)]
    response = choose(client, MonthlyReport, "approve", reports)
    assert len(told(response)) == 21
    assert told(response)[-1] == "3 more were refused."


@each_move
def test_who_may_only_look_is_offered_no_move(client, part, action, start, end, moved):
    person = sign_in_staff(client, "view_monthlyreport")
    MembershipFactory(program=part.program, user=person, role=Role.MANAGER)
    shown = choose(client, MonthlyReport, action, make_reports(part, start), words=WORDS)
    assert f'value="{action}"' not in shown.text
    assert statuses() == {start}
