"""Births that end in 0 or 5 too often: they were estimated, not counted."""

import numpy as np

from metrics.stats.quality.chances import share_as_many, where_likely
from metrics.stats.quality.kinds import (
    LONG,
    ONE_SIDE,
    Found,
    Kind,
    Looks,
    Panel,
    Search,
)
from metrics.stats.quality.windows import well_counted, window_sums, windows_apart

# From so many births on chance spreads a month over more than 20 births to each side, so that
# every last digit is as likely as any other.
LEAST_BIRTHS = 50
ROUND_SHARE = 0.2  # two of ten digits
LEAST_MONTHS = 12


def find_heaping(panel: Panel) -> Search:
    """Find 24 months in which births end in 0 or 5 more often than chance brings.

    The exact tail of the binomial with share 1/5, over the months with 50 births or more.
    Source: as heaping of ages, Shryock & Siegel (1976). docs/methods.md#data-quality
    """
    births = panel["live_births"]
    large = np.nan_to_num(births) >= LEAST_BIRTHS
    is_round = large & (np.nan_to_num(births) % 5 == 0)
    number, rounded = (window_sums(each.astype(float), LONG) for each in (large, is_round))
    looked = well_counted(large.astype(float), LONG, LEAST_MONTHS)
    chance = where_likely(
        looked & (rounded * 5 > number), share_as_many, rounded, number, ROUND_SHARE
    )
    found = [
        Found(
            Kind.HEAPED_DIGITS,
            site,
            tuple(range(start, start + LONG)),
            ("live_births",),
            {"rounded": rounded[site, start], "months": number[site, start]},
        )
        for site, start in windows_apart(chance <= ONE_SIDE, LONG)
    ]
    return found, [Looks(Kind.HEAPED_DIGITS, looked.sum(axis=1), ONE_SIDE)]
