"""What people type: one month's counts, a period, a file."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from metrics.gate import Passage, PastCounts, SiteAtGate, pass_gate
from metrics.imports import FileRefusedError, parse_mapping
from metrics.models import COUNT_FIELDS, MonthlyReport
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS
from metrics.summaries import STANDINGS, AreaSites, Gathered, Scope, Search
from programs.fields import DecimalInput, MonthFormField
from programs.models import Measure, Program, Site
from programs.periods import Period, format_month

# More births or months than a program has; a plan for them would keep everybody waiting.
MOST_BIRTHS_A_MONTH = 100_000
MOST_MONTHS = 60
MOST_NAMES = 3  # of sites that are named one by one


def _helper(*layout):
    """The buttons and the form tag stand in the template, beside what explains them."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*layout)
    return helper


class MonthlyReportForm(forms.Form):
    """One site's counts for one month. The counts are read and judged by the gate alone."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        label="Comment",
        help_text="Needed when a count is unusual: say why.",
    )

    def __init__(self, *args, site, month, past: PastCounts, today, report=None, **kwargs):
        self.site, self.month, self.past, self.today = site, month, past, today
        self.passage = Passage({}, (), ())  # nothing has come to the gate yet
        kwargs.setdefault("initial", _initial(report))
        super().__init__(*args, **kwargs)
        for name in COUNT_FIELDS:
            self.fields[name] = _count_field(name)
        self.fields["live_births"].widget.attrs["autofocus"] = True
        self.helper = _helper(
            "seen_version",
            Row(Column("live_births"), Column("infant_deaths")),
            _optional("Ages at death", AGE_FIELDS, self),
            _optional("Stillbirths and mothers", ("stillbirths", "maternal_deaths"), self),
            _optional("Care given", SERVICE_FIELDS, self),
            Field("comment"),
        )

    @property
    def counts(self) -> dict[str, int | None]:
        """What came through the gate."""
        return self.passage.counts

    @property
    def warnings(self):
        """What is unusual, whether or not a reason has been given."""
        return self.passage.warnings

    def compare_with(self, stored):
        """Each count, as stored and as typed here, for choosing between two versions."""
        for name in COUNT_FIELDS:
            old, new = getattr(stored, name), self.counts[name]
            yield {
                "label": self.fields[name].label,
                "stored": old,
                "typed": new,
                "differs": old != new,
            }

    def fields_to_replace(self, stored):
        """What to send again to put this version in the place of the stored one."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        return list((typed | {"seen_version": stored.version}).items())

    def clean(self):
        super().clean()
        if "seen_version" not in self.cleaned_data:
            self.add_error(None, "The form no longer says what it showed. Load the page again.")
        self.passage = pass_gate(
            self.cleaned_data,
            site=SiteAtGate(self.site.name, tuple(self.site.operation)),
            month=self.month,
            today=self.today,
            past=self.past,
        )
        for fault in self.passage.refusals:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        if self.passage.warnings and not self.cleaned_data.get("comment"):
            self.add_error("comment", "Something is unusual. Check it, or say here why it is so.")


def _initial(report):
    if report is None:
        return {"seen_version": 0}
    counts = {name: getattr(report, name) for name in COUNT_FIELDS}
    return counts | {"seen_version": report.version, "comment": report.comment}


def _count_field(name):
    stored = cast(models.Field, MonthlyReport._meta.get_field(name))
    return forms.CharField(
        required=False,
        label=str(stored.verbose_name).capitalize(),
        help_text=stored.help_text,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "numberinput"}
        ),
    )


def _optional(title, names, form):
    """A group that opens by itself when there is something in it."""
    in_use = any(form[name].value() not in (None, "") or form[name].errors for name in names)
    opening = f'<details class="more"{" open" if in_use else ""}><summary>{title}</summary>'
    return Layout(HTML(opening), Row(*(Column(name) for name in names)), HTML("</details>"))


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


class ImportForm(forms.Form):
    """A file of monthly reports, and what its columns are called."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,  # the importer says what such a file needs
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
    mapping = forms.CharField(
        required=False,
        label="Column mapping",
        widget=forms.Textarea({"rows": 4, "placeholder": "site_name = district\nmonth = period"}),
        help_text="Only where the file calls a column differently: ours = the file's, one a line. "
        'In quotes, the same value for every row: site_code = "NB-014".',
    )

    helper = _helper("file", "mapping")

    def clean_mapping(self):
        try:
            return parse_mapping(self.cleaned_data["mapping"])
        except FileRefusedError as error:
            raise ValidationError(str(error)) from error
