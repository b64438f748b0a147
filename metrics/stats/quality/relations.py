"""Counts that do not fit each other: parts above their whole, deaths above births."""

from collections.abc import Callable, Iterator

import numpy as np

from metrics.stats.quality.chances import share_as_many, where_likely
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

Wholes = Callable[[Panel], Floats]


def find_relations(panel: Panel) -> Search:
    """Find counts that cannot, or hardly can, stand beside each other.

    Deaths above births, for a year or in a month, and births with a skilled attendant above all
    births are held against each other as they are. A fourth antenatal visit belongs to an earlier
    month's first one, and a postnatal visit to a birth elsewhere, so a year of these is held
    against the other by more than chance. docs/methods.md#data-quality
    """
    years, looked_years = find_deaths_over_births(panel)
    within = {(own.site, month) for own in years for month in own.months}
    found: list[Found] = [*years]
    looks: list[Looks] = [looked_years]
    for kind, name, whole, others in (
        (Kind.DEATHS_OVER_BIRTHS, "infant_deaths", _births, ()),
        (Kind.ATTENDED_OVER_BIRTHS, "skilled_attendant_births", _all_births, ("stillbirths",)),
    ):
        own, looked = _months_above(panel, kind, name, whole, others)
        if kind is Kind.DEATHS_OVER_BIRTHS:
            own = [each for each in own if (each.site, each.months[0]) not in within]
        found += own
        looks.append(looked)
    for kind, name, other, by_chance in (
        (Kind.MATERNAL_OVER_BIRTHS, "maternal_deaths", "live_births", False),
        (Kind.FOURTH_OVER_FIRST, "antenatal_fourth_visits", "antenatal_first_visits", True),
        (Kind.POSTNATAL_OVER_BIRTHS, "postnatal_visits_two_days", "live_births", True),
    ):
        years, looked = _years_above(panel, kind, name, other, by_chance=by_chance)
        found += years
        looks.append(looked)
    return found, looks


def find_deaths_over_births(panel: Panel) -> tuple[list[Found], Looks]:
    """Find each 12 months in which a site's infant deaths outnumber its live births.

    This forbids a verdict until somebody corrects or explains it. docs/methods.md#gates
    """
    return _years_above(
        panel, Kind.DEATHS_OVER_BIRTHS_YEAR, "infant_deaths", "live_births", by_chance=False
    )


def _births(panel: Panel) -> Floats:
    return panel["live_births"]


def _all_births(panel: Panel) -> Floats:
    """Stillbirths that were not counted are none: an attended birth is then said too soon to be
    too many, so months without them are left out."""
    return panel["live_births"] + panel["stillbirths"]


def _months_above(panel, kind, name, whole: Wholes, others) -> tuple[list[Found], Looks]:
    counts, wholes = panel[name], whole(panel)
    with np.errstate(invalid="ignore"):
        above = counts > wholes
    fields = (name, "live_births", *others)
    columns = (*np.nonzero(above), counts[above], wholes[above])
    found = [
        Found(kind, site, (month,), fields, {"count": count, "whole": whole}, is_month=True)
        for site, month, count, whole in zip(*(own.tolist() for own in columns), strict=True)
    ]
    return found, Looks(kind, (~np.isnan(counts + wholes)).sum(axis=1), None)


def _years_above(panel, kind, name, other, *, by_chance: bool) -> tuple[list[Found], Looks]:
    counts, wholes, known = counted_together(panel[name], panel[other])
    own, whole, counted = (window_sums(each, YEAR) for each in (counts, wholes, known))
    looked = well_counted(known, YEAR, LEAST_COUNTED)
    above = looked & (own > whole)
    if by_chance:
        above &= where_likely(above, share_as_many, own, own + whole, 0.5) <= ONE_SIDE
    found = list(_name_years(kind, (name, other), above, own, whole, counted))
    return found, Looks(kind, looked.sum(axis=1), ONE_SIDE if by_chance else None)


def _name_years(kind, names, above, own, whole, counted) -> Iterator[Found]:
    for site, start in windows_apart(above, YEAR):
        yield Found(
            kind,
            site,
            tuple(range(start, start + YEAR)),
            names,
            {
                "count": own[site, start],
                "whole": whole[site, start],
                "months": counted[site, start],
            },
        )
