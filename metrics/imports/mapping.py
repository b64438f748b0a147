"""How a file is read: which of its columns is which of ours, and what its words stand for.

It is kept, and typed on the command line, as lines `ours = theirs`:
    site_name = district             our column, and the heading of the file's
    area_name = region               tells sites of one name apart by an area around them
    live_births@1978-12 = bir74      a column whose month stands nowhere in the file
    live_births = each month         columns that are headed by months, in a wide file
    site_code = "VIE-1"              in quotes: the same for every row
    site Grand total = -             a name of the file's: the code of a site, or - to leave it out
    stillbirths = -                  not used, though a column of the file is called so
    counted Live births = live_births    a word in the column “counted”: our column, or -
    dimension = "sex"        a file of breakdowns: by what, and in which column the categories are
    category sex/9 = unknown a word in the column of categories, of this breakdown: our category,
                             or -; without the breakdown and slash, of any that has no such category
    running live_births = 4          running totals that begin anew in April; - for none
    year_begins = 4                 years such as 2021-22, which begin in April
    sheet, header, marked, points, empty, last_month, above, ages, days    see `Mapping`
"""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import date

from metrics.imports.months import DayOrder, read_month, read_month_of_year
from metrics.imports.numbers import Ages, Empty, Marked, Points
from metrics.imports.reading import FileRefusedError
from metrics.models import COUNT_FIELDS

SITE_COLUMNS = ("site_code", "site_name")
MONTH_COLUMNS = ("month", "year", "month_of_year")
LONG_COLUMNS = ("counted", "value")
PART_COLUMNS = ("dimension", "category")  # where both are given, the rows are parts of reports
COLUMNS = (*SITE_COLUMNS, "month", *COUNT_FIELDS)
OURS = (*SITE_COLUMNS, "area_name", *MONTH_COLUMNS, *PART_COLUMNS, *LONG_COLUMNS, *COUNT_FIELDS)
LEFT_OUT = "-"
_OPTIONS = (
    *("sheet", "header", "marked", "points", "empty", "last_month", "year_begins", "above"),
    *("ages", "days"),
)
# Of which an empty cell may be what stands above it.
ABOVE = ("site", "area", "year", "month", "dimension")
_WORDS = ("site", *PART_COLUMNS, "counted", "running")

Lines = MappingType[str, str]


@dataclass(frozen=True)
class Mapping:
    """A mapping, read and checked.

    columns : ours and, where it is said, a month -> the file's heading
    unused : ours that are not read, even where a column is called so
    constants : ours -> the same value for every row
    sites : the file's name of a site -> its code, or LEFT_OUT
    counted : a word of the column “counted” -> our column, or LEFT_OUT
    dimensions, categories : the file's name of one -> its code or name, or LEFT_OUT; before the
    name of a category may stand its dimension, as in sex/9
    running : our column -> the month of the year in which its running totals begin anew
    sheet : of a workbook; empty for the first that is not hidden
    header : first and last row of the headings; None to look for them
    marked, points, empty : what to make of cells that may be read in two ways
    last_month : later ones are left out, such as a month that is only half in
    year_begins : the month of the year with which years such as 2021-22 begin; 1 for plain years
    above : of site, area, year, month and dimension those whose empty cells are what stands above
    ages : what to make of deaths by age where no column holds all of them
    days : which number of 01/04/2020 is the month; UNKNOWN to tell it from all dates
    """

    columns: MappingType[tuple[str, date | None], str] = field(default_factory=dict)
    constants: Lines = field(default_factory=dict)
    sites: Lines = field(default_factory=dict)
    counted: Lines = field(default_factory=dict)
    dimensions: Lines = field(default_factory=dict)
    categories: Lines = field(default_factory=dict)
    running: MappingType[str, int] = field(default_factory=dict)
    sheet: str = ""
    header: tuple[int, int] | None = None
    marked: Marked = Marked.REFUSE
    points: Points = Points.ASK
    empty: Empty = Empty.ERASE
    last_month: date | None = None
    unused: frozenset[str] = frozenset()
    year_begins: int = 1
    above: frozenset[str] = frozenset()
    ages: Ages = Ages.LEAVE
    days: DayOrder = DayOrder.UNKNOWN

    @property
    def names_months(self) -> bool:
        """Whether somebody said of which month a column or every row is, as no heading or cell
        says it: the next file with these headings is of another."""
        is_said = not {"month", "year"}.isdisjoint(self.constants)
        return is_said or any(month for _, month in self.columns)

    @classmethod
    def read(cls, lines: Lines) -> "Mapping":
        """Read its lines. FileRefusedError for the first that says nothing we know."""
        columns: dict[tuple[str, date | None], str] = {}
        words: dict[str, dict[str, str]] = {kind: {} for kind in (*_WORDS, "constants")}
        unused: set[str] = set()
        options: dict[str, object] = {}
        for ours, theirs in lines.items():
            kind, _, name = ours.partition(" ")
            if ours in _OPTIONS:
                options[ours] = _read_option(ours, _unquoted(theirs) or theirs)
            elif kind in _WORDS and name:
                words[kind][name] = _unquoted(theirs) or theirs
            elif (constant := _unquoted(theirs)) is not None:
                words["constants"][ours] = constant
            elif theirs == LEFT_OUT and ours in OURS:
                unused.add(ours)
            else:
                columns[_split_month(ours)] = theirs
        starts = words.pop("running").items()
        running = {ours: _read_start(ours, start) for ours, start in starts if start != LEFT_OUT}
        options["unused"] = frozenset(unused)
        return cls(
            columns,
            words["constants"],
            words["site"],
            words["counted"],
            words["dimension"],
            words["category"],
            running,
            **options,  # type: ignore[arg-type]
        )


