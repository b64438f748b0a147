"""All that is published of a circle of programs, as one table from which small counts are taken.

Published are, of every measure its deaths and its births: of each program its months, reporting
years and contract periods; of each of its areas and sites the reporting years. Only what is over
and overdue: a running year or evaluation would give each new month away to whoever subtracts
what was shown before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations

import numpy as np

from metrics.models import MonthlyReport
from metrics.models.reports import DEATHS, counts_officially
from metrics.stats.disclosure import Part, Units
from metrics.summaries.counts import Counts
from metrics.summaries.release.structure import Published
from programs.models import Measure, Target
from programs.periods import Period

# The counts of a report, parted so that none is in two: neonatal, postneonatal and other infant
# deaths, stillbirths, maternal deaths, live births.
NEONATAL, POSTNEONATAL, OTHER, STILLBORN, MATERNAL, BORN = range(6)
DEATHS_OF = {
    Measure.INFANT: (NEONATAL, POSTNEONATAL, OTHER),
    Measure.NEONATAL: (NEONATAL,),
    Measure.POSTNEONATAL: (POSTNEONATAL,),
    Measure.STILLBIRTH: (STILLBORN,),
    Measure.MATERNAL: (MATERNAL,),
}
MEASURES = list(DEATHS_OF)
VARIABLES = [*DEATHS_OF.values(), *[(BORN,)] * len(MEASURES)]
EVERY_VARIABLE = frozenset(range(len(VARIABLES)))
# What is lost with a figure: sites' go first, what the contract is judged on goes last.
SITE, MONTH, AREA, YEAR, CONTRACT = 1, 2, 6, 60, 300

Key = tuple[object, ...]


def deaths_of(measure: Measure) -> int:
    return MEASURES.index(measure)


def births_of(measure: Measure) -> int:
    return len(MEASURES) + MEASURES.index(measure)


@dataclass
class Table:
    """Reports of a circle, and the parts that are published.

    units : (site, month) -> its number; of : program -> the numbers of its reports, by site
    keys : program, what it is of, and when -> the number of the part
    families : a part, and those that make it up
    """

    units: dict[tuple[int, date], int] = field(default_factory=dict)
    counts: list[tuple[int, ...]] = field(default_factory=list)
    counted: list[tuple[bool, ...]] = field(default_factory=list)
    of: dict[int, dict[int, list[int]]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    keys: dict[Key, int] = field(default_factory=dict)
    families: list[tuple[int, list[int]]] = field(default_factory=list)

    @cached_property
    def months(self) -> list[date]:
        """Of each report, once all are there."""
        return [month for _, month in self.units]

    def add(self, key: Key, units: Iterable[int], weight: float, variables=EVERY_VARIABLE) -> None:
        """Publish sums over these reports; without any there is nothing to publish."""
        units = tuple(units)
        if units:
            self.keys[key] = len(self.parts)
            self.parts.append(Part(units, variables, weight))

    def put_together(self, whole: Key, inside: Iterable[Key]) -> None:
        """Say that these parts make up a whole."""
        if whole in self.keys:
            own = [self.keys[key] for key in inside if key in self.keys]
            self.families.append((self.keys[whole], own))

    @property
    def reports(self) -> Units:
        sites, months = zip(*self.units, strict=True) if self.units else ((), ())
        return Units(
            np.array(self.counts, dtype=np.int64).reshape(-1, BORN + 1),
            np.array(self.counted, dtype=bool).reshape(-1, len(VARIABLES)),
            VARIABLES,
            sites,
            months,
        )


def make_table(programs: Sequence[Published]) -> Table:
    """Fetch the reports of a circle, and say which sums of them are published."""
    table = Table()
    for own in programs:
        _gather(table, own)
    for own in programs:
        _publish(table, own)
    _guard(table, is_shared=len(programs) > 1)
    return table


# --- Reports -------------------------------------------------------------------------------


def _gather(table: Table, own: Published) -> None:
    by_site: dict[int, list[int]] = defaultdict(list)
    for site, month, *counted in _read_reports(own.program, own.through):
        if (site, month) not in table.units:
            table.units[site, month] = len(table.counts)
            counts, are_counted = _part_counts(*counted)
            table.counts.append(counts)
            table.counted.append(are_counted)
        by_site[site].append(table.units[site, month])
    table.of[own.program.pk] = by_site


def _read_reports(program, through) -> Iterator[tuple]:
    reports = MonthlyReport.objects.of_program(program).filter(
        counts_officially(program), month__lte=through
    )
    return (
        reports.order_by("site", "month")
        .annotate(**{f"d_{measure}": DEATHS[measure] for measure in MEASURES})
        .values_list("site", "month", "live_births", *(f"d_{measure}" for measure in MEASURES))
        .iterator(chunk_size=4000)
    )


def _part_counts(births, *deaths) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """A report's counts so that none is in two, and which variables it takes part in."""
    infant, neonatal, postneonatal, stillborn, maternal = (own or 0 for own in deaths)
    counted = tuple(own is not None for own in deaths)
    other = infant - neonatal - postneonatal
    return (neonatal, postneonatal, other, stillborn, maternal, births), counted * 2


# --- What is published ---------------------------------------------------------------------


