"""One small question for each pitfall, asked of the facts. Nothing here reads a database."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.timezone import localtime

from metrics.stats.evidence import MIN_DEATHS
from metrics.stats.flags import Flag, selected_because_high
from metrics.stats.gates import MIN_MATCHED_MONTHS, Problem, shortages
from metrics.summaries.pitfalls.facts import Facts
from programs.models import Site
from programs.periods import month_of

# Our own settings, in percent. docs/methods.md#pitfalls
HOSPITALS_CARRY = 90  # of births: above, what is seen is what hospitals see
ONE_SITE_CARRIES = 50  # of births: above, the program's figure is that of one site
UNKNOWN_AT_MOST = 10  # of deaths or births that are broken down
NO_AGE_AT_MOST = 10  # of infant deaths
COUNTED_AT_LEAST = 80  # of the reports received
ON_TIME_AT_LEAST = 80  # of the reports expected


class State(StrEnum):
    """What came of looking for a pitfall."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


class Pitfall(StrEnum):
    """What a figure may hide, asked as a question; the template of this name answers it.

    limit : the percentage that decides, where one does
    """

    question: str
    limit: int | None

    def __new__(cls, value: str, question: str, limit: int | None = None):
        """Keep the question and the limit beside the name."""
        member = str.__new__(cls, value)
        member._value_, member.question, member.limit = value, question, limit
        return member

    ONLY_HOSPITALS = "only_hospitals", "Only hospital data?", HOSPITALS_CARRY
    ONE_SITE = "one_site", "One site carries most births?", ONE_SITE_CARRIES
    NOT_BROKEN_DOWN = "not_broken_down", "Not broken down by any group?", UNKNOWN_AT_MOST
    NO_AGES = "no_ages", "First month and later months not told apart?", NO_AGE_AT_MOST
    NO_STILLBIRTHS = "no_stillbirths", "Stillbirths missing?", COUNTED_AT_LEAST
    NO_MATERNAL = "no_maternal", "Mothers' outcomes missing?", COUNTED_AT_LEAST
    COMPANIONS_ROSE = "companions_rose", "Other deaths rose meanwhile?"
    COMPLETENESS_SHIFTED = "completeness_shifted", "Completeness shifted?"
    BIRTHS_JUMPED = "births_jumped", "Recorded births jumped?"
    SITES_JOINED = "sites_joined", "Sites joined midway?"
    LATE_REPORTS = "late_reports", "Reports come late?", ON_TIME_AT_LEAST
    SHORT_BASELINE = "short_baseline", "Baseline short, or inside the program?"
    PROMISED_LATE = "promised_late", "Promise fixed too late, or not at all?"
    CHOSEN_HIGH = "chosen_high", "Sites chosen because their rates were high?"
    BASELINE_MATTERS = "baseline_matters", "Another baseline, another verdict?"
    NO_COMPARISON = "no_comparison", "No comparison sites?"
    COMPARISON_FELL = "comparison_fell", "Did it fall elsewhere as well?"
    FEW_DEATHS = "few_deaths", "Too few deaths to tell from chance?"
    NOTHING_RECORDED = "nothing_recorded", "What was done is not recorded?"

    @property
    def template(self) -> str:
        return f"metrics/knowledge/pitfalls/_{self.value}.html"


@dataclass(frozen=True)
class Finding:
    """What came of one check."""

    pitfall: Pitfall
    state: State


def check_all(facts: Facts) -> list[Finding]:
    """Look for every pitfall, in the order of `Pitfall`."""
    return [Finding(pitfall, CHECKS[pitfall](facts)) for pitfall in Pitfall]


def _found(is_found: bool) -> State:
    return State.FOUND if is_found else State.NOT_FOUND


def _flagged(facts: Facts, *flags: Flag) -> State:
    return _found(any(flag in facts.flags for flag in flags))


# --- Whose births and deaths ---------------------------------------------------------------


def only_hospitals(facts: Facts) -> State:
    if not facts.kinds:
        return State.UNKNOWN
    do_hospitals_carry = any(
        own.births and own.births.is_above(HOSPITALS_CARRY)
        for own in facts.kinds
        if own.kind == Site.Kind.HOSPITAL
    )
    return _found(do_hospitals_carry or not facts.is_beyond_facilities)


def one_site(facts: Facts) -> State:
    if facts.largest is None:
        return State.UNKNOWN
    return _found(facts.largest.is_above(ONE_SITE_CARRIES))


def not_broken_down(facts: Facts) -> State:
    """Found as well where a breakdown leaves too much unknown."""
    if not facts.reports.received:
        return State.UNKNOWN
    is_vague = any(
        share.is_above(UNKNOWN_AT_MOST)
        for own in facts.breakdowns
        for share in (own.births, own.deaths)
    )
    return _found(is_vague or not facts.breakdowns)


# --- What is counted -----------------------------------------------------------------------


def no_ages(facts: Facts) -> State:
    if not facts.no_age.whole:
        return State.UNKNOWN
    return _found(facts.no_age.is_above(NO_AGE_AT_MOST))


def no_stillbirths(facts: Facts) -> State:
    if not facts.reports.received:
        return State.UNKNOWN
    return _found(facts.stillbirths.is_below(COUNTED_AT_LEAST))


