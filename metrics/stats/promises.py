"""What was promised: a rate so many percent lower than before, or one at or below a level."""

from dataclasses import dataclass
from fractions import Fraction

from metrics.stats.evidence import Evidence
from metrics.stats.rates import Exact, exact_fraction


@dataclass(frozen=True)
class Reduction:
    """The promise that the rate is `percent` % lower than in the baseline.

    0 < percent <= 100 (else ValueError), whole, Decimal or Fraction
    """

    percent: Exact

    def __post_init__(self) -> None:
        if not 0 <= self.bound < 1:
            raise ValueError(
                f"reduction_percent: {self.percent} is not a fall. Give more than 0, at most 100."
            )

    @property
    def bound(self) -> Fraction:
        """The rate ratio that would just keep the promise."""
        return 1 - exact_fraction("reduction_percent", self.percent) / 100

    def is_met(self, evidence: Evidence) -> bool:
        """Say whether the figures keep it, in whole numbers."""
        now, base = evidence.weighted_deaths
        return now <= self.bound * base

    def limits_at(self, evidence: Evidence, births: int) -> tuple[float, float]:
        return evidence.ratio_limits_at(births)

    def probability(self, evidence: Evidence) -> float | None:
        return evidence.probability_of_reduction(1 - self.bound)


@dataclass(frozen=True)
class Level:
    """The promise that the rate is at or below `level` per the births of the evidence.

    level above 0 (else ValueError), whole, Decimal or Fraction
    """

    level: Exact

    def __post_init__(self) -> None:
        if self.bound <= 0:
            raise ValueError(f"level: {self.level} is not a rate to aim at. Give more than 0.")

    @property
    def bound(self) -> Fraction:
        """The rate that would just keep the promise."""
        return exact_fraction("level", self.level)

    def is_met(self, evidence: Evidence) -> bool:
        """Say whether the figures keep it, in whole numbers."""
        return evidence.per * evidence.deaths_now <= self.bound * evidence.births_now

    def limits_at(self, evidence: Evidence, births: int) -> tuple[float, float]:
        return evidence.rate_limits_at(births)

    def probability(self, evidence: Evidence) -> float | None:
        return evidence.probability_of_level(self.bound)


Promise = Reduction | Level