def _publish(table: Table, own: Published) -> None:
    number, by_site = own.program.pk, table.of[own.program.pk]
    months = table.months
    sites = own.own.by_site
    within = [unit for site in sites for unit in by_site.get(site, ())]
    by_month = _group(within, months.__getitem__)
    for month, units in sorted(by_month.items()):
        table.add((number, "month", month), units, MONTH)
    for year, of_year in _part_years(own.years, by_site, months).items():
        table.add((number, "program", year), _join(of_year, sites), YEAR)
        for area in own.areas:
            table.add((number, "area", area.area.pk, year), _join(of_year, area.sites), AREA)
        for part in own.participations:
            table.add((number, "site", part.site_id, year), of_year.get(part.site_id, ()), SITE)
        _relate(table, own, year)
    for target in own.targets:
        _publish_contract(table, own, target, months)


def _part_years(years, by_site, months) -> dict[Period, dict[int, list[int]]]:
    """Each year's reports, by site."""
    year_of = {month: year for year in years for month in year}
    parted: dict[Period, dict[int, list[int]]] = {year: defaultdict(list) for year in years}
    for site, units in by_site.items():
        for unit in units:
            if months[unit] in year_of:
                parted[year_of[months[unit]]][site].append(unit)
    return parted


def _relate(table: Table, own: Published, year: Period) -> None:
    """Say what makes up a year of the program and of its areas."""
    number, whole = own.program.pk, (own.program.pk, "program", year)
    table.put_together(whole, [(number, "month", month) for month in year])
    outermost = [area.area.pk for area in own.areas if not area.level]
    table.put_together(whole, [(number, "area", area, year) for area in outermost])
    for area in own.areas:
        inside: list[Key] = [
            (number, "area", other.area.pk, year)
            for other in own.areas
            if other.path[:-1] == area.path
        ]
        inside += [
            (number, "site", part.site_id, year)
            for part in own.participations
            if part.site.area_id == area.area.pk and part.site_id in own.own.by_site
        ]
        table.put_together((number, "area", area.area.pk, year), inside)


def _publish_contract(table: Table, own: Published, target: Target, months) -> None:
    """Both periods of a contract at its sites, once they are over: every measure with the first
    contract, its own with the others."""
    measure, number = Measure(target.measure), own.program.pk
    variables = frozenset({deaths_of(measure), births_of(measure)})
    is_first = target == own.targets[0]
    sites = contract_sites(table, own, target)
    for name, period in own.periods_over(target).items():
        units = [u for s in sites for u in table.of[number].get(s, ()) if months[u] in period]
        key = (number, "contract", target.pk, name)
        table.add(key, units, CONTRACT, EVERY_VARIABLE if is_first else variables)
        if sites == set(own.own.by_site):
            table.put_together(key, [(number, "month", month) for month in period])


def contract_sites(table: Table, own: Published, target: Target) -> set[int]:
    """The sites that the contract names, as `choose_sites` has them."""
    sites = set(own.own.by_site)
    if target.sites_rule == Target.SitesRule.ALL:
        return sites
    counted = contract_counts(table, own, target, sites)
    return {
        site
        for site in sites
        if all(
            any(month in period for month in counted[site])
            for period in (target.baseline_period, target.evaluation_period)
        )
    }


def contract_counts(
    table: Table, own: Published, target: Target, sites: Iterable[int]
) -> dict[int, dict[date, Counts]]:
    """The counts of a contract's measure, by site and month."""
    measure, months = Measure(target.measure), table.months
    found: dict[int, dict[date, Counts]] = {}
    for site in sites:
        found[site] = {}
        for unit in table.of[own.program.pk].get(site, ()):
            if table.counted[unit][deaths_of(measure)]:
                counts = table.counts[unit]
                deaths = sum(counts[count] for count in DEATHS_OF[measure])
                births = counts[BORN] + (deaths if measure is Measure.STILLBIRTH else 0)
                found[site][months[unit]] = Counts(deaths, births, 1)
    return found


# --- What could be subtracted --------------------------------------------------------------


def _guard(table: Table, *, is_shared: bool) -> None:
    """Guard what is left when one published sum is taken from another that it overlaps: a year
    from a contract period, one program's year from another's."""
    weights = [part.weight for part in table.parts]
    outer = [own for own in table.keys.values() if weights[own] in (YEAR, CONTRACT)]
    shared: dict[object, list[int]] = defaultdict(list)
    for (_, *place, _when), number in table.keys.items() if is_shared else ():
        if weights[number] in (SITE, AREA):
            shared[tuple(place)].append(number)
    published = {frozenset(part.units) for part in table.parts}
    for group in [outer, *shared.values()]:
        sets = [frozenset(table.parts[number].units) for number in group]
        for one, other in combinations(sets, 2):
            if not one.isdisjoint(other):
                for left in (one - other, other - one, one & other):
                    if left and left not in published:
                        published.add(left)
                        table.parts.append(Part(sorted(left), EVERY_VARIABLE, None))


def _group(units: Iterable[int], key) -> dict:
    grouped = defaultdict(list)
    for unit in units:
        grouped[key(unit)].append(unit)
    return grouped


def _join(by_site: Mapping[int, Sequence[int]], sites: Iterable[int]) -> list[int]:
    return [unit for site in sites for unit in by_site.get(site, ())]
