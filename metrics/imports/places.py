"""Which of a program's sites a file speaks of, however it spells them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from metrics.cells import plain_text
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT
from programs.models import Site

UNKNOWN, SKIPPED = -1, -2  # instead of a site's place in the list
MOST_NEAREST = 3
MOST_UNKNOWN = 200  # names that are told; a file with more has another column in their place
_LIKE_ENOUGH = 0.6
_TOTALS = {"total", "totals", "grand total", "subtotal", "sub total", "sum", "all", "overall"}
_TOTALS |= {"all sites", "all districts", "all facilities", "all areas", "whole program"}
_TOTALS |= {"ensemble", "somme", "total general", "suma", "soma", "gesamt", "summe", "insgesamt"}


class SiteFinder(dict):
    """A cell -> the place of its site in `sites`, UNKNOWN, or SKIPPED; each spelling sought once.

    As it is written, else whatever its case, else whatever its accents and punctuation. A text
    that stands for several sites stands for none. Totals are skipped, and so is what the mapping
    says to leave out.
    """

    def __init__(self, sites: Sequence[Site], aliases: Mapping[str, str]):
        super().__init__()
        self.sites = sites
        self.unknown: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        self._codes = {site.code.casefold(): n for n, site in enumerate(sites)}
        self._aliases = {simplify(name): code for name, code in aliases.items()}
        self._known = [_texts(sites, how) for how in (str, str.casefold, simplify)]

    def __missing__(self, text: str) -> int:
        # Our own files mark a name that a spreadsheet would run; see metrics/cells.py.
        place = self[text] = self._find(plain_text(text).strip())
        return place

    def nearest(self, text: str) -> list[Site]:
        """The sites whose name or code is most like a text, the likest first."""
        plain = simplify(text)
        known = {simplify(own): n for n, s in enumerate(self.sites) for own in (s.code, s.name)}
        found = get_close_matches(plain, known, n=MOST_NEAREST * 2, cutoff=_LIKE_ENOUGH)
        places = dict.fromkeys(known[own] for own in found)
        return [self.sites[place] for place in places][:MOST_NEAREST]

    def _find(self, text):
        plain = simplify(text)
        if alias := self._aliases.get(plain):
            return SKIPPED if alias == LEFT_OUT else self._codes.get(alias.casefold(), UNKNOWN)
        for known, key in zip(self._known, (text, text.casefold(), plain), strict=True):
            if key in known:
                return known[key]
        return SKIPPED if is_total(plain) else UNKNOWN


def is_total(plain: str) -> bool:
    """Whether a simplified name says that its row adds up others."""
    words = plain.split()
    return plain in _TOTALS or (bool(words) and "total" in (words[0], words[-1]))


def _texts(sites: Sequence[Site], how: Callable[[str], str]) -> dict[str, int]:
    """Each code, then each name, in one spelling; UNKNOWN where it stands for several sites.

    A code goes before a name.
    """
    codes = _unambiguous((how(site.code), n) for n, site in enumerate(sites))
    names = _unambiguous((how(site.name), n) for n, site in enumerate(sites))
    return {text: n for text, n in (names | codes).items() if text}


def _unambiguous(texts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, place in texts:
        found[text] = UNKNOWN if text in found else place
    return found
