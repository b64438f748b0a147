"""A site of two programs, one after the other or at once: who decides about which month."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from metrics.approval_switch import mark_submitted, switch_approval_on
from metrics.approvals import approve_report, reopen_report, return_report
from metrics.models import MonthlyReport
from metrics.notices import announce_waiting
from metrics.summaries import open_inbox, preview_switch
from programs.models import Membership, Program
from tests.conftest import TODAY
from tests.factories import ParticipationFactory, SiteFactory
from tests.metrics.approving import JUNE, join, trail_of, wait_for
from tests.wording import exactly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LEFT = {"first_month": date(2019, 1, 1), "last_month": date(2019, 12, 1)}
NOT_OWN = "You entered this report yourself. Ask another manager to approve it."
NO_MANAGER = "Only a manager of North may approve, return or reopen its reports. Ask one of them."


def take_part(site, *, strict, asks=True, **fields) -> Program:
    rules = {"program__approval_required": asks, "program__self_approval_allowed": not strict}
    return ParticipationFactory(site=site, **rules, **fields).program


@pytest.fixture
def site():
    return SiteFactory(name="North", code="NC-1")


@pytest.fixture
def strict(site):
    return take_part(site, strict=True, program__slug="strict")


@pytest.mark.parametrize(
    ("status", "move", "said"),
    [
        ("submitted", approve_report, {}),
        ("submitted", return_report, {"message": "x"}),
        ("approved", reopen_report, {"reason": "x"}),
    ],
)
def test_manager_of_a_program_that_the_site_has_left_moves_no_later_report(
    site, strict, status, move, said
):
    manager = join(take_part(site, strict=False, **LEFT))
    report = wait_for(site, entered_by=manager, status=status)
    with pytest.raises(PermissionDenied, match=exactly(NO_MANAGER)):
        move(report, by=manager, **said)
    assert MonthlyReport.objects.get().status == status


def test_their_page_of_a_later_report_offers_no_move(client, site, strict):
    manager = join(take_part(site, strict=False, **LEFT))
    report = wait_for(site)
    client.force_login(manager)
    page = client.get(trail_of(report))
    assert (page.context["may_review"], page.context["may_approve"]) == (False, False)
    assert client.post(trail_of(report, "approve/"), {"seen": 1}).status_code == 403


def test_lenient_program_does_not_let_its_manager_approve_their_own_in_a_strict_one(site, strict):
    manager = join(take_part(site, strict=False))
    report = wait_for(site, entered_by=manager)
    with pytest.raises(PermissionDenied, match=exactly(NOT_OWN)):
        approve_report(report, by=manager)


def test_program_that_asks_for_no_approval_forbids_nothing_to_one_that_does(site):
    manager = join(take_part(site, strict=False))
    take_part(site, strict=True, asks=False)
    report = wait_for(site, entered_by=manager)
    assert approve_report(report, by=manager).status == "approved"


def test_where_no_program_asks_for_approval_the_strictest_decides(site):
    manager = join(take_part(site, strict=False, asks=False))
    take_part(site, strict=True, asks=False)
    report = wait_for(site, entered_by=manager)
    with pytest.raises(PermissionDenied, match=exactly(NOT_OWN)):
        approve_report(report, by=manager)


def test_stray_report_is_reviewed_by_the_managers_of_any_program(site, strict):
    manager = join(strict)
    stray = wait_for(site, date(2022, 1, 1), entered_by=manager)
    with pytest.raises(PermissionDenied, match=exactly(NOT_OWN)):
        approve_report(stray, by=manager)
    assert return_report(stray, by=manager, message="Which program?").status == "returned"


@pytest.mark.parametrize("is_strict", [True, False])
def test_inbox_offers_ones_own_where_every_program_allows_it(site, is_strict):
    lenient = take_part(site, strict=False)
    manager = join(lenient)
    take_part(site, strict=is_strict)
    wait_for(site, entered_by=manager)
    inbox = open_inbox(Membership.objects.get(user=manager), today=TODAY)
    assert [line.is_own for line in inbox.lines()] == [is_strict]


@pytest.mark.parametrize("is_strict", [True, False])
def test_notice_counts_ones_own_where_every_program_allows_it(site, is_strict):
    lenient = take_part(site, strict=False)
    manager = join(lenient)
    take_part(site, strict=is_strict)
    wait_for(site, entered_by=manager)
    announce_waiting([site.pk], by=None)
    assert manager.notices.count() == (0 if is_strict else 1)


@pytest.mark.parametrize("other_asks", [True, False])
def test_switch_leaves_ones_own_to_the_programs_that_will_ask_for_approval(site, other_asks):
    own = take_part(site, strict=False, asks=False)
    manager = join(own)
    take_part(site, strict=True, asks=other_asks)
    wait_for(site, entered_by=manager)
    assert preview_switch(own, manager, today=TODAY).own == int(other_asks)
    seen = mark_submitted(own)
    done = switch_approval_on(program=own, approve_past=True, seen=seen, by=manager)
    assert (done.approved, done.waiting) == ((0, 1) if other_asks else (1, 0))


@pytest.mark.parametrize(("month", "is_later"), [(date(2019, 6, 1), False), (JUNE, True)])
def test_each_month_is_approved_by_managers_of_its_own_program(site, strict, month, is_later):
    before, later = join(take_part(site, strict=True, **LEFT)), join(strict)
    report = wait_for(site, month)
    with pytest.raises(PermissionDenied, match=exactly(NO_MANAGER)):
        approve_report(report, by=before if is_later else later)
    assert approve_report(report, by=later if is_later else before).status == "approved"
