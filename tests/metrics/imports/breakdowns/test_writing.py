"""What a file of breakdowns stores: the parts, a version of each report, and their history."""

from datetime import date

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metrics.approvals import submit_report
from metrics.imports import apply_batch
from metrics.imports.breakdowns import writing
from metrics.imports.breakdowns.judging import Parts
from metrics.imports.breakdowns.writing import write_parts
from metrics.models import BreakdownCount, Category, Door, ImportBatch, MonthlyReport
from metrics.summaries.trail import list_whole_versions
from tests.factories import MembershipFactory, MonthlyReportFactory, UserFactory
from tests.metrics.imports.breakdowns.breaking_down import (
    GOOD,
    girls_by_month,
    keep,
    parts,
    rows,
)
from tests.metrics.imports.bringing_in import TODAY, bring_in, receive, stored

pytestmark = pytest.mark.django_db


def versions(own):
    """Of each version of a part: what was done, its births, its reason and who did it."""
    kept = own.history.order_by("history_id")
    fields = ("history_type", "live_births", "history_change_reason", "history_user")
    return list(kept.values_list(*fields))


def test_parts_are_stored_with_a_version_of_their_report(program, report):
    by = UserFactory()
    batch = receive(program, GOOD, by=by)
    apply_batch(batch, by=by, today=TODAY)
    report.refresh_from_db()
    assert parts() == [("female", 19, 1), ("male", 21, 1)]
    assert (report.version, report.status, report.door) == (2, "submitted", Door.FILE)
    assert (report.entered_by, report.import_batch, report.live_births) == (by, batch, 40)
    last = report.history.order_by("history_id").last()
    assert (last.version, last.history_user) == (2, by)
    assert last.history_change_reason == f"import {batch.pk}: counts.csv"
    assert [versions(own) for own in BreakdownCount.objects.order_by("category")] == [
        [("+", 19, "version 2", by.pk)],
        [("+", 21, "version 2", by.pk)],
    ]


def test_file_leaves_what_typing_would_have_left(program, report):
    """All but the door, the file and the moment; the parts and their history are the same."""
    by = UserFactory()
    other = MonthlyReportFactory(
        site=program.sites.get(code="B"), month=report.month, live_births=40, infant_deaths=2
    )
    for own in (report, other):
        MonthlyReport.objects.filter(pk=own.pk).update(status="returned", note="Look again.")
        keep(own, female=(18, 1), unknown=(1, 0))
    codes = dict(Category.objects.values_list("code", "pk"))
    typed = {codes["female"]: {"live_births": 19, "infant_deaths": 1}}
    typed |= {codes["male"]: {"live_births": 21, "infant_deaths": None}}
    typed |= {codes["unknown"]: {"live_births": 0, "infant_deaths": 0}}
    counts = {"live_births": 40, "infant_deaths": 2}
    submit_report(
        site=other.site, month=other.month, counts=counts, seen_version=1, by=by, parts=typed
    )
    bring_in(program, rows("sex,female,19,1", "sex,male,21,", "sex,unknown,0,0"), by=by)
    assert [told(own) for own in (report, other)] == [told(other)] * 2


def told(report):
    skipped = {"id", "site_id", "door", "import_batch_id", "updated_at", "first_submitted_at"}
    [own] = MonthlyReport.objects.filter(pk=report.pk).values()
    kept = {name: value for name, value in own.items() if name not in skipped}
    history = report.breakdown_counts.model.history.filter(report=report).order_by("category", "pk")
    fields = ("category__code", "live_births", "infant_deaths", "history_type", "history_user")
    return kept, list(history.values_list(*fields, "history_change_reason"))


def test_part_that_changed_keeps_what_it_was_and_the_others_stay(program, report):
    keep(report, female=(19, 1), male=(20, 1))
    bring_in(program, GOOD)
    female, male = BreakdownCount.objects.order_by("category")
    assert [own[:3] for own in versions(male)] == [("+", 20, None), ("~", 21, "version 2")]
    assert len(versions(female)) == 1


def test_trail_of_the_report_says_what_the_file_changed(program, report):
    keep(report, female=(18, 1))
    bring_in(program, GOOD)
    last = list_whole_versions([report.pk])[report.pk][-1]
    assert [(own.label, own.old, own.new) for own in last.changes] == [
        ("Live births, Sex: Female", 18, 19),
        ("Live births, Sex: Male", None, 21),
        ("Infant deaths, Sex: Male", None, 1),
    ]


def test_batch_says_what_became_of_its_rows_and_of_how_many_reports(program, report):
    keep(report, female=(19, 1), male=(20, 1))
    text = GOOD + "A,2024-01,sex,unknown,0,0\nB,2024-01,sex,female,1,0\n"
    apply_batch(receive(program, text), by=None, today=TODAY, leave_out=True)
    batch = ImportBatch.objects.get()
    assert (batch.rows_created, batch.rows_changed, batch.rows_unchanged) == (1, 1, 1)
    assert (batch.rows_left_out, batch.is_broken_down, batch.reports_written) == (1, True, 1)


