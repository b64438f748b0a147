"""The areas around sites, by whatever of their names a file says."""

from collections.abc import Sequence
from functools import cached_property

from metrics.imports.headings import simplify
from programs.models import Area, Site

# Words that one file writes behind the name of an area and another does not.
_KINDS = {"district", "region", "county", "province", "state", "zone", "area", "of", "the"}


class AreaFinder:
    """Which areas a program's sites lie in, from their own up to the country; read when first
    asked."""

    def __init__(self, sites: Sequence[Site]):
        self._sites = sites

    @cached_property
    def _areas(self) -> dict[int, tuple[str, str, int | None]]:
        rows = Area.objects.values_list("pk", "name", "code", "parent")
        return {pk: (name, code, parent) for pk, name, code, parent in rows}

    @cached_property
    def _names(self) -> list[set[str]]:
        """Of each site the names and codes of all areas around it."""
        names: dict[int, set[str]] = {}
        return [self._names_from(site.area_id, names) for site in self._sites]

    def _names_from(self, area: int | None, names: dict[int, set[str]]) -> set[str]:
        if area is None or area not in self._areas:
            return set()
        if area not in names:
            name, code, parent = self._areas[area]
            names[area] = {*_spell(name), *_spell(code), *self._names_from(parent, names)}
        return names[area]

    @cached_property
    def _all_names(self) -> set[str]:
        return set().union(*self._names)

    def lies_in(self, place: int, area: str) -> bool:
        """Whether a text names an area around a site."""
        return not _spell(area).isdisjoint(self._names[place])

    def lies_elsewhere(self, place: int, area: str) -> bool:
        """Whether a text names an area of other sites, and none around this one."""
        is_known = not _spell(area).isdisjoint(self._all_names)
        return is_known and not self.lies_in(place, area)

    def name_of(self, place: int) -> str:
        """The area that a site lies in."""
        name, *_ = self._areas.get(self._sites[place].area_id, ("nowhere",))
        return name


def _spell(text: str) -> set[str]:
    """A name without case and accents, as it is and without the kind of area it says."""
    plain = simplify(text)
    bare = " ".join(word for word in plain.split() if word not in _KINDS)
    return {own for own in (plain, bare) if own}
