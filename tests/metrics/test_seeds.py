"""What every installation begins with: benchmarks, a card, the dimension sex."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from metrics.models import (
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    IndicatorAttribute,
    IndicatorCard,
)
from tests.factories import MonthlyReportFactory

pytestmark = pytest.mark.django_db

MIGRATIONS = {
    name: import_module(f"metrics.migrations.{name}").Migration.operations[0]
    for name in ("0002_seed_benchmarks", "0003_infant_mortality_card", "0004_sex_dimension")
}


def run_forward(name):
    MIGRATIONS[name].code(apps, None)


def run_backward(name):
    MIGRATIONS[name].reverse_code(apps, None)


def test_benchmarks_are_the_three_published_ones_without_a_year():
    rows = Benchmark.objects.values_list("place", "value", "per", "source", "year")
    assert set(rows) == {
        ("World", Decimal(38), 1000, "WHO", None),
        ("United States", Decimal("5.4"), 1000, "CDC", None),
        ("Sub-Saharan Africa", Decimal(50), 1000, "UNICEF", None),
    }


def test_infant_mortality_card_has_all_twelve_attributes_and_says_whose_they_are():
    card = IndicatorCard.objects.get()
    assert card.measure == "infant"
    assert [own.attribute for own in card.attributes.all()] == list(IndicatorAttribute.Attribute)
    for own in card.attributes.all():
        own.full_clean()
        assert (own.origin, bool(own.source_date)) == ("ours", True)


def test_sex_has_three_categories_and_one_of_them_is_unknown():
    categories = Dimension.objects.get(code="sex").categories.values_list("code", "is_unknown")
    assert list(categories) == [("female", False), ("male", False), ("unknown", True)]


@pytest.mark.parametrize("name", MIGRATIONS)
def test_seed_can_be_taken_out_and_put_in_again(name):
    models = (Benchmark, IndicatorCard, IndicatorAttribute, Dimension, Category)
    before = [model.objects.count() for model in models]
    run_backward(name)
    assert [model.objects.count() for model in models] != before
    run_forward(name)
    run_forward(name)
    assert [model.objects.count() for model in models] == before


def test_what_somebody_changed_is_neither_taken_out_nor_written_over():
    Benchmark.objects.filter(place="World").update(value=37)
    IndicatorAttribute.objects.filter(attribute="tips").update(text="Ours is better.")
    for name in MIGRATIONS:
        run_backward(name)
        run_forward(name)
    assert Benchmark.objects.get(place="World").value == 37
    assert IndicatorAttribute.objects.get(attribute="tips").text == "Ours is better."


def test_category_with_counts_is_not_taken_out():
    female = Category.objects.get(code="female")
    BreakdownCount.objects.create(report=MonthlyReportFactory(), category=female, live_births=1)
    run_backward("0004_sex_dimension")
    assert list(Category.objects.all()) == [female]
