"""What is stored of the reports that a file breaks down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.gate import BROKEN_DOWN
from metrics.imports.context import FETCHED, Context
from metrics.imports.table import Numbers, Table, date_of
from metrics.models import BreakdownCount, Category


@dataclass(frozen=True)
class StoredParts:
    """The stored parts of these reports, in the order of `key`; counts below 0: not counted.

    key : see `key_of`; pk : of the row
    categories : how many there are
    """

    key: Numbers
    pk: Numbers
    counts: dict[str, Numbers]
    categories: int

    def key_of(self, report: Numbers, part: Numbers) -> Numbers:
        """A report's place among the stored ones and its category's place as one number."""
        return report.astype(np.int64) * self.categories + part

    def find(self, key: Numbers) -> tuple[Numbers, Numbers]:
        """Where each part is stored, and whether it is at all."""
        at = np.minimum(np.searchsorted(self.key, key), max(len(self.key) - 1, 0))
        return at, (self.key[at] == key if len(self.key) else np.zeros(len(key), bool))

    def of_reports(self, report: Numbers) -> Numbers:
        """Where the parts of these reports stand, given in ascending order."""
        first, end = (
            np.searchsorted(self.key, own * self.categories) for own in (report, report + 1)
        )
        length = end - first
        return np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())


def load_parts(context: Context, categories: Sequence[Category], table: Table) -> StoredParts:
    """Read the parts of every stored report of the months of a table, in one query.

    A report or a category that came after those were read is none of them: a dry run holds nothing
    still.
    """
    rows: Iterable[tuple] = ()
    if len(table) and len(context.stored.pk):
        months = date_of(table.month.min()), date_of(table.month.max())
        stored = BreakdownCount.objects.filter(
            report__site__in=context.sites, report__month__range=months
        ).order_by()
        fields = stored.values_list("pk", "report", "category", *BROKEN_DOWN)
        rows = fields.iterator(chunk_size=FETCHED)
    kind = [(name, "i8") for name in ("pk", "report", "category", *BROKEN_DOWN)]
    read = (tuple(-1 if own is None else own for own in row) for row in rows)
    found = np.fromiter(read, dtype=kind)
    keys = np.array([own.pk for own in categories], dtype=np.int64)
    is_known = np.isin(found["report"], context.stored.pk) & np.isin(found["category"], keys)
    found = found[is_known]
    report, part = _place(found["report"], context.stored.pk), _place(found["category"], keys)
    key = report * max(len(keys), 1) + part
    order = np.argsort(key, kind="stable")
    counts = {name: found[name][order].astype(np.int32) for name in BROKEN_DOWN}
    return StoredParts(key[order], found["pk"][order], counts, max(len(keys), 1))


def _place(keys: Numbers, among: Numbers) -> Numbers:
    """Where each key stands in a list that holds all of them, in any order."""
    order = np.argsort(among, kind="stable")
    return order[np.searchsorted(among, keys, sorter=order)]
