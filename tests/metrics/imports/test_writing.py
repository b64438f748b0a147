"""Rows that passed the gate are stored with their history, and nothing else is touched."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from metrics.imports import writing
from metrics.imports.writing import Rows, write_rows
from metrics.models import COUNT_FIELDS, ImportBatch, MonthlyReport
from tests.factories import MonthlyReportFactory, ProgramFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 7, 15, 12, tzinfo=UTC)
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
ROW = [(JANUARY, 40)]


@pytest.fixture
def batch():
    return ImportBatch.objects.create(program=ProgramFactory(), file_name="counts.csv")


def rows(site, counts, *, is_new=True, **more):
    """One site's rows: its months with their live births, and further columns."""
    months = [12 * month.year + month.month - 1 for month, _ in counts]
    columns = {"live_births": [births for _, births in counts]} | more
    return Rows(
        site=np.full(len(counts), site.pk, dtype=np.int64),
        month=np.array(months, dtype=np.int32),
        counts={name: np.array(column, dtype=np.int32) for name, column in columns.items()},
        is_new=np.full(len(counts), is_new),
    )


def write(*args, batch, by=None, report=None, **more):
    with transaction.atomic():
        write_rows(rows(*args, **more), batch=batch, by=by, now=NOW, report=report)


def test_every_column_of_a_report_is_accounted_for():
    """A new field has to be thought of, or an import would store it empty."""
    own = ("id", "site", "month", *COUNT_FIELDS, *writing.SET_ALWAYS, *writing.SET_WHEN_NEW)
    assert sorted(own) == sorted(field.name for field in MonthlyReport._meta.concrete_fields)


def test_every_column_of_a_version_is_accounted_for():
    told = {"history_id", "history_type", "history_date", "history_user", "history_change_reason"}
    kept = {field.name for field in MonthlyReport._meta.concrete_fields}
    columns = {field.name for field in MonthlyReport.history.model._meta.concrete_fields}
    assert columns == kept | told


def test_new_row_is_a_submitted_report_as_the_file_has_it(batch):
    site, user = SiteFactory(), UserFactory()
    write(site, ROW, infant_deaths=[2], stillbirths=[-1], batch=batch, by=user)
    report = MonthlyReport.objects.get()
    assert (report.site, report.month, report.live_births) == (site, JANUARY, 40)
    assert (report.infant_deaths, report.stillbirths, report.maternal_deaths) == (2, None, None)
    assert (report.status, report.door, report.version) == ("submitted", "file", 1)
    assert (report.entered_by, report.import_batch) == (user, batch)
    assert report.first_submitted_at == report.updated_at == NOW
    assert (report.comment, report.note, report.reopened_until) == ("", "", None)


def test_changed_row_keeps_its_comment_first_submission_and_what_the_file_does_not_have(batch):
    stored = MonthlyReportFactory(
        month=JANUARY,
        status="reopened",
        reopened_until=date(2030, 1, 1),
        comment="Floods",
        note="look again",
        version=3,
        stillbirths=4,
    )
    write(stored.site, ROW, is_new=False, infant_deaths=[-1], batch=batch)
    report = MonthlyReport.objects.get()
    assert (report.pk, report.version, report.first_submitted_at) == (
        stored.pk,
        4,
        stored.first_submitted_at,
    )
    assert (report.live_births, report.infant_deaths, report.stillbirths) == (40, None, 4)
    assert (report.status, report.reopened_until) == ("submitted", None)
    assert (report.comment, report.note, report.updated_at) == ("Floods", "", NOW)


def test_draft_is_first_submitted_when_a_file_completes_it(batch):
    stored = MonthlyReportFactory(month=JANUARY, status="draft", first_submitted_at=None)
    write(stored.site, ROW, is_new=False, batch=batch)
    assert MonthlyReport.objects.get().first_submitted_at == NOW


def test_file_without_births_changes_the_rest(batch):
    stored = MonthlyReportFactory(month=JANUARY, live_births=33)
    own = rows(stored.site, ROW, is_new=False)
    deaths = Rows(own.site, own.month, {"infant_deaths": np.array([7])}, own.is_new)
    with transaction.atomic():
        write_rows(deaths, batch=batch, by=None, now=NOW)
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.infant_deaths) == (33, 7)


