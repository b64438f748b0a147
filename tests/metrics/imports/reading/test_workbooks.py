"""Cells of a workbook as text. Expected texts are what the spreadsheet shows or stores."""

from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from metrics.imports.reading import FileRefusedError, Sheet, open_file
from tests.metrics.imports.reading.written_files import (
    TABLE,
    crafted,
    parts_of,
    rows_of,
    written,
)
from tests.wording import exactly


def write_table(book, sheet):
    for number, row in enumerate(TABLE):
        sheet.write_row(number, 0, row)


def cells(folder, *values, pattern="General"):
    """How values of one row are read, written in a number format."""
    path = written(
        folder,
        lambda book, sheet: sheet.write_row(0, 0, values, book.add_format({"num_format": pattern})),
        default_date_format="yyyy-mm-dd",
    )
    return rows_of(path)[0]


def formula(folder, xml):
    """How a cell of that XML is read, beside a cell that says 1."""
    row = f'<row r="1"><c r="A1"><v>1</v></c>{xml}</row>'
    return rows_of(crafted(folder, parts_of(row)))


# --- Cells ---------------------------------------------------------------------------------------


def test_numbers_are_written_as_short_as_they_can_be(tmp_path):
    assert cells(tmp_path, 3360.0, 1.5, -5, 0, 0.1, 123456789012345, 1e20) == [
        *("3360", "1.5", "-5", "0", "0.1", "123456789012345", "1e+20")
    ]


def test_number_is_what_is_stored_not_what_is_shown(tmp_path):
    assert cells(tmp_path, 1234.56, 0.125, pattern="#,##0") == ["1234.56", "0.125"]
    assert cells(tmp_path, 0.125, pattern="0%") == ["0.125"]


@pytest.mark.parametrize("pattern", ["yyyy-mm-dd", "mmm-yy", "mm/yyyy", "d mmmm yyyy", "dd.mm.yy"])
def test_date_is_read_the_same_however_it_is_shown(tmp_path, pattern):
    # 45,383 days after the last day of 1899 but one is 1 April 2024, as Excel counts.
    assert cells(tmp_path, 45_383, pattern=pattern) == ["2024-04-01"]


def test_dates_and_times_are_written_as_iso_8601(tmp_path):
    moment = datetime(2024, 1, 1, 13, 30)
    assert cells(tmp_path, date(2024, 1, 1), pattern="yyyy-mm-dd") == ["2024-01-01"]
    assert cells(tmp_path, datetime(2024, 1, 1), pattern="yyyy-mm-dd hh:mm") == ["2024-01-01"]
    assert cells(tmp_path, moment, pattern="yyyy-mm-dd hh:mm") == ["2024-01-01T13:30:00"]
    assert cells(tmp_path, time(12), pattern="hh:mm") == ["12:00:00"]
    assert cells(tmp_path, timedelta(hours=36), pattern="[h]:mm") == ["36:00:00"]


def test_dates_of_workbooks_that_count_from_1904_are_read(tmp_path):
    def write(book, sheet):
        sheet.write_datetime(0, 0, datetime(2024, 4, 1), book.add_format({"num_format": "mmm-yy"}))

    assert rows_of(written(tmp_path, write, date_1904=True)) == [["2024-04-01"]]


def test_text_stays_as_it_is(tmp_path):
    texts = ["007", " 2020-04 ", "16*", "<5", "1,234", "n/a", "a\nb", 'é "ü", 😀', "=1+1"]
    path = written(
        tmp_path,
        lambda book, sheet: [sheet.write_string(0, n, text) for n, text in enumerate(texts)],
    )
    assert rows_of(path) == [texts]


def test_truth_is_written_in_capitals(tmp_path):
    assert cells(tmp_path, True, False) == ["TRUE", "FALSE"]


