"""One figure, led back to the reports it was made from."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from metrics.models import MonthlyReport
from metrics.models.reports import BIRTHS, DEATHS
from metrics.summaries.counts import Counts
from metrics.summaries.figures import PeriodFigures, Rating, figures_of
from metrics.summaries.gathering import Gathered
from metrics.summaries.targets import choose_sites
from programs.models import Measure, Participation, Program, Site
from programs.periods import Period


@dataclass(frozen=True)
class Explanation:
    """A figure and its reports.

    reports : each with `deaths` and `births` of the measure; those in which it was not counted
    are not among them
    """

    program: Program
    measure: Measure
    site: Site | None
    figures: PeriodFigures
    reports: QuerySet[MonthlyReport]


def explain_figure(
    gathered: Gathered,
    measure: Measure,
    period: Period,
    *,
    site: Site | None = None,
    sites: Collection[int] | None = None,
    by_contract: bool = False,
) -> Explanation:
    """Lead the figure of a measure over a period back to its reports.

    site : one site alone, program site or comparison site; None takes the program sites
    sites : of the program sites only these
    by_contract : only the sites that the contract names
    """
    chosen = _choose(gathered, site, sites, by_contract)
    expected = (gathered.expected if site else gathered.own).in_period(period, chosen)
    reports = _reports(gathered.program, measure, period, chosen, is_own=site is None)
    sums = reports.order_by().aggregate(
        own_deaths=Sum("deaths", default=0), own_births=Sum("births", default=0), own=Count("pk")
    )
    counts = Counts(sums["own_deaths"], sums["own_births"], sums["own"])
    target = gathered.target
    per = target.per if target and target.measure == measure else measure.usual_per
    rating = Rating(per, gathered.rating.confidence)
    figures = figures_of(period, counts, max(expected, counts.reports), rating)
    return Explanation(gathered.program, measure, site, figures, reports)


def _choose(gathered, site, sites, by_contract) -> Collection[int]:
    if site is not None:
        return {site.pk}
    if sites is not None:
        return set(gathered.own.by_site) & set(sites)
    if by_contract and gathered.target:
        return choose_sites(gathered.target, gathered.own_by_site, gathered.own)
    return set(gathered.own.by_site)


def _reports(program, measure, period, sites, *, is_own):
    role = Participation.Role.PROGRAM if is_own else None
    reports = MonthlyReport.objects.of_program(program, role=role).official(program)
    return (
        reports.in_period(period)
        .filter(site__in=sites)
        .annotate(deaths=DEATHS[measure], births=BIRTHS[measure])
        .filter(deaths__isnull=False)
        .select_related("site")
        .order_by("month", "site__name")
    )
