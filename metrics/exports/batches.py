"""Rows in batches, made safe: the one way that every row of every file goes."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from metrics.cells import safe_cell, safe_text

BATCH_ROWS = 2000


def safe_batches(
    rows: Iterable[Sequence[object]], texts: Sequence[int] | None = None
) -> Iterator[list[Sequence[object]]]:
    """Yield the rows in batches, with every text marked that a spreadsheet would run.

    texts : the places at which text stands that somebody may have written; None for any place

    The same few texts stand in many rows, so that each is looked at once a batch.
    """
    rows = iter(rows)
    while batch := list(islice(rows, BATCH_ROWS)):
        if texts is None:
            yield [[safe_cell(cell) for cell in row] for row in batch]
            continue
        distinct = {cell for place in texts for cell in {row[place] for row in batch}}
        marked = {own: safe_text(own) for own in distinct if isinstance(own, str)}
        changed = {own: safe for own, safe in marked.items() if safe != own}
        yield _replace(batch, texts, changed) if changed else batch


def _replace(batch, texts, changed):
    safe = []
    for row in batch:
        cells = list(row)
        for place in texts:
            cells[place] = changed.get(cells[place], cells[place])
        safe.append(cells)
    return safe


def write_csv(batch: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV: UTF-8, commas, each line ended by CR LF."""
    page = io.StringIO(newline="")
    csv.writer(page).writerows(batch)
    return page.getvalue().encode()
