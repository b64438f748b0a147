"""Deaths by age in a file without a column of all infant deaths: added up where that is said."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from metrics.gate import MAX_COUNT, Fault
from metrics.imports.numbers import MISSING, NOT_PARTED, NOT_SAID, UNREADABLE
from metrics.imports.table import Numbers, Table
from metrics.models import COUNT_FIELDS
from metrics.models.reports import AGE_FIELDS

ALL = "infant_deaths"
NEEDED, NO_AGE = AGE_FIELDS[:3], AGE_FIELDS[3]  # without one of these three a sum is too low


def has_ages_alone(counts: Mapping[str, Numbers]) -> bool:
    """Whether deaths are given by age, and nowhere all of them."""
    return ALL not in counts and not counts.keys().isdisjoint(AGE_FIELDS)


def list_absent(counts: Mapping[str, Numbers]) -> list[str]:
    """The ages that a sum needs and that are none of these counts."""
    return [name for name in NEEDED if name not in counts]


def add_ages(table: Table) -> Table:
    """A table in which all infant deaths are the sum of their ages, where the file gives the ages
    alone.

    Where an age is not counted there is no sum, and the file says nothing of all deaths. Deaths of
    unknown age are added where they are counted; where they are withheld there is no sum.
    """
    if not has_ages_alone(table.counts) or list_absent(table.counts):
        return table
    total = np.zeros(len(table), dtype=np.int32)
    is_known = np.ones(len(table), dtype=bool)
    for name in NEEDED:
        total += table.counts[name]
        is_known &= table.counts[name] >= 0
    if (unknown := table.counts.get(NO_AGE)) is not None:
        total += np.maximum(unknown, 0)
        is_known &= _is_addable(unknown)
    summed = np.where(is_known & (total <= MAX_COUNT), total, NOT_SAID).astype(np.int32)
    given = {**table.counts, ALL: summed}
    counts = {name: given[name] for name in COUNT_FIELDS if name in given}
    return replace(table, counts=counts, has_sums=True)


def _is_addable(unknown):
    """Whether deaths of unknown age, of one row or of all, do not hide a number."""
    return (unknown >= 0) | (unknown == MISSING) | (unknown == NOT_SAID)


# --- Sentences ------------------------------------------------------------------------------


def tell_ages(
    own: Fault, counts: Mapping[str, int], said: Mapping[str, int], where: str, *, has_sums: bool
) -> Iterator[Fault]:
    """What the gate says of all infant deaths and their ages, in words for a file that does not
    say them all.

    counts : of one row, as they would stand; said : as far as the file has them, as it says them
    where : the row's site and month; has_sums : whether the ages were added up
    """
    total = counts.get(ALL, NOT_SAID)
    if total >= 0:
        yield Fault(ALL, own.message + _say_stored(counts, said))
    elif total == UNREADABLE or (ALL in said and not has_sums and total != NOT_PARTED):
        yield own
    elif NOT_PARTED in {counts.get(name) for name in (ALL, *AGE_FIELDS)}:
        return  # which is said of it
    else:
        yield Fault(ALL, _say_no_sum(said, where) if has_sums else _say_no_total(said, where))


def _say_stored(counts: Mapping[str, int], said: Mapping[str, int]) -> str:
    """Which of the counts that contradict each other are none of the file's."""
    stored = [
        name
        for name in (ALL, *AGE_FIELDS)
        if counts.get(name, MISSING) >= 0 > said.get(name, NOT_SAID)
    ]
    return f" Not said by the file but stored: {', '.join(stored)}." if stored else ""


def _say_no_total(said: Mapping[str, int], where: str) -> str:
    way = "Add up the ages, or bring in all infant deaths first."
    if any(name not in said for name in NEEDED):
        way = "Bring in all infant deaths first, or say which column holds them."
    return f"is in no column of the file, and none are stored for {where}. {way}"


def _say_no_sum(said: Mapping[str, int], where: str) -> str:
    lacking = [name for name in NEEDED if said[name] < 0]
    if not _is_addable(said.get(NO_AGE, NOT_SAID)):
        lacking.append(NO_AGE)
    if not lacking:
        total = sum(max(said.get(name, 0), 0) for name in AGE_FIELDS)
        return f"would be {total:,}, which no site counts in a month. Check the ages."
    return (
        f"cannot be added up, since {' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} "
        f"not counted, and none are stored for {where}. Write what is missing, or bring in all "
        "infant deaths first."
    )
