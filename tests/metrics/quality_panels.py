"""Panels of counts for the tests of data quality, with as little said as they need."""

import numpy as np

from metrics.models import COUNT_FIELDS
from metrics.stats.quality import Panel

SHARES = {  # of the births, or of the count named
    "early_neonatal_deaths": (0.014, "live_births"),
    "late_neonatal_deaths": (0.004, "live_births"),
    "postneonatal_deaths": (0.012, "live_births"),
    "stillbirths": (0.015, "live_births"),
    "maternal_deaths": (0.001, "live_births"),
    "antenatal_first_visits": (1.3, "live_births"),
    "antenatal_fourth_visits": (0.6, "antenatal_first_visits"),
    "skilled_attendant_births": (0.8, "live_births"),
    "postnatal_visits_two_days": (0.6, "live_births"),
}
PARTS = ("antenatal_fourth_visits", "skilled_attendant_births", "postnatal_visits_two_days")


def make_panel(*sites, **counts):
    """A panel of sites, each a dict of field -> months; or of one, given by name. What is not
    named was not counted; None is nothing."""
    sites = sites or (counts,)
    months = len(next(iter(sites[0].values())))
    empty = [None] * months
    return Panel(
        {
            name: np.array([own.get(name, empty) for own in sites], dtype=float)
            for name in COUNT_FIELDS
        }
    )


def draw_panel(rng, *, sites, months, season=0.0):
    """Counts as chance alone makes them: Poisson, and binomial for parts of a whole. Sites have
    from 3 to some hundred births a month."""
    mean = 3 + rng.gamma(1.2, 60, sites)[:, None]
    waves = 1 + season * np.sin(2 * np.pi * np.arange(months) / 12)
    counts = {"live_births": rng.poisson(mean * waves)}
    for name, (share, of) in SHARES.items():
        whole = counts[of]
        counts[name] = rng.binomial(whole, share) if name in PARTS else rng.poisson(whole * share)
    counts["infant_deaths"] = sum(
        counts[f"{age}_deaths"] for age in ("early_neonatal", "late_neonatal", "postneonatal")
    )
    counts["age_unknown_deaths"] = np.zeros_like(counts["live_births"])
    return Panel({name: counts[name].astype(float) for name in COUNT_FIELDS})


def kinds_of(search, panel):
    return [str(own.kind) for own in search(panel)[0]]
