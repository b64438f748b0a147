"""The headings of a file: where they stand, in one row or two, and which months they name."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from metrics.imports.headed_times import (
    find_month,
    find_months_of_year,
    find_numbered_months,
    find_spans,
    find_year,
)
from metrics.imports.months import (
    holds_years,
    read_first_year,
    read_month,
    read_month_of_year,
    read_year,
)
from metrics.imports.numbers import UNREADABLE, CountReader

LOOKED_AT = 40  # rows from the top; a file whose headings stand lower says so in its mapping
EACH_MONTH, EACH_YEAR = "each month", "each year"
EACH_MONTH_OF_YEAR = "each month of the year"

Row = Sequence[str]


@dataclass(frozen=True)
class Heading:
    """One column: its place from 0, what stands above it, and the month or year that it names.
    A month of the year, such as Jan, is of the year that each row says.

    key : what the mapping calls it. Columns that differ by their month alone share one.
    is_span : whether its year begins in one and ends in the next, and its month lies in either
    """

    place: int
    text: str
    key: str
    month: date | None = None
    year: int | None = None
    month_of_year: int | None = None
    is_span: bool = False


def find_header(rows: Sequence[Row], known: frozenset[str] = frozenset()) -> tuple[int, int]:
    """Return the first and the last row of the headings, counted from 1.

    known : headings that a mapping or we name, in lower case: a row that has most of them is it
    Titles above are skipped. Two rows belong together where the first leaves gaps or repeats
    itself, as merged cells do, or is repeated in the second, and what follows are still no counts.
    """
    top = [() if _is_title(row) else row for row in rows[:LOOKED_AT]]
    numbers = [sum(simplify(cell) in known for cell in row) for row in top]
    if max(numbers, default=0) >= 2:
        row = numbers.index(max(numbers)) + 1
        if _is_upper(top[row - 1], top[row] if row < len(top) else ()):
            return row, row + 1
        above = top[row - 2] if row > 1 else ()
        is_below = (_repeats(top[row - 1]) and _is_parted(above)) or _is_year_above(
            above, top[row - 1]
        )
        return (row - 1 if is_below else row), row
    first = next((n for n, row in enumerate(top) if _filled(row) >= 2), 0)
    if first and _is_year_above(top[first - 1], top[first]):
        return first, first + 1
    own, below = (top[n] if n < len(top) else () for n in (first, first + 1))
    is_parted = _is_parted(own) and _filled(below) >= 2 and not _holds_counts(below)
    return first + 1, first + 2 if is_parted or _is_upper(own, below) else first + 1


def read_headings(rows: Sequence[Row]) -> list[Heading]:
    """Read the one or two rows of headings; columns without any are left out.

    What stands above a gap in the upper row holds for the columns that follow it. What stands in
    both, as in cells that are merged downwards, is written once.
    """
    *upper, lower = rows
    above = _spread(upper[0], len(lower)) if upper else [""] * len(lower)
    above += [""] * (len(lower) - len(above))
    width = max(len(lower), len(above))
    below = [cell.strip() for cell in lower] + [""] * (width - len(lower))
    texts = [" ".join(filter(None, dict.fromkeys(own))) for own in zip(above, below, strict=True)]
    headings = [_read(place, text) for place, text in enumerate(texts) if text]
    return _join_years(_join_numbered(_join_spans(headings)))


def _join_spans(headings: list[Heading]) -> list[Heading]:
    """Give years such as 2010-11 and 2011-12 one key. Each alone may be a month; they are years
    where several differ and no other month stands beside them, or where a month stands below."""
    found = find_spans([own.text for own in headings])
    years: dict[str, set[int]] = {}
    for year, _, rest in filter(None, found):
        years.setdefault(_key(EACH_MONTH, rest).casefold(), set()).add(year)
    for own, said in zip(headings, found, strict=True):
        if own.month and not said:
            years.pop(own.key.casefold(), None)
    joined = []
    for own, said in zip(headings, found, strict=True):
        if said and (said[1] or len(years.get(_key(EACH_MONTH, said[2]).casefold(), ())) > 1):
            year, month, rest = said
            key = _key(EACH_MONTH if month else EACH_YEAR, rest)
            own = Heading(own.place, own.text, key, None, year, month or None, is_span=True)
        joined.append(own)
    return joined


def _join_numbered(headings: list[Heading]) -> list[Heading]:
    """Give those that differ by a year and the number of a month, such as 2020 1 to 2020 12, one
    key."""
    plain = [own for own in headings if own.month is None and own.year is None]
    found = find_numbered_months([own.text for own in plain])
    joined = {
        own.place: replace(own, key=_key(EACH_MONTH, said[1]), month=said[0])
        for own, said in zip(plain, found, strict=True)
        if said
    }
    return [joined.get(own.place, own) for own in headings]


def _join_years(headings: list[Heading]) -> list[Heading]:
    """Give those that differ by their year alone, such as Births 2022 and Births 2023, one key. A
    year that stands in one only, such as Census 2011, is part of its name."""
    found = {
        own.place: said
        for own in headings
        if own.month is None and own.year is None and (said := find_year(own.text))
    }
    years: dict[str, set[int]] = {}
    for year, rest in found.values():
        years.setdefault(rest.casefold(), set()).add(year)
    joined = []
    for own in headings:
        year, rest = found.get(own.place, (0, ""))
        if len(years.get(rest.casefold(), ())) > 1:
            own = replace(own, key=_key(EACH_YEAR, rest), year=year)
        joined.append(own)
    return joined


def join_months_of_year(headings: Sequence[Heading]) -> list[Heading]:
    """Give those that differ by the name of a month alone, such as Jan and Feb, one key.

    Numbers are months only where all twelve are there and no thirteenth.
    """
    plain = [own for own in headings if own.month is None and own.year is None]
    found = find_months_of_year([own.text for own in plain])
    joined = {}
    for own, (number, rest) in zip(plain, found, strict=True):
        if number:
            key = _key(EACH_MONTH_OF_YEAR, rest)
            joined[own.place] = replace(own, key=key, month_of_year=number)
    return [joined.get(own.place, own) for own in headings]


def simplify(text: str) -> str:
    """A heading or a name without case, accents, punctuation and spare spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (own if own.isalnum() else " " for own in letters if not unicodedata.combining(own))
    return " ".join("".join(kept).split())


