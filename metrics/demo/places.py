"""An invented country: its areas, its sites and the months in which they are open.

It lies in the open Atlantic, so that nobody takes it for a real one.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from programs.models import Area, OperationSpell, Site
from programs.periods import shift_month

OPENED_BEFORE = 60  # months before the first one that anybody reports


@dataclass(frozen=True)
class PlannedSite:
    """A site and what is usual there.

    births : live births in a usual month
    level : its mortality beside that of its program, 1 is the same
    rains : months of the program's year, 0 to 11, in which it is closed
    """

    row: Mapping[str, str]
    births: int
    level: float
    rains: frozenset[int]

    @property
    def code(self) -> str:
        return self.row["code"]

    @property
    def role(self) -> str:
        return self.row["role"]

    def is_open(self, number: int) -> bool:
        """Whether it is open in a month, counted from the program's first, which is 0."""
        return number % 12 not in self.rains


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Read a file of this package's data."""
    text = files("metrics.demo").joinpath("data", name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


def create_areas():
    """Create the country with its regions and districts."""
    areas: dict[str, Area] = {}
    for row in read_rows("areas.csv"):
        areas[row["code"]] = Area.objects.create(
            code=row["code"], name=row["name"], kind=row["kind"], parent=areas.get(row["parent"])
        )


def planned_sites(slug: str) -> list[PlannedSite]:
    """The sites of one program."""
    return [
        PlannedSite(
            row=row,
            births=int(row["births"]),
            level=float(row["level"]),
            rains=frozenset(int(number) for number in row["rains"].split()),
        )
        for row in read_rows("sites.csv")
        if row["program"] == slug
    ]


def create_site(planned: PlannedSite, start: date, numbers: range) -> Site:
    """Create a site and its spells of operation.

    start, numbers : the program's first month, and its months counted from that one, 0
    """
    row = planned.row
    site = Site.objects.create(
        code=row["code"],
        name=row["name"],
        area=Area.objects.get(code=row["area"]),
        kind=row["kind"],
        setting=row["setting"],
        latitude=Decimal(row["latitude"]),
        longitude=Decimal(row["longitude"]),
        distance_to_referral_km=int(row["distance_to_referral_km"]),
        mothers_with_schooling_percent=int(row["mothers_with_schooling_percent"]),
        has_safe_water=row["has_safe_water"] == "yes",
        poverty_quintile=int(row["poverty_quintile"]),
    )
    for first, last in _find_spells(planned, numbers):
        OperationSpell.objects.create(
            site=site,
            first_month=shift_month(start, first),
            last_month=None if last is None else shift_month(start, last),
        )
    return site


def _find_spells(planned, numbers):
    """Yield first and last month of each spell: from long before until now, without the rains.

    The last one goes on: every story ends in a month in which all sites are open.
    """
    first = numbers[0] - OPENED_BEFORE
    for number in numbers:
        if planned.is_open(number):
            first = number if first is None else first
        elif first is not None:
            yield first, number - 1
            first = None
    yield first, None
