"""The sites of a program that one member may see, and the areas that hold them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from metrics.summaries.places import area_path
from programs.models import Area, Membership, Participation, Program, Site
from programs.periods import Period, month_of, shift_month

USUAL_MONTHS = 12


@dataclass(frozen=True)
class GridSites:
    """The sites of a program that one member may see, by name.

    own : their parts in the program
    writable : the sites whose counts this member may enter
    everywhere : their parts in every program, by site
    areas : the areas that hold any of them, each before those inside it, with its level and sites
    """

    program: Program
    own: Sequence[Participation]
    writable: frozenset[int]
    everywhere: Mapping[int, Sequence[Participation]]
    areas: Sequence[tuple[Area, int, frozenset[int]]]

    def usual_period(self, today: date) -> Period:
        """The last 12 months that are over, or the last in which a site takes part."""
        last = shift_month(month_of(today), -1)
        latest = max((part.period.last for part in self.own), default=last)
        return Period.ending(min(last, latest), USUAL_MONTHS)


def list_grid_sites(membership: Membership, user) -> GridSites:
    """Read which sites a member may see, in two queries."""
    writable = Site.objects.writable_by(user).filter(pk=OuterRef("site"))
    parts: QuerySet[Any] = Participation.objects.filter(
        site__in=Site.objects.covered_by(membership)
    )
    parts = parts.select_related("program", "site").annotate(may_enter=Exists(writable))
    everywhere: dict[int, list[Any]] = {}
    for part in parts.order_by("pk"):
        everywhere.setdefault(part.site_id, []).append(part)
    own = [p for parts in everywhere.values() for p in parts if p.program == membership.program]
    return GridSites(
        program=membership.program,
        writable=frozenset(part.site_id for part in own if part.may_enter),
        own=sorted(own, key=lambda part: (part.site.name.casefold(), part.site.code)),
        everywhere=everywhere,
        areas=_list_areas(part.site for part in own),
    )


def _list_areas(sites: Iterable[Site]):
    areas = Area.objects.in_bulk()
    held: dict[int, set[int]] = {}
    for site in sites:
        for area in area_path(areas, site.area_id):
            held.setdefault(area, set()).add(site.pk)
    paths = {pk: [areas[own] for own in reversed(area_path(areas, pk))] for pk in held}
    ordered = sorted(held, key=lambda pk: [area.name for area in paths[pk]])
    return [(areas[pk], len(paths[pk]) - 1, frozenset(held[pk])) for pk in ordered]
