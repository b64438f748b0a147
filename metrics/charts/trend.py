"""The rate of each 12 months over time, and below it, on the same months, what came in and what
was done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from metrics.charts.axes import Frame, draw_month_axis, draw_value_axis, top_for
from metrics.charts.canvas import (
    BASELINE,
    GRID,
    INK,
    LINE,
    LOST,
    MUTED,
    TARGET,
    Canvas,
    spread_apart,
)
from metrics.stats.evidence import MIN_DEATHS
from metrics.summaries import PeriodFigures, Series
from programs.models import Intervention
from programs.models.interventions import Lever
from programs.periods import Period, format_month

LABEL_GAP = 15  # between two names at the end of lines, so that they can be read apart
MOST_POINTS_MARKED = 60
MOST_LANES = 12
LANE, LEVER_HEAD, REPORTS = 17, 18, 14
LETTER = 6.2  # how wide a letter is, about


@dataclass(frozen=True)
class Shape:
    """How much room a picture has: a wide screen and paper, or a phone."""

    name: str
    width: int
    left: int
    right: int
    most_years: int
    upper: int = 34
    lower: int = 244


WIDE = Shape("wide", 860, 54, 112, 6)
NARROW = Shape("narrow", 340, 34, 84, 3)


@dataclass(frozen=True)
class Trend:
    """What a trend shows.

    subject : whose it is; baseline, promised : rates drawn as level lines
    marked : the months of which the figures beside it are
    least_percent : the share of reports below which a point rests on too little
    """

    series: Series
    subject: str
    baseline: float | None = None
    promised: float | None = None
    interventions: Sequence[Intervention] = ()
    marked: Period | None = None
    least_percent: int = 80


def draw_trend(trend: Trend, shape: Shape = WIDE) -> SafeString | None:
    """Draw the trend. None when no 12 months have a rate."""
    rolling = trend.series.rolling
    points = [figures for figures in rolling if figures.rate]
    if not points:
        return None
    frame = Frame(
        first=rolling[0].period.last,
        last=rolling[-1].period.last,
        top=top_of_rates(trend, points),
        left=shape.left,
        right=shape.width - shape.right,
        upper=shape.upper,
        lower=shape.lower,
    )
    lanes = _lanes(trend.interventions, frame)
    height = shape.lower + 34 + REPORTS + sum(height for _, _, height in lanes) + 8
    canvas = Canvas.blank(
        shape.width,
        height,
        name=f"trend-{shape.name}",
        title=f"{trend.series.measure.label}, {trend.subject}: "
        "each point is the 12 months up to it",
        description=f"Deaths per {trend.series.per:,} births with exact intervals, reports "
        "received and what was done; the table holds the figures.",
    )
    draw_value_axis(canvas, frame, f"per {trend.series.per:,} births")
    _draw_starts(canvas, frame, trend.interventions, height)
    draw_levels(canvas, frame, trend, points[-1])
    draw_rates(canvas, frame, trend, points)
    _draw_marked(canvas, frame, trend.marked)
    draw_reports(canvas, frame, trend.series, at=shape.lower + 8)
    draw_month_axis(canvas, frame, shape.lower + 10 + REPORTS, most=shape.most_years)
    _draw_lanes(canvas, frame, lanes, shape, at=shape.lower + 34 + REPORTS)
    return canvas.render()


def top_of_rates(trend, points):
    """The top of the axis: every interval fits, unless one is out of all proportion."""
    highest = max(point.rate.value for point in points)
    values = [min(point.rate.high, 2 * highest or point.rate.high) for point in points]
    return top_for(max(*values, trend.baseline or 0))


# --- Rates -------------------------------------------------------------------------------------


def draw_rates(canvas, frame, trend, points):
    runs = list(runs_of(trend.series.rolling))
    for run in runs:
        draw_run(canvas, frame, run)
    if len(points) > MOST_POINTS_MARKED:
        points = [run[0] for run in runs if len(run) == 1]  # no line shows these
    for figures in points:
        _draw_point(canvas, frame, trend, figures)


def draw_run(canvas, frame, run, *, width=2.0):
    """The rates of one stretch as a line, within the band of their intervals."""
    places = [frame.x(figures.period.last) for figures in run]
    canvas.band(
        [(x, frame.y(own.rate.high)) for x, own in zip(places, run, strict=True)],
        [(x, frame.y(own.rate.low)) for x, own in zip(places, run, strict=True)],
        LINE,
    )
    line = [(x, frame.y(own.rate.value)) for x, own in zip(places, run, strict=True)]
    canvas.path(line, LINE, "line", width=width)


def runs_of(rolling: Sequence[PeriodFigures]) -> Iterator[list[PeriodFigures]]:
    """The stretches without a gap: where there is no rate, the line is broken."""
    run: list[PeriodFigures] = []
    for figures in rolling:
        if figures.rate:
            run.append(figures)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _draw_point(canvas, frame, trend, figures):
    rate, doubt = figures.rate, find_doubt(trend, figures)
    words = (
        f"{figures.period}: {rate.value:.1f} ({rate.low:.1f} to {rate.high:.1f}) per "
        f"{rate.per:,}, {rate.deaths:,} of {rate.births:,}"
    )
    canvas.circle(
        (frame.x(figures.period.last), frame.y(rate.value)),
        3,
        LINE,
        "point",
        title=f"{words}; {doubt}" if doubt else words,
        is_hollow=bool(doubt),
    )


def find_doubt(trend: Trend, figures: PeriodFigures) -> str:
    """Why a point rests on too little; nothing where it does not."""
    last = next(m for m in reversed(trend.series.months) if m.month <= figures.period.last)
    if last.is_partial:
        return "the last month looks partial"
    if figures.counts.deaths < MIN_DEATHS:
        return f"fewer than {MIN_DEATHS} deaths"
    received = figures.completeness
    if 100 * received.received < trend.least_percent * received.expected:
        return f"{received.received:,} of {received.expected:,} reports"
    return ""


def draw_levels(canvas, frame, trend, latest):
    """The level lines, and their names at the right, moved apart where they meet."""
    lines = [("latest", latest.rate.value, LINE, "line", "")]
    if trend.baseline is not None:
        lines.append(("baseline", trend.baseline, BASELINE, "baseline", "7 4"))
    if trend.promised is not None:
        lines.append(("target", trend.promised, TARGET, "target", "2 3"))
    lines.sort(key=lambda line: -line[1])
    names_at = spread_apart([frame.y(value) for _, value, *_ in lines], LABEL_GAP)
    for (name, value, colour, css, dash), name_at in zip(lines, names_at, strict=True):
        y = frame.y(value)
        if dash:
            canvas.line((frame.left, y), (frame.right, y), colour, css, dash=dash, width=1.5)
        canvas.text((frame.right + 9, name_at + 4), f"{name} {value:,.1f}", colour, f"{css}-name")


def _draw_marked(canvas, frame, period):
    """A bar along the months of the figures beside the picture, as far as they lie on it."""
    shared = period.intersection(Period(frame.first, frame.last)) if period else None
    if shared:
        half = frame.month_width / 2
        y, words = frame.lower + 3, f"{period}: the months of the figures"
        start = max(frame.left, frame.x(shared.first) - half)
        stop = min(frame.right, frame.x(shared.last) + half)
        canvas.group(title=words).line((start, y), (stop, y), LINE, "line", width=3)


# --- Reports -----------------------------------------------------------------------------------


def draw_reports(canvas, frame, series, *, at):
    """A bar for each month, dark where its reports are missing."""
    width = max(1.5, min(frame.month_width * 0.72, 9))
    if frame.left > WIDE.left - 1:  # on a phone there is no room for the word
        canvas.text((frame.left - 8, at + 11), "reports", MUTED, "muted", anchor="end", size=10)
    for month in series.months:
        if month.month < frame.first or not month.completeness.expected:
            continue
        received, expected = month.completeness.received, month.completeness.expected
        x, full = frame.x(month.month) - width / 2, REPORTS - 2
        filled = full * min(1, received / expected)
        bar = canvas.group(title=f"{format_month(month.month)}: {received} of {expected} reports")
        if received:
            bar.box((x, at + full - filled), width, filled, GRID, "bar")
        if received < expected:
            bar.box((x, at), width, full - filled, LOST, "lost")


# --- What was done -----------------------------------------------------------------------------


def _draw_starts(canvas, frame, interventions, height):
    """A dotted line upwards from each start, so that one sees it against the rates."""
    months = {own.first_month for own in interventions}
    for month in sorted(month for month in months if frame.first < month <= frame.last):
        x = frame.x(month)
        canvas.line((x, frame.upper), (x, height - 8), MUTED, "event", dash="1 4")


def _lanes(interventions, frame) -> list[tuple[Lever | None, Intervention | None, int]]:
    """What stands below the months: each lever's name above its interventions, with heights."""
    lanes: list[tuple[Lever | None, Intervention | None, int]] = []
    seen = [own for own in interventions if own.first_month <= frame.last]
    left = MOST_LANES
    for lever in Lever:
        own = [intervention for intervention in seen if intervention.lever == lever][:left]
        left -= len(own)
        if own:
            lanes.append((lever, None, LEVER_HEAD))
            lanes.extend((None, intervention, LANE) for intervention in own)
    if len(seen) > MOST_LANES:
        lanes.append((None, None, LANE))
    return lanes