def test_formula_is_the_value_that_was_stored_for_it(tmp_path):
    def write(book, sheet):
        sheet.write_formula(0, 0, "=SUM(C1:C9)", None, 42)
        sheet.write_formula(0, 1, '="a"&"b"', None, "ab")
        sheet.write_formula(0, 2, "=1=1", None, True)

    assert rows_of(written(tmp_path, write)) == [["42", "ab", "TRUE"]]


@pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
def test_formula_without_a_stored_value_is_empty(tmp_path, value):
    """Programs that do not calculate store none; what it would be, nobody knows here."""
    assert formula(tmp_path, f'<c r="B1"><f>1+1</f>{value}</c>') == [["1"]]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!"])
@pytest.mark.parametrize("cell", ['<c r="B1" t="e">', "<c r='B1' t = 'e' >", '<c t="e" r="B1">'])
def test_error_is_read_as_its_text_and_not_as_nothing(tmp_path, error, cell):
    assert formula(tmp_path, f"{cell}<f>X1</f><v>{error}</v></c>") == [["1", error]]


def test_cells_without_references_and_with_prefixes_are_read(tmp_path):
    assert formula(tmp_path, '<c t="inlineStr"><is><t>x</t></is></c>') == [["1", "x"]]
    parts = parts_of('<x:row r="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c></x:row>')
    name = "xl/worksheets/sheet1.xml"
    parts[name] = (
        parts[name].replace("<sheetData", "<x:sheetData").replace("</sheetData", "</x:sheetData")
    )
    parts[name] = parts[name].replace("<worksheet xmlns=", "<x:worksheet xmlns:x=")
    parts[name] = parts[name].replace("</worksheet", "</x:worksheet")
    assert rows_of(crafted(tmp_path, parts)) == [["#N/A"]]


# --- Rows ----------------------------------------------------------------------------------------


def test_row_has_the_number_that_the_spreadsheet_shows(tmp_path):
    def write(book, sheet):
        sheet.write(2, 1, "header")
        sheet.write(4, 1, "figure")
        sheet.write_blank(900, 5, None, book.add_format({"bold": True}))

    assert rows_of(written(tmp_path, write)) == [[], [], ["", "header"], [], ["", "figure"]]


def test_blank_cells_at_the_end_are_left_out(tmp_path):
    def write(book, sheet):
        write_table(book, sheet)
        for row in range(3, 600):
            sheet.write_string(row, 7, " ")

    assert rows_of(written(tmp_path, write)) == TABLE


def test_workbook_of_many_rows_is_read_whole(tmp_path):
    def write(book, sheet):
        for row in range(5_000):
            sheet.write_row(row, 0, [f"site {row}", row, row * 0.5])

    expected = [[f"site {n}", str(n), f"{n * 0.5:g}"] for n in range(5_000)]
    assert rows_of(written(tmp_path, write, constant_memory=True)) == expected


# --- Merged ranges -------------------------------------------------------------------------------


def test_merged_headers_stand_above_each_of_their_columns(tmp_path):
    def write(book, sheet):
        sheet.merge_range("B1:C1", "Births")
        sheet.merge_range("D1:E1", 2024)
        sheet.merge_range("F1:G1", date(2024, 4, 1), book.add_format({"num_format": "mmm-yy"}))
        sheet.merge_range("A1:A2", "Site")
        sheet.write_row("B2", ["live", "still", "live", "still", "live", "still"])

    assert rows_of(written(tmp_path, write)) == [
        ["Site", "Births", "Births", "2024", "2024", "2024-04-01", "2024-04-01"],
        ["Site", "live", "still", "live", "still", "live", "still"],
    ]


def test_merged_place_stands_in_each_of_its_rows(tmp_path):
    def write(book, sheet):
        sheet.merge_range("B2:B4", "North")
        sheet.write_column("C2", [1, 2, 3])

    assert rows_of(written(tmp_path, write))[1:] == [["", "North", str(n)] for n in (1, 2, 3)]


