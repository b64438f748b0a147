"""Lines of CSV to rows of cells, quickly: limits are looked at a block of rows at a time."""

import csv
import re
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from django.conf import settings

from metrics.imports.reading.refusals import FileRefusedError

BLOCK_ROWS = 64  # stays in the processor's cache; larger blocks are slower
LINE_BREAK = re.compile(r"\r\n|\r|\n")
_field_size_limit = threading.Lock()


def read_rows(
    lines: Iterable[str], delimiter: str, *, first_line: int = 1, block_rows: int = BLOCK_ROWS
) -> Iterator[list[str]]:
    """The csv module's own lists, without the blank rows at the end. FileRefusedError for what
    is not CSV, or is larger than the settings allow; `first_line` counts the lines before."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    return chain.from_iterable(_read_blocks(reader, first_line, block_rows))


def _read_blocks(reader, first_line, block_rows) -> Iterator[Iterable[list[str]]]:
    number, blank = 0, 0
    while block := _read_block(reader, first_line, block_rows):
        _check_columns(block, number + blank)
        length = len(block)
        while block and not any(map(str.strip, block[-1])):
            block.pop()
        if not block:
            blank += length
            continue
        if blank:
            yield ([] for _ in range(blank))
        number += blank + len(block)
        if number > settings.IMPORT_MAX_ROWS:
            raise FileRefusedError(
                f"The file has more than {settings.IMPORT_MAX_ROWS:,} rows, as many as are taken "
                "at once. Split it by year."
            )
        blank = length - len(block)
        yield block


def _read_block(reader, first_line, block_rows) -> list[list[str]]:
    """The next rows. The size of a cell is limited only while it reads: the csv module has one
    limit for the whole process."""
    block: list[list[str]] = []
    began = reader.line_num
    with _field_size_limit:
        usual = csv.field_size_limit(settings.IMPORT_MAX_CELL_CHARS)
        try:
            block.extend(islice(reader, block_rows))
        except csv.Error as error:
            line = first_line + began + sum(map(_lines_of, block))
            last = first_line + reader.line_num - 1
            raise FileRefusedError(_not_csv(str(error), line, last)) from error
        finally:
            csv.field_size_limit(usual)
    return block


def _lines_of(row: list[str]) -> int:
    """How many lines of the file a row takes up."""
    return 1 + sum(len(LINE_BREAK.findall(cell)) for cell in row)


def _not_csv(error: str, line: int, last: int) -> str:
    """What is wrong with the row that begins on `line`, where reading stopped on line `last`."""
    most = settings.IMPORT_MAX_CELL_CHARS
    if "expected after" in error:
        return (
            f'Line {last:,}: a quote (") ends before its cell does. Write it twice (""), or save '
            "the table again as “CSV UTF-8”."
        )
    if "limit" in error and line == last:
        return (
            f"Line {line:,} has a cell of more than {most:,} characters, as many as are taken. "
            "Shorten it or leave its column out."
        )
    return (
        f'A quote (") opened in the row that begins on line {line:,} is not closed by line '
        f"{last:,}: the rows between would be lost in one cell. Close it, or save the table again "
        "as “CSV UTF-8”."
    )


def _check_columns(block: list[list[str]], before: int) -> None:
    most = settings.IMPORT_MAX_COLUMNS
    if max(map(len, block)) > most:
        place, row = next((n, row) for n, row in enumerate(block) if len(row) > most)
        raise FileRefusedError(
            f"Row {before + place + 1:,} has {len(row):,} columns; at most {most:,} are taken. "
            "Leave out the columns that are not needed."
        )
