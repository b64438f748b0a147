"""How far a promise has come: the change as an interval, on a scale from the baseline to the
target and beyond."""

from dataclasses import dataclass
from math import isfinite

from django.utils.safestring import SafeString

from metrics.charts.canvas import BASELINE, GRID, INK, LINE, MUTED, TARGET, Canvas
from metrics.charts.trend import WIDE, Shape
from metrics.stats.comparisons import RateRatio
from metrics.summaries import TargetSummary
from metrics.templatetags.figures import change, change_beside

HEIGHT, BAR_AT, SCALE_AT = 128, 62, 92
BEYOND = 1.6  # how far the scale goes past the target, in targets
MOST_WORSE = 60.0  # percent higher; what lies beyond ends in an arrow
STEPS = (5, 10, 20, 25, 50)
NAME_ROOM = 84  # that the words over a mark need on either side of it


@dataclass(frozen=True)
class Scale:
    """Percent change along a line: worse at the left, lower rates to the right."""

    worst: float
    best: float
    left: float
    right: float

    def x(self, percent: float) -> float:
        kept = min(max(percent, self.best), self.worst)
        return self.left + (self.worst - kept) / (self.worst - self.best) * (self.right - self.left)


def draw_progress(target: TargetSummary, shape: Shape = WIDE) -> SafeString | None:
    """Draw the change with its interval. None where no change or no promise can be stated."""
    ratio, promised_ratio = target.verdict.ratio, target.promised_ratio
    if ratio is None or promised_ratio is None or not isfinite(ratio.percent_change):
        return None
    promised = -float(100 - 100 * promised_ratio)
    scale = _make_scale(ratio, promised, shape)
    reading = (
        f"{change_beside(ratio.percent_change, target.target.reduction_percent)} "
        f"({change(ratio.percent_low)} to {change(ratio.percent_high)})"
    )
    canvas = Canvas.blank(
        shape.width,
        HEIGHT,
        name=f"progress-{shape.name}",
        title=f"Progress of {target.target.program}: {reading}",
        description=f"Promised: {target.target.promise}. The bar is the interval of the change.",
    )
    _draw_ground(canvas, scale, promised)
    _draw_scale(canvas, scale, most=10 if shape is WIDE else 5)
    _draw_mark(canvas, scale, 0, "baseline", target.baseline.rate, BASELINE, "baseline")
    _draw_mark(canvas, scale, promised, "target", target.promised_rate, TARGET, "target")
    _draw_interval(canvas, scale, ratio, reading)
    return canvas.render()


def _make_scale(ratio: RateRatio, promised: float, shape: Shape) -> Scale:
    worst = min(max(10.0, ratio.percent_high * 1.1, -promised * 0.25), MOST_WORSE)
    best = max(-100.0, min(promised * BEYOND, ratio.percent_low * 1.08, -10.0))
    return Scale(worst, best, 8, shape.width - 8)


def _draw_ground(canvas, scale, promised):
    """The stretch on which the promise is kept."""
    start, stop = scale.x(promised), scale.x(scale.best)
    canvas.line((scale.left, BAR_AT), (scale.right, BAR_AT), GRID, "grid", width=10)
    canvas.box((start, BAR_AT - 5), max(0.0, stop - start), 10, TARGET, "kept")


def _draw_scale(canvas, scale, *, most):
    step = next((s for s in STEPS if (scale.worst - scale.best) / s <= most), STEPS[-1])
    for percent in range(-100, int(MOST_WORSE) + 1, step):
        if not scale.best <= percent <= scale.worst:
            continue
        x = scale.x(percent)
        canvas.line((x, SCALE_AT - 14), (x, SCALE_AT - 8), MUTED, "axis")
        sign = "−" if percent < 0 else "+" if percent else ""
        anchor = "start" if x < 24 else "end" if x > scale.right - 16 else "middle"
        canvas.text(
            (x, SCALE_AT + 6), f"{sign}{abs(percent)} %", MUTED, "muted", anchor=anchor, size=11
        )
    canvas.text((scale.left, SCALE_AT + 28), "← higher rate", MUTED, "muted", size=11)
    canvas.text((scale.right, SCALE_AT + 28), "lower rate →", MUTED, "muted", size=11, anchor="end")


def _draw_mark(canvas, scale, percent, name, rate, colour, css):
    """Where the baseline and the target lie, named above the line with their rates."""
    value = getattr(rate, "value", rate)
    words = name if value is None else f"{name} {value:,.1f}"
    x = scale.x(percent)
    canvas.line((x, BAR_AT - 28), (x, BAR_AT + 10), colour, css, width=2)
    beside = "end" if x > scale.right - NAME_ROOM else "start"
    canvas.text(
        (x - 6 if beside == "end" else x + 6, BAR_AT - 20), words, colour, f"{css}-name",
        anchor=beside, bold=True,
    )  # fmt: skip


def _draw_interval(canvas, scale, ratio, reading):
    worse, better = scale.x(ratio.percent_high), scale.x(ratio.percent_low)
    interval = canvas.group(title=reading)
    interval.line((worse, BAR_AT), (better, BAR_AT), LINE, "line", width=4)
    for percent, x in ((ratio.percent_high, worse), (ratio.percent_low, better)):
        is_beyond = percent > scale.worst
        if is_beyond:  # the interval goes on past the picture
            interval.path([(x + 7, BAR_AT - 6), (x, BAR_AT), (x + 7, BAR_AT + 6)], LINE, "line")
        else:
            interval.line((x, BAR_AT - 7), (x, BAR_AT + 7), LINE, "line", width=2)
    interval.circle((scale.x(ratio.percent_change), BAR_AT), 7, LINE, "point")
    canvas.text((scale.left, 14), reading, INK, "ink", bold=True)
