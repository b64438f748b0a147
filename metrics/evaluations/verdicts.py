"""A verdict in plain words and numbers, and back."""

from math import isfinite
from typing import Any

from metrics.stats.comparisons import RateRatio
from metrics.stats.rates import Rate
from metrics.stats.verdicts import Finding, Problem, State, Verdict
from metrics.summaries.counts import Counts
from metrics.summaries.judging import Judgement, confidence_of
from programs.models import Target

# The bytes must not depend on a last bit, in which two machines may differ.
DIGITS = 10
RATE = ("value", "low", "high")
RATIO = ("ratio", "low", "high", "p_value")


def write_judgement(judgement: Judgement) -> dict[str, Any]:
    """Write down a verdict. What does not exist is null; no limit is "Infinity"."""
    verdict, dispersion = judgement.verdict, judgement.dispersion
    crude = verdict.stratified.crude_ratio if verdict.stratified else None
    return {
        "state": str(verdict.state),
        "finding": str(verdict.finding) if verdict.finding else None,
        "problems": [str(problem) for problem in verdict.problems],
        "baseline": _write(verdict.baseline, RATE),
        "current": _write(verdict.current, RATE),
        "ratio": _write(verdict.ratio, RATIO),
        "crude_ratio": write_number(crude),
        "probability": write_number(verdict.probability),
        "expected_deaths": write_number(verdict.expected_deaths),
        "more_births": write_number(verdict.more_births),
        "months_to_enough": write_number(verdict.months_to_enough),
        "dispersion": _write(dispersion, ("estimate", "df")),
        "widened_by": write_number(verdict.dispersion),
    }


def read_verdict(written: dict[str, Any], target: Target, before: Counts, now: Counts) -> Verdict:
    """Return the verdict as it was written down, for the pages that put it into words.

    before, now : the counts of the two periods, to which its rates belong
    """
    widened_by = float(written["widened_by"])
    finding = written["finding"]
    return Verdict(
        state=State(written["state"]),
        finding=Finding(finding) if finding else None,
        problems=tuple(Problem(problem) for problem in written["problems"]),
        ratio=_read_ratio(written["ratio"], before, now, target, widened_by),
        baseline=_read_rate(written["baseline"], before, target, widened_by),
        current=_read_rate(written["current"], now, target, widened_by),
        probability=written["probability"],
        expected_deaths=written["expected_deaths"],
        reduction=target.reduction_percent,
        level=target.level,
        per=target.per,
        more_births=written["more_births"],
        months_to_enough=written["months_to_enough"],
        dispersion=widened_by,
    )


def write_number(number: float | None) -> float | int | str | None:
    """Return a number to ten digits, whole where it is whole, whichever way it is stored."""
    if number is None:
        return None
    short = float(f"{number:.{DIGITS}g}") if isinstance(number, float) else int(number)
    if not isfinite(short):
        return "NaN" if short != short else "Infinity"
    return int(short) if short == int(short) else short


def _write(record, names):
    return {name: write_number(getattr(record, name)) for name in names} if record else None


def _read(written, names):
    return {name: float(written[name]) for name in names}


def _read_ratio(written, before, now, target, widened_by):
    if written is None:
        return None
    return RateRatio(
        **_read(written, RATIO),
        confidence=confidence_of(target),
        deaths_now=now.deaths,
        births_now=now.births,
        deaths_base=before.deaths,
        births_base=before.births,
        dispersion=widened_by,
    )


def _read_rate(written, counts, target, widened_by):
    if written is None:
        return None
    return Rate(
        **_read(written, RATE),
        deaths=counts.deaths,
        births=counts.births,
        per=target.per,
        confidence=confidence_of(target),
        dispersion=widened_by,
    )
