import hashlib
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.exports import site_month_rows, stream_csv
from metrics.imports import (
    apply_batch,
)
from metrics.models import COUNT_FIELDS, ImportBatch, MonthlyReport
from metrics.models.reports import AGE_FIELDS
from programs.models import Site
from programs.periods import Period, format_month
from tests.factories import (
    MonthlyReportFactory,
    UserFactory,
)
from tests.metrics.imports.bringing_in import (
    GOOD,
    HEADER,
    TODAY,
    bring_in,
    check,
    faults,
    receive,
    stored,
    summary,
)

pytestmark = pytest.mark.django_db


def test_dry_run_writes_nothing(program):
    run = check(program, GOOD)
    assert summary(run) == (3, 0, 0, 0, 0)
    assert run.may_be_applied
    assert stored() == ([], 0)
    assert not ImportBatch.objects.exists()


def test_received_file_is_kept_as_it_came_and_not_applied(program):
    user = UserFactory()
    batch = receive(program, GOOD, {"month": "month"}, by=user)
    batch.refresh_from_db()
    assert (b"".join(batch.read_pieces()), batch.uploaded_by) == (GOOD.encode(), user)
    assert batch.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert batch.applied_at is None
    assert stored() == ([], 0)


def test_applied_file_is_stored_with_its_history(program):
    user = UserFactory()
    bring_in(program, GOOD, by=user)
    report = MonthlyReport.objects.get(site__code="A", month=date(2024, 1, 1))
    assert (report.live_births, report.infant_deaths, report.stillbirths) == (40, 2, None)
    assert (report.status, report.door, report.version) == ("submitted", "file", 1)
    assert report.entered_by == user
    assert report.first_submitted_at is not None
    version, batch = report.history.get(), ImportBatch.objects.get()
    assert version.history_user == user
    assert version.history_change_reason == f"import {batch.pk}: counts.csv"
    assert (batch.rows_created, batch.rows_changed, batch.rows_unchanged) == (3, 0, 0)


def test_file_brought_in_again_changes_nothing(program):
    bring_in(program, GOOD)
    before = stored()
    assert summary(bring_in(program, GOOD)) == (0, 0, 3, 0, 0)
    assert stored() == before


def test_batch_applied_twice_changes_nothing(program):
    batch = receive(program, GOOD)
    apply_batch(batch, by=None, today=TODAY)
    MonthlyReport.objects.filter(month=date(2024, 2, 1)).update(live_births=99, version=2)
    before = stored()
    apply_batch(batch, by=None, today=TODAY)
    assert stored() == before
    assert ImportBatch.objects.get().rows_created == 3


def test_changed_row_is_the_next_version(program):
    bring_in(program, GOOD)
    first_sent = MonthlyReport.objects.get(live_births=40).first_submitted_at
    run = bring_in(program, GOOD.replace("40,2", "41,2"))
    assert summary(run) == (0, 1, 2, 0, 0)
    report = MonthlyReport.objects.get(live_births=41)
    assert (report.version, report.first_submitted_at) == (2, first_sent)
    assert [version.live_births for version in report.history.all()] == [41, 40]
    assert set(MonthlyReport.objects.values_list("version", flat=True)) == {1, 2}


def test_missing_column_leaves_what_is_stored_alone(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), stillbirths=3, comment="flood")
    bring_in(program, "site_code,month,live_births\nA,2024-01,44\n")
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.stillbirths, report.infant_deaths) == (44, 3, 5)
    assert report.comment == "flood"


def test_counts_are_judged_together_with_what_is_stored(program):
    """A column that the file lacks stays stored, so the row as it would stand is judged."""
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), early_neonatal_deaths=4)
    assert faults(program, f"{HEADER}\nA,2024-01,100,3\n") == [
        "row 2, infant_deaths: 3 is less than its parts: early_neonatal_deaths 4 = 4. Correct the "
        "total or the parts. Not said by the file but stored: early_neonatal_deaths."
    ]
    ages = "site_code,month,live_births,late_neonatal_deaths\nA,2024-01,100,1\n"
    assert faults(program, ages) == []


def test_empty_cell_of_a_given_column_means_not_counted(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1))
    bring_in(program, f"{HEADER}\nA,2024-01,100,\n")
    assert MonthlyReport.objects.get().infant_deaths is None


def test_row_without_counts_is_not_reported(program):
    run = bring_in(program, f"{HEADER}\nA,2024-01,,\nA,2024-02,0,0\n,,,\n")
    assert summary(run) == (1, 0, 0, 1, 0)
    assert MonthlyReport.objects.get().month == date(2024, 2, 1)


def test_empty_row_takes_nothing_back(program):
    bring_in(program, GOOD)
    before = stored()
    bring_in(program, f"{HEADER}\nA,2024-01,,\n")
    assert stored() == before


def test_warnings_name_the_row_and_do_not_stop_the_file(program):
    run = bring_in(program, f"{HEADER}\nA,2024-01,1,3\n")
    assert [str(warning) for warning in run.warnings] == [
        "row 2, infant_deaths: 3 infant deaths are more than 1 live births. That happens where "
        "the sick are referred; say why."
    ]
    assert MonthlyReport.objects.exists()


def test_month_outside_the_sites_part_in_the_program_is_questioned(program):
    run = check(program, f"{HEADER}\nA,2022-12,40,2\n")  # it takes part from 2023-01
    assert [str(warning) for warning in run.warnings] == [
        "row 2, month: 2022-12 lies outside North's part in Healthy Beginnings, so it will be in "
        "none of its figures. If it belongs to them, ask an admin to correct the participation."
    ]


def test_rows_are_held_against_each_other(program):
    months = Period(date(2024, 1, 1), date(2024, 7, 1))
    rows = [f"A,{format_month(month)},40,1" for month in months]
    rows[-1] = "A,2024-07,400,1"
    run = check(program, "\n".join([HEADER, *rows]))
    assert [(w.row, w.fault.field) for w in run.warnings] == [(8, "live_births")]


def test_returned_report_is_submitted_again_by_a_file_that_changes_it(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), status="returned", note="Again.")
    bring_in(program, GOOD)
    report = MonthlyReport.objects.get(site=site, month=date(2024, 1, 1))
    assert (report.status, report.note) == ("submitted", "")


# --- Out and in again ----------------------------------------------------------------------------


@st.composite
def sound_counts(draw):
    """Counts that pass the gate."""
    few = st.none() | st.integers(0, 9)
    counts = {name: draw(few) for name in COUNT_FIELDS}
    ages = [counts[name] for name in AGE_FIELDS]
    counts["live_births"] = draw(st.integers(0, 500))
    counts["infant_deaths"] = sum(age or 0 for age in ages)
    if None in ages[:3]:
        counts["infant_deaths"] += draw(st.integers(0, 3))
    return ["" if count is None else count for count in counts.values()]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from("AB"), st.sampled_from(list(Period.ending(date(2025, 6, 1), 30)))
        ),
        sound_counts(),
        min_size=1,
        max_size=20,
    )
)
def test_what_went_out_comes_in_unchanged(program, reports):
    header = ["site_code", "month", *COUNT_FIELDS]
    rows = [[code, format_month(month), *own] for (code, month), own in reports.items()]
    text = "\n".join(",".join(str(cell) for cell in row) for row in [header, *rows])
    with transaction.atomic():
        assert summary(bring_in(program, text)) == (len(reports), 0, 0, 0, 0)
        exported = stream_csv("x.csv", site_month_rows(program, program.sites.all()))
        assert summary(check(program, exported.getvalue())) == (0, 0, len(reports), 0, 0)
        transaction.set_rollback(True)
