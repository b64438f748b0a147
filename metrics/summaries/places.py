"""The same contract, asked of each site and each area."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from metrics.stats.differences import excess_deaths
from metrics.stats.evidence import Evidence
from metrics.stats.promises import Promise
from metrics.stats.verdicts import Verdict, judge
from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.figures import PeriodFigures, figures_of
from metrics.summaries.gathering import Gathered
from metrics.summaries.judging import confidence_of, promise_of
from metrics.summaries.quality import count_stops
from metrics.summaries.targets import (
    BASELINE,
    EVALUATION,
    PERIOD_NAMES,
    TargetSummary,
    contract_periods,
)
from programs.models import Area, Participation, Site


@dataclass(frozen=True)
class Excess:
    """Deaths beyond those expected at the program's baseline rate; below 0: fewer."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PlaceLine:
    """A site's or an area's own verdict. `excess` is None without a baseline rate.

    place : None for sites that somebody put together
    level : how deep the place lies, 0 for the outermost area
    """

    place: Area | Site | None
    level: int
    baseline: PeriodFigures
    evaluation: PeriodFigures
    evidence: Evidence
    promise: Promise
    excess: Excess | None

    @cached_property
    def verdict(self) -> Verdict:
        """Judged when asked for: a page shows 50 of perhaps 1,000 places."""
        return judge(self.evidence, self.promise)


def judge_sites(gathered: Gathered, summary: TargetSummary) -> list[PlaceLine]:
    """Judge every program site, those with the most excess deaths first."""
    sites = [p.site for p in gathered.participations if p.site_id in gathered.own.by_site]
    lines = _judge_places(gathered, summary, {site: [site.pk] for site in sites}, {})
    return sorted(lines, key=lambda line: -line.excess.low if line.excess else 0)


def judge_together(
    gathered: Gathered, summary: TargetSummary, sites: Collection[int]
) -> PlaceLine | None:
    """Ask the contract of some program sites together; None before both its periods began."""
    own = sorted(site for site in sites if site in gathered.own.by_site)
    return next(iter(_judge_places(gathered, summary, {None: own}, {})), None)


@dataclass(frozen=True)
class AreaSites:
    """An area and the program sites that lie in it or in the areas inside it.

    level : how deep it lies, 0 for the outermost area
    path : the areas around it, from the outermost to itself
    """

    area: Area
    level: int
    path: tuple[Area, ...]
    sites: frozenset[int]


def list_areas(
    participations: Iterable[Participation], only: Collection[int] | None = None
) -> list[AreaSites]:
    """Every area that holds program sites, each before the areas inside it, in one query.

    only : the sites to look at; None takes all
    """
    areas = Area.objects.in_bulk()
    held: dict[int, set[int]] = {}
    for own in participations:
        if own.role == Participation.Role.PROGRAM and (only is None or own.site_id in only):
            for area in area_path(areas, own.site.area_id):
                held.setdefault(area, set()).add(own.site_id)
    listed = [
        AreaSites(path[-1], len(path) - 1, tuple(path), frozenset(sites))
        for pk, sites in held.items()
        if (path := [areas[own] for own in reversed(area_path(areas, pk))])
    ]
    return sorted(listed, key=lambda own: [area.name for area in own.path])


def judge_areas(
    gathered: Gathered, summary: TargetSummary, areas: Sequence[AreaSites] | None = None
) -> list[PlaceLine]:
    """Judge these areas, or every one that holds program sites, in the order of `list_areas`."""
    areas = list_areas(gathered.participations) if areas is None else areas
    levels = {own.area: own.level for own in areas}
    return _judge_places(gathered, summary, {own.area: sorted(own.sites) for own in areas}, levels)


def area_path(areas: Mapping[int, Area], pk: int | None) -> list[int]:
    """An area and those around it, from the inside out."""
    path: list[int] = []
    while pk is not None:
        path.append(pk)
        pk = areas[pk].parent_id
    return path


def _judge_places(
    gathered: Gathered,
    summary: TargetSummary,
    places: Mapping[Any, Sequence[int]],
    levels: Mapping[Any, int],
) -> list[PlaceLine]:
    if len(contract_periods(summary.target, gathered.own.span)) < len(PERIOD_NAMES):
        return []
    sides = [_figures_of_sites(gathered, summary, sites) for sites in places.values()]
    excess = _find_excess(summary, [evaluation.counts for _, evaluation in sides])
    return [
        PlaceLine(
            place=place,
            level=levels.get(place, 0),
            baseline=baseline,
            evaluation=evaluation,
            evidence=_gather_evidence(
                summary,
                baseline,
                evaluation,
                count_stops(gathered.stops, baseline.period, own_sites)
                + count_stops(gathered.stops, evaluation.period, own_sites),
            ),
            promise=promise_of(summary.target),
            excess=own,
        )
        for (place, own_sites), (baseline, evaluation), own in zip(
            places.items(), sides, excess, strict=True
        )
    ]


def _figures_of_sites(gathered, summary, sites):
    periods = contract_periods(summary.target, gathered.own.span)
    return [
        figures_of(
            periods[name],
            sum(
                (
                    gathered.by_site[site].by_period[name]
                    for site in sites
                    if site in gathered.by_site
                ),
                NOTHING,
            ),
            gathered.own.in_period(periods[name], sites),
            gathered.rating,
        )
        for name in (BASELINE, EVALUATION)
    ]


def _gather_evidence(summary, baseline, evaluation, unresolved):
    """What a place is judged on: the program's contract, widened as its own verdict is."""
    whole = summary.judgement.evidence
    return Evidence(
        evaluation.counts.deaths,
        evaluation.counts.births,
        baseline.counts.deaths,
        baseline.counts.births,
        confidence=confidence_of(summary.target),
        completeness_base=baseline.completeness,
        completeness_now=evaluation.completeness,
        min_completeness=summary.target.min_completeness,
        matched_months=whole.matched_months,
        unresolved_checks=unresolved,
        per=summary.target.per,
        dispersion=whole.dispersion,
    )


def _find_excess(summary, counts: Sequence[Counts]) -> list[Excess | None]:
    reference = summary.baseline.rate
    if reference is None or not counts:
        return [None] * len(counts)
    limits = excess_deaths(
        [own.deaths for own in counts],
        [own.births for own in counts],
        reference=reference,
        confidence=confidence_of(summary.target),
    )
    return [Excess(*own) for own in zip(*(array.tolist() for array in limits), strict=True)]