def test_each_row_has_one_version_that_says_where_it_came_from(batch):
    site, user = SiteFactory(), UserFactory()
    MonthlyReportFactory(site=site, month=FEBRUARY)
    both = [(JANUARY, 40), (FEBRUARY, 41)]
    own = rows(site, both)
    own.is_new[1] = False
    with transaction.atomic():
        write_rows(own, batch=batch, by=user, now=NOW)
    new, changed = MonthlyReport.history.filter(import_batch=batch).order_by("month")
    assert (new.history_type, new.version, new.live_births) == ("+", 1, 40)
    assert (changed.history_type, changed.version, changed.live_births) == ("~", 2, 41)
    for version in (new, changed):
        assert (version.history_user, version.history_date) == (user, NOW)
        assert version.history_change_reason == f"import {batch.pk}: counts.csv"
        report = MonthlyReport.objects.get(pk=version.id)
        kept = MonthlyReport._meta.concrete_fields
        assert all(
            getattr(version, field.attname) == getattr(report, field.attname) for field in kept
        )


def test_percent_signs_and_quotes_in_a_file_name_are_kept(batch):
    batch.file_name = "100 % of '24.csv"
    write(SiteFactory(), ROW, batch=batch)
    said = MonthlyReport.history.get().history_change_reason
    assert said == f"import {batch.pk}: 100 % of '24.csv"


def test_reports_that_the_file_does_not_hold_stay_as_they_are(batch):
    other = MonthlyReportFactory(month=JANUARY)
    neighbour = MonthlyReportFactory(site=SiteFactory(), month=JANUARY)
    before = MonthlyReport.objects.filter(pk__in=[other.pk, neighbour.pk]).values()
    kept = list(before)
    write(other.site, [(FEBRUARY, 40)], batch=batch)
    assert list(before.all()) == kept
    assert MonthlyReport.history.filter(id__in=[other.pk, neighbour.pk]).count() == 2


@pytest.mark.parametrize("backwards", [False, True])
def test_rows_in_several_pieces_are_all_written_and_told(batch, monkeypatch, backwards):
    monkeypatch.setattr(writing, "PIECE_ROWS", 2)
    sites = sorted(SiteFactory.create_batch(3), key=lambda site: site.pk, reverse=backwards)
    parts = [rows(site, [(JANUARY, 40), (FEBRUARY, 41), (date(2024, 3, 1), 42)]) for site in sites]
    own = Rows(
        np.concatenate([part.site for part in parts]),
        np.concatenate([part.month for part in parts]),
        {"live_births": np.concatenate([part.counts["live_births"] for part in parts])},
        np.concatenate([part.is_new for part in parts]),
    )
    told = []
    with transaction.atomic():
        write_rows(own, batch=batch, by=None, now=NOW, report=told.append)
    assert told == [3, 6, 9]
    assert MonthlyReport.objects.count() == MonthlyReport.history.count() == 9


def test_no_rows_write_nothing(batch):
    write(SiteFactory(), [], batch=batch)
    assert not MonthlyReport.history.exists()


def test_two_files_can_be_written_in_one_transaction(batch):
    site = SiteFactory()
    with transaction.atomic():
        write(site, ROW, batch=batch)
        write(site, [(JANUARY, 41)], is_new=False, batch=batch)
    assert list(MonthlyReport.history.order_by("version").values_list("version", flat=True)) == [
        1,
        2,
    ]


# --- What stops it -------------------------------------------------------------------------


def test_writing_that_is_stopped_leaves_nothing_behind(batch):
    def stop(written):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write(SiteFactory(), ROW, batch=batch, report=stop)
    assert not MonthlyReport.objects.exists()
    assert not MonthlyReport.history.exists()


def test_report_that_has_come_in_since_is_not_written_over(batch):
    stored = MonthlyReportFactory(month=JANUARY, live_births=99, status="approved")
    with pytest.raises(IntegrityError):
        write(stored.site, ROW, batch=batch)
    assert MonthlyReport.objects.get().live_births == 99


def test_report_that_is_gone_since_is_noticed(batch):
    with pytest.raises(IntegrityError, match="stored or deleted since"):
        write(SiteFactory(), ROW, is_new=False, batch=batch)
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("counts", [{"infant_deaths": [-2]}, {"early_neonatal_deaths": [1]}])
def test_constraints_stand_behind_the_gate(batch, counts):
    with pytest.raises(IntegrityError):
        write(SiteFactory(), ROW, batch=batch, **counts)


def test_births_that_were_not_counted_are_no_report(batch):
    with pytest.raises(IntegrityError):
        write(SiteFactory(), [(JANUARY, -1)], batch=batch)


def test_rows_are_not_written_outside_a_transaction(batch, monkeypatch):
    monkeypatch.setattr(writing, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(TransactionManagementError, match="open a transaction"):
        write_rows(rows(SiteFactory(), ROW), batch=batch, by=None, now=NOW)
