"""Everything one program's page and files show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from metrics.models import MonthlyReport, Status
from metrics.models.reports import counts_officially
from metrics.summaries.counts import NOTHING, SiteCounts, count_months, count_sites
from metrics.summaries.expected import expect_reports
from metrics.summaries.figures import (
    MonthFigures,
    PeriodFigures,
    Rating,
    YearFigures,
    figures_of,
    month_figures,
    period_figures,
    rolling_figures,
    year_figures,
)
from metrics.summaries.targets import (
    MeasureFigures,
    TargetSummary,
    choose_sites,
    compare_measures,
    contract_periods,
    rating_of,
    summarise_target,
)
from programs.models import Intervention, Measure, Participation, Program, Site, Target
from programs.periods import Period, month_of, shift_month

RECENT = "recent"  # the last 12 months


@dataclass(frozen=True)
class SiteLine:
    """One site in the program's table: its last 12 months, and what has not come in."""

    site: Site
    role: Participation.Role
    recent: PeriodFigures | None
    last_report: date | None
    expected: int
    missing: int


@dataclass(frozen=True)
class ProgramSummary:
    """A program's figures on one day, of one measure throughout unless a field says more."""

    program: Program
    measure: Measure
    per: int
    as_of: date
    span: Period | None
    target: TargetSummary | None
    measures: Sequence[MeasureFigures]
    period: PeriodFigures | None
    months: Sequence[MonthFigures]
    rolling: Sequence[PeriodFigures]
    years: Sequence[YearFigures]
    sites: Sequence[SiteLine]
    interventions: Sequence[Intervention]
    waiting: int

    @property
    def latest(self) -> PeriodFigures | None:
        """The last 12 months, or None before there were 12."""
        return self.rolling[-1] if self.rolling else None


def summarise_program(
    program: Program, *, today: date, period: Period | None = None, shown_sites=None
) -> ProgramSummary:
    """Gather a program's figures.

    today : counts run up to the last month that was over then
    period : months to rate besides, such as those somebody asked for
    shown_sites : the sites whose own figures may be listed; None lists all
    """
    target = program.targets.current().order_by("measure").first()
    measure, rating = _measure_and_rating(target)
    participations = list(program.participations.select_related("site__area"))
    prefetch_related_objects(participations, "site__spells")
    through = shift_month(month_of(today), -1)
    expected = expect_reports(participations, through)
    own = expect_reports(filter(_is_program_site, participations), through)
    by_month = _count_months(program, own.span)
    by_site = _count_sites(program, measure, target, expected.span)
    own_by_site = {site: by_site[site] for site in own.by_site if site in by_site}
    months = month_figures(
        {month: counts[measure] for month, counts in by_month.items()}, own.by_month(), rating
    )
    return ProgramSummary(
        program=program,
        measure=measure,
        per=rating.per,
        as_of=today,
        span=own.span,
        target=_judge(target, own_by_site, by_month, own, through) if target else None,
        measures=compare_measures(target, by_month, own) if target else [],
        period=period_figures(period, months, rating) if period else None,
        months=months,
        rolling=rolling_figures(months, rating),
        years=year_figures(program, months, rating),
        sites=[
            _site_line(p, by_site, expected, rating)
            for p in participations
            if shown_sites is None or p.site_id in shown_sites
        ],
        interventions=list(program.interventions.all()),
        waiting=sum(counts.waiting for counts in own_by_site.values()),
    )


def _measure_and_rating(target):
    if target is None:
        return Measure.INFANT, Rating()
    return Measure(target.measure), rating_of(target)


def _judge(target, by_site, by_month, expected, through):
    sites = choose_sites(target, by_site, expected)
    if target.sites_rule != Target.SitesRule.ALL:
        by_month = _count_months(target.program, expected.span, sites)
    own = {month: counts[target.measure] for month, counts in by_month.items()}
    return summarise_target(target, own, sites, expected, through)


def _is_program_site(participation):
    return participation.role == Participation.Role.PROGRAM


def _count_months(program, span, sites=None):
    if span is None:
        return {}
    reports = MonthlyReport.objects.of_program(program, role=Participation.Role.PROGRAM)
    if sites is not None:
        reports = reports.filter(site__in=sites)
    return count_months(reports.official(program).in_period(span), list(Measure))


def _count_sites(program, measure, target, span):
    if span is None:
        return {}
    periods = contract_periods(target, span) if target else {}
    periods[RECENT] = Period.ending(span.last)
    reports = MonthlyReport.objects.of_program(program).exclude(status=Status.DRAFT)
    return count_sites(reports.in_period(span), measure, periods, counts_officially(program))


def _site_line(participation, by_site, expected, rating):
    site = participation.site
    counts = by_site.get(site.pk, SiteCounts({}))
    recent = Period.ending(expected.span.last) if expected.span else None
    due = expected.of_site(site.pk, expected.span) if expected.span else 0
    return SiteLine(
        site=site,
        role=Participation.Role(participation.role),
        recent=figures_of(
            recent,
            counts.by_period.get(RECENT, NOTHING),
            expected.of_site(site.pk, recent),
            rating,
        )
        if recent
        else None,
        last_report=counts.last_report,
        expected=due,
        missing=due - counts.reports,
    )