@pytest.mark.parametrize("count", [45, 2024, "45", "1,234"])
def test_merged_count_is_not_repeated(tmp_path, count):
    def write(book, sheet):
        sheet.merge_range("B2:B4", count)
        sheet.write_column("A2", ["A", "B", "C"])

    assert rows_of(written(tmp_path, write))[1:] == [["A", str(count)], ["B"], ["C"]]


def test_number_like_a_year_is_not_repeated_below_the_headers(tmp_path):
    def write(book, sheet):
        for row in (19, 20):
            sheet.merge_range(row, 0, row, 1, 2024)
        sheet.write_row(21, 0, [7, 8])

    assert rows_of(written(tmp_path, write))[19:] == [["2024", "2024"], ["2024"], ["7", "8"]]


def test_merged_range_that_begins_left_of_all_cells_changes_nothing(tmp_path):
    row = '<row r="1"><c r="C1" t="str"><v>x</v></c><c r="D1" t="str"><v>y</v></c></row>'
    merged = '<mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells>'
    assert rows_of(crafted(tmp_path, parts_of(row, merged))) == [["", "", "x", "y"]]


def test_merged_range_that_covers_the_whole_sheet_fills_only_what_is_used(tmp_path):
    whole = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    row = '<row r="{0}"><c r="A{0}" t="str"><v>x</v></c><c r="B{0}"><v>1</v></c></row>'
    path = crafted(tmp_path, parts_of(row.format(1) + row.format(3), whole))
    assert rows_of(path) == [["x", "x"]] * 3


# --- Sheets --------------------------------------------------------------------------------------


@pytest.fixture
def book_of_sheets(tmp_path):
    path = tmp_path / "counts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheets = {
            name: book.add_worksheet(name) for name in ("Old", "Empty", "Data", "Ünd", "Deep")
        }
        book.add_chartsheet("Picture")
        for name in ("Old", "Data", "Ünd", "Deep"):
            sheets[name].write(0, 0, name)
        sheets["Data"].activate()
        sheets["Data"].set_first_sheet()
        sheets["Old"].hide()
        sheets["Deep"].very_hidden()
    return path


def test_sheets_are_told_with_those_that_are_hidden(book_of_sheets):
    with open_file(book_of_sheets, "counts.xlsx") as file:
        assert (file.kind, file.encoding, file.delimiter) == ("xlsx", None, None)
        assert file.sheets == (
            Sheet("Old", is_hidden=True),
            Sheet("Empty", is_hidden=False),
            Sheet("Data", is_hidden=False),
            Sheet("Ünd", is_hidden=False),
            Sheet("Deep", is_hidden=True),
        )


def test_first_sheet_that_is_seen_and_not_empty_is_read(book_of_sheets):
    assert rows_of(book_of_sheets) == [["Data"]]


@pytest.mark.parametrize("name", ["Old", "Ünd", "Deep"])
def test_named_sheet_is_read_hidden_or_not(book_of_sheets, name):
    assert rows_of(book_of_sheets, sheet=name) == [[name]]


def test_empty_sheet_has_no_rows(book_of_sheets):
    assert rows_of(book_of_sheets, sheet="Empty") == []


def test_unknown_sheet_of_a_workbook_is_refused(book_of_sheets):
    sentence = "The file has no sheet “Year”. It has “Old”, “Empty”, “Data”, “Ünd”, “Deep”."
    with pytest.raises(FileRefusedError, match=exactly(sentence)):
        rows_of(book_of_sheets, sheet="Year")


def test_workbook_without_content_is_refused(tmp_path):
    sentence = (
        "No sheet of the workbook that can be seen holds anything. Unhide the sheet with the "
        "figures, or bring in another file."
    )
    with pytest.raises(FileRefusedError, match=exactly(sentence)):
        rows_of(written(tmp_path, lambda book, sheet: None))


def test_sheets_can_be_read_side_by_side_and_again(book_of_sheets):
    with open_file(book_of_sheets, "counts.xlsx") as file:
        assert [next(file.rows(name)) for name in ("Old", "Data", "Old")] == [
            *(["Old"], ["Data"], ["Old"])
        ]
