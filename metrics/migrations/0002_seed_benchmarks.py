"""Three published rates to start with. Their sources are named without a year."""

from decimal import Decimal

from django.db import migrations

BENCHMARKS = (
    ("World", Decimal(38), "WHO"),
    ("United States", Decimal("5.4"), "CDC"),
    ("Sub-Saharan Africa", Decimal(50), "UNICEF"),
)


def add_benchmarks(apps, schema_editor):
    benchmarks = apps.get_model("metrics", "Benchmark").objects
    for place, value, source in BENCHMARKS:
        benchmarks.get_or_create(
            place=place, measure="infant", source=source, year=None, defaults={"value": value}
        )


def remove_benchmarks(apps, schema_editor):
    """Take out ours. One that has been changed since stays."""
    benchmarks = apps.get_model("metrics", "Benchmark").objects
    for place, value, source in BENCHMARKS:
        benchmarks.filter(
            place=place, measure="infant", source=source, year=None, value=value
        ).delete()


class Migration(migrations.Migration):

    dependencies = [("metrics", "0001_initial")]

    operations = [migrations.RunPython(add_benchmarks, remove_benchmarks)]
