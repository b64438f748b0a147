"""What changed about the places behind a figure, so that its months are not of the same thing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from metrics.summaries.gathering import Gathered
from metrics.summaries.places import AreaSites, area_path, list_areas
from metrics.summaries.portfolio_gathering import GatheredPortfolio
from metrics.summaries.targets import TargetSummary
from programs.models import Area, Participation, PlaceChange, Program, Site
from programs.periods import Period


@dataclass(frozen=True)
class PlaceNote:
    """A change of a site or an area behind a figure.

    successors : the names of the sites or the areas that followed
    is_within : the place and all that followed it are in the figure: their sum goes on, and only
    the places' own figures do not
    """

    change: PlaceChange
    successors: tuple[str, ...]
    is_within: bool

    @property
    def name(self) -> str:
        """“Orlis district”, or the name of a site."""
        return _name(self.change.place)

    @property
    def kind(self) -> str:
        return self.change.kind

    @property
    def month(self) -> date:
        return self.change.month

    @property
    def left(self) -> str:
        """The area that a site moved out of."""
        return _name(self.change.from_area)

    @property
    def reached(self) -> str:
        """The area that a site moved into."""
        return _name(self.change.to_area)


@dataclass(frozen=True)
class PlaceNotes:
    """hidden : how many changes are of sites that the reader may not see
    cut : how many more there are than had room
    """

    notes: tuple[PlaceNote, ...]
    hidden: int
    cut: int = 0

    def cut_to(self, most: int) -> "PlaceNotes":
        """The latest ones, as many as have room."""
        return replace(self, notes=self.notes[-most:], cut=max(0, len(self.notes) - most))

    def __bool__(self) -> bool:
        return bool(self.notes or self.hidden)


@dataclass(frozen=True)
class Figure:
    """What a figure adds up.

    sites : whose reports it holds
    areas : those that it is a figure of; within : those that lie inside these and are listed
    beside it, each with its own figure
    period : from the first month that it compares to the last
    movers : the sites whose moves from one of the areas to another are told; the sum of the same
    sites goes on, so a figure without areas has none
    """

    sites: Collection[int]
    areas: Collection[int]
    period: Period
    within: Collection[int] = ()
    movers: Collection[int] = ()

    def is_touched_by(self, change: PlaceChange) -> bool:
        """Whether a change parts its months in two. A move parts the areas' figures alone."""
        if not self.period.first < change.month <= self.period.last:
            return False
        own = {*self.areas, *self.within}
        if change.kind == PlaceChange.Kind.MOVED:
            ends = {change.from_area_id, change.to_area_id}
            return change.site_id in self.movers and not own.isdisjoint(ends)
        return not (own.isdisjoint(_areas_of(change)) and _sites_of(change).isdisjoint(self.sites))

    def goes_on_after(self, change: PlaceChange) -> bool:
        """Whether it holds the place and all that followed it."""
        if change.area_id:
            return _areas_of(change) <= set(self.within)
        return len(change.successors.all()) > 0 and _sites_of(change) <= set(self.sites)


NO_NOTES = PlaceNotes((), 0)


def notes_on(
    sites: Collection[int],
    areas: Collection[int] | None,
    period: Period | None,
    *,
    shown_sites: Collection[int] | None = None,
    lists_areas: bool = False,
) -> PlaceNotes:
    """What parts a figure of these sites in two, within the span of its period.

    areas : those it is a figure of; None takes all that lie around the sites
    period : from the first month that it compares to the last; None has nothing to part
    shown_sites : those that the reader may see by name; None takes all
    lists_areas : whether the areas stand beside it, each with its own figure
    One query where nothing changed.
    """
    changes = _fetch_changes(period)
    if not changes or period is None:
        return NO_NOTES
    around = _areas_around(sites) if areas is None else areas
    figure = Figure(sites, around, period, movers=sites if lists_areas else ())
    return _take_down(changes, figure, shown_sites)


def notes_on_area(
    gathered: Gathered, own: AreaSites, *, shown_sites: Collection[int] | None = None
) -> PlaceNotes:
    """What parts the figures of an area, and of the areas listed within it."""
    span = gathered.own.span
    changes = _fetch_changes(span)
    if not changes or span is None:
        return NO_NOTES
    areas = list_areas(gathered.participations, own.sites)
    within = {other.area.pk for other in areas if own.area in other.path[:-1]}
    movers = set(gathered.own.by_site)
    figure = Figure(own.sites, {own.area.pk}, span, within, movers)
    return _take_down(changes, figure, shown_sites)


