"""Everything one site's page shows: month by month, and the last 12 months in rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.models import MonthlyReport, Status
from metrics.stats.rates import Rate
from metrics.summaries.counts import NOTHING, Counts, count_months
from metrics.summaries.figures import PeriodFigures, Rating, figures_of, month_figures
from programs.models import Intervention, Measure, Participation, Program, Site
from programs.periods import Period, month_of, shift_month


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

_COUNTED = (Status.SUBMITTED, Status.APPROVED)
_EXPECTED = set(MonthState) - {MonthState.CLOSED, MonthState.NOT_EXPECTED}


@dataclass(frozen=True)
class SiteMonth:
    """One month of one site. `report` is None where none is stored; `rate` is infant mortality,
    of this month alone, and None without live births or without deaths counted."""

    month: date
    state: MonthState
    report: MonthlyReport | None
    rate: Rate | None

    @property
    def may_be_reported(self) -> bool:
        return self.state not in (MonthState.CLOSED, MonthState.NOT_EXPECTED)


@dataclass(frozen=True)
class SiteMeasure:
    """One measure over the site's last 12 months."""

    measure: Measure
    figures: PeriodFigures


@dataclass(frozen=True)
class SiteSummary:
    """A site's months, newest first, and its rates."""

    site: Site
    as_of: date
    programs: Sequence[Program]
    months: Sequence[SiteMonth]
    recent: Sequence[SiteMeasure]
    interventions: Sequence[Intervention]

    @property
    def missing(self) -> int:
        return sum(month.state is MonthState.MISSING for month in self.months)

    @property
    def next_due(self) -> date | None:
        """The latest month that is still to be reported, or None."""
        waiting = (MonthState.MISSING, MonthState.DUE, MonthState.DRAFT, MonthState.RETURNED)
        return max((own.month for own in self.months if own.state in waiting), default=None)


def summarise_site(
    site: Site, participations: Sequence[Participation], *, today: date
) -> SiteSummary:
    """Gather a site's figures.

    participations : those through which the reader sees the site, with their programs
    """
    stored = {report.month: report for report in site.monthly_reports.all()}
    span = _span(participations, stored, through=shift_month(month_of(today), -1))
    months = _list_months(site, participations, stored, span, today) if span else []
    programs = [participation.program for participation in participations]
    return SiteSummary(
        site=site,
        as_of=today,
        programs=programs,
        months=months[::-1],
        recent=_rate_recent(site, months),
        interventions=list(Intervention.objects.of_programs(programs).at_site(site)),
    )


def _span(participations, stored, through):
    """From the first month that matters to the last one that is over, or was reported."""
    firsts = [*stored, *(p.first_month for p in participations)]
    lasts = [*stored, *(min(p.period.last, through) for p in participations)]
    return Period(min(firsts), max(lasts)) if firsts and min(firsts) <= max(lasts) else None


def _list_months(site, participations, stored, span, today):
    taking_part = [participation.period for participation in participations]
    due_day = min((p.program.report_due_day for p in participations), default=1)
    expected = {
        month: any(month in own for own in taking_part) and _is_open(site, month) for month in span
    }
    # A report that nobody expected still is one report of one.
    asked = {month: int(expected[month] or month in stored) for month in span}
    figures = month_figures(_count_infant_deaths(stored), asked, Rating())
    return [
        SiteMonth(
            month=own.month,
            state=_state(own, stored.get(own.month), expected[own.month], site, today, due_day),
            report=stored.get(own.month),
            rate=own.rate,
        )
        for own in figures
    ]


def _count_infant_deaths(stored):
    """The counts of the reports in which infant deaths were counted."""
    return {
        month: Counts(report.infant_deaths, report.live_births, 1)
        for month, report in stored.items()
        if report.infant_deaths is not None and report.status in _COUNTED
    }


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


def _rate_recent(site, months):
    """Each measure that was counted in the 12 months up to the last report."""
    last = max((own.month for own in months if own.report), default=None)
    if last is None:
        return []
    period = Period.ending(last)
    counted = site.monthly_reports.filter(status__in=_COUNTED)
    by_month = count_months(counted.in_period(period), list(Measure))
    asked = sum(own.month in period and own.state in _EXPECTED for own in months)
    recent = []
    for measure in Measure:
        counts = sum((by_measure[measure] for by_measure in by_month.values()), NOTHING)
        rating = Rating(measure.usual_per)
        if counts.reports:
            figures = figures_of(period, counts, max(asked, counts.reports), rating)
            recent.append(SiteMeasure(measure, figures))
    return recent
