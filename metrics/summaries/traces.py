"""The rates of many sites over time, small enough to stand side by side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.models import MonthlyReport
from metrics.models.reports import BIRTHS, DEATHS
from metrics.stats.completeness import Completeness
from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.figures import ROLLING_MONTHS, PeriodFigures
from metrics.summaries.gathering import Gathered
from programs.models import Measure
from programs.periods import Period, shift_month

STEP_MONTHS = 3  # from one point to the next: more would not be seen


@dataclass(frozen=True)
class SiteTrace:
    """A site's rate over windows of 12 months, and its months.

    windows : three months apart, up to the last month; those without a rate are among them
    received : every month in which a report was expected, and whether it is in the figures
    """

    windows: Sequence[PeriodFigures]
    received: Mapping[date, bool]


def trace_sites(
    gathered: Gathered, measure: Measure, sites: Collection[int]
) -> dict[int, SiteTrace]:
    """Trace each site through all of the program's months, in one query."""
    span = gathered.expected.span
    if span is None or not sites:
        return {}
    by_site = _read_counts(gathered, measure, sites, span)
    ends = list(_window_ends(span))
    windows = {site: [_window(by_site[site], end) for end in ends] for site in sites}
    rates = iter(
        gathered.rating_for(measure).rate_many(
            [counts for own in windows.values() for counts in own]
        )
    )
    return {
        site: SiteTrace(
            windows=[
                PeriodFigures(
                    Period.ending(end),
                    counts,
                    next(rates),
                    Completeness(
                        counts.reports, gathered.expected.of_site(site, Period.ending(end))
                    ),
                )
                for end, counts in zip(ends, own, strict=True)
            ],
            received={
                month: month in by_site[site]
                for period in gathered.expected.by_site.get(site, ())
                for month in period
            },
        )
        for site, own in windows.items()
    }


def _read_counts(gathered, measure, sites, span) -> dict[int, dict[date, Counts]]:
    reports = (
        MonthlyReport.objects.of_program(gathered.program)
        .official(gathered.program)
        .in_period(span)
        .filter(site__in=sites)
        .annotate(deaths=DEATHS[measure], births=BIRTHS[measure])
        .order_by()
        .values_list("site", "month", "deaths", "births")
    )
    by_site: dict[int, dict[date, Counts]] = {site: {} for site in sites}
    for site, month, deaths, births in reports:
        by_site[site][month] = NOTHING if deaths is None else Counts(deaths, births, 1)
    return by_site


def _window_ends(span):
    """The last months of the windows, in the order of time; the last window ends the span."""
    for back in reversed(range(0, len(span) - ROLLING_MONTHS + 1, STEP_MONTHS)):
        yield shift_month(span.last, -back)


def _window(by_month, end):
    return sum((by_month.get(month, NOTHING) for month in Period.ending(end)), NOTHING)
