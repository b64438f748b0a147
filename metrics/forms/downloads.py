"""What somebody wants in a file: which months, which sites, which reports."""

from collections.abc import Collection
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from metrics.forms.months import MonthsForm
from metrics.models import Status
from metrics.summaries import GridSites
from programs.models import Measure
from programs.periods import Period

MOST_TICKED = 300  # sites; a longer list would be most of the page
UNKNOWN = "Nothing is known of “%(value)s”. Choose another."


class DownloadForm(MonthsForm):
    """Which part of a program to take. Empty: all that one's sites have."""

    most_months = 12 * 200
    too_many = "too many for one file"

    area = forms.ChoiceField(required=False)
    site = forms.MultipleChoiceField(
        label="Sites", required=False, widget=forms.CheckboxSelectMultiple
    )
    status = forms.ChoiceField(required=False)
    measure = forms.ChoiceField(label="Measure (summary)", required=False)

    field_order = ("first", "last", "area", "site", "status", "measure")

    def __init__(self, data, *, sites: GridSites):
        super().__init__(data if self.base_fields.keys() & data.keys() else None)
        self.areas = {area.code: (area, held) for area, _, held in sites.areas}
        self.sites = {part.site.code: part.site for part in sites.own}
        self._offer(
            "area",
            [
                ("", "All areas"),
                *((area.code, f"{'· ' * level}{area.name}") for area, level, _ in sites.areas),
            ],
        )
        self._offer("site", [(code, site.name) for code, site in self.sites.items()])
        self._offer("status", [("", "Any status"), *Status.choices])
        self._offer("measure", [("", "As promised"), *Measure.choices])

    def _offer(self, name, choices):
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices
        field.error_messages["invalid_choice"] = UNKNOWN

    def say_too_late(self, last) -> str:
        return ""

    def clean(self):
        super().clean()
        if not self.errors and (chosen := self._chosen_sites()) is not None and not chosen:
            area, _ = self.areas[self.cleaned_data["area"]]
            self.add_error(
                "site", f"None of the chosen sites lies in {area.name}. Choose one of both."
            )

    def _chosen_sites(self) -> frozenset[int] | None:
        """The sites of the area, those ticked, or those of both; None for all."""
        area, codes = self.cleaned_data["area"], self.cleaned_data["site"]
        ticked = frozenset(self.sites[code].pk for code in codes)
        if area:
            _, inside = self.areas[area]
            return inside & ticked if ticked else inside
        return ticked or None

    def choose(self, takes: Collection[str]) -> dict[str, Any]:
        """What was chosen for one kind of file; everything while something is wrong.

        takes : the names of the choices that change it
        """
        given = {name: value for name, value in self.asked.items() if name in takes and value}
        return {
            "period": Period(given["first"], given["last"]) if "first" in given else None,
            "sites": self._chosen_sites() if {"area", "site"} & given.keys() else None,
            "status": given.get("status", ""),
            "measure": Measure(given["measure"]) if "measure" in given else None,
            "said": tuple(self._say(given)),
            "query": self._write_query(given),
        }

    def _say(self, given):
        if "first" in given:
            yield "Months", str(Period(given["first"], given["last"]))
        if "area" in given:
            area, _ = self.areas[given["area"]]
            yield "Area", f"{area.name} ({area.code})"
        if "site" in given:
            named = (f"{self.sites[code].name} ({code})" for code in given["site"])
            yield "Sites", ", ".join(named)
        if "status" in given:
            yield "Status", Status(given["status"]).label
        if "measure" in given:
            yield "Measure", Measure(given["measure"]).label

    def _write_query(self, given) -> str:
        """The choices as they stand in an address."""
        query = cast(QueryDict, self.data)
        sent = ((name, query.getlist(name)) for name in self.fields if name in given)
        return urlencode([(name, value) for name, values in sent for value in values])

    @property
    def lists_sites(self) -> bool:
        """Whether sites can be ticked one by one. Of more than that, an area is chosen, or they
        are named in the address."""
        return 0 < len(self.sites) <= MOST_TICKED

    @property
    def sites_chosen(self) -> str:
        """What the closed list of sites says."""
        codes = self.asked.get("site")
        return f"{len(codes)} site{'s' if len(codes) > 1 else ''}" if codes else "All sites"
