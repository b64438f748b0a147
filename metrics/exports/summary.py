"""A program's figures as the page shows them, unrounded: a row a figure."""

from collections.abc import Iterator, Sequence
from html import unescape

from django.template.loader import render_to_string

from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.summaries import (
    PlaceNotes,
    ProgramSummary,
    Scope,
    gather_program,
    notes_on_contract,
    summarise_gathered,
)
from programs.periods import format_month

COLUMNS = (
    Column("section", "Which figure it is: verdict, contract, target baseline, year 2024, site …"),
    Column("measure", "The measure whose deaths are counted."),
    Column("first_month", "The first month of the figure.", Type.MONTH),
    Column("last_month", "Its last month, included.", Type.MONTH),
    Column("deaths", "Deaths of these months.", Type.COUNT),
    Column("births", "Births of the same months: what the deaths are set against.", Type.COUNT),
    Column("rate", "Deaths for each so many births as “per” says.", Type.NUMBER),
    Column("rate_low", "Where the interval of the rate begins.", Type.NUMBER),
    Column("rate_high", "Where the interval of the rate ends.", Type.NUMBER),
    Column("per", "By how many births the rate is stated.", Type.NUMBER),
    Column("reports_received", "Reports that count in these months.", Type.COUNT),
    Column("reports_expected", "Reports that were expected in them.", Type.COUNT),
    Column("percent_change", "Change against the baseline; below 0 is a fall.", Type.NUMBER),
    Column("percent_change_low", "Where the interval of the change begins.", Type.NUMBER),
    Column("percent_change_high", "Where the interval of the change ends.", Type.NUMBER),
    Column("text", "What a row without figures says, in words."),
)
SUMMARY_COLUMNS = tuple(own.name for own in COLUMNS)


def summary_rows(
    summary: ProgramSummary, sentence: str, with_waiting: str = "", notes: Sequence[str] = ()
) -> Iterator[Cells]:
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


def read_summary(asked: Asked) -> Iterator[Cells]:
    """Yield the figures that the program page shows to whoever asks the same of it."""
    gathered = gather_program(asked.program, today=asked.today, measure=asked.measure)
    seen = None
    if not asked.membership.all_sites:
        seen = set(asked.membership.sites.values_list("pk", flat=True))
    sites = asked.sites
    if sites is not None:
        sites = sites.intersection(gathered.own.by_site)  # comparison sites are in no figure
        if not sites:
            return
    summary = summarise_gathered(
        gathered,
        today=asked.today,
        scope=Scope(measure=asked.measure, sites=sites, period=asked.period),
        shown_sites=seen,
    )
    waiting = summary.with_waiting and summary.with_waiting.outcome.target
    notes = notes_on_contract(gathered, summary.target, shown_sites=seen)
    rows = summary_rows(
        summary,
        say_verdict(summary.target),
        say_verdict(waiting) if waiting else "",
        say_notes(notes),
    )
    next(rows)  # the header
    yield from rows


def say_verdict(target) -> str:
    """A verdict in words, on one line."""
    context = {"target": target}
    if target:
        verdict = {"verdict": target.verdict}
        context["state"] = render_to_string("metrics/_verdict_state.txt", verdict).strip()
    return " ".join(render_to_string("metrics/verdict_sentence.txt", context).split())


def say_notes(notes: PlaceNotes) -> list[str]:
    """What parts the months, as the page says it, but for a file that is not HTML."""
    said = [render_to_string("metrics/_place_note.txt", {"note": own}) for own in notes.notes]
    hidden = render_to_string("metrics/_place_notes_hidden.txt", {"notes": notes})
    return [unescape(" ".join(own.split())) for own in [*said, hidden] if own.strip()]


SUMMARY = Dataset(
    kind="summary",
    title="Summary",
    says="The figures of the program page, unrounded, with the verdict in words: its contract, "
    "every measure, each year, each 12 months, each site that you may see.",
    columns=COLUMNS,
    rows=read_summary,
    method="Rates are deaths divided by live births of the same months and sites, never averages "
    "of rates; their interval is exact, from Poisson counts (Garwood 1936; docs/methods.md#rate). "
    "A change is set against the baseline with the exact conditional interval of the rate ratio "
    "(Clopper and Pearson 1934; docs/methods.md#rate-ratio), widened where months vary more than "
    "chance (docs/methods.md#dispersion). 95 % intervals, or at the contract's confidence.",
    takes=frozenset({"measure", "first", "last", "area", "site"}),
)
