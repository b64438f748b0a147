"""The indicator card of infant mortality, in our own words."""

from datetime import date

from django.db import migrations

from metrics.migrations._cards import NAME, TEXTS

WRITTEN_ON = date(2026, 11, 22)


def add_card(apps, schema_editor):
    """Add what nobody has written yet."""
    card, _ = apps.get_model("metrics", "IndicatorCard").objects.get_or_create(
        measure="infant", defaults={"name": NAME}
    )
    for attribute, text in TEXTS.items():
        card.attributes.get_or_create(
            attribute=attribute,
            defaults={"text": text, "origin": "ours", "source_date": WRITTEN_ON},
        )


def remove_card(apps, schema_editor):
    """Take out our texts, and the card if nothing else is on it. What was rewritten stays."""
    for card in apps.get_model("metrics", "IndicatorCard").objects.filter(measure="infant"):
        for attribute, text in TEXTS.items():
            card.attributes.filter(attribute=attribute, text=text).delete()
        if not card.attributes.exists():
            card.delete()


class Migration(migrations.Migration):

    dependencies = [("metrics", "0002_seed_benchmarks")]

    operations = [migrations.RunPython(add_card, remove_card)]
