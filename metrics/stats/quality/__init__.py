"""The quality of counts: arrays of sites by months in, findings with their values out.

Nothing here knows a date or a name: months are columns, sites are rows.
docs/methods.md#data-quality
"""

from metrics.stats.quality.copies import find_copies
from metrics.stats.quality.heaping import find_heaping
from metrics.stats.quality.implied import find_implied_rates
from metrics.stats.quality.jumps import find_births_jumped, find_jumps
from metrics.stats.quality.kinds import Found, Kind, Looks, Panel, Severity
from metrics.stats.quality.outliers import find_outliers
from metrics.stats.quality.relations import find_deaths_over_births, find_relations
from metrics.stats.quality.stillbirths import find_stillbirths_beside_deaths

__all__ = [
    "Found",
    "Kind",
    "Looks",
    "Panel",
    "Severity",
    "examine",
    "find_births_jumped",
    "find_deaths_over_births",
    "find_jumps",
]

SEARCHES = (
    find_outliers,
    find_copies,
    find_relations,
    find_implied_rates,
    find_births_jumped,
    find_stillbirths_beside_deaths,
    find_heaping,
)


def examine(panel: Panel) -> tuple[list[Found], list[Looks]]:
    """Return every finding, and how often each kind was looked for."""
    found: list[Found] = []
    looks: list[Looks] = []
    for search in SEARCHES:
        own, looked = search(panel)
        found += own
        looks += looked
    return found, looks
