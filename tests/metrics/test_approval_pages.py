"""The inbox: what waits for approval, the odd ones first, and approving many at once."""

from datetime import date

import pytest

from metrics.models import Category, MonthlyReport
from programs.periods import shift_month
from tests.factories import (
    AreaFactory,
    MembershipFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.metrics.approving import INBOX, JUNE, join, report_year, tick, wait_for, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

APPROVE = f"{INBOX}approve/"


@pytest.fixture
def site():
    part = ParticipationFactory(
        program__slug="hb",
        program__name="Beginnings",
        program__approval_required=True,
        site__name="North Clinic",
        site__code="NC-1",
    )
    return part.site


@pytest.fixture
def program(site):
    return site.programs.get()


@pytest.fixture
def manager(client, program):
    own = join(program, name="Amara")
    client.force_login(own)
    return own


def another_site(program, name="South Clinic", **fields):
    return ParticipationFactory(program=program, site__name=name, **fields).site


def shown(response):
    return [
        (line.report.site.name, f"{line.report.month:%Y-%m}") for line in response.context["page"]
    ]


def told(response):
    return [str(message) for message in response.context["messages"]]


# --- Who sees what ---------------------------------------------------------------------------


def test_stranger_finds_no_inbox(client, site):
    report = wait_for(site)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(INBOX).status_code == 404
    assert client.post(APPROVE, tick(report)).status_code == 404
    assert MonthlyReport.objects.get().status == "submitted"


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_those_who_may_not_approve_read_along_and_are_told_why(client, site, program, role):
    report = wait_for(site)
    join(program, name="Amara")
    client.force_login(join(program, role))
    page = client.get(INBOX)
    assert shown(page) == [("North Clinic", "2025-06")]
    assert "You read along" in words(page)
    assert 'type="checkbox"' not in page.text
    refused = client.post(APPROVE, tick(report))
    assert refused.status_code == 403
    assert (
        "Only a manager of Beginnings may approve, return or reopen its reports. Ask Amara."
        in words(refused)
    )


def test_member_of_some_sites_sees_what_waits_there(client, site, program):
    other = wait_for(another_site(program))
    wait_for(site)
    member = MembershipFactory(program=program, role="manager", sites=[site])
    client.force_login(member.user)
    assert shown(client.get(INBOX)) == [("North Clinic", "2025-06")]
    response = client.post(APPROVE, tick(other), follow=True)
    assert told(response) == ["Nothing was approved: tick the reports that are right."]
    other.refresh_from_db()
    assert other.status == "submitted"


@pytest.mark.parametrize("status", ["draft", "returned", "approved", "reopened"])
def test_only_submitted_reports_wait(client, site, manager, status):
    wait_for(site, status=status)
    assert "Nothing waits for approval" in words(client.get(INBOX))


def test_report_of_months_in_which_a_site_takes_no_part_does_not_wait_here(client, site, manager):
    site.participations.update(last_month=date(2025, 1, 1))
    wait_for(site)
    assert "Nothing waits for approval" in words(client.get(INBOX))


# --- What stands beside a report -------------------------------------------------------------


def test_report_stands_beside_its_history(client, site, program, manager):
    report_year(site)
    site.monthly_reports.filter(month=date(2024, 6, 1)).delete()
    site.monthly_reports.filter(month=date(2025, 1, 1)).update(infant_deaths=None)
    wait_for(site, live_births=44, infant_deaths=3, entered_by=UserFactory(first_name="Lidia"))
    seen = words(client.get(INBOX))
    assert "North Clinic, 2025-06 Entered by Lidia (typed), 2024-08-05 09:00" in seen
    assert "Live births 44 Infant deaths 3" in seen
    assert "Births × not reported 40 40 40 40 40 40 40 40 40 40 40 44" in seen
    assert "Deaths × not reported 2 2 2 2 2 2 – 2 2 2 2 3" in seen


def test_closed_month_is_not_a_missing_one(client, program, manager):
    spells = [(date(2020, 1, 1), date(2024, 10, 1)), (date(2024, 12, 1), None)]
    wait_for(another_site(program, site__spells=spells))
    seen = words(client.get(INBOX))
    assert seen.count("· closed") == 1 + 2  # the key, and the month's births and deaths
    assert seen.count("× not reported") == 1 + 22


def test_same_month_of_last_year_is_told_apart(client, site, manager):
    report_year(site)
    wait_for(site, live_births=44, infant_deaths=3)
    assert "Live births 44 40 a year ago Infant deaths 3 2 a year ago" in words(client.get(INBOX))


def test_odd_reports_come_first_with_their_questions(client, site, program, manager):
    other = another_site(program, "A Clinic")
    for own in (site, other):
        report_year(own)
    wait_for(other, live_births=41, infant_deaths=2)
    wait_for(site, live_births=400, infant_deaths=20, comment="A ward came to us.")
    page = client.get(INBOX)
    assert shown(page) == [("North Clinic", "2025-06"), ("A Clinic", "2025-06")]
    assert (
        "Live births: 400 is far more than before: 40 in 1 comparable month. Check it, or say why. "
        "A ward came to us." in words(page)
    )
    assert "1 with questions first." in words(page)


def test_odd_report_without_a_word_says_so(client, site, manager):
    wait_for(site, live_births=3, infant_deaths=4)
    seen = words(client.get(INBOX))
    assert "Infant deaths: 4 infant deaths are more than 3 live births." in seen
    assert "No reason was given." in seen


def test_breakdown_that_falls_short_is_asked_about(client, site, manager):
    report = wait_for(site, live_births=40, infant_deaths=2)
    sex = Category.objects.filter(dimension__code="sex").first()
    report.breakdown_counts.create(category=sex, live_births=30, infant_deaths=2)
    assert (
        "Live births by Sex: the categories add up to 30, which is 10 less than the report's 40."
        in words(client.get(INBOX))
    )


def test_locked_month_is_no_question(client, site, program, manager):
    program.locks_after_days = 30
    program.save()
    wait_for(site, date(2024, 6, 1))
    assert client.get(INBOX).context["odd"] == 0


def test_older_months_come_before_newer_ones_where_nothing_is_asked(client, site, manager):
    for month in (4, 6, 5):
        wait_for(site, date(2025, month, 1))
    assert [month for _, month in shown(client.get(INBOX))] == ["2025-04", "2025-05", "2025-06"]


def test_own_entry_is_shown_as_one_for_another_manager(client, site, manager):
    report = wait_for(site, entered_by=manager)
    page = client.get(INBOX)
    assert "You entered this: another manager approves it." in words(page)
    assert f'value="{report.version_number}"' not in page.text


def test_own_entry_may_be_ticked_where_the_program_allows_it(client, site, program, manager):
    program.self_approval_allowed = True
    program.save()
    report = wait_for(site, entered_by=manager)
    assert f'value="{report.version_number}"' in client.get(INBOX).text


# --- Filters and pages -----------------------------------------------------------------------


@pytest.fixture
def many(site, program):
    """Two districts of a region with one site each, and two months that wait."""
    region = AreaFactory(name="East", code="E", kind="region")
    site.area.parent = region
    site.area.save()
    south = SiteFactory(name="South Clinic", code="SC-1", area=AreaFactory(code="S", name="South"))
    ParticipationFactory(program=program, site=south)
    for own in (site, south):
        for month in (5, 6):
            wait_for(own, date(2025, month, 1))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"area": "E"}, [("North Clinic", "2025-05"), ("North Clinic", "2025-06")]),
        ({"site": "SC-1"}, [("South Clinic", "2025-05"), ("South Clinic", "2025-06")]),
        ({"month": "2025-05"}, [("North Clinic", "2025-05"), ("South Clinic", "2025-05")]),
        ({"area": "S", "month": "2025-06"}, [("South Clinic", "2025-06")]),
        ({"area": "E", "site": "SC-1"}, []),
    ],
)
def test_inbox_shows_what_is_asked_for(client, many, manager, asked, expected):
    assert shown(client.get(INBOX, asked)) == expected


