"""Everything one program's page and files show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from metrics.summaries.counts import NOTHING, SiteCounts
from metrics.summaries.details import TargetDetails, explain_target
from metrics.summaries.figures import PeriodFigures, figures_of
from metrics.summaries.gathering import (
    RECENT,
    Gathered,
    count_program_sites,
    gather_program,
    judge_gathered,
)
from metrics.summaries.next_steps import NextSteps, SiteDuty, find_visits
from metrics.summaries.places import judge_sites
from metrics.summaries.scopes import EVERYTHING, OfShown, Scope, Shown, show_scope
from metrics.summaries.targets import (
    BASELINE,
    EVALUATION,
    MeasureFigures,
    TargetSummary,
    compare_measures,
    contract_periods,
)
from metrics.summaries.waiting import WithWaiting, weigh_waiting
from programs.models import Intervention, Participation, Program, Site
from programs.periods import Period


@dataclass(frozen=True)
class SiteLine:
    """One site in the program's table: its last 12 months, and what has not come in.

    missing : reports expected that are not in the figures; overdue, due : that nobody has sent
    """

    site: Site
    role: Participation.Role
    recent: PeriodFigures | None
    last_report: date | None
    expected: int
    missing: int
    overdue: int
    due: int


@dataclass(frozen=True)
class ProgramSummary(OfShown):
    """A program's figures on one day.

    target, details, measures : of the contract, whatever the scope
    shown, sites : within the scope, of its measure
    with_waiting : what the figures would be; None where nothing waits for approval
    """

    program: Program
    as_of: date
    span: Period | None
    target: TargetSummary | None
    details: TargetDetails | None
    measures: Sequence[MeasureFigures]
    shown: Shown
    sites: Sequence[SiteLine]
    interventions: Sequence[Intervention]
    waiting: int
    next_steps: NextSteps
    with_waiting: WithWaiting | None


def summarise_program(
    program: Program, *, today: date, scope: Scope = EVERYTHING, shown_sites=None
) -> ProgramSummary:
    """Gather a program's figures.

    today : counts run up to the last month that was over then
    scope : what somebody asked to see
    shown_sites : the sites whose own figures may be listed; None lists all
    """
    gathered = gather_program(program, today=today, measure=scope.measure)
    return summarise_gathered(gathered, today=today, scope=scope, shown_sites=shown_sites)


def summarise_gathered(
    gathered: Gathered, *, today: date, scope: Scope = EVERYTHING, shown_sites=None
) -> ProgramSummary:
    """Make a summary of what has been gathered."""
    target = judge_gathered(gathered)
    measures = contract_measures(gathered)
    shown = show_scope(gathered, target, scope)
    lines = list_sites(gathered, shown, shown_sites)
    return ProgramSummary(
        program=gathered.program,
        as_of=today,
        span=gathered.own.span,
        target=target,
        details=explain_target(gathered, target, measures) if target else None,
        measures=measures,
        shown=shown,
        sites=lines,
        interventions=_list_interventions(gathered.program, scope),
        waiting=sum(counts.waiting for counts in gathered.own_by_site.values()),
        next_steps=_find_next_steps(gathered, target, lines, shown_sites),
        with_waiting=weigh_waiting(gathered, target),
    )


def _list_interventions(program, scope: Scope):
    """Those that act at the sites shown: naming no site means all of them."""
    own = program.interventions.all()
    if scope.sites is not None:
        own = own.filter(Q(sites__in=scope.sites) | Q(sites=None)).distinct()
    return list(own)


def contract_measures(gathered: Gathered) -> list[MeasureFigures]:
    """Every measure over the contract's periods, all program sites together."""
    if gathered.target is None:
        return []
    periods = contract_periods(gathered.target, gathered.own.span)
    if len(periods) < 2:
        return []
    return compare_measures(
        gathered.rating_for,
        gathered.by_month,
        gathered.own,
        periods[BASELINE],
        periods[EVALUATION],
    )


def list_sites(
    gathered: Gathered, shown: Shown, shown_sites: Collection[int] | None = None
) -> list[SiteLine]:
    """The lines of the sites in the scope; the comparison sites are in none but the widest."""
    by_site = gathered.by_site
    if shown.measure is not gathered.measure:
        by_site = count_program_sites(
            gathered.program,
            gathered.target,
            gathered.expected.span,
            gathered.overdue,
            shown.measure,
        )
    wanted = shown.scope.sites
    return [
        _site_line(own, gathered, by_site, shown)
        for own in gathered.participations
        if (shown_sites is None or own.site_id in shown_sites)
        and (wanted is None or own.site_id in wanted)
    ]


def _site_line(participation, gathered, by_site: Mapping[int, SiteCounts], shown):
    site, expected = participation.site, gathered.expected
    counts = by_site.get(site.pk, SiteCounts({}))
    span = expected.span
    recent = Period.ending(span.last) if span else None
    asked = expected.of_site(site.pk, span) if span else 0
    in_time = _months_overdue(span, gathered.overdue)
    overdue = expected.of_site(site.pk, in_time) if in_time else 0
    return SiteLine(
        site=site,
        role=Participation.Role(participation.role),
        recent=figures_of(
            recent,
            counts.by_period.get(RECENT, NOTHING),
            expected.of_site(site.pk, recent),
            shown.series.rating,
        )
        if recent
        else None,
        last_report=counts.last_report,
        expected=asked,
        missing=asked - counts.reports,
        overdue=overdue - counts.arrived_overdue,
        due=asked - overdue - (counts.arrived - counts.arrived_overdue),
    )


def _months_overdue(span, overdue):
    return (
        span.intersection(Period(span.first, overdue)) if span and overdue >= span.first else None
    )


def _find_next_steps(gathered, target, lines, shown_sites):
    places = judge_sites(gathered, target) if target else []
    return NextSteps(
        overdue_through=gathered.overdue,
        duties=[SiteDuty(line.site, line.overdue, line.due) for line in lines],
        waiting=sum(
            counts.waiting
            for site, counts in gathered.by_site.items()
            if shown_sites is None or site in shown_sites
        ),
        to_visit=find_visits(
            [
                line
                for line in places
                if shown_sites is None or (line.place and line.place.pk in shown_sites)
            ]
        ),
    )