def test_batch_of_reports_is_none_of_breakdowns(program):
    bring_in(program, "site_code,month,live_births\nA,2024-01,4\nB,2024-01,4\n")
    batch = ImportBatch.objects.get()
    assert (batch.is_broken_down, batch.reports_written) == (False, 2)


def test_one_fault_stops_the_whole_file(program, report):
    before = stored()
    bring_in(program, GOOD + "A,2024-01,sex,unknown,many,0\n")
    assert (parts(), stored(), BreakdownCount.history.count()) == ([], before, 0)


def test_same_file_applied_twice_changes_nothing_the_second_time(program, report):
    bring_in(program, GOOD)
    before = stored(), BreakdownCount.history.count()
    bring_in(program, GOOD)
    assert (stored(), BreakdownCount.history.count()) == before
    assert list(ImportBatch.objects.values_list("rows_unchanged", flat=True)) == [2, 0]


def test_manager_is_told_once_of_all_that_waits(program, report):
    program.approval_required = True
    program.save()
    manager = MembershipFactory(program=program, role="manager").user
    bring_in(program, GOOD, by=UserFactory())
    assert manager.notices.get().text.startswith("1 report ")


def test_sites_are_held_before_their_reports(program, report):
    """As every door does, so that none waits in a ring; SQLite holds all at once."""
    with CaptureQueriesContext(connection) as queries:
        bring_in(program, GOOD)
    held = [own["sql"] for own in queries if "FOR" in own["sql"] and "UPDATE" in own["sql"]]
    tables = [name for own in held for name in ("programs_site", "metrics_monthlyreport")
              if f'FROM "{name}"' in own]  # fmt: skip
    is_postgresql = connection.vendor == "postgresql"
    assert tables == (["programs_site", "metrics_monthlyreport"] if is_postgresql else [])


@pytest.mark.parametrize("months", [1, 3])
def test_applying_takes_as_many_queries_for_one_report_as_for_three(
    program, report, django_assert_num_queries, months
):
    batch = receive(program, girls_by_month(report, months))
    constraints = connection.vendor == "postgresql"
    with django_assert_num_queries(33 + constraints):
        apply_batch(batch, by=None, today=TODAY)


def test_parts_in_several_pieces_are_all_stored_and_told(program, report, monkeypatch):
    monkeypatch.setattr(writing, "PIECE_ROWS", 2)
    for month in (2, 3):
        MonthlyReportFactory(site=report.site, month=date(2024, month, 1), live_births=40)
    text = GOOD + "".join(f"A,2024-{n:02},sex,{own},9,0\n" for n in (2, 3)
                          for own in ("female", "male", "unknown"))  # fmt: skip
    told = []
    apply_batch(receive(program, text), by=None, today=TODAY, writing=told.append)
    assert told == [2, 5, 8]
    assert len(parts()) == BreakdownCount.history.count() == 8
    assert set(MonthlyReport.objects.values_list("version", flat=True)) == {2}


def test_report_deleted_since_it_was_checked_stops_all(program, report):
    keep(report, female=(19, 1))
    own = BreakdownCount.objects.get()
    gone = [[9_999], [own.category_id], [0]]
    changed = [[own.report_id], [own.category_id], [9_999]]
    for report_key, category, pk in (gone, changed):
        arrays = [np.array(values) for values in (report_key, category, pk, [1], [0])]
        counts = dict(zip(("live_births", "infant_deaths"), arrays[3:], strict=True))
        batch = receive(program, GOOD)
        with pytest.raises(IntegrityError), transaction.atomic():
            write_parts(Parts(*arrays[:3], counts), batch=batch, by=None, now=batch.uploaded_at)
    assert parts() == [("female", 19, 1)]


@pytest.mark.django_db(transaction=True)
def test_parts_are_not_written_outside_a_transaction():
    empty, batch = Parts(*[np.array([])] * 3, {}), ImportBatch(uploaded_at=timezone.now())
    with pytest.raises(TransactionManagementError):
        write_parts(empty, batch=batch, by=None, now=batch.uploaded_at)


def test_command_brings_in_breakdowns(program, report, tmp_path, capsys, today):
    file = tmp_path / "parts.csv"
    file.write_text(GOOD.replace("dimension,category", "by,sex"))
    mapping = ["--mapping", 'dimension="sex"', "--mapping", "category=sex"]
    call_command("import_reports", str(file), "--program", "hb", *mapping)
    assert parts() == [("female", 19, 1), ("male", 21, 1)]
    assert "2 new" in capsys.readouterr().out
