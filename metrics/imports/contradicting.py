"""Which rows contradict each other, and by what: other counts, or the same counts of what a column
that is not read calls another matter."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from metrics.imports.checks import DryRun
from metrics.imports.context import place_of

MOST_COMPARED = 1000  # rows whose unread cells are looked at; of others all such columns are named
MOST_NAMED = 3


class Contradictions:
    """Tells of single entries with which others they cannot stand."""

    def __init__(self, run: DryRun):
        self.run, self.table, self.columns = run, run.table, run.table.columns

    def tell(self, entry: int, others: Iterable[int]) -> str:
        """The row that contradicts an entry, by what, and what to do.

        others : the entries among which it is sought
        """
        row, counts, unread = self.table.row, self.table.counts.values(), self.table.unread
        against = [n for n in others if n != entry and self.run.against[n]]
        for n in against:
            if any(own[n] != own[entry] for own in counts):
                return f"{row[n]} too, with other counts. Keep one of the two rows."
            if unread is not None and unread[n] != unread[entry]:
                return (
                    f"{row[n]} too, with the same counts but another {self._name(entry, n)}, which "
                    "is not read. Add the two up, or keep one of them."
                )
        return f"{row[against[0]]} too. Keep one of the two rows."

    def _name(self, one: int, other: int) -> str:
        """The unread columns in which two rows differ; all where their cells were not kept."""
        places = self.columns.unread
        held = [self._cells.get(int(self.table.row[n])) for n in (one, other)]
        if held[0] and held[1]:
            apart = zip(places, held[0], held[1], strict=True)
            places = [at for at, cell, theirs in apart if cell != theirs] or places
        headings = {own.place: own.text for own in self.columns.headings}
        return " and ".join(headings.get(at, f"column {at + 1}") for at in places[:MOST_NAMED])

    @cached_property
    def _cells(self) -> dict[int, list[str]]:
        """By row, what the first rows that contradict each other hold in unread columns."""
        rows, kept = self.table.row, {}
        entries = np.flatnonzero(self.run.against)
        entries = entries[np.argsort(rows[entries], kind="stable")]
        place = place_of(self.table.site, self.table.month)[entries]
        found = entries[np.isin(place, place[:MOST_COMPARED])]
        left = {*np.unique(rows[found])[: 2 * MOST_COMPARED].tolist()}
        for number, cells in enumerate(self.run.file.rows(), self.run.file.preview.last + 1):
            if number in left:
                left.remove(number)
                at_all = range(len(cells))
                kept[number] = [cells[at] if at in at_all else "" for at in self.columns.unread]
            if not left:
                break
        return kept
