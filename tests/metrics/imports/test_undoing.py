"""A file is taken out again as a whole: afterwards everything is as it was before, and noted."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import transaction

from metrics.approval_switch import mark_submitted, switch_approval_on
from metrics.approvals import (
    approve_many,
    approve_report,
    reopen_report,
    return_report,
    submit_report,
)
from metrics.grids import save_grid
from metrics.grids.cells import TypedCell
from metrics.imports import undoing
from metrics.imports.undoing import UndoRefusedError, undo_batch
from metrics.imports.writing import Rows, write_rows
from metrics.models import BreakdownCount, Category, ImportBatch, MonthlyReport
from programs.models import Role
from tests.factories import MembershipFactory, ParticipationFactory, ProgramFactory, UserFactory

pytestmark = pytest.mark.django_db

BEFORE, NOW = datetime(2025, 7, 15, 12, tzinfo=UTC), datetime(2025, 7, 16, 12, tzinfo=UTC)
TODAY = date(2025, 7, 16)
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
COUNTS = {"live_births": 50, "infant_deaths": 3}


@pytest.fixture
def program():
    return ProgramFactory(approval_required=True)


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role=Role.MANAGER).user


@pytest.fixture
def site(program):
    return ParticipationFactory(program=program).site


def report_of(site, month=FEBRUARY, by=None):
    counts = COUNTS | {"stillbirths": 1}
    return submit_report(site=site, month=month, counts=counts, seen_version=0, by=by, comment="x")


def bring_in(site, *, months=(JANUARY, FEBRUARY), by=None, births=40):
    """A file that was applied: these months of a site, new or changed."""
    stored = set(MonthlyReport.objects.filter(site=site).values_list("month", flat=True))
    is_new = np.array([month not in stored for month in months])
    rows = Rows(
        np.full(len(months), site.pk),
        np.array([12 * month.year + month.month - 1 for month in months]),
        {"live_births": np.full(len(months), births), "infant_deaths": np.full(len(months), 2)},
        is_new,
    )
    batch = ImportBatch.objects.create(
        program=site.programs.get(),
        file_name="counts.csv",
        applied_at=BEFORE,
        rows_created=int(is_new.sum()),
        rows_changed=int((~is_new).sum()),
    )
    with transaction.atomic():
        write_rows(rows, batch=batch, by=by, now=BEFORE)
    return batch


def undo(batch, by=None, report=None):
    undo_batch(batch, by=by, now=NOW, report=report)
    batch.refresh_from_db()


def contents(*but):
    skipped = {"version", "updated_at", *but}
    return [
        {name: value for name, value in row.items() if name not in skipped}
        for row in MonthlyReport.objects.order_by("pk").values()
    ]


def test_undone_file_leaves_every_report_as_it_was(site):
    report_of(site, by=UserFactory())
    before = contents()
    batch = bring_in(site, by=UserFactory())
    assert contents() != before
    undo(batch)
    assert contents() == before
    assert (MonthlyReport.objects.get().version, batch.undone_at) == (3, NOW)


def test_report_that_a_file_brought_is_deleted_and_that_is_noted(site, manager):
    batch = bring_in(site, months=[JANUARY])
    undo(batch, by=manager)
    assert not MonthlyReport.objects.exists()
    last, first = MonthlyReport.history.order_by("-history_id")
    assert (first.history_type, last.history_type) == ("+", "-")
    assert (last.id, last.live_births, last.import_batch) == (first.id, 40, None)
    assert (last.history_user, last.history_date) == (manager, NOW)
    assert last.history_change_reason == f"import {batch.pk} undone: {batch.file_name}"


def test_report_that_a_file_changed_has_a_version_that_says_what_was_undone(site, manager):
    stored = report_of(site)
    batch = bring_in(site, months=[FEBRUARY])
    undo(batch, by=manager)
    last = stored.history.order_by("history_id").last()
    report = MonthlyReport.objects.get()
    assert (last.history_type, last.version, last.live_births) == ("~", 3, 50)
    assert (last.history_user, last.history_date) == (manager, NOW)
    assert last.history_change_reason == f"import {batch.pk} undone: {batch.file_name}"
    kept = MonthlyReport._meta.concrete_fields
    assert all(getattr(last, own.attname) == getattr(report, own.attname) for own in kept)


def test_reopened_report_is_open_again_when_its_correction_by_file_is_undone(site, manager):
    approved = approve_report(report_of(site), by=manager)
    until = date(2099, 1, 1)
    MonthlyReport.objects.update(version=approved.version)
    reopened = reopen_report(approved, by=manager, reason="look again")
    MonthlyReport.objects.filter(pk=reopened.pk).update(reopened_until=until)
    reopened.history.filter(version=reopened.version).update(reopened_until=until)
    undo(bring_in(site, months=[FEBRUARY]))
    report = MonthlyReport.objects.get()
    assert (report.status, report.note, report.reopened_until) == ("reopened", "look again", until)


def test_sites_in_several_pieces_are_all_undone_and_told(program, site, monkeypatch):
    monkeypatch.setattr(undoing, "PIECE_ROWS", 4)
    sites = [site, *(ParticipationFactory(program=program).site for _ in range(2))]
    batches = [bring_in(own) for own in sites]
    one = batches[0]
    for own in (MonthlyReport.objects, MonthlyReport.history):
        own.update(import_batch=one)
    ImportBatch.objects.filter(pk=one.pk).update(rows_created=6)
    told = []
    undo(one, report=told.append)
    assert told == [4, 6]
    assert not MonthlyReport.objects.exists()
    assert MonthlyReport.history.filter(history_type="-").count() == 6


def test_file_undone_twice_is_undone_once(site):
    batch = bring_in(site)
    undo(batch)
    kept = MonthlyReport.history.count()
    undo_batch(batch, by=None, now=datetime(2026, 1, 1, tzinfo=UTC))
    batch.refresh_from_db()
    assert (batch.undone_at, MonthlyReport.history.count()) == (NOW, kept)


def test_file_that_was_not_applied_cannot_be_undone(program):
    batch = ImportBatch.objects.create(program=program, file_name="counts.csv")
    with pytest.raises(UndoRefusedError, match="was not applied"):
        undo(batch)


def test_managers_notice_counts_what_is_left_after_undoing(program, site, manager):
    other = ParticipationFactory(program=program).site
    batch = bring_in(site)
    report_of(other)
    assert manager.notices.get().text.startswith("3 reports")
    undo(batch)
    assert manager.notices.get().text.startswith("1 report ")


# --- Somebody has changed a report since ---------------------------------------------------


def change_by_form(site, manager):
    stored = MonthlyReport.objects.get(month=JANUARY)
    submit_report(site=site, month=JANUARY, counts=COUNTS, seen_version=stored.version, by=manager)


def change_in_grid(site, manager):
    cell = TypedCell(site.pk, JANUARY, births="50", deaths="3", seen_version=1)
    save_grid(program=site.programs.get(), cells=[cell], reason="", by=manager, today=TODAY)


def approve(site, manager):
    approve_report(MonthlyReport.objects.get(month=JANUARY), by=manager)


def approve_with_others(site, manager):
    approve_many(MonthlyReport.objects.filter(month=JANUARY), by=manager)


def send_back(site, manager):
    return_report(MonthlyReport.objects.get(month=JANUARY), by=manager, message="Look again.")


DOORS = [change_by_form, change_in_grid, approve, approve_with_others, send_back]


@pytest.mark.parametrize("change", DOORS)
def test_file_is_not_undone_once_a_report_was_changed_through_any_door(site, manager, change):
    batch = bring_in(site)
    change(site, manager)
    before = contents()
    with pytest.raises(UndoRefusedError, match="1 of its 2 reports was changed since: ") as error:
        undo(batch)
    assert f"{site}, 2024-01 by {manager} on " in error.value.message
    assert contents() == before
    batch.refresh_from_db()
    assert batch.undone_at is None


def test_file_is_not_undone_once_its_reports_were_approved_with_the_switch(site, manager):
    program = site.programs.get()
    type(program).objects.update(approval_required=False)
    batch = bring_in(site)
    seen = mark_submitted(program)
    switch_approval_on(program=program, approve_past=True, seen=seen, by=manager)
    with pytest.raises(UndoRefusedError, match="2 of its 2 reports were changed since: "):
        undo(batch)


def test_refusal_names_three_reports_and_counts_the_rest(site, manager):
    batch = bring_in(site, months=[date(2024, month, 1) for month in range(1, 6)])
    approve_many(MonthlyReport.objects.all(), by=manager)
    with pytest.raises(UndoRefusedError, match="5 of its 5") as error:
        undo(batch)
    assert error.value.message.count(str(site)) == 3
    assert "; and 2 more. " in error.value.message


def test_report_that_was_broken_down_is_not_deleted(site):
    batch = bring_in(site, months=[JANUARY])
    BreakdownCount.objects.create(
        report=MonthlyReport.objects.get(), category=Category.objects.first(), live_births=20
    )
    with pytest.raises(UndoRefusedError, match="1 of the reports that this file brought"):
        undo(batch)


def test_report_without_an_earlier_version_is_not_guessed_at(site):
    report_of(site).history.all().delete()
    batch = bring_in(site, months=[FEBRUARY])
    with pytest.raises(UndoRefusedError, match="no earlier version is kept"):
        undo(batch)
    assert MonthlyReport.objects.get().live_births == 40


def test_file_is_not_undone_where_its_months_are_locked_by_now(program, site):
    batch = bring_in(site)
    program.locks_after_days = 30
    program.save()
    before = contents()
    with pytest.raises(UndoRefusedError, match="2 of its months are locked by now, such as"):
        undo(batch)
    assert contents() == before
