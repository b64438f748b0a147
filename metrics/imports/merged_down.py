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
    """Rows in which what is empty of some kinds is what stands above. Blank rows stay blank, and a
    row that has a site's name is none of the code above it."""
    kinds = [places for kind, places in places_said(columns).items() if kind in above]
    return _fill(rows, kinds) if kinds else rows


def _fill(rows: Iterator[list[str]], kinds: Sequence[Sequence[int]]) -> Iterator[list[str]]:
    last: list[list[str] | None] = [None] * len(kinds)
    width = max(map(max, kinds)) + 1
    for row in rows:
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        is_blank = None
        for n, places in enumerate(kinds):
            own = [row[at] for at in places]
            if any(cell.strip() for cell in own):
                last[n] = own
            elif (stands := last[n]) is not None:
                is_blank = not any(cell.strip() for cell in row) if is_blank is None else is_blank
                if not is_blank:
                    row = list(row)
                    for at, cell in zip(places, stands, strict=True):
                        row[at] = cell
        yield row
