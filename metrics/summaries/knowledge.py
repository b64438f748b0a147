"""What is to be known: indicator cards, benchmarks, and one's own figures beside both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.models import Benchmark, IndicatorAttribute, IndicatorCard
from metrics.summaries.examples import Example, exemplify
from programs.models import Measure, Program

Attribute = IndicatorAttribute.Attribute


@dataclass(frozen=True)
class Passage:
    """One of a card's twelve attributes. `written` is None where nobody has written it yet."""

    attribute: Attribute
    written: IndicatorAttribute | None


@dataclass(frozen=True)
class CardSummary:
    """What one measure is. `card` is None where there is none yet."""

    measure: Measure
    card: IndicatorCard | None
    passages: Sequence[Passage]

    @property
    def name(self) -> str:
        return self.card.name if self.card else self.measure.label

    @property
    def lead(self) -> str:
        """The first sentence of the definition; nothing where there is no definition."""
        definition = self.passages[0].written
        if definition is None:
            return ""
        first, stop, _ = definition.text.partition(". ")
        return first + stop.strip()

    @property
    def until_formula(self) -> Sequence[Passage]:
        """What comes before one's own figures: all up to the formula that they follow."""
        return self.passages[: self._split]

    @property
    def after_formula(self) -> Sequence[Passage]:
        return self.passages[self._split :]

    @property
    def _split(self) -> int:
        return list(Attribute).index(Attribute.FORMULA) + 1


@dataclass(frozen=True)
class MeasureBenchmarks:
    """What was published of one measure elsewhere, and one's own programs beside it.

    benchmarks : superseded ones as well, after those that hold
    """

    measure: Measure
    benchmarks: Sequence[Benchmark]
    examples: Sequence[Example]

    @property
    def holding(self) -> list[Benchmark]:
        """Those that nothing newer has replaced."""
        return [own for own in self.benchmarks if own.superseded_by_id is None]


def read_cards() -> list[CardSummary]:
    """The card of every measure, in the order of `Measure`; two queries."""
    cards = {card.measure: card for card in IndicatorCard.objects.prefetch_related("attributes")}
    return [_read(measure, cards.get(measure)) for measure in Measure]


def read_card(measure: Measure) -> CardSummary:
    """The card of one measure; two queries."""
    cards = IndicatorCard.objects.prefetch_related("attributes")
    return _read(measure, cards.filter(measure=measure).first())


def _read(measure, card) -> CardSummary:
    written = {own.attribute: own for own in card.attributes.all()} if card else {}
    return CardSummary(measure, card, [Passage(own, written.get(own)) for own in Attribute])


def summarise_benchmarks(
    programs: Sequence[Program], *, today: date, only: Measure | None = None
) -> list[MeasureBenchmarks]:
    """Every measure that has a benchmark, in the order of `Measure`.

    only : the one measure to look at; None takes all
    """
    benchmarks = list(Benchmark.objects.select_related("superseded_by"))
    measures = [
        measure
        for measure in Measure
        if only in (None, measure) and any(own.measure == measure for own in benchmarks)
    ]
    examples = exemplify(programs, measures, today=today)
    return [
        MeasureBenchmarks(
            measure,
            sorted(
                (own for own in benchmarks if own.measure == measure),
                key=lambda own: (own.superseded_by_id is not None, -own.value, own.place),
            ),
            examples[measure],
        )
        for measure in measures
    ]
