"""Which of a program's sites a file speaks of, however it spells them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from typing import Protocol

from metrics.cells import plain_text
from metrics.imports.areas import AreaFinder
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT
from programs.models import Site

UNKNOWN, SKIPPED = -1, -2  # instead of a site's place in the list
MOST_NEAREST = 3
MOST_COMPARED = 30  # codes and names that share most with a text, of which the nearest are chosen
MOST_UNKNOWN = 200  # names that are told; a file with more has another column in their place
_LIKE_ENOUGH = 0.6
MUCH_ALIKE, CLEARLY_MORE = 0.88, 0.1  # of a site that is suggested, and beyond the next
_TOTALS = {"total", "totals", "grand total", "subtotal", "sub total", "sum", "all", "overall"}
_TOTALS |= {"all sites", "all districts", "all facilities", "all areas", "whole program"}
_TOTALS |= {"ensemble", "somme", "total general", "suma", "soma", "gesamt", "summe", "insgesamt"}
_PARTS = {"total", "subtotal"}  # at the beginning or end of a name


_WAYS: tuple[Callable[[str], str], ...] = (str, str.casefold, simplify)


class Named(Protocol):
    """What files name by its code or its name: a site, a dimension, a category."""

    code: str
    name: str


class SiteFinder(dict):
    """A cell -> the place of its site in `sites`, UNKNOWN, or SKIPPED; each spelling sought once.

    As it is written, else whatever its case, else whatever its accents and punctuation. A text
    that stands for several sites stands for none, unless the area around them is said as well.
    Totals are skipped, and so is what the mapping says to leave out.

    in_areas : a cell and the area beside it -> the same
    """

    def __init__(self, sites: Sequence[Site], aliases: Mapping[str, str]):
        super().__init__()
        self.sites = sites
        self._codes = {site.code.casefold(): n for n, site in enumerate(sites)}
        self._aliases = {simplify(name): code for name, code in aliases.items()}
        self._nearest: dict[str, list[Site]] = {}
        self._likened = _Likened(sites)
        self.areas = AreaFinder(sites)
        self.in_areas = _InAreas(self)
        self._known = [spell_all(sites, how) for how in _WAYS]

    def __missing__(self, text: str) -> int:
        # Our own files mark a name that a spreadsheet would run; see metrics/cells.py.
        place = self[text] = self._find(plain_text(text).strip())
        return place

    def nearest(self, text: str) -> list[Site]:
        """The sites whose name or code is most like a text, the likest first."""
        plain = simplify(text)
        if plain not in self._nearest:
            places = dict.fromkeys([*self.several(text), *self._likened.find(plain)])
            self._nearest[plain] = [self.sites[place] for place in places][:MOST_NEAREST]
        return self._nearest[plain]

    def likeliest(self, text: str) -> Site | None:
        """The site that is clearly most like a text, if one is: much alike, and no other nearly as
        much. Another number in the name is another site, however alike the rest."""
        plain, near = simplify(text), self.nearest(text)
        if not near or self.several(text):
            return None
        alike = [max(_likeness(plain, own.code), _likeness(plain, own.name)) for own in near]
        second = max(alike[1:], default=0.0)
        return near[0] if alike[0] >= MUCH_ALIKE and alike[0] - second >= CLEARLY_MORE else None

    def find(self, text: str, area: str = "") -> int:
        """What a row says of its site."""
        return self.in_areas[text, area] if area.strip() else self[text]

    def several(self, text: str) -> list[int]:
        """The sites that a text stands for alike; none where it stands for one."""
        text = plain_text(text).strip()
        for groups, how in zip(self._groups, _WAYS, strict=True):
            if found := groups.get(how(text)):
                return found if len(found) > 1 else []
        return []

    @cached_property
    def _groups(self) -> list[dict[str, list[int]]]:
        """Of each code, else each name, in one spelling after the other, its sites."""
        return [_group(self.sites, how) for how in _WAYS]

    def _find(self, text):
        plain = simplify(text)
        if alias := self._aliases.get(plain):
            return SKIPPED if alias == LEFT_OUT else self._codes.get(alias.casefold(), UNKNOWN)
        for known, key in zip(self._known, (text, text.casefold(), plain), strict=True):
            if key in known:
                return known[key]
        return SKIPPED if is_total(plain) else UNKNOWN


class _InAreas(dict):
    """A site's name and its area's -> its place; of sites of one name the one that lies there."""

    def __init__(self, finder: SiteFinder):
        super().__init__()
        self._finder = finder

    def __missing__(self, texts: tuple[str, str]) -> int:
        text, area = texts
        several = self._finder.several(text)
        there = [place for place in several if self._finder.areas.lies_in(place, area)]
        place = self[texts] = there[0] if len(there) == 1 else self._finder[text]
        return place


class _Likened:
    """Codes and names by the pieces of three letters that they hold, so that a text is compared
    with the few that share most of its own and not with all."""

    def __init__(self, sites: Sequence[Site]):
        self._sites = sites

    @cached_property
    def _places(self) -> dict[str, int]:
        return {simplify(own): n for n, s in enumerate(self._sites) for own in (s.code, s.name)}

    @cached_property
    def _by_piece(self) -> dict[str, list[str]]:
        by_piece: dict[str, list[str]] = {}
        for known in self._places:
            for piece in _pieces(known):
                by_piece.setdefault(piece, []).append(known)
        return by_piece

    def find(self, plain: str) -> list[int]:
        """The places of the sites most like it, the likest first."""
        shared = Counter(
            known for piece in _pieces(plain) for known in self._by_piece.get(piece, ())
        )
        likely = [known for known, _ in shared.most_common(MOST_COMPARED)]
        found = get_close_matches(plain, likely, n=MOST_NEAREST * 2, cutoff=_LIKE_ENOUGH)
        return list(dict.fromkeys(self._places[own] for own in found))


def _likeness(plain: str, name: str) -> float:
    known = simplify(name)
    if re.findall(r"\d+", plain) != re.findall(r"\d+", known):
        return 0.0
    return SequenceMatcher(None, plain, known).ratio()


def _pieces(plain: str) -> set[str]:
    padded = f"  {plain} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)}


def is_total(plain: str) -> bool:
    """Whether a simplified name says that its row adds up others."""
    words = plain.split()
    return plain in _TOTALS or (bool(words) and not _PARTS.isdisjoint((words[0], words[-1])))


def spell_all(sites: Sequence[Named], how: Callable[[str], str]) -> dict[str, int]:
    """Each code, then each name, in one spelling; UNKNOWN where it stands for several sites.

    A code goes before a name.
    """
    codes = _unambiguous((how(site.code), n) for n, site in enumerate(sites))
    names = _unambiguous((how(site.name), n) for n, site in enumerate(sites))
    return {text: n for text, n in (names | codes).items() if text}


def _group(sites: Sequence[Named], how: Callable[[str], str]) -> dict[str, list[int]]:
    codes: dict[str, list[int]] = {}
    names: dict[str, list[int]] = {}
    for n, site in enumerate(sites):
        codes.setdefault(how(site.code), []).append(n)
        names.setdefault(how(site.name), []).append(n)
    return names | codes


def _unambiguous(texts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, place in texts:
        found[text] = UNKNOWN if text in found else place
    return found
