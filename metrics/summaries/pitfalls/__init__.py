"""The common pitfalls, looked for in one program's own figures."""

from metrics.summaries.pitfalls.checks import Finding, Pitfall, State, check_all
from metrics.summaries.pitfalls.facts import Facts, gather_facts
from metrics.summaries.pitfalls.looking import PitfallsSummary, find_pitfalls

__all__ = [
    "Facts",
    "Finding",
    "Pitfall",
    "PitfallsSummary",
    "State",
    "check_all",
    "find_pitfalls",
    "gather_facts",
]
