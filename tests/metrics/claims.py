"""What a figure says it is of: which measure, which months, which sites. Read from its link to
its reports, else from the nearest words, links and headings around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from urllib.parse import parse_qs, urlsplit

from programs.models import Area, Measure, Program, Site
from programs.periods import Period, parse_month
from tests.metrics.books import Books
from tests.metrics.shown_figures import around, column_of, text_of
from tests.page_text import Element, read_page, remember

SHORT = 320  # letters up to which an element's words are read as one; beyond, its headings
SWITCH = "/approvals/switch/"
WAITING = "wait for approval and are not in these figures"
NOTICE = 800  # letters of the longest note about what waits
ARRIVED = ("submitted", "approved")
HEADINGS = ("h1", "h2", "h3", "h4", "caption", "thead", "figcaption", "legend", "title", "summary")
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
EXPLAIN = re.compile(rf"/programs/([\w-]+)/explain/(\w+)/({MONTH}\.\.{MONTH})/(\S*)")
MEASURES = {
    Measure.INFANT: r"\binfant",
    Measure.NEONATAL: r"\bneonatal",
    Measure.POSTNEONATAL: r"\bpostneonatal",
    Measure.STILLBIRTH: r"\bstillbirth",
    Measure.MATERNAL: r"\bmaternal",
}


@dataclass(frozen=True)
class Claim:
    """So many deaths and births of a measure, in these months, at these sites."""

    books: Books
    measure: Measure
    period: Period
    sites: frozenset[int]

    statuses: tuple[str, ...] | None = None  # which reports count; None by the program's rule

    @property
    def counts(self) -> tuple[int, int]:
        return self._count()[:2]

    @property
    def received(self) -> tuple[int, int]:
        return self._count()[2], self._expected

    @property
    def on_time(self) -> tuple[int, int]:
        return self.books.on_time(self.period, self.sites), self._expected

    @property
    def _expected(self) -> int:
        return self.books.expected(self.period, self.sites)

    def _count(self):
        return self.books.counts(self.measure, self.period, self.sites, self.statuses)


class Shelf:
    """The books of every program."""

    def __init__(self):
        self.programs = {own.slug: Books(own) for own in Program.objects.all()}
        self.sites = {own.code: own for own in Site.objects.all()}
        self.areas = {own.code: own for own in Area.objects.all()}

    def sites_within(self, code: str) -> frozenset[int]:
        return frozenset(site.pk for site in self.sites.values() if code in self._path(site.area))

    def _path(self, area) -> Iterator[str]:
        while area is not None:
            yield area.code
            area = self.by_pk.get(area.parent_id)

    @cached_property
    def by_pk(self):
        return {own.pk: own for own in self.areas.values()}


class Page:
    """A page with its address, which says what it is of unless something nearer says otherwise."""

    def __init__(self, path: str, source: str, shelf: Shelf):
        self.path, self.source, self.shelf = urlsplit(path).path, source, shelf
        self.main = read_page(source).find("main")[0]
        self.asked = parse_qs(urlsplit(path).query)

    def claims(self, at: Element, is_alone) -> list[Claim]:
        """What a figure may be of: exactly what its link says, or what the words around allow.

        is_alone : whether an element holds no other figure of this kind
        """
        for box in around(at):
            if (linked := EXPLAIN.search(links(box))) and is_alone(box):
                return [self._follow(*linked.groups())]
        return [
            Claim(books, measure, period, sites & frozenset(books.all.sites), statuses)
            for books in self.books(at)
            for statuses in self._statuses(at)
            for measure, period, sites in product(
                self._measures(at, books), self._periods(at, books), self._sites(at, books)
            )
        ]

    def _statuses(self, at):
        """Beside what waits for approval, and where it is switched, a figure may be of what would
        count then."""
        if self.path.endswith(SWITCH):
            return [None, ("approved",), ARRIVED]
        near = [text_of(box) for box in at.ancestors if len(text_of(box)) < NOTICE]
        return [None, ARRIVED] if any(WAITING in own for own in near) else [None]

    def _follow(self, slug, measure, period, query) -> Claim:
        books, asked = self.shelf.programs[slug], parse_qs(query.lstrip("?"))
        sites = books.contract_sites if "of" in asked else books.sites
        if "area" in asked:
            sites = books.sites & self.shelf.sites_within(asked["area"][0])
        if "site" in asked:
            sites = frozenset(self.shelf.sites[code].pk for code in asked["site"])
        return Claim(books, Measure(measure), Period.parse(period), sites)

    # --- Nearest words ---------------------------------------------------------------------

    def books(self, at) -> list[Books]:
        """The programs that are named nearest; else that of the address, else all."""
        own = re.search(r"/programs/([\w-]+)/", self.path)
        if own:
            return [self.shelf.programs[own[1]]]
        for box in at.ancestors:
            named = [
                books
                for slug, books in self.shelf.programs.items()
                if f"/programs/{slug}/" in links(box) or books.program.name in words(box)
            ]
            if named:
                return named
        return list(self.shelf.programs.values())

    def _measures(self, at, books) -> list[Measure]:
        for box in at.ancestors:
            said = words(box).lower()
            if found := [own for own, pattern in MEASURES.items() if re.search(pattern, said)]:
                return [*found, *(Measure(own) for own in self.asked.get("measure", ()))]
        return [Measure(own) for own in self.asked.get("measure", [books.measure])]

    def _periods(self, at, books) -> list[Period]:
        for box in at.ancestors:
            if found := list(read_periods(words(box), books)):
                return found
        return [*books.contract.values(), *([Period.ending(books.span.last)] if books.span else [])]

    def _sites(self, at, books) -> list[frozenset[int]]:
        for box in at.ancestors:
            if found := self._named(box, books):
                return found
        return self._sites_of_address(books)

    def _named(self, box, books) -> list[frozenset[int]]:
        """The places that a short element names, by link or by word."""
        if len(text_of(box)) > SHORT and box.tag != "tr":
            return []
        said = words(box)
        sites = [
            frozenset({own.pk})
            for code, own in self.shelf.sites.items()
            if f"/sites/{code}/" in links(box) or own.name in said
        ]
        areas = [
            self.shelf.sites_within(code) & books.sites
            for code, own in self.shelf.areas.items()
            if f"/areas/{code}/" in links(box) or re.search(rf"\b{re.escape(own.name)}\b", said)
        ]
        comparison = [books.comparison_sites] if re.search("(?i)comparison sites", said) else []
        return sites + [own for own in areas if own] + comparison

    def _sites_of_address(self, books) -> list[frozenset[int]]:
        if site := re.match(r"/sites/([^/]+)/", self.path):
            return [frozenset({self.shelf.sites[site[1]].pk})]
        if area := re.search(r"/areas/([^/]+)/", self.path):
            return [self.shelf.sites_within(area[1]) & books.sites]
        if "area" in self.asked:
            inside = self.shelf.sites_within(self.asked["area"][0])
            return [inside & books.sites, books.sites, books.contract_sites]
        if acts := re.search(r"/interventions/(\d+)/", self.path):
            named = books.program.interventions.get(pk=acts[1]).sites.values_list("pk", flat=True)
            return [frozenset(named) & books.sites or books.sites]
        return [books.sites, books.contract_sites]


@remember
def links(element: Element) -> str:
    """The addresses of all links in an element."""
    return " ".join(own.attributes.get("href", "") for own in element.find("a"))


@remember
def words(element: Element) -> str:
    """What an element says of what is in it: a short one all, a long one by its headings."""
    said = text_of(element)
    if len(said) > SHORT and element.tag != "tr":
        said = " ".join(text_of(own) for own in _headings(element))
    if element.tag == "dd":
        said = f"{_term(element)} {said}"
    return f"{column_of(element)} {said}" if element.tag == "td" else said


def _headings(element):
    """The headings inside an element that do not belong to something smaller in it."""
    return [own for own in element if own.tag in HEADINGS or "kicker" in own.classes][:4]


def _term(element):
    before = element.parent.elements
    terms = [own for own in before[: before.index(element)] if own.tag == "dt"]
    return text_of(terms[-1]) if terms else ""


def read_periods(said: str, books: Books) -> Iterator[Period]:
    """Every period that is named: by its months, or by its part in the contract."""
    for first, last in re.findall(rf"({MONTH}) to ({MONTH})", said):
        yield Period(parse_month(first), parse_month(last))
    alone = re.sub(rf"{MONTH} to {MONTH}|{MONTH}-\d\d", "", said)
    for month in re.findall(rf"\b{MONTH}\b", alone):
        yield Period(parse_month(month), parse_month(month))
        yield Period.ending(parse_month(month))
    for name, period in books.contract.items():
        if re.search(rf"(?i)\b{name}\b|%.*\bfrom\b|\bagainst\b", said):
            yield period
    if "last 12 months" in said and books.span:
        yield Period.ending(books.span.last)
    if year := re.match(r"(\d{4})(?:-\d\d)?(?: |$)", said):
        yield Period.starting(date(int(year[1]), books.program.year_first_month, 1))
