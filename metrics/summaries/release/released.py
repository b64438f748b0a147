"""The figures of a circle that may be shown, made once a day.

They are kept until the day is over, so that what was corrected in between comes to light with
all else of that day, and not by itself to whoever looks twice. Whatever changes what is published,
and to whom, makes them anew.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.core.cache import cache

from metrics.models.reports import counts_officially
from metrics.stats.disclosure import withhold
from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.gathering import find_program_stops
from metrics.summaries.quality import Stop
from metrics.summaries.release.structure import Published
from metrics.summaries.release.table import (
    MEASURES,
    VARIABLES,
    Key,
    Table,
    contract_counts,
    contract_sites,
    make_table,
)
from programs.models import Measure, Target
from programs.withholding import Circle

KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class ContractBasis:
    """What a verdict is judged on. It is released only with all of its counts."""

    sites: frozenset[int]
    by_month: Mapping[date, Counts]
    stops: Collection[Stop]


@dataclass(frozen=True)
class Released:
    """Published figures by part, and how many reports hold each measure; None is withheld.

    A part that is not there has no report.
    """

    figures: Mapping[Key, Sequence[int | None]]
    reports: Mapping[Key, Sequence[int]]
    contracts: Mapping[int, ContractBasis]

    def value(self, key: Key, variable: int) -> int | None:
        return self.figures[key][variable] if key in self.figures else 0

    def received(self, key: Key, measure: Measure) -> int:
        return self.reports[key][MEASURES.index(measure)] if key in self.reports else 0


# The form of what is kept; what an older version of the software kept is not read.
FORM = [own.name for kind in (Released, ContractBasis, Counts, Stop) for own in fields(kind)]


def release_circle(circle: Circle, programs: Sequence[Published], *, today: date) -> Released:
    """Return what a circle releases on a day."""
    name = _name(circle, programs, today)
    kept = cache.get(name)
    if kept is None:
        kept = make_release(circle, programs)
        cache.set(name, kept, KEPT_SECONDS)
    return kept


def make_release(circle: Circle, programs: Sequence[Published]) -> Released:
    """Gather what a circle of programs publishes, and withhold the small counts."""
    table = make_table(programs)
    units = table.reports
    withheld = withhold(units, table.parts, circle.up_to or 0, table.families)
    figures: dict[Key, list[int | None]] = {}
    for key, number in table.keys.items():
        published = table.parts[number].variables
        figures[key] = [
            int(withheld.values[number, own])
            if own in published and (number, own) not in withheld.figures
            else None
            for own in range(len(VARIABLES))
        ]
    return Released(
        figures=figures,
        reports={
            key: units.counted[list(table.parts[number].units)].sum(axis=0).tolist()
            for key, number in table.keys.items()
        },
        contracts={
            target.pk: _find_basis(table, own, target) for own in programs for target in own.targets
        },
    )


def _find_basis(table: Table, own: Published, target: Target) -> ContractBasis:
    sites = contract_sites(table, own, target)
    by_month: dict[date, Counts] = {}
    for months in contract_counts(table, own, target, sites).values():
        for month, counts in months.items():
            by_month[month] = by_month.get(month, NOTHING) + counts
    official = counts_officially(own.program)
    stops = find_program_stops(own.program, target, own.span, official, own.through)
    return ContractBasis(frozenset(sites), by_month, stops)


def _name(circle: Circle, programs: Sequence[Published], today: date) -> str:
    facts = [FORM, circle.up_to, today, *(list(own.facts()) for own in programs)]
    return f"release-{hashlib.sha256(repr(facts).encode()).hexdigest()}"
