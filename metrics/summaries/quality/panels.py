"""Stored reports laid out as sites by months, and the fingerprint of the counts of a finding."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import numpy as np

from metrics.stats.quality import Found, Panel
from programs.periods import Period, format_month


@dataclass(frozen=True)
class SiteMonths:
    """Counts of sites by month.

    sites : what names each row of the panel; months : what each of its columns is
    """

    panel: Panel
    sites: Sequence[int]
    months: Sequence[date]

    @property
    def reported(self) -> Period:
        """From the first month that anybody reported to the last."""
        anything = ~np.isnan(self.panel["live_births"]).all(axis=0)
        columns = np.flatnonzero(anything)
        return Period(self.months[int(columns[0])], self.months[int(columns[-1])])

    def months_of(self, found: Found) -> list[date]:
        return [self.months[column] for column in found.months]

    def fingerprint_of(self, found: Found) -> str:
        """The SHA-256 of the counts that a finding is about, each under its month and name."""
        counts = [
            [format_month(self.months[column]), name, self._read(name, found.site, column)]
            for column in found.months
            for name in found.fields
        ]
        text = json.dumps([str(found.kind), counts], separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def _read(self, name: str, site: int, column: int) -> int | None:
        own = self.panel[name][site, column]
        return None if np.isnan(own) else int(own)


def lay_out(rows: Iterable[tuple], names: Sequence[str], through: date) -> SiteMonths | None:
    """Lay out reports: (site, month, *counts), each site and month once; None without any.

    month : a date, or as databases write it: a date for each of a million rows takes longer
    names : of the counts; through : the last month, whether or not anybody reported it
    """
    kinds = [("site", "i8"), ("month", "M8[M]"), *((name, "f8") for name in names)]
    table = np.fromiter(rows, dtype=kinds)  # None is nan
    if not table.size:
        return None
    first, last = table["month"].min(), table["month"].max()
    months = list(Period(first.item(), max(through, last.item())))
    sites, row = np.unique(table["site"], return_inverse=True)
    place = row * len(months) + (table["month"] - first).astype(int)
    panel = {}
    for name in names:
        panel[name] = np.full((len(sites), len(months)), np.nan)
        panel[name].flat[place] = table[name]
    return SiteMonths(Panel(panel), sites.tolist(), months)
