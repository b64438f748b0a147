"""Every program somebody may see, each with what may be said about its promise."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.stats.decisions import State
from metrics.stats.evidence import MIN_COMPLETENESS
from metrics.summaries.comparability import notes_on_programs
from metrics.summaries.dues import AllDues, Dues, SiteInProgram, add_up_dues, list_dues, list_parts
from metrics.summaries.figures import PeriodFigures
from metrics.summaries.portfolio_gathering import GatheredPortfolio, gather_portfolio
from metrics.summaries.series import Series
from metrics.summaries.targets import TargetSummary
from programs.models import Measure, Program

NO_PROMISE = "no_promise"
# Where a program may stand, from what is firm to what is not known.
STANDINGS = (
    State.REACHED_STRONG,
    State.REACHED_POINT,
    State.NOT_REACHED,
    State.TOO_LITTLE,
    State.NO_VERDICT,
    NO_PROMISE,
)


@dataclass(frozen=True)
class ProgramLine:
    """One program in the portfolio. `target` is None where nothing has been promised.

    series : the promised measure of all program sites, or infant mortality
    sites : how many program sites there are
    dues : what it waits for from the reader's sites; all else is of the program as a whole
    last_report : the last month of which a program site's report counts
    is_parted : whether places behind its verdict changed between the months that it compares
    """

    program: Program
    target: TargetSummary | None
    series: Series
    sites: int
    dues: Dues
    last_report: date | None
    is_parted: bool

    @property
    def covered(self) -> PeriodFigures | None:
        """The months judged, or the last 12 where nothing is; None before there were 12."""
        return self.target.evaluation if self.target else self.series.latest

    @property
    def least_percent(self) -> int:
        """The share of reports below which a figure rests on too little."""
        return self.target.target.min_completeness if self.target else MIN_COMPLETENESS


@dataclass(frozen=True)
class Search:
    """What somebody looks for among the programs; nothing asked for finds all of them."""

    words: str = ""
    measure: str = ""
    status: str = ""
    standing: str = ""

    def matches(self, program: Program, measure: Measure) -> bool:
        """Whether all is true of a program, but for where it stands."""
        told = " ".join([program.name, program.purpose, program.partners]).casefold()
        return (
            all(word in told for word in self.words.casefold().split())
            and self.measure in ("", measure)
            and self.status in ("", program.status)
        )


@dataclass(frozen=True)
class Found:
    """The programs that a search found, by name.

    counts : how many stand where, whatever standing was asked for
    """

    programs: Sequence[Program]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Portfolio:
    """Several programs on one day. A program is judged in full when its line is asked for.

    parts : program -> the sites in it whose own figures the reader may see
    is_limited : whether there are others
    """

    gathered: GatheredPortfolio
    parts: Mapping[int, Sequence[SiteInProgram]]
    is_limited: bool

    @property
    def measures(self) -> list[Measure]:
        """Those by which programs can be told apart."""
        return sorted({self.gathered.measure_of(program) for program in self.gathered.programs})

    def find(self, search: Search) -> Found:
        """Look for programs. They stay in the order of their names: in an order of merit they
        would change places each month by chance alone, and nobody would find theirs again. What
        needs doing is told apart from it, above."""
        matching = [
            program
            for program in self.gathered.programs
            if search.matches(program, self.gathered.measure_of(program))
        ]
        standings = [self._standing(program) for program in matching]
        return Found(
            programs=[
                program
                for program, standing in zip(matching, standings, strict=True)
                if search.standing in ("", standing)
            ],
            counts={own: standings.count(own) for own in STANDINGS if own in standings},
        )

    def lines(self, programs: Iterable[Program]) -> list[ProgramLine]:
        targets = {
            program: self.gathered.judge(target) if target else None
            for program in programs
            for target in [self.gathered.first_target(program)]
        }
        parted = notes_on_programs(self.gathered, filter(None, targets.values()))
        return [self._line(own, target, own in parted) for own, target in targets.items()]

    def dues(self, writable: Collection[int]) -> AllDues:
        """What all programs wait for together. One that has ended waits for nothing: what never
        came is missing in it, and no longer due.

        writable : the sites whose counts the reader may enter
        """
        parts = [
            part
            for program in self.gathered.programs
            if program.status != Program.Status.ENDED
            for part in self.parts[program.pk]
        ]
        return list_dues(parts, writable, is_limited=self.is_limited)

    def _line(self, program, target, is_parted):
        own = self.gathered.own[program.pk]
        return ProgramLine(
            program=program,
            target=target,
            series=self.gathered.series(program),
            sites=len(own.by_site),
            dues=add_up_dues(self.parts[program.pk]),
            last_report=self.gathered.last_report(program),
            is_parted=is_parted,
        )

    def _standing(self, program: Program) -> str:
        target = self.gathered.first_target(program)
        return self.gathered.read(target)[0] if target else NO_PROMISE


def summarise_portfolio(
    programs: Sequence[Program], *, today: date, covered: Collection[int] | None = None
) -> Portfolio:
    """Gather what several programs' lines are made of. The number of queries does not grow.

    programs : in the order in which they are to be listed
    covered : the participations whose sites the reader may see; None for all
    """
    gathered = gather_portfolio(programs, today=today)
    joined = {own.pk for several in gathered.participations.values() for own in several}
    return Portfolio(
        gathered=gathered,
        parts=list_parts(gathered, covered, today=today),
        is_limited=covered is not None and not joined <= set(covered),
    )
