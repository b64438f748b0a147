"""A contract held against counts: the one way in which pages and frozen evaluations judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from metrics.stats.completeness import Completeness
from metrics.stats.decisions import Reading
from metrics.stats.dispersion import Dispersion, estimate_dispersion
from metrics.stats.evidence import Evidence
from metrics.stats.promises import Level, Promise, Reduction
from metrics.stats.strata import Strata
from metrics.stats.verdicts import Verdict, judge, read_state
from metrics.summaries.counts import NOTHING, Counts
from programs.models import Target
from programs.periods import Period


@dataclass(frozen=True)
class PeriodCounts:
    """A contract's measure in one of its periods, month by month, all its sites together.

    period : as far as it lies in the past, or None while it has not begun
    expected : reports expected in it
    unresolved : findings in it that cannot be, and that nobody has corrected or explained
    """

    period: Period | None
    by_month: Mapping[date, Counts] = field(default_factory=dict)
    expected: int = 0
    unresolved: int = 0

    @property
    def total(self) -> Counts:
        return sum(self.by_month.values(), NOTHING)

    @property
    def completeness(self) -> Completeness:
        return Completeness(self.total.reports, self.expected)


@dataclass(frozen=True)
class Judgement:
    """A verdict with what it was reached on.

    dispersion : how much months vary; None with fewer than 12 in a period
    """

    verdict: Verdict
    evidence: Evidence
    promise: Promise
    dispersion: Dispersion | None


def judge_target(target: Target, baseline: PeriodCounts, evaluation: PeriodCounts) -> Judgement:
    """Judge a contract on the counts of its two periods."""
    dispersion = _estimate_dispersion(baseline, evaluation)
    evidence = gather_evidence(target, baseline, evaluation, dispersion)
    promise = promise_of(target)
    return Judgement(judge(evidence, promise), evidence, promise, dispersion)


def read_target(target: Target, baseline: PeriodCounts, evaluation: PeriodCounts) -> Reading:
    """Only the state and the finding of `judge_target`, at a small part of its cost."""
    dispersion = _estimate_dispersion(baseline, evaluation)
    return read_state(gather_evidence(target, baseline, evaluation, dispersion), promise_of(target))


def gather_evidence(
    target: Target,
    baseline: PeriodCounts,
    evaluation: PeriodCounts,
    dispersion: Dispersion | None,
) -> Evidence:
    """Put together what the contract is judged on."""
    now, before = evaluation.total, baseline.total
    confidence = confidence_of(target)
    return Evidence(
        now.deaths,
        now.births,
        before.deaths,
        before.births,
        confidence=confidence,
        completeness_base=baseline.completeness,
        completeness_now=evaluation.completeness,
        min_completeness=target.min_completeness,
        matched_months=_count_matched_months(baseline.period, evaluation.period),
        unresolved_checks=baseline.unresolved + evaluation.unresolved,
        per=target.per,
        dispersion=dispersion.widening(confidence) if dispersion else 1.0,
        strata=_stratify(baseline, evaluation),
    )


def promise_of(target: Target) -> Promise:
    return Reduction(target.reduction) if target.level is None else Level(target.level)


def confidence_of(target: Target) -> float:
    return float(target.confidence.scaleb(-2))  # 95 % is 0.95


def _estimate_dispersion(baseline, evaluation):
    rows = [
        (month, own.deaths, own.births, is_now)
        for side, is_now in ((baseline, False), (evaluation, True))
        for month, own in sorted(side.by_month.items())
    ]
    return estimate_dispersion(*zip(*rows, strict=True)) if rows else None


def _count_matched_months(baseline, evaluation):
    """How many months of the evaluation have their calendar month in the baseline."""
    if baseline is None or evaluation is None:
        return 0
    in_baseline = baseline.calendar_months
    matched = sum(in_baseline[month.month - 1] > 0 for month in evaluation)
    return min(matched, len(baseline))


def _stratify(baseline, evaluation):
    """The counts by calendar month, where the two periods mix calendar months differently."""
    if baseline.period is None or evaluation.period is None:
        return None
    if evaluation.period.matches_calendar_of(baseline.period):
        return None
    now, before = (_by_calendar_month(side.by_month) for side in (evaluation, baseline))
    return Strata(
        tuple(own.deaths for own in now),
        tuple(own.births for own in now),
        tuple(own.deaths for own in before),
        tuple(own.births for own in before),
    )


def _by_calendar_month(by_month):
    strata = [NOTHING] * 12
    for month, counts in by_month.items():
        strata[month.month - 1] += counts
    return strata
