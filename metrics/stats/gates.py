"""Whether the counts allow a verdict at all. docs/methods.md#gates"""

from enum import StrEnum
from fractions import Fraction
from math import ceil

from metrics.stats.completeness import Completeness
from metrics.stats.evidence import Evidence

# A whole year, so that it has every season: our own setting.
MIN_MATCHED_MONTHS = 12


class Problem(StrEnum):
    """Why there is no verdict: the first six are faults of the data, the last three too little."""

    NO_BIRTHS = "no_births"
    NO_BASELINE_BIRTHS = "no_baseline_births"
    DEATHS_EXCEED_BIRTHS = "deaths_exceed_births"
    INCOMPLETE_BASELINE = "incomplete_baseline"
    INCOMPLETE_EVALUATION = "incomplete_evaluation"
    UNRESOLVED = "unresolved"
    FEW_BASELINE_DEATHS = "few_baseline_deaths"
    FEW_EXPECTED_DEATHS = "few_expected_deaths"
    FEW_MONTHS = "few_months"


def data_problems(evidence: Evidence) -> tuple[Problem, ...]:
    """Return every fault that forbids a verdict; the first gate. docs/methods.md#gates"""
    deaths_now, births_now, deaths_base, births_base = evidence.counts
    checks = {
        Problem.NO_BIRTHS: births_now == 0,
        Problem.NO_BASELINE_BIRTHS: births_base == 0,
        Problem.DEATHS_EXCEED_BIRTHS: deaths_now > births_now or deaths_base > births_base,
        Problem.INCOMPLETE_BASELINE: _is_incomplete(evidence, evidence.completeness_base),
        Problem.INCOMPLETE_EVALUATION: _is_incomplete(evidence, evidence.completeness_now),
        Problem.UNRESOLVED: evidence.unresolved_checks > 0,
    }
    return _found(checks)


def shortages(evidence: Evidence) -> tuple[Problem, ...]:
    """Return all that there is too little of; the second gate, decided in whole numbers.

    It asks for deaths *expected* since: seeing few is what success looks like.
    """
    deaths_needed = evidence.min_deaths * evidence.births_base
    months = evidence.matched_months
    checks = {
        Problem.FEW_BASELINE_DEATHS: evidence.deaths_base < evidence.min_deaths,
        Problem.FEW_EXPECTED_DEATHS: evidence.births_now * evidence.deaths_base < deaths_needed,
        Problem.FEW_MONTHS: months is not None and months < MIN_MATCHED_MONTHS,
    }
    return _found(checks)


def months_to_enough(evidence: Evidence) -> int | None:
    """Return the further months until no `shortages` are left, with as many births a month.

    None where the baseline has too few deaths, which no waiting mends, and where the months
    or births so far are unknown or none.
    """
    months = evidence.matched_months
    if not months or not evidence.births_now or evidence.deaths_base < evidence.min_deaths:
        return None
    births_needed = Fraction(evidence.min_deaths * evidence.births_base, evidence.deaths_base)
    months_needed = ceil(births_needed * months / evidence.births_now)
    return max(months_needed, MIN_MATCHED_MONTHS) - months


def _is_incomplete(evidence: Evidence, completeness: Completeness | None) -> bool:
    return completeness is not None and not completeness.meets(evidence.min_completeness)


def _found(checks: dict[Problem, bool]) -> tuple[Problem, ...]:
    return tuple(problem for problem, is_found in checks.items() if is_found)
