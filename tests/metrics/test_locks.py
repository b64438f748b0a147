"""Months that can no longer be reported, and leave given for one site-month."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from metrics.gate import check_lock
from metrics.locks import open_locked_month, site_at_gate, sites_at_gate
from metrics.models import LockException, Notice
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.wording import exactly

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
MAY, APRIL, MARCH = date(2025, 5, 1), date(2025, 4, 1), date(2025, 3, 1)


def join(site, days):
    return ParticipationFactory(site=site, program__locks_after_days=days).program


@pytest.mark.parametrize(
    ("days", "today", "last"),
    [
        (30, date(2025, 7, 30), date(2025, 5, 1)),  # June ended 30 days ago: still open
        (30, date(2025, 7, 31), date(2025, 6, 1)),
        (44, TODAY, MAY),
        (1, date(2025, 7, 2), date(2025, 6, 1)),
        (1, date(2025, 7, 1), MAY),
        (None, TODAY, None),
    ],
)
def test_month_locks_so_many_days_after_its_end(days, today, last):
    program = join(SiteFactory(), days)
    assert program.locked_through(today) == last


def test_site_of_several_programs_locks_with_the_last_of_them():
    early, late, never = SiteFactory(), SiteFactory(), SiteFactory()
    for site, others in ((early, [44]), (late, [44, 100]), (never, [44, None, 30])):
        for days in others:
            join(site, days)
    alone = SiteFactory()
    locked = sites_at_gate([early, late, never, alone], TODAY)
    assert [locked[site.pk].locked_through(MAY) for site in (early, late, never, alone)] == [
        MAY, MARCH, None, None,
    ]  # fmt: skip


def test_program_that_a_site_has_left_neither_locks_nor_opens_its_later_months():
    site = SiteFactory()
    left = {"first_month": date(2019, 1, 1), "last_month": date(2019, 12, 1)}
    ParticipationFactory(site=site, program__locks_after_days=None, **left)
    join(site, 44)
    gate = site_at_gate(site, TODAY)
    assert [gate.is_locked(month) for month in (APRIL, MAY, date(2025, 6, 1))] == [
        True,
        True,
        False,
    ]
    assert not gate.is_locked(date(2019, 6, 1))


def test_month_that_no_program_asks_for_locks_when_all_of_them_lock_it():
    site = SiteFactory()
    for days in (44, 100):
        ParticipationFactory(site=site, program__locks_after_days=days, first_month=APRIL)
    gate = site_at_gate(site, TODAY)
    assert gate.locked_through(date(2024, 1, 1)) == MARCH


@pytest.mark.parametrize(("status", "is_locked"), [("returned", False), ("submitted", True)])
def test_report_that_was_sent_back_opens_its_month(status, is_locked):
    site = SiteFactory()
    join(site, 44)
    MonthlyReportFactory(site=site, month=APRIL, status=status)
    assert site_at_gate(site, TODAY).is_locked(APRIL) is is_locked


@pytest.mark.parametrize("sites", [1, 3])
def test_any_number_of_sites_takes_three_queries(django_assert_num_queries, sites):
    own = [SiteFactory() for _ in range(sites)]
    for site in own:
        join(site, 44)
        _ = site.operation
    with django_assert_num_queries(3 + sites):  # the sites' own spells were not fetched along
        sites_at_gate(own, TODAY)


def test_locked_month_is_refused_with_a_sentence():
    site = SiteFactory(name="North Clinic")
    join(site, 44)
    assert str(check_lock(site_at_gate(site, TODAY), APRIL)) == (
        "month: 2025-04 is locked, as is every month up to 2025-05. Ask a manager to open it "
        "for North Clinic."
    )
    assert check_lock(site_at_gate(site, TODAY), date(2025, 6, 1)) is None


def test_leave_holds_for_one_month_up_to_its_last_day():
    site = SiteFactory()
    manager = MembershipFactory(program=join(site, 44), role="manager").user
    open_locked_month(
        site=site, month=APRIL, reason="Register found", expires_on=TODAY, by=manager, today=TODAY
    )
    assert check_lock(site_at_gate(site, TODAY), APRIL) is None
    assert check_lock(site_at_gate(site, TODAY), MAY) is not None
    assert check_lock(site_at_gate(site, date(2025, 7, 16)), APRIL) is not None
    assert LockException.history.get().history_user == manager


def test_reopened_report_may_be_corrected_though_its_month_is_locked():
    site = SiteFactory()
    join(site, 44)
    report = MonthlyReportFactory(site=site, month=APRIL, status="reopened", reopened_until=TODAY)
    assert check_lock(site_at_gate(site, TODAY), APRIL) is None
    report.reopened_until = date(2025, 7, 14)
    report.save()
    assert check_lock(site_at_gate(site, TODAY), APRIL) is not None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"reason": " "}, "Say why this month may be reported after all."),
        (
            {"expires_on": date(2025, 7, 14)},
            "2025-07-14 is over. Give a last day that is still to come.",
        ),
        (
            {"expires_on": date(2026, 7, 17)},
            "2026-07-17 is more than a year ahead. Give a last day within a year: until then the "
            "counts of this month may change.",
        ),
        (
            {"month": date(2025, 6, 1)},
            "2025-06 is not locked for North Clinic. Report it as it is, or give another month.",
        ),
    ],
)
def test_leave_needs_a_reason_a_day_to_come_and_a_locked_month(asked, said):
    program = join(SiteFactory(name="North Clinic"), 44)
    MembershipFactory(program=program, role="reporter")
    leave = {"month": APRIL, "reason": "Register found", "expires_on": TODAY} | asked
    with pytest.raises(ValidationError) as refused:
        open_month(program, **leave)
    assert refused.value.messages == [said]
    assert (LockException.objects.count(), Notice.objects.count()) == (0, 0)


def open_month(program, **leave):
    leave = {"month": APRIL, "reason": "Register found", "expires_on": TODAY} | leave
    user = UserFactory(first_name="Amara", last_name="Velt")
    manager = MembershipFactory(program=program, role="manager", user=user).user
    return open_locked_month(site=program.sites.get(), by=manager, today=TODAY, **leave)


def test_month_may_be_open_for_a_year_and_be_opened_for_longer():
    program = join(SiteFactory(), 44)
    open_month(program)
    assert open_month(program, expires_on=date(2026, 7, 16)).month == APRIL


def test_month_of_a_site_of_which_no_program_locks_is_not_opened():
    with pytest.raises(ValidationError, match=r"2025-04 is not locked for North Clinic\."):
        open_month(join(SiteFactory(name="North Clinic"), None))


def test_reporters_are_told_that_a_month_was_opened(django_capture_on_commit_callbacks, mailoutbox):
    program = join(SiteFactory(name="North Clinic", code="NC-1"), 44)
    own = MembershipFactory(program=program, role="reporter", sites=[program.sites.get()]).user
    everywhere = MembershipFactory(program=program, role="reporter").user
    with django_capture_on_commit_callbacks(execute=True):
        open_month(program, reason=" Register found ")
    notice = own.notices.get()
    assert (notice.kind, notice.address) == ("exception", "/sites/NC-1/reports/2025-04/")
    assert notice.text == (
        "North Clinic (NC-1), 2025-04 was opened by Amara Velt until 2025-07-15: Register found"
    )
    assert everywhere.notices.get().text == notice.text
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([own.email, everywhere.email])


def test_nobody_else_is_told_that_a_month_was_opened():
    site = SiteFactory()
    program = join(site, 44)
    left = {"first_month": date(2019, 1, 1), "last_month": date(2019, 12, 1)}
    MembershipFactory(program=ParticipationFactory(site=site, **left).program, role="reporter")
    MembershipFactory(program=program, role="reporter", sites=[SiteFactory()])
    MembershipFactory(program=program, role="reporter", user__is_active=False)
    MembershipFactory(program=program, role="viewer")
    open_month(program)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_only_managers_give_leave(role):
    site = SiteFactory(name="North Clinic")
    user = MembershipFactory(program=join(site, 44), role=role).user
    with pytest.raises(PermissionDenied, match=r"Only a manager of North Clinic may"):
        open_locked_month(
            site=site, month=APRIL, reason="x", expires_on=TODAY, by=user, today=TODAY
        )


def test_leave_is_seen_by_those_who_see_the_site():
    site = SiteFactory()
    member = MembershipFactory(program=join(site, 44), role="manager").user
    leave = open_locked_month(
        site=site, month=APRIL, reason="x", expires_on=TODAY, by=member, today=TODAY
    )
    assert list(LockException.objects.visible_to(member)) == [leave]
    assert not LockException.objects.visible_to(UserFactory(is_superuser=True)).exists()
    assert exactly(str(leave)) == exactly(f"{site}, 2025-04, until 2025-07-15")
