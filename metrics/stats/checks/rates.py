"""Kinds of outside checks on one rate."""

from metrics.stats.checks.inputs import Inputs, Result, found
from metrics.stats.conventions import byar_limits, nchs_rate, no_deaths, phe_rate
from metrics.stats.denominators import monthly_proportions, period_rates
from metrics.stats.rates import DEFAULT_PER, mortality_rate, rate_credible_interval

MATERNAL_PER = 100_000
NO_BIRTHS = "births: without births there is no rate. Give more than 0."


def rate_ci_exact(inputs: Inputs) -> Result:
    return _exact_rate(inputs, "deaths", "births", DEFAULT_PER)


def maternal_mortality_ratio(inputs: Inputs) -> Result:
    return _exact_rate(inputs, "maternal_deaths", "live_births", MATERNAL_PER)


def rate_ci_byar(inputs: Inputs) -> Result:
    deaths, births, per = inputs.count("deaths"), inputs.count("births"), inputs.per()
    rate = found(mortality_rate(deaths, births, per=per), NO_BIRTHS)
    low, high = (float(limit) * per / births for limit in byar_limits(deaths, inputs.confidence()))
    # As in R's PHEindicatormethods: below 0, the formula has no lower limit.
    return {"rate": rate.value, "lower": low if low >= 0 else None, "upper": high}


def rate_ci_phe(inputs: Inputs) -> Result:
    deaths, births = inputs.count("deaths"), inputs.count("births")
    rate = found(phe_rate(deaths, births, per=inputs.per()), NO_BIRTHS)
    return {
        "rate": rate.value,
        "lower95": rate.low_95,
        "upper95": rate.high_95,
        "lower998": rate.low_998,
        "upper998": rate.high_998,
        "method": rate.method,
    }


def nchs_rse_ci(inputs: Inputs) -> Result:
    deaths, births = inputs.count("deaths"), inputs.count("births")
    rate = found(nchs_rate(deaths, births, per=inputs.per()), NO_BIRTHS)
    return {
        "rate": rate.value,
        "rse_pct": rate.error_percent,
        "lower": rate.low,
        "upper": rate.high,
        "reliable": rate.is_reliable,
    }


def rule_of_three(inputs: Inputs) -> Result:
    if inputs.count("deaths", 0):
        raise ValueError("deaths: the rule of three is for no deaths. Ask for rate_ci_exact.")
    limits = found(no_deaths(inputs.count("births"), per=inputs.per()), NO_BIRTHS)
    return {
        "upper95_one_sided_exact": limits.one_sided,
        "upper95_two_sided_exact": limits.two_sided,
        "rule_of_three": limits.rule_of_three,
    }


def bayes_rate_interval(inputs: Inputs) -> Result:
    rate = rate_credible_interval(
        inputs.count("deaths"),
        inputs.count("births"),
        per=inputs.per(),
        confidence=inputs.confidence(),
        **inputs.prior(),
    )
    return {"mean": rate.mean, "lower": rate.low, "median": rate.median, "upper": rate.high}


def period_denominator(inputs: Inputs) -> Result:
    before = "births_previous_11_months"
    rates = period_rates(
        inputs.counts("deaths_neonatal"),
        inputs.counts("deaths_postneonatal"),
        inputs.counts("births"),
        inputs.counts(before) if before in inputs else None,
        per=inputs.per(),
    )
    rates = found(rates, NO_BIRTHS)
    return {
        "simple_imr": rates.infant,
        "neonatal": rates.neonatal,
        "postneonatal": rates.postneonatal,
        "matched_imr": rates.matched,
    }


def mean_of_monthly_proportions(inputs: Inputs) -> Result:
    deaths, births = inputs.counts("deaths"), inputs.counts("births")
    is_before = inputs.flags("before")
    if not len(deaths) == len(births) == len(is_before):
        raise ValueError("deaths, births, before: give each list the same months.")
    result: Result = {}
    for name, side in (("before", True), ("after", False)):
        chosen = [place for place, own in enumerate(is_before) if own is side]
        months = found(
            monthly_proportions([deaths[n] for n in chosen], [births[n] for n in chosen]),
            f"{name}: no month with births lies {name} the split. Give one at least.",
        )
        result[f"months_{name}"] = months.months
        result[f"mean_{name}"] = months.mean
        result[f"pooled_{name}_per_1000"] = months.pooled
    return result | {"difference": result["mean_after"] - result["mean_before"]}  # type: ignore[operator]


def _exact_rate(inputs: Inputs, deaths: str, births: str, per: int) -> Result:
    rate = mortality_rate(
        inputs.count(deaths),
        inputs.count(births),
        per=inputs.per(per),
        confidence=inputs.confidence(),
    )
    rate = found(rate, NO_BIRTHS)
    return {"rate": rate.value, "lower": rate.low, "upper": rate.high}
