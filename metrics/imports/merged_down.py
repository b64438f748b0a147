"""Names said once and left blank below, as where cells were merged: counted, and taken from above
where the mapping says so."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from metrics.imports.columns import Columns
from metrics.imports.mapping import SITE_COLUMNS, Mapping
from metrics.imports.months import read_month_of_year
from programs.periods import MONTHS_PER_YEAR

MOST_BETWEEN = 6  # months from one row of a site to the next below one year; more pass its end

_COLUMNS = {
    "site": SITE_COLUMNS,
    "area": ("area_name",),
    "year": ("year",),
    "month": ("month", "month_of_year"),
    "dimension": ("dimension",),
}


def places_said(columns: Columns) -> dict[str, list[int]]:
    """Where a file says site, area, year, month and dimension, as far as it does."""
    found = {
        kind: [columns.places[name] for name in names if name in columns.places]
        for kind, names in _COLUMNS.items()
    }
    return {kind: places for kind, places in found.items() if places}


def count_gaps(
    gaps: dict[str, int], cells: Sequence[Sequence[str]], rows: Sequence[int], columns: Columns
) -> None:
    """Count, among rows that cannot be placed, those that leave empty where or when they are."""
    for kind, places in places_said(columns).items():
        empty = sum(not any(cells[n][at].strip() for at in places) for n in rows)
        if empty:
            gaps[kind] = gaps.get(kind, 0) + empty


def uncount_gaps(gaps: dict[str, int], filled: int, columns: Columns) -> None:
    """Take a row off whose one filled cell is a note after all."""
    for kind, places in places_said(columns).items():
        if filled not in places:
            gaps[kind] -= 1


def fill_down(
    rows: Iterator[list[str]],
    columns: Columns,
    mapping: Mapping,
    filled: Counter[str] | None = None,
) -> Iterator[list[str]]:
    """Rows in which what is empty of some kinds is what stands above. A row that has a site's name
    is none of the code above it; one that says neither a time nor a count is blank, or a note. The
    year holds no longer where the months of a site begin anew.

    filled : is told of each kind in how many rows that was
    """
    kinds = {kind: own for kind, own in places_said(columns).items() if kind in mapping.above}
    if not kinds:
        return rows
    if "year" in kinds:  # last, since whose months they are may stand above as well
        kinds["year"] = kinds.pop("year")
    return _fill(
        rows,
        kinds,
        columns,
        _Turns(columns, mapping.year_begins),
        Counter() if filled is None else filled,
    )


def _list_telling(columns: Columns) -> list[int]:
    """The columns of times and counts."""
    where = {*SITE_COLUMNS, *_COLUMNS["area"], *_COLUMNS["dimension"]}
    when = {place for name, place in columns.places.items() if name not in where}
    return sorted(when.union(*(block.counts.values() for block in columns.blocks)))


class _Turns:
    """Where the months of a site begin anew below a year that is said once: from November to
    January, or, where they stand the newest first, from January to December."""

    def __init__(self, columns: Columns, year_begins: int):
        self.month, self.year_begins = columns.places.get("month_of_year"), year_begins
        times = {"month", "year", "month_of_year", "value"}
        self.whose = [place for name, place in columns.places.items() if name not in times]
        self.last: dict[tuple[str, ...], tuple[int, int]] = {}  # the month, and whether they rise

    def passes(self, row: list[str], is_said: bool) -> bool:
        """Whether a row is of another year than the one above it.

        is_said : whether it says its year itself
        """
        if is_said:
            self.last.clear()
        try:
            month = read_month_of_year(row[self.month]) if self.month is not None else None
        except ValueError:
            month = None
        if month is None:
            return False
        number = (month - self.year_begins) % MONTHS_PER_YEAR
        whose = tuple(row[at] for at in self.whose)
        before, course = self.last.get(whose, (number, 0))
        step = number - before
        self.last[whose] = number, course or step
        return abs(step) > MOST_BETWEEN or step * course < 0


def _fill(
    rows: Iterator[list[str]],
    kinds: dict[str, list[int]],
    columns: Columns,
    turns: _Turns,
    filled: Counter[str],
) -> Iterator[list[str]]:
    last: dict[str, list[str]] = {}
    telling = _list_telling(columns)
    width = max(*chain(*kinds.values()), *telling, *turns.whose, 0) + 1
    for row in rows:
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        tells = any(row[at].strip() for at in telling)
        for kind, places in kinds.items():
            own = [row[at] for at in places]
            is_said = any(cell.strip() for cell in own)
            if kind == "year" and tells and turns.passes(row, is_said):
                last.pop(kind, None)
            if is_said:
                last[kind] = own
            elif tells and kind in last:
                filled[kind] += 1
                row = list(row)
                for at, cell in zip(places, last[kind], strict=True):
                    row[at] = cell
        yield row
