"""What would tip a verdict: how many deaths may have gone unreported before it changes."""

from bisect import bisect_left
from dataclasses import dataclass

from metrics.stats.decisions import Reading
from metrics.stats.evidence import Evidence
from metrics.stats.promises import Promise
from metrics.stats.verdicts import read_state


@dataclass(frozen=True)
class TippingPoint:
    """The fewest unreported deaths, without births, that change a verdict's state.

    extra_deaths, then : their number and what would be said then; both None where no number
    that a verdict allows changes it, as where the target is not reached anyway
    missing_reports : reports expected for the evaluation period and not received
    deaths_in_missing : what those would hold at the deaths per report of the others
    Both are None where the completeness is not known, or no report was received.
    """

    now: Reading
    extra_deaths: int | None
    then: Reading | None
    missing_reports: int | None
    deaths_in_missing: float | None

    @property
    def is_within_missing(self) -> bool:
        """Whether the missing reports, were they like the others, would hold enough to tip it."""
        if self.extra_deaths is None or self.deaths_in_missing is None:
            return False
        return self.deaths_in_missing >= self.extra_deaths


def tipping_point(evidence: Evidence, promise: Promise) -> TippingPoint:
    """Return the fewest extra deaths in the evaluation period that change the state.

    Found by bisection on the verdict itself, since more deaths never improve it: with one
    fewer the state stays. Where strata decide, the deaths are put where each weighs most.
    docs/methods.md#tipping-point
    """
    now = read_state(evidence, promise)
    # With more deaths than births, the data have a problem: that is not another verdict.
    extra = range(1, max(0, evidence.births_now - evidence.deaths_now) + 1)

    def read_with(deaths: int) -> Reading:
        return read_state(evidence.with_more_deaths(deaths), promise)

    place = bisect_left(extra, True, key=lambda deaths: read_with(deaths)[0] != now[0])
    tips = extra[place] if place < len(extra) else None
    reports = evidence.completeness_now
    known = reports is not None and reports.received > 0
    return TippingPoint(
        now=now,
        extra_deaths=tips,
        then=read_with(tips) if tips else None,
        missing_reports=reports.missing if reports and known else None,
        deaths_in_missing=(
            evidence.deaths_now * reports.missing / reports.received if reports and known else None
        ),
    )
