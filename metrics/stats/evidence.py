"""What a target is judged on: the counts of two periods, and how they are judged."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypedDict

from metrics.stats.comparisons import (
    COUNT_NAMES,
    RateRatio,
    compare_rates,
    probability_of_reduction,
    ratio_limits,
)
from metrics.stats.completeness import Completeness
from metrics.stats.rates import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PER,
    Exact,
    Rate,
    check_count,
    check_dispersion,
    mortality_rate,
    probability_of_level,
    rate_limits,
)
from metrics.stats.strata import Strata, StratifiedRatio, mantel_haenszel_ratio

# Deaths in the baseline, and deaths expected since: US NCHS calls rates on fewer unreliable.
MIN_DEATHS = 20
# Most of the reports: our own setting.
MIN_COMPLETENESS = 80


class Settings(TypedDict, total=False):
    """How a target is judged besides its counts; what is left out is as in `Evidence`."""

    confidence: float
    completeness_base: Completeness | None
    completeness_now: Completeness | None
    min_completeness: Exact
    matched_months: int | None
    min_deaths: int
    unresolved_checks: int
    per: int
    dispersion: float
    strata: Strata | None


@dataclass(frozen=True)
class Evidence:
    """The counts of the evaluation period (now) and the baseline, and how they are judged.

    deaths, births : whole counts >= 0 (else ValueError)
    completeness_base, completeness_now : None where it is not known and cannot close a gate
    min_completeness : percent of the expected reports that each period needs
    matched_months : evaluation months that have their calendar month in the baseline, or None
    min_deaths : needed in the baseline, and expected since; 1 or more (else ValueError)
    unresolved_checks : entries that no check can pass until somebody corrects them
    dispersion : by how much intervals and probabilities allow for months that vary more than
    chance, as `dispersion.Dispersion.widening` gives it; 1 or more (else ValueError)
    strata : the same counts by calendar month (else ValueError), where the two periods mix
    them differently; the ratio common to all of them, and its interval, then decide
    """

    deaths_now: int
    births_now: int
    deaths_base: int
    births_base: int
    confidence: float = DEFAULT_CONFIDENCE
    completeness_base: Completeness | None = None
    completeness_now: Completeness | None = None
    min_completeness: Exact = MIN_COMPLETENESS
    matched_months: int | None = None
    min_deaths: int = MIN_DEATHS
    unresolved_checks: int = 0
    per: int = DEFAULT_PER
    dispersion: float = 1.0
    strata: Strata | None = None

    def __post_init__(self) -> None:
        for name in (*COUNT_NAMES, "min_deaths", "unresolved_checks"):
            check_count(name, getattr(self, name))
        check_count("matched_months", self.matched_months or 0)
        if self.min_deaths == 0:
            raise ValueError("min_deaths: without deaths no ratio can be judged. Give 1 or more.")
        check_dispersion(self.dispersion)
        if self.strata and self.strata.totals != self.counts:
            raise ValueError(
                f"strata: they add up to {self.strata.totals}, not to the counts {self.counts}. "
                "Give every month of both periods, each once."
            )

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.deaths_now, self.births_now, self.deaths_base, self.births_base

    @property
    def ratio(self) -> RateRatio | None:
        """The ratio that decides: common to all strata where there are some, or the crude one."""
        crude = compare_rates(*self.counts, confidence=self.confidence, dispersion=self.dispersion)
        common = self.stratified
        if crude is None or common is None:
            return crude
        own = {name: getattr(common, name) for name in ("ratio", "low", "high", "p_value")}
        return replace(crude, **own)

    @property
    def stratified(self) -> StratifiedRatio | None:
        """The ratio common to all strata; None without strata, and where they define none."""
        return self._stratified_at(self.births_now) if self.strata and self.births_now else None

    @property
    def weighted_deaths(self) -> tuple[Fraction, Fraction]:
        """Two exact numbers whose quotient is the ratio that decides."""
        if self.strata and self.stratified:
            return self.strata.weighted_deaths
        return Fraction(self.deaths_now * self.births_base), Fraction(
            self.deaths_base * self.births_now
        )

    @property
    def baseline(self) -> Rate | None:
        return self._rate(self.deaths_base, self.births_base)

    @property
    def current(self) -> Rate | None:
        return self._rate(self.deaths_now, self.births_now)

    @property
    def expected_deaths(self) -> float | None:
        """Deaths now, had the baseline rate continued; None without baseline births."""
        if not self.births_base:
            return None
        return self.births_now * self.deaths_base / self.births_base

    def ratio_limits_at(self, births: int) -> tuple[float, float]:
        """Return the limits of the rate ratio, were there so many births at the present rate."""
        if common := self._stratified_at(births):
            return common.low, common.high
        deaths = self._deaths_at(births) / self.dispersion, self.deaths_base / self.dispersion
        low, high = ratio_limits(deaths[0], births, deaths[1], self.births_base, self.confidence)
        return float(low), float(high)

    def rate_limits_at(self, births: int) -> tuple[float, float]:
        """Return the limits of the rate now, were there so many births at the present rate."""
        deaths = self._deaths_at(births)
        _, low, high = rate_limits(
            deaths, births, per=self.per, confidence=self.confidence, dispersion=self.dispersion
        )
        return float(low), float(high)

    def with_more_deaths(self, extra: int) -> "Evidence":
        """Return the same with so many more deaths now; in strata, where each weighs most."""
        strata = self.strata and self.strata.with_more_deaths(extra)
        return replace(self, deaths_now=self.deaths_now + extra, strata=strata)

    def probability_of_reduction(self, reduction: Fraction) -> float | None:
        if not (self.births_now and self.births_base):
            return None
        if common := self.stratified:
            return common.probability_of_at_most(float(1 - reduction))
        counts = self.deaths_now / self.dispersion, self.births_now
        base = self.deaths_base / self.dispersion, self.births_base
        return probability_of_reduction(*counts, *base, float(reduction))

    def probability_of_level(self, level: Fraction) -> float | None:
        if not self.births_now:
            return None
        counts = self.deaths_now / self.dispersion, self.births_now / self.dispersion
        return probability_of_level(*counts, float(level), per=self.per)

    def _rate(self, deaths: int, births: int) -> Rate | None:
        return mortality_rate(
            deaths,
            births,
            per=self.per,
            confidence=self.confidence,
            dispersion=self.dispersion,
        )

    def _stratified_at(self, births: int) -> StratifiedRatio | None:
        if self.strata is None:
            return None
        return mantel_haenszel_ratio(
            self.strata,
            confidence=self.confidence,
            dispersion=self.dispersion,
            growth=births / self.births_now,
        )

    def _deaths_at(self, births: int) -> float:
        return self.deaths_now * births / self.births_now
