"""One measure over some months: counts, rate with interval, completeness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.stats.completeness import Completeness
from metrics.stats.oddities import Oddity, find_oddity
from metrics.stats.rates import Rate, mortality_rate, rate_limits
from metrics.summaries.counts import NOTHING, Counts
from programs.periods import Period, format_month, shift_month

ROLLING_MONTHS = 12
PROVISIONAL_MONTHS = 3  # how many of the last months may look partial


@dataclass(frozen=True)
class Rating:
    """How rates are stated: per how many births, with which confidence."""

    per: int = 1000
    confidence: float = 0.95

    def rate(self, counts: Counts) -> Rate | None:
        return mortality_rate(
            counts.deaths, counts.births, per=self.per, confidence=self.confidence
        )

    def rate_many(self, counts: Sequence[Counts]) -> list[Rate | None]:
        """Rate many counts in one call; None where there were no births."""
        limits = rate_limits(
            [own.deaths for own in counts],
            [own.births for own in counts],
            per=self.per,
            confidence=self.confidence,
        )
        return [
            Rate(value, low, high, own.deaths, own.births, self.per, self.confidence)
            if own.births
            else None
            for own, value, low, high in zip(
                counts, *(array.tolist() for array in limits), strict=True
            )
        ]


@dataclass(frozen=True)
class PeriodFigures:
    """One measure over a period. `rate` is None when there were no births."""

    period: Period
    counts: Counts
    rate: Rate | None
    completeness: Completeness


@dataclass(frozen=True)
class MonthFigures(PeriodFigures):
    """One measure in one month. Partial: births far below what these reports usually hold."""

    is_partial: bool

    @property
    def month(self) -> date:
        return self.period.first


@dataclass(frozen=True)
class YearFigures(PeriodFigures):
    """One measure in one reporting year, such as 2020-21, as far as it has been reported."""

    label: str
    months: int
    is_partial: bool


def figures_of(period: Period, counts: Counts, expected: int, rating: Rating) -> PeriodFigures:
    """Rate these counts."""
    return PeriodFigures(
        period, counts, rating.rate(counts), Completeness(counts.reports, expected)
    )


def month_figures(
    by_month: Mapping[date, Counts], expected: Mapping[date, int], rating: Rating
) -> list[MonthFigures]:
    """Return every expected month, reported or not, in order."""
    months = list(expected)
    counts = [by_month.get(month, NOTHING) for month in months]
    partial = _partial_months(months, counts)
    return [
        MonthFigures(
            Period(month, month),
            own,
            rate,
            Completeness(own.reports, expected[month]),
            month in partial,
        )
        for month, own, rate in zip(months, counts, rating.rate_many(counts), strict=True)
    ]


def rolling_figures(months: Sequence[MonthFigures], rating: Rating) -> list[PeriodFigures]:
    """Return the figures of every 12 months in a row, the last month moving on by one."""
    windows = [months[end - ROLLING_MONTHS : end] for end in range(ROLLING_MONTHS, len(months) + 1)]
    counts = [add_up(window) for window in windows]
    return [
        PeriodFigures(Period(window[0].month, window[-1].month), own, rate, _received(window))
        for window, own, rate in zip(windows, counts, rating.rate_many(counts), strict=True)
    ]


def year_figures(
    months: Sequence[MonthFigures], rating: Rating, first_month: int = 1
) -> list[YearFigures]:
    """Return the figures of each reporting year that has an expected month.

    first_month : the calendar month in which a reporting year begins
    """
    years: dict[date, list[MonthFigures]] = {}
    for figures in months:
        back = (figures.month.month - first_month) % 12
        years.setdefault(shift_month(figures.month, -back), []).append(figures)
    return [_year(first, window, rating) for first, window in years.items()]


def add_up(months: Sequence[PeriodFigures]) -> Counts:
    return sum((month.counts for month in months), NOTHING)


def period_figures(period: Period, months: Sequence[MonthFigures], rating: Rating) -> PeriodFigures:
    """Rate those of the months that lie in a period."""
    window = [figures for figures in months if figures.month in period]
    counts = add_up(window)
    return PeriodFigures(period, counts, rating.rate(counts), _received(window))


def _year(first, window, rating):
    counts = add_up(window)
    return YearFigures(
        period=Period.starting(first),
        counts=counts,
        rate=rating.rate(counts),
        completeness=_received(window),
        label=name_year(first),
        months=len(window),
        is_partial=len(window) < 12 or any(month.is_partial for month in window),
    )


def _received(months):
    return Completeness(
        sum(month.completeness.received for month in months),
        sum(month.completeness.expected for month in months),
    )


def _partial_months(months, counts):
    """The last months, if their reports hold far fewer births than the year before did."""
    partial = set()
    for back in range(1, PROVISIONAL_MONTHS + 1):
        end = len(months) - back
        last, before = counts[end : end + 1], counts[max(0, end - 12) : end]
        past = sum(before, NOTHING)
        if not last or not last[0].reports or not past.reports:
            break
        births = last[0].births, last[0].reports, past.births, past.reports
        if find_oddity(*births, factor=2) is not Oddity.FEW:
            break
        partial.add(months[end])
    return partial


def name_year(first):
    if first.month == 1:
        return f"{first.year:04}"
    return f"{format_month(first)[:4]}-{(first.year + 1) % 100:02}"
