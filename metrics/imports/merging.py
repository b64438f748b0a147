"""Entries that a file says more than once: rows about one count each, and repeated rows."""

from dataclasses import replace

import numpy as np

from metrics.imports.context import place_of
from metrics.imports.numbers import MISSING, NOT_SAID, UNREADABLE
from metrics.imports.table import Numbers, Table


def merge_counts(table: Table) -> Table:
    """Make one entry of the rows of a site-month that are about a count each; counts that no row is
    about are none of the file's.

    Where a count is said twice, both rows stay, and are told as repeated.
    """
    if len(table):
        given = {n: own for n, own in table.counts.items() if (own != NOT_SAID).any()}
        table = replace(table, counts=given)
    place = place_of(table.site, table.month)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    group = np.cumsum(np.diff(place, prepend=-1) != 0) - 1
    turn = np.zeros(len(table), dtype=np.int64)  # how often this count was said before
    for own in table.counts.values():
        said = np.flatnonzero((own != MISSING) & (own != NOT_SAID))
        first = np.diff(group[said], prepend=-1) != 0
        since = np.arange(len(said)) - np.maximum.accumulate(
            np.where(first, np.arange(len(said)), 0)
        )
        turn[said] = np.maximum(turn[said], since)
    if len(starts) == len(table):
        return table
    entry = np.unique(group * (int(turn.max()) + 1) + turn, return_inverse=True)[1]
    chosen = np.full(int(entry.max()) + 1, len(table), dtype=np.int64)
    np.minimum.at(chosen, entry, np.arange(len(table)))
    counts = {}
    for name, own in table.counts.items():
        merged = np.full(len(chosen), NOT_SAID, dtype=np.int32)
        merged[entry[own == MISSING]] = MISSING
        said = (own != MISSING) & (own != NOT_SAID)
        merged[entry[said]] = own[said]
        counts[name] = merged
    return replace(
        table,
        row=table.row[chosen],
        site=table.site[chosen],
        month=table.month[chosen],
        counts=counts,
        unread=_add_up(table.unread, entry, len(chosen)),
    )


def _add_up(unread: Numbers | None, entry: Numbers, entries: int) -> Numbers | None:
    """What the rows of an entry hold unread, whatever their order."""
    if unread is None:
        return None
    sums = np.zeros(entries, dtype=np.int64)
    np.add.at(sums, entry, unread)
    return sums


def find_repeated(table: Table, is_empty: Numbers) -> tuple[Numbers, Numbers]:
    """Say of each entry whether another of its site and month contradicts it, and whether it says
    what an earlier one says. Entries that say nothing neither repeat nor are repeated.

    Where two contradict each other nobody knows which is right, so neither is taken. So do two that
    say the same of what may be two matters, since they differ in a column that is not read.
    """
    place = place_of(table.site, table.month)
    said = np.flatnonzero(~is_empty)
    against = np.zeros(len(table), dtype=bool)
    same = np.zeros(len(table), dtype=bool)
    own = place[said]
    is_again = np.concatenate([[False], own[1:] == own[:-1]]) if len(own) else np.zeros(0, bool)
    if is_again.any():
        first = np.maximum.accumulate(np.where(is_again, 0, np.arange(len(said))))
        alike = np.ones(len(said), dtype=bool)
        for counts in table.counts.values():
            now = counts[said]
            alike &= (now == counts[said[first]]) & (now > UNREADABLE)
        if table.unread is not None:
            alike &= table.unread[said] == table.unread[said[first]]
        group = np.cumsum(~is_again)
        against[said] = np.isin(group, group[is_again & ~alike])
        same[said] = is_again & alike & ~against[said]
    return against, same
