"""A whole file as columns of whole numbers.

A site-month in it is called an entry. In a long file a row holds one, in a wide file one for each
month; where each row is about one count, several rows make one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from metrics.imports.columns import Columns
from metrics.imports.numbers import MISSING, NOT_SAID
from programs.periods import MONTHS_PER_YEAR

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
    part : in a file of breakdowns, the place of each entry's category in the part finder's list
    filled : of kinds as in gaps, in how many rows each was taken from above
    unread : of each entry, a number made of its row's cells in columns of which nothing is read;
    None in a file that has none
    gaps : of site, area, year and month, in how many rows that cannot be placed none is said
    has_sums : whether its infant deaths are the sum of their ages, of which the file says no total
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
    part: Numbers | None = None
    gaps: Mapping[str, int] = field(default_factory=dict)
    has_sums: bool = False
    unread: Numbers | None = None
    filled: Mapping[str, int] = field(default_factory=dict)

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
        part = None if self.part is None else self.part[own]
        return replace(
            self,
            row=self.row[own],
            site=self.site[own],
            month=self.month[own],
            counts=counts,
            part=part,
            unread=None if self.unread is None else self.unread[own],
        )

    @property
    def is_empty(self) -> Numbers:
        """Which entries name a place and count nothing: not reported."""
        nothing = [(own == MISSING) | (own == NOT_SAID) for own in self.counts.values()]
        return np.logical_and.reduce(nothing)
