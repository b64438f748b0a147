"""What people type: one month's counts, a period, a file."""

from decimal import Decimal
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from metrics.gate import Passage, PastCounts, SiteAtGate, pass_gate
from metrics.imports import FileRefusedError, parse_mapping
from metrics.models import COUNT_FIELDS, MonthlyReport
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS
from programs.fields import DecimalInput, MonthFormField
from programs.models import Measure
from programs.periods import Period

# More births or months than a program has; a plan for them would keep everybody waiting.
MOST_BIRTHS_A_MONTH = 100_000
MOST_MONTHS = 60


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


class PeriodForm(forms.Form):
    """Months to rate besides: from first to last, both included."""

    first = MonthFormField(label="From")
    last = MonthFormField(label="To")

    helper = _helper(Row(Column("first"), Column("last")))

    def clean(self):
        super().clean()
        if {"first", "last"} <= self.cleaned_data.keys():
            try:
                self.period = Period(self.cleaned_data["first"], self.cleaned_data["last"])
            except ValueError as error:
                raise ValidationError(str(error)) from error


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
