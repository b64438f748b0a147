"""Kinds of outside checks on two periods."""

from math import nan

from metrics.stats.checks.inputs import Inputs, Result, found
from metrics.stats.comparisons import (
    COUNT_NAMES,
    RateRatio,
    compare_rates,
    probability_of_reduction,
    reduction_credible_interval,
)
from metrics.stats.completeness import Completeness
from metrics.stats.differences import deaths_averted as averted_of
from metrics.stats.differences import rate_difference as difference_of
from metrics.stats.exact_tests import tail_chances
from metrics.stats.mid_p import mid_p_ratio
from metrics.stats.strata import Strata, mantel_haenszel_ratio
from metrics.stats.strata import heterogeneity as heterogeneity_of
from metrics.stats.verdicts import MIN_DEATHS, judge_reduction

NO_BIRTHS = "births_now, births_base: without births there is no rate. Give more than 0 in both."
LEAST_COMPLETENESS = 0.8
MANTEL_HAENSZEL = (
    "rr", "log_rr", "se_log", "lower", "upper", "crude_rr",
    "heterogeneity_Q", "heterogeneity_df", "heterogeneity_p",
)  # fmt: skip


def rate_ratio_exact(inputs: Inputs) -> Result:
    counts, confidence = _counts_with_births(inputs), inputs.confidence()
    ratio = compare_rates(*counts, confidence=confidence) or _nothing_known(counts, confidence)
    return {
        "rr": ratio.ratio,
        "lower": ratio.low,
        "upper": ratio.high,
        "p_two_sided": ratio.p_value,
        "pct_change": ratio.percent_change,
        "pct_lower": ratio.percent_low,
        "pct_upper": ratio.percent_high,
    }


def rate_ratio_midp(inputs: Inputs) -> Result:
    counts, confidence = _counts_with_births(inputs), inputs.confidence()
    ratio = mid_p_ratio(*counts, confidence=confidence) or _nothing_known(counts, confidence)
    return {
        "rr": ratio.ratio,
        "lower": ratio.low,
        "upper": ratio.high,
        "p_midp_two_sided": ratio.p_value,
    }


def rate_difference(inputs: Inputs) -> Result:
    difference = difference_of(*_counts(inputs), per=inputs.per(), confidence=inputs.confidence())
    difference = found(difference, NO_BIRTHS)
    return {
        "diff": difference.value,
        "wald_lower": difference.wald_low,
        "wald_upper": difference.wald_high,
        "mover_exact_lower": difference.low,
        "mover_exact_upper": difference.high,
    }


def deaths_averted(inputs: Inputs) -> Result:
    deaths = found(averted_of(*_counts(inputs), confidence=inputs.confidence()), NO_BIRTHS)
    return {
        "expected": deaths.expected,
        "averted": deaths.averted,
        "lower": deaths.low,
        "upper": deaths.high,
    }


def bayes_reduction(inputs: Inputs) -> Result:
    return _credible_reduction(inputs, dispersion=1.0)


def bayes_reduction_overdispersed(inputs: Inputs) -> Result:
    phi = inputs.number("phi")
    if phi <= 0:
        raise ValueError(f"phi: {phi:g} is not a dispersion. Give more than 0; 1 is chance alone.")
    return _credible_reduction(inputs, dispersion=max(1.0, phi))


def target_test_exact(inputs: Inputs) -> Result:
    chances = tail_chances(
        *_counts_with_births(inputs), float(1 - inputs.share("target_reduction"))
    )
    return {"p_one_sided_reached": chances.as_few, "p_one_sided_missed": chances.as_many}


def mantel_haenszel_rate_ratio(inputs: Inputs) -> Result:
    strata = Strata(*(tuple(inputs.counts(name)) for name in COUNT_NAMES))
    died_now, born_now, died_base, born_base = strata.totals
    if not (born_now and born_base):
        raise ValueError(NO_BIRTHS)
    crude = compare_rates(died_now, born_now, died_base, born_base)
    common = mantel_haenszel_ratio(strata, confidence=inputs.confidence())
    crude_ratio = crude.ratio if crude else nan
    if common is None:  # as metafor answers, without deaths in one of the periods
        return dict.fromkeys(MANTEL_HAENSZEL, None) | {"crude_rr": crude_ratio}
    apart = common.heterogeneity
    numbers: tuple[float, ...] = (common.ratio, common.log_ratio, common.log_error, common.low)
    numbers += (common.high, crude_ratio, apart.chi_square, apart.df, apart.p_value)
    return dict(zip(MANTEL_HAENSZEL, numbers, strict=True))


def heterogeneity_test(inputs: Inputs) -> Result:
    apart = heterogeneity_of(inputs.counts("deaths"), inputs.counts("births"))
    return {
        "chisq": apart.chi_square,
        "df": apart.df,
        "p": apart.p_value,
        "dispersion": apart.dispersion,
    }


def verdict(inputs: Inputs) -> Result:
    """Return the verdict on a reduction; its share, like completeness, is read as written."""
    received = _completeness(inputs)
    judged = judge_reduction(
        *_counts(inputs),
        reduction_percent=100 * inputs.share("target_reduction"),
        confidence=inputs.confidence(),
        completeness_base=received,
        completeness_now=received,
        min_completeness=100 * inputs.share("min_completeness", LEAST_COMPLETENESS),
        min_deaths=inputs.count("min_deaths", MIN_DEATHS),
        matched_months=inputs.count("matched_months") if "matched_months" in inputs else None,
        dispersion=inputs.number("phi", 1.0),
    )
    ratio = judged.ratio
    return {
        "state": judged.state,
        "sub": judged.finding,
        "rr": ratio.ratio if ratio else None,
        "lower": ratio.low if ratio else None,
        "upper": ratio.high if ratio else None,
        "prob_ge_target": judged.probability,
        "expected_now_at_baseline_rate": judged.expected_deaths,
    }


def _credible_reduction(inputs: Inputs, dispersion: float) -> Result:
    deaths_now, births_now, deaths_base, births_base = _counts_with_births(inputs)
    counts = deaths_now / dispersion, births_now, deaths_base / dispersion, births_base
    prior = inputs.prior()
    low, median, high = reduction_credible_interval(*counts, **prior)
    target = float(inputs.share("target_reduction"))
    return {
        "prob_reduction_ge_target": probability_of_reduction(*counts, target, **prior),
        "prob_any_reduction": probability_of_reduction(*counts, 0, **prior),
        "rr_median": median,
        "rr_lower95": low,
        "rr_upper95": high,
    }


def _counts(inputs: Inputs) -> tuple[int, int, int, int]:
    now, born_now, base, born_base = (inputs.count(name) for name in COUNT_NAMES)
    return now, born_now, base, born_base


def _counts_with_births(inputs: Inputs) -> tuple[int, int, int, int]:
    counts = _counts(inputs)
    if not (counts[1] and counts[3]):
        raise ValueError(NO_BIRTHS)
    return counts


def _completeness(inputs: Inputs) -> Completeness | None:
    if "completeness" not in inputs:
        return None
    share = inputs.share("completeness")
    return Completeness(share.numerator, share.denominator)


def _nothing_known(counts: tuple[int, int, int, int], confidence: float) -> RateRatio:
    """No deaths in either period: any ratio could be the true one."""
    return RateRatio(nan, 0.0, float("inf"), 1.0, confidence, *counts)
