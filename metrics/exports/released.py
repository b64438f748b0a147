"""What viewers may take of a program whose small counts are withheld: the released table."""

from collections.abc import Iterator

from django.template.loader import render_to_string

from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.summaries.release import (
    Release,
    ReleasedChange,
    ReleasedContract,
    ReleasedFigures,
    ReleasedPlace,
    release_for,
)
from programs.models import Measure, Participation
from programs.periods import format_month

WITHHELD = "withheld"
COLUMNS = (
    Column("section", "What it is of: contract, baseline, evaluation, year, month, area, site."),
    Column("code", "The area's or the site's code; empty for the program as a whole."),
    Column("name", "The area's or the site's name."),
    Column("measure", "The measure whose deaths are counted."),
    Column("first_month", "The first month of the figure.", Type.MONTH),
    Column("last_month", "Its last month, included.", Type.MONTH),
    Column("deaths", "Deaths of these months, or “withheld”.", Type.COUNT),
    Column("births", "What the deaths are set against, or “withheld”.", Type.COUNT),
    Column("rate", "Deaths for each `per` births, where both counts are shown.", Type.NUMBER),
    Column("rate_low", "Where the interval of the rate begins.", Type.NUMBER),
    Column("rate_high", "Where the interval of the rate ends.", Type.NUMBER),
    Column("per", "By how many births the rate is stated.", Type.NUMBER),
    Column("reports_received", "Reports that count in these months.", Type.COUNT),
    Column("reports_expected", "Reports that were expected in them.", Type.COUNT),
    Column("percent_change", "Change against the baseline; below 0 is a fall.", Type.NUMBER),
    Column("percent_change_low", "Where its interval by chance alone begins.", Type.NUMBER),
    Column("percent_change_high", "Where it ends.", Type.NUMBER),
    Column("text", "What a row without figures says, in words."),
)
NAMES = 4  # of the columns before the figures


def read_released(asked: Asked) -> Iterator[Cells]:
    """Yield every released figure; nothing for whom nothing is withheld from."""
    release = release_for(asked.membership, asked.today)
    if release:
        yield from _read(release)


def _read(release: Release) -> Iterator[Cells]:
    for contract in release.contracts:
        yield from _contract_rows(contract)
    for target in release.running:
        yield _text_row("contract", target.measure, f"{target}. Its months are not over.")
    for measure in Measure:
        for figures in release.whole(measure).years:
            yield _row("year", "", "", measure, figures)
        for figures in release.months(measure):
            yield _row("month", "", "", measure, figures)
        for area in release.areas(measure, release.years):
            yield from _place_rows("area", area, measure)
        for part in release.participations:
            is_own = part.role == Participation.Role.PROGRAM
            site = release.site(part, measure, release.years)
            yield from _place_rows("site" if is_own else "comparison site", site, measure)


def _contract_rows(own: ReleasedContract) -> Iterator[Cells]:
    said = WITHHELD
    if own.summary:
        verdict = {"verdict": own.summary.verdict}
        said = render_to_string("metrics/_verdict_state.txt", verdict).strip()
    yield _text_row("contract", own.target.measure, str(own.target))
    yield _text_row("verdict", own.target.measure, said)
    for change in own.measures:
        yield _row("baseline", "", "", change.measure, change.baseline)
        yield _row("evaluation", "", "", change.measure, change.evaluation, change)


def _place_rows(section, own: ReleasedPlace, measure) -> Iterator[Cells]:
    for figures in own.years:
        yield _row(section, own.code, own.place.name, measure, figures)


def _row(section, code, name, measure, own: ReleasedFigures, change: ReleasedChange | None = None):
    ratio = change and change.ratio
    return (
        section,
        code,
        name,
        str(measure),
        format_month(own.period.first),
        format_month(own.period.last),
        WITHHELD if own.deaths is None else own.deaths,
        WITHHELD if own.births is None else own.births,
        *_rate_cells(own),
        own.completeness.received,
        own.completeness.expected,
        *((ratio.percent_change, ratio.percent_low, ratio.percent_high) if ratio else ("",) * 3),
        "",
    )


def _rate_cells(own: ReleasedFigures):
    if own.rate:
        return own.rate.value, own.rate.low, own.rate.high, own.rate.per
    return ("" if own.is_whole else WITHHELD,) * 3 + ("",)


def _text_row(section, measure, text):
    return (section, "", "", str(measure), *[""] * (len(COLUMNS) - NAMES - 1), text)


RELEASED = Dataset(
    kind="released",
    title="Released figures",
    says="Every figure that may be shown while small counts are withheld: the promise, years and "
    "months of the program, years of its areas and sites.",
    columns=COLUMNS,
    rows=read_released,
    method="Small counts are withheld, and with them those that would give them away; 0 is shown. "
    "What is over and overdue is released. A rate stands where both of its counts are shown.",
    keeps_small_counts=True,
)
