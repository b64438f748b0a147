"""A file of breakdowns is taken out again as a whole, while nobody built on it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from metrics.approvals import approve_report, submit_report
from metrics.imports import apply_batch
from metrics.imports.undoing import UndoRefusedError, undo_batch
from metrics.models import BreakdownCount, MonthlyReport
from tests.factories import MonthlyReportFactory, UserFactory
from tests.metrics.imports.breakdowns.breaking_down import GOOD, keep, parts, rows
from tests.metrics.imports.bringing_in import TODAY, receive

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 7, 16, 12, tzinfo=UTC)


def bring(program, text=GOOD):
    batch = receive(program, text)
    apply_batch(batch, by=None, today=TODAY)
    batch.refresh_from_db()
    return batch


def undo(batch, by=None):
    undo_batch(batch, by=by, now=NOW)
    batch.refresh_from_db()


def contents():
    skipped = {"version", "updated_at"}
    stored = MonthlyReport.objects.order_by("pk").values()
    return [{name: own[name] for name in own.keys() - skipped} for own in stored], parts()


def test_undone_file_leaves_parts_and_reports_as_they_were(program, report):
    keep(report, female=(19, 1), male=(20, None), unknown=(0, 0))
    MonthlyReportFactory(site=report.site, month=date(2024, 2, 1), live_births=9)
    MonthlyReport.objects.update(status="returned", note="Look again.")
    for own in MonthlyReport.objects.all():
        own.history.update(status="returned", note="Look again.")
    before = contents()
    batch = bring(program, GOOD + "A,2024-02,sex,female,4,0\n")
    assert contents() != before
    undo(batch)
    assert (contents(), batch.undone_at) == (before, NOW)


def test_versions_say_what_was_undone_and_by_whom(program, report):
    keep(report, male=(20, 1))
    batch, by = bring(program), UserFactory()
    undo(batch, by)
    kept = BreakdownCount.history.filter(history_change_reason="version 3")
    fields = ("category__code", "history_type", "live_births", "history_user", "history_date")
    assert list(kept.order_by("category").values_list(*fields)) == [
        ("female", "-", 19, by.pk, NOW),
        ("male", "~", 20, by.pk, NOW),
    ]
    last = report.history.order_by("history_id").last()
    reason = f"import {batch.pk} undone: {batch.file_name}"
    assert (last.version, last.history_change_reason) == (3, reason)


def test_files_on_top_of_each_other_are_undone_in_turn(program, report):
    first, second = bring(program), bring(program, rows("sex,female,18,1", "sex,unknown,1,0"))
    with pytest.raises(UndoRefusedError, match="1 of its 1 reports was changed since"):
        undo(first)
    undo(second)
    assert parts() == [("female", 19, 1), ("male", 21, 1)]
    undo(first)
    assert parts() == []
    assert MonthlyReport.objects.get().live_births == 40


def test_parts_and_the_file_of_their_reports_are_undone_in_turn(program, sex):
    reports = bring(program, "site_code,month,live_births,infant_deaths\nA,2024-01,40,2\n")
    broken_down = bring(program)
    with pytest.raises(UndoRefusedError, match="changed since"):
        undo(reports)
    undo(broken_down)
    undo(reports)
    assert (contents(), BreakdownCount.history.count()) == (([], []), 4)


def type_again(report, by):
    counts = {"live_births": 41, "infant_deaths": 2}
    submit_report(site=report.site, month=report.month, counts=counts, seen_version=2, by=by)


def approve(report, by):
    approve_report(MonthlyReport.objects.get(), by=by)


@pytest.mark.parametrize("change", [type_again, approve])
def test_file_is_not_undone_once_a_report_was_changed_since(program, report, change, request):
    manager = request.getfixturevalue("manager")
    batch = bring(program)
    change(report, manager)
    before = contents()
    with pytest.raises(UndoRefusedError, match=f"changed since: North .* by {manager}"):
        undo(batch)
    assert contents() == before


def test_file_is_not_undone_where_its_months_are_locked_by_now(program, report):
    batch = bring(program)
    program.locks_after_days = 30
    program.save()
    with pytest.raises(UndoRefusedError, match="1 of its months are locked by now"):
        undo(batch)
    assert len(parts()) == 2


def test_part_of_before_there_was_a_history_gets_back_what_it_held(program, report):
    keep(report, female=(18, 1))
    BreakdownCount.history.all().delete()
    undo(bring(program))
    assert parts() == [("female", 18, 1)]
    kept = BreakdownCount.history.filter(category__code="female").order_by("history_id")
    assert list(kept.values_list("live_births", "history_change_reason")) == [
        (18, "as it was"), (19, "version 2"), (18, "version 3"),
    ]  # fmt: skip


@pytest.mark.parametrize("births", [17, None])
def test_part_that_was_changed_past_its_history_gets_back_what_it_held(program, report, births):
    """As by a correction in the database itself."""
    keep(report, female=(18, 1), male=(20, 1))
    BreakdownCount.objects.filter(category__code="female").update(live_births=births)
    undo(bring(program))
    assert parts() == [("female", births, 1), ("male", 20, 1)]
    kept = BreakdownCount.history.filter(report=report).order_by("category", "history_id")
    fields = ("history_type", "live_births", "history_change_reason")
    assert list(kept.values_list(*fields)) == [
        ("+", 18, None), ("~", births, "as it was"), ("~", 19, "version 2"),
        ("~", births, "version 3"),
        ("+", 20, None), ("~", 21, "version 2"), ("~", 20, "version 3"),
    ]  # fmt: skip


def test_part_whose_earlier_version_was_lost_is_not_guessed_at(program, report):
    keep(report, female=(18, 1))
    batch = bring(program)
    BreakdownCount.history.filter(live_births=18).delete()
    with pytest.raises(UndoRefusedError, match="no earlier version is kept"):
        undo(batch)
    assert parts() == [("female", 19, 1), ("male", 21, 1)]


@pytest.mark.parametrize("months", [1, 3])
def test_undoing_takes_as_many_queries_for_one_report_as_for_three(
    program, report, django_assert_num_queries, months
):
    for month in range(2, months + 1):
        MonthlyReportFactory(site=report.site, month=date(2024, month, 1), live_births=9)
    later = "".join(f"A,2024-{month:02},sex,female,4,0\n" for month in range(2, months + 1))
    batch = bring(program, GOOD + later)
    only_there = 2 if connection.vendor == "postgresql" else 0  # statistics, constraints
    with django_assert_num_queries(24 + only_there):
        undo_batch(batch, by=None, now=NOW)
