"""Which character separates the cells of a file: found by reading its first rows with each."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable

DELIMITERS = ",;\t|"
# Excel's own first line, which says the separator and is no row of the sheet.
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=([^\w\s"]|\t)"?[\r\n]*', re.I)


def named_delimiter(first_line: str) -> str | None:
    """The separator that a first line such as `sep=;` names."""
    named = SEPARATOR_LINE.fullmatch(first_line)
    return named[1] if named else None


def find_delimiter(sample: str) -> str:
    """The separator that splits most rows, the header among them, into rows of equal length.

    A decimal comma splits the rows below the header but not the header itself; a separator inside
    quotes splits nothing, and where it would, quotes are left that enclose no cell.
    """
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: str, delimiter: str) -> tuple[int, int, int, int]:
    """How few quotes enclose no cell, how many rows it splits, how many of them into equally many
    cells, and into how many."""
    lengths = Counter(length for length in _lengths(sample, delimiter) if length > 1)
    if not lengths:
        return -len(sample), 0, 0, 0
    usual, times = max(lengths.items(), key=lambda item: (item[1], item[0]))
    return -_count_torn(sample, delimiter), lengths.total(), times, usual


def _count_torn(sample: str, delimiter: str) -> int:
    """How many quotes stand in a sample that are not those of a cell enclosed by them."""
    ends = rf"[^{re.escape(delimiter)}\r\n]"
    return re.sub(rf'(?<!{ends})"(?:[^"]|"")*+"(?!{ends})', "", sample).count('"')


def _lengths(sample: str, delimiter: str) -> Iterable[int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield len(row)
    except csv.Error:
        return  # by this separator, the rows end here
