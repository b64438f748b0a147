"""One measure of some sites together, month by month, and all that adds up from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.counts import Counts
from metrics.summaries.expected import Expected
from metrics.summaries.figures import (
    MonthFigures,
    PeriodFigures,
    Rating,
    YearFigures,
    month_figures,
    period_figures,
    rolling_figures,
    year_figures,
)
from programs.models import Measure
from programs.periods import Period


@dataclass(frozen=True)
class Series:
    """One measure over time. Every expected month is there, reported or not.

    rolling : the figures of every 12 months in a row
    years : of every reporting year
    """

    measure: Measure
    rating: Rating
    months: Sequence[MonthFigures]
    rolling: Sequence[PeriodFigures]
    years: Sequence[YearFigures]

    @property
    def per(self) -> int:
        return self.rating.per

    @property
    def latest(self) -> PeriodFigures | None:
        """The last 12 months, or None before there were 12."""
        return self.rolling[-1] if self.rolling else None

    @property
    def has_rates(self) -> bool:
        return any(figures.rate for figures in self.rolling)

    def over(self, period: Period) -> PeriodFigures:
        """The figures of those of its months that lie in a period."""
        return period_figures(period, self.months, self.rating)


def make_series(
    measure: Measure,
    by_month: Mapping[date, Counts],
    expected: Expected,
    rating: Rating,
    *,
    year_first_month: int = 1,
) -> Series:
    """Add up these counts in every way in which they are shown."""
    months = month_figures(by_month, expected.by_month(), rating)
    return Series(
        measure=measure,
        rating=rating,
        months=months,
        rolling=rolling_figures(months, rating),
        years=year_figures(months, rating, year_first_month),
    )
