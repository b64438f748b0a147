"""A target, judged on what has been reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from metrics.stats.bands import BandReading, read_band
from metrics.stats.comparisons import RateRatio, compare_rates
from metrics.stats.verdicts import Verdict, judge_level, judge_reduction
from metrics.summaries.counts import NOTHING, Counts, SiteCounts
from metrics.summaries.expected import Expected
from metrics.summaries.figures import PeriodFigures, Rating, figures_of
from programs.models import Measure, Target
from programs.periods import Period

PERIOD_NAMES = BASELINE, EVALUATION = "baseline", "evaluation"

MonthCounts = Mapping[date, Mapping[Measure, Counts]]


@dataclass(frozen=True)
class MeasureFigures:
    """One measure in both periods of the contract. `ratio` is None where none exists."""

    measure: Measure
    baseline: PeriodFigures
    evaluation: PeriodFigures
    ratio: RateRatio | None


@dataclass(frozen=True)
class TargetSummary:
    """What may be said about a target, and what that rests on."""

    target: Target
    baseline: PeriodFigures
    evaluation: PeriodFigures
    verdict: Verdict
    band: BandReading | None
    is_provisional: bool
    sites: int
    sites_left_out: int

    @property
    def promised_rate(self) -> float | None:
        """The rate that would just keep the promise, or None while there is no baseline."""
        if self.target.level is not None:
            return float(self.target.level)
        if self.baseline.rate is None:
            return None
        return self.baseline.rate.value * float((100 - self.target.reduction).scaleb(-2))


def contract_periods(target: Target, span: Period | None) -> dict[str, Period]:
    """The contract's periods as far as reports are expected yet."""
    promised = {BASELINE: target.baseline_period, EVALUATION: target.evaluation_period}
    return {
        name: Period(period.first, min(period.last, span.last))
        for name, period in promised.items()
        if span and period.first <= span.last
    }


def summarise_target(
    target: Target, counts: Mapping[int, SiteCounts], expected: Expected, through: date
) -> TargetSummary:
    """Add up the sites that the contract names, rate both periods and judge.

    counts : by program site, each with the counts of `contract_periods`
    through : the last month that is over
    """
    periods = contract_periods(target, expected.span)
    chosen = _choose_sites(target, counts, expected)
    baseline, evaluation = (
        figures_of(
            periods.get(name, promised),
            _add_up(counts, chosen, name),
            expected.in_period(periods[name], chosen) if name in periods else 0,
            rating_of(target),
        )
        for name, promised in (
            (BASELINE, target.baseline_period),
            (EVALUATION, target.evaluation_period),
        )
    )
    return TargetSummary(
        target=target,
        baseline=baseline,
        evaluation=evaluation,
        verdict=_judge(target, baseline, evaluation, periods),
        band=_read_band(target, evaluation),
        is_provisional=through < target.due_month,
        sites=len(chosen),
        sites_left_out=len(expected.by_site) - len(chosen),
    )


def compare_measures(
    target: Target, by_month: MonthCounts, expected: Expected
) -> list[MeasureFigures]:
    """Every measure over the contract's periods, all program sites together."""
    periods = contract_periods(target, expected.span)
    if len(periods) < 2:
        return []
    return [_compare_measure(m, target, periods, by_month, expected) for m in Measure]


def rating_of(target: Target) -> Rating:
    return Rating(target.per, _confidence_of(target))


def _confidence_of(target):
    return float(target.confidence.scaleb(-2))  # 95 % is 0.95


def _compare_measure(measure, target, periods, by_month, expected):
    per = target.per if measure == target.measure else measure.usual_per
    rating = Rating(per, _confidence_of(target))

    def rate(period):
        months = (by_month.get(month, {}).get(measure, NOTHING) for month in period)
        return figures_of(period, sum(months, NOTHING), expected.in_period(period), rating)

    baseline, evaluation = rate(periods[BASELINE]), rate(periods[EVALUATION])
    ratio = compare_rates(
        evaluation.counts.deaths,
        evaluation.counts.births,
        baseline.counts.deaths,
        baseline.counts.births,
        confidence=rating.confidence,
    )
    return MeasureFigures(measure, baseline, evaluation, ratio)


def _choose_sites(target, counts, expected):
    if target.sites_rule == Target.SitesRule.ALL:
        return set(expected.by_site)
    return {
        site
        for site, own in counts.items()
        if all(own.by_period.get(name, NOTHING).reports for name in PERIOD_NAMES)
    }


def _add_up(counts, sites, name) -> Counts:
    own = (counts[site].by_period.get(name, NOTHING) for site in sites if site in counts)
    return sum(own, NOTHING)


def _judge(target, baseline, evaluation, periods) -> Verdict:
    counts = (
        evaluation.counts.deaths,
        evaluation.counts.births,
        baseline.counts.deaths,
        baseline.counts.births,
    )
    contract = {
        "confidence": _confidence_of(target),
        "completeness_base": baseline.completeness,
        "completeness_now": evaluation.completeness,
        "min_completeness": target.min_completeness,
        "matched_months": min(len(periods[n]) if n in periods else 0 for n in PERIOD_NAMES),
        "per": target.per,
    }
    if target.level is not None:
        return judge_level(*counts, level=target.level, **contract)
    return judge_reduction(*counts, reduction_percent=target.reduction, **contract)


def _read_band(target, evaluation):
    if target.measure != Measure.INFANT:
        return None
    return read_band(
        evaluation.counts.deaths,
        evaluation.counts.births,
        low=target.program.band_low,
        high=target.program.band_high,
        confidence=_confidence_of(target),
    )
