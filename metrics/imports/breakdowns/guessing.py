"""Whether a file is one of breakdowns, and which of its columns say so."""

from collections.abc import Iterator, Sequence

from metrics.gate import BROKEN_DOWN
from metrics.imports.breakdowns.called import (
    CATEGORY,
    DIMENSION,
    LETTERS,
    dimension_called,
    is_word_for,
)
from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.fitting import MOST_TRUE
from metrics.imports.headings import Heading, simplify
from metrics.imports.mapping import MONTH_COLUMNS, PART_COLUMNS, SITE_COLUMNS, Lines, Mapping
from metrics.imports.opening import Preview
from metrics.imports.places import UNKNOWN
from metrics.models import COUNT_FIELDS
from programs.models import Program


def guess_parts(program: Program, preview: Preview, lines: Lines) -> dict[str, str]:
    """The lines of a mapping that was guessed, with those of a file of breakdowns where it is one:
    where a column names breakdowns that are known and another their categories, or where a column
    is called as a breakdown and tells rows of one site and month apart."""
    other = {ours: theirs for ours, theirs in lines.items() if ours not in PART_COLUMNS}
    finder = PartFinder(program, Mapping())
    found = _find_columns(finder, preview) or _find_one(finder, preview, other)
    if found is None:
        return other
    category = found["category"]
    spare = {*COUNT_FIELDS} - {*BROKEN_DOWN}
    kept = {
        ours: theirs
        for ours, theirs in other.items()
        if ours not in spare and theirs not in found.values()
    }
    words = _guess_words(finder, found, _cells(preview, category))
    return kept | found | {f"category {word}": code for word, code in words}


def _find_columns(finder: PartFinder, preview: Preview) -> dict[str, str] | None:
    """A column of dimensions and one of their categories."""
    for dimension in _called(preview, DIMENSION):
        said = _cells(preview, dimension.key)
        known = [own for own in said if finder.dimension_of(own)]
        if not known or 100 * len(known) < MOST_TRUE * len(said):
            continue
        for category in _called(preview, CATEGORY):
            if category.place != dimension.place:
                return {"dimension": dimension.key, "category": category.key}
    return None


def _find_one(finder: PartFinder, preview: Preview, lines: Lines) -> dict[str, str] | None:
    """A column of categories that is called as their dimension, such as Sex."""
    for heading in preview.headings:
        dimension = dimension_called(finder, heading.text)
        if dimension and _tells_apart(preview, heading, lines):
            return {"dimension": f'"{dimension.code}"', "category": heading.key}
    return None


def _tells_apart(preview: Preview, heading: Heading, lines: Lines) -> bool:
    """Whether rows of one site and month differ by this column: else it says something of the
    site, such as its residence."""
    keys = [
        lines[own]
        for own in (*SITE_COLUMNS, "area_name", *MONTH_COLUMNS, "counted")
        if own in lines
    ]
    places = [own.place for own in preview.headings if own.key in keys]
    seen: dict[tuple[str, ...], set[str]] = {}
    for row in preview.sample:
        if heading.place < len(row) and row[heading.place].strip():
            key = tuple(row[own].strip() if own < len(row) else "" for own in places)
            seen.setdefault(key, set()).add(row[heading.place].strip())
    return any(len(words) > 1 for words in seen.values())


def _called(preview: Preview, names: str) -> list[Heading]:
    """The headings of these names, those that are named first before the others."""
    order = names.split("|")
    own = [heading for heading in preview.headings if simplify(heading.text) in order]
    return sorted(own, key=lambda heading: order.index(simplify(heading.text)))


def _cells(preview: Preview, key: str) -> list[str]:
    places = [heading.place for heading in preview.headings if heading.key == key]
    cells = (row[own].strip() for row in preview.sample for own in places if own < len(row))
    return [cell for cell in cells if cell]


def _guess_words(
    finder: PartFinder, found: Lines, cells: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What words of the file stand for that are none of our categories but known elsewhere; not
    where another word of the file stands for the same."""
    constant = found["dimension"].strip('"') if found["dimension"].startswith('"') else None
    asked = [finder.dimension_of(constant)] if constant else finder.dimensions
    letters = {word for word in map(simplify, cells) if len(word) == 1}
    is_paired = {"f", "m"} <= letters <= LETTERS.keys()
    for dimension in (own for own in asked if own):
        codes = {own.code for own in finder.in_use(dimension)}
        places = {word: finder[dimension.code, word] for word in dict.fromkeys(cells)}
        codes -= {finder.categories[place].code for place in places.values() if place >= 0}
        for word in (word for word, place in places.items() if place == UNKNOWN):
            plain = simplify(word)
            code = LETTERS.get(plain, "") if is_paired else ""
            code = code or next((own for own in codes if is_word_for(own, plain)), "")
            if code in codes:
                codes -= {code}
                yield word, code
