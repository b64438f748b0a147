"""A target, judged on what has been reported."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from metrics.stats.bands import BandReading, read_band
from metrics.stats.comparisons import RateRatio, compare_rates
from metrics.stats.rates import Rate
from metrics.stats.verdicts import Verdict
from metrics.summaries.counts import NOTHING, Counts, SiteCounts
from metrics.summaries.expected import Expected
from metrics.summaries.figures import PeriodFigures, Rating, figures_of
from metrics.summaries.judging import Judgement, PeriodCounts, confidence_of, judge_target
from metrics.summaries.quality import NO_STOPS, Stop, count_stops
from programs.models import Measure, Target
from programs.periods import Period

PERIOD_NAMES = BASELINE, EVALUATION = "baseline", "evaluation"

MonthCounts = Mapping[date, Mapping[Measure, Counts]]


@dataclass(frozen=True)
class MeasureFigures:
    """One measure over some months, beside the contract's baseline if there is one.

    ratio : None where none exists, and where the months lie in the baseline themselves
    """

    measure: Measure
    baseline: PeriodFigures | None
    evaluation: PeriodFigures
    ratio: RateRatio | None


@dataclass(frozen=True)
class TargetSummary:
    """What may be said about a target, and what that rests on."""

    target: Target
    baseline: PeriodFigures
    evaluation: PeriodFigures
    judgement: Judgement
    band: BandReading | None
    is_provisional: bool
    sites: int
    sites_left_out: int

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def promised_ratio(self) -> Fraction | None:
        """The rate ratio that would just keep the promise; None where a level has none."""
        if self.target.level is None:
            return 1 - Fraction(self.target.reduction) * Fraction(1, 100)
        before = self.baseline.counts
        if not before.deaths:
            return None
        return Fraction(
            Fraction(self.target.level) * before.births, self.target.per * before.deaths
        )

    @property
    def promised_rate(self) -> float | None:
        """The rate that would just keep the promise, or None while there is no baseline."""
        if self.target.level is not None:
            return float(self.target.level)
        return self.rate_promised_against(self.baseline.rate) if self.baseline.rate else None

    def rate_promised_against(self, baseline: Rate) -> float:
        """The rate that would just keep a promised reduction from this baseline."""
        return baseline.value * float((100 - self.target.reduction).scaleb(-2))


def contract_periods(target: Target, span: Period | None) -> dict[str, Period]:
    """The contract's periods as far as reports are expected yet."""
    promised = {BASELINE: target.baseline_period, EVALUATION: target.evaluation_period}
    return {
        name: Period(period.first, min(period.last, span.last))
        for name, period in promised.items()
        if span and period.first <= span.last
    }


def choose_sites(target: Target, counts: Mapping[int, SiteCounts], expected: Expected) -> set[int]:
    """The sites that the contract names, by what they reported in `contract_periods`."""
    if target.sites_rule == Target.SitesRule.ALL:
        return set(expected.by_site)
    return {
        site
        for site, own in counts.items()
        if all(own.by_period.get(name, NOTHING).reports for name in PERIOD_NAMES)
    }


def summarise_target(
    target: Target,
    by_month: Mapping[date, Counts],
    sites: Collection[int],
    expected: Expected,
    through: date,
    stops: Collection[Stop] = NO_STOPS,
) -> TargetSummary:
    """Judge a contract.

    by_month : counts of its measure at its sites, in months of either period
    sites : those of `choose_sites`
    through : the last month that is over
    stops : what forbids a verdict, at any site
    """
    baseline, evaluation = period_counts(target, by_month, sites, expected, stops)
    judgement = judge_target(target, baseline, evaluation)
    return TargetSummary(
        target=target,
        baseline=_figures(target, baseline, target.baseline_period),
        evaluation=_figures(target, evaluation, target.evaluation_period),
        judgement=judgement,
        band=_read_band(target, evaluation.total),
        is_provisional=through < target.due_month,
        sites=len(sites),
        sites_left_out=len(expected.by_site) - len(sites),
    )


def period_counts(
    target: Target,
    by_month: Mapping[date, Counts],
    sites: Collection[int],
    expected: Expected,
    stops: Collection[Stop] = NO_STOPS,
) -> tuple[PeriodCounts, PeriodCounts]:
    """Part a contract's counts into its two periods: baseline and evaluation."""
    periods = contract_periods(target, expected.span)
    baseline, evaluation = (
        PeriodCounts(
            period,
            {month: by_month[month] for month in period if month in by_month},
            expected.in_period(period, sites),
            count_stops(stops, period, sites),
        )
        if (period := periods.get(name))
        else PeriodCounts(None)
        for name in PERIOD_NAMES
    )
    return baseline, evaluation


def compare_measures(
    rating_for: Callable[[Measure], Rating],
    by_month: MonthCounts,
    expected: Expected,
    before: Period | None,
    now: Period,
) -> list[MeasureFigures]:
    """Every measure over the same months, beside the baseline period if there is one."""
    return [_compare_measure(m, rating_for(m), by_month, expected, before, now) for m in Measure]


def rating_of(target: Target) -> Rating:
    return Rating(target.per, confidence_of(target))


def _compare_measure(measure, rating, by_month, expected, before, now):
    def rate(period):
        counts = (own[measure] for month, own in by_month.items() if month in period)
        return figures_of(period, sum(counts, NOTHING), expected.in_period(period), rating)

    baseline, evaluation = rate(before) if before else None, rate(now)
    if baseline is None or before.intersection(now):
        return MeasureFigures(measure, baseline, evaluation, None)
    ratio = compare_rates(
        evaluation.counts.deaths,
        evaluation.counts.births,
        baseline.counts.deaths,
        baseline.counts.births,
        confidence=rating.confidence,
    )
    return MeasureFigures(measure, baseline, evaluation, ratio)


def _figures(target, counts, promised):
    """The figures of a period, under the period promised while none of it is over."""
    return figures_of(counts.period or promised, counts.total, counts.expected, rating_of(target))


def _read_band(target, counts):
    if target.measure != Measure.INFANT:
        return None
    return read_band(
        counts.deaths,
        counts.births,
        low=target.program.band_low,
        high=target.program.band_high,
        confidence=confidence_of(target),
    )
