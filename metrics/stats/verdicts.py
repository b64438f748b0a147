"""What may be said about a target: first the gates, then the exact interval decides."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Unpack

from metrics.stats.comparisons import RateRatio
from metrics.stats.evidence import (
    MIN_COMPLETENESS,
    MIN_DEATHS,
    MIN_MATCHED_MONTHS,
    Evidence,
    Problem,
    Settings,
    data_problems,
    months_to_enough,
    shortages,
)
from metrics.stats.rates import Exact, Rate, exact_fraction

__all__ = [
    "MIN_COMPLETENESS",
    "MIN_DEATHS",
    "MIN_MATCHED_MONTHS",
    "MOST_BIRTHS",
    "Finding",
    "Problem",
    "State",
    "Verdict",
    "judge_level",
    "judge_reduction",
]

# The search for the births that would settle a verdict stops here, near the births of the
# world in a year. (With ten times as many, beta quantiles begin to lose their digits.)
MOST_BIRTHS = 100_000_000


class State(StrEnum):
    """The verdict on a target, in five."""

    NO_VERDICT = "no_verdict_data_problem"
    TOO_LITTLE = "too_little_data"
    REACHED_STRONG = "reached_strong"
    REACHED_POINT = "reached_point_not_certain"
    NOT_REACHED = "not_reached"


class Finding(StrEnum):
    """What more is known: two findings go with REACHED_POINT, four with NOT_REACHED."""

    FALL_SHOWN = "fall_shown"
    FALL_NOT_CERTAIN = "fall_not_certain"
    IMPROVED_BUT_SHORT = "improved_but_short"
    TARGET_RULED_OUT = "improved_target_ruled_out"
    NO_CLEAR_CHANGE = "no_clear_change"
    WORSE = "worse"


@dataclass(frozen=True)
class Verdict:
    """What may be said about a target, with the evidence for it.

    finding : None behind a gate and for REACHED_STRONG
    problems : why a gate is closed, empty where none is
    ratio, baseline, current, probability, expected_deaths : None only where undefined; they
    are carried behind a gate too, for the details
    probability : that the true change, or the true rate, is at the target or beyond
    expected_deaths : deaths now, had the baseline rate continued
    reduction, level : the promise in percent, or per `per` births; the other one is None
    more_births : further births, at the present rate and against this baseline, until the
    interval shows a fall, or where one is shown until it shows the target; 0 where it does,
    None behind a gate and where MOST_BIRTHS would not be enough
    months_to_enough : further months, with as many births a month as now, until there is no
    longer too little data; None in other states, for a baseline that is itself too small
    (no waiting helps), and where the number of months is not known
    """

    state: State
    finding: Finding | None
    problems: tuple[Problem, ...]
    ratio: RateRatio | None
    baseline: Rate | None
    current: Rate | None
    probability: float | None
    expected_deaths: float | None
    reduction: Exact | None
    level: Exact | None
    per: int
    more_births: int | None
    months_to_enough: int | None


def judge_reduction(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    reduction_percent: Exact,
    **settings: Unpack[Settings],
) -> Verdict:
    """Return the verdict on "the rate is `reduction_percent` % lower than in the baseline".

    Counts are whole and >= 0, 0 < reduction_percent <= 100 (else ValueError).
    Reached on the figures is decided in whole numbers, the rest on the exact interval of the
    rate ratio: 140 of 2,000 against 200 of 2,000 *is* 30 % lower. docs/methods.md#verdict
    """
    bound = 1 - exact_fraction("reduction_percent", reduction_percent) / 100
    if not 0 <= bound < 1:
        raise ValueError(
            f"reduction_percent: {reduction_percent} is not a fall. Give more than 0, at most 100."
        )
    evidence = Evidence(deaths_now, births_now, deaths_base, births_base, **settings)
    target = _Target(
        bound=bound,
        is_met=deaths_now * births_base <= bound * deaths_base * births_now,
        limits_at=evidence.ratio_limits_at,
        probability=evidence.probability_of_reduction(1 - bound),
        reduction=reduction_percent,
    )
    return _judge(evidence, target)


def judge_level(
    deaths_now: int,
    births_now: int,
    deaths_base: int,
    births_base: int,
    *,
    level: Exact,
    **settings: Unpack[Settings],
) -> Verdict:
    """Return the verdict on "the rate is at or below `level` per `per` births".

    Counts are whole and >= 0, level above 0 (else ValueError).
    Reached on the figures is decided in whole numbers, reached and ruled out on the exact
    interval of the rate now; whether it fell, on that of the rate ratio. The gates are those
    of a reduction. docs/methods.md#verdict
    """
    bound = exact_fraction("level", level)
    if bound <= 0:
        raise ValueError(f"level: {level} is not a rate to aim at. Give more than 0.")
    evidence = Evidence(deaths_now, births_now, deaths_base, births_base, **settings)
    target = _Target(
        bound=bound,
        is_met=evidence.per * deaths_now <= bound * births_now,
        limits_at=evidence.rate_limits_at,
        probability=evidence.probability_of_level(bound),
        level=level,
    )
    return _judge(evidence, target)


@dataclass(frozen=True)
class _Target:
    """A promise held against the counts: that the rate ratio, or the rate now, is <= `bound`.

    is_met : on the figures, decided in whole numbers
    limits_at : its exact interval, were there so many births now at the present rate
    reduction, level : the promise in its own words, one or the other
    """

    bound: Fraction
    is_met: bool
    limits_at: Callable[[int], tuple[float, float]]
    probability: float | None
    reduction: Exact | None = None
    level: Exact | None = None


def _judge(evidence: Evidence, target: _Target) -> Verdict:
    faults, lacks = data_problems(evidence), shortages(evidence)
    finding = more_births = enough = None
    if faults:
        state = State.NO_VERDICT
    elif lacks:
        state, enough = State.TOO_LITTLE, months_to_enough(evidence)
    else:
        state, finding = _decide(evidence, target)
        more_births = _more_births(evidence, target, state)
    return Verdict(
        state=state,
        finding=finding,
        problems=faults or lacks,
        ratio=evidence.ratio,
        baseline=evidence.baseline,
        current=evidence.current,
        probability=target.probability,
        expected_deaths=evidence.expected_deaths,
        reduction=target.reduction,
        level=target.level,
        per=evidence.per,
        more_births=more_births,
        months_to_enough=enough,
    )


def _decide(evidence: Evidence, target: _Target) -> tuple[State, Finding | None]:
    """Apply the rule where no gate is closed. docs/methods.md#decision"""
    low, high = target.limits_at(evidence.births_now)
    ratio_low, ratio_high = evidence.ratio_limits_at(evidence.births_now)
    if high <= target.bound:
        return State.REACHED_STRONG, None
    if target.is_met:
        is_shown = ratio_high < 1
        return State.REACHED_POINT, Finding.FALL_SHOWN if is_shown else Finding.FALL_NOT_CERTAIN
    if ratio_low > 1:
        return State.NOT_REACHED, Finding.WORSE
    if ratio_high >= 1:
        return State.NOT_REACHED, Finding.NO_CLEAR_CHANGE
    if low > target.bound:
        return State.NOT_REACHED, Finding.TARGET_RULED_OUT
    return State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT


def _more_births(evidence: Evidence, target: _Target, state: State) -> int | None:
    """Return the further births that would settle what is open; see `Verdict.more_births`.

    The upper limit falls steadily as births grow at the same rate, so bisection finds them.
    """
    if state is State.REACHED_STRONG:
        return 0
    fall_is_shown = evidence.ratio_limits_at(evidence.births_now)[1] < 1

    def is_settled(births: int) -> bool:
        if fall_is_shown:
            return target.limits_at(births)[1] <= target.bound
        return evidence.ratio_limits_at(births)[1] < 1

    candidates = range(evidence.births_now, MOST_BIRTHS + 1)
    further = bisect_left(candidates, True, key=is_settled)
    return further if further < len(candidates) else None
