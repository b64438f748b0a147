"""What an intervention put out, month by month, below the rate of the sites where it acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from metrics.charts.axes import Frame, draw_month_axis, draw_value_axis, step_for
from metrics.charts.canvas import GRID, INK, LINE, MUTED, Canvas
from metrics.charts.trend import (
    REPORTS,
    WIDE,
    Shape,
    Trend,
    draw_levels,
    draw_rates,
    draw_reports,
    top_of_rates,
)
from metrics.summaries import OutputKind
from programs.models import Intervention
from programs.periods import format_month

HEAD, BARS, GAP = 24, 40, 12  # of a kind's name, of its bars, and below them
AXIS = 26  # what the months take under the rates and under the last bars
NOTE = 11  # the size of small letters
MOST_BAR, LEAST_BAR = 14.0, 1.5


@dataclass(frozen=True)
class Outputs:
    """What the picture shows: the rate over time, and each kind of output on the same months.

    trend : of the sites where it acts; None where there is nothing to show of them
    months : from the first with an output, or that should have one, to the last
    """

    intervention: Intervention
    trend: Trend | None
    kinds: Sequence[OutputKind]
    months: Sequence[date]


def draw_outputs(own: Outputs, shape: Shape = WIDE) -> SafeString | None:
    """Draw rates and outputs. None where there is neither a rate nor an output."""
    points = [f for f in own.trend.series.rolling if f.rate] if own.trend else []
    if not points and not own.kinds:
        return None
    frame = _frame(own, points, shape)
    bars_at = (shape.lower + 12 + REPORTS + AXIS) if points else 24
    height = bars_at + (len(own.kinds) * (HEAD + BARS + GAP) + AXIS if own.kinds else 4)
    canvas = Canvas.blank(
        shape.width,
        height,
        name=f"outputs-{shape.name}",
        title=f"{own.intervention.name}: what it put out, and the rate of its sites",
        description="Above, deaths per births of each 12 months with exact intervals; below, "
        "on the same months, a bar for each month's output. The tables hold the figures.",
    )
    _draw_beginning(canvas, frame, own.intervention, height - AXIS if own.kinds else shape.lower)
    if own.trend and points:
        draw_value_axis(canvas, frame, f"per {own.trend.series.per:,} births")
        draw_levels(canvas, frame, own.trend, points[-1])
        draw_rates(canvas, frame, own.trend, points)
        draw_reports(canvas, frame, own.trend.series, at=shape.lower + 8)
        draw_month_axis(canvas, frame, shape.lower + 10 + REPORTS, most=shape.most_years)
    for number, kind in enumerate(own.kinds):
        _draw_kind(canvas, frame, kind, own.months, bars_at + number * (HEAD + BARS + GAP))
    if own.kinds:
        draw_month_axis(canvas, frame, height - AXIS, most=shape.most_years)
    return canvas.render()


def _frame(own: Outputs, points, shape) -> Frame:
    """All months of either; the rates' own top, which is 1 where none are drawn."""
    ends = [f.period.last for f in own.trend.series.rolling] if own.trend and points else []
    months = [*ends, *(own.months if own.kinds else ())]
    return Frame(
        first=min(months),
        last=max(months),
        top=top_of_rates(own.trend, points) if points else 1,
        left=shape.left,
        right=shape.width - shape.right,
        upper=shape.upper,
        lower=shape.lower,
    )


def _draw_beginning(canvas, frame, intervention, lower):
    """A line from top to bottom where it began, named above; nothing outside the picture."""
    month = intervention.first_month
    if not frame.first < month <= frame.last:
        return
    x = frame.x(month) - frame.month_width / 2
    canvas.line((x, 20), (x, lower), INK, "begins", dash="5 3", width=1.25)
    words = f"begins {format_month(month)}"
    is_late = x > (frame.left + frame.right) / 2
    place = (x - 5, 26) if is_late else (x + 5, 26)
    canvas.text(place, words, INK, "ink", anchor="end" if is_late else "start", size=NOTE)


def _draw_kind(canvas, frame, kind: OutputKind, months, at):
    """One bar for each month; a low line where there was none, a dotted box where nobody wrote."""
    canvas.text((0, at + 12), kind.label, MUTED, "muted", size=NOTE, bold=True)
    most = max(value for value in kind.by_month.values() if value is not None)
    top, floor = at + HEAD, at + HEAD + BARS
    scale = BARS / _top(most)
    for value, y in ((0, floor), (_top(most), top)):
        canvas.line((frame.left, y), (frame.right, y), GRID, "grid")
        canvas.text((frame.left - 8, y + 4), _short(value), MUTED, "muted", anchor="end", size=NOTE)
    width = max(LEAST_BAR, min(frame.month_width * 0.72, MOST_BAR))
    for month in months:
        _draw_bar(canvas, frame, kind, month, (width, floor, scale))
    recorded = [month for month in sorted(kind.by_month) if kind.by_month[month] is not None]
    words = f"latest {kind.by_month[recorded[-1]]:,}"
    beside = frame.right + 9 + width / 2
    canvas.text((beside, floor - BARS / 2 + 4), words, LINE, "line-name")


def _draw_bar(canvas, frame, kind, month, measures):
    width, floor, scale = measures
    x, value = frame.x(month) - width / 2, kind.by_month.get(month)
    named = f"{format_month(month)}: "
    if value is None:
        canvas.box(
            (x, floor - 8), width, 8, MUTED, "unrecorded", title=f"{named}not recorded",
            is_hollow=True,
        )  # fmt: skip
        return
    tall = max(1.5, value * scale) if value else 1.5
    colour, css = (LINE, "output") if value else (MUTED, "output-none")
    title = f"{named}{value:,} {kind.label.lower()}"
    canvas.box((x, floor - tall), width, tall, colour, css, title=title)


def _short(value: int) -> str:
    """A round number that fits beside the axis of a phone's picture: 20k for 20,000."""
    return f"{value // 1000:,}k" if value >= 10_000 else f"{value:,}"


def _top(most: int) -> int:
    """A round number at which the bars' axis ends; 1 where every month had none."""
    step = step_for(most, 4)
    return max(1, step * -(-most // step))
