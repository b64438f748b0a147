from datetime import date

import pytest

from metrics.exports import DATASETS, template_rows
from metrics.imports import COLUMNS
from metrics.models import MonthlyReport
from programs.periods import Period, format_month
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory
from tests.metrics.exports.taking import address, asking, content_of, rows_of, table_of
from tests.metrics.recount import make_program

MISSING = DATASETS["missing"]


def test_blank_template_has_the_columns_of_a_file_to_bring_in(client, program):
    assert table_of(content_of(client.get(address("template")))) == [list(COLUMNS)]
    assert list(template_rows(program, program.sites.all(), missing=False)) == [COLUMNS]


def test_what_is_missing_has_a_row_for_each_month_that_has_not_come(client, program):
    program.participations.update(first_month=date(2025, 3, 1))
    site = program.sites.get()
    MonthlyReportFactory(site=site, month=date(2025, 3, 1))
    MonthlyReportFactory(site=site, month=date(2025, 5, 1), status="returned")
    rows = rows_of(client.get(address("missing")))
    assert [(row["site_code"], row["month"]) for row in rows] == [
        ("A", "2025-04"),
        ("A", "2025-05"),
        ("A", "2025-06"),
    ]
    assert {row["live_births"] for row in rows} == {""}
    assert list(rows[0]) == list(COLUMNS)


def test_months_in_which_a_site_is_closed_are_not_missing(client, program):
    program.participations.update(first_month=date(2025, 3, 1))
    program.sites.get().spells.update(last_month=date(2025, 4, 1))
    assert [row["month"] for row in rows_of(client.get(address("missing")))] == [
        "2025-03",
        "2025-04",
    ]


def test_only_what_is_missing_in_the_months_asked_for(client, program):
    query = {"first": "2025-05", "last": "2025-12"}
    rows = rows_of(client.get(address("missing"), query))
    assert [row["month"] for row in rows] == ["2025-05", "2025-06"]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("period", [None, Period(date(2024, 1, 1), date(2026, 1, 1))])
def test_what_is_missing_agrees_with_a_recount(program, today, seed, period):
    """Month by month, site by site, as slowly as it can be done."""
    program = make_program(seed, slug="recounted")
    through, expected = date(2025, 6, 1), set()
    for part in program.participations.all():
        for month in Period(date(2020, 1, 1), through):
            is_open = any(month in own.period for own in part.site.spells.all())
            if is_open and month in part.period and (period is None or month in period):
                expected.add((part.site.code, month))
    arrived = MonthlyReport.objects.filter(status__in=["submitted", "approved"])
    expected -= {(own.site.code, own.month) for own in arrived}
    asked = asking(program, today, period=period)
    rows = [row[:3] for row in MISSING.rows(asked)]
    assert sorted((code, month) for code, _, month in rows) == sorted(
        (code, format_month(month)) for code, month in expected
    )
    assert MISSING.count_rows(asked) == len(expected)


def test_what_is_missing_of_some_sites_is_of_these(program, today):
    other = ParticipationFactory(program=program, site__code="B").site
    rows = list(template_rows(program, [other], missing=True, today=today))
    assert {row[0] for row in rows[1:]} == {"B"}


def test_member_of_some_sites_is_told_what_these_owe(client, program):
    other = ParticipationFactory(program=program, site__code="B").site
    client.force_login(MembershipFactory(program=program, sites=[other]).user)
    assert {row["site_code"] for row in rows_of(client.get(address("missing")))} == {"B"}


@pytest.mark.parametrize("sites", [1, 3])
def test_what_is_missing_takes_as_many_queries_for_one_site_as_for_three(
    client, program, django_assert_num_queries, sites
):
    ParticipationFactory.create_batch(sites - 1, program=program)
    with django_assert_num_queries(9):
        client.get(address("missing")).getvalue()
