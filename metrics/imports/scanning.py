"""All rows of a file read into a table, in chunks so that a million rows take megabytes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, repeat

import numpy as np

from metrics.imports.columns import Block, Columns
from metrics.imports.mapping import PART_COLUMNS, SITE_COLUMNS
from metrics.imports.merged_down import count_gaps, uncount_gaps
from metrics.imports.numbers import NOT_SAID
from metrics.imports.places import SKIPPED, UNKNOWN, SiteFinder
from metrics.imports.readers import Readers
from metrics.imports.table import NO_MONTH, Numbers, Table, number_month
from metrics.imports.trailing import Notes
from metrics.imports.unread import number_unread
from programs.periods import MONTHS_PER_YEAR

CHUNK_ROWS = 20_000


@dataclass
class _Chunks:
    """Pieces of the table as they are read."""

    row: list[Numbers] = field(default_factory=list)
    site: list[Numbers] = field(default_factory=list)
    month: list[Numbers] = field(default_factory=list)
    part: list[Numbers] = field(default_factory=list)
    unread: list[Numbers] = field(default_factory=list)
    counts: dict[str, list[Numbers]] = field(default_factory=dict)
    misplaced: list[Numbers] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    refused: Counter[str] = field(default_factory=Counter)
    gaps: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    rows: int = 0


def read_table(
    rows: Iterator[list[str]],
    first: int,
    columns: Columns,
    readers: Readers,
    *,
    last_month: date | None = None,
    report: Callable[[int], None] | None = None,
) -> Table:
    """Read all rows below the headings.

    first : the number of the first of them, as spreadsheets count
    report : is told the number of the last row read
    """
    made = _Chunks(counts={name: [] for name in columns.fields})
    for row, cells in _chunks(rows, first):
        _read_chunk(made, row, cells, columns, readers)
        if report:
            report(int(row[-1]))
    readers.months.refuse_years()
    _leave_out_notes(made, readers.sites, columns)
    return _sort(made, columns, last_month)


def _leave_out_notes(made: _Chunks, finder: SiteFinder, columns: Columns) -> None:
    """Skip the notes below the table instead of refusing them; the finder names what is skipped."""
    notes = made.notes.settle(made.refused)
    if notes and any(map(len, made.row)):
        made.misplaced = [own[~np.isin(own, list(notes))] for own in made.misplaced]
        made.skipped += len(notes)
        for row in notes:
            uncount_gaps(made.gaps, made.notes.places[row], columns)
        finder.update(dict.fromkeys(notes.values(), SKIPPED))


def _chunks(rows: Iterator[list[str]], number: int) -> Iterator[tuple[Numbers, list[list[str]]]]:
    while cells := list(islice(rows, CHUNK_ROWS)):
        yield np.arange(number, number + len(cells), dtype=np.int32), cells
        number += len(cells)


def _read_chunk(made: _Chunks, row: Numbers, cells, columns: Columns, readers: Readers):
    too_wide = _even_out(cells, columns.width)
    texts = list(zip(*cells, strict=True))
    site = _read_sites(texts, columns, readers.sites, len(row))
    month = _read_months(texts, columns, readers, len(row))
    counted = _read_counted(texts, columns, readers, len(row))
    part = _read_parts(texts, columns, readers, len(row))
    is_skipped = (site == SKIPPED) | (counted == SKIPPED) | (part == SKIPPED)
    is_wrong = too_wide | (site == UNKNOWN) | (month == NO_MONTH) | (counted == UNKNOWN)
    is_wrong |= part == UNKNOWN
    blank = _find_blank(cells, is_wrong)
    is_wrong &= ~is_skipped & ~blank
    made.rows += len(row) - int(blank.sum())
    made.skipped += int(is_skipped.sum())
    made.misplaced.append(row[is_wrong])
    count_gaps(made.gaps, cells, np.flatnonzero(is_wrong).tolist(), columns)
    sites = {columns.places[name] for name in SITE_COLUMNS if name in columns.places}
    for place in sites:
        made.refused.update(texts[place][n] for n in np.flatnonzero(is_wrong))
    made.notes.look(
        row,
        cells,
        is_wrong & ~too_wide,
        lambda n, at: site[n] != UNKNOWN if at in sites else month[n] != NO_MONTH,
    )
    kept = ~(is_wrong | is_skipped | blank)
    unread = number_unread(texts, columns, len(row))
    for block in columns.blocks:
        own_month = _month_of(block, month, readers.year_begins)
        counts = _read_counts(texts, columns, block, readers, counted, len(row))
        made.row.append(row[kept])
        made.site.append(site[kept])
        made.month.append(own_month[kept].astype(np.int32))
        if columns.is_broken_down:
            made.part.append(part[kept])
        if unread is not None:
            made.unread.append(unread[kept])
        for name, own in counts.items():
            made.counts[name].append(own[kept])


def _month_of(block: Block, month: Numbers, year_begins: int) -> Numbers:
    """Each row's month in a block: its own, the block's, or the block's in the row's year."""
    if block.month_of_year is not None:
        later = MONTHS_PER_YEAR if block.month_of_year < year_begins else 0
        return month + block.month_of_year - 1 + later
    return month if block.month is None else np.full(len(month), number_month(block.month))


def _even_out(cells: list[list[str]], width: int) -> Numbers:
    """Give all rows as many cells as there are headings; say which have more that say something."""
    too_wide = np.zeros(len(cells), dtype=bool)
    if set(map(len, cells)) != {width}:
        for n, row in enumerate(cells):
            if len(row) < width:
                cells[n] = [*row, *[""] * (width - len(row))]
            elif len(row) > width:
                too_wide[n] = any(cell.strip() for cell in row[width:])
                cells[n] = row[:width]
    return too_wide


def _take(reader, texts: Sequence[str], length: int, kind=np.int32) -> Numbers:
    return np.fromiter(map(reader.__getitem__, texts), kind, length)


def _read_sites(texts, columns, finder, length) -> Numbers:
    area = columns.places.get("area_name")

    def of(name):
        if name in columns.constants:
            return np.full(length, finder[columns.constants[name]], dtype=np.int32)
        place = columns.places.get(name)
        if place is None or area is None:
            return None if place is None else _take(finder, texts[place], length)
        pairs = zip(texts[place], texts[area], strict=True)
        return np.fromiter(map(finder.in_areas.__getitem__, pairs), np.int32, length)

    code, name = of("site_code"), of("site_name")
    if code is None or name is None:
        return code if name is None else name
    written = columns.places.get("site_code")
    is_empty = [not text.strip() for text in texts[written]] if written is not None else False
    return np.where(is_empty, name, code)


def _read_months(texts, columns, readers, length) -> Numbers:
    def of(name, reader):
        if name in columns.constants:
            return np.full(length, reader[columns.constants[name]], dtype=np.int32)
        place = columns.places.get(name)
        return None if place is None else _take(reader, texts[place], length)

    if columns.blocks[0].month is not None:
        return np.zeros(length, dtype=np.int32)
    year, number = of("year", readers.years), of("month_of_year", readers.months_of_year)
    if columns.blocks[0].month_of_year is not None:  # its first month, to which blocks add theirs
        return np.where(year == NO_MONTH, NO_MONTH, year * MONTHS_PER_YEAR)
    month = of("month", readers.months)
    if month is not None:
        return month
    whole = year * MONTHS_PER_YEAR + number - 1
    whole += MONTHS_PER_YEAR * (number < readers.year_begins)
    return np.where((year == NO_MONTH) | (number == NO_MONTH), NO_MONTH, whole)


def _read_counted(texts, columns, readers, length) -> Numbers:
    place = columns.places.get("counted")
    if place is None:
        return np.zeros(length, dtype=np.int32)
    return _take(readers.counted, texts[place], length)


def _read_parts(texts, columns, readers, length) -> Numbers:
    """The category of each row in a file of breakdowns; zeros in any other."""
    if readers.parts is None:
        return np.zeros(length, dtype=np.int32)
    said = (
        repeat(columns.constants[name])
        if name in columns.constants
        else texts[columns.places[name]]
        for name in PART_COLUMNS
    )
    pairs = zip(*said, strict=False)  # one of them may be the same for every row
    return np.fromiter(map(readers.parts.__getitem__, pairs), np.int32, length)


def _find_blank(cells, is_wrong) -> Numbers:
    """Rows that hold nothing but spaces; sought among those that cannot be placed."""
    blank = np.zeros(len(cells), dtype=bool)
    for n in np.flatnonzero(is_wrong):
        blank[n] = not any(cell.strip() for cell in cells[n])
    return blank


def _read_counts(texts, columns, block: Block, readers, counted, length) -> dict[str, Numbers]:
    if "counted" in columns.places:
        value = _take(readers.counts, texts[block.counts["value"]], length)
        return {
            name: np.where(counted == n, value, NOT_SAID).astype(np.int32)
            for n, name in enumerate(columns.fields)
        }
    counts = {}
    for name in columns.fields:
        if name in columns.constants:
            constant = readers.counts[columns.constants[name]]
            counts[name] = np.full(length, constant, dtype=np.int32)
        elif name in block.counts:
            counts[name] = _take(readers.counts, texts[block.counts[name]], length)
        else:
            counts[name] = np.full(length, NOT_SAID, dtype=np.int32)
    return counts


def _sort(made: _Chunks, columns: Columns, last_month) -> Table:
    row, site, month = (_join(own) for own in (made.row, made.site, made.month))
    part = _join(made.part) if made.part else None
    order = np.lexsort((row, month, site) if part is None else (row, part, month, site))
    all_entries = len(order)
    if last_month is not None:
        order = order[month[order] <= number_month(last_month)]
    in_order = bool(len(order) == len(row)) and bool((order[:-1] < order[1:]).all())
    chosen: Numbers | slice = slice(None) if in_order else order
    counts = {}
    for name in list(made.counts):  # one by one, so that no more than one is held twice
        counts[name] = _join(made.counts.pop(name))[chosen]
    return Table(
        columns,
        row[chosen],
        site[chosen],
        month[chosen],
        counts,
        np.sort(_join(made.misplaced)),
        made.skipped,
        made.rows,
        all_entries - len(order),
        None if part is None else part[chosen],
        made.gaps,
        unread=_join(made.unread)[chosen] if made.unread else None,
    )


def _join(pieces: list[Numbers]) -> Numbers:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)
