"""What may be said about a target: first the gates, then the exact interval decides."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Unpack

from metrics.stats.comparisons import RateRatio
from metrics.stats.decisions import READINGS, Finding, Reading, State, decide
from metrics.stats.evidence import (
    MIN_COMPLETENESS,
    MIN_DEATHS,
    Evidence,
    Settings,
)
from metrics.stats.gates import (
    MIN_MATCHED_MONTHS,
    Problem,
    data_problems,
    months_to_enough,
    shortages,
)
from metrics.stats.promises import Level, Promise, Reduction
from metrics.stats.rates import Exact, Rate
from metrics.stats.strata import StratifiedRatio

__all__ = [
    "MIN_COMPLETENESS",
    "MIN_DEATHS",
    "MIN_MATCHED_MONTHS",
    "MOST_BIRTHS",
    "Finding",
    "Problem",
    "State",
    "Verdict",
    "judge",
    "judge_level",
    "judge_reduction",
    "read_state",
]

# The search for the births that would settle a verdict stops here, near the births of the
# world in a year. (With ten times as many, beta quantiles begin to lose their digits.)
MOST_BIRTHS = 100_000_000


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
    dispersion : by how much the interval and the probability allow for months that vary more
    than chance; 1 where they do not
    stratified : where calendar months were mixed differently, the ratio common to them, which
    is then `ratio` too, with the crude one beside it; None elsewhere
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
    dispersion: float = 1.0
    stratified: StratifiedRatio | None = None


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
    evidence = Evidence(deaths_now, births_now, deaths_base, births_base, **settings)
    return judge(evidence, Reduction(reduction_percent))


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
    evidence = Evidence(deaths_now, births_now, deaths_base, births_base, **settings)
    return judge(evidence, Level(level))


def judge(evidence: Evidence, promise: Promise) -> Verdict:
    """Return the verdict on a promise."""
    faults, lacks = data_problems(evidence), shortages(evidence)
    state, finding = read_state(evidence, promise)
    is_open = not (faults or lacks)
    return Verdict(
        state=state,
        finding=finding,
        problems=faults or lacks,
        ratio=evidence.ratio,
        baseline=evidence.baseline,
        current=evidence.current,
        probability=promise.probability(evidence),
        expected_deaths=evidence.expected_deaths,
        reduction=promise.percent if isinstance(promise, Reduction) else None,
        level=promise.level if isinstance(promise, Level) else None,
        per=evidence.per,
        more_births=_more_births(evidence, promise, state) if is_open else None,
        months_to_enough=months_to_enough(evidence) if state is State.TOO_LITTLE else None,
        dispersion=evidence.dispersion,
        stratified=evidence.stratified,
    )


def read_state(evidence: Evidence, promise: Promise) -> Reading:
    """Return only the state and the finding: first the gates, then the rule."""
    if data_problems(evidence):
        return State.NO_VERDICT, None
    if shortages(evidence):
        return State.TOO_LITTLE, None
    reading = decide(
        promise.limits_at(evidence, evidence.births_now),
        evidence.ratio_limits_at(evidence.births_now),
        bound=float(promise.bound),
        is_met=promise.is_met(evidence),
    )
    return READINGS[int(reading)]


def _more_births(evidence: Evidence, promise: Promise, state: State) -> int | None:
    """Return the further births that would settle what is open; see `Verdict.more_births`.

    The upper limit falls steadily as births grow at the same rate, so bisection finds them.
    """
    if state is State.REACHED_STRONG:
        return 0
    fall_is_shown = evidence.ratio_limits_at(evidence.births_now)[1] < 1

    def is_settled(births: int) -> bool:
        if fall_is_shown:
            return promise.limits_at(evidence, births)[1] <= promise.bound
        return evidence.ratio_limits_at(births)[1] < 1

    candidates = range(evidence.births_now, MOST_BIRTHS + 1)
    further = bisect_left(candidates, True, key=is_settled)
    return further if further < len(candidates) else None
