from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from metrics import approvals
from metrics.approvals import (
    MOVES,
    Move,
    MoveRefusedError,
    ReportChangedError,
    approve_report,
    check_move,
    reopen_report,
    return_report,
    submit_report,
)
from metrics.models import Door, MonthlyReport, Status
from programs.models import Role
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.wording import exactly

pytestmark = pytest.mark.django_db

JULY = date(2024, 7, 1)
COUNTS = {"live_births": 40, "infant_deaths": 2}
ALLOWED = {
    ("draft", "submit"): "submitted",
    ("submitted", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("reopened", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("approved", "reopen"): "reopened",
}


def submit(site, counts=COUNTS, *, seen=0, **fields):
    fields = {"by": UserFactory()} | fields
    return submit_report(site=site, month=JULY, counts=counts, seen_version=seen, **fields)


def make_manager(site, **program):
    """A manager of a program that the site takes part in."""
    part = ParticipationFactory(site=site, **{f"program__{k}": v for k, v in program.items()})
    return MembershipFactory(program=part.program, role=Role.MANAGER).user


def stored_row(report):
    """The row as the database has it, field by field."""
    return MonthlyReport.objects.filter(pk=report.pk).values().get()


# --- The table of moves --------------------------------------------------------------------


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("status", Status)
def test_moves_are_those_of_the_table_and_no_others(status, move):
    report = MonthlyReportFactory(status=status)
    if (status, move) in ALLOWED:
        check_move(report, move)
        assert MOVES[move].end == ALLOWED[status, move]
    else:
        with pytest.raises(MoveRefusedError):
            check_move(report, move)


@pytest.mark.parametrize(
    ("status", "move", "sentence"),
    [
        (
            "approved",
            Move.SUBMIT,
            "Clinic (C-1), 2024-07 is approved; submit needs a report that is draft or reopened or "
            "returned or submitted. Ask a manager to reopen it.",
        ),
        (
            "draft",
            Move.APPROVE,
            "Clinic (C-1), 2024-07 is draft; approve needs a report that is submitted.",
        ),
    ],
)
def test_refused_move_says_what_it_needs(status, move, sentence):
    site = SiteFactory(name="Clinic", code="C-1")
    report = MonthlyReportFactory(site=site, status=status)
    with pytest.raises(MoveRefusedError, match=exactly(f"['{sentence}']")):
        check_move(report, move)


# --- Submit --------------------------------------------------------------------------------


def test_submitted_report_is_stored_with_its_history():
    site, reporter = SiteFactory(), UserFactory()
    report = submit(site, by=reporter, comment="flood", door=Door.API)
    stored = MonthlyReport.objects.get()
    assert (stored.site, stored.month, stored.live_births) == (site, JULY, 40)
    assert (stored.status, stored.version, stored.comment) == ("submitted", 1, "flood")
    assert (stored.door, stored.entered_by) == ("api", reporter)
    assert stored.first_submitted_at is not None
    version = report.history.get()
    assert (version.history_user, version.history_change_reason) == (reporter, "submit")


def test_report_sent_twice_is_stored_once():
    site = SiteFactory()
    first, again = submit(site), submit(site)
    assert first == again
    assert MonthlyReport.objects.get().version == 1
    assert MonthlyReport.history.count() == 1


@pytest.mark.parametrize("counts", [{"live_births": 41}, {"infant_deaths": None}])
def test_corrected_report_is_the_next_version(counts):
    site = SiteFactory()
    first_sent = submit(site).first_submitted_at
    submit(site, COUNTS | counts, seen=1)
    stored = MonthlyReport.objects.get()
    assert (stored.version, stored.first_submitted_at) == (2, first_sent)
    assert [version.live_births for version in stored.history.all()] == [stored.live_births, 40]


def test_changed_comment_is_a_change():
    site = SiteFactory()
    submit(site)
    assert submit(site, comment="counted again", seen=1).version == 2


@pytest.mark.parametrize("seen", [0, 2, 99])
def test_conflict_writes_nothing_and_shows_what_is_stored(seen):
    site = SiteFactory()
    report = submit(site)
    before = stored_row(report)
    with pytest.raises(ReportChangedError, match="is at version 1 by now") as conflict:
        submit(site, COUNTS | {"live_births": 99}, seen=seen)
    assert conflict.value.stored == report
    assert conflict.value.stored.live_births == 40
    assert stored_row(report) == before
    assert report.history.count() == 1


def test_report_seen_but_gone_by_now_is_stored_anew():
    assert submit(SiteFactory(), seen=3).version == 1


def test_approved_report_is_protected():
    report = MonthlyReportFactory(month=JULY, status="approved")
    before = stored_row(report)
    with pytest.raises(MoveRefusedError, match="Ask a manager to reopen it"):
        submit(report.site, seen=1)
    assert stored_row(report) == before


def test_approved_report_sent_again_unchanged_is_no_fault():
    report = MonthlyReportFactory(month=JULY, status="approved", **COUNTS)
    assert submit(report.site) == report
    assert stored_row(report)["status"] == "approved"


def test_returned_report_sent_again_unchanged_is_submitted_again():
    report = MonthlyReportFactory(month=JULY, status="returned", **COUNTS)
    assert submit(report.site, seen=1).status == "submitted"


def test_first_reports_that_meet_end_in_a_conflict(monkeypatch):
    """On PostgreSQL two first reports can pass the look-up together; the database stops one."""
    site, real = SiteFactory(), approvals._submit

    def lose_the_race(**submission):
        monkeypatch.setattr(approvals, "_submit", real)
        real(**submission | {"counts": {"live_births": 77}})
        raise IntegrityError

    monkeypatch.setattr(approvals, "_submit", lose_the_race)
    with pytest.raises(ReportChangedError) as conflict:
        submit(site)
    assert conflict.value.stored.live_births == 77


# --- Approve -------------------------------------------------------------------------------


def test_manager_approves():
    report = submit(SiteFactory())
    manager = make_manager(report.site)
    approved = approve_report(report, by=manager)
    assert (approved.status, approved.version) == ("approved", 2)
    assert approved.first_submitted_at == report.first_submitted_at
    version = report.history.first()
    assert (version.history_user, version.history_change_reason) == (manager, "approve")


def test_nobody_approves_their_own_report():
    site = SiteFactory()
    manager = make_manager(site)
    report = submit(site, by=manager)
    sentence = "You entered this report yourself. Ask another manager to approve it."
    with pytest.raises(PermissionDenied, match=exactly(sentence)):
        approve_report(report, by=manager)
    assert stored_row(report)["status"] == "submitted"


def test_program_may_allow_self_approval():
    site = SiteFactory()
    manager = make_manager(site, self_approval_allowed=True)
    assert approve_report(submit(site, by=manager), by=manager).status == "approved"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, None])
