"""Merged ranges: each of their cells has the text of the first."""

import datetime
from typing import Any, NamedTuple

from . import RefusedError
from .pieces import LargeSheet, Sheet

HEADER_ROWS = 20
YEARS = range(1900, 2101)
MOST_MERGED = 20_000


class Range(NamedTuple):
    """A merged range, each side included, and the text of its first cell."""

    bottom: int
    left: int
    right: int
    text: str


class Merged:
    """The ranges of a sheet, whose rows come one after the other.

    starting : row → the last row, the first and the last column of the ranges that begin there
    """

    def __init__(self, starting: dict[int, list[tuple[int, int, int]]]):
        self._starting = starting
        self._current: list[Range] = []

    def __bool__(self) -> bool:
        return bool(self._starting)

    def repeat_in(self, row: list[str], number: int, values: list[Any], before: int) -> None:
        """Write into a row, as wide as its sheet, what is merged there. `values` are its cells
        as they were read, `before` so many columns."""
        self._current = [own for own in self._current if own.bottom >= number]
        for bottom, left, right in self._starting.get(number, ()):
            # Ranges that overlap are against the format: the first of them holds.
            is_free = not any(own.left <= left <= own.right for own in self._current)
            is_told = before <= left < before + len(values)
            if is_free and is_told and _repeats(values[left - before], number, bottom):
                self._current.append(Range(bottom, left, min(right, len(row) - 1), row[left]))
        for own in self._current:
            row[own.left : own.right + 1] = [own.text] * (own.right - own.left + 1)


def find_merged(sheet: Sheet | LargeSheet) -> Merged:
    """RefusedError where there are too many."""
    ranges = sheet.merged
    if len(ranges) > MOST_MERGED:
        raise RefusedError(
            f"Sheet “{sheet.name}” has {len(ranges):,} merged ranges; at most {MOST_MERGED:,} are "
            "read. Unmerge the cells below the header."
        )
    starting: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        starting.setdefault(top, []).append((bottom, left, right))
    return Merged(starting)


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
