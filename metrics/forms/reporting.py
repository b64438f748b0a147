"""Which months of reporting to look at, whom to remind, what to open, and the program's rules."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import cast

from django import forms

from metrics.forms.months import MonthsForm
from metrics.locks import MOST_DAYS_TO_REPORT
from metrics.models import Dimension
from programs.actions import marker
from programs.fields import MonthFormField
from programs.models import Program, Site
from programs.periods import Period, format_month

USUAL_MONTHS = 12
DAYS_TO_REPORT = 14


class ReportingForm(MonthsForm):
    """The months whose reports are counted. Empty: the last 12 that are overdue."""

    most_months = 60

    def __init__(self, *args, span: Period, **kwargs):
        self.span = span
        self.usual = Period.ending(span.last, USUAL_MONTHS).intersection(span) or span
        kwargs.setdefault("initial", {"first": self.usual.first, "last": self.usual.last})
        super().__init__(*args, **kwargs)

    def say_too_late(self, last: date) -> str:
        if last <= self.span.last:
            return ""
        return (
            f"Reports of {format_month(last)} are not overdue yet. Give a last month up to "
            f"{format_month(self.span.last)}."
        )

    @property
    def period(self) -> Period:
        return self.asked_period or self.usual


class RemindForm(forms.Form):
    """The late sites whose reporters are to be told."""

    site = forms.MultipleChoiceField(
        error_messages={
            "required": "Tick the sites whose reporters you want to remind.",
            "invalid_choice": "Site %(value)s owes no report that is overdue. Look at it again.",
        }
    )

    def __init__(self, *args, late: Collection[Site], **kwargs):
        super().__init__(*args, **kwargs)
        field = cast(forms.MultipleChoiceField, self.fields["site"])
        field.choices = [(site.code, site.name) for site in late]


class OpenMonthForm(forms.Form):
    """Leave for one site to report one locked month, until a day."""

    site = forms.ModelChoiceField(Site.objects.none(), to_field_name="code", empty_label=None)
    month = MonthFormField()
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why this month may be reported after all."},
    )
    expires_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput({"type": "date", "class": "dateinput"}, format="%Y-%m-%d"),
        help_text="From the day after, the month is locked again. The reporters of the site are "
        "told.",
    )

    def __init__(self, *args, sites: Collection[Site], today: date, **kwargs):
        kwargs.setdefault("initial", {"expires_on": today + timedelta(days=DAYS_TO_REPORT)})
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["site"])
        field.queryset = Site.objects.filter(pk__in=[site.pk for site in sites]).order_by("name")
        last = today + timedelta(days=MOST_DAYS_TO_REPORT)
        days = {"min": today.isoformat(), "max": last.isoformat()}
        self.fields["expires_on"].widget.attrs |= days


class RulesForm(forms.ModelForm):
    """How a program is reported, as the person who sends it saw it before: by when, until when,
    and what."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    dimensions = forms.ModelMultipleChoiceField(
        Dimension.objects.all(),
        label="Breakdowns that it asks for",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What has been counted before stays, whatever is asked for from now on.",
    )

    class Meta:
        model = Program
        fields = (
            "report_due_day",
            "locks_after_days",
            "collects_ages",
            "collects_stillbirths",
            "collects_maternal_deaths",
            "collects_services",
            "withhold_up_to",
        )
        labels = {"withhold_up_to": "Small counts withheld from viewers"}
        help_texts = {
            "withhold_up_to": "A small count can point to a person. Viewers then see released "
            "figures alone: years and months in which such counts are withheld, and with them what "
            "would give them away. All other pages are closed to them, also in every program that "
            "shares a site with this one. Who enters or manages counts sees them as before."
        }

    def __init__(self, *args, instance: Program, **kwargs):
        now = {"dimensions": instance.dimensions.all(), "seen": marker(instance)}
        kwargs |= {"instance": instance, "initial": now}
        super().__init__(*args, **kwargs)
        withholding = cast(forms.TypedChoiceField, self.fields["withhold_up_to"])
        _, *limits = cast(Iterable[tuple[object, str]], withholding.choices)
        withholding.choices = [("", "None withheld"), *limits]
