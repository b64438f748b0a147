"""Who is told what, in the app and by e-mail."""

from datetime import date

import pytest
from django.core import mail

from metrics.approvals import approve_many, approve_report, reopen_report, return_report
from metrics.models import MonthlyReport, Notice
from metrics.notices import tell
from metrics.summaries import summarise_program
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def program():
    return ParticipationFactory(program__slug="hb", program__approval_required=True).program


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role="manager", user__first_name="Amara").user


def make_report(program, **fields):
    reporter = UserFactory(email="lidia@example.org")
    site = program.sites.get()
    return MonthlyReportFactory(site=site, entered_by=reporter, **fields)


def test_returned_report_is_told_to_its_reporter(
    program, manager, django_capture_on_commit_callbacks
):
    report = make_report(program)
    with django_capture_on_commit_callbacks(execute=True):
        return_report(report, by=manager, message="The register says 41.")
    notice = report.entered_by.notices.get()
    assert (notice.kind, notice.read_at) == ("returned", None)
    assert notice.text == f"{report} was returned by {manager}: The register says 41."
    assert notice.address == f"/sites/{report.site.code}/reports/2024-07/"
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["lidia@example.org"], "IMR Tracker: Returned")
    assert sent.body == f"{notice.text}\n\nhttp://127.0.0.1:8000{notice.address}\n"


def test_reopened_report_is_told_with_its_last_day(program, manager):
    report = make_report(program, status="approved")
    reopened = reopen_report(report, by=manager, reason="A birth was missed.")
    assert reopened.reopened_until == date(2025, 7, 29)
    assert report.entered_by.notices.get().text == (
        f"{report} was reopened by {manager} until 2025-07-29: A birth was missed."
    )


# --- Whoever can mend it is told -----------------------------------------------------------------


@pytest.fixture
def reporters(program):
    """Two reporters of the site; a viewer and a reporter who has left are told nothing."""
    MembershipFactory(program=program, role="viewer")
    MembershipFactory(program=program, role="reporter", user__is_active=False)
    MembershipFactory(role="reporter")  # of another program
    MembershipFactory(program=program, role="reporter", all_sites=False)  # of another site
    own = MembershipFactory(program=program, role="reporter", all_sites=False)
    own.sites.set(program.sites.all())
    return {own.user, MembershipFactory(program=program, role="reporter").user}


def told():
    return [notice.user for notice in Notice.objects.order_by("user")]


def entered(program, by, **fields):
    return MonthlyReportFactory(site=program.sites.get(), entered_by=by, **fields)


def test_reporter_who_can_mend_a_report_is_told_alone(program, manager, reporters):
    one = min(reporters, key=lambda user: user.pk)
    return_report(entered(program, one), by=manager, message="x")
    assert told() == [one]


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_report_that_nobody_entered_is_told_to_the_reporters(program, manager, reporters, status):
    report = entered(program, None, status=status)
    if status == "submitted":
        return_report(report, by=manager, message="x")
    else:
        reopen_report(report, by=manager, reason="x")
    assert set(told()) == reporters


def test_report_of_somebody_inactive_is_told_to_the_reporters(program, manager, reporters):
    gone = MembershipFactory(program=program, role="reporter", user__is_active=False).user
    return_report(entered(program, gone), by=manager, message="x")
    assert set(told()) == reporters


def test_report_of_somebody_who_may_no_longer_write_is_told_to_both(program, manager, reporters):
    viewer = MembershipFactory(program=program, role="viewer").user
    return_report(entered(program, viewer), by=manager, message="x")
    assert set(told()) == {viewer, *reporters}


def test_report_from_a_file_is_told_to_the_reporters_as_well(program, manager, reporters):
    importer = MembershipFactory(program=program, role="manager").user
    return_report(entered(program, importer, door="file"), by=manager, message="x")
    assert set(told()) == {importer, *reporters}


def test_reporter_who_brought_in_a_file_is_told_once(program, manager, reporters):
    one = min(reporters, key=lambda user: user.pk)
    return_report(entered(program, one, door="file"), by=manager, message="x")
    assert len(told()) == 2


# --- Nothing stored, nothing said ----------------------------------------------------------------


def test_nothing_is_sent_when_nothing_was_stored(program, manager):
    report = make_report(program, status="approved")
    with pytest.raises(Exception, match="approved; return needs a report"):
        return_report(report, by=manager, message="x")
    assert not Notice.objects.exists()
    assert mail.outbox == []


def test_inactive_people_and_people_without_an_address_get_no_mail(
    django_capture_on_commit_callbacks,
):
    people = [UserFactory(email=""), UserFactory(email="a@example.org", is_active=False)]
    with django_capture_on_commit_callbacks(execute=True):
        tell(people, kind=Notice.Kind.REMINDER, text="June is due.")
    assert [notice.user for notice in Notice.objects.all()] == people[:1]
    assert mail.outbox == []


def test_mail_that_cannot_be_sent_leaves_the_notice(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("metrics.notices.send_mail", lambda **_: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        tell([UserFactory(email="a@example.org")], kind=Notice.Kind.REMINDER, text="June is due.")
    assert Notice.objects.count() == 1
    assert "division by zero" in caplog.text


def test_people_see_their_own_notices_only():
    one, other = UserFactory(), UserFactory(is_superuser=True)
    tell([one], kind=Notice.Kind.APPROVED, text="x")
    assert Notice.objects.visible_to(one).unread().count() == 1
    assert Notice.objects.visible_to(other).count() == 0


def test_many_are_approved_and_those_that_cannot_be_are_named(program, manager):
    reports = [make_report(program, month=date(2024, month, 1)) for month in range(1, 6)]
    stale, returned, own = reports[1], reports[2], reports[3]
    MonthlyReport.objects.filter(pk=stale.pk).update(version=2)
    MonthlyReport.objects.filter(pk=returned.pk).update(status="returned")
    MonthlyReport.objects.filter(pk=own.pk).update(entered_by=manager)
    looked_at = [stale, *MonthlyReport.objects.exclude(pk=stale.pk)]
    approved, refused = approve_many(looked_at, by=manager)
    assert {report.month.month for report in approved} == {1, 5}
    assert {own.report.month.month: own.reason for own in refused} == {
        2: "It was changed since you looked at it.",
        3: "It is returned by now.",
        4: "You entered this report yourself. Ask another manager to approve it.",
    }


def test_reopened_report_counts_again_after_its_last_day(program, manager):
    report = make_report(program, month=date(2025, 6, 1))
    reopened = reopen_report(
        approve_report(report, by=manager), by=manager, reason="x", until=date(2025, 7, 20)
    )

    def births():
        summary = summarise_program(program, today=date(2025, 7, 15))
        return sum(month.counts.births for month in summary.series.months)

    assert births() == 0
    reopened.reopened_until = date(2025, 7, 14)
    reopened.save()
    assert births() == 100
