"""What somebody asks about the past: which changes, or how it was known on a day."""

from datetime import date
from typing import cast

from django import forms

from metrics.summaries.history import Asked, Kind, first_known, list_people
from programs.fields import MonthFormField
from programs.models import Membership, Program, Site

NOT_A_DAY = "“%(value)s” is not a day. Write year-month-day, such as 2026-03-01."
WRITTEN = ["%Y-%m-%d"]


class DayInput(forms.DateInput):
    """The browser's own calendar; where there is none, a box for 2026-03-01."""

    input_type = "date"

    def __init__(self):
        super().__init__({"class": "dateinput", "placeholder": "2026-03-01"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day written as 2026-03-01."""

    widget = DayInput

    def __init__(self, **kwargs):
        super().__init__(input_formats=WRITTEN, **kwargs)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(
                NOT_A_DAY, code="invalid", params={"value": value}
            ) from None


class ChangesForm(forms.Form):
    """Which changes of a program to show. Empty: all of them."""

    kind = forms.ChoiceField(label="What", required=False)
    site = forms.ChoiceField(required=False)
    person = forms.ChoiceField(label="Who", required=False)
    month = MonthFormField(label="Counts of the month", required=False)
    since = DayField(label="Changed since", required=False)
    until = DayField(label="Until", required=False)

    def __init__(self, data, *, membership: Membership):
        super().__init__(data)
        sites = Site.objects.covered_by(membership)
        self.sites = {own.code: own.pk for own in sites}
        kinds = [(str(own), own.label) for own in Kind]
        self._offer("kind", "Everything", kinds)
        self._offer("site", "All sites", [(own.code, own.name) for own in sites])
        people = [(str(own.pk), str(own)) for own in list_people(membership)]
        self._offer("person", "Everybody", people)

    def _offer(self, name, all_of_them, choices):
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", all_of_them), *choices]
        field.error_messages["invalid_choice"] = "Nothing is known of “%(value)s”. Choose another."

    def clean(self):
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", f"{until} lies before {since}. Give a later day.")
        return given

    @property
    def asked(self) -> Asked:
        """What was asked for; everything while something is wrong with the question."""
        if not (self.is_bound and self.is_valid()):
            return Asked()
        given = self.cleaned_data
        return Asked(
            kind=Kind(given["kind"]) if given["kind"] else None,
            site=self.sites[given["site"]] if given["site"] else None,
            person=int(given["person"]) if given["person"] else None,
            month=given["month"],
            since=given["since"],
            until=given["until"],
        )

    @property
    def is_asking(self) -> bool:
        return self.asked != Asked()


class KnownForm(forms.Form):
    """The day of which one wants to know what was known."""

    day = DayField(error_messages={"required": "Give a day, such as 2026-03-01."})

    def __init__(self, data, *, program: Program, today: date):
        super().__init__(data)
        self.program, self.today = program, today
        self.first = first_known(program)
        limits = {"max": today.isoformat()}
        limits |= {"min": self.first.isoformat()} if self.first else {}
        self.fields["day"].widget.attrs |= limits

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(
                f"{day} is still to come. Give a day up to today, {self.today}."
            )
        if self.first is None:
            raise forms.ValidationError(f"Of {self.program.name} no history was kept.")
        if day < self.first:
            raise forms.ValidationError(
                f"When {day} ended, nothing of {self.program.name} was written down yet. Give a "
                f"day from {self.first} on."
            )
        return day

    @property
    def asked(self) -> date | None:
        """The day; None while none is given, or something is wrong with it."""
        return self.cleaned_data["day"] if self.is_bound and self.is_valid() else None
