"""Several processes at one database at the same moment, as behind a web server."""

import multiprocessing
import os
from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from metrics.approval_switch import ApprovalChangedError, mark_submitted, switch_approval_on
from metrics.approvals import (
    MoveRefusedError,
    ReportChangedError,
    approve_many,
    return_report,
    submit_report,
)
from metrics.imports import apply_batch, receive_file
from metrics.models import MonthlyReport
from metrics.views.site_life import _last_reported
from programs.actions import close_site
from programs.periods import shift_month
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)

IS_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")

pytestmark = [
    # What SQLite stores goes into a copy; elsewhere it is in the database itself, and committed.
    pytest.mark.django_db(transaction=not IS_SQLITE),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as copies"),
]

JUNE = date(2025, 6, 1)
PATIENCE = 60  # seconds, so that a deadlock fails and does not hang


@pytest.fixture
def shared(tmp_path):
    """Let every process open the database itself: SQLite's, which is in memory, from a copy."""
    own = connections["default"]
    if IS_SQLITE:
        own.ensure_connection()
        file = tmp_path / "shared.sqlite3"
        file.write_bytes(own.connection.serialize())
        connections["default"] = type(own)(own.settings_dict | {"NAME": str(file)}, "default")
    yield
    if IS_SQLITE:
        connections["default"].close()
        connections["default"] = own


def at_once(work, arguments):
    """Run `work(argument)` in a process for each argument, all at one moment; what they gave."""
    connections["default"].close()
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(len(arguments)), context.Queue()

    def run(argument):
        start.wait(PATIENCE)
        try:
            answers.put(work(argument))
        except Exception as error:  # the parent compares what went wrong
            answers.put(repr(error))

    processes = [context.Process(target=run, args=[argument]) for argument in arguments]
    for process in processes:
        process.start()
    given = [answers.get(timeout=PATIENCE) for _ in processes]
    for process in processes:
        process.join(PATIENCE)
    return given


def submit(site, births, *, seen=0, month=JUNE):
    """Say "stored", or "changed" where somebody else was first."""
    counts = {"live_births": births, "infant_deaths": 0}
    try:
        submit_report(site=site, month=month, counts=counts, seen_version=seen, by=None)
    except ReportChangedError:
        return "changed"
    return "stored"


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_reports_of_one_month_one_is_stored_and_the_other_hears_of_it(shared, seen):
    site = SiteFactory()
    if seen:
        MonthlyReportFactory(site=site, month=JUNE)
    given = at_once(lambda births: submit(site, births, seen=seen), [41, 42])
    assert sorted(given) == ["changed", "stored"]
    report = MonthlyReport.objects.get()
    assert report.version == seen + 1
    assert report.live_births in (41, 42)
    assert report.history.count() == seen + 1


def test_double_click_that_arrives_at_two_processes_is_one_report(shared):
    site = SiteFactory()
    assert at_once(lambda _: submit(site, 41), [1, 2]) == ["stored", "stored"]
    assert MonthlyReport.objects.get().version == 1
    assert MonthlyReport.history.count() == 1


def test_eight_processes_that_report_different_months_do_not_lock_each_other_out(shared):
    sites = SiteFactory.create_batch(8)

    def report_half_a_year(site):
        return {submit(site, 40, month=shift_month(JUNE, -back)) for back in range(6)}

    assert at_once(report_half_a_year, sites) == [{"stored"}] * 8
    assert MonthlyReport.objects.count() == MonthlyReport.history.count() == 48


FILE = b"site_code,month,live_births,infant_deaths\nA,2025-06,77,0\n"


def test_file_and_form_at_one_moment_lose_nothing(shared):
    """Whoever comes second sees what the first has stored: a change, a conflict or a refusal."""
    site = ParticipationFactory(site__code="A").site
    fields = {"program": site.programs.get(), "file_name": "a.csv", "mapping": {}, "by": None}
    batch = receive_file(content=FILE, **fields)
    given = at_once(lambda save: save(), [lambda: submit(site, 41), lambda: apply(batch)])
    report = MonthlyReport.objects.get()
    assert report.live_births == (77 if "stored" not in given or "applied" in given else 41)
    assert report.history.count() == report.version


