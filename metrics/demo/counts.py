"""Counts of an invented program. Chance decides where a death falls, never how many there are.

Everything is drawn from one seeded generator, so that every load draws the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from random import Random
from typing import NamedTuple

from metrics.demo.places import PlannedSite
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS

DEGREES_A_MONTH = 30  # a year is a full turn
AGE_SHARES = (38, 14, 46, 2)  # of 100 deaths, in the order of AGE_FIELDS
BIRTHS_SWING, DEATHS_SWING = 0.08, 0.15  # how far the seasons move them

SiteMonth = tuple[str, int]  # a site's code, and a month counted from the program's first, 0


@dataclass(frozen=True)
class Phase:
    """What happens in some months of a program, from first to last.

    infant, maternal, still : per 1,000 live births
    services : of 100 births, in the order of SERVICE_FIELDS
    """

    first: int
    last: int
    infant: float
    maternal: float
    still: float
    services: tuple[int, int, int, int]

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


class Part(NamedTuple):
    """One category's part of a report."""

    live_births: int
    infant_deaths: int


def open_months(sites: Iterable[PlannedSite], numbers: range) -> list[SiteMonth]:
    """The months for which these sites are asked."""
    return [(site.code, number) for site in sites for number in numbers if site.is_open(number)]


def choose_missing(chance: Random, asked: Sequence[SiteMonth], percent: int) -> set[SiteMonth]:
    """The site-months that never came in: so many percent of those before the last month."""
    last = max(number for _, number in asked)
    earlier = [own for own in asked if own[1] < last]
    return set(chance.sample(earlier, len(earlier) * percent // 100))


def draw_counts(
    chance: Random,
    sites: Sequence[PlannedSite],
    phases: Sequence[Phase],
    reported: Sequence[SiteMonth],
) -> dict[SiteMonth, dict[str, int]]:
    """Draw the counts of each site-month that is reported."""
    by_code = {site.code: site for site in sites}
    counts: dict[SiteMonth, dict[str, int]] = {}
    for phase in phases:
        months = [own for own in reported if own[1] in phase]
        births = {own: _draw_births(chance, by_code[own[0]], own[1]) for own in months}
        risks = {own: n * _risk(by_code[own[0]], own[1]) for own, n in births.items()}
        counts |= _draw_phase(chance, phase, births, risks)
    return counts


def _draw_phase(chance, phase, births, risks):
    """The counts of one phase: its deaths in all are what its rates say."""
    total = sum(births.values())
    infant, still = (
        _spread(chance, round(rate * total * 0.001), risks) for rate in (phase.infant, phase.still)
    )
    maternal = _spread(chance, round(phase.maternal * total * 0.001), births)
    return {
        own: {
            "live_births": births[own],
            "infant_deaths": infant[own],
            **_draw_ages(chance, infant[own]),
            "stillbirths": still[own],
            "maternal_deaths": maternal[own],
            **_draw_services(chance, phase, births[own] + still[own]),
        }
        for own in births
    }


def split_by_sex(chance: Random, births: int, deaths: int) -> dict[str, Part]:
    """Share a report's counts among the categories of “sex”; now and then one is not known."""
    codes, shares = ("female", "male", "unknown"), (484, 511, 5)
    born = Counter(chance.choices(codes, shares, k=births))
    alive = [code for code in codes for _ in range(born[code])]
    died = Counter(chance.sample(alive, min(deaths, births)))
    died["unknown"] += max(0, deaths - births)
    return {code: Part(born[code], died[code]) for code in codes}


def _draw_births(chance, site, number):
    usual = site.births * (1 + BIRTHS_SWING * sin(radians(DEGREES_A_MONTH * number)))
    return max(1, round(chance.gauss(usual, sqrt(usual))))


def _risk(site, number):
    return site.level * (1 + DEATHS_SWING * cos(radians(DEGREES_A_MONTH * number)))


def _spread(chance, total, weights: Mapping[SiteMonth, float]):
    """Let so many deaths fall where they may, by weight."""
    return Counter(chance.choices(list(weights), list(weights.values()), k=total))


def _draw_ages(chance, deaths):
    drawn = Counter(chance.choices(AGE_FIELDS, AGE_SHARES, k=deaths))
    return {name: drawn[name] for name in AGE_FIELDS}


def _draw_services(chance, phase, births):
    return {
        name: sum(chance.random() * 100 < percent for _ in range(births))
        for name, percent in zip(SERVICE_FIELDS, phase.services, strict=True)
    }
