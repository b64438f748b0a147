"""Counts can be broken down by sex from the start."""

from django.db import migrations

CATEGORIES = (("female", "Female"), ("male", "Male"), ("unknown", "Unknown"))


def add_sex(apps, schema_editor):
    dimension, _ = apps.get_model("metrics", "Dimension").objects.get_or_create(
        code="sex", defaults={"name": "Sex"}
    )
    for position, (code, name) in enumerate(CATEGORIES, start=1):
        dimension.categories.get_or_create(
            code=code,
            defaults={"name": name, "position": position, "is_unknown": code == "unknown"},
        )


def remove_sex(apps, schema_editor):
    """Take out what has no counts. A category that is in use stays, and the dimension with it."""
    for dimension in apps.get_model("metrics", "Dimension").objects.filter(code="sex"):
        dimension.categories.filter(code__in=dict(CATEGORIES), counts=None).delete()
        if not dimension.categories.exists():
            dimension.delete()


class Migration(migrations.Migration):

    dependencies = [("metrics", "0003_infant_mortality_card")]

    operations = [migrations.RunPython(add_sex, remove_sex)]
