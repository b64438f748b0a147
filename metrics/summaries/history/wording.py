"""Two versions of a row, told apart field by field in the words of the pages."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from programs.fields import MonthField
from programs.periods import format_month

DELETED = "-"  # as the history calls it
NEVER_TOLD = frozenset({"id", "program", "locked_by", "granted_by"})


@dataclass(frozen=True)
class FieldChange:
    """One thing about a row, in words, as it was and as it is. Empty: nothing was written."""

    label: str
    old: str
    new: str


def compare_rows(before, row, without: Collection[str] = ()) -> list[FieldChange]:
    """In what two versions of a row differ; of a first one, all that was written down.

    before : None for the first; of a deleted row nothing is told but what it was
    without : fields that are told elsewhere, or not at all
    """
    is_gone = row.history_type == DELETED
    pairs = [
        (label, _say(before, field) if before else "", "" if is_gone else _say(row, field))
        for label, field in _fields(row, without)
    ]
    if is_gone and before is None:
        pairs = [(label, _say(row, field), "") for label, field in _fields(row, without)]
    return [FieldChange(label, old, new) for label, old, new in pairs if old != new]


def _fields(row, without) -> Iterator[tuple[str, models.Field]]:
    for field in [*type(row).tracked_fields, *_many(type(row))]:
        if field.name not in NEVER_TOLD and field.name not in without:
            yield capfirst(str(field.verbose_name)), field


def rows_along(history) -> list[str]:
    """What of a history is to be fetched along with its rows: those of its many-to-many fields."""
    return [f"{_set_of(history, own)}__{own.m2m_reverse_field_name()}" for own in _many(history)]


def _many(history) -> list[models.ManyToManyField]:
    return list(getattr(history, "_history_m2m_fields", []))


def _set_of(history, field) -> str:
    """By which name the library lets one reach the rows of a many-to-many field."""
    return f"{history._meta.model_name}_{field.name}_set"


def _say(row, field) -> str:
    if field.many_to_many:
        return _say_many(row, field)
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if field.is_relation:
        return str(getattr(row, field.name) or "deleted since")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _say_value(field, value)


def _say_value(field, value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, MonthField):
        return format_month(value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _say_many(row, field) -> str:
    kept = getattr(row, _set_of(type(row), field)).all()
    named = (getattr(own, field.m2m_reverse_field_name()) for own in kept)
    return ", ".join(sorted(str(own) for own in named if own))
