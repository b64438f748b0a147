"""What a file that one can take is made of, and what somebody asked of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from metrics.models.reports import MonthlyReportQuerySet
from programs.models import Measure, Membership, Program, Site
from programs.periods import Period
from programs.withholding import withholding_circle

Cells = Sequence[object]


class Type(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    MONTH = "month, such as 2024-01"
    COUNT = "whole number; empty where it was not counted"
    NUMBER = "number, unrounded; empty where there is none"
    MOMENT = "moment with its zone, such as 2024-01-31T14:05:09+00:00"


@dataclass(frozen=True)
class Column:
    """One column: its fixed name, and what stands in it."""

    name: str
    meaning: str
    type: Type = Type.TEXT


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: everything that their sites have, where nothing was.

    sites : of those that the membership covers only these; None for all
    status : only reports that stand so; said : the choices in words; query : in an address
    """

    membership: Membership
    today: date
    period: Period | None = None
    sites: frozenset[int] | None = None
    status: str = ""
    measure: Measure | None = None
    said: tuple[tuple[str, str], ...] = ()
    query: str = ""

    @property
    def program(self) -> Program:
        return self.membership.program

    @property
    def covered(self) -> QuerySet[Site]:
        """The sites whose counts may be in the file."""
        sites = Site.objects.covered_by(self.membership)
        return sites if self.sites is None else sites.filter(pk__in=self.sites)

    def narrow(self, reports: MonthlyReportQuerySet) -> MonthlyReportQuerySet:
        """Of the program's reports those of the sites and months asked for."""
        if self.period is not None:
            reports = reports.in_period(self.period)
        if self.sites is not None or not self.membership.all_sites:
            reports = reports.filter(site__in=self.covered.order_by().values("pk"))
        return reports


@dataclass(frozen=True)
class Dataset:
    """One kind of file. A new one is one more entry in the registry.

    says : in one sentence, what is in it; method : how its numbers came about
    rows : its rows without the header, in the order of the columns, each made when it is asked for
    count : how many they are, where that is quicker than to make them; None where it is not
    takes : which choices change it, by their names in an address
    is_to_fill_in : it holds no counts, but room for them
    keeps_small_counts : its rows withhold by themselves what a viewer of a program that withholds
    small counts may not see; no viewer of such a program is given any other
    """

    kind: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: Callable[[Asked], Iterator[Cells]]
    method: str
    count: Callable[[Asked], int] | None = None
    takes: frozenset[str] = frozenset()
    keeps_small_counts: bool = False
    is_to_fill_in: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(own.name for own in self.columns)

    @property
    def texts(self) -> tuple[int, ...]:
        """Where text stands that somebody may have written."""
        return tuple(n for n, own in enumerate(self.columns) if own.type is Type.TEXT)

    def count_rows(self, asked: Asked, *, quickly: bool = False) -> int | None:
        """How many rows there are. None where that is asked for quickly, and is not to be had."""
        if self.count:
            return self.count(asked)
        return None if quickly else sum(1 for _ in self.rows(asked))

    def may_be_taken_by(self, membership: Membership) -> bool:
        return self.keeps_small_counts or not is_withheld_from(membership)


def is_withheld_from(membership: Membership) -> bool:
    """Whether small counts are kept from this member."""
    return withholding_circle(membership) is not None
