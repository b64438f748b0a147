"""What was laid on a file's reports since it wrote them: why it cannot be undone, in a sentence."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef
from django.utils.timezone import localdate

from metrics.models import ImportBatch, MonthlyReport

MOST_NAMED = 3


def say_changed(batch: ImportBatch, changed: int, written: int) -> str:
    """Which of its reports, and by which file or by whom. A file that lies on them can be undone
    first; what somebody did by hand cannot."""
    on_top = find_files(batch)
    by_hand = changed - sum(on_top.values())
    named = list(_name_files(batch, on_top, may_be_undone=not by_hand))
    if by_hand:
        named += _name_by_hand(batch)
    told = sum(list(on_top.values())[:MOST_NAMED]) + min(by_hand, MOST_NAMED)
    rest = f"; and {changed - told:,} more" if changed > told else ""
    advice = " Correct what is wrong report by report." if by_hand else ""
    return (
        f"{changed:,} of its {written:,} reports {'was' if changed == 1 else 'were'} changed "
        f"since: {'; '.join(named)}{rest}. A file is undone as a whole or not at all, so that "
        f"nobody's work is lost.{advice}"
    )


def _written_by(batch):
    """The version of each report that the file wrote itself; others that carry it were given
    back to it when a later file was undone."""
    return MonthlyReport.history.filter(
        import_batch=batch, history_change_reason__startswith=f"import {batch.pk}: "
    )


def _covered(batch):
    """Its reports that are now as another file left them."""
    written = MonthlyReport.objects.filter(pk__in=_written_by(batch).values("id"))
    return written.exclude(import_batch=None).exclude(import_batch=batch)


def find_files(batch) -> dict[int, int]:
    """The files that lie on its reports, the last first, and on how many."""
    last_first = ("-import_batch__applied_at", "-import_batch")
    by_file = _covered(batch).order_by(*last_first).values_list("import_batch")
    return dict(by_file.annotate(Count("pk")))


def _name_files(batch, on_top, may_be_undone: bool) -> Iterator[str]:
    files = ImportBatch.objects.select_related("applied_by").in_bulk(on_top)
    advice = "; undo that one first" if may_be_undone else ""
    for pk, number in list(on_top.items())[:MOST_NAMED]:
        first = _covered(batch).filter(import_batch=pk).select_related("site").first()
        more = f" and {number - 1:,} more" if number > 1 else ""
        file = files[pk]
        by = f" by {file.applied_by}" if file.applied_by else ""
        yield (
            f"{first}{more} by the file {file.file_name}, brought in on "
            f"{localdate(file.applied_at)}{by}{advice}"
        )


def _name_by_hand(batch) -> Iterator[str]:
    """Which reports, by whom and when last; files that were undone are nobody's change."""
    of_files = MonthlyReport.objects.filter(pk=OuterRef("id"), import_batch__isnull=False)
    versions = _written_by(batch).exclude(Exists(of_files)).order_by("site", "month")
    for written in versions[:MOST_NAMED]:
        later = (
            MonthlyReport.history.filter(id=written.id)
            .exclude(import_batch__undone_at__isnull=False)
            .exclude(history_change_reason__regex=r"^import \d+ undone")
            .select_related("history_user", "site")
        )
        last = later.order_by("history_id").last()
        by = f" by {last.history_user}" if last.history_user else ""
        yield f"{last.instance}{by} on {last.history_date:%Y-%m-%d}"
