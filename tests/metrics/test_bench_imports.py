"""The bench of imports: through the gate and bare, the same reports are stored."""

import pytest

from metrics.management.bench.imports import keep_invented_file
from metrics.management.bench.imports_child import prepare_bare, prepare_ours, read_memory
from metrics.models import MonthlyReport

pytestmark = pytest.mark.django_db

ITS_OWN = ("id", "updated_at", "first_submitted_at")  # numbers and moments


def stored():
    names = [own.name for own in MonthlyReport._meta.concrete_fields if own.name not in ITS_OWN]
    return list(MonthlyReport.objects.order_by("site", "month").values(*names))


def test_both_ways_store_the_same_reports_and_only_the_products_keeps_versions():
    keep_invented_file(250)
    prepare_ours()()
    ours = stored()
    assert MonthlyReport.history.count() == len(ours) == 250
    MonthlyReport.objects.all().delete()
    MonthlyReport.history.all().delete()
    prepare_bare()()
    assert stored() == ours
    assert not MonthlyReport.history.exists()


def test_bare_way_changes_what_is_stored_already():
    keep_invented_file(130)
    prepare_bare()()
    prepare_bare()()
    assert set(MonthlyReport.objects.values_list("version", flat=True)) == {2}
    assert MonthlyReport.objects.count() == 130


def test_memory_of_a_process_is_at_most_its_largest():
    assert 0 < read_memory("VmRSS") <= read_memory("VmHWM")
