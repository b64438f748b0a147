"""Hold the rule to its promises on programs whose truth is known, and write down how it did."""

from collections import Counter
from math import sqrt
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from metrics.stats.calibration import (
    PROMISED_PERCENT,
    call_by_percentage,
    cover,
    judge_programs,
    pick_the_worst,
)
from metrics.stats.decisions import Finding, State

SEED = 20261122
BIRTHS = 500, 1000, 2000, 5000, 10_000
TRUE_FALLS = 0, 15, 30, 45  # percent
COVER_BIRTHS = 500, 2000, 10_000  # a year
MONTHS_BASE = 12, 24
PERCENTAGE_BIRTHS = 50, 100, 250, 500, 1000
DISPERSIONS = 1, 3
# What the rule must keep, in shares of programs.
MOST_FALSE_AT_TARGET = 0.025
MOST_FALSE_WITHOUT_CHANGE = 0.001
LEAST_COVERAGE = {1: 0.95, 3: 0.93}


class Command(BaseCommand):
    help = "Simulate programs whose truth is known, judge them, and write docs/calibration.md."

    def add_arguments(self, parser):
        parser.add_argument("--programs", type=int, default=40_000)
        parser.add_argument("--output", type=Path, default=None)

    def handle(self, *, programs, output, **options):
        path = output or Path(settings.BASE_DIR) / "docs" / "calibration.md"
        path.write_text(write_report(programs), encoding="utf-8")
        self.stdout.write(f"Wrote {path}.")


def write_report(programs: int) -> str:
    """Return the whole report as Markdown."""
    verdicts = {
        (births, fall): judge_programs(births, 1 - fall / 100, programs, SEED)
        for births in BIRTHS
        for fall in TRUE_FALLS
    }
    coverage = {
        (births, months, dispersion): cover(births, months, dispersion, programs, SEED)
        for dispersion in DISPERSIONS
        for months in MONTHS_BASE
        for births in COVER_BIRTHS
    }
    return "\n".join(
        [
            *_introduce(programs),
            *_verdict_table(verdicts, programs),
            *_coverage_table(coverage, programs),
            *_promises(verdicts, coverage, programs),
            *_percentage_table(programs),
        ]
    )


def _introduce(programs):
    return [
        "# Calibration",
        "",
        "Does the rule keep its word? Programs whose truth is known are invented and judged by "
        "the functions that the pages use, `judge_many` (which a test holds to "
        "`judge_reduction`), `estimate_dispersion` and `ratio_limits`. "
        f"{programs:,} programs a line; 70 deaths per 1,000 births in the baseline; "
        f"{PROMISED_PERCENT} % lower is promised; seed {SEED}. "
        "Written by `make calibrate`, from `metrics/stats/calibration.py`. "
        "After ± stands the standard error of the simulation.",
        "",
    ]


def _verdict_table(verdicts, programs):
    lines = [
        "## What is said, by what is true",
        "",
        "Percent of programs. Months vary as chance makes them.",
        "",
        "| births in each period | true fall | reached, strong | reached on the figures "
        "| improved, short or ruled out | no clear change | worse | too little data |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (births, fall), counted in verdicts.items():
        cells = " | ".join(_percent(share, programs) for share in _shares(counted, programs))
        lines.append(f"| {births:,} | {fall} % | {cells} |")
    return [*lines, ""]


def _shares(counted: Counter, programs: int) -> list[float]:
    def share(*findings, state=State.NOT_REACHED):
        return sum(counted[state, own] for own in findings) / programs

    return [
        share(None, state=State.REACHED_STRONG),
        share(Finding.FALL_SHOWN, Finding.FALL_NOT_CERTAIN, state=State.REACHED_POINT),
        share(Finding.IMPROVED_BUT_SHORT, Finding.TARGET_RULED_OUT),
        share(Finding.NO_CLEAR_CHANGE),
        share(Finding.WORSE),
        share(None, state=State.TOO_LITTLE),
    ]


def _coverage_table(coverage, programs):
    lines = [
        "## How often the 95 % interval holds the truth",
        "",
        f"The true fall is just the promised {PROMISED_PERCENT} %. Calendar months differ by "
        "a tenth up and down. With dispersion 3, each month's deaths vary three times as much "
        "as chance makes them: Poisson around a gamma rate. *Plain* is the interval of the "
        "counts as they are; *widened* is the one that the pages show, with the dispersion "
        "estimated from those same months (phi, never below 1), and with Student's t for it "
        "being an estimate; *by phi alone* leaves that out. A false “reached, strong” is an "
        "upper limit at or below the true ratio.",
        "",
        "| births a year | months before + after | dispersion | mean phi "
        "| plain holds | by phi alone | widened holds "
        "| plain: false strong | widened: false strong |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (births, months, dispersion), own in coverage.items():
        shares = (
            *(own.plain, own.by_phi, own.widened),
            *(own.false_strong_plain, own.false_strong_widened),
        )
        cells = " | ".join(_percent(share, programs) for share in shares)
        lines.append(
            f"| {births:,} | {months} + 12 | {dispersion} | {own.mean_phi:.2f} | {cells} |"
        )
    return [*lines, ""]


def _promises(verdicts, coverage, programs):
    at_target = max(_strong(verdicts[births, 30]) for births in BIRTHS) / programs
    unchanged = max(_strong(verdicts[b, 0]) for b in BIRTHS if b >= 1000) / programs
    lines = [
        "## What was promised, and whether it held",
        "",
        "| promise | worst line | held |",
        "|---|--:|---|",
        _promise(
            "false “reached, strong” at most 2.5 % where the truth is just the target",
            at_target, at_target <= MOST_FALSE_AT_TARGET, programs,
        ),
        _promise(
            "at most 0.1 % where nothing changed, with 1,000 births or more",
            unchanged, unchanged <= MOST_FALSE_WITHOUT_CHANGE, programs,
        ),
    ]  # fmt: skip
    for dispersion, least in LEAST_COVERAGE.items():
        worst = min(own.widened for (_, _, d), own in coverage.items() if d == dispersion)
        text = f"intervals hold the truth at least {100 * least:.0f} % of the time with dispersion"
        lines.append(_promise(f"{text} {dispersion}", worst, worst >= least, programs))
    return [*lines, ""]


def _percentage_table(programs):
    lines = [
        "## What a bare percentage would say",
        "",
        f"Nothing changed anywhere. How often a site is {PROMISED_PERCENT} % lower all the same; "
        "and, where each program picks the worst 5 of 20 identical sites, how much lower they "
        "are on average, and how often by as much as promised.",
        "",
        "| births at each site | one site as promised | worst 5: mean fall | as promised |",
        "|--:|--:|--:|--:|",
    ]
    for births in PERCENTAGE_BIRTHS:
        by_chance = call_by_percentage(births, programs, SEED)
        fall, picked = pick_the_worst(births, programs, SEED)
        cells = f"{_percent(by_chance, programs)} | {100 * fall:.1f} | {_percent(picked, programs)}"
        lines.append(f"| {births:,} | {cells} |")
    return [*lines, ""]


def _strong(counted):
    return counted[State.REACHED_STRONG, None]


def _promise(text, share, held, programs):
    return f"| {text} | {_percent(share, programs)} | {'yes' if held else '**no**'} |"


def _percent(share, programs):
    error = sqrt(share * (1 - share) / programs)
    return f"{100 * share:.2f} ± {100 * error:.2f}"
