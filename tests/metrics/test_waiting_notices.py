"""Managers are told once what waits, and reporters once what was approved."""

from datetime import date

import pytest
from django.core import mail

from metrics.approvals import approve_many, approve_report, return_report, submit_report
from metrics.imports import apply_batch, receive_file
from metrics.models import MonthlyReport, Notice
from tests.conftest import TODAY
from tests.factories import MembershipFactory, ParticipationFactory, UserFactory
from tests.metrics.approving import JUNE, join, wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def site():
    own = {"program__slug": "hb", "program__name": "Beginnings", "site__code": "NC-1"}
    return ParticipationFactory(**own, program__approval_required=True, site__name="North").site


@pytest.fixture
def program(site):
    return site.programs.get()


@pytest.fixture
def manager(program):
    return join(program, name="Amara")


def send(site, month=6, by=None, births=40, seen=0):
    counts = {"live_births": births, "infant_deaths": 1}
    own = {"month": date(2025, month, 1), "by": by or UserFactory(), "seen_version": seen}
    return submit_report(site=site, counts=counts, **own)


def told(user):
    return [notice.text for notice in user.notices.unread()]


# --- What waits ------------------------------------------------------------------------------


def test_manager_is_told_that_a_report_waits(site, manager):
    send(site)
    notice = manager.notices.get()
    assert (notice.kind, notice.program.slug) == ("submitted", "hb")
    assert notice.text == "1 report of Beginnings waits for your approval."
    assert notice.address == "/programs/hb/approvals/"
    assert mail.outbox == []


def test_unread_notice_counts_on_instead_of_coming_twice(site, manager):
    for month in (4, 5, 6):
        send(site, month)
    assert told(manager) == ["3 reports of Beginnings wait for your approval."]


def test_read_notice_is_followed_by_a_new_one(site, manager):
    send(site, 5)
    manager.notices.update(read_at="2025-07-15T12:00Z")
    send(site, 6)
    assert told(manager) == ["2 reports of Beginnings wait for your approval."]
    assert manager.notices.count() == 2


def test_report_sent_twice_is_told_once(site, manager):
    reporter = UserFactory()
    send(site, by=reporter)
    manager.notices.update(read_at="2025-07-15T12:00Z")
    send(site, by=reporter)
    assert told(manager) == []


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_only_managers_are_told(site, program, role):
    other = join(program, role)
    switched_off = join(program)
    switched_off.is_active = False
    switched_off.save()
    send(site)
    assert told(other) == told(switched_off) == []


def test_nobody_is_told_where_no_approval_is_asked_for(site, program, manager):
    program.approval_required = False
    program.save()
    send(site)
    assert told(manager) == []


def test_manager_of_some_sites_is_told_of_these(site, program):
    other = ParticipationFactory(program=program).site
    own = MembershipFactory(program=program, role="manager", sites=[site]).user
    send(other)
    assert told(own) == []
    send(site)
    send(other, 5)
    assert told(own) == ["1 report of Beginnings waits for your approval."]


def test_own_entries_do_not_wait_for_oneself(site, program, manager):
    jonas = join(program, name="Jonas")
    send(site, 5, by=manager)
    assert told(manager) == []
    assert told(jonas) == ["1 report of Beginnings waits for your approval."]
    send(site, 6)
    assert told(manager) == ["1 report of Beginnings waits for your approval."]
    assert told(jonas) == ["2 reports of Beginnings wait for your approval."]


def test_own_entries_count_where_one_may_approve_them(site, program, manager):
    program.self_approval_allowed = True
    program.save()
    send(site, 5)
    send(site, 6, by=manager)
    assert told(manager) == ["2 reports of Beginnings wait for your approval."]


def test_each_program_of_a_site_tells_its_managers(site, manager):
    other = ParticipationFactory(site=site, program__approval_required=True).program
    theirs = join(other)
    send(site)
    assert [len(told(user)) for user in (manager, theirs)] == [1, 1]


def test_notice_says_how_many_are_left(site, program, manager):
    jonas = join(program, name="Jonas")
    first, second, third = (send(site, month) for month in (4, 5, 6))
    approve_report(first, by=jonas)
    assert told(manager) == ["2 reports of Beginnings wait for your approval."]
    return_report(second, by=jonas, message="Count again.")
    assert told(manager) == ["1 report of Beginnings waits for your approval."]
    approve_many([third], by=jonas)
    assert told(manager) == []
    assert manager.notices.get().text == "No report of Beginnings waits for your approval any more."


FILE = b"site_code,month,live_births,infant_deaths\nNC-1,2025-05,40,1\nNC-1,2025-06,41,0\n"


def test_reports_from_a_file_are_told_together(site, program, manager):
    fields = {"file_name": "a.csv", "content": FILE, "mapping": {}, "by": join(program)}
    batch = receive_file(program=program, **fields)
    apply_batch(batch, by=fields["by"], today=TODAY)
    assert told(manager) == ["2 reports of Beginnings wait for your approval."]
    assert told(fields["by"]) == []


@pytest.mark.parametrize("managers", [1, 3])
def test_telling_asks_little_more_of_the_database_for_more_managers(
    site, program, django_assert_max_num_queries, managers
):
    for _ in range(managers):
        join(program)
    send(site, 5)
    with django_assert_max_num_queries(16 + managers):  # each has a notice, which is rewritten
        send(site, 6)


# --- What was approved -----------------------------------------------------------------------


def test_reporter_is_told_what_was_approved(site, manager):
    report = wait_for(site)
    approve_report(report, by=manager)
    notice = report.entered_by.notices.get()
    assert notice.text == "North (NC-1), 2025-06 was approved by Amara."
    assert (notice.kind, notice.address) == ("approved", "/sites/NC-1/reports/2025-06/trail/")
    assert mail.outbox == []


def test_what_was_approved_together_is_told_together(site, program, manager):
    lidia, other = UserFactory(), UserFactory()
    for month in (1, 2, 3, 4, 5):
        wait_for(site, date(2025, month, 1), entered_by=lidia)
    wait_for(site, entered_by=other)
    approve_many(MonthlyReport.objects.all(), by=manager)
    notice = lidia.notices.get()
    assert notice.text == (
        "5 of your reports were approved by Amara: North (NC-1), 2025-01; North (NC-1), 2025-02; "
        "North (NC-1), 2025-03 and 2 more."
    )
    assert notice.address == "/sites/NC-1/"
    assert other.notices.get().text == "North (NC-1), 2025-06 was approved by Amara."


def test_what_was_approved_of_several_sites_leads_to_the_programs(site, program, manager):
    lidia, elsewhere = UserFactory(), ParticipationFactory(program=program).site
    for own in (site, elsewhere):
        wait_for(own, entered_by=lidia)
    approve_many(MonthlyReport.objects.all(), by=manager)
    assert lidia.notices.get().address == "/programs/"


def test_nobody_is_told_of_what_they_approved_themselves(site, program, manager):
    program.self_approval_allowed = True
    program.save()
    approve_report(send(site, by=manager), by=manager)
    assert not manager.notices.filter(kind=Notice.Kind.APPROVED).exists()


def test_report_that_nobody_entered_tells_nobody(site, manager):
    approve_report(wait_for(site, JUNE, entered_by=None), by=manager)
    assert not Notice.objects.exists()
