"""Kinds of outside checks on planning and on the pace of a fall."""

from metrics.stats.checks.inputs import Inputs, Result
from metrics.stats.power import (
    DEFAULT_ALPHA,
    DEFAULT_POWER,
    births_needed_by_formula,
    exact_power,
)
from metrics.stats.trends import annual_reduction, years_to_level


def power_exact(inputs: Inputs) -> Result:
    power = exact_power(
        inputs.number("births_now"),
        inputs.number("births_base"),
        inputs.number("baseline_rate_per_1000") / 1000,
        inputs.number("true_rr"),
        null_ratio=inputs.number("null_rr", 1.0),
        alpha=inputs.number("alpha_one_sided", DEFAULT_ALPHA),
    )
    return {"power": float(power)}


def births_needed_log_rr(inputs: Inputs) -> Result:
    births_now, births_base = births_needed_by_formula(
        inputs.number("baseline_rate_per_1000") / 1000,
        inputs.number("true_rr"),
        null_ratio=inputs.number("null_rr", 1.0),
        alpha=inputs.number("alpha_one_sided", DEFAULT_ALPHA),
        power=inputs.number("power", DEFAULT_POWER),
        base_to_now=inputs.number("ratio_base_to_now", 1.0),
    )
    return {"births_now": births_now, "births_base": births_base}


def annual_rate_of_reduction(inputs: Inputs) -> Result:
    pace = annual_reduction(
        inputs.number("rate_start"), inputs.number("rate_end"), inputs.number("years")
    )
    return {"aarr_pct_compound": pace.compound, "aarr_pct_log": pace.log}


def projection_to_target(inputs: Inputs) -> Result:
    years = years_to_level(
        inputs.number("rate_now"),
        inputs.number("target_rate"),
        inputs.number("annual_reduction_pct_compound"),
    )
    return {"years_needed": years}
