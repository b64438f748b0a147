"""The home of whoever enters counts: what is due, overdue and to be corrected."""

import random
from datetime import date

import pytest
from django.utils import timezone

from metrics.approvals import reopen_report, return_report
from metrics.models import Draft, MonthlyReport
from programs.models import Program, Site
from programs.periods import Period
from programs.terms import due_on, parts_in
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2025, 7, 15)
MARCH, MAY, JUNE = date(2025, 3, 1), date(2025, 5, 1), date(2025, 6, 1)
ADDRESS = "/reports/"


@pytest.fixture
def part():
    """A site asked for March to June 2025."""
    return ParticipationFactory(
        site__name="North Clinic", site__code="NC-1", first_month=MARCH, program__slug="hb"
    )


@pytest.fixture
def reporter(client, part):
    user = MembershipFactory(program=part.program, role="reporter").user
    client.force_login(user)
    return user


def send(site, *months, **fields):
    return [MonthlyReportFactory(site=site, month=month, **fields) for month in months]


def months(owed):
    return [(own.site.code, own.month) for own in owed]


def summary(client):
    return client.get(ADDRESS).context["summary"]


def test_reports_not_sent_are_due_or_overdue_by_the_programs_day(client, part, reporter):
    send(part.site, MARCH)
    Program.objects.update(report_due_day=20)
    own = summary(client)
    assert months(own.due) == [("NC-1", JUNE)]  # by 2025-07-20, and it is the 15th
    assert months(own.overdue) == [("NC-1", MAY), ("NC-1", date(2025, 4, 1))]
    page = words(client.get(ADDRESS))
    assert "1 due, 2 overdue." in page
    assert "June 2025 , North Clinic Due by 2025-07-20." in page
    assert "May 2025 , North Clinic Was due by 2025-06-20." in page


def test_each_leads_to_its_form_with_one_tap(client, part, reporter):
    page = client.get(ADDRESS).text
    for month in Period(MARCH, JUNE):
        assert f'href="/sites/NC-1/reports/{month:%Y-%m}/"' in page


def test_returned_report_stands_with_what_was_said_by_whom(client, part, reporter):
    [report] = send(part.site, JUNE, entered_by=reporter)
    manager = MembershipFactory(
        program=part.program, role="manager", user__first_name="Amara", user__last_name="Velt"
    ).user
    return_report(report, by=manager, message="The register says 41.")
    own = summary(client)
    assert [each.report for each in own.sent_back] == [report]
    assert ("NC-1", JUNE) not in months(own.overdue)
    page = words(client.get(ADDRESS))
    assert "June 2025 , North Clinic The register says 41. Returned by Amara Velt" in page


def test_reopened_report_is_asked_for_until_its_day_and_then_no_longer(client, part, reporter):
    [report] = send(part.site, JUNE, status="approved")
    manager = MembershipFactory(program=part.program, role="manager").user
    reopen_report(report, by=manager, reason="A birth was missed.", until=date(2025, 7, 16))
    assert [each.report for each in summary(client).sent_back] == [report]
    assert "open until 2025-07-16" in words(client.get(ADDRESS))
    MonthlyReport.objects.update(reopened_until=date(2025, 7, 14))
    own = summary(client)
    assert (own.sent_back, ("NC-1", JUNE) in months(own.overdue)) == ([], False)


def test_draft_says_that_it_was_begun(client, part, reporter):
    Draft.objects.create(site=part.site, month=JUNE, user=reporter, typed={"live_births": "4"})
    Draft.objects.create(site=part.site, month=MAY, user=UserFactory(), typed={})
    began = {own.month: own.typed_at is not None for own in summary(client).overdue}
    assert (began[JUNE], began[MAY]) == (True, False)
    assert f"You began it, {timezone.localtime():%Y-%m-%d %H:%M}" in words(client.get(ADDRESS))


def test_locked_month_is_not_offered_until_it_is_opened(client, part, reporter):
    Program.objects.update(locks_after_days=30)
    locked = {own.month: own.is_locked for own in summary(client).overdue}
    assert locked == {JUNE: False, MAY: True, date(2025, 4, 1): True, MARCH: True}
    page = client.get(ADDRESS)
    assert "Locked: ask a manager to open it." in words(page)
    assert 'href="/sites/NC-1/reports/2025-05/"' not in page.text
    part.site.lock_exceptions.create(
        month=MAY, reason="flood", granted_by=UserFactory(), expires_on=date(2025, 7, 15)
    )
    assert not {own.month: own.is_locked for own in summary(client).overdue}[MAY]