def test_only_a_manager_approves(role):
    part = ParticipationFactory(site__name="Clinic")
    someone = UserFactory(is_staff=True, is_superuser=True)
    if role:
        MembershipFactory(program=part.program, user=someone, role=role)
    report = submit(part.site)
    sentence = (
        "Only a manager of Clinic may approve, return or reopen its reports. Ask one of them."
    )
    with pytest.raises(PermissionDenied, match=exactly(sentence)):
        approve_report(report, by=someone)


def test_report_that_changed_after_it_was_looked_at_is_not_approved():
    site = SiteFactory()
    looked_at = submit(site)
    manager = make_manager(site)
    submit(site, COUNTS | {"live_births": 99}, seen=1, by=manager)
    with pytest.raises(ReportChangedError):
        approve_report(looked_at, by=manager)
    assert stored_row(looked_at)["status"] == "submitted"


# --- Return and reopen ---------------------------------------------------------------------


def test_returned_report_carries_its_message():
    report = submit(SiteFactory())
    manager = make_manager(report.site)
    returned = return_report(report, by=manager, message=" Count the twins. ")
    assert (returned.status, returned.note, returned.version) == ("returned", "Count the twins.", 2)
    assert report.history.first().history_change_reason == "return: Count the twins."


def test_note_of_a_move_goes_with_the_next_one():
    site = SiteFactory()
    report = submit(site)
    return_report(report, by=make_manager(site), message="Count the twins.")
    assert submit(site, COUNTS | {"live_births": 42}, seen=2).note == ""


def test_reopened_report_carries_its_reason_and_can_be_corrected():
    report = MonthlyReportFactory(month=JULY, status="approved")
    reopened = reopen_report(report, by=make_manager(report.site), reason="late death")
    assert (reopened.status, reopened.note) == ("reopened", "late death")
    assert submit(report.site, COUNTS, seen=2).status == "submitted"


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_return_needs_a_message_and_reopen_a_reason(text):
    report = MonthlyReportFactory(month=JULY)
    manager = make_manager(report.site)
    with pytest.raises(ValidationError, match="Say what to correct"):
        return_report(report, by=manager, message=text)
    with pytest.raises(ValidationError, match="Say why it is reopened"):
        reopen_report(report, by=manager, reason=text)
    assert stored_row(report)["version"] == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, None])
def test_only_a_manager_returns_and_reopens(role):
    part = ParticipationFactory()
    someone = UserFactory(is_superuser=True)
    if role:
        MembershipFactory(program=part.program, user=someone, role=role)
    report = MonthlyReportFactory(site=part.site, month=JULY)
    with pytest.raises(PermissionDenied):
        return_report(report, by=someone, message="Count again.")
    approved = MonthlyReportFactory(site=part.site, month=date(2024, 8, 1), status="approved")
    with pytest.raises(PermissionDenied):
        reopen_report(approved, by=someone, reason="late death")


def test_manager_of_other_sites_moves_nothing():
    part, other = ParticipationFactory(), ParticipationFactory()
    member = MembershipFactory(program=part.program, role=Role.MANAGER, sites=[other.site])
    report = MonthlyReportFactory(site=part.site, month=JULY)
    with pytest.raises(PermissionDenied):
        approve_report(report, by=member.user)
