"""What stands around a verdict: what would tip it, what to beware of, and what it would be
under other choices. None of it changes the verdict."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

from metrics.stats import flags
from metrics.stats.comparisons import RateRatio, compare_rates
from metrics.stats.differences import DeathsAverted, deaths_averted
from metrics.stats.missing import TippingPoint, tipping_point
from metrics.stats.power import DEFAULT_POWER, exact_power
from metrics.stats.trends import Projection, project
from metrics.stats.verdicts import Verdict
from metrics.summaries.counts import NOTHING
from metrics.summaries.figures import ROLLING_MONTHS
from metrics.summaries.gathering import Gathered
from metrics.summaries.targets import (
    BASELINE,
    EVALUATION,
    PERIOD_NAMES,
    MeasureFigures,
    TargetSummary,
    summarise_target,
)
from programs.models import Measure, Target
from programs.periods import Period, months_from, shift_month

BASELINES_TRIED = (12, 24, 36)  # months before the evaluation's program began


@dataclass(frozen=True)
class OtherBaseline:
    """The verdict, had the baseline been the last so many months before it ended."""

    months: int
    verdict: Verdict


@dataclass(frozen=True)
class TargetDetails:
    """What stands around one target's verdict.

    by_sites_rule : the verdict under each sites rule, the contract's own among them
    other_baselines : as far as the program has the months
    averted, projection : None where there are no rates to compare
    comparison : rate ratio of the comparison sites; None without any
    chance_in_time : of showing a fall by the end of the evaluation, were the promise just kept;
    None once it is due, and where there is nothing to plan with
    """

    flags: tuple[flags.Flag, ...]
    tipping: TippingPoint
    averted: DeathsAverted | None
    projection: Projection | None
    by_sites_rule: dict[str, TargetSummary]
    other_baselines: Sequence[OtherBaseline]
    comparison: RateRatio | None
    chance_in_time: float | None

    @property
    def is_too_late(self) -> bool:
        """Whether the promise, just kept, would most likely not be told from chance in time."""
        return self.chance_in_time is not None and self.chance_in_time < DEFAULT_POWER


def explain_target(
    gathered: Gathered, summary: TargetSummary, measures: Sequence[MeasureFigures]
) -> TargetDetails:
    """Look at a verdict from all sides."""
    judgement = summary.judgement
    baselines = _try_baselines(gathered, summary.target)
    comparison = _compare_comparison_sites(gathered, summary)
    return TargetDetails(
        flags=_raise_flags(gathered, summary, measures, baselines, comparison),
        tipping=tipping_point(judgement.evidence, judgement.promise),
        averted=deaths_averted(
            *judgement.evidence.counts,
            confidence=judgement.evidence.confidence,
            dispersion=judgement.evidence.dispersion,
        ),
        projection=_project(summary),
        by_sites_rule=_judge_by_sites_rule(gathered, summary),
        other_baselines=baselines,
        comparison=comparison,
        chance_in_time=_find_chance_in_time(gathered, summary),
    )


def _judge_by_sites_rule(gathered, summary):
    verdicts = {}
    for rule in Target.SitesRule:
        if rule == summary.target.sites_rule:
            verdicts[str(rule)] = summary
        else:
            verdicts[str(rule)] = _judge_changed(gathered, summary.target, sites_rule=rule)
    return verdicts


def _judge_changed(gathered, target, **changes):
    """Judge the contract as it would stand with other terms. Nothing is stored."""
    other = copy(target)
    for name, value in changes.items():
        setattr(other, name, value)
    sites, by_month = gathered.months_of_target(other)
    return summarise_target(other, by_month, sites, gathered.own, gathered.through, gathered.stops)


def _try_baselines(gathered, target):
    tried = []
    for months in BASELINES_TRIED:
        first = shift_month(target.baseline_last, 1 - months)
        if gathered.own.span and first >= gathered.own.span.first:
            # All sites: which of them report in both periods would change with the baseline.
            other = _judge_changed(
                gathered, target, baseline_first=first, sites_rule=Target.SitesRule.ALL
            )
            tried.append(OtherBaseline(months, other.verdict))
    return tried


def _compare_comparison_sites(gathered, summary):
    counts = {
        name: sum(
            (
                own.by_period.get(name, NOTHING)
                for site, own in gathered.by_site.items()
                if site not in gathered.own.by_site
            ),
            NOTHING,
        )
        for name in PERIOD_NAMES
    }
    return _compare(counts, summary)


def _project(summary):
    ratio, promised = summary.verdict.ratio, summary.promised_ratio
    if ratio is None or not promised:
        return None
    before, now = summary.baseline.period, summary.evaluation.period
    covered = Period(before.first, now.last)
    # From middle to middle: half of what both lengths differ by, besides the months between.
    half_months = 2 * (months_from(before.first, now.first) - 1) + len(now) - len(before)
    return project(
        ratio,
        float(promised),
        years_apart=float(Fraction(half_months, 24)),
        years_covered=float(Fraction(len(covered), 12)),
    )


def _find_chance_in_time(gathered, summary):
    before, ratio = summary.baseline.counts, summary.promised_ratio
    recent = sorted(gathered.by_month)[-ROLLING_MONTHS:]
    if not (summary.is_provisional and before.deaths and ratio and ratio < 1 and recent):
        return None
    measure = Measure(summary.target.measure)
    births = sum(gathered.by_month[month][measure].births for month in recent)
    by_then = Fraction(births, len(recent)) * len(summary.target.evaluation_period)
    if not by_then or before.deaths >= before.births:
        return None
    return float(
        exact_power(
            float(by_then),
            before.births,
            float(Fraction(before.deaths, before.births)),
            float(ratio),
            dispersion=summary.judgement.evidence.dispersion,
        )
    )


def _raise_flags(gathered, summary, measures, baselines, comparison):
    before, now = summary.baseline, summary.evaluation
    ratios = {own.measure: own.ratio for own in measures}
    months = [gathered.by_month[month] for month in sorted(gathered.by_month)]
    measure = Measure(summary.target.measure)
    return flags.raised(
        [
            flags.selected_because_high(
                sum(
                    own.chosen_because_high
                    for own in gathered.participations
                    if own.site_id in gathered.own.by_site
                )
            ),
            flags.completeness_changed(before.completeness, now.completeness),
            flags.births_changed(
                now.counts.births, now.counts.reports, before.counts.births, before.counts.reports
            ),
            flags.births_jumped([own[measure].births for own in months]),
            flags.sites_joined(count_sites_in_one_period(gathered)),
            flags.maternal_deaths_rose(_other_than(measure, Measure.MATERNAL, ratios)),
            flags.stillbirths_rose(_other_than(measure, Measure.STILLBIRTH, ratios)),
            flags.months_vary(summary.judgement.dispersion),
            flags.comparison_fell_too(summary.verdict.ratio, comparison),
            flags.groups_left_behind(_compare_groups(gathered, summary)),
            flags.baseline_matters(own.verdict.state for own in baselines),
        ]
    )


def _compare_groups(gathered, summary):
    """Each category's ratio beside that of the other categories of its dimension."""
    if summary.target.measure != Measure.INFANT:
        return []  # broken down are infant deaths only
    counts = gathered.categories
    pairs = []
    for (dimension, category), own in counts.items():
        others = [
            by_period
            for (of_dimension, of_category), by_period in counts.items()
            if of_dimension == dimension and of_category != category
        ]
        rest = {n: sum((other[n] for other in others), NOTHING) for n in PERIOD_NAMES}
        pairs.append((_compare(own, summary), _compare(rest, summary)))
    return pairs


def _compare(counts, summary):
    now, before = counts[EVALUATION], counts[BASELINE]
    evidence = summary.judgement.evidence
    return compare_rates(
        now.deaths,
        now.births,
        before.deaths,
        before.births,
        confidence=evidence.confidence,
        dispersion=evidence.dispersion,
    )


def _other_than(judged, measure, ratios):
    """The ratio of a companion measure; None where it is the one that is judged."""
    return None if judged is measure else ratios.get(measure)


def count_sites_in_one_period(gathered: Gathered) -> int:
    """How many program sites reported in one of the contract's periods and not in the other."""
    reported = (
        [own.by_period.get(name, NOTHING).reports > 0 for name in PERIOD_NAMES]
        for own in gathered.own_by_site.values()
    )
    return sum(any(sides) and not all(sides) for sides in reported)