def test_choice_that_nothing_waits_under_shows_all_and_says_so(client, many, manager):
    response = client.get(INBOX, {"month": "2024-01"})
    assert len(shown(response)) == 4
    assert "Nothing waits under “2024-01” any more. All are shown instead." in words(response)


def test_reports_beyond_fifty_are_on_the_next_page(client, program, manager):
    for number in range(53):
        wait_for(another_site(program, f"Post {number:02}"))
    pages = [client.get(INBOX, {"page": page, "month": "2025-06"}) for page in (1, 2)]
    assert [len(shown(page)) for page in pages] == [50, 3]
    assert "page=2&amp;month=2025-06" in pages[0].text


def test_those_without_questions_are_ticked_on_request(client, site, program, manager):
    odd = wait_for(site, live_births=3, infant_deaths=4)
    plain = wait_for(another_site(program), live_births=40, infant_deaths=1)
    page = client.get(INBOX, {"tick": "plain"}).text
    assert f'value="{plain.version_number}" checked' in page
    assert f'value="{odd.version_number}" >' in page
    assert "checked" not in client.get(INBOX).text


# --- Approving many --------------------------------------------------------------------------


def test_ticked_reports_are_approved_at_once(client, site, program, manager):
    reports = [wait_for(own) for own in (site, another_site(program))]
    left = wait_for(another_site(program))
    back = f"{INBOX}?month=2025-06"
    response = client.post(APPROVE, tick(*reports) | {"back": back}, follow=True)
    assert response.redirect_chain == [(back, 302)]
    assert told(response) == ["2 reports are approved."]
    by_status = dict(MonthlyReport.objects.values_list("pk", "status"))
    assert by_status == {reports[0].pk: "approved", reports[1].pk: "approved", left.pk: "submitted"}


