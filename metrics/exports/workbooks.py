"""A file as a workbook: the rows on the first sheet, what is known of them on “About”.

XlsxWriter makes the workbook around the rows; they themselves are written here, as it takes six
times as long for them. No more than a batch of them is held.
"""

import io
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from textwrap import wrap
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from metrics.exports.about import about_rows, describe_file
from metrics.exports.batches import BATCH_ROWS
from metrics.exports.datasets import Cells
from metrics.exports.outgoing import Outgoing

MOST_ROWS = 1_048_576  # of one sheet; what does not fit goes on to the next
MOST_BYTES = 1_500_000_000  # of one sheet, since spreadsheets do not read archives beyond 2 GB
MOST_LETTERS = 32_767  # of one cell
CUT = " … [cut: a cell holds no more; the CSV file has all of it]"
LEAST_WIDTH, MOST_WIDTH, ABOUT_WIDTHS = 8, 40, (16, 26, 110)
LINE_HEIGHT, LINE_LETTERS = 15, 125  # of the widest column of “About”
A4, BOLD = 9, 1  # paper; the first of the formats
FAST = 1  # how hard to press: as hard as can be done without waiting for it
_NO_ROWS = b"<sheetData/>"
# XML cannot hold these; a workbook writes them as _x0001_, and what looks so, so that it does not.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_workbook(outgoing: Outgoing, file_name: str) -> IO[bytes]:
    """Write a workbook into a temporary file, which is gone as soon as it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is sent, and closed after that
    try:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=FAST) as archive:
            sheets = _write_sheets(archive, outgoing)
            about = about_rows(describe_file(outgoing, file_name))
            widths = [LEAST_WIDTH] * len(outgoing.dataset.columns)  # those of the sheets are kept
            with ZipFile(_make_book(widths, len(sheets), about)) as around:
                for name in around.namelist():
                    if name not in sheets:
                        archive.writestr(name, around.read(name))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _make_book(widths: Sequence[int], sheets: int, about: Iterable[Cells] = ()) -> IO[bytes]:
    """A workbook whose sheets of data are empty."""
    content = io.BytesIO()
    with Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(f"Data {number}" if number > 1 else "Data")
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            _lay_out(sheet, widths)
        last = book.add_worksheet("About")
        _lay_out(last, ABOUT_WIDTHS)
        bold, plain = (
            book.add_format({"bold": own, "text_wrap": True, "valign": "top"})
            for own in (True, False)
        )
        for row, cells in enumerate(about):
            for place, cell in enumerate(cells):
                last.write_string(row, place, _fit(str(cell)), plain if place else bold)
            lines = len(wrap(str(cells[-1]), LINE_LETTERS)) or 1
            last.set_row(row, LINE_HEIGHT * lines)  # else not every program shows all lines
    content.seek(0)
    return content


def _lay_out(sheet: Worksheet, widths: Sequence[int]) -> None:
    """How wide the columns are, and all of them side by side on paper."""
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&F&RPage &P of &N")


def _measure(rows: Sequence[Cells]) -> list[int]:
    """How wide each column is to be shown, by the longest of these rows' texts."""
    longest = (max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True))
    return [min(max(own + 2, LEAST_WIDTH), MOST_WIDTH) for own in longest]


def _write_sheets(archive: ZipFile, outgoing: Outgoing) -> list[str]:
    """Write the rows; returns the names of the sheets that it took."""
    pieces = outgoing.pieces()
    [header], _ = next(pieces)
    rows = chain.from_iterable(batch for batch, _ in pieces)
    letters = [xl_col_to_name(place) for place in range(len(header))]
    first = list(islice(rows, BATCH_ROWS))
    rows = chain(first, rows)
    widths = _measure([header, *first])
    with ZipFile(_make_book(widths, 2)) as around:  # the first sheet is the one that is shown
        frames = [around.read(_name(number)) for number in (1, 2)]
    written: list[str] = []
    while True:
        written.append(_name(len(written) + 1))
        before, _, after = frames[min(len(written), 2) - 1].partition(_NO_ROWS)
        with archive.open(written[-1], "w") as sheet:
            sheet.write(re.sub(rb"<dimension[^>]*>", b"", before) + b"<sheetData>")
            sheet.write("".join(_write_rows([header], 1, letters, BOLD)).encode())
            for batch in _fill_sheet(rows, letters):
                sheet.write(batch)
            sheet.write(b"</sheetData>" + after)
        if (following := next(rows, None)) is None:
            return written
        rows = chain([following], rows)


def _name(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _fill_sheet(rows: Iterator[Cells], letters: Sequence[str]) -> Iterator[bytes]:
    """Yield as many rows as a sheet holds, batch by batch."""
    number, size = 2, 0
    while number <= MOST_ROWS and size < MOST_BYTES:
        batch = list(islice(rows, min(BATCH_ROWS, MOST_ROWS - number + 1)))
        if not batch:
            return
        content = "".join(_write_rows(batch, number, letters)).encode()
        number, size = number + len(batch), size + len(content)
        yield content


def _write_rows(
    batch: Sequence[Cells], first: int, letters: Sequence[str], style: int = 0
) -> Iterator[str]:
    styled = f' s="{style}"' if style else ""
    texts: dict[str, str] = {}  # the same few stand in many rows
    for number, cells in enumerate(batch, first):
        yield f'<row r="{number}">'
        for letter, cell in zip(letters, cells, strict=True):
            if cell is None or cell == "":
                continue
            if isinstance(cell, int) or (isinstance(cell, float) and math.isfinite(cell)):
                yield f'<c r="{letter}{number}"{styled}><v>{cell}</v></c>'
                continue
            text = str(cell)
            if text not in texts:
                texts[text] = _write_text(text)
            yield f'<c r="{letter}{number}"{styled} t="inlineStr">{texts[text]}</c>'
        yield "</row>"


def _write_text(text: str) -> str:
    written = escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", _fit(text)))
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<is><t{space}>{written}</t></is>"


def _fit(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(CUT)] + CUT