def parse_mapping(text: str) -> dict[str, str]:
    """Read lines `ours = theirs` into a mapping's lines. FileRefusedError names a wrong one."""
    lines = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        ours, equals, theirs = (part.strip() for part in line.partition("="))
        if not equals or not theirs:
            raise FileRefusedError(
                f'column mapping, line {number}: "{line.strip()}" has no equals sign with a '
                "column after it. Write for example site_name = district."
            )
        kind, _, name = ours.partition(" ")
        known = ours in _OPTIONS or (kind in _WORDS and name) or ours.partition("@")[0] in OURS
        if not known:
            raise FileRefusedError(
                f'column mapping, line {number}: "{ours}" is none of our columns. '
                f"Ours are {', '.join(COLUMNS)}."
            )
        lines[ours] = theirs
    Mapping.read(lines)
    return lines


def _unquoted(text: str) -> str | None:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if is_quoted else None


def _split_month(ours: str) -> tuple[str, date | None]:
    name, at, month = ours.partition("@")
    if name not in OURS:
        raise FileRefusedError(f'column mapping: "{name}" is none of our columns.')
    return name, _read(read_month, ours, month) if at else None


def _read_option(name: str, text: str):
    if name == "header":
        first, _, last = text.partition("-")
        rows = (first, last or first)
        if all(row.isdecimal() and len(row) < 6 for row in rows):
            upper, lower = map(int, rows)
            if upper > 0 and lower - upper in (0, 1):
                return upper, lower
        raise FileRefusedError(f'header: "{text}" is no row. Write 2, or 2-3 for two rows.')
    readers = {
        "marked": Marked,
        "points": Points,
        "empty": Empty,
        "last_month": read_month,
        "sheet": str,
        "year_begins": read_month_of_year,
        "above": _read_above,
        "ages": Ages,
        "days": DayOrder,
    }
    return _read(readers[name], name, text)


def _read_above(text: str) -> frozenset[str]:
    own = frozenset(word.strip() for word in text.split(",")) - {LEFT_OUT}
    if unknown := sorted(own - {*ABOVE}):
        raise ValueError(f'"{unknown[0]}" is none of {", ".join(ABOVE)}.')
    return own


def _read_start(ours: str, text: str) -> int:
    if ours not in COUNT_FIELDS:
        raise FileRefusedError(f'running: "{ours}" is none of our counts.')
    return _read(read_month_of_year, f"running {ours}", text)


def _read(reader, name, text):
    try:
        return reader(text)
    except ValueError as error:
        raise FileRefusedError(f"{name}: {error}") from error
