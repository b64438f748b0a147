"""What became of each site-month, and whether the reader may type there."""

from collections.abc import Sequence
from datetime import date

from django.db.models import prefetch_related_objects

from metrics.gate import SiteAtGate, check_lock
from metrics.grids import drafted_texts, may_be_changed
from metrics.locks import sites_at_gate
from metrics.models import Draft, MonthlyReport, Status
from metrics.models.reports import may_be_corrected, standing
from metrics.summaries.grid.cells import Grid, GridCell, GridRow, GridState
from metrics.summaries.grid.sites import GridSites
from programs.models import Participation
from programs.periods import Period, month_of


def fill_grid(
    sites: GridSites, parts: Sequence[Participation], period: Period, *, user, today: date
) -> Grid:
    """Show these parts' sites over a period, in four queries whatever their number."""
    shown = [part.site for part in parts]
    prefetch_related_objects(shown, "spells")
    reports = _read_reports(shown, period)
    drafts = Draft.objects.filter(
        user=user, site__in=shown, month__range=(period.first, period.last)
    )
    texts = {(own.site_id, own.month): drafted_texts(own) for own in drafts}
    to_correct = [
        place
        for place, own in reports.items()
        if may_be_corrected(own.status, own.reopened_until, today)
    ]
    at_gate = sites_at_gate(
        shown,
        today,
        participations=[own for site in shown for own in sites.everywhere[site.pk]],
        to_correct=to_correct,
    )
    rows = [_fill_row(part, at_gate[part.site_id], period, reports, texts, today) for part in parts]
    return Grid(sites.program, period, rows)


def _read_reports(sites, period):
    reports = MonthlyReport.objects.filter(site__in=sites).in_period(period).order_by()
    return {
        (own.site_id, own.month): own
        for own in reports.values_list(
            "site_id",
            "month",
            "live_births",
            "infant_deaths",
            "status",
            "version",
            "reopened_until",
            named=True,
        )
    }


def _fill_row(part, gate: SiteAtGate, period, reports, drafts, today) -> GridRow:
    site = part.site
    cells = [
        _fill_cell(
            part,
            gate,
            month,
            reports.get((site.pk, month)),
            drafts.get((site.pk, month)),
            today,
        )
        for month in period
    ]
    is_comparison = part.role == Participation.Role.COMPARISON
    return GridRow(site, str(site.pk), is_comparison, cells)


def _fill_cell(part, gate, month, report, draft, today) -> GridCell:
    asked = month in part.period and any(month in spell for spell in gate.operation)
    begun = asked and month <= month_of(today)
    locked = begun and check_lock(gate, month) is not None
    open_still = report is None or may_be_changed(report.status, report.reopened_until, today)
    births, deaths = _texts(report, draft)
    return GridCell(
        month=month,
        state=_state(part, gate, month, report, draft, today),
        births=births,
        deaths=deaths,
        version=report.version if report else 0,
        is_locked=locked,
        is_editable=begun and not locked and open_still and part.may_enter,
        has_draft=draft is not None and report is not None and report.status != Status.DRAFT,
    )


def _texts(report, draft):
    if report is None:
        return draft or ("", "")
    deaths = "" if report.infant_deaths is None else str(report.infant_deaths)
    return str(report.live_births), deaths


def _state(part, gate, month, report, draft, today) -> GridState:
    if report is not None:
        return GridState(standing(report.status, report.reopened_until, today))
    if draft is not None:
        return GridState.DRAFT
    if not any(month in spell for spell in gate.operation):
        return GridState.CLOSED
    if month not in part.period or month >= month_of(today):
        return GridState.NOT_EXPECTED
    is_overdue = month <= part.program.overdue_through(today)
    return GridState.OVERDUE if is_overdue else GridState.DUE
