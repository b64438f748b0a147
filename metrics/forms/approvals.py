"""What a manager chooses and says when reports are approved, returned or opened again."""

from datetime import timedelta
from typing import cast

from django import forms
from django.utils import timezone

from metrics.approvals import DAYS_TO_CORRECT
from metrics.models import Status
from metrics.summaries import Inbox, Wanted
from programs.periods import format_month


class InboxForm(forms.Form):
    """Which of the waiting reports to show. Empty: all of them."""

    area = forms.ChoiceField(required=False)
    site = forms.ChoiceField(required=False)
    month = forms.ChoiceField(required=False)

    def __init__(self, *args, inbox: Inbox, **kwargs):
        super().__init__(*args, **kwargs)
        self.areas = {own.area.code: own for own in inbox.areas}
        self.sites = {site.code: site for site in inbox.sites}
        self.months = {format_month(month): month for month in inbox.months}
        areas = [(code, f"{'· ' * own.level}{own.area.name}") for code, own in self.areas.items()]
        self._offer("area", "All areas", areas)
        self._offer("site", "All sites", [(code, own.name) for code, own in self.sites.items()])
        self._offer("month", "All months", [(code, code) for code in self.months])

    def _offer(self, name, all_of_them, choices):
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", all_of_them), *choices]
        field.error_messages["invalid_choice"] = (
            "Nothing waits under “%(value)s” any more. All are shown instead."
        )

    @property
    def wanted(self) -> Wanted:
        """What was asked for; everything while something is wrong with the question."""
        if not (self.is_bound and self.is_valid()):
            return Wanted()
        area, site, month = (self.cleaned_data[name] for name in ("area", "site", "month"))
        sites = self.areas[area].sites if area else None
        if site:
            own = frozenset([self.sites[site].pk])
            sites = own if sites is None else own & sites
        return Wanted(sites, self.months[month] if month else None)

    @property
    def is_asking(self) -> bool:
        return self.wanted != Wanted()


class MoveForm(forms.Form):
    """A move of one report: the version that was looked at goes along.

    words : the name of the field in which something is said
    start : the status in which a report is where the form is offered
    """

    words: str | None = None
    start = Status.SUBMITTED

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean(self):
        super().clean()
        if "seen" not in self.cleaned_data:
            self.add_error(
                None, "The page no longer says which version it showed. It is shown anew."
            )

    @property
    def said(self) -> str:
        """What was typed."""
        return self[self.words].value() or "" if self.words else ""


class ReturnForm(MoveForm):
    """Back to the reporter, with what to correct."""

    words = "message"

    message = forms.CharField(
        label="What is to be corrected?",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say what to correct."},
        help_text="Its reporter is told this, here and by e-mail.",
    )


class ReopenForm(MoveForm):
    """An approved report opened for correction until a day."""

    words = "reason"
    start = Status.APPROVED

    reason = forms.CharField(
        label="Why is it opened again?",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why it is reopened."},
        help_text="Its reporter is told this, here and by e-mail.",
    )
    until = forms.DateField(
        label="Last day for the correction",
        widget=forms.DateInput({"type": "date", "class": "dateinput"}, format="%Y-%m-%d"),
        help_text="Until then it counts nowhere. From the day after, the counts as they were "
        "approved count again, unless a correction has come in.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["until"].initial = today + timedelta(days=DAYS_TO_CORRECT)
        self.fields["until"].widget.attrs["min"] = today.isoformat()


class SwitchForm(forms.Form):
    """Approval switched on or off, as it was looked at."""

    past = forms.ChoiceField(
        choices=[("approve", "Approve"), ("leave", "Leave")],
        required=False,
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(
        error_messages={"required": "Tick this to confirm what will change."}
    )
