"""What people ask for: what to show, what to compare, what to plan with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from metrics.summaries import STANDINGS, AreaSites, Gathered, Scope, Search
from programs.fields import DecimalInput, MonthFormField
from programs.models import Measure, Program, Site
from programs.periods import Period, format_month

# More births or months than a program has; a plan for them would keep everybody waiting.
MOST_BIRTHS_A_MONTH = 100_000
MOST_MONTHS = 60
MOST_NAMES = 3  # of sites that are named one by one


def make_helper(*layout):
    """The buttons and the form tag stand in the template, beside what explains them."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*layout)
    return helper


class ScopeForm(forms.Form):
    """What of a program to show. Empty: the contract's measure at all program sites, over the
    months that it judges."""

    measure = forms.ChoiceField(required=False)
    area = forms.ChoiceField(required=False)
    site = forms.MultipleChoiceField(
        label="Sites", required=False, widget=forms.CheckboxSelectMultiple
    )
    first = MonthFormField(label="From", required=False)
    last = MonthFormField(label="To", required=False)

    def __init__(
        self,
        *args,
        gathered: Gathered,
        areas: Sequence[AreaSites],
        sites: Sequence[Site],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.areas = {own.area.code: own for own in areas}
        self.sites = {site.code: site for site in sites}
        self._choices("measure").choices = _measure_choices(gathered)
        self._choices("area").choices = [
            ("", "All areas"),
            *((code, f"{'· ' * own.level}{own.area.name}") for code, own in self.areas.items()),
        ]
        self._choices("site").choices = [(code, own.name) for code, own in self.sites.items()]

    def _choices(self, name) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def clean(self):
        super().clean()
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if self.errors:
            return
        if bool(first) != bool(last):
            missing = "last" if first else "first"
            self.add_error(missing, "Give both months, or neither.")
        elif first and last and first > last:
            self.add_error(
                "last",
                f"The period ends in {format_month(last)}, before it begins in "
                f"{format_month(first)}. Give a last month that is not earlier.",
            )
        chosen = self._chosen_sites()
        if chosen is not None and not chosen:
            area = self.areas[self.cleaned_data["area"]].area.name
            self.add_error("site", f"None of the chosen sites lies in {area}. Choose one of both.")

    def _chosen_sites(self) -> frozenset[int] | None:
        """The sites of the area, those ticked, or those of both; None for all."""
        area, codes = self.cleaned_data["area"], self.cleaned_data["site"]
        ticked = frozenset(self.sites[code].pk for code in codes)
        if area:
            inside = self.areas[area].sites
            return inside & ticked if ticked else inside
        return ticked or None

    @property
    def scope(self) -> Scope:
        """What was asked for; everything while something is wrong with the question."""
        if not (self.is_bound and self.is_valid()):
            return Scope()
        asked = self.cleaned_data
        return Scope(
            measure=Measure(asked["measure"]) if asked["measure"] else None,
            sites=self._chosen_sites(),
            period=Period(asked["first"], asked["last"]) if asked["first"] else None,
        )

    @property
    def places_query(self) -> str:
        """The area and sites asked for, as they stand in an address: what leads a figure of
        theirs to its reports."""
        if not (self.is_bound and self.is_valid()):
            return ""
        area, codes = self.cleaned_data["area"], self.cleaned_data["site"]
        return urlencode([("area", area)] * bool(area) + [("site", code) for code in codes])

    @property
    def sites_chosen(self) -> str:
        """What the closed list of sites says."""
        codes = self.cleaned_data.get("site") if self.is_bound and self.is_valid() else None
        return f"{len(codes)} site{'s' if len(codes) > 1 else ''}" if codes else "All sites"

    @property
    def places(self) -> str:
        """The area and sites asked for, in words; nothing for all of them."""
        if not (self.is_bound and self.is_valid()):
            return ""
        area = self.cleaned_data["area"]
        names = [self.sites[code].name for code in self.cleaned_data["site"]]
        words = [self.areas[area].area.name] if area else []
        if len(names) > MOST_NAMES:
            return ", ".join([*words, f"{len(names)} sites"])
        return ", ".join([*words, *names])


def _measure_choices(gathered):
    """Every measure; first the one that is shown where none is asked for."""
    others = [own for own in Measure if own is not gathered.measure]
    return [
        (own.value, f"{own.label} (promised)" if own in gathered.promised else own.label)
        for own in [gathered.measure, *others]
    ]


class PortfolioForm(forms.Form):
    """What to look for among one's programs. Empty: all of them."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "placeholder": "Name, purpose or partner"}),
    )
    measure = forms.ChoiceField(required=False)
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *Program.Status.choices]
    )
    verdict = forms.ChoiceField(
        required=False,
        choices=[(own, own) for own in STANDINGS],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "“%(value)s” is no verdict. All are shown instead."},
    )

    def __init__(self, *args, measures: Sequence[Measure], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "Any measure"), *((own.value, own.label) for own in measures)]
        cast(forms.ChoiceField, self.fields["measure"]).choices = choices

    @property
    def search(self) -> Search:
        """What was asked for; everything while something is wrong with the question."""
        if not (self.is_bound and self.is_valid()):
            return Search()
        asked = self.cleaned_data
        return Search(asked["q"], asked["measure"], asked["status"], asked["verdict"])


class ComparisonForm(forms.Form):
    """Which of one's programs to set side by side. None chosen: all of them."""

    program = forms.MultipleChoiceField(
        label="Programs", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, programs: Sequence[Program], **kwargs):
        super().__init__(*args, **kwargs)
        self.programs = programs
        choices = [(program.slug, program.name) for program in programs]
        cast(forms.ChoiceField, self.fields["program"]).choices = choices

    @property
    def chosen(self) -> list[Program]:
        """Only asked where the choice is a valid one."""
        slugs = self.cleaned_data["program"]
        return [program for program in self.programs if not slugs or program.slug in slugs]

    @property
    def said(self) -> str:
        """What the closed list of programs says."""
        number = len(self.cleaned_data["program"])
        return str(number) if number else "all"


class PlanForm(forms.Form):
    """What to try instead of a program's own promise, births and months. Empty: its own."""

    measure = forms.ChoiceField(choices=Measure, required=False)
    reduction = forms.DecimalField(
        label="Reduction (%)",
        required=False,
        min_value=Decimal("0.1"),
        max_value=100,
        decimal_places=1,
        widget=DecimalInput,
        error_messages=dict.fromkeys(
            ("min_value", "max_value"), "A reduction lies above 0 and at most at 100 percent."
        ),
    )
    births_a_month = forms.DecimalField(
        label="Births a month",
        required=False,
        min_value=Decimal("0.1"),
        max_value=MOST_BIRTHS_A_MONTH,
        decimal_places=1,
        widget=DecimalInput,
        error_messages=dict.fromkeys(
            ("min_value", "max_value"), f"Give a number above 0, up to {MOST_BIRTHS_A_MONTH:,}."
        ),
    )
    months = forms.IntegerField(
        label="Months judged",
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        widget=DecimalInput,
        error_messages=dict.fromkeys(
            ("min_value", "max_value"), f"Give 1 to {MOST_MONTHS} months."
        ),
    )
