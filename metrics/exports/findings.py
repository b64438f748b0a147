"""Findings about the quality of counts as rows, each with what was said of it."""

from collections.abc import Iterable, Iterator

from metrics.summaries.quality import Finding
from programs.periods import format_month

FINDING_COLUMNS = (
    "site_code", "site_name", "month", "first_month", "last_month", "kind", "severity", "finding",
    "state", "reason", "reviewed_by", "reviewed_at", "fingerprint",
)  # fmt: skip


def finding_rows(findings: Iterable[Finding]) -> Iterator[Iterable[object]]:
    """Yield a header and a row for each finding. month is empty where it is about many."""
    yield FINDING_COLUMNS
    for own in findings:
        said = own.review
        yield (
            own.site.code,
            own.site.name,
            format_month(own.month) if own.month else "",
            format_month(own.months.first),
            format_month(own.months.last),
            str(own.kind),
            str(own.severity),
            own.sentence,
            str(own.state),
            said.reason if said else "",
            str(said.reviewed_by) if said else "",
            said.reviewed_at.isoformat(timespec="seconds") if said else "",
            own.fingerprint,
        )
