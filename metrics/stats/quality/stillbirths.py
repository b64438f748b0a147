"""Stillbirths beside early neonatal deaths: is one recorded as the other?"""

from fractions import Fraction

import numpy as np

from metrics.stats.quality.chances import (
    Mask,
    share_as_few,
    share_as_many,
    where_likely,
)
from metrics.stats.quality.kinds import (
    LEAST_COUNTED,
    LONG,
    ONE_SIDE,
    YEAR,
    Found,
    Kind,
    Looks,
    Panel,
    Search,
)
from metrics.stats.quality.windows import (
    counted_together,
    well_counted,
    window_sums,
    windows_apart,
)
from metrics.stats.rates import Floats

# Stillbirths per early neonatal death: half as many to three times as many are plausible, with
# about as many of both the world over. Our own settings.
FEWEST, MOST = Fraction(1, 2), Fraction(3)
LEAST_COUNTED_LONG = 12
# Stillbirths up *and* early deaths down, each so likely by chance: together 1 in 1,600.
EACH_SIDE = 0.025


def find_stillbirths_beside_deaths(panel: Panel) -> Search:
    """Find sites that seem to record early deaths as stillbirths, or the other way round.

    Over 24 months the share of stillbirths among both is held against its plausible limits by
    exact tails; and each 12 months against the 12 before. docs/methods.md#data-quality
    """
    still, early, births, known = counted_together(
        panel["stillbirths"], panel["early_neonatal_deaths"], panel["live_births"]
    )
    ratios, looked_ratios = _find_ratios(still, early, known)
    shifts, looked_shifts = _find_shifts(still, early, births, known)
    return [*ratios, *shifts], [*looked_ratios, looked_shifts]


def _find_ratios(still, early, known) -> tuple[list[Found], list[Looks]]:
    own, died = (window_sums(each, LONG) for each in (still, early))
    looked = well_counted(known, LONG, LEAST_COUNTED_LONG) & (own + died > 0)
    few = where_likely(looked & (2 * own < died), share_as_few, own, own + died, _share(FEWEST))
    many = where_likely(looked & (own > 3 * died), share_as_many, own, own + died, _share(MOST))
    number = looked.sum(axis=1)
    found = [
        *_name(Kind.STILLBIRTHS_FEW, few <= ONE_SIDE, own, died),
        *_name(Kind.STILLBIRTHS_MANY, many <= ONE_SIDE, own, died),
    ]
    kinds = (Kind.STILLBIRTHS_FEW, Kind.STILLBIRTHS_MANY)
    return found, [Looks(kind, number, ONE_SIDE) for kind in kinds]


def _share(ratio: Fraction) -> float:
    """Stillbirths among both, where there are so many for each early death."""
    return float(ratio / (1 + ratio))


def _name(kind: Kind, mask: Mask, still: Floats, died: Floats) -> list[Found]:
    return [
        Found(
            kind,
            site,
            tuple(range(start, start + LONG)),
            ("stillbirths", "early_neonatal_deaths"),
            {"stillbirths": still[site, start], "deaths": died[site, start]},
        )
        for site, start in windows_apart(mask, LONG)
    ]


def _find_shifts(still, early, births, known) -> tuple[list[Found], Looks]:
    sums = [window_sums(each, YEAR) for each in (still, early, births)]
    # Each year beside the one that follows it.
    still_before, early_before, born_before = (each[:, :-YEAR] for each in sums)
    still_since, early_since, born_since = (each[:, YEAR:] for each in sums)
    counted = well_counted(known, YEAR, LEAST_COUNTED)
    looked = counted[:, :-YEAR] & counted[:, YEAR:]
    looked &= (born_before > 0) & (born_since > 0)
    all_before, all_since = born_before + still_before, born_since + still_since
    rose = where_likely(
        looked & (still_since * all_before > still_before * all_since),
        share_as_many,
        still_since,
        still_since + still_before,
        _part(all_since, all_before),
    )
    fell = where_likely(
        looked & (early_since * born_before < early_before * born_since),
        share_as_few,
        early_since,
        early_since + early_before,
        _part(born_since, born_before),
    )
    found = [
        Found(
            Kind.STILLBIRTHS_FOR_DEATHS,
            site,
            tuple(range(start, start + 2 * YEAR)),
            ("stillbirths", "early_neonatal_deaths", "live_births"),
            {
                "stillbirths_before": still_before[site, start],
                "stillbirths": still_since[site, start],
                "deaths_before": early_before[site, start],
                "deaths": early_since[site, start],
                "births_before": born_before[site, start],
                "births": born_since[site, start],
            },
        )
        for site, start in windows_apart((rose <= EACH_SIDE) & (fell <= EACH_SIDE), 2 * YEAR)
    ]
    return found, Looks(Kind.STILLBIRTHS_FOR_DEATHS, looked.sum(axis=1), EACH_SIDE**2)


def _part(one: Floats, other: Floats) -> Floats:
    return np.divide(one, one + other, out=np.zeros(one.shape), where=one + other > 0)
