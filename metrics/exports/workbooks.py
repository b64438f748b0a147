"""A file as a workbook: the rows on the first sheet, what is known of them on “About”."""

import math
import tempfile
from collections.abc import Iterable
from itertools import chain, islice
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from metrics.exports.about import about_rows, describe_file
from metrics.exports.datasets import Cells
from metrics.exports.outgoing import Outgoing

MOST_ROWS = 1_048_576  # of one sheet; what does not fit goes on to the next
MOST_LETTERS = 32_767  # of one cell
CUT = " … [cut: a cell holds no more; the CSV file has all of it]"
# Text stays text, whatever it looks like.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
COLUMN_WIDTH, ABOUT_WIDTHS = 16, (16, 26, 110)


def write_workbook(outgoing: Outgoing, file_name: str) -> IO[bytes]:
    """Write a workbook into a temporary file, which is gone as soon as it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is sent, and closed after that
    try:
        with tempfile.TemporaryDirectory() as folder:  # where rows wait; gone after errors too
            book = Workbook(file, {**OPTIONS, "tmpdir": folder})
            _write_rows(book, outgoing)
            _write_about(book, outgoing, file_name)
            book.close()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write_rows(book: Workbook, outgoing: Outgoing) -> None:
    header, *_ = first = next(pieces := outgoing.pieces())[0]
    rows = chain.from_iterable(batch for batch, _ in pieces)
    number = 1
    while True:
        sheet = book.add_worksheet(f"Data {number}" if number > 1 else "Data")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, COLUMN_WIDTH)
        _fill(sheet, chain(first, islice(rows, MOST_ROWS - 1)))
        if (following := next(rows, None)) is None:
            return
        rows, number = chain([following], rows), number + 1


def _write_about(book: Workbook, outgoing: Outgoing, file_name: str) -> None:
    sheet = book.add_worksheet("About")
    for place, width in enumerate(ABOUT_WIDTHS):
        sheet.set_column(place, place, width)
    _fill(sheet, about_rows(describe_file(outgoing, file_name)))


def _fill(sheet: Worksheet, rows: Iterable[Cells]) -> None:
    for number, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, int | float) and math.isfinite(cell):
                sheet.write_number(number, place, cell)
            else:
                text = str(cell)
                if len(text) > MOST_LETTERS:
                    text = text[: MOST_LETTERS - len(CUT)] + CUT
                sheet.write_string(number, place, text)
