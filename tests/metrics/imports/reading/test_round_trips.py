"""What is written into a file is read back from it: random tables, in every way of writing."""

import csv
import io
from datetime import date

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.metrics.imports.reading.written_files import read, rows_of


def examples(count):
    """So many of them, in one folder; how long each takes depends on who else is at work."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(suppress_health_check=checks, deadline=None, max_examples=count)


# Text without the control characters that are refused, and the two that are no characters.
LETTERS = st.characters(
    codec="utf-8", exclude_characters=[*map(chr, range(32)), "\x7f", "\ufffe", "\uffff"]
)
TEXTS = st.text(LETTERS | st.sampled_from(",;|\t\"\n'=é€ 😀"), max_size=12)
WORDS = st.text(st.sampled_from('abc é"\n-.'), min_size=1, max_size=6)
DAYS = st.dates(date(1901, 1, 1), date(2199, 12, 31))
HEADER = ["site", "month", "live births", "remark"]
CODES = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
DELIMITERS = st.sampled_from(",;\t|")


def tables(cells, *, shortest=1):
    """Rows of so many cells or more, four at most, below a header."""
    rows = st.lists(st.lists(cells, min_size=shortest, max_size=4), max_size=8)
    return rows.map(lambda rows: [HEADER, *rows])


def as_csv(rows, encoding, delimiter, first="", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    text.write(first)
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


def without_blank_end(rows):
    """Nothing is read of blank rows at the end."""
    while not any(cell.strip() for cell in rows[-1]):
        rows = rows[:-1]
    return rows


@examples(300)
@given(tables(TEXTS), CODES, DELIMITERS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_csv_that_names_its_delimiter_is_read_back(tmp_path, rows, encoding, delimiter, quoting):
    content = as_csv(rows, encoding, delimiter, f"sep={delimiter}\n", quoting)
    assert read(tmp_path, content) == without_blank_end(rows)


@examples(200)
@given(tables(WORDS, shortest=4), CODES, DELIMITERS)
def test_csv_is_read_back_by_the_delimiter_that_is_found(tmp_path, rows, encoding, delimiter):
    assert read(tmp_path, as_csv(rows, encoding, delimiter)) == without_blank_end(rows)


@examples(100)
@given(tables(st.text(st.sampled_from('abcÀéßüñ,;|\t"\n 01.'), max_size=12)), DELIMITERS)
def test_windows_1252_is_read_back(tmp_path, rows, delimiter):
    content = as_csv(rows, "cp1252", delimiter, f"sep={delimiter}\n")
    assert read(tmp_path, content) == without_blank_end(rows)


# --- Workbooks -----------------------------------------------------------------------------------

COUNTS = st.integers(-(10**14), 10**14)
CELLS = TEXTS | COUNTS | st.booleans() | DAYS | st.integers(-(10**6), 10**6).map(lambda n: n / 8)


def write_cell(sheet, day, row, column, value):
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write(row, column, value)


def as_text(value):
    """A cell as it should be read, said in another way than the reader says it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)


def without_empty_ends(rows):
    texts = [[as_text(value) for value in row] for row in rows]
    for row in texts:
        while row and not row[-1]:
            row.pop()
    return without_blank_end(texts)


@examples(40)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12).map(lambda rows: [HEADER, *rows]))
def test_workbook_is_read_back(tmp_path, rows):
    path = tmp_path / "counts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yy"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                write_cell(sheet, day, number, column, value)
    assert rows_of(path) == without_empty_ends(rows)
