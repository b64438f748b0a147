"""The page of what was known on a day: who sees it, what it says, and what it refuses."""

from datetime import date

import pytest

from metrics.models import MonthlyReport
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.approving import words
from tests.metrics.history.past import BEGUN

pytestmark = pytest.mark.django_db

KNOWN = "/programs/hb/as-known/"
TODAY = date(2025, 7, 15)


@pytest.fixture
def program(clock, client):
    """120 of 1,200, then 48 of 1,200, known since 2025-06-20; two deaths more since the 10th."""
    clock.turn(BEGUN)
    target = TargetFactory(program__slug="hb", program__name="Beginnings")
    part = {"site__name": "North Clinic", "site__code": "NC-1"}
    site = ParticipationFactory(program=target.program, **part).site
    for month in Period(date(2023, 1, 1), date(2025, 5, 1)):
        MonthlyReportFactory(site=site, month=month, infant_deaths=10 if month.year == 2023 else 4)
    clock.turn(date(2025, 7, 10))
    report = MonthlyReport.objects.get(month=date(2025, 3, 1))
    report.infant_deaths, report.version, report.status = 6, 2, "approved"
    report.save()
    MonthlyReportFactory(site=site, month=date(2025, 6, 1), infant_deaths=4)
    clock.turn(TODAY)
    client.force_login(MembershipFactory(program=target.program, user__first_name="Ines").user)
    return target.program


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
@pytest.mark.parametrize("page", ["as-known/", "as-known/?day=2025-07-01", "history/"])
def test_pages_of_the_past_do_not_exist_for_a_stranger(client, program, page, extra):
    client.force_login(UserFactory(**extra))
    assert client.get(f"/programs/hb/{page}").status_code == 404


@pytest.mark.parametrize("page", ["as-known/", "history/"])
def test_pages_of_the_past_are_only_looked_at(client, program, page):
    assert client.post(f"/programs/hb/{page}").status_code == 405
    client.logout()
    assert client.get(f"/programs/hb/{page}").status_code == 302


def test_figures_of_the_day_stand_beside_those_of_today(client, program):
    """R: 1000 * poisson.test(44, 1100)$conf.int is 29.064, 53.697; of 50 of 1,200 30.926,
    54.933."""
    seen = words(client.get(f"{KNOWN}?day=2025-07-09"))
    assert "2025-07-09 submitted and approved reports 100.0 (82.9 to 119.6)" in seen
    assert "40.0 (29.1 to 53.7) 44 of 1,100; 11 of 12 reports 2024-07 to 2025-06" in seen
    assert "2025-07-15 submitted and approved reports 100.0 (82.9 to 119.6)" in seen
    assert "41.7 (30.9 to 54.9) 50 of 1,200; 12 of 12 reports 2024-07 to 2025-06" in seen
    assert "The verdict was the one of today." in seen


def test_reports_changed_since_lead_to_their_trails(client, program):
    page = client.get(f"{KNOWN}?day=2025-07-09")
    seen = words(page)
    assert "1 report known then has changed; 1 has come in." in seen
    assert "North Clinic, 2025-03 submitted → approved Infant deaths 4 → 6" in seen
    assert "North Clinic, 2025-06 not known → submitted Live births 100 Infant deaths 4" in seen
    assert 'href="/sites/NC-1/reports/2025-03/trail/"' in page.text


def test_reopening_that_ended_since_is_a_change(client, program):
    reopened = {"status": "reopened", "reopened_until": date(2025, 7, 14)}
    for kept in (MonthlyReport.objects, MonthlyReport.history):
        kept.filter(month=date(2025, 6, 1)).update(**reopened)
    seen = words(client.get(f"{KNOWN}?day=2025-07-14"))
    assert "11 of 12 reports" in seen
    assert "12 of 12 reports" in seen
    assert "1 report known then has changed; none has come in." in seen
    assert "North Clinic, 2025-06 reopened → approved as they were" in seen


@pytest.mark.parametrize("until", [date(2025, 7, 13), date(2025, 7, 15)])
def test_reopening_that_was_over_or_still_runs_is_no_change(client, program, until):
    reopened = {"status": "reopened", "reopened_until": until}
    for kept in (MonthlyReport.objects, MonthlyReport.history):
        kept.filter(month=date(2025, 6, 1)).update(**reopened)
    seen = words(client.get(f"{KNOWN}?day=2025-07-14"))
    assert "No report known then has changed; none has come in." in seen


