"""Columns and rows of every download. Streamed, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.http import StreamingHttpResponse

from metrics.imports import COLUMNS
from metrics.models import COUNT_FIELDS, MonthlyReport
from metrics.summaries import ProgramSummary
from programs.periods import format_month

BATCH_ROWS = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

SUMMARY_COLUMNS = (
    "section", "measure", "first_month", "last_month", "deaths", "births", "rate", "rate_low",
    "rate_high", "per", "reports_received", "reports_expected", "percent_change",
    "percent_change_low", "percent_change_high", "text",
)  # fmt: skip


class _Echo:
    """A file that gives back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def stream_csv(file_name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Send rows as a CSV file, in batches, without holding all of them."""
    response = StreamingHttpResponse(_write_batches(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _write_batches(rows) -> Iterator[str]:
    writer = csv.writer(_Echo())
    batch = []
    for row in rows:
        batch.append(writer.writerow([safe_cell(value) for value in row]))
        if len(batch) == BATCH_ROWS:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch)


def site_month_rows(program, sites) -> Iterator[Iterable[object]]:
    """Yield a header and a row for each report; as it comes out, it can be brought in again.

    sites : those whose reports the reader may see
    Empty means not counted, 0 means none; a month without a row was not reported.
    """
    yield (*COLUMNS, "status")
    reports = (
        MonthlyReport.objects.of_program(program)
        .filter(site__in=sites)
        .order_by("site__code", "month")
        .values_list("site__code", "site__name", "month", *COUNT_FIELDS, "status")
    )
    for code, name, month, *rest in reports.iterator(chunk_size=BATCH_ROWS * 4):
        yield (code, name, format_month(month), *rest)


def summary_rows(
    summary: ProgramSummary, sentence: str, with_waiting: str = "", notes: Sequence[str] = ()
) -> Iterator[Iterable[object]]:
    """Yield a header and the program's figures, unrounded.

    sentence : the verdict in words, as the page says it
    with_waiting : what it would be with the reports that wait for approval, where any do
    notes : what parts its months, a sentence for each change of a place
    """
    yield SUMMARY_COLUMNS
    if summary.target:
        yield _text_row("verdict", sentence, summary)
        yield _text_row("contract", str(summary.target.target), summary)
        judged = summary.target.target.measure
        yield _figures_row("target baseline", judged, summary.target.baseline)
        yield _figures_row(
            "target evaluation",
            judged,
            summary.target.evaluation,
            summary.target.verdict.ratio,
        )
    for note in notes:
        yield _text_row("not the same places throughout", note, summary)
    yield from _waiting_rows(summary, with_waiting)
    for own in summary.measures:
        yield _figures_row("baseline", own.measure, own.baseline)
        yield _figures_row("evaluation", own.measure, own.evaluation, own.ratio)
    if summary.shown.scope.period:
        yield _figures_row("chosen period", summary.measure, summary.shown.period)
    for year in summary.series.years:
        yield _figures_row(f"year {year.label}", summary.measure, year)
    for window in summary.series.rolling:
        yield _figures_row("12 months", summary.measure, window)
    for line in summary.sites:
        if line.recent:
            yield _figures_row(f"site {line.site.code}", summary.measure, line.recent)


def _waiting_rows(summary, sentence):
    """What the judged figures would be; without a promise, those of the last 12 months."""
    if not summary.with_waiting:
        return
    outcome = summary.with_waiting.outcome
    number = f"{summary.with_waiting.waiting} reports wait for approval."
    yield _text_row("with waiting", f"{number} {sentence}".strip(), summary)
    if outcome.target:
        yield _figures_row(
            "with waiting: target baseline", outcome.measure, outcome.target.baseline
        )
        yield _figures_row(
            "with waiting: target evaluation",
            outcome.measure,
            outcome.target.evaluation,
            outcome.target.verdict.ratio,
        )
    elif outcome.latest:
        yield _figures_row("with waiting: 12 months", outcome.measure, outcome.latest)


def _figures_row(section, measure, figures, ratio=None):
    rate = figures.rate
    return (
        section,
        str(measure),
        format_month(figures.period.first),
        format_month(figures.period.last),
        figures.counts.deaths,
        figures.counts.births,
        *((rate.value, rate.low, rate.high, rate.per) if rate else ("", "", "", "")),
        figures.completeness.received,
        figures.completeness.expected,
        *(_percents(ratio) if ratio else ("", "", "")),
        "",
    )


def _percents(ratio):
    return ratio.percent_change, ratio.percent_low, ratio.percent_high


def _text_row(section, text, summary):
    return (section, str(summary.measure), *[""] * (len(SUMMARY_COLUMNS) - 3), text)


def file_name(program, kind: str, as_of: date, ending: str = "csv") -> str:
    return f"{program.slug}-{kind}-{as_of.isoformat()}.{ending}"
