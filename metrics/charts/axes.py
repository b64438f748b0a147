"""Where months and values lie on a picture, and the lines that say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from metrics.charts.canvas import GRID, MUTED, Canvas
from programs.periods import format_month, months_from

STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)


@dataclass(frozen=True)
class Frame:
    """A field of months from left to right and values from 0 at its bottom to `top`."""

    first: date
    last: date
    top: float
    left: float
    right: float
    upper: float
    lower: float

    def x(self, month: date) -> float:
        """The middle of a month."""
        steps = max(1, months_from(self.first, self.last) - 1)
        along = (months_from(self.first, month) - 1) / steps
        return self.left + along * (self.right - self.left)

    def y(self, value: float) -> float:
        """Values beyond the top end a little above it, where one sees that they go on."""
        up = min(value / self.top, 1.02)
        return self.lower - up * (self.lower - self.upper)

    @property
    def month_width(self) -> float:
        return (self.right - self.left) / max(1, months_from(self.first, self.last) - 1)


def step_for(highest: float, lines: int = 6) -> int:
    """The round distance at which about so many lines reach the highest value."""
    return next((step for step in STEPS if highest <= lines * step), STEPS[-1])


def top_for(highest: float) -> float:
    """The round value at which an axis ends that holds the highest."""
    step = step_for(highest)
    return step * -(-highest // step)


def draw_value_axis(canvas: Canvas, frame: Frame, words: str):
    """Lines from zero upwards: a rate's axis that began elsewhere would exaggerate."""
    for value in range(0, int(frame.top) + 1, step_for(frame.top)):
        y = frame.y(value)
        canvas.line((frame.left, y), (frame.right, y), GRID, "grid")
        canvas.text((frame.left - 8, y + 4), f"{value:,}", MUTED, "muted", anchor="end")
    canvas.text((0, 14), words, MUTED, "muted")


def draw_month_axis(canvas: Canvas, frame: Frame, at: float, *, most: int = 6):
    """At most so many Januaries; without two of them, the two ends."""
    for month in _marked_months(frame, most):
        x = frame.x(month)
        canvas.line((x, at), (x, at + 5), MUTED, "axis")
        is_end = month == frame.last and x > frame.right - 30
        canvas.text(
            (x, at + 19), format_month(month), MUTED, "muted", anchor="end" if is_end else "middle"
        )


def _marked_months(frame: Frame, most: int) -> Iterator[date]:
    years = [
        date(year, 1, 1)
        for year in range(frame.first.year, frame.last.year + 1)
        if frame.first <= date(year, 1, 1) <= frame.last
    ]
    if len(years) < 2:
        yield from sorted({frame.first, frame.last})
        return
    yield from years[:: -(-len(years) // most)]
