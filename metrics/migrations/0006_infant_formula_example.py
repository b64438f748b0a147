"""The example on the infant mortality card gave a lower limit of 59.0; it is 58.9."""

from django.db import migrations

WRONG, RIGHT = "59.0 to 82.6 here", "58.9 to 82.6 here"


def correct_example(apps, schema_editor):
    _replace(apps, WRONG, RIGHT)


def restore_example(apps, schema_editor):
    _replace(apps, RIGHT, WRONG)


def _replace(apps, old, new):
    """Change our own text only: one that somebody has rewritten holds neither."""
    attributes = apps.get_model("metrics", "IndicatorAttribute").objects.filter(
        card__measure="infant", attribute="formula", origin="ours", text__contains=old
    )
    for own in attributes:
        own.text = own.text.replace(old, new)
        own.save(update_fields=["text"])


class Migration(migrations.Migration):

    dependencies = [("metrics", "0005_companion_cards")]

    operations = [migrations.RunPython(correct_example, restore_example)]
