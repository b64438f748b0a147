"""What became of each month of a site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.models import MonthlyReport, Status
from metrics.stats.rates import Rate
from metrics.summaries.counts import Counts
from metrics.summaries.figures import Rating, month_figures
from programs.models import Participation, Site
from programs.periods import Period, shift_month


class MonthState(StrEnum):
    """What became of one site-month. Zero, missing and closed are three things."""

    REPORTED = "reported"
    ZERO_BIRTHS = "zero_births"
    PARTIAL = "partial"
    DRAFT = "draft"
    RETURNED = "returned"
    DUE = "due"
    MISSING = "missing"
    CLOSED = "closed"
    NOT_EXPECTED = "not_expected"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    MonthState.REPORTED: "reported",
    MonthState.ZERO_BIRTHS: "no live births, so no rate",
    MonthState.PARTIAL: "looks partial",
    MonthState.DRAFT: "draft, not submitted",
    MonthState.RETURNED: "to be corrected, does not count",
    MonthState.DUE: "due",
    MonthState.MISSING: "not reported",
    MonthState.CLOSED: "site closed",
    MonthState.NOT_EXPECTED: "not expected",
}

COUNTED = (Status.SUBMITTED, Status.APPROVED)


@dataclass(frozen=True)
class SiteMonth:
    """One month of one site. `report` is None where none is stored; `rate` is of this month
    alone, and None without live births or where the measure was not counted."""

    month: date
    state: MonthState
    report: MonthlyReport | None
    rate: Rate | None

    @property
    def is_asked(self) -> bool:
        """Whether there is a report, or one is expected."""
        return self.state not in (MonthState.CLOSED, MonthState.NOT_EXPECTED)


def span_of_months(
    participations: Sequence[Participation], stored: Mapping[date, MonthlyReport], through: date
) -> Period | None:
    """From the first month that matters to the last one that is over, or was reported."""
    firsts = [*stored, *(p.first_month for p in participations)]
    lasts = [*stored, *(min(p.period.last, through) for p in participations)]
    return Period(min(firsts), max(lasts)) if firsts and min(firsts) <= max(lasts) else None


def list_site_months(
    site: Site,
    participations: Sequence[Participation],
    stored: Mapping[date, MonthlyReport],
    rated: Mapping[date, Counts],
    span: Period | None,
    *,
    rating: Rating,
    today: date,
) -> list[SiteMonth]:
    """Every month of a span, in the order of time.

    stored : the site's reports by month; rated : the counts of the measure whose rate is shown
    """
    if span is None:
        return []
    taking_part = [participation.period for participation in participations]
    due_day = min((p.program.report_due_day for p in participations), default=1)
    expected = {
        month: any(month in own for own in taking_part) and _is_open(site, month) for month in span
    }
    # A report that nobody expected still is one report of one.
    asked = {month: int(expected[month] or month in stored) for month in span}
    return [
        SiteMonth(
            month=own.month,
            state=_state(own, stored.get(own.month), expected[own.month], site, today, due_day),
            report=stored.get(own.month),
            rate=own.rate,
        )
        for own in month_figures(rated, asked, rating)
    ]


def _state(figures, report, expected, site, today, due_day):
    if report is not None and report.status == Status.DRAFT:
        return MonthState.DRAFT
    if report is not None and report.status in (Status.RETURNED, Status.REOPENED):
        return MonthState.RETURNED
    if report is not None:
        if report.live_births == 0:
            return MonthState.ZERO_BIRTHS
        return MonthState.PARTIAL if figures.is_partial else MonthState.REPORTED
    if not _is_open(site, figures.month):
        return MonthState.CLOSED
    if not expected:
        return MonthState.NOT_EXPECTED
    due_date = shift_month(figures.month, 1).replace(day=due_day)
    return MonthState.DUE if today <= due_date else MonthState.MISSING


def _is_open(site, month):
    return any(month in spell for spell in site.operation)
