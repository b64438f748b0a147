"""How a file was read: what stands in it, and what it was taken for."""

from calendar import month_name
from collections.abc import Iterator

from metrics.imports.checks import DryRun
from metrics.imports.columns import Columns
from metrics.imports.mapping import LEFT_OUT, Mapping
from metrics.imports.months import DayOrder, find_day
from metrics.imports.numbers import Empty, Marked, Points
from metrics.imports.readers import MonthReader
from metrics.imports.table import NO_MONTH, date_of
from metrics.imports.words import WORDS, name_count
from programs.periods import format_month

_MARKED = {Marked.TAKE: "taken without its mark", Marked.EMPTY: "taken as not counted"}
_POINTS = {Points.THOUSANDS: "parts thousands", Points.DECIMALS: "comes before decimals"}


def tell_reading(run: DryRun) -> Iterator[tuple[str, str]]:
    """Each column that is read, what holds for every row, what words and signs mean."""
    mapping, columns = run.file.mapping, run.table.columns
    texts = {heading.place: heading.text for heading in columns.headings}
    for name, place in columns.places.items():
        yield texts[place], WORDS[name]
    yield from _tell_counts(columns)
    for name, value in columns.constants.items():
        yield "Every row", f"{WORDS[name]}: {value}"
    yield from _tell_days(run.file.readers.months)
    yield from _tell_words(run, mapping)
    yield from _tell_signs(mapping)
    if run.table.has_sums:
        yield "All infant deaths", "the sum of their ages"


def _tell_counts(columns: Columns) -> Iterator[tuple[str, str]]:
    """Each column of counts; those headed by a time together, by the first and the last."""
    headings = {heading.place: heading for heading in columns.headings}
    headed: dict[str, list[str]] = {}
    single: list[tuple[str, str]] = []
    for block in columns.blocks:
        for name, place in block.counts.items():
            own = headings[place]
            if own.month or own.year or own.month_of_year:
                headed.setdefault(name, []).append(own.text)
            else:
                of = f" of {format_month(block.month)}" if block.month else ""
                single.append((own.text, f"{WORDS[name]}{of}"))
    for name, texts in headed.items():
        yield " to ".join(dict.fromkeys((texts[0], texts[-1]))), WORDS[name]
    yield from single


def _tell_days(months: MonthReader) -> Iterator[tuple[str, str]]:
    """Which number of a date is the month, by one that is in the file."""
    day = find_day(months)
    if day and months[day] != NO_MONTH and months.order is not DayOrder.UNKNOWN:
        month = format_month(date_of(months[day]))
        yield day.strip(), f"{month}: the {months.order.split()[0]} comes first"


def _tell_words(run: DryRun, mapping: Mapping) -> Iterator[tuple[str, str]]:
    sites = {site.code.casefold(): f"{site.name} ({site.code})" for site in run.file.finder.sites}
    for name, code in mapping.sites.items():
        yield name, _or_left_out(code, sites.get(code.casefold(), code))
    for word, ours in mapping.counted.items():
        yield word, _or_left_out(ours, WORDS.get(ours, ours))
    for name, own in (*mapping.dimensions.items(), *mapping.categories.items()):
        yield name, _or_left_out(own, own)
    for name, first in mapping.running.items():
        told = f"parted into months, from {month_name[first]} anew"
        yield f"Running totals of {name_count(name)}", told


def _tell_signs(mapping: Mapping) -> Iterator[tuple[str, str]]:
    if mapping.year_begins != 1:
        yield "A year such as 2021-22", f"begins in {month_name[mapping.year_begins]}"
    if mapping.marked in _MARKED:
        yield "A number with a mark, such as 16*", _MARKED[mapping.marked]
    if mapping.points in _POINTS:
        yield "A point before three digits, as in 12.000", _POINTS[mapping.points]
    if mapping.empty is Empty.KEEP:
        yield "An empty cell where a number is stored", "leaves it"


def _or_left_out(said: str, told: str) -> str:
    return "left out" if said == LEFT_OUT else told
