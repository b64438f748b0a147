"""Programs side by side, each against its own baseline and its own promise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from metrics.stats.comparisons import RateRatio
from metrics.stats.decisions import State
from metrics.summaries.comparability import PlaceNotes, notes_on_programs
from metrics.summaries.portfolio_gathering import gather_portfolio
from metrics.summaries.targets import TargetSummary
from programs.models import Measure, Program

MOST_PROGRAMS = 50
BEHIND_A_GATE = (State.NO_VERDICT, State.TOO_LITTLE)


@dataclass(frozen=True)
class ComparedProgram:
    """One promise of one program, and how far it has come."""

    program: Program
    target: TargetSummary

    @property
    def change(self) -> RateRatio | None:
        """The change that a picture may show; None where the counts allow no verdict, and where
        the baseline had no deaths, so that no percentage exists."""
        verdict = self.target.verdict
        if verdict.state in BEHIND_A_GATE or verdict.ratio is None:
            return None
        return verdict.ratio if isfinite(verdict.ratio.percent_change) else None

    @property
    def promised_percent(self) -> float | None:
        """The percent change that would just keep the promise; None where a level has none."""
        ratio = self.target.promised_ratio
        return None if ratio is None else float(100 * ratio - 100)


@dataclass(frozen=True)
class ComparedMeasure:
    """The promises about one measure. Those about another are not comparable with them."""

    measure: Measure
    programs: Sequence[ComparedProgram]


@dataclass(frozen=True)
class Comparison:
    """Programs side by side, by measure and in the order of their names: it is no ranking.

    unpromised : programs asked for that promise nothing
    left_out : how many more there are than one picture holds
    place_notes : what parts the months of a program's figures, where anything does
    """

    as_of: date
    measures: Sequence[ComparedMeasure]
    unpromised: Sequence[Program]
    left_out: int
    place_notes: Mapping[Program, PlaceNotes]

    @property
    def compared(self) -> list[ComparedProgram]:
        return [own for group in self.measures for own in group.programs]

    @property
    def shows_anything(self) -> bool:
        """Whether any program has come so far that a picture can show its change."""
        return any(own.change for own in self.compared)


def compare_programs(
    programs: Sequence[Program], *, today: date, shown_sites: Collection[int] | None = None
) -> Comparison:
    """Judge every current promise of these programs; the number of queries does not grow.

    programs : in the order in which they are to be listed
    shown_sites : those that the reader may see by name; None takes all
    """
    gathered = gather_portfolio(programs, today=today)
    promised = [program for program in programs if gathered.targets[program.pk]]
    compared = [
        ComparedProgram(program, gathered.judge(target))
        for program in promised[:MOST_PROGRAMS]
        for target in gathered.targets[program.pk]
    ]
    groups = {
        measure: [own for own in compared if own.target.target.measure == measure]
        for measure in Measure
    }
    return Comparison(
        as_of=today,
        measures=[ComparedMeasure(measure, own) for measure, own in groups.items() if own],
        unpromised=[program for program in programs if not gathered.targets[program.pk]],
        left_out=len(promised[MOST_PROGRAMS:]),
        place_notes=notes_on_programs(gathered, [own.target for own in compared], shown_sites),
    )
