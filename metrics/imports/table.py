"""A whole file as columns of whole numbers, read in chunks so that a million rows take megabytes.

A site-month in it is called an entry. In a long file a row holds one, in a wide file one for each
month; where each row is about one count, several rows make one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

import numpy as np

from metrics.imports.columns import Block, Columns
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT, SITE_COLUMNS, Mapping
from metrics.imports.months import (
    SAY_TWO_YEARS,
    DayOrder,
    holds_two_years,
    is_two_years,
    read_first_year,
    read_month,
    read_month_of_year,
    read_year,
    tell_order,
)
from metrics.imports.numbers import MISSING, NOT_SAID, CountReader
from metrics.imports.places import SKIPPED, UNKNOWN, SiteFinder
from metrics.imports.reading import FileRefusedError
from metrics.imports.trailing import Notes
from metrics.models import COUNT_FIELDS
from programs.periods import MONTHS_PER_YEAR

CHUNK_ROWS = 20_000
NO_MONTH = -1
Numbers = np.ndarray


def number_month(month: date) -> int:
    """A month as one number, so that a year later is 12 more."""
    return month.year * MONTHS_PER_YEAR + month.month - 1


def date_of(number: int) -> date:
    """The month that `number_month` made a number of."""
    year, index = divmod(int(number), MONTHS_PER_YEAR)
    return date(year, index + 1, 1)


@dataclass
class Table:
    """The entries of a file in the order of sites and months, then of its rows.

    row : the row an entry stands in, as spreadsheets count; the first of several
    site : its place in the finder's list; month : see `number_month`
    counts : of each count that the file gives, a number or one of the codes of `numbers`
    misplaced : rows whose site, month or width cannot be read
    skipped : rows that add up others or that the mapping leaves out
    late : entries of months after the last that the mapping takes
    """

    columns: Columns
    row: Numbers
    site: Numbers
    month: Numbers
    counts: dict[str, Numbers]
    misplaced: Numbers
    skipped: int = 0
    rows: int = 0
    late: int = 0

    def __len__(self) -> int:
        return len(self.row)

    def blocks(self, entries: int) -> Iterator["Table"]:
        """The entries of some sites after the other, as views: of at least so many, or the rest."""
        start = 0
        while start < len(self):
            reached = min(start + entries, len(self)) - 1
            end = int(np.searchsorted(self.site, self.site[reached], side="right"))
            yield self.between(slice(start, end))
            start = end

    def between(self, own: slice) -> "Table":
        """Some entries, as a view."""
        counts = {name: counts[own] for name, counts in self.counts.items()}
        return replace(
            self, row=self.row[own], site=self.site[own], month=self.month[own], counts=counts
        )

    @property
    def is_empty(self) -> Numbers:
        """Which entries name a place and count nothing: not reported."""
        nothing = [(own == MISSING) | (own == NOT_SAID) for own in self.counts.values()]
        return np.logical_and.reduce(nothing)


@dataclass
class Readers:
    """What turns cells into numbers, each spelling once."""

    sites: SiteFinder
    counts: CountReader
    months: "MonthReader"
    years: "TimeReader"
    months_of_year: "TimeReader"
    counted: "CountedReader"
    year_begins: int = 1

    @classmethod
    def of(cls, mapping: Mapping, columns: Columns, sites, sample: Sequence[Sequence[str]]):
        place = columns.places.get("month")
        texts = [row[place] for row in sample if place is not None and place < len(row)]
        return cls(
            sites,
            CountReader(mapping.marked, mapping.points),
            MonthReader(tell_order(texts)),
            TimeReader(read_year if mapping.year_begins == 1 else read_first_year),
            TimeReader(read_month_of_year),
            CountedReader(mapping),
            mapping.year_begins,
        )


class TimeReader(dict):
    """A cell -> what `read` makes of it, or NO_MONTH."""

    def __init__(self, read: Callable[[str], int]):
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> int:
        try:
            number = self.read(text)
        except ValueError:
            number = NO_MONTH
        self[text] = number
        return number


class MonthReader(TimeReader):
    """A cell -> its month as a number, or NO_MONTH."""

    def __init__(self, order: DayOrder):
        super().__init__(lambda text: number_month(read_month(text, order)))
        self.order = order

    def refuse_years(self) -> None:
        """FileRefusedError where all that was read are years such as 2010-11 and 2011-12, of which
        each alone may be a month."""
        said = [text for text, month in self.items() if month != NO_MONTH or is_two_years(text)]
        if holds_two_years(said):
            first, second, *_ = sorted({text.strip() for text in said})
            raise FileRefusedError(
                f'"{first}" and "{second}" are years that begin in one and end in the next, not '
                f"months. {SAY_TWO_YEARS}"
            )


class CountedReader(dict):
    """A word of the column “counted” -> the place of our count, or UNKNOWN or SKIPPED."""

    def __init__(self, mapping: Mapping):
        super().__init__()
        self._ours = {simplify(name): n for n, name in enumerate(COUNT_FIELDS)}
        for word, ours in mapping.counted.items():
            place = SKIPPED if ours == LEFT_OUT else self._ours.get(simplify(ours), UNKNOWN)
            self._ours[simplify(word)] = place

    def __missing__(self, text: str) -> int:
        place = self[text] = self._ours.get(simplify(text), UNKNOWN)
        return place


@dataclass
class _Chunks:
    """Pieces of the table as they are read."""

    row: list[Numbers] = field(default_factory=list)
    site: list[Numbers] = field(default_factory=list)
    month: list[Numbers] = field(default_factory=list)
    counts: dict[str, list[Numbers]] = field(default_factory=dict)
    misplaced: list[Numbers] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    refused: Counter[str] = field(default_factory=Counter)
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
    _leave_out_notes(made, readers.sites)
    return _sort(made, columns, last_month)


def _leave_out_notes(made: _Chunks, finder: SiteFinder) -> None:
    """Skip the notes below the table instead of refusing them; the finder names what is skipped."""
    notes = made.notes.settle(made.refused)
    if notes and any(map(len, made.row)):
        made.misplaced = [own[~np.isin(own, list(notes))] for own in made.misplaced]
        made.skipped += len(notes)
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
    is_skipped = (site == SKIPPED) | (counted == SKIPPED)
    is_wrong = too_wide | (site == UNKNOWN) | (month == NO_MONTH) | (counted == UNKNOWN)
    blank = _find_blank(cells, is_wrong)
    is_wrong &= ~is_skipped & ~blank
    made.rows += len(row) - int(blank.sum())
    made.skipped += int(is_skipped.sum())
    made.misplaced.append(row[is_wrong])
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
    for block in columns.blocks:
        own_month = _month_of(block, month, readers.year_begins)
        counts = _read_counts(texts, columns, block, readers, counted, len(row))
        made.row.append(row[kept])
        made.site.append(site[kept])
        made.month.append(own_month[kept].astype(np.int32))
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
    def of(name):
        if name in columns.constants:
            return np.full(length, finder[columns.constants[name]], dtype=np.int32)
        place = columns.places.get(name)
        return None if place is None else _take(finder, texts[place], length)

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
            for n, name in enumerate(COUNT_FIELDS)
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
    order = np.lexsort((row, month, site))
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
    )


def _join(pieces: list[Numbers]) -> Numbers:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)
