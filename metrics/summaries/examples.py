"""One's own programs as live examples of a measure: its figure over the last 12 months."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.counts import NOTHING
from metrics.summaries.figures import ROLLING_MONTHS, PeriodFigures, Rating, figures_of
from metrics.summaries.judging import confidence_of
from metrics.summaries.portfolio_gathering import GatheredPortfolio, gather_portfolio
from programs.models import Measure, Program
from programs.periods import Period


@dataclass(frozen=True)
class Example:
    """A measure of one program, all program sites. `figures` is None before there were 12
    months."""

    program: Program
    figures: PeriodFigures | None


def exemplify(
    programs: Sequence[Program], measures: Collection[Measure], *, today: date
) -> dict[Measure, list[Example]]:
    """Each program's last 12 months of each measure. The number of queries does not grow."""
    if not (programs and measures):
        return {measure: [] for measure in measures}
    gathered = gather_portfolio(programs, today=today, measures=measures)
    return {
        measure: [Example(program, _recent(gathered, program, measure)) for program in programs]
        for measure in measures
    }


def _recent(gathered: GatheredPortfolio, program: Program, measure: Measure):
    expected = gathered.own[program.pk]
    span = expected.span
    if span is None or len(span) < ROLLING_MONTHS:
        return None
    period, by_month = Period.ending(span.last), gathered.by_month[program.pk]
    counts = sum(
        (by_month[month][measure] for month in period if month in by_month),
        NOTHING,
    )
    return figures_of(
        period, counts, expected.in_period(period), _rating(gathered, program, measure)
    )


def _rating(gathered: GatheredPortfolio, program: Program, measure: Measure) -> Rating:
    """As the program's own page states the rate when it is asked for this measure."""
    promised = {Measure(target.measure): target for target in gathered.targets[program.pk]}
    target = promised.get(measure) or gathered.first_target(program)
    if target is None:
        return Rating(measure.usual_per)
    return Rating(
        target.per if target.measure == measure else measure.usual_per, confidence_of(target)
    )