def test_those_that_cannot_be_approved_are_named_and_hold_up_nobody(client, site, program, manager):
    plain, stale, gone, own = (wait_for(site, date(2025, month, 1)) for month in (3, 4, 5, 6))
    ticked = tick(plain, stale, gone, own)
    MonthlyReport.objects.filter(pk=stale.pk).update(version=2, live_births=999)
    MonthlyReport.objects.filter(pk=gone.pk).update(status="returned")
    MonthlyReport.objects.filter(pk=own.pk).update(entered_by=manager)
    join(program, name="Jonas")
    response = client.post(APPROVE, ticked, follow=True)
    assert told(response) == [
        "1 report is approved.",
        "North Clinic (NC-1), 2025-04 was not approved. It was changed since you looked at it.",
        "North Clinic (NC-1), 2025-05 was not approved. It is returned by now.",
        "North Clinic (NC-1), 2025-06 was not approved. You entered this report yourself. Ask "
        "Jonas to approve it.",
    ]
    assert MonthlyReport.objects.filter(status="approved").get() == plain


def test_many_refusals_are_counted_beyond_ten(client, program, manager):
    reports = [wait_for(another_site(program), entered_by=manager) for _ in range(12)]
    response = client.post(APPROVE, tick(*reports), follow=True)
    assert len(told(response)) == 11
    assert told(response)[-1] == "2 more were not approved."


@pytest.mark.parametrize("seen", [[], ["x"], ["1"], ["-1"], ["1-"], ["²-1"], ["9" * 30 + "-1"]])
def test_nothing_ticked_approves_nothing(client, site, manager, seen):
    wait_for(site)
    response = client.post(APPROVE, {"seen": seen}, follow=True)
    assert told(response) == ["Nothing was approved: tick the reports that are right."]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_the_way_back_never_leads_elsewhere(client, site, manager, back):
    report = wait_for(site)
    assert client.post(APPROVE, tick(report) | {"back": back}).url == INBOX


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_approving_only_takes_what_a_form_sends(client, manager, method):
    assert getattr(client, method)(APPROVE).status_code == 405


# --- How much it asks of the database --------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_inbox_takes_ten_queries(client, program, manager, django_assert_num_queries, number):
    for _ in range(number):
        own = another_site(program)
        report_year(own)
        wait_for(own, version=2)
        wait_for(own, shift_month(JUNE, 1))
    # session, user, membership; participations, spells, reports, areas, past, breakdowns,
    # versions
    with django_assert_num_queries(10):
        client.get(INBOX)


@pytest.mark.parametrize("number", [1, 3])
def test_inbox_of_a_member_of_some_sites_takes_as_many(
    client, site, program, django_assert_num_queries, number
):
    sites = [another_site(program) for _ in range(number)]
    for own in sites:
        wait_for(own, version=2)
    client.force_login(MembershipFactory(program=program, role="manager", sites=sites).user)
    with django_assert_num_queries(10):
        assert len(shown(client.get(INBOX))) == number
