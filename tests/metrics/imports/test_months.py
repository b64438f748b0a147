"""Months as files spell them: every spelling that has one meaning, and none that has two."""

import io
from datetime import date

import pytest
import xlsxwriter

from metrics.imports.months import DayOrder, read_month
from metrics.imports.notices import NoticeKind
from tests.metrics.imports.bringing_in import HEADER, check, faults
from tests.metrics.imports.test_shapes import guess
from tests.metrics.imports.test_traps import written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "spelling",
    ["2020-04", "Apr-20", "04/2020", "4/2020", "202004", "April 2020", "apr. 2020", "2020M04",
     "20-Apr", "2020-04-01", "2020-04-30", "2020/04", "43922", "Abril 2020", "avr-20", "13/04/2020",
     "04.2020", "2020 April", "2020-04-01 00:00:00", "01-Apr-2020", "30 avril 2020", "1-Apr-20"],
)  # fmt: skip
def test_month_is_read_however_it_is_spelled(program, spelling):
    assert written(program, f"{HEADER}\nA,{spelling},40,2\n") == [("A", "2020-04", 40, 2)]


def test_dates_of_a_column_tell_together_which_number_is_the_month(program):
    text = f"{HEADER}\nA,01/02/2020,40,2\nA,01/03/2020,41,1\nA,01/04/2020,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2020-02", "2020-03", "2020-04"]
    american = f"{HEADER}\nA,02/01/2020,40,2\nA,03/01/2020,41,1\nA,04/01/2020,41,1\n"
    assert [own[1] for own in written(program, american)] == ["2020-02", "2020-03", "2020-04"]


TWO_DAYS = f"{HEADER}\nA,05/01/2024,40,2\nB,08/01/2024,41,1\n"
BY_CLICK = {
    "The month comes first": {"days": "month first"},
    "The day comes first": {"days": "day first"},
}


def days_noticed(program, text, mapping=None):
    found = check(program, text, mapping).notices
    return [own for own in found if own.kind in (NoticeKind.DAYS, NoticeKind.DAYS_SAID)]


def test_two_days_of_one_month_are_not_taken_for_months(program):
    [notice] = days_noticed(program, TWO_DAYS)
    assert (written(program, TWO_DAYS), notice.is_serious, notice.offers) == ([], True, BY_CLICK)
    assert notice.text == (
        "05/01/2024 may begin with the month or with the day, and no date of the column tells "
        "which. Such rows are refused."
    )


@pytest.mark.parametrize(
    ("order", "months"),
    [("day first", ["2024-01", "2024-01"]), ("month first", ["2024-05", "2024-08"])],
)
def test_order_of_day_and_month_is_said_by_a_click_and_may_be_taken_back(program, order, months):
    lines = {"days": order}
    assert [own[1] for own in written(program, TWO_DAYS, lines)] == months
    [notice] = days_noticed(program, TWO_DAYS, lines)
    [other] = notice.offers.values()
    assert (notice.is_serious, {order, other["days"]}) == (False, {"day first", "month first"})
    said = f"{months[0]}: the {order.split()[0]} comes first"
    assert ("05/01/2024", said) in check(program, TWO_DAYS, lines).read_as


def test_days_of_which_one_number_is_always_1_are_read_and_doubted(program):
    text = f"{HEADER}\nA,02/01/2024,40,2\nA,03/01/2024,38,1\nA,04/01/2024,38,1\n"
    assert [own[1] for own in written(program, text)] == ["2024-02", "2024-03", "2024-04"]
    [notice] = days_noticed(program, text)
    assert (notice.is_serious, notice.offers) == (True, BY_CLICK)
    assert notice.text.startswith(
        "02/01/2024 may begin with the month or with the day, and no number above 12 tells which. "
        "It is read as 2024-02"
    )
    assert ("02/01/2024", "2024-02: the month comes first") in check(program, text).read_as


def test_day_above_12_tells_the_order_and_is_not_doubted(program):
    text = f"{HEADER}\nA,01/02/2024,40,2\nB,31/01/2024,38,1\n"
    assert [own[1] for own in written(program, text)] == ["2024-02", "2024-01"]
    assert days_noticed(program, text) == []
    assert ("01/02/2024", "2024-02: the day comes first") in check(program, text).read_as


def test_american_days_of_one_january_are_not_taken_for_months(program):
    """01/15 says that the day comes second, though the first number is always 1."""
    text = f"{HEADER}\nA,01/05/2020,40,2\nB,01/15/2020,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2020-01", "2020-01"]


def test_column_with_dates_in_both_orders_is_refused_where_it_is_unclear(program):
    text = f"{HEADER}\nA,13/01/2020,40,2\nA,02/13/2020,41,1\nA,03/04/2020,41,1\n"
    assert len(faults(program, text)) == 3


def test_file_sorted_by_month_tells_its_days_beyond_the_first_rows(client, program, today):
    """Of three hundred sites the first rows are all of one day."""
    rows = [f"A,01/0{month}/2020,40,2\n" for month in (2, 3, 4) for _ in range(250)]
    text = f"{HEADER}\n" + "".join(rows)
    assert [own[1] for own in written(program, text)] == ["2020-02", "2020-03", "2020-04"]
    assert guess(text)["month"] == "month"


def test_last_rows_say_that_the_first_number_is_the_month(program):
    """Days of one January, of which the first two hundred do not tell."""
    rows = [f"A,01/{day:02}/2020,40,2\n" for day in range(1, 13) for _ in range(20)]
    text = f"{HEADER}\n" + "".join(rows) + "A,02/13/2020,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2020-01", "2020-02"]


