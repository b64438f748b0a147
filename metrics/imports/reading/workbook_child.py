"""A program of its own, started by `workbooks`: reads one sheet of a workbook, within limits.

    python workbook_child.py WORKBOOK LIMITS

It says on the first line which sheets there are, is told on its standard input which of them to
read, and writes its rows as CSV. What cannot be read it says on its standard error. It knows no
Django: a workbook of one kilobyte can make the library that reads it end the whole process.

A cell becomes text. A formula is the value the spreadsheet program stored for it; where none was
stored, as by programs that do not calculate, it is empty. Of a merged range, each cell has its
text; a number only where it reads as a year or month above columns, so that no count is repeated.
"""

import csv
import datetime
import json
import os
import re
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

REFUSED = 3
OUT_OF_MEMORY = 4
BLOCK_ROWS = 256
LONGEST_ROW = 1_000_000
HEADER_ROWS = 20
YEARS = range(1900, 2101)
MOST_MERGED = 20_000
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")  # line breaks and tabs are text


class Limits(NamedTuple):
    """What the settings allow."""

    memory: int
    seconds: int
    sheets: int
    rows: int
    columns: int
    cell: int


class RefusedError(Exception):
    """A sentence for people."""


class Merged(NamedTuple):
    """A merged range, each side included, and the value of its first cell."""

    bottom: int
    left: int
    right: int
    text: str


def main() -> None:
    path, limits = sys.argv[1], Limits(*json.loads(sys.argv[2]))
    _limit_itself(limits)
    import python_calamine

    try:
        with python_calamine.load_workbook(path) as workbook:
            sheets = _sheets_of(workbook, limits)
            print(json.dumps(sheets), flush=True)  # noqa: T201
            if asked := sys.stdin.readline():
                _write_rows(_find_sheet(workbook, sheets, json.loads(asked)), limits)
    except RefusedError as error:
        _end(REFUSED, str(error))
    except MemoryError:
        _end(OUT_OF_MEMORY)
    except BrokenPipeError:
        _end(0)  # nobody reads any more
    except BaseException as error:
        # What the library says of the file; its panics are no Exception and have no other name.
        said = (python_calamine.CalamineError, ValueError, OverflowError)
        if not isinstance(error, said) and type(error).__name__ != "PanicException":
            raise
        _end(
            REFUSED,
            f"The workbook is damaged ({str(error)[:200]}). Open it in the spreadsheet program, "
            "save it again as “Excel workbook (.xlsx)” and bring in that file.",
        )


def _end(code: int, sentence: str = "") -> None:
    """End at once: what is still to be written, nobody waits for."""
    sys.stderr.write(sentence)
    sys.stderr.flush()
    os._exit(code)


def _limit_itself(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets_of(workbook: Any, limits: Limits) -> list[tuple[str, bool]]:
    """The sheets that hold cells, by name, and whether each is hidden."""
    found = [
        (sheet.name, not str(sheet.visible).endswith(".Visible"))
        for sheet in workbook.sheets_metadata
        if str(sheet.typ).endswith(".WorkSheet")
    ]
    if len(found) > limits.sheets:
        raise RefusedError(
            f"The workbook has {len(found):,} sheets; at most {limits.sheets:,} are read. Keep "
            "those that are to be brought in."
        )
    return found


def _find_sheet(workbook: Any, sheets: list[tuple[str, bool]], name: str | None) -> Any:
    """The sheet of that name; without a name, the first that people see and that is not empty."""
    if name is not None:
        return workbook.get_sheet_by_name(name)
    for name, is_hidden in sheets:
        if not is_hidden and (sheet := workbook.get_sheet_by_name(name)).start is not None:
            return sheet
    raise RefusedError(
        "No sheet of the workbook that can be seen holds anything. Unhide the sheet with the "
        "figures, or bring in another file."
    )


# --- Rows ----------------------------------------------------------------------------------------


def _write_rows(sheet: Any, limits: Limits) -> None:
    _check_size(sheet, limits)
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    rows = _checked(_rows_of(sheet), limits)
    while block := list(islice(rows, BLOCK_ROWS)):
        writer.writerows(block)
    sys.stdout.flush()


def _check_size(sheet: Any, limits: Limits) -> None:
    height, width = (last + 1 for last in sheet.end or (-1, -1))
    if width > limits.columns:
        raise RefusedError(
            f"Sheet “{sheet.name}” has {width:,} columns, up to {_letters(width - 1)}; at most "
            f"{limits.columns:,} are taken. Leave out the columns that are not needed."
        )
    if height > limits.rows:
        raise RefusedError(
            f"Sheet “{sheet.name}” has {height:,} rows; at most {limits.rows:,} are taken at once. "
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
                f"Cell {_letters(place)}{number} has {len(cell):,} characters; at most "
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
                f"Cell {_letters(place)}{number} holds a control character, "
                f"{ord(CONTROL.findall(cell)[0]):02X}, which is no text. Type the cell anew."
            )
        yield row


def _rows_of(sheet: Any) -> Iterator[list[str]]:
    """Each row as text, from the sheet's first row and column."""
    if sheet.start is None:
        return
    before = sheet.start[1]
    starting = _merged_by_row(sheet)
    current: list[Merged] = []
    for number, values in enumerate(sheet.iter_rows()):
        row = [value if type(value) is str else TEXT_OF[type(value)](value) for value in values]
        row = [""] * before + row if before else row
        if starting:
            current = [merged for merged in current if merged.bottom >= number]
            for bottom, left, right in starting.get(number, ()):
                # Ranges that overlap are against the format: the first of them holds.
                is_free = left < len(row) and not any(m.left <= left <= m.right for m in current)
                if is_free and _repeats(values[left - before], number, bottom):
                    current.append(Merged(bottom, left, min(right, len(row) - 1), row[left]))
            for merged in current:
                width = merged.right - merged.left + 1
                row[merged.left : merged.right + 1] = [merged.text] * width
        yield row


def _merged_by_row(sheet: Any) -> dict[int, list[tuple[int, int, int]]]:
    """Where merged ranges begin: row → their last row, first and last column."""
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > MOST_MERGED:
        raise RefusedError(
            f"Sheet “{sheet.name}” has {len(ranges):,} merged ranges; at most {MOST_MERGED:,} are "
            "read. Unmerge the cells below the header."
        )
    starting: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        if left >= sheet.start[1]:
            starting.setdefault(top, []).append((bottom, left, right))
    return starting


def _repeats(value: Any, top: int, bottom: int) -> bool:
    """Whether each cell of a merged range means its value: a name does, a count does not."""
    if isinstance(value, str):
        if not _is_number(value):
            return bool(value)
        value = float(value.replace(",", ""))
    is_date = isinstance(value, datetime.date)
    is_year = isinstance(value, float) and value in YEARS
    return (is_date or is_year) and top == bottom and top < HEADER_ROWS


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


# --- Cells ---------------------------------------------------------------------------------------


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _moment(value: datetime.datetime) -> str:
    is_day = value.time() == datetime.time.min
    return value.date().isoformat() if is_day else value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    """As spreadsheets show it: 36:00:00 for a day and a half."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime.date: datetime.date.isoformat,
    datetime.datetime: _moment,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: _duration,
}


def _letters(column: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


if __name__ == "__main__":
    main()
