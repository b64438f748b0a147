"""Other files that whoever looks at one should know of: the same content that was brought in
before, and what lies on the reports that it wrote."""

from metrics.imports.later_changes import MOST_NAMED, find_files
from metrics.models import ImportBatch, MonthlyReport


def list_same(batch: ImportBatch) -> list[ImportBatch]:
    """Files of the same content that were applied in this program before, the last first."""
    applied = batch.program.import_batches.filter(applied_at__isnull=False)
    if batch.applied_at is not None:
        applied = applied.filter(applied_at__lt=batch.applied_at)
    same = applied.filter(sha256=batch.sha256).exclude(pk=batch.pk).defer("found")
    same = same.select_related("applied_by", "undone_by")
    return list(same.order_by("-applied_at")[:MOST_NAMED])


def list_later(batch: ImportBatch) -> list[ImportBatch]:
    """Files that have to be undone before one that was applied, the last first. They are looked
    for only where reports are not as it left them."""
    untouched = MonthlyReport.objects.filter(import_batch=batch).order_by().count()
    if untouched == batch.reports_written:
        return []
    on_top = find_files(batch)
    files = ImportBatch.objects.select_related("program", "applied_by").in_bulk(on_top)
    return [files[pk] for pk in on_top][:MOST_NAMED]