def test_date_that_may_be_in_two_months_is_refused(program):
    assert faults(program, f"{HEADER}\nA,02/03/2020,40,2\n") == [
        'row 2, month: "02/03/2020" may be in month 2 or in month 3. Write year-month, such as '
        "2020-03."
    ]


def test_year_and_month_in_two_columns_are_one_month(program):
    text = "site_code,year,month_of_year,live_births\nA,2020,4,40\nA,2020,May,41\n"
    assert [own[1] for own in written(program, text)] == ["2020-04", "2020-05"]


def test_dates_of_a_workbook_are_months(program):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, dated = book.add_worksheet(), book.add_format({"num_format": "mmm-yy"})
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["A", "", 3360.0, 2])
        sheet.write_datetime(1, 1, date(2020, 4, 1), dated)
    assert written(program, content.getvalue(), name="b.xlsx") == [("A", "2020-04", 3360, 2)]


# --- Spellings that other programs write ---------------------------------------------------------

APRIL = date(2020, 4, 1)


@pytest.mark.parametrize(
    "spelling",
    ["April 1, 2020", "1 April, 2020", "April, 2020", "Apr 30 2020", "1st April 2020",
     "April 1st, 2020", "2020 04", "2020/4", "4-2020", "2020年4月", "2020-04-01T00:00:00.000Z",
     "2020-04-01 00:00:00+00:00", "2020-04-01T00:00:00+05:30", "2020-04-01T00:00",
     "1 de abril de 2020", "abril de 2020", "1er avril 2020"],
)  # fmt: skip
def test_month_is_read_as_other_programs_write_it(spelling):
    assert read_month(spelling) == APRIL


@pytest.mark.parametrize(
    ("spelling", "number"),
    [("AOÛT 2020", 8), ("FÉVRIER 2020", 2), ("Févr. 2020", 2), ("DÉCEMBRE-20", 12),
     ("Março 2020", 3), ("MÄRZ 2020", 3), ("Mrz 20", 3), ("Jänner 2020", 1), ("setiembre 2020", 9),
     ("1 AOÛT 2020", 8), ("Fe\u0301vrier 2020", 2)],
)  # fmt: skip
def test_month_is_read_with_its_accents_and_in_capitals(spelling, number):
    assert read_month(spelling) == date(2020, number, 1)


@pytest.mark.parametrize(
    "spelling",
    ["2020-03-31T22:00:00Z",  # midnight of 1 April, two hours east
     "2020-04-01T14:30:00", "Q2 2020", "2020 Q2", "2020 4", "April 1", "2020 13", "1 2020"],
)  # fmt: skip
def test_what_does_not_say_one_month_is_none(spelling):
    with pytest.raises(ValueError, match="is not a month"):
        read_month(spelling)


def test_number_with_a_point_does_not_tell_january_from_october():
    """A spreadsheet shows the number 2020.10 as 2020.1."""
    with pytest.raises(ValueError, match=r'^"2020.1" may be month 1 or month 10\. Write'):
        read_month("2020.1")
    assert read_month("2020.10") == date(2020, 10, 1)
    assert read_month("2020.4") == APRIL


# --- Days with a year of two digits --------------------------------------------------------------


def test_year_of_two_digits_is_read_where_the_column_tells_the_day(program):
    text = f"{HEADER}\nA,01/02/20,40,2\nA,01/03/20,41,1\nA,01/04/20,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2020-02", "2020-03", "2020-04"]
    american = f"{HEADER}\nA,2/28/20,40,2\nA,3/31/20,41,1\n"
    assert [own[1] for own in written(program, american)] == ["2020-02", "2020-03"]


def test_year_of_two_digits_is_refused_where_it_may_be_in_two_months(program):
    assert faults(program, f"{HEADER}\nA,02/03/20,40,2\n") == [
        'row 2, month: "02/03/20" may be in month 2 or in month 3. Write year-month, such as '
        "2020-03."
    ]


@pytest.mark.parametrize("text", ["20/04/01", "20-04-01", "12.04.01"])
def test_year_of_two_digits_that_may_stand_first_is_refused(text):
    with pytest.raises(ValueError, match="does not say which number is the year"):
        read_month(text, DayOrder.DAY_FIRST)


@pytest.mark.parametrize(
    "texts",
    [["20/04/15", "20/05/07"], ["12/11/30", "13/01/31"], ["15/04/20", "15/05/20"]],
    ids=["days within a month", "the turn of a year", "perhaps the fifteenth"],
)
def test_column_whose_first_numbers_may_be_years_is_refused(program, texts):
    text = f"{HEADER}\n" + "".join(f"A,{own},40,2\n" for own in texts)
    assert all("does not say which number is the year" in own or "may be in month" in own
               for own in faults(program, text))  # fmt: skip
    assert written(program, text) == []


def test_last_days_of_months_tell_that_the_day_stands_first(program):
    text = f"{HEADER}\nA,29.02.24,40,2\nA,31.03.24,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2024-02", "2024-03"]


def test_hour_that_a_database_writes_after_the_day_is_passed_over(program):
    text = f"{HEADER}\nA,4/1/2020 12:00:00 AM,40,2\nA,5/1/2020 12:00:00 AM,41,1\n"
    text += "A,6/1/2020 12:00:00 AM,41,1\n"
    assert [own[1] for own in written(program, text)] == ["2020-04", "2020-05", "2020-06"]
