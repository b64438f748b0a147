"""Every version of a report, in words: the move, the door and what it changed."""

from datetime import date

import pytest
from django.utils import timezone

from metrics.approval_switch import mark_submitted, switch_approval_on
from metrics.imports import apply_batch, receive_file
from metrics.imports.undoing import undo_batch
from metrics.models import COUNT_FIELDS, MonthlyReport
from metrics.summaries import follow_trail
from metrics.summaries.trail import list_versions, what_was_done
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
FILE = b"site_code,month,live_births,infant_deaths\nA,2024-07,41,2\n"


@pytest.fixture
def program():
    return ParticipationFactory(site__code="A").program


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role="manager").user


def done(report):
    versions = list_versions([report.pk])[report.pk]
    return [(own.done, own.said, own.door and own.door.value) for own in versions]


def test_file_is_named_that_brought_the_counts(program, manager):
    fields = {"file_name": "june: a.csv", "content": FILE, "mapping": {}, "by": manager}
    apply_batch(receive_file(program=program, **fields), by=manager, today=TODAY)
    assert done(MonthlyReport.objects.get()) == [("Brought in", "june: a.csv", "file")]


def test_file_is_named_that_was_undone(program, manager):
    stored = MonthlyReportFactory(site=program.sites.get(), month=date(2024, 7, 1))
    fields = {"file_name": "june: a.csv", "content": FILE, "mapping": {}, "by": manager}
    batch = receive_file(program=program, **fields)
    apply_batch(batch, by=manager, today=TODAY)
    undo_batch(batch, by=manager, now=timezone.now())
    assert [own[:2] for own in done(stored)[1:]] == [
        ("Brought in", "june: a.csv"),
        ("Undone", "june: a.csv"),
    ]


def test_undoing_that_was_noted_without_a_file_is_no_file_that_was_brought_in():
    assert what_was_done("submitted", "import 12 undone") == ("Undone", "")


def test_report_that_was_deleted_held_what_it_held(program, manager):
    fields = {"file_name": "a.csv", "content": FILE, "mapping": {}, "by": manager}
    batch = receive_file(program=program, **fields)
    apply_batch(batch, by=manager, today=TODAY)
    gone = MonthlyReport.objects.get()
    undo_batch(batch, by=manager, now=timezone.now())
    last = list_versions([gone.pk])[gone.pk][-1]
    assert (last.done, last.said) == ("Undone", "a.csv")
    assert [(own.name, own.old, own.new) for own in last.changes] == [
        ("live_births", 41, None),
        ("infant_deaths", 2, None),
    ]


def test_switch_of_approval_is_named(program, manager):
    report = MonthlyReportFactory(site=program.sites.get())
    seen = mark_submitted(program)
    switch_approval_on(program=program, approve_past=True, seen=seen, by=manager)
    assert done(report)[1] == ("Approved", "approval switched on", None)


def test_version_without_a_word_is_called_by_its_status():
    report = MonthlyReportFactory(status="draft")
    assert done(report) == [("Draft", "", "typed")]


@pytest.mark.parametrize("name", COUNT_FIELDS)
def test_change_of_any_count_is_told(name):
    report = MonthlyReportFactory(infant_deaths=9)
    before = getattr(report, name)
    setattr(report, name, 7)
    report.save()
    first, second = list_versions([report.pk])[report.pk]
    assert [(own.name, own.old, own.new) for own in second.changes] == [(name, before, 7)]
    assert {own.name for own in first.counts} == {"live_births", "infant_deaths"}


def test_count_that_was_taken_back_is_a_change():
    report = MonthlyReportFactory(infant_deaths=0)
    report.infant_deaths = None
    report.save()
    [change] = list_versions([report.pk])[report.pk][1].changes
    assert (change.label, change.old, change.new) == ("Infant deaths", 0, None)


def test_comment_is_told_where_it_came():
    report = MonthlyReportFactory(comment="Flood.")
    for comment in ("Flood.", "Counted again."):
        report.comment = comment
        report.save()
    versions = list_versions([report.pk])[report.pk]
    assert [own.comment for own in versions] == ["Flood.", "", "Counted again."]


@pytest.mark.parametrize(
    ("status", "until", "again"),
    [
        ("reopened", date(2025, 7, 14), True),
        ("reopened", date(2025, 7, 15), False),
        ("reopened", None, False),
        ("approved", None, False),
    ],
)
def test_reopened_report_counts_again_from_the_day_after(status, until, again):
    report = MonthlyReportFactory(status=status, reopened_until=until)
    assert follow_trail(report, today=TODAY).counts_again is again


@pytest.mark.parametrize("number", [1, 3])
def test_versions_of_many_reports_take_one_query(django_assert_num_queries, number):
    reports = MonthlyReportFactory.create_batch(number)
    for report in reports:
        report.save()
    with django_assert_num_queries(1):
        versions = list_versions([report.pk for report in reports])
    assert {len(own) for own in versions.values()} == {2}


def test_no_reports_take_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list_versions([]) == {}
