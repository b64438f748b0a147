"""Columns found by their names, and what a file has no column for."""

from datetime import date

import pytest

from metrics.models import MonthlyReport
from programs.models import Site
from tests.factories import MonthlyReportFactory
from tests.metrics.imports.bringing_in import bring_in, check, look, refusal, summary

pytestmark = pytest.mark.django_db

SIGNS = "site_code,month,Births,Births (%),Deaths <1,Deaths >1\nA,2024-01,40,97,2,30\n"


@pytest.fixture
def stored(program):
    """A report of everything but antenatal visits."""
    site, month = Site.objects.get(code="A"), date(2024, 1, 1)
    counts = {"live_births": 40, "infant_deaths": 3, "stillbirths": 2, "maternal_deaths": 1}
    return MonthlyReportFactory(site=site, month=month, **counts)


def test_columns_that_differ_by_a_sign_alone_are_told_apart(program):
    _, [entry] = look(program, SIGNS, {"live_births": "Births", "infant_deaths": "Deaths <1"})
    assert entry[2] == {"live_births": 40, "infant_deaths": 2}


def test_name_that_may_be_several_columns_is_refused(program):
    mapping = {"live_births": "Births", "infant_deaths": "deaths 1"}
    assert refusal(SIGNS, mapping) == (
        '"deaths 1" may be any of these columns: Deaths <1, Deaths >1. Say which of them it is.'
    )


def test_year_of_each_row_is_not_overlooked_beside_months_said_of_columns(program):
    """One year's months said of Jan and Feb would take the rows of every other year for it."""
    text = "Site,Year,Jan,Feb\nNorth,2024,40,41\n"
    mapping = {"site_name": "Site", "live_births@2023-01": "Jan", "live_births@2023-02": "Feb"}
    assert refusal(text, mapping).startswith("Counts stand under months, but Year says a time of")
    mapping = {"live_births@2024-01": "Jan", "live_births@2024-02": "Feb", "year": "-"}
    assert summary(check(program, text, mapping | {"site_name": "Site"})) == (2, 0, 0, 0, 0)


# --- What a file says nothing of stays as it is stored ---------------------------------------


LONG = "site_code,month,counted,value\nA,2024-01,live births,41\nA,2024-01,infant deaths,3\n"


def test_long_file_leaves_counts_that_it_has_no_rows_for(program, stored):
    bring_in(program, LONG)
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.infant_deaths) == (41, 3)
    assert (report.stillbirths, report.maternal_deaths) == (2, 1)


def test_long_file_that_says_what_is_stored_changes_nothing(program, stored):
    assert summary(check(program, LONG.replace("41", "40"))) == (0, 0, 1, 0, 0)


def test_long_file_of_one_count_is_added_to_what_is_stored(program, stored):
    bring_in(program, "site_code,month,counted,value\nA,2024-01,stillbirths,5\n")
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.stillbirths) == (40, 5)


def test_number_that_a_file_withholds_stays_as_it_is_stored(program, stored):
    text = "site_code,month,live_births,infant_deaths,antenatal_first_visits\nA,2024-01,{},<5,<5\n"
    assert summary(check(program, text.format(40))) == (0, 0, 1, 0, 0)
    bring_in(program, text.format(41))
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.infant_deaths) == (41, 3)
    assert report.antenatal_first_visits is None


def test_month_without_a_column_of_deaths_keeps_those_that_are_stored(program, stored):
    text = "site_code,b1,b2,d2\nA,41,42,0\nB,,,\n"
    months = {"live_births@2024-01": "b1", "live_births@2024-02": "b2"}
    bring_in(program, text, months | {"infant_deaths@2024-02": "d2"})
    counts = MonthlyReport.objects.order_by("month").values_list("live_births", "infant_deaths")
    assert list(counts) == [(41, 3), (42, 0)]


def test_empty_births_beside_no_column_of_deaths_are_no_report(program, stored):
    text = "site_code,b1,d2,b2\nA,,0,42\n"
    months = {"live_births@2024-01": "b1", "live_births@2024-02": "b2"}
    found = check(program, text, months | {"infant_deaths@2024-02": "d2"})
    assert summary(found) == (1, 0, 0, 1, 0)
