"""A report's own page: as it is stored, all that happened to it, and its moves."""

from datetime import date

import pytest
from django.core import mail

from metrics.approvals import approve_report, reopen_report, return_report, submit_report
from metrics.models import Category, MonthlyReport
from tests.factories import MembershipFactory, ParticipationFactory, UserFactory
from tests.metrics.approving import INBOX, JUNE, join, trail_of, wait_for, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MOVES = {
    "approve/": {"seen": "1"},
    "return/": {"seen": "1", "message": "Count the twins."},
    "reopen/": {"seen": "1", "reason": "A late death.", "until": "2025-07-20"},
}


@pytest.fixture
def site():
    own = {"site__name": "North Clinic", "site__code": "NC-1", "program__name": "Beginnings"}
    return ParticipationFactory(**own, program__approval_required=True).site


@pytest.fixture
def program(site):
    return site.programs.get()


@pytest.fixture
def manager(client, program):
    own = join(program, name="Amara")
    client.force_login(own)
    return own


@pytest.fixture
def reporter(program):
    return join(program, "reporter", name="Lidia")


def send(site, births, by, seen=0, **fields):
    counts = {"live_births": births, "infant_deaths": 2}
    return submit_report(site=site, month=JUNE, counts=counts, seen_version=seen, by=by, **fields)


# --- Who sees it, and who moves --------------------------------------------------------------


def test_stranger_finds_no_trail_and_moves_nothing(client, site):
    report = wait_for(site)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(trail_of(report)).status_code == 404
    for page, sent in MOVES.items():
        assert client.post(trail_of(report, page), sent).status_code == 404
    assert MonthlyReport.objects.get().version == 1


def test_member_of_other_sites_finds_no_trail(client, site, program):
    elsewhere = ParticipationFactory(program=program).site
    client.force_login(MembershipFactory(program=program, sites=[elsewhere]).user)
    assert client.get(trail_of(wait_for(site))).status_code == 404


def test_month_without_a_report_has_no_trail(client, site, manager):
    assert client.get("/sites/NC-1/reports/2025-06/trail/").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_everybody_who_sees_the_site_reads_and_only_managers_move(client, site, program, role):
    report = wait_for(site)
    join(program, name="Amara")
    client.force_login(join(program, role))
    page = client.get(trail_of(report))
    assert "What happened" in words(page)
    assert "<form" not in page.text.partition("<main")[2]
    for move, sent in MOVES.items():
        refused = client.post(trail_of(report, move), sent)
        assert refused.status_code == 403
        assert (
            "Only a manager of North Clinic may approve, return or reopen its reports. Ask Amara."
            in words(refused)
        )


@pytest.mark.parametrize("move", MOVES)
def test_moves_only_take_what_a_form_sends(client, site, manager, move):
    assert client.get(trail_of(wait_for(site), move)).status_code == 405


# --- What it shows ---------------------------------------------------------------------------


def test_whole_trail_is_told_latest_first(client, site, manager, reporter):
    returned = return_report(
        send(site, 50, reporter, comment="Flood."), by=manager, message="Count the twins."
    )
    approved = approve_report(send(site, 41, reporter, seen=returned.version), by=manager)
    reopen_report(approved, by=manager, reason="A late death.", until=date(2025, 7, 20))
    seen = words(client.get(trail_of(approved)))
    told = [
        "Reopened version 5 2025-07-15 12:00, Amara A late death.",
        "Approved version 4 2025-07-15 12:00, Amara",
        "Submitted version 3 2025-07-15 12:00, Lidia, typed",
        "Live births 50 → 41",
        "Returned version 2 2025-07-15 12:00, Amara Count the twins.",
        "Submitted version 1 2025-07-15 12:00, Lidia, typed Reporter's comment: “Flood.” "
        "Live births 50 Infant deaths 2",
    ]
    places = [seen.index(own) for own in told]
    assert places == sorted(places)
    assert "Open for correction until 2025-07-20, that day included." in seen
    assert "Live births 41 Infant deaths 2 Early neonatal deaths – Late neonatal deaths –" in seen


def test_breakdowns_are_part_of_the_trail(client, site, manager, reporter):
    girls, boys = Category.objects.filter(dimension__code="sex").order_by("position")[:2]
    part = {"live_births": 20, "infant_deaths": 1}
    send(site, 41, reporter, parts={girls.pk: part, boys.pk: part})
    emptied = dict.fromkeys(part)
    report = send(
        site, 41, reporter, seen=1, parts={girls.pk: part | {"live_births": 21}, boys.pk: emptied}
    )
    seen = words(client.get(trail_of(report)))
    named = str(girls)
    assert f"Live births, {named} 20 → 21" in seen
    assert f"Live births, {boys} 20 → – Infant deaths, {boys} 1 → –" in seen
    assert f"Broken down Live births, {named} 21 Infant deaths, {named} 1 " in seen


def test_reopened_report_whose_day_is_over_says_that_it_counts_again(client, site, manager):
    report = wait_for(site, status="reopened", reopened_until=date(2025, 7, 14))
    seen = words(client.get(trail_of(report)))
    assert "It was reopened until 2025-07-14 and not corrected, so the counts as they" in seen


@pytest.mark.parametrize("number", [1, 3])
def test_trail_of_a_manager_takes_ten_queries(
    client, site, manager, reporter, django_assert_num_queries, number
):
    for version in range(number):
        report = send(site, 40 + version, reporter, seen=version)
    # session, user, site, spells, report, may review, may approve, versions, breakdowns and
    # theirs
    with django_assert_num_queries(10):
        client.get(trail_of(report))


