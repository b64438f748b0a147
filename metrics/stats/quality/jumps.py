"""Births recorded that move to another level overnight. The verdict's flag asks here too."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from metrics.stats.quality.chances import Mask
from metrics.stats.quality.kinds import Found, Kind, Looks, Panel, Search
from metrics.stats.quality.oddities import find_oddities
from metrics.stats.quality.windows import windows_apart
from metrics.stats.rates import Floats

# Three months in a row against the six before, apart by a third and by more than chance.
JUMP_MONTHS = 3
JUMP_PAST_MONTHS = 6
JUMP_FACTOR = Fraction(4, 3)
# Each of the three months is odd, all on one side: far rarer by chance than one of them.
JUMP_LEVEL = 0.002


@dataclass(frozen=True)
class Jump:
    """Births at another level from one month on.

    months : the nine columns compared, the last three at the new level
    past, recent : births of the six and of the three
    """

    site: int
    months: tuple[int, ...]
    past: int
    recent: int

    @property
    def month(self) -> int:
        """The column of the first month at the new level."""
        return self.months[JUMP_PAST_MONTHS]


def find_jumps(births: Floats) -> list[Jump]:
    """Find each month from which on a site's births are at another level.

    births : sites by months, nan where nothing was reported; such months are left out
    Three months in a row hold a third more, or a quarter fewer, than the six before them did on
    average, and more than chance explains at 99.8 %; and so they do without the highest and the
    lowest of the six, so that a single wild month makes no jump. docs/methods.md#flags
    """
    reported = ~np.isnan(births)
    # The months that were reported, moved together to the left of each row.
    order = np.argsort(~reported, axis=1, kind="stable")
    packed = np.take_along_axis(births, order, axis=1)
    starts = births.shape[1] - JUMP_PAST_MONTHS - JUMP_MONTHS + 1
    if starts <= 0:
        return []
    windows = sliding_window_view(packed, JUMP_PAST_MONTHS, axis=1)[:, :starts]
    past = windows.sum(axis=2)
    trimmed = past - windows.max(axis=2) - windows.min(axis=2)
    own = [packed[:, JUMP_PAST_MONTHS + k :][:, :starts] for k in range(JUMP_MONTHS)]
    jumped = _all_odd(own, [(past, JUMP_PAST_MONTHS), (trimmed, JUMP_PAST_MONTHS - 2)])
    length = JUMP_PAST_MONTHS + JUMP_MONTHS
    return [
        Jump(
            site,
            tuple(order[site, start : start + length].tolist()),
            int(past[site, start]),
            int(sum(each[site, start] for each in own)),
        )
        for site, start in windows_apart(jumped, JUMP_PAST_MONTHS)
    ]


def _all_odd(counts: Sequence[Floats], pasts: Sequence[tuple[Floats, int]]) -> Mask:
    """Where each count is odd beside each of its pasts, all for being many or all for being few.

    pasts : counts, and of how many months they are
    """
    rows, columns = np.nonzero(~np.isnan(counts[0]))  # those that may be; ever fewer of them
    side = np.zeros(rows.size, dtype=np.int8)
    for own, (past, months) in product(counts, pasts):
        odd = find_oddities(own[rows, columns], 1, past[rows, columns], months, factor=JUMP_FACTOR)
        kept = (odd != 0) & (odd * side >= 0)
        rows, columns, side = rows[kept], columns[kept], odd[kept]
    found = np.zeros(counts[0].shape, dtype=bool)
    found[rows, columns] = True
    return found


def find_births_jumped(panel: Panel) -> Search:
    """Name each jump of births as a finding."""
    births = panel["live_births"]
    found = [
        Found(
            Kind.BIRTHS_JUMPED,
            own.site,
            own.months,
            ("live_births",),
            {"past": own.past, "recent": own.recent, "month": own.month, "factor": _factor(own)},
        )
        for own in find_jumps(births)
    ]
    months = (~np.isnan(births)).sum(axis=1)
    looked = np.maximum(0, months - JUMP_PAST_MONTHS - JUMP_MONTHS + 1)
    return found, [Looks(Kind.BIRTHS_JUMPED, looked, JUMP_LEVEL)]


def _factor(jump: Jump) -> float:
    """How many times the births of before; inf where there were none."""
    before = jump.past * JUMP_MONTHS
    return jump.recent * JUMP_PAST_MONTHS / before if before else float("inf")
