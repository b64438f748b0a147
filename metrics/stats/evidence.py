"""What a target is judged on: the counts of two periods, and whether they allow a verdict."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import TypedDict

from metrics.stats.comparisons import (
    COUNT_NAMES,
    RateRatio,
    compare_rates,
    probability_of_reduction,
    ratio_limits,
)
from metrics.stats.completeness import Completeness
from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PER,
    Exact,
    Rate,
    check_count,
    mortality_rate,
    probability_of_level,
    rate_limits,
)

# Deaths in the baseline, and deaths expected since: US NCHS calls rates on fewer unreliable.
MIN_DEATHS = 20
# Our own settings: a whole year, so that it has every season, and most of the reports.
MIN_MATCHED_MONTHS = 12
MIN_COMPLETENESS = 80


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


class Settings(TypedDict, total=False):
    """How a target is judged besides its counts; what is left out is as in `Evidence`."""

    confidence: float
    completeness_base: Completeness | None
    completeness_now: Completeness | None
    min_completeness: Exact
    matched_months: int | None
    min_deaths: int
    unresolved_checks: int
    per: int


@dataclass(frozen=True)
class Evidence:
    """The counts of the evaluation period (now) and the baseline, and how they are judged.

    deaths, births : whole counts >= 0 (else ValueError)
    completeness_base, completeness_now : None where it is not known and cannot close a gate
    min_completeness : percent of the expected reports that each period needs
    matched_months : evaluation months that have their calendar month in the baseline, or None
    min_deaths : needed in the baseline, and expected since; 1 or more (else ValueError)
    unresolved_checks : entries that no check can pass until somebody corrects them
    """

    deaths_now: int
    births_now: int
    deaths_base: int
    births_base: int
    confidence: float = DEFAULT_CONFIDENCE
    completeness_base: Completeness | None = None
    completeness_now: Completeness | None = None
    min_completeness: Exact = MIN_COMPLETENESS
    matched_months: int | None = None
    min_deaths: int = MIN_DEATHS
    unresolved_checks: int = 0
    per: int = DEFAULT_PER

    def __post_init__(self) -> None:
        for name in (*COUNT_NAMES, "min_deaths", "unresolved_checks"):
            check_count(name, getattr(self, name))
        check_count("matched_months", self.matched_months or 0)
        if self.min_deaths == 0:
            raise ValueError("min_deaths: without deaths no ratio can be judged. Give 1 or more.")

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.deaths_now, self.births_now, self.deaths_base, self.births_base

    @property
    def ratio(self) -> RateRatio | None:
        return compare_rates(*self.counts, confidence=self.confidence)

    @property
    def baseline(self) -> Rate | None:
        return self._rate(self.deaths_base, self.births_base)

    @property
    def current(self) -> Rate | None:
        return self._rate(self.deaths_now, self.births_now)

    @property
    def expected_deaths(self) -> float | None:
        """Deaths now, had the baseline rate continued; None without baseline births."""
        if not self.births_base:
            return None
        return self.births_now * self.deaths_base / self.births_base

    def ratio_limits_at(self, births: int) -> tuple[float, float]:
        """Return the limits of the rate ratio, were there so many births at the present rate."""
        low, high = ratio_limits(
            self._deaths_at(births), births, self.deaths_base, self.births_base, self.confidence
        )
        return float(low), float(high)

    def rate_limits_at(self, births: int) -> tuple[float, float]:
        """Return the limits of the rate now, were there so many births at the present rate."""
        deaths = self._deaths_at(births)
        _, low, high = rate_limits(deaths, births, per=self.per, confidence=self.confidence)
        return float(low), float(high)

    def probability_of_reduction(self, reduction: Fraction) -> float | None:
        if not (self.births_now and self.births_base):
            return None
        return probability_of_reduction(*self.counts, float(reduction))

    def probability_of_level(self, level: Fraction) -> float | None:
        if not self.births_now:
            return None
        return probability_of_level(self.deaths_now, self.births_now, float(level), per=self.per)

    def _rate(self, deaths: int, births: int) -> Rate | None:
        return mortality_rate(deaths, births, per=self.per, confidence=self.confidence)

    def _deaths_at(self, births: int) -> float:
        return self.deaths_now * births / self.births_now


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
