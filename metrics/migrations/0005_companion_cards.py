"""The indicator cards of the other four measures, each text with whose it is."""

from datetime import date

from django.db import migrations

from metrics.migrations import _maternal_card, _neonatal_card, _postneonatal_card, _stillbirth_card

CARDS = {
    "neonatal": _neonatal_card,
    "postneonatal": _postneonatal_card,
    "stillbirth": _stillbirth_card,
    "maternal": _maternal_card,
}
WRITTEN_ON = date(2026, 11, 22)


def add_cards(apps, schema_editor):
    """Add what nobody has written yet."""
    cards = apps.get_model("metrics", "IndicatorCard").objects
    for measure, words in CARDS.items():
        card, _ = cards.get_or_create(measure=measure, defaults={"name": words.NAME})
        for attribute, text in words.TEXTS.items():
            source = words.SOURCES.get(attribute, "")
            card.attributes.get_or_create(
                attribute=attribute,
                defaults={
                    "text": text,
                    "origin": "source" if source else "ours",
                    "source": source,
                    "source_date": WRITTEN_ON,
                },
            )


def remove_cards(apps, schema_editor):
    """Take out our texts, and a card if nothing else is on it. What was rewritten stays."""
    for card in apps.get_model("metrics", "IndicatorCard").objects.filter(measure__in=CARDS):
        for attribute, text in CARDS[card.measure].TEXTS.items():
            card.attributes.filter(attribute=attribute, text=text).delete()
        if not card.attributes.exists():
            card.delete()


class Migration(migrations.Migration):

    dependencies = [("metrics", "0004_sex_dimension")]

    operations = [migrations.RunPython(add_cards, remove_cards)]
