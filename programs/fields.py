"""How a month is stored and typed, which no other module knows; and how a number is typed."""

from datetime import date
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from programs.periods import format_month, parse_month


class MonthInput(forms.DateInput):
    """The browser's own month picker; where there is none, a box for 2024-01."""

    input_type = "month"

    def __init__(self, attrs=None):
        super().__init__(
            attrs={"placeholder": "2024-01", "pattern": r"\d{4}-\d{2}"} | (attrs or {})
        )

    def format_value(self, value):
        return format_month(value) if isinstance(value, date) else value


class DecimalInput(forms.TextInput):
    """A box for a number that keeps whatever was typed, which the browser's own would drop."""

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "class": "numberinput"} | (attrs or {})
        )


class MonthFormField(forms.Field):
    """A month typed as 2024-01, given on as the date of its first day."""

    widget = MonthInput

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return _read(value)


class MonthField(models.DateField):
    """A calendar month, stored as the date of its first day."""

    description = "Month (stored as its first day)"

    def to_python(self, value):
        return None if value in (None, "") else _read(value)

    def get_prep_value(self, value):
        return self.to_python(value)

    def formfield(self, **kwargs):
        kwargs.pop("widget", None)  # the admin offers its day picker for every DateField
        return super(models.DateField, self).formfield(
            **{"form_class": MonthFormField, "widget": MonthInput} | kwargs
        )

    def value_to_string(self, obj):
        month = cast(date | None, self.value_from_object(obj))
        return "" if month is None else format_month(month)


def _read(value) -> date:
    """Return the month as a date, or refuse what is not the first day of a month."""
    try:
        return parse_month(format_day(value))
    except ValueError as error:
        raise ValidationError(str(error), code="invalid_month") from error


def format_day(value) -> str:
    """Return the text in which `parse_month` reads this date or text."""
    return value.isoformat()[:10] if isinstance(value, date) else str(value)
