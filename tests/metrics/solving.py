"""What can be solved from a table: the attack, with scipy's linear programming."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

ALMOST = 1 - 1e-6  # linear programming answers to so many decimals
MOST = 1_000_000  # no count is larger, so that every answer has an end


@dataclass(frozen=True)
class Sum:
    """A figure as a sum of unknown cells. value : None is withheld; low, high : what is known"""

    cells: frozenset
    value: int | None
    low: int = 0
    high: int | None = None


def find_solvable(sums: Mapping[object, Sum], wanted: Iterable) -> dict[object, tuple]:
    """Which of the wanted sums can be told to less than 1, by all that is known, with their least
    and largest value: every cell is 0 or more, what is shown is as shown, what is withheld lies
    within its limits.

    Each sum is made as small and as large as it can be. Whatever else differs by 1 or more between
    any two of these answers cannot be solved either, and need not be tried.
    """
    wanted, cells = list(wanted), {}
    for own in sums.values():
        for cell in own.cells:
            cells.setdefault(cell, len(cells))
    known = _state(sums.values(), cells)
    goals = _matrix([_row(sums[own], cells) for own in wanted], len(cells))
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    for number in range(len(wanted)):
        for sign in (1, -1) if high[number] - low[number] < ALMOST else ():
            goal = sign * goals[[number]].toarray()[0]
            answer = linprog(goal, **known, bounds=(0, MOST), method="highs")
            assert answer.status == 0, answer.message
            low, high = np.minimum(low, goals @ answer.x), np.maximum(high, goals @ answer.x)
    return {
        own: (low[number], high[number])
        for number, own in enumerate(wanted)
        if high[number] - low[number] < ALMOST
    }


def _state(sums, cells):
    shown = [own for own in sums if own.value is not None]
    hidden = [own for own in sums if own.value is None]
    limited = [own for own in hidden if own.high is not None]
    upper = [*(_row(own, cells, -1) for own in hidden), *(_row(own, cells) for own in limited)]
    return {
        "A_eq": _matrix([_row(own, cells) for own in shown], len(cells)),
        "b_eq": [own.value for own in shown] or None,
        "A_ub": _matrix(upper, len(cells)),
        "b_ub": [*(-own.low for own in hidden), *(own.high for own in limited)] or None,
    }


def _row(own, cells, sign=1):
    return [cells[cell] for cell in own.cells], sign


def _matrix(rows, width):
    if not rows:
        return None
    at = [(number, cell, sign) for number, (own, sign) in enumerate(rows) for cell in own]
    where = [own[0] for own in at], [own[1] for own in at]
    return csr_array(([float(own[2]) for own in at], where), shape=(len(rows), width))
