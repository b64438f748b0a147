"""What every installation begins with: benchmarks, five cards, the dimension sex."""

import re
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from scipy.stats import chi2

from metrics.models import (
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    IndicatorAttribute,
    IndicatorCard,
)
from programs.models import Measure
from tests.factories import MonthlyReportFactory

pytestmark = pytest.mark.django_db

MIGRATIONS = {
    name: import_module(f"metrics.migrations.{name}").Migration.operations[0]
    for name in (
        "0002_seed_benchmarks",
        "0003_infant_mortality_card",
        "0004_sex_dimension",
        "0005_companion_cards",
    )
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


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_has_a_card_of_twelve_texts_that_say_whose_they_are(measure):
    card = IndicatorCard.objects.get(measure=measure)
    assert [own.attribute for own in card.attributes.all()] == list(IndicatorAttribute.Attribute)
    for own in card.attributes.all():
        own.full_clean()
        assert own.source_date
        assert (own.origin, bool(own.source)) in (("ours", False), ("source", True))


def test_no_text_is_told_twice():
    texts = IndicatorAttribute.objects.values_list("text", flat=True)
    assert len(set(texts)) == len(texts) == 5 * 12


DEFINED_BY = {"neonatal": "ICD-10", "postneonatal": "Health, United States", "maternal": "SDG"}


@pytest.mark.parametrize(("measure", "source"), DEFINED_BY.items())
def test_published_definition_names_its_source(measure, source):
    own = IndicatorAttribute.objects.get(card__measure=measure, attribute="definition")
    assert (own.origin, source in own.source) == ("source", True)


# Measure, deaths, births, rate, limits as the text tells them.
WORKED = [
    ("infant", "140", "2,000", "70 per 1,000", "58.9 to 82.6"),
    ("neonatal", "84", "3,000", "28.0 per 1,000", "22.3 to 34.7"),
    ("postneonatal", "33", "3,000", "11.0 per 1,000", "7.6 to 15.4"),
    ("stillbirth", "60", "3,000", "20.0 per 1,000", "15.3 to 25.7"),
    ("maternal", "5", "2,500", "200 per 100,000", "64.9 to 466.7"),
]


@pytest.mark.parametrize(("measure", "deaths", "births", "rate", "limits"), WORKED)
def test_example_in_the_formula_is_right(measure, deaths, births, rate, limits):
    text = IndicatorAttribute.objects.get(card__measure=measure, attribute="formula").text
    for told in (deaths, births, rate, limits):
        assert re.search(rf"\b{re.escape(told)}\b", text)
    value, per = (float(part.replace(",", "")) for part in rate.split(" per "))
    count, scale = int(deaths), per / int(births.replace(",", ""))
    assert count * scale == pytest.approx(value)
    # The exact limits of a Poisson count are quantiles of chi-square: Garwood (1936).
    low, high = chi2.ppf(0.025, 2 * count) / 2, chi2.ppf(0.975, 2 * count + 2) / 2
    assert f"{low * scale:.1f} to {high * scale:.1f}" == limits


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
    IndicatorAttribute.objects.filter(attribute="tips").update(text="Theirs is better.")
    for name in MIGRATIONS:
        run_backward(name)
        run_forward(name)
    assert Benchmark.objects.get(place="World").value == 37
    tips = IndicatorAttribute.objects.filter(attribute="tips").values_list("text", flat=True)
    assert list(tips) == ["Theirs is better."] * 5


def test_corrected_example_can_be_taken_back_and_is_not_forced_on_a_rewritten_text():
    migration = import_module("metrics.migrations.0006_infant_formula_example").Migration
    (operation,) = migration.operations
    formula = IndicatorAttribute.objects.filter(card__measure="infant", attribute="formula")

    operation.reverse_code(apps, None)
    assert "59.0 to 82.6" in formula.get().text
    operation.code(apps, None)
    assert "58.9 to 82.6" in formula.get().text

    formula.update(text="Deaths by births.")
    operation.reverse_code(apps, None)
    operation.code(apps, None)
    assert formula.get().text == "Deaths by births."


def test_category_with_counts_is_not_taken_out():
    female = Category.objects.get(code="female")
    BreakdownCount.objects.create(report=MonthlyReportFactory(), category=female, live_births=1)
    run_backward("0004_sex_dimension")
    assert list(Category.objects.all()) == [female]
