"""A dry run of breakdowns as a table, and what such a file wrote."""

from collections.abc import Iterator
from itertools import islice

from metrics.gate import BROKEN_DOWN
from metrics.imports.breakdowns.explaining import PartsExplainer
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.series import part_of
from metrics.imports.table import date_of
from metrics.imports.telling import FETCHED, tell_entries
from metrics.models import BreakdownCount, ImportBatch, MonthlyReport
from programs.models import Site
from programs.periods import format_month

PLACE = ("site_code", "month", "dimension", "category")


def tell_part_rows(run: PartsRun) -> Iterator[tuple[object, ...]]:
    """Yield a header, then the entries in the order of the file's rows; see `tell_entries`."""
    explainer = PartsExplainer(run)

    def place(entry, cells):
        if entry is None:
            site = cells.get("site_code") or cells.get("site_name", "")
            return (site, *(cells.get(name, "") for name in PLACE[1:]))
        site = run.context.sites[int(run.table.site[entry])].code
        category = explainer.category(entry)
        month = format_month(date_of(run.table.month[entry]))
        return site, month, category.dimension.code, category.code

    def stored(entries):
        part = part_of(run.table)[entries]
        at, _ = run.parts.find(run.parts.key_of(run.report[entries], part))
        return {name: own[at] for name, own in run.parts.counts.items()}

    return tell_entries(explainer, PLACE, place, stored)


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
