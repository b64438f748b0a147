"""What comes from a grid, cell by cell, and what became of it."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from metrics.approvals import MOVES, Move
from metrics.gate import Fault, read_count
from metrics.models import Draft, MonthlyReport
from metrics.models.reports import standing

TYPED_FIELDS = ("live_births", "infant_deaths")
THEIRS = "theirs"  # the choice to leave a cell as somebody else saved it in between

Place = tuple[int, date]
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class TypedCell:
    """One site-month as it came from a grid: the texts of its two boxes.

    seen_version : of the report that the grid showed, 0 where there was none
    choice : what to do about somebody else's counts: THEIRS, or the version to replace
    """

    site: int
    month: date
    births: str
    deaths: str
    seen_version: int
    choice: str = ""

    @property
    def place(self) -> Place:
        return self.site, self.month

    @property
    def texts(self) -> tuple[str, str]:
        return self.births.strip(), self.deaths.strip()

    @cached_property
    def pair(self) -> Pair | None:
        """Live births and infant deaths; None where one of them is no number."""
        try:
            return read_count(self.births), read_count(self.deaths)
        except ValueError:
            return None


@dataclass
class GridSave:
    """What became of a grid that was sent, by site and month.

    saved : the reports stored; none of them while anything stands against one
    touched : where something was typed that is not stored
    conflicts : what somebody else stored since the grid was shown
    needs_reason : something is unusual, and nobody has said why
    """

    saved: list[MonthlyReport] = field(default_factory=list)
    touched: set[Place] = field(default_factory=set)
    refusals: dict[Place, list[Fault]] = field(default_factory=dict)
    warnings: dict[Place, list[Fault]] = field(default_factory=dict)
    conflicts: dict[Place, MonthlyReport] = field(default_factory=dict)
    needs_reason: bool = False

    @property
    def may_be_stored(self) -> bool:
        return not (self.refusals or self.conflicts or self.needs_reason)


def may_be_changed(status: str, reopened_until: date | None, today: date) -> bool:
    """Whether a stored report may still be changed. A reopening that is over has ended."""
    return standing(status, reopened_until, today) in MOVES[Move.SUBMIT].starts


def drafted_texts(draft: Draft) -> tuple[str, str]:
    """What a draft says of the two counts that a grid shows."""
    births, deaths = (str(draft.typed.get(name, "")).strip() for name in TYPED_FIELDS)
    return births, deaths


def says_more(draft: Draft, report: MonthlyReport) -> bool:
    """Whether a draft holds anything besides the two counts that its report does not say."""
    known = {*TYPED_FIELDS, "seen_version"}
    return any(
        str(text).strip() not in ("", str(getattr(report, name, "")))
        for name, text in draft.typed.items()
        if name not in known
    )
