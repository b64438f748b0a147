"""The figures that a page shows, read as a reader does: from its words and from what is near."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tests.page_text import Element, remember

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
DECIMAL = rf"{NUMBER}\.\d+"
RATE = re.compile(rf"({DECIMAL})(?: per {NUMBER})? \(?({DECIMAL}) to ({DECIMAL})\)?")
NAKED = re.compile(rf"({DECIMAL})(?: → ({DECIMAL}))? per 1(?:00)?,000|({DECIMAL}) \({NUMBER} of")
PAIR = re.compile(rf"(?<![\w.,])(?<!Page )({NUMBER}) of ({NUMBER})(?![\d%])(?: ([a-z]+))?( \()?")
# What is counted where it follows: not deaths of births.
OTHER_THINGS = {
    *("are", "births", "expected", "infant", "interventions", "missing"),
    *("months", "points", "program", "reports"),
}
BIRTHS = ("births", "live births")
DEATHS = ("deaths", "stillbirths")
PERCENT = r"[−+]?[\d.]+ %(?: (?:lower|higher))?|unchanged|without limit|∞"
CHANGE = re.compile(rf"({PERCENT}) \(? ?({PERCENT}) to ({PERCENT}) ?\)?")
SPOKEN = re.compile(
    rf"({PERCENT}) ?\. (?:By chance alone|The difference is within what chance does:) ?"
    rf"the true change could lie between ({PERCENT}) and ({PERCENT})"
)
HEADINGS = ("h1", "h2", "h3")
WHOLE = (
    "tr",
    "article",
    "section",
    "li",
    "figure",
    "aside",
    "main",
)  # what a reader takes together


@dataclass(frozen=True)
class Rate:
    """A rate with its interval, as written, and where it stands."""

    value: str
    low: str
    high: str
    at: Element


@dataclass(frozen=True)
class Pair:
    """Deaths of births, or reports of those expected, and where they stand."""

    part: int
    whole: int
    at: Element


@dataclass(frozen=True)
class Change:
    """A percent change with its interval, as numbers, and where it stands."""

    value: float
    low: float
    high: float
    places: int
    at: Element


@remember
def text_of(element: Element) -> str:
    """An element's words; a cell of a table begins with the name of its column."""
    return element.text


def find(page: Element, pattern: re.Pattern) -> Iterator[tuple[Element, re.Match]]:
    """Every place where a pattern stands, each in the smallest element that holds all of it."""
    for element in page:
        inside = [text_of(own) for own in element.children if isinstance(own, Element)]
        for match in pattern.finditer(text_of(element)):
            if not any(match[0].strip() in own for own in inside):
                yield element, match


def find_in_words(page: Element, pattern: re.Pattern) -> Iterator[tuple[Element, re.Match]]:
    """Every place where a pattern stands in words that no other element interrupts."""
    for element in page:
        for own in element.children:
            if isinstance(own, str):
                yield from ((element, match) for match in pattern.finditer(" ".join(own.split())))


def find_rates(page: Element) -> list[Rate]:
    return [Rate(*match.groups(), at) for at, match in find(page, RATE)]


def find_changes(page: Element) -> list[Change]:
    found = [*find(page, CHANGE), *find(page, SPOKEN)]
    return [Change(*map(read_percent, m.groups()), decimals_of(m[1]), at) for at, m in found]


@remember
def find_counts(page: Element) -> list[Pair]:
    """Every “deaths of births”, and every row with columns for both."""
    said = [
        Pair(whole_number(m[1]), whole_number(m[2]), at)
        for at, m in find_in_words(page, PAIR)
        if m[3] not in OTHER_THINGS
        and not m[4]
        and not is_of_reports(at)
        and at.tag not in HEADINGS
        and not is_of_paging(at)
    ]
    return said + [pair for row in page.find("tr") for pair in _read_row(row)]


@remember
def find_received(page: Element) -> list[Pair]:
    """Every “so many of so many reports”."""
    return [
        Pair(whole_number(m[1]), whole_number(m[2]), at)
        for at, m in find_in_words(page, PAIR)
        if m[3] == "reports" or (m[3] is None and is_of_reports(at))
    ]


def is_of_reports(element: Element) -> bool:
    return bool(re.search(r"\breports\b|completeness", column_of(element)))


def is_of_paging(element: Element) -> bool:
    return any("pagination" in own.classes for own in element.ancestors)


def find_naked_rates(page: Element) -> list[tuple[str, Element]]:
    """Every rate that is told as so many per 1,000, wherever it stands."""
    return [(own, at) for at, m in find(page, NAKED) for own in m.groups() if own]


def _read_row(row: Element) -> Iterator[Pair]:
    """The deaths in a row, column by column, each with the births that stand beside them."""
    cells = {column_of(cell): cell for cell in row.find("td")}
    births = next((_number(cells[name]) for name in BIRTHS if name in cells), None)
    for name, cell in cells.items():
        deaths = _number(cell)
        if name.endswith(DEATHS) and births is not None and deaths is not None:
            yield Pair(deaths, births + (deaths if name == "stillbirths" else 0), cell)


def _number(cell: Element) -> int | None:
    return whole_number(text_of(cell)) if re.fullmatch(NUMBER, text_of(cell)) else None


@remember
def column_of(element: Element) -> str:
    """The name of the column in which an element stands, in small letters; else nothing."""
    cell = next((own for own in element.ancestors if own.tag == "td"), None)
    row = next((own for own in element.ancestors if own.tag == "tr"), None)
    if cell is None or row is None:
        return ""
    table = next(own for own in row.ancestors if own.tag == "table")
    place = sum(span_of(own) for own in row.elements[: row.elements.index(cell)])
    return _heads(table).get(place, "").strip().lower()


@remember
def _heads(table: Element) -> dict[int, str]:
    """What the head of a table says over each column."""
    rows = table.find("thead")[0].find("tr") if table.find("thead") else []
    grid: dict[tuple[int, int], str] = {}
    for down, row in enumerate(rows):
        across = 0
        for cell in row.elements:
            while (down, across) in grid:
                across += 1
            spanned = product(range(span_of(cell, "rowspan")), range(span_of(cell)))
            grid |= {(down + y, across + x): text_of(cell) for y, x in spanned}
    columns = {across for _, across in grid}
    return {x: " ".join(grid.get((y, x), "") for y in range(len(rows))) for x in columns}


def span_of(cell: Element, way: str = "colspan") -> int:
    return int(cell.attributes.get(way, 1))


def around(element: Element) -> Iterator[Element]:
    """The element and what it stands in, out to what a reader takes together."""
    for own in element.ancestors:
        yield own
        if own.tag in WHOLE:
            return


def whole_number(text: str) -> int:
    return int(text.replace(",", ""))


def decimals_of(text: str) -> int:
    return len(re.sub(r"[^\d.]", "", text).partition(".")[2])


def read_percent(text: str) -> float:
    """−30 for “30 % lower” and for “−30 %”."""
    if text == "unchanged":
        return 0.0
    if text in ("without limit", "∞"):
        return float("inf")
    size = float(re.sub(r"[^\d.]", "", text))
    return -size if "lower" in text or text.startswith("−") else size
