"""What the figures of several programs are made from, fetched together: the number of queries
does not grow with the programs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.db.models import F, prefetch_related_objects

from metrics.models import MonthlyReport
from metrics.models.reports import counts_in_its_program
from metrics.stats.decisions import Reading
from metrics.summaries.counts import (
    PROGRAM,
    Counts,
    Limits,
    MonthlyCounts,
    count_months_of_programs,
    count_targets,
)
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.figures import Rating
from metrics.summaries.judging import read_target
from metrics.summaries.quality import NO_STOPS, find_stops
from metrics.summaries.quality.stops import Stops
from metrics.summaries.series import Series, make_series
from metrics.summaries.targets import (
    TargetSummary,
    choose_sites,
    contract_periods,
    period_counts,
    rating_of,
    summarise_target,
)
from programs.models import Measure, Participation, Program, Target
from programs.periods import month_of, shift_month


@dataclass(frozen=True)
class GatheredPortfolio:
    """Several programs' counts on one day. Each promise is judged when asked for.

    through : the last month that is over
    participations : program -> those of program sites and of comparison sites
    targets : program -> its current promises, in the order of their measures
    own : program -> what is expected of its program sites, comparison sites left out
    limits : (program, measure) -> the sites to which the contract about it is limited
    stops : program -> what forbids a verdict in the periods of its promises
    by_month, at_limits : program -> month -> measure -> counts, of all and of these sites
    """

    programs: Sequence[Program]
    through: date
    participations: Mapping[int, Sequence[Participation]]
    targets: Mapping[int, Sequence[Target]]
    own: Mapping[int, Expected]
    limits: Limits
    by_month: Mapping[int, MonthlyCounts]
    at_limits: Mapping[int, MonthlyCounts]
    stops: Stops

    def first_target(self, program: Program) -> Target | None:
        """The promise that stands for a program: of several the first in the list."""
        return next(iter(self.targets[program.pk]), None)

    def measure_of(self, program: Program) -> Measure:
        target = self.first_target(program)
        return Measure(target.measure) if target else Measure.INFANT

    def judge(self, target: Target) -> TargetSummary:
        sites, by_month = self._contract_counts(target)
        own = self.own[target.program_id]
        stops = self.stops.get(target.program_id, NO_STOPS)
        return summarise_target(target, by_month, sites, own, self.through, stops)

    def read(self, target: Target) -> Reading:
        """Only the state and the finding: what is asked of programs that are merely counted."""
        sites, by_month = self._contract_counts(target)
        own = self.own[target.program_id]
        stops = self.stops.get(target.program_id, NO_STOPS)
        return read_target(target, *period_counts(target, by_month, sites, own, stops))

    def series(self, program: Program) -> Series:
        """The measure of the first promise, or infant mortality, of all program sites."""
        target, measure = self.first_target(program), self.measure_of(program)
        return make_series(
            measure,
            {month: counts[measure] for month, counts in self.by_month[program.pk].items()},
            self.own[program.pk],
            rating_of(target) if target else Rating(),
            year_first_month=program.year_first_month,
        )

    def last_report(self, program: Program) -> date | None:
        """The last month of which a program site's report counts."""
        return max(self.by_month[program.pk], default=None)

    def _contract_counts(self, target) -> tuple[Collection[int], dict[date, Counts]]:
        """The sites that a contract names, and its measure at them, month by month."""
        program, measure = target.program_id, Measure(target.measure)
        sites = self.limits.get((program, measure))
        by_month = self.by_month if sites is None else self.at_limits
        counts = {month: own[measure] for month, own in by_month[program].items()}
        return set(self.own[program].by_site) if sites is None else sites, counts


def gather_portfolio(
    programs: Sequence[Program], *, today: date, measures: Collection[Measure] = ()
) -> GatheredPortfolio:
    """Fetch the counts of several programs, up to the last month that was over on a day.

    measures : to be counted besides those that were promised
    """
    through = shift_month(month_of(today), -1)
    targets = _current_targets(programs)
    participations = _participations(programs)
    own = {
        program: expect_reports(filter(_is_program_site, joined), through)
        for program, joined in participations.items()
    }
    limits = _limit_sites([own for several in targets.values() for own in several], own, through)
    counted = {Measure(own.measure) for several in targets.values() for own in several}
    if not all(targets.values()):
        counted.add(Measure.INFANT)
    counted.update(measures)
    by_month, at_limits = count_months_of_programs(programs, sorted(counted), through, limits)
    return GatheredPortfolio(
        programs,
        through,
        participations,
        targets,
        own,
        limits,
        by_month,
        at_limits,
        stops=_find_stops(programs, targets, own, through),
    )


def _find_stops(programs, targets, own: Mapping[int, Expected], through: date) -> Stops:
    """What forbids a verdict, in one query for all programs that promised something."""
    periods = {
        period
        for program, several in targets.items()
        for target in several
        for period in contract_periods(target, own[program].span).values()
    }
    return find_stops(
        MonthlyReport.objects.of_programs(programs),
        program=F(PROGRAM),
        official=counts_in_its_program(),
        periods=periods,
        through=through,
    )


def _current_targets(programs) -> dict[int, list[Target]]:
    by_pk = {program.pk: program for program in programs}
    targets: dict[int, list[Target]] = {pk: [] for pk in by_pk}
    for target in Target.objects.current().filter(program__in=programs):
        target.program = by_pk[target.program_id]
        targets[target.program_id].append(target)
    return {pk: sorted(several, key=attrgetter("measure")) for pk, several in targets.items()}


def _participations(programs) -> dict[int, list[Participation]]:
    """Those of each program, each with its site and the site's spells of operation."""
    participations = list(
        Participation.objects.filter(program__in=programs)
        .select_related("site")
        .order_by("program", "site__name", "site__code")
    )
    prefetch_related_objects(participations, "site__spells")
    by_program: dict[int, list[Participation]] = {program.pk: [] for program in programs}
    for participation in participations:
        by_program[participation.program_id].append(participation)
    return by_program


def _limit_sites(targets, own: Mapping[int, Expected], through: date) -> Limits:
    """The sites of contracts that do not name all of them; one query where there are any."""
    limited = [target for target in targets if target.sites_rule != Target.SitesRule.ALL]
    by_site = count_targets(limited, through) if limited else {}
    return {
        (target.program_id, Measure(target.measure)): choose_sites(
            target, by_site[target.pk], own[target.program_id]
        )
        for target in limited
    }


def _is_program_site(participation):
    return participation.role == Participation.Role.PROGRAM
