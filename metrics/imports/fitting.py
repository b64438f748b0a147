"""Which columns of a file fit which of ours, by their names and by what their cells hold."""

from collections.abc import Callable, Sequence

from metrics.imports.called import FISCAL_YEARS, OURS_BY_NAME, RANKS
from metrics.imports.headings import Heading, simplify
from metrics.imports.months import (
    holds_two_years,
    is_day,
    is_two_years,
    read_month,
    read_month_of_year,
    read_year,
    tell_order,
)
from metrics.imports.numbers import UNREADABLE, CountReader
from metrics.imports.opening import Preview
from metrics.models import COUNT_FIELDS

MOST_TRUE = 80  # percent of cells that must read as what a heading says


def list_fitting(preview: Preview) -> dict[str, list[str]]:
    """Of each of our columns the keys of those that fit, the one that says most first. Columns
    that differ by their month alone are one; a column that reads as nothing of ours is none."""
    found: dict[str, dict[str, tuple]] = {}
    for place, (key, name) in enumerate(names_of(preview.headings).items()):
        cells = [cell for cell in cells_of(preview, key) if cell.strip()]
        known = OURS_BY_NAME.get(name, ())
        ours = next((own for own in known if _reads_as(own, name, cells)), None)
        if ours:
            found.setdefault(ours, {})[key] = (not cells, RANKS[ours, name], place)
    return {ours: sorted(own, key=own.__getitem__) for ours, own in found.items()}


def names_of(headings: Sequence[Heading]) -> dict[str, str]:
    """Every key with what it is called, without the month that columns of it differ by."""
    return {own.key: simplify(own.key.partition(": ")[2] or own.key) for own in headings}


def cells_of(preview: Preview, key: str) -> list[str]:
    """What the first rows hold under a key; nothing where a row is short."""
    places = [own.place for own in preview.headings if own.key == key]
    return [row[at] if at < len(row) else "" for at in places for row in preview.sample]


def _reads_as(ours: str, name: str, cells: Sequence[str]) -> bool:
    """Whether nearly all cells can be read as what one of our columns holds."""
    read = is_two_years if name in FISCAL_YEARS else _reader(ours, cells)
    readable = sum(read(cell) for cell in cells)
    return 100 * readable >= MOST_TRUE * len(cells)


def _reader(ours: str, cells: Sequence[str]) -> Callable[[str], bool]:
    if ours in COUNT_FIELDS or ours == "value":
        counts = CountReader()
        return lambda cell: counts[cell] != UNREADABLE
    if ours == "month":
        order = tell_order(cells)
        if holds_two_years(cells):
            return lambda cell: False
        return lambda cell: is_day(cell) or _is_read(lambda: read_month(cell, order))
    if ours == "year":
        return lambda cell: is_two_years(cell) or _is_read(lambda: read_year(cell))
    if ours == "month_of_year":
        return lambda cell: _is_read(lambda: read_month_of_year(cell))
    return lambda cell: True


def _is_read(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return False
    return True