def notes_on_contract(
    gathered: Gathered,
    target: TargetSummary | None,
    *,
    shown_sites: Collection[int] | None = None,
    lists_areas: bool = False,
) -> PlaceNotes:
    """What parts a program's verdict in two: between the first month of the baseline and the last
    of the evaluation. Without a promise, what parts its months."""
    span = _span(_contract_span(target)) if target else gathered.own.span
    return notes_on(
        set(gathered.own.by_site), None, span, shown_sites=shown_sites, lists_areas=lists_areas
    )


def notes_on_programs(
    gathered: GatheredPortfolio,
    targets: Iterable[TargetSummary],
    covered: Collection[int] | None = None,
) -> dict[Program, PlaceNotes]:
    """What parts the verdicts on several programs; those that nothing parts are left out.

    covered : the sites that the reader may see by name; None takes all
    As many queries as for one program.
    """
    spans: dict[Program, list[Period]] = {}
    for target in targets:
        spans.setdefault(target.target.program, []).extend(_contract_span(target))
    periods = {program: span for program, own in spans.items() if (span := _span(own))}
    changes = _fetch_changes(_span(periods.values()))
    if not changes:
        return {}
    areas = Area.objects.in_bulk()
    noted = {}
    for program, period in periods.items():
        parts = gathered.participations[program.pk]
        figure = Figure(set(gathered.own[program.pk].by_site), _paths(areas, parts), period)
        noted[program] = _take_down(changes, figure, covered)
    return {program: notes for program, notes in noted.items() if notes}


def _contract_span(target: TargetSummary | None) -> list[Period]:
    return [target.baseline.period, target.evaluation.period] if target else []


def _span(periods: Iterable[Period]) -> Period | None:
    """From the first month of all periods to the last; None where there is none."""
    known = list(periods)
    if not known:
        return None
    return Period(min(own.first for own in known), max(own.last for own in known))


def _fetch_changes(period: Period | None) -> list[PlaceChange]:
    """All that changed within a period, in the order of time: of whichever place, for they are
    few, and the areas around a figure cost queries of their own."""
    if period is None or len(period) < 2:
        return []
    found = PlaceChange.objects.within(period).select_related(
        "site", "area", "from_area", "to_area"
    )
    return list(found.prefetch_related("successors", "successor_areas"))


def _areas_around(sites) -> set[int]:
    """The areas that hold one of the sites, and those around them."""
    areas = Area.objects.in_bulk()
    holding = Site.objects.filter(pk__in=sites).values_list("area", flat=True).distinct()
    return {own for area in holding for own in area_path(areas, area)}


def _paths(areas: Mapping[int, Area], parts: Sequence[Participation]) -> set[int]:
    """The same of a program's sites, from what has been fetched."""
    own = {part.site.area_id for part in parts if part.role == Participation.Role.PROGRAM}
    return {pk for area in own for pk in area_path(areas, area)}


def _take_down(changes, figure: Figure, shown_sites) -> PlaceNotes:
    touching = [change for change in changes if figure.is_touched_by(change)]
    seen = [change for change in touching if _may_be_seen(change, shown_sites)]
    notes = tuple(_note(change, figure, shown_sites) for change in seen)
    return PlaceNotes(notes, len(touching) - len(seen))


def _may_be_seen(change, shown_sites) -> bool:
    """An area, or one of the sites that became one another."""
    return (
        shown_sites is None
        or change.site_id is None
        or not _sites_of(change).isdisjoint(shown_sites)
    )


def _note(change, figure, shown_sites) -> PlaceNote:
    names = [
        own.name
        for own in change.successors.all()
        if shown_sites is None or own.pk in shown_sites or own.pk == change.site_id
    ]
    names += [own.name for own in change.successor_areas.all()]
    successors = tuple(sorted(names, key=str.casefold))
    return PlaceNote(change, successors, figure.goes_on_after(change))


def _sites_of(change: PlaceChange) -> set[int]:
    own = {site.pk for site in change.successors.all()}
    return own | {change.site_id} if change.site_id else own


def _areas_of(change: PlaceChange) -> set[int]:
    own = {area.pk for area in change.successor_areas.all()}
    return own | {change.area_id} if change.area_id else own


def _name(place: Area | Site | None) -> str:
    if isinstance(place, Area):
        return f"{place.name} {place.get_kind_display().lower()}"
    return place.name if place else ""
