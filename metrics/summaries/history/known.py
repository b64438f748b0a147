"""A program as it was known on a day: its figures from the versions that stood when it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from metrics.models import FindingReview, MonthlyReport, Status
from metrics.models.reports import counts_officially
from metrics.summaries.counts import Counts, count_months, count_sites
from metrics.summaries.expected import expect_reports
from metrics.summaries.gathering import RECENT, Gathered, find_program_stops, gather_program
from metrics.summaries.history.since import ReportsSince
from metrics.summaries.history.standing import end_of, stood_before
from metrics.summaries.targets import choose_sites, contract_periods
from metrics.summaries.waiting import Outcome, outcome_of
from programs.models import Measure, OperationSpell, Participation, Program, Target
from programs.periods import Period, month_of, shift_month


@dataclass(frozen=True)
class GatheredThen(Gathered):
    """A program's counts as they were known.

    versions : those of its reports that stood then and counted, of its program sites
    """

    versions: QuerySet

    def months_of_target(self, target: Target) -> tuple[set[int], dict[date, Counts]]:
        """The sites that a contract names, and its measure at them, month by month."""
        sites, measure = choose_sites(target, self.own_by_site, self.own), Measure(target.measure)
        if sites == set(self.own.by_site):
            return sites, self.months_of(measure)
        by_month = count_months(self.versions.filter(site__in=sites), [measure])
        return sites, {month: counts[measure] for month, counts in by_month.items()}


@dataclass(frozen=True)
class Known:
    """A program's figures as they stood on one day.

    waiting : submitted reports of program sites that did not count yet
    approval_required : whether only approved reports counted
    promised : the measures about which there was a promise
    """

    day: date
    outcome: Outcome
    waiting: int
    approval_required: bool
    promised: Sequence[Measure]


@dataclass(frozen=True)
class AsKnown:
    """What was known on a day beside what is known today, and the reports changed since."""

    program: Program
    then: Known
    now: Known
    since: ReportsSince

    @property
    def both(self) -> tuple[Known, Known]:
        return self.then, self.now

    @property
    def is_judged(self) -> bool:
        """Whether there is a verdict on either day."""
        return any(own.outcome.target for own in self.both)

    @property
    def is_same_verdict(self) -> bool:
        return _says(self.then.outcome) == _says(self.now.outcome)

    @property
    def contract_changed(self) -> bool:
        return _contract(self.then.outcome) != _contract(self.now.outcome)

    @property
    def approval_rule_changed(self) -> bool:
        return self.then.approval_required != self.now.approval_required


def summarise_as_known(
    program: Program, day: date, *, today: date, measure: Measure | None = None
) -> AsKnown | None:
    """Hold what was known when a day ended beside what is known today; None where nothing was
    known of the program yet.

    measure : the one whose promise to look at, where there are several; else the first
    """
    then = gather_as_known(program, day, measure=measure)
    if then is None:
        return None
    now = gather_program(program, today=today, measure=measure or then.measure)
    return AsKnown(
        program=program,
        then=_known(then, day),
        now=_known(now, today),
        since=ReportsSince(program, day, today),
    )


def gather_as_known(
    program: Program, day: date, *, measure: Measure | None = None
) -> GatheredThen | None:
    """Fetch what `gather_program` would have fetched as the day ended, in seven queries."""
    moment = end_of(day)
    kept = stood_before(Program, moment).filter(id=program.pk).first()
    if kept is None:
        return None
    stored: Program = kept.instance
    targets = _targets(stored, moment)
    target = targets.get(measure) if measure else None
    target = target or next((targets[own] for own in sorted(targets)), None)
    parts = list(stood_before(Participation, moment).filter(program=program.pk))
    sites = [own.site_id for own in parts]
    spells = list(stood_before(OperationSpell, moment).filter(site__in=sites))
    through = shift_month(month_of(day), -1)
    own_parts = [own for own in parts if own.role == Participation.Role.PROGRAM]
    operation = _operation(spells)
    expected, own = (
        expect_reports([part.instance for part in some], through, operation)
        for some in (parts, own_parts)
    )
    official = counts_officially(stored, day)
    versions = _versions(own_parts, spells, through, moment).filter(official)
    return GatheredThen(
        program=stored,
        target=target,
        promised=[Measure(measure) for measure in sorted(targets)],
        participations=[part.instance for part in parts],
        through=through,
        overdue=stored.overdue_through(day),
        expected=expected,
        own=own,
        by_month=count_months(versions, list(Measure)) if own.span else {},
        by_site=_count_sites(
            _versions(parts, spells, through, moment),
            target,
            expected.span,
            official,
            stored.overdue_through(day),
        ),
        official=official,
        stops=find_program_stops(
            stored,
            target,
            own.span,
            official,
            through,
            reports=_versions(parts, spells, through, moment),
            reviews=stood_before(FindingReview, moment),
        ),
        versions=versions,
    )


def _known(gathered: Gathered, day: date) -> Known:
    return Known(
        day=day,
        outcome=outcome_of(gathered),
        waiting=sum(counts.waiting for counts in gathered.own_by_site.values()),
        approval_required=gathered.program.approval_required,
        promised=gathered.promised,
    )


def _targets(program: Program, moment: datetime) -> dict[str, Target]:
    """The latest version of each promise, by its measure."""
    targets: dict[str, Target] = {}
    for row in stood_before(Target, moment).filter(program=program.pk).order_by("version"):
        target: Target = row.instance
        target.program = program
        targets[target.measure] = target
    return targets


def _operation(spells) -> Mapping[int, list[Period]]:
    operation: dict[int, list[Period]] = {}
    for row in sorted(spells, key=lambda own: own.first_month):
        operation.setdefault(row.site_id, []).append(row.instance.period)
    return operation


def _versions(parts, spells, through: date, moment: datetime) -> QuerySet:
    """The versions of reports that stood, of months in which their sites took part and were open
    by what was known of that."""
    return stood_before(MonthlyReport, moment).filter(
        Exists(_month_within(Participation, parts)),
        Exists(_month_within(OperationSpell, spells)),
        month__lte=through,
    )


def _month_within(model, rows) -> QuerySet:
    """These versions, where they hold the month of the report around them at its site."""
    ends = Q(last_month=None) | Q(last_month__gte=OuterRef("month"))
    return model.history.filter(
        ends,
        history_id__in=[row.history_id for row in rows],
        site_id=OuterRef("site_id"),
        first_month__lte=OuterRef("month"),
    )


def _count_sites(versions, target: Target | None, span: Period | None, official: Q, overdue: date):
    if span is None:
        return {}
    periods = contract_periods(target, span) if target else {}
    periods[RECENT] = Period.ending(span.last)
    measure = Measure(target.measure) if target else Measure.INFANT
    arrived = versions.exclude(status=Status.DRAFT)
    return count_sites(arrived, measure, periods, official, overdue)


def _says(outcome: Outcome):
    verdict = outcome.target.verdict if outcome.target else None
    return verdict and (verdict.state, verdict.finding)


def _contract(outcome: Outcome):
    target = outcome.target.target if outcome.target else None
    return target and (target.pk, [getattr(target, name) for name in Target.CONTRACT[1:]])
