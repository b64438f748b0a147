"""A table of parts as one of series, so that what is done with sites is done with their parts: a
category of a site stands as a site of its own."""

from dataclasses import replace

import numpy as np

from metrics.imports.table import Numbers, Table


def part_of(table: Table) -> Numbers:
    """The categories of a table of parts."""
    if table.part is None:
        raise TypeError("This table is of reports, not of their parts.")
    return table.part


def number_series(table: Table, categories: int) -> Table:
    """Number sites and categories as one; the entries stay in their order."""
    return replace(table, site=table.site.astype(np.int64) * categories + part_of(table), part=None)


def as_series(table: Table, categories: int) -> Table:
    """The same, in the order of these numbers, then of months and rows."""
    numbered = number_series(table, categories)
    return _in_order(numbered, np.lexsort((numbered.row, numbered.month, numbered.site)))


def of_series(table: Table, categories: int) -> Table:
    """Undo `as_series`, in the order of sites and months, then of categories and rows."""
    site, part = (own.astype(np.int32) for own in np.divmod(table.site, categories))
    order = np.lexsort((table.row, part, table.month, site))
    return _in_order(replace(table, site=site, part=part), order)


def _in_order(table: Table, order: Numbers) -> Table:
    return replace(
        table,
        row=table.row[order],
        site=table.site[order],
        month=table.month[order],
        counts={name: own[order] for name, own in table.counts.items()},
        part=None if table.part is None else table.part[order],
        unread=None if table.unread is None else table.unread[order],
    )