def test_day_after_the_last_change_is_as_today(client, program):
    seen = words(client.get(f"{KNOWN}?day=2025-07-10"))
    assert "The verdict was the one of today." in seen
    assert "No report known then has changed; none has come in." in seen


def test_change_of_the_rule_about_approval_is_told(client, program, clock):
    program.approval_required = True
    program.save()
    seen = words(client.get(f"{KNOWN}?day=2025-07-12"))
    assert "Then submitted reports counted as well; today only approved ones do." in seen
    assert "2025-07-15 approved reports; 29 more wait for approval" in seen
    clock.turn(date(2025, 7, 20))
    program.approval_required = False
    program.save()
    seen = words(client.get(f"{KNOWN}?day=2025-07-15"))
    assert "Then only approved reports counted; today submitted ones count as well." in seen
    assert "The verdict was another one." in seen


def test_contract_that_came_later_is_told(client, program):
    TargetFactory(program=program, version=2, reason="Too little.", reduction_percent=40)
    seen = words(client.get(f"{KNOWN}?day=2025-07-10"))
    assert "The contract has changed since." in seen


def test_program_without_a_promise_then_tells_its_last_year(client, program):
    program.targets.get().history.update(history_date=f"{TODAY}T08:00Z")
    seen = words(client.get(f"{KNOWN}?day=2025-07-09"))
    assert "Nothing was promised then." in seen
    assert "No promise. Last 12 months: 40.0 (29.1 to 53.7) per 1,000, 44 of 1,100" in seen


def test_program_that_never_promised_tells_its_last_years(client, program):
    program.targets.all().delete()
    program.targets.model.history.all().delete()
    seen = words(client.get(f"{KNOWN}?day=2025-07-09"))
    assert "Nothing was promised then, and nothing is today." in seen
    assert "40.0 (29.1 to 53.7) 44 of 1,100; 11 of 12 reports 2024-07 to 2025-06" in seen


def test_several_promises_are_looked_at_one_by_one(client, program, clock):
    clock.turn(date(2025, 7, 8))
    TargetFactory(program=program, measure="stillbirth", reduction_percent=20)
    clock.turn(TODAY)
    page = client.get(f"{KNOWN}?day=2025-07-09&measure=stillbirth")
    assert "Stillbirths, then and today" in words(page)
    assert 'href="?day=2025-07-09&amp;measure=infant"' in page.text
    assert "Infant mortality, then" in words(client.get(f"{KNOWN}?day=2025-07-09&measure=x"))


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Give a day, such as 2026-03-01."),
        ("yesterday", "“yesterday” is not a day. Write year-month-day, such as 2026-03-01."),
        ("2025-02-30", "“2025-02-30” is not a day. Write year-month-day, such as 2026-03-01."),
        ("2025-07-16", "2025-07-16 is still to come. Give a day up to today, 2025-07-15."),
        (
            "2025-06-19",
            "When 2025-06-19 ended, nothing of Beginnings was written down yet. Give a day from "
            "2025-06-20 on.",
        ),
    ],
)
def test_day_that_cannot_be_answered_is_refused_with_the_reason(client, program, day, sentence):
    page = client.get(KNOWN, {"day": day})
    assert sentence in words(page)
    assert "then and today" not in words(page)


def test_program_without_a_kept_history_says_so(client, program):
    program.history.all().delete()
    assert "Of Beginnings no history was kept." in words(client.get(f"{KNOWN}?day=2025-07-09"))


def test_page_asks_for_a_day_first(client, program):
    page = client.get(KNOWN)
    assert page.status_code == 200
    assert 'min="2025-06-20"' in page.text
    assert "then and today" not in words(page)


def test_member_of_some_sites_finds_all_figures_and_the_own_reports_alone(client, program):
    elsewhere = ParticipationFactory(program=program, site__name="South Clinic").site
    client.force_login(MembershipFactory(program=program, sites=[elsewhere]).user)
    seen = words(client.get(f"{KNOWN}?day=2025-07-09"))
    assert "44 of 1,100" in seen
    assert "1 report known then has changed; 1 has come in." in seen
    assert "The reports listed are those of your sites." in seen
    assert "North Clinic" not in seen


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_grow(client, program, clock, django_assert_num_queries, number):
    for _ in range(number):
        site = ParticipationFactory(program=program).site
        MonthlyReportFactory(site=site, month=date(2025, 6, 1))
    with django_assert_num_queries(21):
        assert client.get(f"{KNOWN}?day=2025-07-09").status_code == 200
