"""How many of the reports that were expected have been received."""

from dataclasses import dataclass

from metrics.stats.rates import Exact, check_count, exact_fraction


@dataclass(frozen=True)
class Completeness:
    """Monthly reports received, of those expected from the sites that took part and were open.

    received, expected : whole counts >= 0, received at most expected (else ValueError)
    """

    received: int
    expected: int

    def __post_init__(self) -> None:
        check_count("received", self.received)
        check_count("expected", self.expected)
        if self.received > self.expected:
            raise ValueError(
                f"received: {self.received} is more than the {self.expected} expected. "
                "Count only reports that were expected, each once."
            )

    @property
    def missing(self) -> int:
        """Reports expected and not received."""
        return self.expected - self.received

    @property
    def share(self) -> float | None:
        """Received ÷ expected, from 0 to 1; None when none were expected."""
        return self.received / self.expected if self.expected else None

    def meets(self, percent: Exact) -> bool:
        """Say whether at least `percent` of those expected were received, in whole numbers.

        Where no reports were expected, no percentage is met.
        """
        needed = exact_fraction("percent", percent) * self.expected
        return self.expected > 0 and 100 * self.received >= needed