def test_month_of_two_programs_is_owed_once_by_the_earlier_day(client, part, reporter):
    other = ParticipationFactory(site=part.site, first_month=MAY, program__report_due_day=5).program
    MembershipFactory(program=other, user=reporter, role="viewer")
    own = summary(client)
    assert months(own.overdue) == [("NC-1", m) for m in reversed(list(Period(MARCH, JUNE)))]
    assert own.overdue[0].due == date(2025, 7, 5)


def test_returned_report_leads_to_its_form_though_its_month_is_locked(client, part, reporter):
    Program.objects.update(locks_after_days=30)
    [report] = send(part.site, MAY, status="returned", live_births=40, infant_deaths=1)
    assert 'href="/sites/NC-1/reports/2025-05/"' in client.get(ADDRESS).text
    form = {"live_births": "41", "infant_deaths": "1", "seen_version": "1"}
    assert client.post("/sites/NC-1/reports/2025-05/", form).status_code == 302
    report.refresh_from_db()
    assert (report.status, report.live_births) == ("submitted", 41)


def test_program_that_the_site_has_left_says_nothing_of_later_months(client, part, reporter):
    left = ParticipationFactory(
        site=part.site, first_month=date(2019, 1, 1), last_month=date(2019, 12, 1),
        program__report_due_day=1,
    ).program  # fmt: skip
    MembershipFactory(program=left, user=reporter, role="viewer")
    june = next(own for own in summary(client).overdue if own.month == JUNE)
    assert june.due == date(2025, 7, 10)


def test_what_only_a_foreign_program_asks_for_is_not_owed(client, part, reporter):
    send(part.site, *Period(MARCH, JUNE))
    ParticipationFactory(site=part.site, first_month=date(2024, 1, 1))
    own = summary(client)
    assert (list(own.overdue), own.is_done) == ([], True)
    assert "Everything is in. Thank you." in words(client.get(ADDRESS))


def test_months_in_which_the_site_was_closed_are_not_owed(client, reporter, part):
    closed = SiteFactory(code="MC-1", spells=[(date(2020, 1, 1), MARCH)])
    ParticipationFactory(program=part.program, site=closed, first_month=MARCH)
    own = summary(client)
    assert [m for code, m in months(own.overdue) if code == "MC-1"] == [MARCH]
    strip = {each.site.code: dict(each.strip) for each in own.sites}
    assert (strip["MC-1"][MAY], strip["MC-1"][MARCH]) == ("closed", "missing")


def test_strip_tells_zero_from_missing_from_not_expected(client, part, reporter):
    send(part.site, MARCH, live_births=0, infant_deaths=0)
    send(part.site, MAY, status="returned")
    send(part.site, JUNE)
    [own] = summary(client).sites
    assert [state for _, state in own.strip][-5:] == [
        "not_expected", "zero_births", "missing", "returned", "reported",
    ]  # fmt: skip


def test_only_sites_that_one_may_write_are_there(client, part):
    other = ParticipationFactory(program=part.program, site__code="SC-2").site
    user = MembershipFactory(program=part.program, role="reporter", sites=[other]).user
    client.force_login(user)
    assert {each.site.code for each in summary(client).sites} == {"SC-2"}


@pytest.mark.parametrize("role", ["viewer", None])
def test_whoever_enters_nothing_finds_nothing_here(client, part, role):
    user = MembershipFactory(program=part.program, role=role).user if role else UserFactory()
    client.force_login(user)
    response = client.get(ADDRESS)
    assert "You enter the counts of no site." in words(response)
    assert "North Clinic" not in response.text


def test_signed_out_visitor_signs_in_first(client):
    assert client.get(ADDRESS).url == f"/account/login/?next={ADDRESS}"