def _draw_lanes(canvas, frame, lanes, shape, *, at):
    for lever, intervention, height in lanes:
        if lever is not None:
            canvas.text((0, at + 13), lever.label, MUTED, "muted", size=11, bold=True)
        elif intervention is not None:
            _draw_lane(canvas, frame, intervention, shape, at)
        else:
            canvas.text((0, at + 12), "more are listed below", MUTED, "muted", size=11)
        at += height


def _draw_lane(canvas, frame, own, shape, at):
    start = frame.x(max(own.first_month, frame.first))
    stop = frame.x(min(own.last_month or date.max, frame.last))
    stop = max(stop, start + 3)
    until = f" to {format_month(own.last_month)}" if own.last_month else ""
    words = f"{own.name}, from {format_month(own.first_month)}{until}"
    lane = canvas.group(title=words)
    lane.box((start, at + 3), stop - start, LANE - 5, GRID, "lane", radius=2)
    lane.box((start, at + 3), 3, LANE - 5, MUTED, "lane-start")
    room_right = shape.width - start - 8
    label = _shorten(own.name, max(room_right, start))
    if len(label) * LETTER <= room_right:
        lane.text((start + 8, at + 13), label, INK, "ink", size=11)
    else:
        lane.text((start - 5, at + 13), label, INK, "ink", anchor="end", size=11)


def _shorten(name, room):
    most = int(room // LETTER)
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
