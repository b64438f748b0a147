from datetime import date

import pytest

from metrics.exports import DATASETS
from metrics.models import BreakdownCount, Category, Dimension
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory
from tests.metrics.exports.taking import address, asking, rows_of


@pytest.fixture
def counted(program):
    """Two categories of one report; one of them holds what is not known."""
    report = MonthlyReportFactory(site=program.sites.get(), month=date(2024, 3, 1))
    dimension = Dimension.objects.create(name="=Home", code="home")
    for position, (code, unknown) in enumerate([("yes", False), ("unknown", True)]):
        category = Category.objects.create(
            dimension=dimension, name=code.title(), code=code, position=position, is_unknown=unknown
        )
        BreakdownCount.objects.create(
            report=report,
            category=category,
            live_births=40 - position,
            infant_deaths=position or None,
        )
    return report


def test_breakdowns_have_a_row_a_category(client, program, counted):
    rows = [list(row.values()) for row in rows_of(client.get(address("breakdowns")))]
    assert rows == [
        ["A", "North", "2024-03", "home", "yes", "no", "40", "", "'=Home", "Yes"],
        ["A", "North", "2024-03", "home", "unknown", "yes", "39", "1", "'=Home", "Unknown"],
    ]


@pytest.mark.parametrize("asked", ["first=2024-04&last=2024-05", "status=approved", "area=nowhere"])
def test_breakdowns_of_other_months_and_reports_are_left_out(client, program, counted, asked):
    response = client.get(f"{address('breakdowns')}?{asked}")
    assert response.status_code == 302 if "nowhere" in asked else rows_of(response) == []


def test_member_of_other_sites_gets_no_breakdowns(client, program, counted):
    other = ParticipationFactory(program=program, site__code="B").site
    client.force_login(MembershipFactory(program=program, sites=[other]).user)
    assert rows_of(client.get(address("breakdowns"))) == []


def test_breakdowns_are_as_many_as_they_are_counted(program, counted, today):
    own, asked = DATASETS["breakdowns"], asking(program, today)
    assert own.count_rows(asked) == len(list(own.rows(asked))) == 2