# --- Approve and return ----------------------------------------------------------------------


def test_report_is_approved_from_its_trail(client, site, manager, reporter):
    report = send(site, 40, reporter)
    response = client.post(trail_of(report, "approve/"), {"seen": "1"}, follow=True)
    assert response.redirect_chain == [(trail_of(report), 302)]
    assert "North Clinic (NC-1), 2025-06 is approved." in words(response)
    assert "It counts, and is protected" in words(response)


def test_own_entry_cannot_be_approved_here_either(client, site, manager):
    report = send(site, 40, manager)
    page = client.get(trail_of(report))
    assert "You entered this: another manager approves it." in words(page)
    assert "Approve the report" not in words(page)
    refused = client.post(trail_of(report, "approve/"), {"seen": "1"})
    assert refused.status_code == 403
    assert "You entered this report yourself. Ask another manager" in words(refused)


def test_returned_message_is_told_by_mail_and_in_the_app(
    client, site, manager, reporter, django_capture_on_commit_callbacks
):
    report = send(site, 40, reporter)
    back = f"{INBOX}?month=2025-06"
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(trail_of(report, "return/"), MOVES["return/"] | {"back": back})
    assert response.url == back
    [sent] = mail.outbox
    assert sent.to == [reporter.email]
    assert "was returned by Amara: Count the twins." in sent.body
    assert "Count the twins." in reporter.notices.get().text
    assert MonthlyReport.objects.get().note == "Count the twins."


@pytest.mark.parametrize("message", ["", "   "])
def test_report_is_not_returned_without_a_message(client, site, manager, message):
    report = wait_for(site)
    response = client.post(trail_of(report, "return/"), {"seen": "1", "message": message})
    assert response.status_code == 422
    assert "Say what to correct." in words(response)
    assert MonthlyReport.objects.get().status == "submitted"


@pytest.mark.parametrize("move", ["approve/", "return/"])
def test_version_that_was_not_looked_at_is_not_moved(client, site, manager, move):
    report = wait_for(site, version=2, live_births=77)
    response = client.post(trail_of(report, move), MOVES[move])
    assert response.status_code == 422
    seen = words(response)
    assert "It was changed since you looked at it. Look at it again below." in seen
    assert "Live births 77" in seen
    assert MonthlyReport.objects.get().status == "submitted"


def test_message_survives_a_report_that_changed_and_goes_with_what_is_shown(client, site, manager):
    report = wait_for(site, version=2)
    page = client.post(trail_of(report, "return/"), MOVES["return/"])
    assert ">Count the twins.</textarea>" in page.text.replace("\n", "")
    assert 'name="seen" value="2"' in page.text
    again = client.post(trail_of(report, "return/"), MOVES["return/"] | {"seen": "2"})
    assert again.status_code == 302


def test_message_is_shown_where_the_report_can_no_longer_be_returned(client, site, manager):
    report = wait_for(site, status="approved")
    page = client.post(trail_of(report, "return/"), MOVES["return/"])
    assert page.status_code == 422
    seen = words(page)
    assert "North Clinic (NC-1), 2025-06 is approved; return needs a report that is" in seen
    assert "What you typed: “Count the twins.”" in seen


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_form_without_its_version_moves_nothing(client, site, manager, seen):
    report = wait_for(site)
    response = client.post(trail_of(report, "approve/"), {"seen": seen})
    assert response.status_code == 422
    assert "The page no longer says which version it showed." in words(response)
    assert MonthlyReport.objects.get().status == "submitted"


# --- Reopen ----------------------------------------------------------------------------------


def test_approved_report_is_reopened_until_a_day(client, site, manager):
    report = wait_for(site, status="approved")
    response = client.post(trail_of(report, "reopen/"), MOVES["reopen/"], follow=True)
    assert "North Clinic (NC-1), 2025-06 is open for correction." in words(response)
    stored = MonthlyReport.objects.get()
    assert (stored.status, stored.reopened_until) == ("reopened", date(2025, 7, 20))
    assert stored.history.first().history_change_reason == "reopen: A late death."


def test_a_fortnight_is_offered(client, site, manager):
    page = client.get(trail_of(wait_for(site, status="approved"))).text
    assert 'type="date"' in page
    assert 'value="2025-07-29"' in page
    assert 'min="2025-07-15"' in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"until": "2025-07-14"}, "2025-07-14 is over. Give a last day that is still to come."),
        ({"until": "2027-01-01"}, "2027-01-01 is more than a year ahead."),
        ({"until": "soon"}, "Enter a valid date."),
        ({"until": ""}, "This field is required."),
        ({"reason": " "}, "Say why it is reopened."),
    ],
)
def test_report_is_not_reopened_without_reason_and_day(client, site, manager, sent, said):
    report = wait_for(site, status="approved")
    response = client.post(trail_of(report, "reopen/"), MOVES["reopen/"] | sent)
    assert response.status_code == 422
    assert said in words(response)
    assert MonthlyReport.objects.get().status == "approved"


def test_today_is_a_last_day(client, site, manager):
    report = wait_for(site, status="approved")
    sent = MOVES["reopen/"] | {"until": "2025-07-15"}
    assert client.post(trail_of(report, "reopen/"), sent).status_code == 302


def test_receipt_on_the_trail_is_the_one_that_was_given(client, site, manager, reporter):
    sent = send(site, 40, reporter)
    approve_report(sent, by=manager)
    assert f"Receipt {sent.pk}-1" in words(client.get(trail_of(sent)))
