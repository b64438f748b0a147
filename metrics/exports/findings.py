"""Findings about the quality of counts as rows, each with what was said of it."""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.exports.site_months import SITE_COLUMNS
from metrics.summaries.quality import Finding
from metrics.summaries.quality.examining import examine_program
from programs.periods import format_month

COLUMNS = (
    *SITE_COLUMNS,
    Column("month", "The month it is about; empty where it is about many.", Type.MONTH),
    Column("first_month", "The first month it is about.", Type.MONTH),
    Column("last_month", "The last month it is about.", Type.MONTH),
    Column("kind", "Which kind of finding it is."),
    Column("severity", "How grave it is."),
    Column("finding", "What was found, in a sentence, with its numbers."),
    Column("state", "open, explained or dismissed."),
    Column("reason", "Why it was explained or dismissed."),
    Column("reviewed_by", "Who said so."),
    Column("reviewed_at", "When.", Type.MOMENT),
    Column("fingerprint", "SHA-256 of the counts it is about: changed, the finding is another."),
)
FINDING_COLUMNS = tuple(own.name for own in COLUMNS)


def finding_rows(findings: Iterable[Finding]) -> Iterator[Cells]:
    """Yield a header and a row for each finding. month is empty where it is about many."""
    yield FINDING_COLUMNS
    yield from map(_row, findings)


def _row(own: Finding) -> Cells:
    said = own.review
    return (
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
        timezone.localtime(said.reviewed_at).isoformat(timespec="seconds") if said else "",
        own.fingerprint,
    )


def read_findings(asked: Asked) -> Iterator[Cells]:
    """Yield a row for each finding about any of the months asked for."""
    sites = asked.sites
    for own in examine_program(asked.membership, today=asked.today).findings:
        is_there = sites is None or own.site.pk in sites
        if is_there and (asked.period is None or own.months.intersection(asked.period)):
            yield _row(own)


FINDINGS = Dataset(
    kind="findings",
    title="Findings",
    says="What looks odd in the counts of the sites that you may see, in words, and what was said "
    "of it.",
    columns=COLUMNS,
    rows=read_findings,
    method="Each kind of finding has its limit, from counts that vary by chance alone (Poisson) "
    "and the site's own same calendar months: docs/methods.md. A finding is a question, "
    "not a fault.",
    takes=frozenset({"first", "last", "area", "site"}),
)
