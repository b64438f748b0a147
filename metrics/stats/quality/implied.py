"""Rates of 12 months that hardly can be: too high, or no death at all where many are expected."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from metrics.stats.quality.chances import (
    Mask,
    as_few,
    as_many,
    share_as_many,
    where_likely,
)
from metrics.stats.quality.kinds import (
    LEAST_COUNTED,
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

# Per birth. No country of today comes near: our own settings.
MOST_INFANT_DEATHS = Fraction(250, 1000)
MOST_STILLBIRTHS = Fraction(100, 1000)


def find_implied_rates(panel: Panel) -> Search:
    """Find 12 months whose rate is beyond what can be, by more than chance, so that no small site
    is blamed; and 12 months without a birth. docs/methods.md#data-quality

    Too high: the exact 99.8 % interval lies above 250 infant deaths per 1,000 live births, or
    above 100 stillbirths per 1,000 births. None: no death where the rate of all other counts of
    the program makes 7 or more expected, so that chance leaves none once in 1,000.
    """
    deaths, births, known = counted_together(panel["infant_deaths"], panel["live_births"])
    still, live, known_still = counted_together(panel["stillbirths"], panel["live_births"])
    infant = "infant_deaths", "live_births"
    stillborn = "stillbirths", "live_births"
    high, looked_high = _find_high(Kind.RATE_TOO_HIGH, infant, deaths, births, known)
    none, looked_none = _find_none(Kind.NO_DEATHS, infant, deaths, births, known)
    high_still, looked_high_still = _find_high(
        Kind.STILLBIRTH_RATE_TOO_HIGH, stillborn, still, live + still, known_still
    )
    none_still, looked_none_still = _find_none(
        Kind.NO_STILLBIRTHS, stillborn, still, live + still, known_still
    )
    empty, looked_empty = _find_no_births(panel)
    return (
        [*high, *none, *high_still, *none_still, *empty],
        [looked_high, looked_none, looked_high_still, looked_none_still, looked_empty],
    )


def _find_high(kind, names, counts, over, known) -> tuple[list[Found], Looks]:
    own, all_births = (window_sums(each, YEAR) for each in (counts, over))
    looked = well_counted(known, YEAR, LEAST_COUNTED) & (all_births > 0)
    if kind is Kind.RATE_TOO_HIGH:
        # Where deaths outnumber births, that is said instead.
        candidates = looked & (own * 4 > all_births) & (own <= all_births)
        mean = all_births * float(MOST_INFANT_DEATHS)
        chance = where_likely(candidates, as_many, own, mean)
    else:
        candidates = looked & (own * 10 > all_births)
        chance = where_likely(candidates, share_as_many, own, all_births, float(MOST_STILLBIRTHS))
    found = _name(kind, names, chance <= ONE_SIDE, own, all_births)
    return found, Looks(kind, looked.sum(axis=1), ONE_SIDE)


def _find_none(kind, names, counts, over, known) -> tuple[list[Found], Looks]:
    own, all_births = (window_sums(each, YEAR) for each in (counts, over))
    elsewhere = over.sum() - all_births
    rate = np.divide(counts.sum() - own, elsewhere, out=np.zeros(own.shape), where=elsewhere > 0)
    expected = all_births * rate
    looked = well_counted(known, YEAR, LEAST_COUNTED) & (as_few(0, expected) <= ONE_SIDE)
    found = _name(kind, names, looked & (own == 0), own, all_births, expected)
    return found, Looks(kind, looked.sum(axis=1), ONE_SIDE)


def _find_no_births(panel: Panel) -> tuple[list[Found], Looks]:
    births = panel["live_births"]
    own = window_sums(np.nan_to_num(births), YEAR)
    looked = well_counted((~np.isnan(births)).astype(float), YEAR, YEAR)
    found = _name(Kind.NO_BIRTHS, ("live_births",), looked & (own == 0), own, own)
    return found, Looks(Kind.NO_BIRTHS, looked.sum(axis=1), None)


def _name(
    kind: Kind,
    names: Sequence[str],
    mask: Mask,
    own: Floats,
    births: Floats,
    expected: Floats | None = None,
) -> list[Found]:
    return [
        Found(
            kind,
            site,
            tuple(range(start, start + YEAR)),
            names,
            {
                "count": own[site, start],
                "births": births[site, start],
                **({} if expected is None else {"expected": float(expected[site, start])}),
            },
        )
        for site, start in windows_apart(mask, YEAR)
    ]
