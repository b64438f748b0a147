"""What became of each month of a site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.models import MonthlyReport, Status
from metrics.models.reports import standing
from metrics.stats.rates import Rate
from metrics.summaries.counts import Counts
from metrics.summaries.figures import Rating, month_figures
from programs.models import Participation, Site
from programs.periods import Period
from programs.terms import due_on, parts_in


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
    expected = {
        month: bool(parts_in(participations, month)) and _is_open(site, month) for month in span
    }
    # A report that nobody expected still is one report of one.
    asked = {month: int(expected[month] or month in stored) for month in span}
    return [
        SiteMonth(
            month=own.month,
            state=_state(
                own,
                stored.get(own.month),
                site,
                today,
                due=due_on(participations, own.month) if expected[own.month] else None,
            ),
            report=stored.get(own.month),
            rate=own.rate,
        )
        for own in month_figures(rated, asked, rating)
    ]


def _state(figures, report, site, today, *, due):
    """due : the day by which it is to come in; None where none is expected"""
    if report is not None:
        stands = standing(report.status, report.reopened_until, today)
        if stands not in COUNTED:
            return MonthState.DRAFT if stands == Status.DRAFT else MonthState.RETURNED
        if report.live_births == 0:
            return MonthState.ZERO_BIRTHS
        return MonthState.PARTIAL if figures.is_partial else MonthState.REPORTED
    if not _is_open(site, figures.month):
        return MonthState.CLOSED
    if due is None:
        return MonthState.NOT_EXPECTED
    return MonthState.DUE if today <= due else MonthState.MISSING


def _is_open(site, month):
    return any(month in spell for spell in site.operation)
