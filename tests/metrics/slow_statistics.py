"""The formulas of rates and changes, written out slowly from scipy's own distributions."""

from math import exp, inf, sqrt

from scipy.stats import beta, chi2, norm, t

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
ROUNDS = 300  # of fitting, long after nothing moves any more


def rate_with_limits(deaths, births, per, divisor=1.0):
    """The rate and its exact Poisson interval: Garwood (1936), as R's poisson.test gives it.

    divisor : by which deaths and births are divided where months vary more than chance
    """
    died, born = deaths / divisor, births / divisor
    low = chi2.ppf(TAIL, 2 * died) / 2 if died else 0.0
    high = chi2.ppf(1 - TAIL, 2 * died + 2) / 2
    return deaths / births * per, low / born * per, high / born * per


def change_with_limits(now, before, divisor=1.0):
    """The percent change of a rate and its exact conditional interval (Clopper and Pearson).

    now, before : pairs of deaths and births
    """
    (died, born), (died_before, born_before) = now, before
    ratio = (died / born) / (died_before / born_before) if died_before else inf
    later, earlier = died / divisor, died_before / divisor
    low = beta.ppf(TAIL, later, earlier + 1) if later else 0.0
    high = beta.ppf(1 - TAIL, later + 1, earlier) if earlier else 1.0
    odds = (low / (1 - low), high / (1 - high) if high < 1 else inf)
    return tuple(100 * (own - 1) for own in (ratio, *(own * born_before / born for own in odds)))


def common_change_with_limits(now, before, divisor=1.0):
    """The percent change common to all calendar months: Mantel and Haenszel, as R's rma.mh.

    now, before : for each calendar month, deaths and births
    """
    later = earlier = spread = 0.0
    for (died, born), (died_before, born_before) in zip(now, before, strict=True):
        if whole := born + born_before:
            later += died * born_before / whole
            earlier += died_before * born / whole
            spread += (died + died_before) * born * born_before / whole**2
    ratio, error = later / earlier, sqrt(divisor * spread / (later * earlier))
    reach = exp(norm.ppf(1 - TAIL) * error)
    return tuple(100 * (own - 1) for own in (ratio, ratio / reach, ratio * reach))


def widening(now, before):
    """By how much intervals widen, where months vary more than chance after period and season.

    now, before : month -> (deaths, births), of months with births
    """
    months = [("now", *own) for own in now.items()] + [("before", *own) for own in before.items()]
    if min(len(now), len(before)) < 12:
        return 1.0
    fitted = _fit(months)
    told = [own for own in months if fitted[own[:2]] > 0]
    apart = sum((died - fitted[p, m]) ** 2 / fitted[p, m] for p, m, (died, _) in told)
    effects = len({p for p, _, _ in told}) + len({m.month for _, m, _ in told}) - 1
    freedom = len(told) - effects
    if freedom <= 0 or apart <= freedom:
        return 1.0
    return apart / freedom * (t.ppf(1 - TAIL, freedom) / norm.ppf(1 - TAIL)) ** 2


def _fit(months):
    """Deaths expected of each month: births × an effect of its period × one of its season."""
    by_period = {period: 1.0 for period, _, _ in months}
    by_season = {month.month: 1.0 for _, month, _ in months}
    for _ in range(ROUNDS):
        for period in by_period:
            rows = [own for own in months if own[0] == period]
            expected = sum(born * by_season[m.month] for _, m, (_, born) in rows)
            by_period[period] = sum(died for _, _, (died, _) in rows) / expected if expected else 0
        for season in by_season:
            rows = [own for own in months if own[1].month == season]
            expected = sum(born * by_period[p] for p, _, (_, born) in rows)
            by_season[season] = sum(died for _, _, (died, _) in rows) / expected if expected else 0
    return {(p, m): born * by_period[p] * by_season[m.month] for p, m, (_, born) in months}
