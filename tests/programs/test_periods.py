import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.periods import (
    Period,
    format_month,
    month_of,
    months_from,
    parse_month,
    shift_month,
)

months = st.dates(date(1000, 1, 1), date(3000, 1, 1)).map(month_of)
periods = st.builds(Period.starting, months, st.integers(1, 60))
FIRST_HALF_OF_2024 = Period(date(2024, 1, 1), date(2024, 6, 1))


@pytest.mark.parametrize("text", ["2024-02", "2024-02-01"])
def test_parse_month_reads_a_month_or_its_first_day(text):
    assert parse_month(text) == date(2024, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2024", "2024-1", "2024-00", "2024-13", "2024-02-29", "0000-01", "24-01"),
        *(" 2024-01", "2024-01\n", "01/2024", "2024/01", "٢٠٢٤-٠١", "2024-01..2024-02"),
    ],
)
def test_parse_month_refuses_anything_else(text):
    with pytest.raises(ValueError, match="is not a month"):
        parse_month(text)


def test_parse_month_names_the_value_and_what_to_do():
    sentence = '"March" is not a month. Write year-month, such as 2024-01.'
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_month("March")


@given(months)
def test_month_survives_writing_and_reading(month):
    assert parse_month(format_month(month)) == month


def test_format_month_pads_early_years():
    assert format_month(date(987, 6, 1)) == "0987-06"


def test_month_of_leap_day_is_february():
    assert month_of(date(2024, 2, 29)) == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, "2024-01"), (1, "2024-02"), (11, "2024-12"), (12, "2025-01"), (-1, "2023-12")],
)
def test_shift_month_counts_calendar_months(months, expected):
    assert shift_month(date(2024, 1, 1), months) == parse_month(expected)


@given(months, st.integers(-500, 500))
def test_shift_month_and_back_is_the_same_month(month, distance):
    assert shift_month(shift_month(month, distance), -distance) == month


@pytest.mark.parametrize(
    ("last", "expected"), [("2024-01", 1), ("2024-12", 12), ("2025-06", 18), ("2023-12", 0)]
)
def test_months_from_counts_both_ends(last, expected):
    assert months_from(date(2024, 1, 1), parse_month(last)) == expected


def test_period_refuses_to_end_before_it_begins():
    sentence = (
        "The period ends in 2024-01, before it begins in 2024-02. "
        "Give a last month that is not earlier."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Period(date(2024, 2, 1), date(2024, 1, 1))


@pytest.mark.parametrize("days", [(2, 1), (1, 29)])
def test_period_refuses_days_within_a_month(days):
    with pytest.raises(ValueError, match=r"is not the first day of a month. Give 2024-0[12]-01"):
        Period(date(2024, 1, days[0]), date(2024, 2, days[1]))


def test_period_parse_reads_its_code():
    assert Period.parse("2024-01..2024-06") == FIRST_HALF_OF_2024


@pytest.mark.parametrize("code", ["", "2024-01", "2024-01 to 2024-06", "2024-01..", "..2024-01"])
def test_period_parse_refuses_anything_else(code):
    with pytest.raises(ValueError, match=r"is not a (period|month)\. Write"):
        Period.parse(code)


@given(periods)
def test_period_survives_writing_and_reading(period):
    assert Period.parse(period.code) == period


def test_period_ending_is_the_last_twelve_months():
    assert Period.ending(date(2024, 6, 1)).code == "2023-07..2024-06"


def test_period_starting_is_the_next_eighteen_months():
    assert Period.starting(date(2024, 1, 1), months=18).code == "2024-01..2025-06"


@pytest.mark.parametrize("make", [Period.ending, Period.starting])
def test_period_of_no_months_is_refused(make):
    with pytest.raises(ValueError, match="before it begins"):
        make(date(2024, 1, 1), months=0)


@given(periods)
def test_period_length_is_the_number_of_its_months(period):
    listed = list(period)

    assert len(period) == len(listed) == len(set(listed))
    assert (listed[0], listed[-1]) == (period.first, period.last)
    assert all(month in period for month in listed)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 6, 1), date(2024, 6, 30)])
def test_period_contains_every_day_of_its_months(day):
    assert day in FIRST_HALF_OF_2024


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2024, 7, 1)])
def test_period_does_not_contain_its_neighbours(day):
    assert day not in FIRST_HALF_OF_2024


def test_period_reads_as_words():
    assert str(FIRST_HALF_OF_2024) == "2024-01 to 2024-06"


def test_period_of_one_month_reads_as_that_month():
    month = date(2024, 1, 1)
    assert str(Period(month, month)) == "2024-01"


def test_periods_sort_by_first_month_then_last():
    codes = ["2024-02..2024-02", "2024-01..2024-06", "2024-01..2024-03"]
    assert [period.code for period in sorted(map(Period.parse, codes))] == codes[::-1]


@given(periods, st.integers(-100, 100))
def test_period_shifted_and_back_is_the_same_period(period, distance):
    shifted = period.shift(distance)

    assert len(shifted) == len(period)
    assert shifted.shift(-distance) == period


@given(periods, periods)
def test_period_intersection_is_the_months_of_both(period, other):
    shared = period.intersection(other)
    assert list(shared or []) == [month for month in period if month in other]


@given(periods, st.data())
def test_period_split_in_two_has_the_same_months(period, data):
    longer = Period(period.first, shift_month(period.last, 1))
    month = data.draw(st.sampled_from(list(longer)[:-1]))

    before, after = longer.split_after(month)

    assert list(before) + list(after) == list(longer)
    assert before.last == month


@pytest.mark.parametrize("month", ["2023-12", "2024-06", "2024-07"])
def test_period_split_leaves_neither_part_empty(month):
    with pytest.raises(ValueError, match=f"2024-01 to 2024-06 cannot be split after {month}"):
        FIRST_HALF_OF_2024.split_after(parse_month(month))


def test_calendar_months_count_each_month_of_the_year():
    period = Period.parse("2023-11..2025-01")
    assert period.calendar_months == (2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2)


@pytest.mark.parametrize(
    ("code", "other", "expected"),
    [
        ("2024-01..2024-12", "2021-01..2023-12", True),
        ("2024-07..2025-06", "2023-01..2023-12", True),  # fiscal and calendar year
        ("2024-01..2025-06", "2022-01..2023-06", True),
        ("2024-01..2025-06", "2022-07..2023-12", False),  # two winters against one
        ("2024-01..2024-06", "2024-07..2024-12", False),
        ("2024-01..2025-06", "2023-01..2023-12", False),
    ],
)
def test_matches_calendar_of_asks_for_the_same_mix_of_seasons(code, other, expected):
    assert Period.parse(code).matches_calendar_of(Period.parse(other)) is expected


@given(periods, st.integers(-5, 5))
def test_a_period_matches_the_calendar_of_the_same_months_of_another_year(period, years):
    assert period.matches_calendar_of(period.shift(12 * years))
