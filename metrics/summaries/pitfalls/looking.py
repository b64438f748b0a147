"""A program looked through for every pitfall."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.details import explain_target
from metrics.summaries.gathering import gather_program
from metrics.summaries.pitfalls.checks import Finding, State, check_all
from metrics.summaries.pitfalls.facts import Facts, gather_facts
from metrics.summaries.programs import contract_measures, judge_gathered
from programs.models import Program


@dataclass(frozen=True)
class PitfallsSummary:
    """What came of every check, and the facts that it was looked for in."""

    program: Program
    as_of: date
    facts: Facts
    findings: Sequence[Finding]

    @property
    def found(self) -> list[Finding]:
        return self._in_state(State.FOUND)

    @property
    def not_found(self) -> list[Finding]:
        return self._in_state(State.NOT_FOUND)

    @property
    def unknown(self) -> list[Finding]:
        return self._in_state(State.UNKNOWN)

    def _in_state(self, state):
        return [finding for finding in self.findings if finding.state is state]


def find_pitfalls(
    program: Program, *, today: date, shown_sites: Collection[int] | None = None
) -> PitfallsSummary:
    """Look for every pitfall in a program's figures up to the last month that was over.

    shown_sites : the sites whose own figures the reader may see; None for all
    """
    gathered = gather_program(program, today=today)
    target, measures = judge_gathered(gathered), contract_measures(gathered)
    details = explain_target(gathered, target, measures) if target else None
    facts = gather_facts(gathered, target, details, measures, shown_sites)
    return PitfallsSummary(program, today, facts, check_all(facts))
