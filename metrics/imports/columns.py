"""Where each of our columns stands in a file."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from metrics.gate import BROKEN_DOWN
from metrics.imports.headings import EACH_MONTH_OF_YEAR, EACH_YEAR, Heading, simplify
from metrics.imports.mapping import MONTH_COLUMNS, OURS, PART_COLUMNS, SITE_COLUMNS, Mapping
from metrics.imports.missing import MissingColumnsError
from metrics.imports.months import read_month_of_year
from metrics.imports.reading import FileRefusedError
from metrics.models import COUNT_FIELDS


@dataclass(frozen=True)
class Block:
    """Columns that belong to one month: of each count its place.

    month : the one that the headings name, or the mapping; None where each row says it
    month_of_year : where the headings name it without its year, which each row says
    """

    month: date | None
    counts: dict[str, int]
    month_of_year: int | None = None

    def holds(self, month: date | None) -> bool:
        """Whether a month's counts stand in it, of a row that is of that month's year."""
        if self.month_of_year is not None:
            return month is not None and month.month == self.month_of_year
        return self.month == month


@dataclass(frozen=True)
class Columns:
    """Where everything stands. A place is counted from 0; a constant holds for every row.

    blocks : one, where each row says its month; in a wide file one for each month
    unused : headings of which nothing is read
    """

    headings: Sequence[Heading]
    places: dict[str, int]
    constants: dict[str, str]
    blocks: Sequence[Block]
    unused: list[str]

    @property
    def width(self) -> int:
        return self.headings[-1].place + 1 if self.headings else 0

    @property
    def unread(self) -> list[int]:
        """The places of which nothing is read, with or without a heading."""
        used = {*self.places.values()}.union(*(own.counts.values() for own in self.blocks))
        return [place for place in range(self.width) if place not in used]

    @property
    def is_broken_down(self) -> bool:
        """Whether the rows are parts of reports, such as the births of girls."""
        return self.places.keys() | self.constants.keys() >= set(PART_COLUMNS)

    @property
    def fields(self) -> tuple[str, ...]:
        """The counts that the file gives, in our order."""
        if "counted" in self.places:
            return BROKEN_DOWN if self.is_broken_down else COUNT_FIELDS
        given = {name for block in self.blocks for name in block.counts} | self.constants.keys()
        return tuple(name for name in COUNT_FIELDS if name in given)


def place_columns(headings: Sequence[Heading], mapping: Mapping) -> Columns:
    """Find the columns that a mapping names, and those with our own names unless it says that
    these are not used.

    FileRefusedError where one that is needed is missing, or named and not there.
    """
    _refuse_repeated(headings)
    spelled = [_spell(headings, how) for how in (str, str.casefold, simplify)]
    found: dict[tuple[str, date | None], list[Heading]] = {}
    for (ours, month), theirs in mapping.columns.items():
        found[ours, month] = _as_named(_find(spelled, theirs), theirs)
        if not found[ours, month]:
            raise FileRefusedError(
                f'The column mapping names "{theirs}" for {ours}, but the header has no such '
                f"column. It has {_list(headings)}."
            )
    named = {ours for ours, _ in found} | mapping.constants.keys()
    used = {heading.place for own in found.values() for heading in own}
    for ours in OURS:
        if ours not in named | mapping.unused:
            own = [own for own in _find(spelled, ours) if own.place not in used]
            found |= {(ours, None): own} if own else {}
    _look_for_parts(found, named)
    columns = _arrange(headings, found, mapping)
    _refuse_missing(columns)
    return columns


def _look_for_parts(found, named):
    """A category without a dimension, or the other way round, is another matter of that name. Of
    parts of reports no more than births and deaths are kept."""
    given = {ours for ours, _ in found} | named
    if not given >= set(PART_COLUMNS):
        spare = {*PART_COLUMNS} - named
    elif wrong := sorted(named & {*COUNT_FIELDS} - {*BROKEN_DOWN}):
        raise FileRefusedError(
            f"{wrong[0]} is not kept by category; {' and '.join(BROKEN_DOWN)} are. Say that its "
            "column is not used."
        )
    else:
        spare = {*COUNT_FIELDS} - {*BROKEN_DOWN}
    for ours in spare:
        found.pop((ours, None), None)


Time = date | int | None
Spelled = list[dict[str, list[Heading]]]


def _spell(headings: Sequence[Heading], how: Callable[[str], str]) -> dict[str, list[Heading]]:
    spelled: dict[str, list[Heading]] = {}
    for heading in headings:
        for name in {how(heading.key), how(heading.text)}:
            spelled.setdefault(name, []).append(heading)
    return spelled


def _find(spelled: Spelled, name: str) -> list[Heading]:
    """The headings of a name: as it is written, else whatever its case, else whatever its signs.

    FileRefusedError where it stands for several that differ by more than their month.
    """
    ways = zip(spelled, (name, name.casefold(), simplify(name)), strict=True)
    own = next((known[text] for known, text in ways if text in known), [])
    if len({heading.key.casefold() for heading in own}) > 1:
        raise FileRefusedError(
            f'"{name}" may be any of these columns: {_list(own)}. Say which of them it is.'
        )
    return own


def _arrange(headings, found, mapping):
    places: dict[str, int] = {}
    months: dict[Time, dict[str, int]] = {}
    for (ours, month), own in found.items():
        for heading in own:
            if ours in COUNT_FIELDS or (ours == "value" and month is None):
                counts = months.setdefault(month or _time_of(heading, mapping), {})
                if ours in counts:
                    _refuse_twice(headings, counts[ours], heading, ours)
                counts[ours] = heading.place
            else:
                places[ours] = heading.place
    if len({type(time) for time in months}) > 1:
        apart = months.get(None) or next(own for time, own in months.items() if _is_number(time))
        raise FileRefusedError(
            "Some counts stand under a month and some do not: "
            f"{', '.join(sorted(apart))}. Say of each to which month it belongs."
        )
    yearless = any(map(_is_number, months))
    own_times = [own for own in MONTH_COLUMNS if not (yearless and own == "year")]
    times = [own.text for own in headings if own.place in map(places.get, own_times)]
    times += ["the mapping"] if "month" in mapping.constants else []
    if times and months.keys() - {None}:
        raise FileRefusedError(
            f"Counts stand under months, but {times[0]} says a time of each row as well. Say that "
            "it is not used if it is the same in all; columns such as Jan to Dec are read with a "
            f"column of years as {EACH_MONTH_OF_YEAR}."
        )
    used = {heading.place for own in found.values() for heading in own}
    unused = [heading.text for heading in headings if heading.place not in used]
    blocks = [_make_block(time, months[time]) for time in sorted(months, key=_in_order)]
    blocks = blocks or [Block(None, {})]
    return Columns(headings, places, dict(mapping.constants), blocks, unused)


def _is_number(time: Time) -> bool:
    return isinstance(time, int)


def _in_order(time: Time) -> date:
    return date(1, time, 1) if isinstance(time, int) else time or date.min


def _make_block(time: Time, counts: dict[str, int]) -> Block:
    return Block(None, counts, time) if isinstance(time, int) else Block(time, counts)


def _refuse_twice(headings, place: int, heading: Heading, ours: str):
    first = next(own.text for own in headings if own.place == place)
    raise FileRefusedError(
        f"{first} and {heading.text} are of the same month, and both are said to be {ours}. Keep "
        "one of them."
    )


def _as_named(own: list[Heading], name: str) -> list[Heading]:
    """A heading that is named with the year in it, such as Births 2022, is one column of that name
    and not one of each year."""
    if len(own) == 1 and own[0].key != EACH_YEAR and simplify(own[0].text) == simplify(name):
        return [replace(own[0], year=None)]
    return own


def _time_of(heading: Heading, mapping: Mapping) -> Time:
    """The month that a heading names, the number of one without its year, or None."""
    if heading.is_span and heading.year is not None:
        return _month_in_span(heading, heading.year, mapping)
    if heading.month_of_year is not None:
        return heading.month_of_year
    if heading.month is not None or heading.year is None:
        return heading.month
    if "month_of_year" not in mapping.constants:
        raise FileRefusedError(
            f"The columns are headed by years, such as {heading.text}. Say in which month of it a "
            'year’s counts are to stand, for example month_of_year = "12".'
        )
    return date(heading.year, read_month_of_year(mapping.constants["month_of_year"]), 1)


def _month_in_span(heading: Heading, year: int, mapping: Mapping) -> date:
    """The month of a heading whose year begins in one and ends in the next, such as 2010-11."""
    said = heading.month_of_year or mapping.constants.get("month_of_year")
    if mapping.year_begins == 1 or said is None:
        raise FileRefusedError(
            "The columns are headed by years that begin in one and end in the next, such as "
            f"{heading.text}. Say with which month such a year begins, and in which month of it a "
            'year’s counts are to stand, for example year_begins = 4 and month_of_year = "3".'
        )
    number = read_month_of_year(str(said))
    return date(year + (number < mapping.year_begins), number, 1)


def _refuse_repeated(headings):
    texts = [heading.text.casefold() for heading in headings]
    repeated = sorted({text for text in texts if texts.count(text) > 1})
    if repeated:
        raise FileRefusedError(
            f"The header has {', '.join(repeated)} more than once. Keep one column of each."
        )


def _refuse_missing(columns: Columns):
    given = columns.places.keys() | columns.constants.keys()
    counts = {name for block in columns.blocks for name in block.counts} | given
    missing = []
    if not given & set(SITE_COLUMNS):
        missing.append("site")
    missing += _list_missing_times(columns.blocks[0], given)
    needed = BROKEN_DOWN if columns.is_broken_down else COUNT_FIELDS
    if not (counts & set(needed) or {"counted", "value"} <= counts):
        missing.append("parts" if columns.is_broken_down else "counts")
    if not columns.is_broken_down and given & set(PART_COLUMNS):
        missing += sorted(set(PART_COLUMNS) - given)
    if missing:
        raise MissingColumnsError(missing, [own.text for own in columns.headings])


def _list_missing_times(block: Block, given: Set[str]) -> list[str]:
    """Of a month of the year alone it is the year that is missing, and the other way round."""
    if block.month or (block.month_of_year is None and "month" in given):
        return []
    said = given | ({"month_of_year"} if block.month_of_year is not None else set())
    lacking = [own for own in ("year", "month_of_year") if own not in said]
    return ["month"] if len(lacking) == 2 else lacking


def _list(headings: Sequence[Heading]) -> str:
    return ", ".join(heading.text for heading in headings)
