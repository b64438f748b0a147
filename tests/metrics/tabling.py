"""Small tables of reports, to be withheld from: what is published of them, and what is told."""

import numpy as np

from metrics.stats.disclosure import Part, Units, Withheld, small_figures
from tests.metrics.solving import Sum

NEONATAL, OTHER, BORN = range(3)
INFANT_DEATHS, NEONATAL_DEATHS, OTHER_DEATHS, BIRTHS = range(4)
VARIABLES = [(NEONATAL, OTHER), (NEONATAL,), (OTHER,), (BORN,)]
EVERY = frozenset(range(4))
SITE, MONTH, AREA, YEAR, CONTRACT = 1, 2, 6, 60, 300


def make_units(rows) -> Units:
    """rows : site, month, neonatal and other deaths or None, births"""
    counts = [[neonatal or 0, other, born] for _, _, neonatal, other, born in rows]
    counted = [[True, n is not None, n is not None, True] for _, _, n, _, _ in rows]
    places, times = [row[0] for row in rows], [row[1] for row in rows]
    return Units(np.array(counts), np.array(counted), VARIABLES, places, times)


def publish(units: Units, *, months_a_year=4, sites_an_area=3, contracts=()):
    """Sites and areas by year, the program by year and month, and two overlapping periods."""
    parts, families = [], []

    def add(chosen, weight):
        if chosen:
            parts.append(Part(tuple(chosen), EVERY, weight))
        return [len(parts) - 1] if chosen else []

    everything = range(len(units.place))
    for year in sorted({time // months_a_year for time in units.time}):
        within = [own for own in everything if units.time[own] // months_a_year == year]
        areas = []
        for area in sorted({units.place[own] // sites_an_area for own in within}):
            inside = [own for own in within if units.place[own] // sites_an_area == area]
            sites = sorted({units.place[own] for own in inside})
            whole = add(inside, AREA)
            of_sites = [add([u for u in inside if units.place[u] == s], SITE) for s in sites]
            families.append((whole[0], [own for each in of_sites for own in each]))
            areas += whole
        families.append((add(within, YEAR)[0], areas))
    for month in sorted(set(units.time)):
        add([own for own in everything if units.time[own] == month], MONTH)
    for first, last in contracts:
        add([own for own in everything if first <= units.time[own] <= last], CONTRACT)
    return parts, families


def tell(units: Units, parts, values, hidden, *, up_to=None) -> dict:
    """What somebody is told: what is shown, that what is withheld is 1 or more, and with `up_to`
    also which figures are small."""
    small = set(small_figures(units, parts, up_to)) if up_to else set()
    told = {}
    for number, part in enumerate(parts):
        for own in part.variables:
            counted = [unit for unit in part.units if units.counted[unit, own]]
            cells = frozenset((u, count) for u in counted for count in VARIABLES[own])
            is_hidden = (number, own) in hidden
            value = None if is_hidden else int(values[number, own])
            if cells and (part.weight is not None or not is_hidden):
                high = up_to if (number, own) in small else None
                told[number, own] = Sum(cells, value, 1, high)
    return told


def move(units: Units, certificate) -> Units:
    """The counts as they could as well have been."""
    counts = units.counts.copy()
    for unit, count, step in certificate.move:
        counts[unit, count] += step
    return Units(counts, units.counted, units.variables, units.place, units.time)


def values_of(units: Units, parts) -> np.ndarray:
    """Every figure, added up the slow way."""
    return np.array(
        [
            [
                sum(
                    int(units.counts[unit, count])
                    for unit in part.units
                    if units.counted[unit, own]
                    for count in counts
                )
                for own, counts in enumerate(units.variables)
            ]
            for part in parts
        ]
    )


def shown(withheld: Withheld, values, parts) -> dict:
    return {
        (number, own): int(values[number, own])
        for number, part in enumerate(parts)
        for own in part.variables
        if part.weight is not None and (number, own) not in withheld.figures
    }