def _read(place: int, text: str) -> Heading:
    text = " ".join(text.split())
    try:
        return Heading(place, text, EACH_YEAR, year=read_year(text))
    except ValueError:
        found = find_month(text)
    if found is None:
        return Heading(place, text, text)
    month, rest = found
    return Heading(place, text, _key(EACH_MONTH, rest), month=month)


def _key(each: str, rest: str) -> str:
    return f"{each}: {rest}" if rest else each


def _spread(row: Row, width: int) -> list[str]:
    spread, last = [], ""
    for cell in [*row, *[""] * (width - len(row))]:
        last = cell.strip() or last
        spread.append(last)
    return spread


def _filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_year_above(row: Row, below: Row) -> bool:
    """Whether a row holds one year alone, as a merged cell above the months of it."""
    filled = [(place, cell) for place, cell in enumerate(row) if cell.strip()]
    if len(filled) != 1 or not holds_years([filled[0][1]]):
        return False
    months = [cell for cell in below[filled[0][0] :] if cell.strip()]
    return len(months) > 1 and all(map(_is_month_of_year, months))


def _is_month_of_year(cell: str) -> bool:
    try:
        read_month_of_year(cell)
    except ValueError:
        return False
    return True


def _is_parted(row: Row) -> bool:
    """Whether a row of headings cannot stand alone: it has gaps between, or says things twice."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return "" in cells or _repeats(row)


def _is_title(row: Row) -> bool:
    """Whether a row says one thing across all of it, as a merged title does. A year may be that of
    the months below."""
    texts = {cell.strip() for cell in row} - {""}
    return len(texts) == 1 and _filled(row[:1]) == 1 < _filled(row) and not holds_years(texts)


def _is_upper(row: Row, below: Row) -> bool:
    """Whether the row below a row of headings is their second: it repeats what is merged down, or
    names the parts of what is merged across and nothing else."""
    if _filled(below) < 2 or _holds_counts(below):
        return False
    pairs = list(zip(_spread(row, len(below)), map(str.strip, below), strict=False))
    if any(above == own and not _is_time(own) for above, own in pairs if own):
        return True
    parts = [
        [own for _, own in several]
        for above, several in groupby(pairs, lambda own: own[0])
        if above
    ]
    named = [own for own in parts if any(own)]
    return bool(named) and all(own[0] and _filled(own) > 1 for own in named)


def _repeats(row: Row) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(set(filled)) < len(filled)


def _holds_counts(row: Row) -> bool:
    """Whether a row holds a number that is not the name of a year or a month."""
    read = CountReader()
    return any(read[cell] != UNREADABLE and cell.strip() and not _is_time(cell) for cell in row)


def _is_time(cell: str) -> bool:
    for reader in (read_year, read_month, read_first_year):
        try:
            reader(cell)
        except ValueError:
            continue
        return True
    return False
