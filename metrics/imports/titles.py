"""What a title above a table says that the table counts."""

from collections.abc import Sequence

from metrics.imports.called import AREA_SIZES, OURS_BY_NAME, RANKS
from metrics.imports.headings import simplify
from metrics.imports.mapping import MONTH_COLUMNS
from metrics.imports.months import MONTH_NAMES
from metrics.models import COUNT_FIELDS

# Words that say nothing of what is counted, before its name and after it.
_BEFORE = frozenset(["table", "sheet", "number", "of", "total", "monthly", "annual"])
_BY = frozenset(["by", "per", "par", "por", "nach", "pro"])
_JOINED = _BY | {"and", "et", "y", "e", "und"}
_PLACES_AND_TIMES = frozenset(
    name
    for name, several in OURS_BY_NAME.items()
    if {"site_name", *MONTH_COLUMNS} & {*several} and name not in ("name", "nom")
) | frozenset(AREA_SIZES)


def find_titled(text: str) -> set[str | None]:
    """The counts that a title names; None for one that it says more of, such as home births, or
    that is called so by many, such as the deaths in Deaths by facility."""
    words = simplify(text).split()
    named = [(ours, _around(words, name.split())) for ours, name in _NAMES]
    plain: set[str | None] = {ours for ours, around in named if around and _is_plain(*around)}
    return plain or ({None} if any(around for _, around in named) else set())


_NAMES = [(ours, name) for ours, name in RANKS if ours in COUNT_FIELDS]


def _around(words: Sequence[str], name: Sequence[str]) -> tuple[list[str], int, list[str]] | None:
    """What stands before a name, of how many words it is, and what stands behind it; None where
    the words do not hold it."""
    for at in range(len(words) - len(name) + 1):
        if list(words[at : at + len(name)]) == list(name):
            return list(words[:at]), len(name), list(words[at + len(name) :])
    return None


def _is_plain(before: Sequence[str], length: int, after: Sequence[str]) -> bool:
    """Whether nothing around a name says more of what is counted. One word says too little to be
    taken but where it stands alone."""
    if length == 1 and (before or after):
        return False
    others = [word for word in after if not _is_time(word)]
    is_parted = not others or (others[0] in _BY and _is_known(others))
    return is_parted and all(word in _BEFORE or word.isdecimal() for word in before)


def _is_known(words: Sequence[str]) -> bool:
    """Whether words name places and times alone, behind such as “by” and “and” each."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _JOINED:
            parts.append([])
        else:
            parts[-1].append(word)
    return all(" ".join(own) in _PLACES_AND_TIMES for own in parts[1:])


def _is_time(word: str) -> bool:
    return word.isdecimal() or word in MONTH_NAMES
