"""A dry run of breakdowns as a table, and what such a file wrote."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from metrics.gate import BROKEN_DOWN
from metrics.imports.breakdowns.explaining import PartsExplainer
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.explaining import Explained, explain
from metrics.imports.table import date_of
from metrics.imports.telling import FETCHED, tell_said
from metrics.models import BreakdownCount, ImportBatch, MonthlyReport
from programs.models import Site
from programs.periods import format_month

PLACE = ("site_code", "month", "dimension", "category")
HEADER = ("row", "outcome", *PLACE, "column", "value", "stored", "said")


def tell_part_rows(run: PartsRun) -> Iterator[tuple[object, ...]]:
    """Yield a header, then the rows in the file's order; its file must still be open.

    A row has a line for each count that would change and for each sentence, else one line.
    """
    yield HEADER
    explainer = PartsExplainer(run)
    for own in explain(explainer, np.ones(len(run.table), dtype=bool), with_misplaced=True):
        place = _place(run, explainer, own)
        for line in tell_said(own):
            yield (own.row, own.outcome.label, *place, *line)


def _place(run: PartsRun, explainer: PartsExplainer, own: Explained) -> tuple[str, ...]:
    if own.entry is None:
        site = own.cells.get("site_code") or own.cells.get("site_name", "")
        said = (own.cells.get(name, "") for name in ("month", "dimension", "category"))
        return (site, *said)
    site = run.context.sites[int(run.table.site[own.entry])].code
    category = explainer.category(own.entry)
    month = format_month(date_of(run.table.month[own.entry]))
    return site, month, category.dimension.code, category.code


def tell_written_parts(batch: ImportBatch) -> Iterator[tuple[object, ...]]:
    """Yield a header, then each part that a file wrote, as it wrote it."""
    yield ("outcome", "site_code", "site_name", *PLACE[1:], *BROKEN_DOWN)
    sites = Site.objects.filter(participations__program=batch.program)
    written = MonthlyReport.history.filter(
        import_batch=batch, site__in=sites, history_change_reason__startswith=f"import {batch.pk}: "
    ).order_by("site__code", "month")
    rows = written.values_list("id", "version", "site__code", "site__name", "month")
    versions = rows.iterator(chunk_size=FETCHED)
    while reports := list(islice(versions, FETCHED)):
        yield from _tell_parts(reports)


def _tell_parts(reports) -> Iterator[tuple[object, ...]]:
    """The parts of some versions of reports, in their order."""
    reasons = {f"version {version}" for _, version, *_ in reports}
    parts = BreakdownCount.history.filter(
        report__in=[pk for pk, *_ in reports], history_change_reason__in=reasons
    ).order_by("category__dimension__code", "category__position", "category__code")
    by_version: dict[tuple[int, str], list] = {}
    fields = ("report", "history_change_reason", "history_type")
    named = ("category__dimension__code", "category__code", *BROKEN_DOWN)
    for report, reason, kind, *own in parts.values_list(*fields, *named):
        by_version.setdefault((report, reason), []).append((kind, *own))
    for pk, version, code, name, month in reports:
        for kind, *own in by_version.get((pk, f"version {version}"), ()):
            outcome = "new" if kind == "+" else "changed"
            yield (outcome, code, name, format_month(month), *own)
