"""Which dimension and category a row of a file speaks of, however it spells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.cells import plain_text
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT
from metrics.imports.mapping import Mapping as FileMapping
from metrics.imports.places import SKIPPED, UNKNOWN, Named, is_total, spell_all
from metrics.models import Category, Dimension
from programs.models import Program

_WHOLES = {"both", "both sexes", "all categories", "any"}  # besides the totals of sites
_SIGNS = "<>=≤≥+"  # that make another category of the same number, such as <20 and 20+


def plain_word(text: str) -> str:
    """A word without case, accents, spare spaces and those signs that mean nothing."""
    signs = "".join(own for own in text if own in _SIGNS)
    return f"{signs} {simplify(text)}".strip()


class WordFinder(dict):
    """A text -> its place among codes and names, UNKNOWN, or SKIPPED where it is left out.

    As it is written, else whatever its case, else whatever its accents and punctuation, but for
    signs that count. What stands for several stands for none; a retired name stands back behind
    one in use.
    """

    def __init__(self, named: Sequence[Named], aliases: Mapping[str, str], retired=frozenset()):
        super().__init__()
        self._aliases = {plain_word(word): own for word, own in aliases.items()}
        self._known = [_spell(named, retired, how) for how in (str.strip, str.casefold, plain_word)]

    def __missing__(self, text: str) -> int:
        place = self[text] = self._find(plain_text(text).strip())
        return place

    def _find(self, text: str) -> int:
        alias = self._aliases.get(plain_word(text), text)
        if alias == LEFT_OUT and text != LEFT_OUT:
            return SKIPPED
        spelled = alias, alias.casefold(), plain_word(alias)
        for known, key in zip(self._known, spelled, strict=True):
            if key in known:
                return known[key]
        plain = simplify(text)
        return SKIPPED if is_total(plain) or plain in _WHOLES else UNKNOWN


def _spell(named, retired, how) -> dict[str, int]:
    """Every text in one spelling: codes first, then names in use, then retired ones."""
    names = [own.name for own in named]
    spelled = spell_all(named, how)
    for n in retired:
        in_use = [
            m for m, name in enumerate(names) if m not in retired and how(name) == how(names[n])
        ]
        if len(in_use) == 1 and spelled.get(how(names[n])) == UNKNOWN:
            spelled[how(names[n])] = in_use[0]
    return spelled


@dataclass(frozen=True)
class UnknownWord:
    """A word of the file that is no category of its dimension; or, without one, no dimension."""

    dimension: Dimension | None
    word: str


class PartFinder(dict):
    """The texts of dimension and category -> the place of the category in `categories`, UNKNOWN,
    or SKIPPED where a row adds up others or is left out; each pair sought once."""

    def __init__(self, program: Program, mapping: FileMapping):
        super().__init__()
        self.dimensions = list(Dimension.objects.prefetch_related("categories"))
        self.asked = set(program.dimensions.values_list("pk", flat=True))
        self.categories: list[Category] = []
        self._words = WordFinder(self.dimensions, mapping.dimensions)
        self._finders: list[tuple[int, WordFinder]] = []
        for dimension in self.dimensions:
            own = list(dimension.categories.all())
            retired = {n for n, category in enumerate(own) if category.retired}
            finder = WordFinder(own, mapping.categories, retired)
            self._finders.append((len(self.categories), finder))
            self.categories += own

    def __missing__(self, texts: tuple[str, str]) -> int:
        place = self[texts] = self._find(*texts)
        return place

    def _find(self, dimension: str, category: str) -> int:
        own = self._words[dimension]
        if own < 0:
            return own
        first, finder = self._finders[own]
        place = finder[category]
        return place if place < 0 else first + place

    def dimension_of(self, text: str) -> Dimension | None:
        """The dimension that a text names, if it names one."""
        place = self._words[text]
        return None if place < 0 else self.dimensions[place]

    def unknown_words(self) -> list[UnknownWord]:
        """What was sought and is no dimension, or no category of one that is known."""
        sought = (
            UnknownWord(own, (category if own else text).strip())
            for (text, category), place in self.items()
            if place == UNKNOWN
            for own in [self.dimension_of(text)]
        )
        return [own for own in dict.fromkeys(sought) if own.word]

    def known_for(self, unknown: UnknownWord) -> list[Dimension] | list[Category]:
        """What such a word may be."""
        return self.in_use(unknown.dimension) if unknown.dimension else self.dimensions

    def in_use(self, dimension: Dimension) -> list[Category]:
        """The categories of a dimension that take new counts."""
        return [own for own in dimension.categories.all() if not own.retired]

    def skipped_words(self) -> list[str]:
        """What was left out: words that add up others, or were said to be left out."""
        skipped = [texts for texts, place in self.items() if place == SKIPPED]
        named = {
            dimension if self._words[dimension] == SKIPPED else category
            for dimension, category in skipped
        }
        return sorted(word.strip() for word in named)

    def is_asked(self, category: Category) -> bool:
        """Whether new counts of a category are taken: its dimension is asked for by the program,
        and it is in use."""
        return category.dimension_id in self.asked and not category.retired
