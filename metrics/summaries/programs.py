"""Everything one program's page and files show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.counts import NOTHING, SiteCounts
from metrics.summaries.details import TargetDetails, explain_target
from metrics.summaries.figures import (
    MonthFigures,
    PeriodFigures,
    YearFigures,
    figures_of,
    month_figures,
    period_figures,
    rolling_figures,
    year_figures,
)
from metrics.summaries.gathering import RECENT, Gathered, gather_program
from metrics.summaries.targets import (
    MeasureFigures,
    TargetSummary,
    compare_measures,
    summarise_target,
)
from programs.models import Intervention, Measure, Participation, Program, Site
from programs.periods import Period


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
    details: TargetDetails | None
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
    gathered = gather_program(program, today=today)
    rating, own = gathered.rating, gathered.own
    months = month_figures(gathered.months_of(gathered.measure), own.by_month(), rating)
    target = judge_gathered(gathered)
    measures = compare_measures(target.target, gathered.by_month, own) if target else []
    return ProgramSummary(
        program=program,
        measure=gathered.measure,
        per=rating.per,
        as_of=today,
        span=own.span,
        target=target,
        details=explain_target(gathered, target, measures) if target else None,
        measures=measures,
        period=period_figures(period, months, rating) if period else None,
        months=months,
        rolling=rolling_figures(months, rating),
        years=year_figures(program, months, rating),
        sites=[
            _site_line(p, gathered)
            for p in gathered.participations
            if shown_sites is None or p.site_id in shown_sites
        ],
        interventions=list(program.interventions.all()),
        waiting=sum(counts.waiting for counts in gathered.own_by_site.values()),
    )


def judge_gathered(gathered: Gathered) -> TargetSummary | None:
    if gathered.target is None:
        return None
    sites, by_month = gathered.months_of_target(gathered.target)
    return summarise_target(gathered.target, by_month, sites, gathered.own, gathered.through)


def _site_line(participation, gathered):
    site, expected = participation.site, gathered.expected
    counts = gathered.by_site.get(site.pk, SiteCounts({}))
    recent = Period.ending(expected.span.last) if expected.span else None
    due = expected.of_site(site.pk, expected.span) if expected.span else 0
    return SiteLine(
        site=site,
        role=Participation.Role(participation.role),
        recent=figures_of(
            recent,
            counts.by_period.get(RECENT, NOTHING),
            expected.of_site(site.pk, recent),
            gathered.rating,
        )
        if recent
        else None,
        last_report=counts.last_report,
        expected=due,
        missing=due - counts.reports,
    )
