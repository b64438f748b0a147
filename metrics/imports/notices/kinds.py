"""What can be noticed of a file as a whole, and what a notice says."""

from dataclasses import dataclass, field
from enum import StrEnum


class NoticeKind(StrEnum):
    RUNNING = "running"
    PARTED = "parted"
    GAPS = "gaps"
    AREAS = "areas"
    PARTS = "parts"
    NO_BIRTHS = "no_births"
    NO_DEATHS = "no_deaths"
    AGES = "ages"
    DAYS = "days"
    DAYS_SAID = "days_said"
    PARTIAL = "partial"
    JUMP = "jump"
    WITHHELD = "withheld"
    MARKED = "marked"
    POINTS = "points"
    COUNTED = "counted"
    ERASED = "erased"
    SENT_BACK = "sent_back"
    SKIPPED = "skipped"
    LATE = "late"
    OTHER_YEAR = "other_year"
    SHEETS = "sheets"


_SERIOUS = {
    NoticeKind.RUNNING,
    NoticeKind.JUMP,
    NoticeKind.PARTIAL,
    NoticeKind.ERASED,
    NoticeKind.AREAS,
    NoticeKind.PARTS,
    NoticeKind.DAYS,
}


@dataclass(frozen=True)
class FileNotice:
    """What was noticed, and what can be done about it.

    offers : a word for each way out -> the mapping's lines that take it
    is_urgent : whether it keeps rows out, which some of a kind do and some do not
    """

    kind: NoticeKind
    text: str
    offers: dict[str, dict[str, str]] = field(default_factory=dict)
    is_urgent: bool = False

    @property
    def is_serious(self) -> bool:
        """Whether figures would be wrong if it were not looked at."""
        return self.is_urgent or self.kind in _SERIOUS
