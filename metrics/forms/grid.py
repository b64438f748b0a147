"""Which cells of a grid are asked for, and what comes back typed in them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from metrics.forms.months import MonthsForm
from metrics.grids import TypedCell
from metrics.summaries import GridSites
from programs.models import Participation
from programs.periods import Period, format_month, month_of, parse_month, shift_month

MOST_MONTHS = 24
_BOX = re.compile(r"([bd])([0-9]{1,18})\.([1-9][0-9]{3}-[0-9]{2})")
_VERSIONS = re.compile(r"[0-9,]*")
_KEPT = re.compile(r"[bdc][0-9]+\.[0-9-]+|v[0-9]+|reason")
MOST_LETTERS = 2000  # of one box or the reason, where it is kept through a sign-in


class GridForm(MonthsForm):
    """Which sites and months to show. Empty: all sites over the usual months."""

    most_months = MOST_MONTHS
    too_many = "too many for one grid"

    area = forms.ChoiceField(required=False)

    def __init__(self, *args, sites: GridSites, today: date, **kwargs):
        self.sites, self.this_month = sites, month_of(today)
        self.usual = sites.usual_period(today)
        kwargs.setdefault("initial", {"first": self.usual.first, "last": self.usual.last})
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["area"]).choices = [
            ("", "All areas"),
            *((area.code, f"{'· ' * level}{area.name}") for area, level, _ in sites.areas),
        ]

    def say_too_late(self, last: date) -> str:
        if last <= self.this_month:
            return ""
        return (
            f"{format_month(last)} lies in the future. Give a last month up to "
            f"{format_month(self.this_month)}."
        )

    @property
    def period(self) -> Period:
        return self.asked_period or self.usual

    @property
    def earlier(self) -> Period:
        """As many months before."""
        return self.period.shift(-len(self.period))

    @property
    def later(self) -> Period | None:
        """As many months after, up to this month; None where these are the latest."""
        number = len(self.period)
        last = min(shift_month(self.period.last, number), self.this_month)
        return Period.ending(last, number) if last > self.period.last else None

    @property
    def parts(self) -> list[Participation]:
        """The parts in the program of the sites asked for."""
        area = self.asked.get("area")
        inside = next((held for own, _, held in self.sites.areas if own.code == area), None)
        return [own for own in self.sites.own if inside is None or own.site_id in inside]

    @property
    def query(self) -> str:
        """The address of these very months, also once others have become the usual ones."""
        months = {"first": format_month(self.period.first), "last": format_month(self.period.last)}
        return urlencode(months) + self.area_query

    @property
    def area_query(self) -> str:
        area = self.asked.get("area")
        return "&" + urlencode({"area": area}) if area else ""


@dataclass(frozen=True)
class TypedGrid:
    """What came from a grid.

    fault : why none of it can be read as it was meant; "" where it can
    """

    cells: Sequence[TypedCell]
    reason: str
    fault: str = ""


def keep_grid(sent: QueryDict) -> dict[str, str]:
    """What of a grid is worth keeping until somebody has signed in: its own boxes."""
    return {name: str(text)[:MOST_LETTERS] for name, text in sent.items() if _KEPT.fullmatch(name)}


def read_grid(sent: Mapping[str, str], sites: Collection[int], period: Period) -> TypedGrid:
    """Read what was typed for these sites and months."""
    boxes: dict[tuple[int, date], dict[str, str]] = {}
    astray = set()
    for name, text in sent.items():
        if found := _BOX.fullmatch(name):
            place = _read_place(found)
            if place and place[0] in sites and place[1] in period:
                boxes.setdefault(place, {})[found[1]] = text
            else:
                astray.add(found[2])
    versions = {site: _read_versions(sent.get(f"v{site}", ""), period) for site, _ in boxes}
    reason = sent.get("reason", "")
    if not all(versions.values()):
        return TypedGrid([], reason, "The grid no longer says what it showed. Load the page again.")
    cells = [
        TypedCell(
            site=site,
            month=month,
            births=texts.get("b", ""),
            deaths=texts.get("d", ""),
            seen_version=versions[site][month],
            choice=sent.get(f"c{site}.{format_month(month)}", ""),
        )
        for (site, month), texts in boxes.items()
    ]
    return TypedGrid(cells, reason, _say_astray(len(astray)) if astray else "")


def _read_place(found) -> tuple[int, date] | None:
    try:
        return int(found[2]), parse_month(found[3])
    except ValueError:
        return None


def _read_versions(text, period) -> Mapping[date, int]:
    """Month to the version that was shown; nothing where the text does not fit the months."""
    numbers = text.split(",")
    if len(numbers) != len(period) or not _VERSIONS.fullmatch(text):
        return {}
    return {month: int(own[:9] or 0) for month, own in zip(period, numbers, strict=True)}


def _say_astray(number) -> str:
    sites = "one site" if number == 1 else f"{number} sites"
    return (
        f"Something was typed for {sites} or months that are not on this page any more, so nothing "
        "was saved. Load the page again, and type that anew."
    )
