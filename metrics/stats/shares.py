"""How large a part of a whole is, compared in whole numbers."""

from dataclasses import dataclass

from metrics.stats.rates import Exact, check_count, exact_fraction


@dataclass(frozen=True)
class Share:
    """A part of a whole, such as the deaths whose age is not known among all deaths.

    part, whole : whole counts >= 0, part at most whole (else ValueError)
    """

    part: int
    whole: int

    def __post_init__(self) -> None:
        check_count("part", self.part)
        check_count("whole", self.whole)
        if self.part > self.whole:
            raise ValueError(
                f"part: {self.part} is more than the whole of {self.whole}. "
                "Count nothing that is not in the whole."
            )

    @property
    def share(self) -> float | None:
        """Part ÷ whole, from 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    def is_above(self, percent: Exact) -> bool:
        """Say whether the part is more than `percent` of the whole. Of nothing, it never is."""
        return 100 * self.part > exact_fraction("percent", percent) * self.whole

    def is_below(self, percent: Exact) -> bool:
        """Say whether the part is less than `percent` of the whole. Of nothing, it never is."""
        return 100 * self.part < exact_fraction("percent", percent) * self.whole
