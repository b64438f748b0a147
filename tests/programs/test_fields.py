from datetime import date, datetime

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st

from programs.fields import MonthField, MonthFormField, MonthInput
from programs.models import Participation, Program
from programs.periods import format_month, month_of
from tests.factories import ParticipationFactory, ProgramFactory
from tests.wording import exactly

MARCH = date(2024, 3, 1)

months = st.dates(date(1000, 1, 1), date(9999, 12, 31)).map(month_of)


class MonthForm(forms.Form):
    month = MonthFormField()
    end = MonthFormField(required=False)


@given(months)
def test_month_survives_the_form(month):
    form = MonthForm({"month": MonthInput().format_value(month)})
    assert form.is_valid()
    assert form.cleaned_data == {"month": month, "end": None}


@pytest.mark.parametrize("typed", ["2024-03", "2024-03-01", MARCH])
def test_form_reads_a_month_or_its_first_day(typed):
    assert MonthFormField().clean(typed) == MARCH


@pytest.mark.parametrize(
    "typed", ["2024-03-15", date(2024, 3, 15), "2024-13", "March", "24-03", "0"]
)
def test_form_refuses_anything_else_with_a_sentence(typed):
    form = MonthForm({"month": typed})
    shown = typed.isoformat() if isinstance(typed, date) else typed
    assert form.errors == {
        "month": [f'"{shown}" is not a month. Write year-month, such as 2024-01.']
    }


def test_form_shows_the_month_as_it_is_typed():
    form = MonthForm(initial={"month": MARCH})
    assert 'type="month"' in str(form["month"])
    assert 'value="2024-03"' in str(form["month"])
    assert 'value="2024-0x"' in str(MonthForm({"month": "2024-0x"})["month"])


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [
        (MARCH, "2024-03", False),
        (MARCH, "2024-04", True),
        (None, "", False),
        (None, "2024-03", True),
    ],
)
def test_form_knows_whether_the_month_changed(initial, typed, changed):
    assert MonthFormField(required=False).has_changed(initial, typed) is changed


def test_form_of_a_model_offers_the_month_picker():
    form = modelform_factory(Program, fields=["start_month"])(initial={"start_month": MARCH})
    assert isinstance(form.fields["start_month"], MonthFormField)
    assert 'value="2024-03"' in str(form["start_month"])


@pytest.mark.django_db
@pytest.mark.parametrize("value", [MARCH, "2024-03", "2024-03-01", datetime(2024, 3, 1, 12, 0)])
def test_month_survives_the_database(value):
    program = ProgramFactory(start_month=value, planned_end_month=None)
    program.refresh_from_db()
    assert (program.start_month, program.planned_end_month) == (MARCH, None)
    assert Program.objects.get(start_month=value) == program
    assert not Program.objects.filter(start_month="2024-04").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("value", [date(2024, 3, 15), "2024-03-15", "2024-3"])
def test_database_never_holds_another_day(value):
    sentence = f'"{value}" is not a month. Write year-month, such as 2024-01.'
    with pytest.raises(ValidationError, match=exactly(f"['{sentence}']")), transaction.atomic():
        ProgramFactory(start_month=value)
    assert not Program.objects.exists()


@pytest.mark.django_db
def test_months_are_compared_and_ordered_as_dates():
    for month in (12, 2, 10):
        ParticipationFactory(first_month=date(2024, month, 1))
    rows = Participation.objects.order_by("first_month")
    assert [row.first_month.month for row in rows] == [2, 10, 12]
    assert rows.filter(first_month__gt="2024-02").count() == 2
    assert rows.filter(first_month__range=("2024-02", date(2024, 10, 1))).count() == 2
    assert rows.filter(first_month__year=2024, first_month__month=10).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["json", "xml"])
def test_month_survives_a_file(kind):
    ProgramFactory(start_month=MARCH)
    written = serializers.serialize(kind, Program.objects.all())
    assert "2024-03" in written
    [read] = serializers.deserialize(kind, written)
    assert (read.object.start_month, read.object.planned_end_month) == (MARCH, None)


@given(months)
def test_month_field_reads_what_it_writes(month):
    assert MonthField().to_python(format_month(month)) == month
