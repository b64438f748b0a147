"""One area of a program: its figures, the contract asked of it, and the places that lie in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from metrics.stats.verdicts import MIN_COMPLETENESS, Verdict
from metrics.summaries.counts import NOTHING
from metrics.summaries.figures import PeriodFigures, figures_of
from metrics.summaries.gathering import Gathered
from metrics.summaries.places import AreaSites, PlaceLine, judge_areas, list_areas
from metrics.summaries.programs import SiteLine, judge_gathered, list_sites
from metrics.summaries.scopes import OfShown, Scope, Shown, show_scope
from metrics.summaries.targets import MeasureFigures, TargetSummary
from programs.models import Area, Intervention, Measure, Program, Target
from programs.periods import Period


@dataclass(frozen=True)
class AreaLine:
    """An area within the one shown.

    recent : its last 12 months; None before any report was expected
    place : the contract asked of it; None where there is none about the measure shown
    """

    own: AreaSites
    recent: PeriodFigures | None
    place: PlaceLine | None


@dataclass(frozen=True)
class Asked:
    """A program's contract, asked of an area."""

    target: Target
    place: PlaceLine

    @property
    def verdict(self) -> Verdict:
        return self.place.verdict

    @property
    def baseline(self) -> PeriodFigures:
        return self.place.baseline

    @property
    def evaluation(self) -> PeriodFigures:
        return self.place.evaluation


@dataclass(frozen=True)
class AreaSummary(OfShown):
    """An area's figures on one day, of those of its program sites that the reader may see.

    all_sites : how many program sites lie in it, whether or not the reader may see them
    is_whole : whether those added up are all that the program has
    promised : the measures about which there is a contract
    target : the program's own verdict; None where nothing has been promised
    inside : the areas directly within it; sites : every site that is added up
    """

    program: Program
    as_of: date
    own: AreaSites
    all_sites: int
    is_whole: bool
    span: Period | None
    promised: Sequence[Measure]
    target: TargetSummary | None
    shown: Shown
    inside: Sequence[AreaLine]
    sites: Sequence[SiteLine]
    interventions: Sequence[Intervention]

    @property
    def area(self) -> Area:
        return self.own.area

    @property
    def is_limited(self) -> bool:
        return len(self.own.sites) < self.all_sites

    @property
    def least_percent(self) -> int:
        """The share of reports below which a point rests on too little."""
        return self.target.target.min_completeness if self.target else MIN_COMPLETENESS

    @property
    def query(self) -> str:
        """What leads an address to the reports of this area."""
        return urlencode({"area": self.area.code})

    @property
    def asked(self) -> Asked | None:
        """The contract asked of it; None where there is none about the measure shown."""
        if self.target is None or self.shown.place is None:
            return None
        return Asked(self.target.target, self.shown.place)

    @property
    def compared(self) -> MeasureFigures | None:
        """The measure shown, beside the contract's baseline."""
        return next((own for own in self.shown.measures if own.measure is self.measure), None)

    @property
    def is_judged_otherwise(self) -> bool:
        """Whether the program's own verdict is by calendar month, or leaves sites out."""
        if self.target is None:
            return False
        by_month = self.target.judgement.evidence.strata is not None
        return by_month or self.target.target.sites_rule != Target.SitesRule.ALL


def summarise_area(
    gathered: Gathered,
    code: str,
    *,
    today: date,
    measure: Measure | None = None,
    shown_sites: Collection[int] | None = None,
) -> AreaSummary | None:
    """Gather an area's figures; None where it holds no program site that the reader may see.

    measure : None takes the contract's
    shown_sites : the sites whose own figures the reader may see; None takes all
    """
    everywhere = list_areas(gathered.participations)
    areas = [_limit(own, shown_sites) for own in everywhere]
    own = next((area for area in areas if area.area.code == code and area.sites), None)
    if own is None:
        return None
    target = judge_gathered(gathered)
    shown = show_scope(gathered, target, Scope(measure=measure, sites=own.sites))
    lines = list_sites(gathered, shown)
    inside = [area for area in areas if area.path[:-1] == own.path and area.sites]
    return AreaSummary(
        program=gathered.program,
        as_of=today,
        own=own,
        all_sites=next(len(area.sites) for area in everywhere if area.area == own.area),
        is_whole=own.sites == set(gathered.own.by_site),
        span=gathered.own.span,
        promised=gathered.promised,
        target=target,
        shown=shown,
        inside=_list_inside(gathered, target, shown, inside, lines),
        sites=lines,
        interventions=list(gathered.program.interventions.at_sites(own.sites)),
    )


def _limit(own: AreaSites, shown_sites: Collection[int] | None) -> AreaSites:
    if shown_sites is None:
        return own
    return replace(own, sites=own.sites.intersection(shown_sites))


def _list_inside(gathered, target, shown, inside, lines):
    """Each area within, beside the contract where that is about the measure shown."""
    judged = {}
    if target is not None and shown.measure is gathered.measure:
        judged = {line.place: line for line in judge_areas(gathered, target, inside)}
    return [AreaLine(own, _add_up(own, lines, shown), judged.get(own.area)) for own in inside]


def _add_up(own, lines, shown) -> PeriodFigures | None:
    """The last 12 months of an area, from the lines of its sites."""
    recent = [line.recent for line in lines if line.site.pk in own.sites and line.recent]
    if not recent:
        return None
    return figures_of(
        recent[0].period,
        sum((figures.counts for figures in recent), NOTHING),
        sum(figures.completeness.expected for figures in recent),
        shown.series.rating,
    )
