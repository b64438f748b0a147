"""Names said once and left blank below, as where cells were merged: counted, and taken from above
where the mapping says so."""

from collections.abc import Collection, Iterator, Sequence

from metrics.imports.columns import Columns
from metrics.imports.mapping import SITE_COLUMNS

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


def fill_down(
    rows: Iterator[list[str]], columns: Columns, above: Collection[str]
) -> Iterator[list[str]]:
    """Rows in which what is empty of some kinds is what stands above. A row that has a site's name
    is none of the code above it; one that says neither a time nor a count is blank, or a note."""
    kinds = [places for kind, places in places_said(columns).items() if kind in above]
    return _fill(rows, kinds, _list_telling(columns)) if kinds else rows


def _list_telling(columns: Columns) -> list[int]:
    """The columns of times and counts."""
    where = {*SITE_COLUMNS, *_COLUMNS["area"], *_COLUMNS["dimension"]}
    when = {place for name, place in columns.places.items() if name not in where}
    return sorted(when.union(*(block.counts.values() for block in columns.blocks)))


def _fill(
    rows: Iterator[list[str]], kinds: Sequence[Sequence[int]], telling: Sequence[int]
) -> Iterator[list[str]]:
    last: list[list[str] | None] = [None] * len(kinds)
    width = max([*map(max, kinds), *telling]) + 1
    for row in rows:
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        tells = any(row[at].strip() for at in telling)
        for n, places in enumerate(kinds):
            own = [row[at] for at in places]
            if any(cell.strip() for cell in own):
                last[n] = own
            elif tells and (stands := last[n]) is not None:
                row = list(row)
                for at, cell in zip(places, stands, strict=True):
                    row[at] = cell
        yield row
