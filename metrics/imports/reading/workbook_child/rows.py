"""The rows of a sheet as text, the n-th being the spreadsheet's row n, and what is too large."""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Any

from . import Limits, RefusedError
from .cells import TEXT_OF, letters
from .merged import find_merged
from .pieces import LargeSheet, Sheet

BLOCK_ROWS = 256
LONGEST_ROW = 1_000_000
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")  # line breaks and tabs are text


def write_rows(sheet: Sheet | LargeSheet, limits: Limits) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    rows = read_rows(sheet, limits)
    while block := list(islice(rows, BLOCK_ROWS)):
        writer.writerows(block)
    sys.stdout.flush()


def read_rows(sheet: Sheet | LargeSheet, limits: Limits) -> Iterator[list[str]]:
    """RefusedError, also from a row, for what is larger than the limits allow."""
    return _checked(_rows_of(sheet, limits), limits)


def _sized(sheet: Sheet | LargeSheet, limits: Limits) -> Iterator[Any]:
    """The pieces that hold cells."""
    for piece in sheet.pieces():
        if piece.start is not None:
            _check_size(piece, limits)
            yield piece


def _check_size(piece: Any, limits: Limits) -> None:
    height, width = (last + 1 for last in piece.end)
    if width > limits.columns:
        raise RefusedError(
            f"Sheet “{piece.name}” has {width:,} columns, up to {letters(width - 1)}; at most "
            f"{limits.columns:,} are taken. Leave out the columns that are not needed."
        )
    if height > limits.rows:
        raise RefusedError(
            f"Sheet “{piece.name}” has {height:,} rows; at most {limits.rows:,} are taken at once. "
            "Split it by year."
        )


def _checked(rows: Iterable[list[str]], limits: Limits) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        while row and not row[-1]:
            row.pop()
        lengths = list(map(len, row)) or [0]
        if max(lengths) > limits.cell:
            place, cell = next((n, cell) for n, cell in enumerate(row) if len(cell) > limits.cell)
            raise RefusedError(
                f"Cell {letters(place)}{number} has {len(cell):,} characters; at most "
                f"{limits.cell:,} are taken. Shorten it or leave its column out."
            )
        if sum(lengths) > LONGEST_ROW:
            raise RefusedError(
                f"Row {number:,} has {sum(lengths):,} characters; at most {LONGEST_ROW:,} are "
                "taken. Leave out the columns that are not needed."
            )
        if CONTROL.search("".join(row)):
            place, cell = next((n, cell) for n, cell in enumerate(row) if CONTROL.search(cell))
            raise RefusedError(
                f"Cell {letters(place)}{number} holds a control character, "
                f"{ord(CONTROL.findall(cell)[0]):02X}, which is no text. Type the cell anew."
            )
        yield row


def _values_from(piece: Any, number: int) -> Iterable[list[Any]]:
    """The cells of each row from this one on. Row by row, the library would begin with the sheet's
    first for each piece."""
    if number == 0:
        return piece.iter_rows()
    return chain(repeat([], piece.start[0] - number), piece.to_python())


def _rows_of(sheet: Sheet | LargeSheet, limits: Limits) -> Iterator[list[str]]:
    """Each row as text, from the sheet's first row and column."""
    merged = find_merged(sheet)
    # A text is repeated up to the last column that holds anything, in whichever piece.
    width = max((own.end[1] + 1 for own in _sized(sheet, limits)), default=0) if merged else 0
    number = 0
    for piece in _sized(sheet, limits):
        first, before = piece.start
        if first < number:
            raise RefusedError(
                f"Sheet “{sheet.name}” holds row {first + 1:,} after row {number:,}. Open it in "
                "the spreadsheet program and save it again as “Excel workbook (.xlsx)”."
            )
        for values in _values_from(piece, number):
            row = [value if type(value) is str else TEXT_OF[type(value)](value) for value in values]
            row = [""] * before + row if before else row
            if merged:
                row += [""] * (width - len(row))
                merged.repeat_in(row, number, values, before)
            yield row
            number += 1
