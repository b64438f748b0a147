"""Months that were copied: the same counts again, where chance makes that unlikely."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from metrics.stats.quality.chances import Mask, same_by_chance
from metrics.stats.quality.kinds import PER_SITE, Found, Kind, Looks, Panel, Search
from metrics.stats.quality.windows import moved, runs_of
from metrics.stats.rates import Floats

# Counts that are not part of another one, and those that are: part -> whole. Given the whole, a
# part is the same as often as the smaller of itself and its rest would be.
WHOLES = (
    "live_births",
    "infant_deaths",
    "stillbirths",
    "maternal_deaths",
    "antenatal_first_visits",
)
PARTS = {
    "early_neonatal_deaths": "infant_deaths",
    "postneonatal_deaths": "infant_deaths",
    "antenatal_fourth_visits": "antenatal_first_visits",
    "skilled_attendant_births": "live_births",
    "postnatal_visits_two_days": "live_births",
}
LEAST_RUN = 3  # months in a row
LEAST_REPEATED = 6  # months in a row that are those of a year before
MOST_RARE = 1_000_000
LEAST_MONTHS = 6  # to know a site's usual counts


def find_copies(panel: Panel) -> Search:
    """Find months, runs of months and years that repeat others. docs/methods.md#data-quality

    The chance that two Poisson counts of one mean are the same is multiplied over the counts and
    by the pairs of months that the site has. Up to 1 in 500 it is a finding. Real months vary
    more, so that chance brings even fewer.
    """
    births = panel["live_births"]
    months = (~np.isnan(births)).sum(axis=1)
    alike = same_by_chance(_means(births))
    runs = list(_find_runs(births, alike, months, lag=1))
    years = list(_find_runs(births, alike, months, lag=12))
    explained = {(own.site, month) for own in (*runs, *years) for month in own.months}
    copies = [
        own
        for own in _find_copied_months(panel, months)
        if not {(own.site, month) for month in own.months} <= explained
    ]
    looks = [
        Looks(kind, (months >= LEAST_MONTHS).astype(int), PER_SITE)
        for kind in (Kind.COPIED_MONTH, Kind.SAME_BIRTHS, Kind.REPEATED_YEAR)
    ]
    return [*copies, *runs, *years], looks


def _one_in(chance: float) -> float:
    """How rare a chance is: of so many sites, one; beyond a million it says nothing more."""
    return min(MOST_RARE, 1 / max(chance, 1 / MOST_RARE))


def _means(counts: Floats) -> Floats:
    """Each site's mean month; 0 where there is none."""
    known = (~np.isnan(counts)).sum(axis=1)
    total = np.nansum(counts, axis=1)
    return np.divide(total, known, out=np.zeros(len(known)), where=known > 0)


# --- Runs ----------------------------------------------------------------------------------


def _find_runs(births: Floats, alike: Floats, months, *, lag: int) -> Iterator[Found]:
    """Runs of months whose births are those of the month before, or of a year before."""
    kind = Kind.SAME_BIRTHS if lag == 1 else Kind.REPEATED_YEAR
    least = LEAST_RUN - 1 if lag == 1 else LEAST_REPEATED
    same = (births > 0) & (births == moved(births, -lag))
    for site, first, last in runs_of(same):
        length = last - first + 1
        chance = months[site] * alike[site] ** length
        if length >= least and months[site] >= LEAST_MONTHS and chance <= PER_SITE:
            columns = {*range(first - lag, last - lag + 1), *range(first, last + 1)}
            yield Found(
                kind,
                site,
                tuple(sorted(columns)),
                ("live_births",),
                {
                    "births": births[site, last],
                    "months": length + 1 if lag == 1 else length,
                    "one_in": _one_in(chance),
                    "first": first,
                },
            )


# --- Single months -------------------------------------------------------------------------


def _find_copied_months(panel: Panel, months) -> Iterator[Found]:
    chances = {name: same_by_chance(_means(panel[name])) for name in WHOLES}
    chances |= {
        name: same_by_chance(np.minimum(_means(panel[name]), _means_of_rest(panel, name)))
        for name in PARTS
    }
    names = [*chances]
    rows = np.stack([panel[name] for name in names], axis=-1)
    worth = (rows[:, :, 0] > 0) & (np.nan_to_num(rows[:, :, 1:]) > 0).any(axis=2)
    for site, columns in _groups(rows, worth & (months >= LEAST_MONTHS)[:, None]):
        counted = [k for k in range(len(names)) if not np.isnan(rows[site, columns[0], k])]
        alike = float(np.prod([chances[names[k]][site] for k in counted]))
        chance = months[site] * (months[site] - 1) / 2 * alike
        if chance <= PER_SITE:
            for before, month in pairwise(columns):
                yield Found(
                    Kind.COPIED_MONTH,
                    site,
                    (before, month),
                    tuple(names[k] for k in counted),
                    {"before": before, "one_in": _one_in(chance)},
                    is_month=True,
                )


def _means_of_rest(panel: Panel, part: str) -> Floats:
    rest = panel[PARTS[part]] - panel[part]
    return _means(np.abs(rest))


def _groups(rows: Floats, worth: Mask) -> Iterator[tuple[int, list[int]]]:
    """Each site's months that hold the very same counts, missing ones in the same places."""
    sites, columns = np.nonzero(worth)
    if not sites.size:
        return
    keys = np.column_stack([sites, np.where(np.isnan(rows), -1.0, rows)[sites, columns]])
    order = np.lexsort((columns, *keys.T[::-1]))
    ordered = keys[order]
    same = np.append((ordered[1:] == ordered[:-1]).all(axis=1), False)
    for _, first, last in runs_of(same[None, :]):
        group = order[first : last + 2]
        yield int(sites[group[0]]), columns[group].tolist()
