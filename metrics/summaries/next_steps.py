"""What is to be done next in a program: what has not come in, what waits, where to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.places import PlaceLine
from programs.models import Site

MOST_VISITS = 5


@dataclass(frozen=True)
class SiteDuty:
    """What one site still owes: reports overdue, and reports of months not overdue yet."""

    site: Site
    overdue: int
    due: int


@dataclass(frozen=True)
class NextSteps:
    """What to do next, as far as the reader's sites are concerned.

    overdue_through : the last month that is overdue where it has not come in
    to_visit : sites with more deaths than the program's baseline rate explains by chance
    """

    overdue_through: date
    duties: Sequence[SiteDuty]
    waiting: int
    to_visit: Sequence[PlaceLine]

    @property
    def overdue(self) -> Sequence[SiteDuty]:
        """The sites with overdue reports, those with the most first."""
        late = [duty for duty in self.duties if duty.overdue]
        return sorted(late, key=lambda duty: (-duty.overdue, duty.site.name))

    @property
    def overdue_reports(self) -> int:
        return sum(duty.overdue for duty in self.duties)

    @property
    def due_reports(self) -> int:
        return sum(duty.due for duty in self.duties)

    @property
    def is_done(self) -> bool:
        return not (self.overdue_reports or self.due_reports or self.waiting or self.to_visit)


def find_visits(lines: Sequence[PlaceLine]) -> list[PlaceLine]:
    """The sites where more children died than the baseline rate explains, surest first."""
    above = [line for line in lines if line.excess and line.excess.low > 0]
    return sorted(above, key=lambda line: -line.excess.low)[:MOST_VISITS]  # type: ignore[union-attr]
