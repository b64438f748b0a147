"""Whatever was taken out changes nothing when it is brought in again."""

from datetime import date

import pytest

from metrics.exports import DATASETS
from metrics.imports import FileRefusedError
from metrics.models import Category
from tests.factories import MonthlyReportFactory
from tests.metrics.exports.taking import address
from tests.metrics.imports.bringing_in import check

pytestmark = pytest.mark.django_db
TAKEN = {"site-months", "missing", "breakdowns"}


@pytest.fixture
def report(program):
    """A report with two equal parts, which would pass for one row said twice, and two versions."""
    own = MonthlyReportFactory(site=program.sites.get(), month=date(2024, 3, 1))
    for code in ("female", "male"):
        category = Category.objects.get(dimension__code="sex", code=code)
        own.breakdown_counts.create(category=category, live_births=50, infant_deaths=2)
    own.live_births, own.version = 101, 2
    own.save()
    return own


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", sorted(TAKEN))
def test_file_of_reports_or_of_their_parts_changes_nothing(client, program, report, kind, ending):
    content = client.get(address(kind, ending)).getvalue()
    found = check(program, content, name=f"{kind}.{ending}")
    assert found.rows > 0
    assert (found.written, found.left_out) == (0, 0)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", sorted(DATASETS.keys() - TAKEN))
def test_file_of_anything_else_is_refused_as_a_whole(client, program, report, kind, ending):
    content = client.get(address(kind, ending)).getvalue()
    with pytest.raises(FileRefusedError):
        check(program, content, name=f"{kind}.{ending}")


def test_versions_are_not_taken_for_reports(client, program, report):
    with pytest.raises(FileRefusedError, match="its rows are versions of"):
        check(program, client.get(address("history")).getvalue())