def no_maternal(facts: Facts) -> State:
    if not facts.reports.received:
        return State.UNKNOWN
    return _found(facts.maternal.is_below(COUNTED_AT_LEAST))


def companions_rose(facts: Facts) -> State:
    if not facts.companions:
        return State.UNKNOWN
    return _flagged(facts, Flag.STILLBIRTHS_ROSE, Flag.MATERNAL_DEATHS_ROSE)


# --- Whether two periods can be compared ---------------------------------------------------


def completeness_shifted(facts: Facts) -> State:
    target = facts.target
    if not target or not target.baseline.completeness.expected:
        return State.UNKNOWN
    if not target.evaluation.completeness.expected:
        return State.UNKNOWN
    return _flagged(facts, Flag.COMPLETENESS_CHANGED)


def births_jumped(facts: Facts) -> State:
    target = facts.target
    if not (target and target.baseline.counts.births and target.evaluation.counts.births):
        return State.UNKNOWN
    return _flagged(facts, Flag.BIRTHS_JUMPED, Flag.BIRTHS_CHANGED)


def sites_joined(facts: Facts) -> State:
    target = facts.target
    if not (target and target.baseline.counts.reports and target.evaluation.counts.reports):
        return State.UNKNOWN
    return _flagged(facts, Flag.SITES_JOINED)


def late_reports(facts: Facts) -> State:
    """Of what came only in files, the day of arrival says nothing."""
    files = facts.from_files
    if not facts.on_time.expected or (files.whole and files.part == files.whole):
        return State.UNKNOWN
    return _found(not facts.on_time.meets(ON_TIME_AT_LEAST))


# --- How the promise was made --------------------------------------------------------------


def short_baseline(facts: Facts) -> State:
    if facts.target is None or facts.start_month is None:
        return State.UNKNOWN
    period = facts.target.target.baseline_period
    return _found(len(period) < MIN_MATCHED_MONTHS or period.last >= facts.start_month)


def promised_late(facts: Facts) -> State:
    """Fixed in the month in which the program began is late: its first figures were at hand."""
    if facts.target is None or facts.start_month is None:
        return State.UNKNOWN
    locked_at = facts.target.target.locked_at
    return _found(locked_at is None or month_of(localtime(locked_at)) >= facts.start_month)


def chosen_high(facts: Facts) -> State:
    if not facts.program_sites:
        return State.UNKNOWN
    return _found(selected_because_high(facts.chosen_high) is not None)


def baseline_matters(facts: Facts) -> State:
    if facts.details is None or len(facts.details.other_baselines) < 2:
        return State.UNKNOWN
    return _flagged(facts, Flag.BASELINE_MATTERS)


# --- What else could have brought it about -------------------------------------------------


def no_comparison(facts: Facts) -> State:
    return _found(not facts.comparison_sites)


def comparison_fell(facts: Facts) -> State:
    """Asked of a fall only: where the rate did not fall, nothing is to be explained."""
    if facts.target is None or facts.details is None or facts.details.comparison is None:
        return State.UNKNOWN
    ratio = facts.target.verdict.ratio
    if ratio is None or ratio.ratio >= 1:
        return State.UNKNOWN
    return _flagged(facts, Flag.COMPARISON_FELL_TOO)


def few_deaths(facts: Facts) -> State:
    """By the contract's own gate; without a contract, by the deaths of the last 12 months."""
    if facts.target:
        if not facts.target.baseline.counts.births:
            return State.UNKNOWN
        few = {Problem.FEW_BASELINE_DEATHS, Problem.FEW_EXPECTED_DEATHS}
        return _found(bool(few.intersection(shortages(facts.target.judgement.evidence))))
    if not facts.recent_counts.reports:
        return State.UNKNOWN
    return _found(facts.recent_counts.deaths < MIN_DEATHS)


def nothing_recorded(facts: Facts) -> State:
    if not facts.has_begun:
        return State.UNKNOWN
    return _found(not facts.interventions or facts.without_outputs > 0)


CHECKS: dict[Pitfall, Callable[[Facts], State]] = {
    Pitfall.ONLY_HOSPITALS: only_hospitals,
    Pitfall.ONE_SITE: one_site,
    Pitfall.NOT_BROKEN_DOWN: not_broken_down,
    Pitfall.NO_AGES: no_ages,
    Pitfall.NO_STILLBIRTHS: no_stillbirths,
    Pitfall.NO_MATERNAL: no_maternal,
    Pitfall.COMPANIONS_ROSE: companions_rose,
    Pitfall.COMPLETENESS_SHIFTED: completeness_shifted,
    Pitfall.BIRTHS_JUMPED: births_jumped,
    Pitfall.SITES_JOINED: sites_joined,
    Pitfall.LATE_REPORTS: late_reports,
    Pitfall.SHORT_BASELINE: short_baseline,
    Pitfall.PROMISED_LATE: promised_late,
    Pitfall.CHOSEN_HIGH: chosen_high,
    Pitfall.BASELINE_MATTERS: baseline_matters,
    Pitfall.NO_COMPARISON: no_comparison,
    Pitfall.COMPARISON_FELL: comparison_fell,
    Pitfall.FEW_DEATHS: few_deaths,
    Pitfall.NOTHING_RECORDED: nothing_recorded,
}
