"""What turns the cells of a file into numbers: sites, months, words, counts; each spelling once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.columns import Columns
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT, Mapping
from metrics.imports.months import (
    SAY_TWO_YEARS,
    DayOrder,
    holds_two_years,
    is_day,
    is_two_years,
    read_first_year,
    read_month,
    read_month_of_year,
    read_year,
    tell_order,
)
from metrics.imports.numbers import CountReader
from metrics.imports.opening import Preview
from metrics.imports.places import SKIPPED, UNKNOWN, SiteFinder
from metrics.imports.reading import FileRefusedError
from metrics.imports.table import NO_MONTH, number_month
from metrics.models import COUNT_FIELDS


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
    parts: PartFinder | None = None

    @classmethod
    def of(cls, mapping: Mapping, columns: Columns, sites, preview: Preview, parts=None):
        return cls(
            sites,
            CountReader(mapping.marked, mapping.points),
            MonthReader(_tell_order(mapping, preview, columns)),
            TimeReader(read_year if mapping.year_begins == 1 else read_first_year),
            TimeReader(read_month_of_year),
            CountedReader(mapping, COUNT_FIELDS if parts is None else columns.fields),
            mapping.year_begins,
            parts,
        )


def _tell_order(mapping: Mapping, preview: Preview, columns: Columns) -> DayOrder:
    """Which number of 01/04/2020 is the month: as it is said, else as the file tells."""
    is_said = mapping.days is not DayOrder.UNKNOWN
    return mapping.days if is_said else tell_order(_list_days(preview, columns))


def _list_days(preview: Preview, columns: Columns) -> set[str]:
    """The cells that tell together which number of 01/04/2020 is the month: all of the file where
    the first of them are such dates, since of a file sorted by month these are of one day."""
    place = columns.places.get("month")
    if place is None:
        return set()
    first = {row[place] for row in preview.sample if place < len(row)}
    if not any(map(is_day, first)):
        return first
    return {row[place] for row in preview.rows() if place < len(row)}


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

    def __init__(self, mapping: Mapping, fields: Sequence[str] = COUNT_FIELDS):
        super().__init__()
        self._ours = {simplify(name): n for n, name in enumerate(fields)}
        for word, ours in mapping.counted.items():
            place = SKIPPED if ours == LEFT_OUT else self._ours.get(simplify(ours), UNKNOWN)
            self._ours[simplify(word)] = place

    def __missing__(self, text: str) -> int:
        place = self[text] = self._ours.get(simplify(text), UNKNOWN)
        return place
