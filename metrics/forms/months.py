"""From which month to which: what several pages ask in the same words."""

from datetime import date

from django import forms

from programs.fields import MonthFormField
from programs.periods import Period, format_month


class MonthsForm(forms.Form):
    """The months to show: both ends, or neither for the usual ones.

    most_months, too_many : how many at most, and the words for more
    """

    most_months: int
    too_many = "too many at once"

    first = MonthFormField(label="From", required=False)
    last = MonthFormField(label="To", required=False)

    def clean(self):
        super().clean()
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if self.errors:
            return
        if bool(first) != bool(last):
            self.add_error("last" if first else "first", "Give both months, or neither.")
        elif first and last and (fault := self._find_fault(first, last)):
            self.add_error("last", fault)

    def _find_fault(self, first: date, last: date) -> str:
        if first > last:
            return (
                f"The months end in {format_month(last)}, before they begin in "
                f"{format_month(first)}. Give a last month that is not earlier."
            )
        if fault := self.say_too_late(last):
            return fault
        number = len(Period(first, last))
        if number > self.most_months:
            return f"{number} months are {self.too_many}. Give at most {self.most_months}."
        return ""

    def say_too_late(self, last: date) -> str:
        """Why a last month is too late; "" where it is not."""
        raise NotImplementedError

    @property
    def asked(self) -> dict:
        """What was asked for; nothing while something is wrong with the question."""
        return self.cleaned_data if self.is_bound and self.is_valid() else {}

    @property
    def asked_period(self) -> Period | None:
        first, last = self.asked.get("first"), self.asked.get("last")
        return Period(first, last) if first and last else None
