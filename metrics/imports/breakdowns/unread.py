"""Columns of categories that are not read: rows of girls alone would stand as totals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics.imports.breakdowns.called import LETTERS, LIKE, dimension_called, is_word_for, may_hold
from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.headings import Heading, simplify
from metrics.imports.mapping import Mapping
from metrics.imports.opening import Preview
from metrics.imports.places import SKIPPED
from metrics.models import Dimension
from programs.models import Program

SHOWN_WORDS = 3


@dataclass(frozen=True)
class UnreadParts:
    """A column that is not read, the words in it that name categories, and of which dimension."""

    heading: Heading
    words: Sequence[str]
    dimension: Dimension

    def __str__(self) -> str:
        more = " and others" if self.words[SHOWN_WORDS:] else ""
        return (
            f'"{self.heading.text}" is not used; it says '
            f"{', '.join(self.words[:SHOWN_WORDS])}{more}. Where a row counts one category alone, "
            "such as girls, it is a part of a report, and too small as its total: say then that "
            "the column is the category."
        )

    @property
    def lines(self) -> dict[str, str]:
        """The lines of a mapping by which its rows are parts."""
        return {"dimension": f'"{self.dimension.code}"', "category": self.heading.key}


def find_unread(
    program: Program, preview: Preview, unused: Sequence[Heading]
) -> Iterator[UnreadParts]:
    """The columns of categories among those that are not used: of a dimension that the program
    asks for, or of the sex, which is never something of the site."""
    if not unused:
        return
    finder = PartFinder(program, Mapping())
    asked = [own for own in finder.dimensions if own.pk in finder.asked or own.code in LIKE]
    for heading in unused:
        cells = (row[heading.place] for row in preview.sample if heading.place < len(row))
        said = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
        found = ((own, _name_parts(finder, own, heading, said)) for own in asked)
        yield from [UnreadParts(heading, words, own) for own, words in found if words][:1]


def _name_parts(
    finder: PartFinder, dimension: Dimension, heading: Heading, said: Sequence[str]
) -> list[str]:
    """The words that name categories and no total. In a column that is called as its dimension,
    such as Sex, they all do, whether they are known or not."""
    called = dimension_called(finder, heading.text)
    if not may_hold(dimension, heading.text):
        return []
    is_called = called is not None and called.pk == dimension.pk
    codes = [own.code for own in finder.in_use(dimension)]
    words = []
    for word in said:
        place, plain = finder[dimension.code, word], simplify(word)
        is_known = place >= 0 or LETTERS.get(plain) in codes
        is_known |= any(is_word_for(code, plain) for code in codes)
        if place != SKIPPED and (is_called or is_known):
            words.append(word)
    return words
