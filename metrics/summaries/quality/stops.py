"""What forbids a verdict: a site's deaths outnumber its births for a year, and nobody has
corrected or explained it. It is the finding of the data quality page, found by the same search."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from metrics.models import FindingReview
from metrics.models.reports import has_arrived
from metrics.stats.quality import Kind, find_deaths_over_births
from metrics.summaries.quality.panels import lay_out
from programs.periods import Period

COUNTS = ("live_births", "infant_deaths")


@dataclass(frozen=True)
class Stop:
    """Twelve months of a site in which deaths outnumber births.

    counts : month -> (births, deaths) of the reports among them that count
    """

    site: int
    months: Period
    counts: Mapping[date, tuple[int, int]]

    def is_within(self, period: Period) -> bool:
        """Whether deaths outnumber births also in what it shares with a period."""
        shared = [own for month, own in self.counts.items() if month in period]
        return sum(deaths for _, deaths in shared) > sum(births for births, _ in shared)


Stops = Mapping[int, Collection[Stop]]
NO_STOPS: Collection[Stop] = ()


def count_stops(
    stops: Iterable[Stop], period: Period | None, sites: Collection[int] | None = None
) -> int:
    """How many lie within a period, at these sites or at any."""
    return sum(
        own.is_within(period)
        for own in stops
        if period is not None and (sites is None or own.site in sites)
    )


def find_stops(
    reports: QuerySet,
    *,
    program: object,
    official: Q,
    periods: Collection[Period],
    through: date,
    reviews: QuerySet[FindingReview] | None = None,
) -> Stops:
    """Find what forbids a verdict, by program: in one query, and another where there is any.

    reports : of one program or of several, in months in which their sites take part
    program : the expression that names a report's program
    official : which reports count; periods : those that are judged; through : the last month
    reviews : what people said; None for what they say now
    """
    if not periods:
        return {}
    # Without such a month within the periods there is no such year within them.
    suspected = Q(pk=None)
    for period in periods:
        suspected |= Q(month__range=(period.first, period.last))
    suspects = reports.filter(suspected, infant_deaths__gt=F("live_births")).order_by()
    rows = (
        reports.filter(has_arrived(), month__lte=through, site__in=suspects.values("site"))
        .order_by()
        .annotate(is_official=ExpressionWrapper(official, BooleanField()), own_program=program)
        .values_list("own_program", "is_official", "site", "month", *COUNTS)
    )
    by_program: dict[int, list] = {}
    for own, *row in rows:
        by_program.setdefault(own, []).append(row)
    found = {own: _find(several, through) for own, several in by_program.items()}
    return _leave_out_reviewed(found, reviews)


def _find(rows, through: date) -> dict[tuple[int, str], Stop]:
    """By site and fingerprint, whatever people said."""
    layout = lay_out([tuple(row[1:]) for row in rows], COUNTS, through)
    if layout is None:
        return {}
    counted = {
        (site, month): (births, deaths)
        for is_official, site, month, births, deaths in rows
        if is_official and deaths is not None
    }
    stops = {}
    for own in find_deaths_over_births(layout.panel)[0]:
        site, months = layout.sites[own.site], layout.months_of(own)
        counts = {month: counted[site, month] for month in months if (site, month) in counted}
        stop = Stop(site, Period(months[0], months[-1]), counts)
        stops[site, layout.fingerprint_of(own)] = stop
    return stops


def _leave_out_reviewed(found, reviews) -> Stops:
    if not any(found.values()):
        return {}
    reviews = FindingReview.objects.all() if reviews is None else reviews
    own = reviews.filter(program__in=found, kind=Kind.DEATHS_OVER_BIRTHS_YEAR)
    said = set(own.values_list("program", "site", "fingerprint"))
    return {
        program: [stop for key, stop in stops.items() if (program, *key) not in said]
        for program, stops in found.items()
    }
