"""What a program's figures are made from, fetched once for all that is shown of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from operator import attrgetter

from django.db.models import Q, QuerySet, Value, prefetch_related_objects

from metrics.models import MonthlyReport, Status
from metrics.models.reports import counts_officially
from metrics.summaries.counts import (
    Counts,
    SiteCounts,
    count_categories,
    count_months,
    count_sites,
)
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.figures import Rating
from metrics.summaries.quality import NO_STOPS, Stop, find_stops
from metrics.summaries.targets import (
    PERIOD_NAMES,
    TargetSummary,
    choose_sites,
    contract_periods,
    rating_of,
    summarise_target,
)
from programs.models import Measure, Participation, Program, Target
from programs.periods import Period, month_of, shift_month

RECENT = "recent"  # the last 12 months

CountsByMonth = Mapping[date, Mapping[Measure, Counts]]


@dataclass(frozen=True)
class Gathered:
    """A program's counts on one day.

    target : the promise looked at; promised : the measures about which there is one
    through, overdue : the last month that is over, and the last one that is overdue
    expected, own : of all its sites, and of its program sites without the comparison sites
    by_month : of program sites together; by_site : of every site, in the contract's periods
    official : which reports count
    stops : what forbids a verdict in the contract's periods, at any program site
    """

    program: Program
    target: Target | None
    promised: Sequence[Measure]
    participations: Sequence[Participation]
    through: date
    overdue: date
    expected: Expected
    own: Expected
    by_month: CountsByMonth
    by_site: Mapping[int, SiteCounts]
    official: Q
    stops: Collection[Stop]

    @cached_property
    def categories(self) -> dict[tuple[int, int], dict[str, Counts]]:
        """What program sites broke down, in the contract's periods; empty unless there are two."""
        periods = contract_periods(self.target, self.own.span) if self.target else {}
        if len(periods) < len(PERIOD_NAMES):
            return {}
        reports = MonthlyReport.objects.of_program(self.program, role=Participation.Role.PROGRAM)
        return count_categories(reports.filter(self.official), periods)

    @property
    def measure(self) -> Measure:
        return Measure(self.target.measure) if self.target else Measure.INFANT

    @property
    def rating(self) -> Rating:
        return rating_of(self.target) if self.target else Rating()

    def rating_for(self, measure: Measure) -> Rating:
        """How the rates of a measure are stated: as the contract does, if it is its own."""
        per = self.rating.per if measure is self.measure else measure.usual_per
        return Rating(per, self.rating.confidence)

    @property
    def own_by_site(self) -> dict[int, SiteCounts]:
        """Of the program sites that have reported."""
        return {site: self.by_site[site] for site in self.own.by_site if site in self.by_site}

    def months_of(self, measure: Measure) -> dict[date, Counts]:
        """One measure of all program sites, month by month."""
        return {month: counts[measure] for month, counts in self.by_month.items()}

    def months_of_target(self, target: Target) -> tuple[set[int], dict[date, Counts]]:
        """The sites that a contract names, and its measure at them, month by month."""
        sites, measure = choose_sites(target, self.own_by_site, self.own), Measure(target.measure)
        if sites == set(self.own.by_site):
            return sites, self.months_of(measure)
        by_month = count_program_months(
            self.program, self.own.span, [measure], sites, self.official
        )
        return sites, {month: counts[measure] for month, counts in by_month.items()}


def gather_program(program: Program, *, today: date, measure: Measure | None = None) -> Gathered:
    """Fetch a program's counts, up to the last month that was over on a day.

    measure : the one whose promise to look at, where there are several; else the first
    """
    targets = {target.measure: target for target in program.targets.current()}
    target = targets.get(measure) or min(targets.values(), key=attrgetter("measure"), default=None)
    participations = list(program.participations.select_related("site__area"))
    prefetch_related_objects(participations, "site__spells")
    through, official = shift_month(month_of(today), -1), counts_officially(program)
    expected = expect_reports(participations, through)
    own = expect_reports(filter(_is_program_site, participations), through)
    return Gathered(
        program=program,
        target=target,
        promised=[Measure(own) for own in sorted(targets)],
        participations=participations,
        through=through,
        overdue=program.overdue_through(today),
        expected=expected,
        own=own,
        by_month=count_program_months(program, own.span, list(Measure)),
        by_site=count_program_sites(program, target, expected.span, program.overdue_through(today)),
        official=official,
        stops=find_program_stops(program, target, own.span, official, through),
    )


def regather(gathered: Gathered, official: Q) -> Gathered:
    """The same program on the same day, had other reports counted. In three queries."""
    program, target = gathered.program, gathered.target
    return replace(
        gathered,
        by_month=count_program_months(program, gathered.own.span, list(Measure), official=official),
        by_site=count_program_sites(
            program, target, gathered.expected.span, gathered.overdue, official=official
        ),
        official=official,
        stops=find_program_stops(program, target, gathered.own.span, official, gathered.through),
    )


def judge_gathered(gathered: Gathered) -> TargetSummary | None:
    """Judge the promise looked at; None where nothing was promised."""
    if gathered.target is None:
        return None
    sites, by_month = gathered.months_of_target(gathered.target)
    return summarise_target(
        gathered.target, by_month, sites, gathered.own, gathered.through, gathered.stops
    )


def find_program_stops(
    program: Program,
    target: Target | None,
    span: Period | None,
    official: Q,
    through: date,
    *,
    reports: QuerySet | None = None,
    reviews: QuerySet | None = None,
) -> Collection[Stop]:
    """Find what forbids the verdict on a promise; nothing, and no query, without one.

    reports, reviews : as they stood on another day; None for what is stored now
    """
    periods = contract_periods(target, span) if target else {}
    stops = find_stops(
        MonthlyReport.objects.of_program(program) if reports is None else reports,
        program=Value(program.pk),
        official=official,
        periods=periods.values(),
        through=through,
        reviews=reviews,
    )
    return stops.get(program.pk, NO_STOPS)


def count_program_months(
    program: Program,
    span: Period | None,
    measures: Collection[Measure],
    sites: Collection[int] | None = None,
    official: Q | None = None,
) -> CountsByMonth:
    """Sum the official reports of program sites, of these or of all, month by month.

    official : which reports count; None for those that do by the program's own rule
    """
    if span is None:
        return {}
    reports = MonthlyReport.objects.of_program(program, role=Participation.Role.PROGRAM)
    if sites is not None:
        reports = reports.filter(site__in=sites)
    counting = counts_officially(program) if official is None else official
    return count_months(reports.filter(counting).in_period(span), measures)


def _is_program_site(participation):
    return participation.role == Participation.Role.PROGRAM


def count_program_sites(
    program: Program,
    target: Target | None,
    span: Period | None,
    overdue: date,
    measure: Measure | None = None,
    official: Q | None = None,
) -> dict[int, SiteCounts]:
    """Sum a measure over the contract's periods and the last 12 months, site by site.

    measure : the contract's own where it is None
    official : which reports count; None for those that do by the program's own rule
    """
    if span is None:
        return {}
    periods = contract_periods(target, span) if target else {}
    periods[RECENT] = Period.ending(span.last)
    measure = measure or (Measure(target.measure) if target else Measure.INFANT)
    reports = MonthlyReport.objects.of_program(program).exclude(status=Status.DRAFT)
    counting = counts_officially(program) if official is None else official
    return count_sites(reports.in_period(span), measure, periods, counting, overdue)