@pytest.mark.parametrize(
    ("roles", "home"),
    [(["reporter"], ADDRESS), (["reporter", "viewer"], "/programs/"), (["manager"], "/programs/"),
     ([], "/programs/")],
)  # fmt: skip
def test_home_is_here_for_those_who_only_report(client, roles, home):
    user = UserFactory()
    for role in roles:
        MembershipFactory(user=user, role=role)
    client.force_login(user)
    assert client.get("/").url == home


@pytest.mark.parametrize(("role", "is_led"), [("reporter", True), ("viewer", False)])
def test_portfolio_leads_here_whoever_enters_counts(client, part, role, is_led):
    client.force_login(MembershipFactory(program=part.program, role=role).user)
    assert (f'href="{ADDRESS}"' in client.get("/programs/").text) is is_led


# --- Many sites ---------------------------------------------------------------------------


def owed_one_by_one(user, today):
    """Each month of each site asked alone: (site, month, due day) as (due, overdue)."""
    due, overdue = [], []
    for site in Site.objects.writable_by(user).order_by("name"):
        parts = site.participations.filter(program__memberships__user=user)
        for month in reversed(list(Period(date(2019, 1, 1), JUNE))):
            asked = any(month in spell for spell in site.operation) and parts_in(parts, month)
            sent = site.monthly_reports.filter(month=month).exclude(status="draft").exists()
            if asked and not sent:
                day = due_on(site.participations.all(), month)
                (overdue if today > day else due).append((site, month, day))
    return due, sorted(overdue, key=lambda own: own[1], reverse=True)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_owed_is_what_each_month_asked_alone_owes(client, part, reporter, seed):
    draw = random.Random(seed)
    other = MembershipFactory(user=reporter, role="viewer", program__report_due_day=20).program
    for number in range(4):
        spells = [(date(2024, 1, 1), date(2024, draw.randint(2, 9), 1)), (date(2024, 11, 1), None)]
        site = SiteFactory(name=f"Clinic {number}", spells=spells)
        for program in draw.sample([part.program, other], draw.randint(1, 2)):
            first = date(2024, draw.randint(1, 12), 1)
            ParticipationFactory(site=site, program=program, first_month=first)
        for month in draw.sample(list(Period(date(2023, 12, 1), JUNE)), 9):
            send(site, month, status=draw.choice(["draft", "submitted", "approved", "returned"]))
    own = summary(client)
    expected = owed_one_by_one(reporter, TODAY)
    assert len(expected[1]) > 10
    for found, wanted in zip((own.due, own.overdue), expected, strict=True):
        assert [(each.site, each.month, each.due) for each in found] == wanted
    assert {each.is_overdue for each in own.due} <= {False}
    assert {each.is_overdue for each in own.overdue} == {True}


def test_so_many_of_each_list_stand_on_a_page(client, part, reporter):
    ParticipationFactory(program=part.program, site__code="SC-2", first_month=date(2023, 1, 1))
    page = client.get(ADDRESS)
    assert len(page.context["overdue"]) == 24
    assert "Page 1 of 2 1 to 24 of 34 Next overdue reports" in words(page)
    assert 'href="?overdue=2#overdue"' in page.text
    later = client.get(ADDRESS, {"overdue": 2})
    assert months(later.context["overdue"])[-1] == ("SC-2", date(2023, 1, 1))
    assert "Page 2 of 2 25 to 34 of 34" in words(later)


def test_fifty_sites_stand_on_a_page_with_what_each_owes(client, part, reporter):
    for number in range(50):
        ParticipationFactory(
            program=part.program, site__name=f"Clinic {number:02}", first_month=MAY
        )
    page = client.get(ADDRESS)
    assert [own.owed for own in page.context["sites"]] == [2] * 50
    assert "Page 1 of 2 1 to 50 of 51 Next sites" in words(page)
    assert [own.owed for own in client.get(ADDRESS, {"sites": 2}).context["sites"]] == [4]


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_ten_queries(client, django_assert_num_queries, part, reporter, number):
    for each in range(number):
        site = ParticipationFactory(program=part.program, site__code=f"Q-{each}").site
        send(site, JUNE, status="returned")
    # session, user, sites, spells, participations, reports, exceptions, drafts, returned ones,
    # their moves
    with django_assert_num_queries(10):
        client.get(ADDRESS)
