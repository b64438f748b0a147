"""Which dimension and category a row of a file speaks of, however it spells them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from metrics.cells import plain_text
from metrics.imports.headings import simplify
from metrics.imports.mapping import LEFT_OUT, Lines, Mapping
from metrics.imports.places import SKIPPED, UNKNOWN, Named, is_total, spell_all
from metrics.imports.reading import FileRefusedError
from metrics.models import Category, Dimension
from programs.models import Program

_WHOLES = {"both", "both sexes", "all categories", "any"}  # besides the totals of sites
_SIGNS = "<>=≤≥+"  # that make another category of the same number, such as <20 and 20+
_NOTHING: Lines = MappingProxyType({})


def plain_word(text: str) -> str:
    """A word without case, accents, spare spaces and those signs that mean nothing."""
    signs = "".join(own for own in text if own in _SIGNS)
    return f"{signs} {simplify(text)}".strip()


class WordFinder(dict):
    """A text -> its place among codes and names, UNKNOWN, or SKIPPED where it is left out.

    As it is written, else whatever its case, else whatever its accents and punctuation, but for
    signs that count. What stands for several stands for none; a retired name stands back behind
    one in use.

    aliases : what words stand for, whatever else is called so
    loose : what words stand for that are neither code nor name
    """

    def __init__(
        self, named: Sequence[Named], aliases: Lines, loose: Lines = _NOTHING, retired=frozenset()
    ):
        super().__init__()
        self._aliases, self._loose = (
            {plain_word(word): own for word, own in said.items()} for said in (aliases, loose)
        )
        self._known = [_spell(named, retired, how) for how in (str.strip, str.casefold, plain_word)]

    def __missing__(self, text: str) -> int:
        place = self[text] = self._find(plain_text(text).strip())
        return place

    def _find(self, text: str) -> int:
        word = plain_word(text)
        place = self._place(self._aliases.get(word, text), text)
        if place in (None, UNKNOWN) and word in self._loose and word not in self._aliases:
            place = self._place(self._loose[word], text)
        if place is None:
            plain = simplify(text)
            return SKIPPED if is_total(plain) or plain in _WHOLES else UNKNOWN
        return place

    def _place(self, named: str, text: str) -> int | None:
        """The place of what a text stands for; None where nothing is called so."""
        if named == LEFT_OUT and text != LEFT_OUT:
            return SKIPPED
        spelled = named, named.casefold(), plain_word(named)
        pairs = zip(self._known, spelled, strict=True)
        return next((known[key] for known, key in pairs if key in known), None)


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

    def __init__(self, program: Program, mapping: Mapping):
        super().__init__()
        self.dimensions = _load_dimensions()
        self.asked = _load_asked(program)
        self.categories: list[Category] = []
        self._words = WordFinder(self.dimensions, mapping.dimensions)
        self._finders: list[tuple[int, WordFinder]] = []
        said = self._part_words(mapping.categories)
        for place, dimension in enumerate(self.dimensions):
            own = list(dimension.categories.all())
            retired = {n for n, category in enumerate(own) if category.retired}
            finder = WordFinder(own, said[place], said[UNKNOWN], retired)
            self._finders.append((len(self.categories), finder))
            self.categories += own

    def _part_words(self, words: Lines) -> dict[int, dict[str, str]]:
        """The words of categories by the place of the dimension that is named before a slash, as in
        sex/9; under UNKNOWN those of any."""
        parted: dict[int, dict[str, str]] = defaultdict(dict)
        for said, theirs in words.items():
            dimension, _, word = said.partition("/")
            place = self._words[dimension] if word.strip() else UNKNOWN
            parted[max(place, UNKNOWN)][said if place < 0 else word] = theirs
        return parted

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

    def look_again(self, program: Program) -> None:
        """Read anew what is asked for, and the categories: those that came meanwhile stand behind
        the others. FileRefusedError where one was deleted."""
        self.asked, fresh = _load_asked(program), _load_dimensions()
        now = {own.pk: own for dimension in fresh for own in dimension.categories.all()}
        if gone := [own for own in self.categories if own.pk not in now]:
            raise FileRefusedError(f"{gone[0]} was deleted just now. Look at the file again.")
        known = {own.pk: own for own in self.dimensions}
        self.dimensions = list((known | {own.pk: own for own in fresh}).values())
        self.categories = list(({own.pk: own for own in self.categories} | now).values())

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


def _load_dimensions() -> list[Dimension]:
    return list(Dimension.objects.prefetch_related("categories"))


def _load_asked(program: Program) -> set[int]:
    return set(program.dimensions.values_list("pk", flat=True))
