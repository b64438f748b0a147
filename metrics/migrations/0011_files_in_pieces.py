"""Files that were kept whole are kept in pieces. Back again they are put together."""

from django.db import migrations

PIECE_BYTES = 1024 * 1024


def part(apps, schema_editor):
    batches = apps.get_model("metrics", "ImportBatch").objects.only("pk", "content")
    for batch in batches.iterator(chunk_size=1):
        content = bytes(batch.content)
        for number, start in enumerate(range(0, len(content), PIECE_BYTES)):
            batch.pieces.create(number=number, content=content[start : start + PIECE_BYTES])
        type(batch).objects.filter(pk=batch.pk).update(size=len(content))


def join(apps, schema_editor):
    for batch in apps.get_model("metrics", "ImportBatch").objects.iterator(chunk_size=1):
        pieces = batch.pieces.order_by("number").values_list("content", flat=True)
        batch.content = b"".join(bytes(piece) for piece in pieces)
        batch.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("metrics", "0010_files_jobs_and_reviews")]
    operations = [migrations.RunPython(part, join)]
