"""A report's breakdowns, stored with it: what changed, and what each category held before."""

from collections.abc import Iterable, Mapping

from metrics.gate import BROKEN_DOWN
from metrics.models import BreakdownCount, MonthlyReport

Parts = Mapping[int, Mapping[str, int | None]]  # category -> live_births and infant_deaths
Breakdowns = dict[str, dict[str, dict[str, int | None]]]  # dimension -> category -> the same


def find_changed_parts(report: MonthlyReport, parts: Parts) -> dict[int, BreakdownCount | None]:
    """The categories whose counts differ from what is stored, each with its row, if it has one."""
    rows = {row.category_id: row for row in report.breakdown_counts.all()} if parts else {}
    return {
        category: rows.get(category)
        for category, counts in parts.items()
        if dict(counts) != {name: getattr(rows.get(category), name, None) for name in BROKEN_DOWN}
    }


def load_breakdowns(reports: Iterable[int]) -> dict[int, Breakdowns]:
    """Report -> dimension -> category -> its two counts, in one query.

    reports : their keys, or a query for them
    """
    found: dict[int, Breakdowns] = {}
    counts = BreakdownCount.objects.filter(report__in=reports).order_by("pk")
    for own in counts.select_related("category__dimension"):
        parts = found.setdefault(own.report_id, {}).setdefault(own.category.dimension.name, {})
        parts[own.category.code] = {name: getattr(own, name) for name in BROKEN_DOWN}
    return found


def store_parts(report: MonthlyReport, parts: Parts, *, by) -> None:
    """Store the breakdowns that changed. Emptied, a category's row goes; its history stays."""
    for category, stored in find_changed_parts(report, parts).items():
        row = stored or BreakdownCount(report=report, category_id=category)
        row._history_user = by  # type: ignore[attr-defined]  # read by simple_history
        row._change_reason = f"version {report.version}"  # type: ignore[attr-defined]
        if all(count is None for count in parts[category].values()):
            row.delete()
            continue
        for name, count in parts[category].items():
            setattr(row, name, count)
        row.save()
