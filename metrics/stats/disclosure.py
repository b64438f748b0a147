"""Withholding small counts from a table of sums, so that none can be solved from what is shown.

A *unit* is one report; its *counts* are whole numbers (the cells). A *part* is a set of units of
which sums are published; a *variable* is a set of counts that are added up. A figure is one
variable of one part. Figures of 1 to `up_to` are withheld (0 is shown), and with them what would
give them away.

Each withheld figure has a *certificate*: a move, which adds 1 to some counts and takes 1 from
others, such that no count falls below 0, no figure that is shown changes, every withheld figure
stays at 1 or more, and this one changes. So the counts could as well have been the moved ones,
and everything shown would be the same: the figure cannot be solved. Withholding more never
undoes a certificate, and what is withheld because a move changes it is certified by that move.
So one pass proves the whole table. In the moved counts figures of 1 to `up_to` stay such, where
that can be had without breaking what was said before (`is_strict`).

Source: complementary suppression as in Willenborg & de Waal, Elements of Statistical Disclosure
Control (2001), ch. 4.2; the counts 1 to 4 and 1 to 9 as in CDC WONDER.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

MOST_TRIED = 300  # moves looked at for one figure; more find cheaper ones, none is needed
ENOUGH_TRIED = 30  # where one was found that costs no more than one figure of the least weight
MOST_OF_ONE = 16  # of them with one count, so that each of a figure's comes to its turn
MOST_PARTNERS = 40  # units looked at for that
LOOSE = 50.0  # what a move costs that makes a small figure large, beside the weights of parts

Figure = tuple[int, int]  # part, variable
Step = tuple[int, int, int]  # unit, count, +1 or -1
Move = tuple[Step, ...]


@dataclass(frozen=True)
class Part:
    """Units of which sums are published, or which are guarded as if they were.

    variables : those published; of a guarded part those that must not be solved
    weight : how much would be lost with one of its figures; None is guarded, never shown
    """

    units: Sequence[int]
    variables: Collection[int]
    weight: float | None


@dataclass(frozen=True)
class Units:
    """Reports and their counts.

    counts : (units, counts), 0 where not counted
    counted : (units, variables), whether the unit takes part in a variable
    variables : the counts that each variable adds up
    place, time : of each unit; reports of one time, or of one place, are exchanged first
    """

    counts: np.ndarray
    counted: np.ndarray
    variables: Sequence[Sequence[int]]
    place: Sequence[int]
    time: Sequence[int]


@dataclass(frozen=True)
class Certificate:
    """Why a figure cannot be solved. is_strict : small figures stay small in the moved counts"""

    move: Move
    is_strict: bool


@dataclass(frozen=True)
class Withheld:
    """Which figures are not shown, each with why it cannot be solved.

    values : (parts, variables), all of them
    """

    values: np.ndarray
    figures: dict[Figure, Certificate]


def withhold(
    units: Units,
    parts: Sequence[Part],
    up_to: int,
    families: Iterable[tuple[int, Sequence[int]]] = (),
) -> Withheld:
    """Choose the figures that are not shown.

    families : a part and others that make it up: what of these is withheld must not add up to
        a small count either, where the others and the whole are shown
    """
    if not parts:
        return Withheld(np.zeros((0, len(units.variables)), dtype=np.int64), {})
    search = _Search(units, parts, up_to)
    for part, variable in search.small():
        search.certify(parts[part].units, variable, (part, variable))
    families = list(families)
    while sum(search.widen(whole, inside) for whole, inside in families):
        pass
    return Withheld(search.values, search.certified)


def small_figures(units: Units, parts: Sequence[Part], up_to: int) -> list[Figure]:
    """The published figures that are small themselves: what must be withheld at least."""
    return [own for own in _Search(units, parts, up_to).small() if parts[own[0]].weight is not None]


class _Search:
    """A table while it is decided what is shown."""

    def __init__(self, units: Units, parts: Sequence[Part], up_to: int):
        self.units, self.parts, self.up_to = units, parts, up_to
        self.counts = units.counts.tolist()
        self.counted = units.counted.tolist()
        of_units = np.stack(
            [units.counts[:, list(own)].sum(axis=1) for own in units.variables], axis=1
        )
        of_units = of_units * units.counted
        self.values = np.array([of_units[list(part.units)].sum(axis=0) for part in parts])
        self.value = self.values.tolist()
        self.published = [frozenset(part.variables) for part in parts]
        self.of_unit: list[list[int]] = [[] for _ in self.counts]
        by_size = sorted(range(len(parts)), key=lambda own: (len(parts[own].units), own))
        for number in by_size:  # so that each unit's parts go from the smallest to the largest
            if parts[number].weight is not None:
                for unit in parts[number].units:
                    self.of_unit[unit].append(number)
        self.adding: dict[int, list[int]] = defaultdict(list)
        for variable, counts in enumerate(units.variables):
            for count in counts:
                self.adding[count].append(variable)
        self.least = min((part.weight for part in parts if part.weight), default=0.0)
        self.is_open = [self._find_open(count) for count in range(units.counts.shape[1])]
        self.certified: dict[Figure, Certificate] = {}
        self.hidden: set[Figure] = {own for own in self.small() if parts[own[0]].weight is not None}
        self.primary = frozenset(self.hidden)
        self._beside = {
            (variable, count): self._find_beside(variable, count)
            for count, adding in self.adding.items()
            for variable in adding
        }
        self._at: dict[tuple[int, int], dict[object, list[int]]] = {}
        self._of: dict[tuple[int, int], dict[object, list[int]]] = {}

    def small(self) -> list[Figure]:
        """Figures of 1 to `up_to`, guarded ones as well; those that lose most come first."""
        found = [
            (number, variable)
            for number, part in enumerate(self.parts)
            for variable in part.variables
            if 1 <= self.value[number][variable] <= self.up_to
        ]
        return sorted(found, key=lambda own: (-(self.parts[own[0]].weight or 0), *own))

    def _find_open(self, count: int) -> list[bool]:
        """Of each unit, whether this count was counted, in a smallest part of which no figure with
        it is shown as 0: others need not be tried."""
        smallest = [parts[0] if parts else 0 for parts in self.of_unit]
        counted = self.units.counted[:, self.adding[count]]
        figures = self.values[smallest][:, self.adding[count]]
        is_open = np.logical_and(
            np.any(counted, axis=1), np.all(np.logical_or(~counted, figures > 0), axis=1)
        )
        return [bool(own) for own in is_open]

    # --- One figure ------------------------------------------------------------------------

    def certify(self, inside: Sequence[int], variable: int, own: Figure | None = None) -> None:
        """Find the cheapest move that changes this sum, and withhold what it changes."""
        if own in self.certified:
            return
        best, cost = self._last_resort(inside, variable), (float("inf"), 0)
        moves = islice(self._moves(frozenset(inside), inside, variable), MOST_TRIED)
        for tried, move in enumerate(moves):
            price = self._price(move)
            if price is not None and price < cost:
                best, cost = move, price
            if not cost[0] or (cost[0] <= self.least and tried >= ENOUGH_TRIED):
                break
        self._settle(Certificate(best, self._is_strict(best)))

    def widen(self, whole: int, inside: Sequence[int]) -> bool:
        """Withhold more of what makes up a whole, as long as the sum of it is small and known.
        Whether anything had to be."""
        changed = False
        for variable in self.published[whole]:
            hidden = [own for own in inside if (own, variable) in self.hidden]
            total = sum(self.value[own][variable] for own in hidden)
            if (whole, variable) not in self.hidden and 1 <= total <= self.up_to:
                before = len(self.hidden)
                self.certify([unit for own in hidden for unit in self.parts[own].units], variable)
                changed |= len(self.hidden) > before
        return changed

    def _settle(self, certificate: Certificate) -> None:
        for figure in self._effect(certificate.move):
            self.hidden.add(figure)
            self.certified.setdefault(figure, certificate)

    def _effect(self, move: Move) -> dict[Figure, int]:
        """What a move changes of the published figures, and by how much."""
        changes: dict[Figure, int] = defaultdict(int)
        for unit, count, step in move:
            for variable in self.adding[count]:
                if self.counted[unit][variable]:
                    for part in self.of_unit[unit]:
                        if variable in self.published[part]:
                            changes[part, variable] += step
        return {own: change for own, change in changes.items() if change}

    def _price(self, move: Move) -> tuple[float, int] | None:
        """What would be lost with a move, by weight and by size; None where it is not allowed."""
        lost, size, is_loose = 0.0, 0, False
        for own, change in self._effect(move).items():
            part, variable = own
            value = self.value[part][variable]
            if not value or value + change < 1:
                return None
            if own in self.primary and value + change > self.up_to:
                is_loose = True
            if own not in self.hidden:
                lost += self.parts[part].weight or 0
                size += value
        return lost + is_loose * LOOSE, size

    def _is_strict(self, move: Move) -> bool:
        return all(
            self.value[part][variable] + change <= self.up_to
            for (part, variable), change in self._effect(move).items()
            if (part, variable) in self.primary
        )

    # --- Moves -----------------------------------------------------------------------------

    def _moves(self, inside: frozenset[int], order: Iterable[int], variable: int) -> Iterator[Move]:
        """Moves that change this sum and leave every count at 0 or more; likely ones first."""
        own_counts = self.units.variables[variable]
        units = [unit for unit in order if self.counted[unit][variable]]
        cells = list(product(units, own_counts))
        for partners in (self._same_time, self._same_place):
            for unit, count in cells:
                others = islice(partners(unit, count, inside), MOST_PARTNERS)
                yield from islice(self._exchanges(unit, count, variable, others), MOST_OF_ONE)
        for unit, count in cells:
            for second in self._beside[variable, count]:
                yield from self._allowed((unit, count), (unit, second))
            yield ((unit, count, 1),)
            if self.counts[unit][count]:
                yield ((unit, count, -1),)

    def _exchanges(self, unit, count, variable, others) -> Iterator[Move]:
        """Moves that give to one of these others what they take here, or the reverse."""
        for other in others:
            yield from self._allowed((unit, count), (other, count))
            for second in self._beside[variable, count]:
                if self.is_open[second][other]:
                    yield from self._exchange_two(unit, other, count, second)

    def _exchange_two(self, unit, other, count, second) -> Iterator[Move]:
        """One more of one count and one less of another here, and the reverse there."""
        have = self.counts
        if have[unit][second] and have[other][count]:
            yield (unit, count, 1), (unit, second, -1), (other, count, -1), (other, second, 1)
        if have[unit][count] and have[other][second]:
            yield (unit, count, -1), (unit, second, 1), (other, count, 1), (other, second, -1)

    def _allowed(self, cell, other) -> Iterator[Move]:
        """One more here and one less there, or the reverse."""
        if self.counts[other[0]][other[1]]:
            yield (*cell, 1), (*other, -1)
        if self.counts[cell[0]][cell[1]]:
            yield (*cell, -1), (*other, 1)

    def _find_beside(self, variable, count) -> list[int]:
        """Counts that are added up with this one in another variable, and are not in this one."""
        return sorted(
            {
                other
                for wider in self.adding[count]
                for other in self.units.variables[wider]
                if other not in self.units.variables[variable]
            }
        )

    def _same_time(self, unit: int, count: int, inside: frozenset[int]) -> Iterator[int]:
        return self._nearby(unit, count, inside, self._at, self.units.time)

    def _same_place(self, unit: int, count: int, inside: frozenset[int]) -> Iterator[int]:
        return self._nearby(unit, count, inside, self._of, self.units.place)

    def _nearby(self, unit, count, inside, index, key) -> Iterator[int]:
        """Units that share a key with this one, outside the sum, of which a count may change;
        those in its smallest parts first, for with them the fewest figures change."""
        seen = {unit}
        for part in self.of_unit[unit]:
            if (part, count) not in index:
                units = [own for own in self.parts[part].units if self.is_open[count][own]]
                index[part, count] = _by(key.__getitem__, units)
            for other in index[part, count].get(key[unit], ()):
                if other not in seen and other not in inside:
                    yield other
                seen.add(other)

    def _last_resort(self, inside: Iterable[int], variable: int) -> Move:
        """One more where there is one already. Every sum over it is 1 or more, so none that is
        shown as 0 changes."""
        return next(
            ((unit, count, 1),)
            for unit in inside
            if self.counted[unit][variable]
            for count in self.units.variables[variable]
            if self.counts[unit][count]
        )


def _by(key: Callable[[int], int], units: Iterable[int]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for unit in units:
        grouped[key(unit)].append(unit)
    return grouped
