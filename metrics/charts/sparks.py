"""A site's rate in the space of a word: small pictures on one scale, to be compared."""

from collections.abc import Iterable
from datetime import date

from django.utils.safestring import SafeString

from metrics.charts.axes import Frame
from metrics.charts.canvas import BASELINE, LINE, LOST, MUTED, Canvas
from metrics.charts.trend import draw_run, runs_of
from metrics.summaries import SiteTrace
from programs.periods import format_month, months_from

WIDTH, HEIGHT, LOWER, TICKS_AT = 150, 46, 34, 38
ABOVE_BASELINE = 2.5  # how many times the baseline a picture reaches up


def spark_top(traces: Iterable[SiteTrace], baseline: float | None) -> float:
    """The top of a scale that all of these pictures share."""
    rates = [own.rate for trace in traces for own in trace.windows if own.rate]
    highest = max((rate.value for rate in rates), default=0)
    if baseline:
        highest = min(max(highest, baseline), ABOVE_BASELINE * baseline)
    return highest or 1.0


def draw_spark(
    trace: SiteTrace, *, name: str, top: float, baseline: float | None = None
) -> SafeString | None:
    """Draw the windows with their intervals, and below them the months that are missing.

    None where there is no window with a rate.
    """
    if not any(own.rate for own in trace.windows):
        return None
    first, last = trace.windows[0].period.first, trace.windows[-1].period.last
    frame = Frame(first, last, top, 2, WIDTH - 6, 3, LOWER)
    latest, rate = next((own, own.rate) for own in reversed(trace.windows) if own.rate)
    canvas = Canvas.mark(WIDTH, HEIGHT, title=_say(name, latest.period, rate))
    if baseline is not None:
        y = frame.y(baseline)
        canvas.line((frame.left, y), (frame.right, y), BASELINE, "baseline", dash="4 3")
    for run in runs_of(trace.windows):
        draw_run(canvas, frame, run, width=1.5)
    end = (frame.x(latest.period.last), frame.y(rate.value))
    canvas.circle(end, 2.5, LINE, "point")
    _draw_months(canvas, frame, trace)
    return canvas.render()


def _say(name, period, rate):
    return (
        f"{name}: {rate.value:.1f} ({rate.low:.1f} to {rate.high:.1f}) per {rate.per:,} "
        f"in {period}, {rate.deaths:,} of {rate.births:,}"
    )


def _draw_months(canvas, frame, trace):
    """A thin line while reports came in, and a mark where one is missing."""
    for start, stop, has_come in _stretches(trace.received):
        left, right = frame.x(start) - frame.month_width / 2, frame.x(stop) + frame.month_width / 2
        if has_come:
            canvas.line((left, TICKS_AT + 3), (right, TICKS_AT + 3), MUTED, "axis", width=1.5)
        else:
            words = format_month(start)
            if stop != start:
                words = f"{words} to {format_month(stop)}"
            canvas.box(
                (left, TICKS_AT), max(2.0, right - left), 6, LOST, "lost",
                title=f"{words}: not in the figures",
            )  # fmt: skip


def _stretches(received: dict[date, bool]):
    """Months in a row of which the same is true: first, last, whether they have come in."""
    months = sorted(received)
    start = 0
    for number, month in enumerate(months):
        following = months[number + 1] if number + 1 < len(months) else None
        if (
            following is None
            or months_from(month, following) != 2
            or received[following] != received[month]
        ):
            yield months[start], month, received[month]
            start = number + 1
