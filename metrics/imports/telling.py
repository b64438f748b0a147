"""A dry run as a table: what becomes of each row, with the old and the new numbers of what would
change and the gate's sentences for what is refused or odd."""

from collections.abc import Iterator

import numpy as np

from metrics.imports.checks import DryRun
from metrics.imports.explaining import Explained, Explainer, explain
from metrics.imports.table import date_of
from metrics.models import COUNT_FIELDS, ImportBatch, MonthlyReport
from programs.models import Site
from programs.periods import format_month

FETCHED = 2_000
HEADER = ("row", "outcome", "site_code", "month", "column", "value", "stored", "said")


def tell_rows(run: DryRun) -> Iterator[tuple[object, ...]]:
    """Yield a header, then the rows in the file's order; its file must still be open.

    A row has a line for each count that would change and for each sentence, else one line.
    """
    yield HEADER
    everything = np.ones(len(run.table), dtype=bool)
    for own in explain(Explainer(run), everything, with_misplaced=True):
        place = _place(run, own)
        for line in tell_said(own):
            yield (own.row, own.outcome.label, *place, *line)


def tell_written(batch: ImportBatch) -> Iterator[tuple[object, ...]]:
    """Yield a header, then each report that a file wrote, as it wrote it."""
    yield ("outcome", "site_code", "site_name", "month", *COUNT_FIELDS)
    sites = Site.objects.filter(participations__program=batch.program)
    written = MonthlyReport.history.filter(
        import_batch=batch, site__in=sites, history_change_reason__startswith=f"import {batch.pk}: "
    ).order_by("site__code", "month")
    rows = written.values_list("history_type", "site__code", "site__name", "month", *COUNT_FIELDS)
    for kind, code, name, month, *counts in rows.iterator(chunk_size=FETCHED):
        yield ("new" if kind == "+" else "changed", code, name, format_month(month), *counts)


def tell_said(own: Explained) -> list[tuple[object, ...]]:
    """Column, value, what is stored and what is said: a line for each change and each sentence."""
    lines: list[tuple[object, ...]] = [(name, new, old, "") for name, old, new in own.changes]
    said = [*own.faults, *own.questions]
    lines += [(f.field, own.cells.get(f.field, ""), "", f.message) for f in said]
    return lines or [("", "", "", "")]


def _place(run: DryRun, own: Explained) -> tuple[str, str]:
    if own.entry is None:
        return own.cells.get("site_code") or own.cells.get("site_name", ""), ""
    site = run.context.sites[int(run.table.site[own.entry])]
    return site.code, format_month(date_of(run.table.month[own.entry]))
