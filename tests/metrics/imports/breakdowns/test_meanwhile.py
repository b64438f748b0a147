"""What changes while a file of breakdowns is read, which of a large one takes a while."""

import pytest

from metrics.imports import FileRefusedError, apply_batch
from metrics.imports.breakdowns import judging
from metrics.imports.context import load_context
from metrics.models import Category, Dimension
from tests.factories import MonthlyReportFactory
from tests.metrics.imports.breakdowns.breaking_down import GOOD, JANUARY, keep, parts, rows
from tests.metrics.imports.bringing_in import TODAY, check, receive, summary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("report")]


def apply_while(change, program, text=GOOD):
    """Apply a file; when its rows have been read, this is done."""
    batch = receive(program, text)
    return apply_batch(batch, by=None, today=TODAY, reading=lambda row: change())


def test_report_that_comes_in_during_a_dry_run_is_none_of_it(program, monkeypatch):
    def load_and_report(*args, **options):
        context = load_context(*args, **options)
        keep(MonthlyReportFactory(site=program.sites.get(code="B"), month=JANUARY), male=(3, 0))
        return context

    monkeypatch.setattr(judging, "load_context", load_and_report)
    assert summary(check(program, GOOD)) == (2, 0, 0, 0, 0)


def test_category_that_comes_in_during_a_dry_run_is_none_of_it(program, report, monkeypatch):
    def load_and_add(*args, **options):
        Dimension.objects.get(code="sex").categories.create(code="inter", name="Inter")
        keep(report, inter=(3, 0))
        return load_context(*args, **options)

    monkeypatch.setattr(judging, "load_context", load_and_add)
    assert summary(check(program, GOOD)) == (2, 0, 0, 0, 0)


def test_category_that_came_and_was_used_meanwhile_is_summed_with_the_file(program, report):
    def add():
        Dimension.objects.get(code="sex").categories.create(code="inter", name="Inter")
        keep(report, inter=(3, 0))

    found = apply_while(add, program)
    assert "add up to 43, which is 3 more than the report's 40" in str(found.faults[0])
    assert parts() == [("inter", 3, 0)]


def test_breakdown_that_came_and_was_used_meanwhile_stays(program, report):
    def add():
        home = Dimension.objects.create(code="a", name="At home")  # before Sex, in their order
        home.categories.create(code="yes", name="Yes")
        report.breakdown_counts.create(category=home.categories.get(), live_births=5)

    assert summary(apply_while(add, program)) == (2, 0, 0, 0, 0)
    assert sorted(parts()) == [("female", 19, 1), ("male", 21, 1), ("yes", 5, None)]


def test_category_that_was_retired_meanwhile_takes_no_counts(program):
    found = apply_while(lambda: Category.objects.filter(code="male").update(retired=True), program)
    assert str(found.faults[0]).startswith("row 3, category: Male is retired")
    assert parts() == []


def test_breakdown_that_is_not_asked_for_any_more_takes_no_counts(program):
    found = apply_while(program.dimensions.clear, program)
    assert str(found.faults[0]).startswith("row 2, dimension: Healthy Beginnings does not ask for")
    assert parts() == []


def test_category_that_was_deleted_meanwhile_refuses_the_file(program):
    with pytest.raises(FileRefusedError, match="Sex: Male was deleted just now"):
        apply_while(Category.objects.filter(code="male").delete, program, rows("sex,male,1,0"))