def apply(batch):
    try:
        apply_batch(batch, by=None, today=date(2025, 7, 15))
    except IntegrityError:  # two first reports of a month met on PostgreSQL; the page says so
        return "refused"
    return "applied"


# --- Closing -----------------------------------------------------------------------------


def test_closing_and_a_report_at_one_moment_hide_nothing(shared):
    """Either the report came first and the site stays open, or it is closed and that is said."""
    part = ParticipationFactory(program__approval_required=True)
    manager = MembershipFactory(program=part.program, role="manager").user
    given = at_once(
        lambda do: do(), [lambda: close(part.site, manager), lambda: submit_or_hear(part.site)]
    )
    assert sorted(given) in (["refused", "stored"], ["closed", "not open"])
    assert MonthlyReport.objects.count() == MonthlyReport.objects.of_program(part.program).count()


def close(site, by):
    said = {"last_month": shift_month(JUNE, -1), "last_reported": _last_reported}
    try:
        close_site(site=site, by=by, today=date(2025, 7, 15), **said)
    except ValidationError:
        return "refused"
    return "closed"


def submit_or_hear(site):
    try:
        return submit(site, 41)
    except MoveRefusedError:
        return "not open"


# --- Approval ------------------------------------------------------------------------------


@pytest.fixture
def waiting():
    """A report that waits, and two managers who may approve it."""
    part = ParticipationFactory(program__approval_required=True)
    report = MonthlyReportFactory(site=part.site, month=JUNE, entered_by=UserFactory())
    managers = [MembershipFactory(program=part.program, role="manager").user for _ in range(2)]
    return report, managers


def test_of_two_managers_who_approve_one_report_one_does_and_the_other_hears_of_it(shared, waiting):
    report, managers = waiting
    given = at_once(lambda by: approve(report, by), managers)
    assert sorted(given) == [["It is approved by now."], ["approved"]]
    stored = MonthlyReport.objects.get()
    assert (stored.status, stored.version, stored.history.count()) == ("approved", 2, 2)
    assert report.entered_by.notices.count() == 1


def test_of_an_approval_and_a_return_at_one_moment_one_is_made(shared, waiting):
    report, (one, other) = waiting
    given = at_once(
        lambda move: move(), [lambda: approve(report, one), lambda: bring_back(report, other)]
    )
    stored = MonthlyReport.objects.get()
    assert given.count([stored.status]) == 1
    assert (stored.version, stored.history.count()) == (2, 2)


def test_reports_that_meet_leave_each_manager_one_notice(shared):
    part = ParticipationFactory(program__approval_required=True)
    sites = [part.site, *(ParticipationFactory(program=part.program).site for _ in range(5))]
    manager = MembershipFactory(program=part.program, role="manager").user
    assert at_once(lambda site: submit(site, 41), sites) == ["stored"] * 6
    notice = manager.notices.get()
    assert notice.text == f"6 reports of {part.program} wait for your approval."


def test_switch_and_a_new_report_at_one_moment_hide_nothing(shared):
    """Either the report came first, and is approved or stops the switch; or it waits, told."""
    part = ParticipationFactory()
    MonthlyReportFactory(site=part.site, month=shift_month(JUNE, -1))
    manager = MembershipFactory(program=part.program, role="manager").user
    seen = mark_submitted(part.program)
    given = at_once(
        lambda do: do(),
        [lambda: switch(part.program, seen, manager), lambda: submit(part.site, 41)],
    )
    assert "stored" in given
    statuses = list(MonthlyReport.objects.order_by("month").values_list("status", flat=True))
    if "switched" in given:
        assert statuses == ["approved", "submitted"]
    else:
        assert ("changed" in given, statuses) == (True, ["submitted", "submitted"])


def approve(report, by):
    """What became of it: "approved", or why not."""
    approved, refused = approve_many([report], by=by)
    return [own.status for own in approved] + [own.reason for own in refused]


def bring_back(report, by):
    try:
        return [return_report(report, by=by, message="Count again.").status]
    except MoveRefusedError:
        return ["refused"]


def switch(program, seen, by):
    try:
        switch_approval_on(program=program, approve_past=True, seen=seen, by=by)
    except ApprovalChangedError:
        return "changed"
    return "switched"
