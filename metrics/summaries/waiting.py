"""What a program's figures would be, had other reports counted: those that wait for approval,
or those that would count were approval switched on or off."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import User
from metrics.approval_switch import mark_submitted, submitted_reports
from metrics.models import Status
from metrics.models.reports import is_approved
from metrics.summaries.counts import NOTHING
from metrics.summaries.figures import PeriodFigures, figures_of
from metrics.summaries.gathering import Gathered, gather_program, judge_gathered, regather
from metrics.summaries.targets import TargetSummary
from programs.models import Measure, Program
from programs.periods import Period


@dataclass(frozen=True)
class Outcome:
    """What a program's figures say when certain reports count.

    target : None where nothing has been promised
    latest : the last 12 months of its measure; None where nothing is expected yet
    """

    measure: Measure
    target: TargetSummary | None
    latest: PeriodFigures | None


@dataclass(frozen=True)
class WithWaiting:
    """What the figures would be with the reports that wait for approval.

    waiting : how many do, of program sites and of months that are over
    entering : how many reports more there would be behind the figures told
    is_same_verdict : whether the verdict would be the one without them
    is_same_baseline : whether none of them is of the baseline
    """

    waiting: int
    entering: int
    is_same_verdict: bool
    is_same_baseline: bool
    outcome: Outcome


@dataclass(frozen=True)
class SwitchPreview:
    """What switching approval on or off would do to a program's figures.

    submitted : reports about which approval decides; own : those of them that the reader entered
    and may not approve
    now : as it is; otherwise : with submitted and approved reports counting, or approved alone
    all_approved : with the submitted ones approved but for one's own; None when switching off
    seen : the mark of the submitted reports as they were counted
    """

    program: Program
    submitted: int
    own: int
    now: Outcome
    otherwise: Outcome
    all_approved: Outcome | None
    seen: str


def weigh_waiting(gathered: Gathered, target: TargetSummary | None) -> WithWaiting | None:
    """Count the waiting reports in, in three queries; None, and no query, where none waits.

    target : the promise, judged without them
    """
    waiting = sum(counts.waiting for counts in gathered.own_by_site.values())
    if not waiting:
        return None
    without, outcome = outcome_of(gathered, target), outcome_of(regather(gathered, _arrived()))
    return WithWaiting(
        waiting=waiting,
        entering=_reports_behind(outcome) - _reports_behind(without),
        is_same_verdict=_says(outcome) == _says(without),
        is_same_baseline=_baseline(outcome) == _baseline(without),
        outcome=outcome,
    )


def preview_switch(program: Program, reader: User, *, today: date) -> SwitchPreview:
    """Weigh what switching approval on, or off where it is on, would do to the figures."""
    gathered = gather_program(program, today=today)
    own = _not_for(reader, program)
    submitted = submitted_reports(program)
    approving = program.approval_required
    return SwitchPreview(
        program=program,
        submitted=submitted.count(),
        own=submitted.filter(own).count(),
        now=outcome_of(gathered),
        otherwise=outcome_of(regather(gathered, _arrived() if approving else is_approved())),
        all_approved=None if approving else outcome_of(regather(gathered, _arrived() & ~own)),
        seen=mark_submitted(program),
    )


def _arrived() -> Q:
    """What would count if nothing waited any more."""
    return is_approved() | Q(status=Status.SUBMITTED)


def _not_for(reader, program) -> Q:
    """The submitted reports that somebody may not approve, having entered them."""
    own = submitted_reports(program).withheld_from(reader, requiring=program)
    return Q(pk__in=own.values("pk"))


def outcome_of(gathered: Gathered, target: TargetSummary | None = None) -> Outcome:
    return Outcome(
        measure=gathered.measure,
        target=target or judge_gathered(gathered),
        latest=_rate_latest(gathered),
    )


def _rate_latest(gathered) -> PeriodFigures | None:
    if gathered.own.span is None:
        return None
    period = Period.ending(gathered.own.span.last)
    by_month = gathered.months_of(gathered.measure)
    counts = sum((by_month[month] for month in period if month in by_month), NOTHING)
    return figures_of(period, counts, gathered.own.in_period(period), gathered.rating)


def _reports_behind(outcome: Outcome) -> int:
    if outcome.target:
        return outcome.target.baseline.counts.reports + outcome.target.evaluation.counts.reports
    return outcome.latest.counts.reports if outcome.latest else 0


def _baseline(outcome: Outcome):
    return outcome.target and outcome.target.baseline.counts


def _says(outcome: Outcome):
    """The verdict without its figures; None where nothing was promised."""
    verdict = outcome.target.verdict if outcome.target else None
    return verdict and (verdict.state, verdict.finding)
