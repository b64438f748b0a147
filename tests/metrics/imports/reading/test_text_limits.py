"""Text that is cut off, unreadable or too large is refused with a sentence."""

import csv

import pytest

from metrics.imports.reading.texts import find_form
from tests.metrics.imports.reading.written_files import CSV, read, refusal

SAVE = "In the spreadsheet choose “Save as”, then “CSV UTF-8”."
CLOSE = (
    "the rows between would be lost in one cell. Close it, or save the table again as “CSV UTF-8”."
)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xef\xbb\xbf \r\n\t", "\ufeff\n".encode("utf-16-le"), b"\v"]
)
def test_empty_file_is_refused(tmp_path, content):
    sentence = "The file is empty. It needs a header row and a row a month."
    assert refusal(tmp_path, content) == sentence


def test_open_quote_is_refused_with_its_row(tmp_path):
    content = CSV + b'C,2024-01,"8\n' + b"D,2024-01,9\n" * 5
    assert refusal(tmp_path, content) == (
        f'A quote (") opened in the row that begins on line 4 is not closed by line 9: {CLOSE}'
    )


def test_open_quote_in_a_long_file_is_refused_before_it_swallows_it(tmp_path):
    content = CSV + b'C,"two\nlines",8\nD,2024-01,"9\n' + b"E,2024-01,10\n" * 100_000
    assert refusal(tmp_path, content) == (
        f'A quote (") opened in the row that begins on line 6 is not closed by line 776: {CLOSE}'
    )


def test_quote_inside_a_cell_is_refused_with_its_line(tmp_path):
    assert refusal(tmp_path, b"sep=,\n" + CSV + b'C,2024-01,"8"x\n') == (
        'Line 5: a quote (") ends before its cell does. Write it twice (""), or save the table '
        "again as “CSV UTF-8”."
    )


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (CSV + b"\xe9\x81,1\n", "neither UTF-8 nor Windows-1252 text: byte 55, in line 4,"),
        (CSV.decode().encode("utf-16") + b"\0", "not whole UTF-16 text: byte 109, in line 4,"),
        (b"\xff\xfe\x00\xd8a\0,\0", "not whole UTF-16 text: byte 3, in line 1,"),
        ("é,1\n".encode() * 20_000 + b"\xc3", "UTF-8 text except in one place: byte 100,001, "),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path, content, where):
    assert refusal(tmp_path, content).startswith(f"The file is {where}")
    assert refusal(tmp_path, content).endswith(SAVE)


@pytest.mark.parametrize("control", ["\0", "\x07", "\x1b", "\x1a"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_control_character_is_refused_with_its_line(tmp_path, control, encoding):
    content = (CSV.decode() + f"C{control},2024-01,8\n").encode(encoding)
    assert refusal(tmp_path, content) == (
        f"The file holds binary data: a control character, {ord(control):02X}, in line 4. Save "
        "the sheet as “CSV UTF-8” and bring in that file."
    )


def test_hundred_thousand_columns_are_refused(tmp_path):
    assert refusal(tmp_path, CSV + b"\n" + b"1," * 99_999 + b"1\n") == (
        "Row 5 has 100,000 columns; at most 2,000 are taken. Leave out the columns that are not "
        "needed."
    )


def test_line_of_ten_megabytes_is_refused(tmp_path):
    assert refusal(tmp_path, CSV + b"C,2024-01," + b"9" * 10_000_000 + b"\n") == (
        "Line 4 has more than 1,000,000 characters without a line break. Save the table with a "
        "line for each row."
    )


@pytest.mark.parametrize("length", [10_001, 200_000])
def test_long_cell_is_refused_with_its_line(tmp_path, length):
    assert refusal(tmp_path, CSV + b"C,2024-01," + b"9" * length + b"\n") == (
        "Line 4 has a cell of more than 10,000 characters, as many as are taken. Shorten it or "
        "leave its column out."
    )


def test_cell_of_ten_megabytes_in_lines_is_refused(tmp_path):
    content = CSV + b'C,2024-01,"' + b"long remark\n" * 900_000 + b'"\n'
    assert refusal(tmp_path, content).startswith(
        'A quote (") opened in the row that begins on line 4 is not closed by line '
    )


def test_limits_are_read_from_the_settings(tmp_path, settings):
    settings.IMPORT_MAX_ROWS = 3
    settings.IMPORT_MAX_COLUMNS = 3
    settings.IMPORT_MAX_CELL_CHARS = 11
    assert len(read(tmp_path, CSV + b",,\n")) == 3
    assert refusal(tmp_path, CSV + b"\nD,2024-02,1\n") == (
        "The file has more than 3 rows, as many as are taken at once. Split it by year."
    )
    settings.IMPORT_MAX_BYTES = 50
    assert refusal(tmp_path, CSV * 2) == (
        "The file has 106 bytes; at most 50 are taken at once. Split it by year."
    )


def test_blank_rows_count_as_rows_where_others_follow(tmp_path, settings):
    settings.IMPORT_MAX_ROWS = 152
    assert len(read(tmp_path, CSV + b"\n" * 148 + b"D,2024-02,1\n" + b"\n" * 500)) == 152
    assert refusal(tmp_path, CSV + b"\n" * 149 + b"D,2024-02,1\n") == (
        "The file has more than 152 rows, as many as are taken at once. Split it by year."
    )


def test_few_rows_are_held_at_once_where_lines_are_long(tmp_path):
    """64 lines of a million empty cells would fill half a gigabyte."""
    path = tmp_path / "counts.csv"
    for length, is_long in ((1_000, False), (200_000, True)):
        path.write_bytes(CSV + b"," * length + b"\n")
        assert find_form(path).has_long_lines is is_long


def test_reading_leaves_the_limit_of_other_readers_alone(tmp_path):
    usual = csv.field_size_limit()
    read(tmp_path, CSV)
    refusal(tmp_path, b"9" * 20_000)
    assert csv.field_size_limit() == usual
