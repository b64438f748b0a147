"""A frozen document as the pages read it: in the shape of a target's summary."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.evaluations.contracts import read_contract
from metrics.evaluations.documents import count_rows
from metrics.evaluations.verdicts import read_verdict
from metrics.stats.verdicts import Verdict
from metrics.summaries.figures import PeriodFigures
from programs.models import Program, Target
from programs.periods import parse_month


@dataclass(frozen=True)
class FrozenSummary:
    """What was said, as it was said: nothing here is computed anew but sums of rows."""

    target: Target
    verdict: Verdict
    baseline: PeriodFigures
    evaluation: PeriodFigures
    is_provisional: bool
    sites: int
    sites_left_out: int
    as_of: date
    through: date
    locked_on: date | None
    approval_required: bool
    crude_ratio: float | None
    band = None  # read against thresholds of today, which a contract does not hold


@dataclass(frozen=True)
class Omission:
    """The months of one site that are left out for one reason."""

    site: str
    reason: str
    months: Sequence[str]


def read_document(document: dict[str, Any], program: Program | None = None) -> FrozenSummary:
    """Return a document's contract, verdict and counts as values, without the database."""
    target = read_contract(document["contract"], program)
    before, now = count_rows(document)
    verdict = read_verdict(document["verdict"], target, before.total, now.total)
    through, locked_on = parse_month(document["through"]), document["contract"]["locked_on"]
    return FrozenSummary(
        target=target,
        verdict=verdict,
        baseline=_figures(before, target.baseline_period, verdict.baseline),
        evaluation=_figures(now, target.evaluation_period, verdict.current),
        is_provisional=through < target.due_month,
        sites=document["sites"],
        sites_left_out=document["sites_left_out"],
        as_of=date.fromisoformat(document["as_of"]),
        through=through,
        locked_on=date.fromisoformat(locked_on) if locked_on else None,
        approval_required=document["approval_required"],
        crude_ratio=document["verdict"]["crude_ratio"],
    )


def group_exclusions(
    exclusions: Sequence[dict[str, str]], codes: Collection[str] | None = None
) -> list[Omission]:
    """Gather what was left out by site and reason, of these sites or of all."""
    months: dict[tuple[str, str], list[str]] = {}
    for line in exclusions:
        if codes is None or line["site"] in codes:
            months.setdefault((line["site"], line["reason"]), []).append(line["month"])
    return [Omission(site, reason, own) for (site, reason), own in months.items()]


def _figures(counts, promised, rate):
    return PeriodFigures(counts.period or promised, counts.total, rate, counts.completeness)
