"""Every version of every report: who, when, through which door, and what it said."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from metrics.exports.batches import BATCH_ROWS
from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.exports.site_months import COUNT_COLUMNS, MONTH_COLUMN, MONTH_TEXT, SITE_COLUMNS
from metrics.models import COUNT_FIELDS, Door, MonthlyReport
from metrics.summaries.trail import DELETED, what_was_done

_DOORS = {str(own): own.label.lower() for own in Door}
_WHO = ("history_user__first_name", "history_user__last_name", "history_user__username")


def _versions_asked_for(asked: Asked) -> QuerySet:
    versions = MonthlyReport.history.filter(site__in=asked.covered.order_by().values("pk"))
    if asked.period is not None:
        versions = versions.filter(month__range=(asked.period.first, asked.period.last))
    return versions.filter(status=asked.status) if asked.status else versions


def read_history(asked: Asked) -> Iterator[Cells]:
    """Yield a row for each version, each report's oldest first."""
    ordered = _versions_asked_for(asked).order_by(
        "site__code", "month", "history_date", "history_id"
    )
    versions = ordered.values_list(
        "site__code",
        "site__name",
        MONTH_TEXT,
        "version",
        "history_date",
        *_WHO,
        "history_type",
        "history_change_reason",
        "status",
        "door",
        "comment",
        *COUNT_FIELDS,
    )
    for code, name, month, version, at, *rest in versions.iterator(chunk_size=BATCH_ROWS):
        given, family, account, change, reason, status, door, comment, *counts = rest
        done, said = what_was_done(status, reason)
        yield (
            code,
            name,
            month,
            version,
            timezone.localtime(at).isoformat(timespec="seconds"),
            f"{given or ''} {family or ''}".strip() or account or "",
            "Removed" if change == DELETED else done,
            said,
            status,
            _DOORS.get(door, door),
            comment,
            *counts,
        )


HISTORY = Dataset(
    kind="history",
    title="Changes of reports",
    says="Every version of every report of the sites that you may see: who stored it, when, how, "
    "why, and the counts as they then stood.",
    columns=(
        *SITE_COLUMNS,
        MONTH_COLUMN,
        Column("version", "The number of the version; the first is 1.", Type.NUMBER),
        Column("at", "When it was stored.", Type.MOMENT),
        Column("by", "Who stored it; empty where no person did, or nobody knows who."),
        Column(
            "done", "What was done: Submitted, Approved, Returned, Reopened, Brought in, Undone …"
        ),
        Column("said", "The reason, the message or the file's name that was given with it."),
        Column("status", "Where the report stood then, as it was stored."),
        Column("door", "Through which the counts last came in: typed, grid, file …"),
        Column("comment", "The reporter's word on the counts, as it stood then."),
        *COUNT_COLUMNS,
    ),
    rows=read_history,
    count=lambda asked: _versions_asked_for(asked).count(),
    method="Versions as they were stored; none is ever edited. Also months outside the site's part "
    "in the program. Changes of breakdowns are not in it.",
    takes=frozenset({"first", "last", "area", "site", "status"}),
)
