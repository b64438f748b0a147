"""The bench of imports: through the gate and bare, the same reports are stored."""

import pytest

from metrics.management.bench.imports import keep_invented_files
from metrics.management.bench.imports_child import (
    prepare_bare,
    prepare_ours,
    prepare_undoing,
    read_memory,
)
from metrics.models import ImportBatch, MonthlyReport

pytestmark = pytest.mark.django_db

ITS_OWN = ("id", "updated_at", "first_submitted_at")  # numbers and moments


def stored():
    names = [own.name for own in MonthlyReport._meta.concrete_fields if own.name not in ITS_OWN]
    return list(MonthlyReport.objects.order_by("site", "month").values(*names))


def births():
    return list(MonthlyReport.objects.order_by("pk").values_list("live_births", flat=True))


def keep_files(rows):
    keep_invented_files(rows)
    return ImportBatch.objects.order_by("pk")


def test_both_ways_store_the_same_reports_and_only_the_products_keeps_versions():
    first, _ = keep_files(250)
    prepare_ours(first)()
    ours = stored()
    assert MonthlyReport.history.count() == len(ours) == 250
    MonthlyReport.objects.all().delete()
    MonthlyReport.history.all().delete()
    prepare_bare(first)()
    assert stored() == ours
    assert not MonthlyReport.history.exists()


def test_bare_way_changes_what_is_stored_already():
    for batch in keep_files(130):
        prepare_bare(batch)()
    assert set(MonthlyReport.objects.values_list("version", flat=True)) == {2}
    assert MonthlyReport.objects.count() == 130


def test_second_file_changes_every_report_and_undoing_it_gives_the_first_back():
    first, second = keep_files(130)
    prepare_ours(first)()
    before = births()
    prepare_ours(second)()
    assert births() == [own + 100 for own in before]
    prepare_undoing(second, first)()
    assert births() == before


def test_memory_of_a_process_is_at_most_its_largest():
    assert 0 < read_memory("VmRSS") <= read_memory("VmHWM")
