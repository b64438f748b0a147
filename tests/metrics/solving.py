"""What can be solved from a table: the attack, with scipy's linear programming."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Sum:
    """A figure as a sum of unknown cells. value : None is withheld; low, high : what is known"""

    cells: frozenset
    value: int | None
    low: int = 0
    high: int | None = None


def solve_widths(sums: Mapping[object, Sum], wanted: Iterable) -> dict[object, float]:
    """How far the largest value of each wanted sum lies from its smallest, by all that is known:
    every cell is 0 or more, what is shown is as shown, what is withheld within its limits."""
    cells = {
        cell: number for number, cell in enumerate({c for s in sums.values() for c in s.cells})
    }
    shown = [own for own in sums.values() if own.value is not None]
    hidden = [own for own in sums.values() if own.value is None]
    limited = [own for own in hidden if own.high is not None]
    upper = [*(_row(own, cells, -1) for own in hidden), *(_row(own, cells) for own in limited)]
    known = {
        "A_eq": _matrix([_row(own, cells) for own in shown], len(cells)),
        "b_eq": [own.value for own in shown],
        "A_ub": _matrix(upper, len(cells)),
        "b_ub": [*(-own.low for own in hidden), *(own.high for own in limited)],
    }
    return {own: _reach(sums[own], cells, known) for own in wanted}


def _reach(own, cells, known):
    goal = np.zeros(len(cells))
    goal[[cells[cell] for cell in own.cells]] = 1
    least, most = (linprog(sign * goal, **known, method="highs") for sign in (1, -1))
    assert least.status in (0, 3), least.message  # 3: without limit
    assert most.status in (0, 3), most.message
    return float("inf") if most.status == 3 else -most.fun - least.fun


def _row(own, cells, sign=1):
    return [cells[cell] for cell in own.cells], sign


def _matrix(rows, width):
    if not rows:
        return None
    at = [(number, cell, sign) for number, (own, sign) in enumerate(rows) for cell in own]
    where = [own[0] for own in at], [own[1] for own in at]
    return csr_array(([own[2] for own in at], where), shape=(len(rows), width))
