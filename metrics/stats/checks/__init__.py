"""The entry for outside checks: a kind and its inputs in, what the pages would show out.

Each kind only renames: it reads the inputs, calls the very function that the pages call, and
names the numbers as the golden cases do. docs/methods.md#outside-checks
"""

from collections.abc import Callable

from metrics.stats.checks import changes, plans, rates
from metrics.stats.checks.inputs import Inputs, Result

__all__ = ["KINDS", "answer"]

KINDS: dict[str, Callable[[Inputs], Result]] = {
    kind.__name__: kind
    for kind in (
        rates.rate_ci_exact,
        rates.rate_ci_byar,
        rates.rate_ci_phe,
        rates.nchs_rse_ci,
        rates.rule_of_three,
        rates.maternal_mortality_ratio,
        rates.bayes_rate_interval,
        rates.period_denominator,
        rates.mean_of_monthly_proportions,
        changes.rate_ratio_exact,
        changes.rate_ratio_midp,
        changes.rate_difference,
        changes.deaths_averted,
        changes.bayes_reduction,
        changes.bayes_reduction_overdispersed,
        changes.target_test_exact,
        changes.mantel_haenszel_rate_ratio,
        changes.heterogeneity_test,
        changes.verdict,
        plans.power_exact,
        plans.births_needed_log_rr,
        plans.annual_rate_of_reduction,
        plans.projection_to_target,
    )
}


def answer(kind: object, inputs: object) -> Result:
    """Return the numbers of one case. ValueError, with a sentence, where there are none."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind: {kind!r} is unknown. Known are {', '.join(sorted(KINDS))}.")
    return KINDS[kind](Inputs(inputs))
