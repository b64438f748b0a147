"""What of a program somebody asked to see: a measure, some sites, some months."""

from dataclasses import dataclass, replace

from metrics.summaries.expected import Expected
from metrics.summaries.figures import PeriodFigures
from metrics.summaries.gathering import Gathered, count_program_months
from metrics.summaries.places import PlaceLine, judge_together
from metrics.summaries.series import Series, make_series
from metrics.summaries.targets import (
    BASELINE,
    EVALUATION,
    MeasureFigures,
    TargetSummary,
    compare_measures,
    contract_periods,
)
from programs.models import Measure
from programs.periods import Period


@dataclass(frozen=True)
class Scope:
    """What was asked for. Nothing asked for is the contract's measure at all program sites.

    sites : the program sites to add up; None takes all
    """

    measure: Measure | None = None
    sites: frozenset[int] | None = None
    period: Period | None = None


EVERYTHING = Scope()


@dataclass(frozen=True)
class Shown:
    """The figures within a scope.

    period : the months asked for, or those of the evaluation, or the last 12
    measures : every measure over those months, beside the contract's baseline
    baseline : of the measure shown, at the sites shown; None without a contract
    promised_rate : the rate that would keep the contract here; None where it says nothing
    place : the contract asked of the sites shown; None for all of them, and other measures
    """

    scope: Scope
    sites: int
    series: Series
    period: PeriodFigures | None
    measures: tuple[MeasureFigures, ...]
    baseline: PeriodFigures | None
    promised_rate: float | None
    place: PlaceLine | None

    @property
    def measure(self) -> Measure:
        return self.series.measure


class OfShown:
    """What a summary says of the figures that it shows."""

    shown: Shown

    @property
    def series(self) -> Series:
        return self.shown.series

    @property
    def measure(self) -> Measure:
        return self.series.measure

    @property
    def per(self) -> int:
        return self.series.per


def show_scope(gathered: Gathered, target: TargetSummary | None, scope: Scope) -> Shown:
    """Gather the figures within a scope; the sites cost a query of their own."""
    measure = scope.measure or gathered.measure
    expected, by_month = _choose_counts(gathered, scope)
    rating = gathered.rating_for(measure)
    series = make_series(
        measure,
        {month: counts[measure] for month, counts in by_month.items()},
        expected,
        rating,
        year_first_month=gathered.program.year_first_month,
    )
    period = _choose_period(gathered, scope, series)
    before = _baseline_period(gathered)
    is_promised = target is not None and measure is gathered.measure
    place = (
        judge_together(gathered, target, scope.sites)
        if target and is_promised and scope.sites is not None
        else None
    )
    return Shown(
        scope=replace(scope, measure=measure),
        sites=len(expected.by_site),
        series=series,
        period=series.over(period) if period else None,
        measures=tuple(
            compare_measures(gathered.rating_for, by_month, expected, before, period)
            if period
            else ()
        ),
        baseline=_choose_baseline(target, scope, is_promised, series, before),
        promised_rate=_promised_rate(target, place, scope) if is_promised else None,
        place=place,
    )


def _choose_counts(gathered: Gathered, scope: Scope) -> tuple[Expected, dict]:
    if scope.sites is None:
        return gathered.own, dict(gathered.by_month)
    expected = gathered.own.limited_to(scope.sites)
    counts = count_program_months(gathered.program, gathered.own.span, list(Measure), scope.sites)
    return expected, dict(counts)


def _choose_period(gathered, scope, series):
    if scope.period is not None:
        return scope.period
    if gathered.target and gathered.own.span:
        periods = contract_periods(gathered.target, gathered.own.span)
        if EVALUATION in periods:
            return periods[EVALUATION]
    return series.latest.period if series.latest else None


def _baseline_period(gathered) -> Period | None:
    if gathered.target is None:
        return None
    return contract_periods(gathered.target, gathered.own.span).get(BASELINE)


def _choose_baseline(target, scope, is_promised, series, before):
    """The contract's own where all of it is shown, for it may leave sites out."""
    if is_promised and scope.sites is None:
        return target.baseline
    return series.over(before) if before else None


def _promised_rate(target, place, scope):
    if scope.sites is None or target.target.level is not None:
        return target.promised_rate
    if place is None or place.baseline.rate is None:
        return None
    return target.rate_promised_against(place.baseline.rate)
