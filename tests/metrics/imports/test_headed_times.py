"""Times in headings that mean another thing than they seem to: 2010-11 is a year beside 2011-12,
and November beside 2010-12; 2020 above 1 to 12 is twelve months, above 1 to 4 it is not."""

from datetime import date

import pytest

from metrics.imports.headings import read_headings
from tests.metrics.imports.bringing_in import look, refusal
from tests.metrics.imports.test_real_files import program_of
from tests.metrics.imports.test_shapes import guess

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db):
    return program_of("North")


YEARS = "District,2010-11,2011-12,2012-13\nNorth,41,42,43\n"
MAPPED = {"site_name": "District", "live_births": "each year"}
SAID = {"year_begins": "4", "month_of_year": '"3"'}


def entries(program, text, mapping):
    return [(month, *counts.values()) for _, month, counts, _ in look(program, text, mapping)[1]]


def months(*texts):
    """What month each heading names, or the year that begins in one and ends in the next."""
    return [own.year if own.is_span else own.month for own in read_headings([texts])]


# --- Years that begin in one and end in the next -------------------------------------------------


def test_years_of_two_in_headings_stand_in_the_month_that_is_said(program):
    assert entries(program, YEARS, MAPPED | SAID) == [
        (date(2011, 3, 1), 41), (date(2012, 3, 1), 42), (date(2013, 3, 1), 43),
    ]  # fmt: skip
    december = MAPPED | SAID | {"month_of_year": '"12"'}
    assert entries(program, YEARS, december)[0] == (date(2010, 12, 1), 41)


@pytest.mark.parametrize("said", [{}, {"year_begins": "4"}, {"month_of_year": '"3"'}])
def test_years_of_two_in_headings_are_refused_until_it_is_said_how_they_begin(said):
    assert refusal(YEARS, MAPPED | said) == (
        "The columns are headed by years that begin in one and end in the next, such as 2010-11. "
        "Say with which month such a year begins, and in which month of it a year’s counts are to "
        'stand, for example year_begins = 4 and month_of_year = "3".'
    )


def test_years_of_two_in_headings_are_never_months():
    assert months("District", "2010-11", "2011-12") == [None, 2010, 2011]
    assert months("Births 2010/11", "Births 2011/12") == [2010, 2011]
    assert months("FY 2010-11", "FY 2011-12") == [2010, 2011]
    assert months("2010-2011", "2011-2012") == [2010, 2011]


def test_month_that_looks_like_a_year_of_two_is_a_month_among_months():
    assert months("2010-11", "2010-12") == [date(2010, 11, 1), date(2010, 12, 1)]
    assert months("2010-11", "2011-12", "2010-10")[0] == date(2010, 11, 1)
    assert months("Births 2010-11", "Births 2010-12", "Deaths 2010-11")[0] == date(2010, 11, 1)
    assert months("District", "2010-11") == [None, date(2010, 11, 1)]


def test_years_of_two_beside_counts_are_years(program):
    text = "District,Births 2010-11,Births 2011-12,Deaths 2010-11,Deaths 2011-12\nNorth,41,42,1,2\n"
    mapping = {"site_name": "District", **SAID}
    mapping |= {"live_births": "each year: Births", "infant_deaths": "each year: Deaths"}
    assert entries(program, text, mapping) == [(date(2011, 3, 1), 41, 1), (date(2012, 3, 1), 42, 2)]


def test_years_of_two_in_the_lower_of_two_rows_are_headings(program):
    """2012-13 is neither a month nor a withheld count."""
    text = ",Births,,Deaths,\nDistrict,2012-13,2013-14,2012-13,2013-14\nNorth,41,42,1,2\n"
    mapping = {"site_name": "District", **SAID}
    mapping |= {"live_births": "each year: Births", "infant_deaths": "each year: Deaths"}
    assert entries(program, text, mapping)[0] == (date(2013, 3, 1), 41, 1)


def test_months_below_a_year_of_two_are_of_its_first_or_second_year(program):
    text = ",2010-11,,,\nDistrict,Apr,May,Feb,Mar\nNorth,41,42,43,44\n"
    mapping = {"site_name": "District", "live_births": "each month", "year_begins": "4"}
    assert entries(program, text, mapping) == [
        (date(2010, 4, 1), 41), (date(2010, 5, 1), 42), (date(2011, 2, 1), 43),
        (date(2011, 3, 1), 44),
    ]  # fmt: skip


def test_years_of_two_are_guessed_to_be_years():
    assert guess("District,Births 2010-11,Births 2011-12\nNorth,41,42\n") == {
        "site_name": "District", "live_births": "each year: Births", "month_of_year": '"12"',
    }  # fmt: skip


# --- A year above the numbers of months ----------------------------------------------------------


def test_twelve_numbers_below_a_year_are_its_months(program):
    text = f"{',2020' + ',' * 11}\nDistrict,{','.join(map(str, range(1, 13)))}\nNorth{',9' * 12}\n"
    own = entries(program, text, {"site_name": "District", "live_births": "each month"})
    assert [month for month, _ in own] == [date(2020, number, 1) for number in range(1, 13)]


def test_fewer_numbers_below_a_year_may_be_quarters_and_are_no_months():
    assert months("2020 1", "2020 2", "2020 3", "2020 4") == [None] * 4
    assert months("2020 9", "2020 10", "2020 11", "2020 12") == [None] * 4


def test_two_digits_behind_a_year_are_a_month():
    assert months("Births 2020 09", "Births 2020 10") == [date(2020, 9, 1), date(2020, 10, 1)]
