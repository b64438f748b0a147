"""A grid as it is shown: its states, cells and rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.gate import Fault
from metrics.models import MonthlyReport
from programs.models import Program, Site
from programs.periods import Period, format_month


class GridState(StrEnum):
    """What became of one site-month, in the order in which it comes about."""

    NOT_EXPECTED = "not_expected"
    CLOSED = "closed"
    DUE = "due"
    OVERDUE = "overdue"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REOPENED = "reopened"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    GridState.NOT_EXPECTED: "not expected",
    GridState.CLOSED: "site closed",
    GridState.DUE: "due",
    GridState.OVERDUE: "overdue",
    GridState.DRAFT: "draft, not sent",
    GridState.SUBMITTED: "submitted",
    GridState.RETURNED: "returned, to correct",
    GridState.REOPENED: "reopened, to correct",
    GridState.APPROVED: "approved",
}


@dataclass(frozen=True)
class GridCell:
    """One site-month.

    births, deaths : texts as they stand in the boxes, "" for none: what is stored or drafted, or
    what somebody has typed and could not yet save
    shown : the two as they are without what was typed; None where nothing was
    version : of the stored report, 0 where there is none
    has_draft : the reader has typed something over a stored report and not sent it
    is_wrong, is_noted : it cannot be saved so, and there is something to be said about it
    """

    month: date
    state: GridState
    births: str
    deaths: str
    version: int
    is_locked: bool
    is_editable: bool
    has_draft: bool = False
    shown: tuple[str, str] | None = None
    is_wrong: bool = False
    is_noted: bool = False

    @property
    def code(self) -> str:
        return format_month(self.month)

    @property
    def marks(self) -> str:
        """What it bears besides the mark of its state."""
        return " ".join(["lock"] * self.is_locked + ["unsent"] * self.has_draft)

    @property
    def words(self) -> str:
        """What became of it, as it is read aloud."""
        locked = ", locked" if self.is_locked else ""
        return f"{self.state.label}{locked}{', unsent changes' if self.has_draft else ''}"


@dataclass(frozen=True)
class GridNote:
    """What is to be said about one cell. `stored` is somebody else's report, saved in between."""

    cell: GridCell
    faults: Sequence[Fault] = ()
    stored: MonthlyReport | None = None

    @property
    def sentences(self) -> list[str]:
        """The faults; those that are not of the whole month say which count they are of."""
        return [
            own.message if own.field == "month" else f"{own.field.replace('_', ' ')} {own.message}"
            for own in self.faults
        ]


@dataclass(frozen=True)
class GridRow:
    """One site. `key` is its number, as it stands in the names of its boxes."""

    site: Site
    key: str
    is_comparison: bool
    cells: Sequence[GridCell]
    notes: Sequence[GridNote] = ()

    @property
    def versions(self) -> str:
        """The version of each cell, in the order of the months, nothing where there is none."""
        return ",".join(str(cell.version or "") for cell in self.cells)

    @property
    def is_editable(self) -> bool:
        return any(cell.is_editable for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """Some sites of a program over some months, as one member sees them on one day."""

    program: Program
    period: Period
    rows: Sequence[GridRow]

    @property
    def months(self) -> list[date]:
        return list(self.period)

    @property
    def is_editable(self) -> bool:
        return any(row.is_editable for row in self.rows)

    @property
    def key(self) -> list[tuple[GridState, int]]:
        """How many cells there are of each state."""
        numbers = Counter(cell.state for row in self.rows for cell in row.cells)
        return [(state, numbers[state]) for state in GridState]

    @property
    def is_single(self) -> bool:
        return len(self.period) == 1

    @property
    def columns(self) -> int:
        return 1 + len(self.period)

    @property
    def locked(self) -> int:
        return sum(cell.is_locked for row in self.rows for cell in row.cells)

    @property
    def unsent(self) -> int:
        return sum(cell.has_draft for row in self.rows for cell in row.cells)

    @property
    def notes(self) -> list[tuple[GridRow, GridNote]]:
        """What stands against saving, in the order of the page."""
        return [(row, note) for row in self.rows for note in row.notes]
