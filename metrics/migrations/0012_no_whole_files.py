"""The whole content goes, now that its pieces are kept. Back again it is empty, to be filled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0011_files_in_pieces")]
    operations = [
        # A default for the way back, where the column must be filled in before its content is.
        migrations.AlterField("importbatch", "content", models.BinaryField(default=b"")),
        migrations.RemoveField("importbatch", "content"),
    ]
