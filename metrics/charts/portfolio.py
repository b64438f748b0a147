"""A program's rate beside its verdict: the trend in small, with the promise, named directly."""

from django.utils.safestring import SafeString

from metrics.charts.axes import Frame
from metrics.charts.canvas import BASELINE, GRID, LINE, LOST, MUTED, TARGET, Canvas, spread_apart
from metrics.charts.trend import Trend, draw_run, find_doubt, runs_of
from metrics.summaries import ProgramLine
from programs.periods import format_month

WIDTH, HEIGHT = 300, 130
LEFT, RIGHT, UPPER, LOWER = 12, 208, 8, 90
REPORTS_AT, MONTHS_AT = 100, 125
LABEL_GAP = 13  # between two names at the end of lines, so that they can be read apart
MOST_POINTS = 36  # more would not be seen; what is left out lies between two that are drawn


def draw_portfolio_spark(line: ProgramLine) -> SafeString | None:
    """Draw the rate of every 12 months with its interval, from zero upwards.

    None where there is no rate yet.
    """
    trend, points = _trend_of(line), _thin_out(line.series.rolling)
    rated = [figures for figures in points if figures.rate]
    if not rated:
        return None
    frame = Frame(
        points[0].period.last, points[-1].period.last, _top(trend, rated), LEFT, RIGHT, UPPER, LOWER
    )
    canvas = Canvas.mark(WIDTH, HEIGHT, title=_say(trend, rated[-1]))
    _draw_ground(canvas, frame)
    for run in runs_of(points):
        draw_run(canvas, frame, run)
    _draw_levels(canvas, frame, trend, rated[-1])
    _draw_points(canvas, frame, trend, rated)
    _draw_reports(canvas, frame, line)
    return canvas.render()


def _trend_of(line: ProgramLine) -> Trend:
    target = line.target
    return Trend(
        series=line.series,
        subject=line.program.name,
        baseline=target.baseline.rate.value if target and target.baseline.rate else None,
        promised=target.promised_rate if target else None,
        least_percent=line.least_percent,
    )


def _thin_out(rolling):
    """So many points as can be seen, evenly apart; the last one is always among them."""
    step = -(-len(rolling) // MOST_POINTS) or 1
    return rolling[::-1][::step][::-1]


def _top(trend, rated):
    """Every interval fits, unless one is out of all proportion."""
    highest = max(figures.rate.value for figures in rated)
    levels = [level for level in (trend.baseline, trend.promised) if level is not None]
    return max(*(min(f.rate.high, 2 * highest) for f in rated), *levels, 0.0) or 1.0


def _say(trend, latest):
    rate = latest.rate
    words = [
        f"{trend.series.measure.label}, {trend.subject}: {rate.value:,.1f} "
        f"({rate.low:,.1f} to {rate.high:,.1f}) per {rate.per:,} births in {latest.period}, "
        f"{rate.deaths:,} of {rate.births:,}"
    ]
    if trend.baseline is not None:
        words.append(f"baseline {trend.baseline:,.1f}")
    if trend.promised is not None:
        words.append(f"target {trend.promised:,.1f}")
    return ", ".join(words)


def _draw_ground(canvas, frame):
    canvas.line((LEFT, LOWER), (RIGHT, LOWER), GRID, "axis")
    canvas.text((LEFT - 4, LOWER + 4), "0", MUTED, "muted", anchor="end", size=11)
    first, last = format_month(frame.first), format_month(frame.last)
    if last != first:
        canvas.text((LEFT, MONTHS_AT), first, MUTED, "muted", size=11)
    canvas.text((RIGHT, MONTHS_AT), last, MUTED, "muted", anchor="end", size=11)


def _draw_levels(canvas, frame, trend, latest):
    lines = [("latest", latest.rate.value, LINE, "line", "")]
    if trend.baseline is not None:
        lines.append(("baseline", trend.baseline, BASELINE, "baseline", "6 3"))
    if trend.promised is not None:
        lines.append(("target", trend.promised, TARGET, "target", "2 3"))
    lines.sort(key=lambda own: -own[1])
    names_at = spread_apart([frame.y(value) for _, value, *_ in lines], LABEL_GAP)
    for (name, value, colour, css, dash), name_at in zip(lines, names_at, strict=True):
        if dash:
            y = frame.y(value)
            canvas.line((LEFT, y), (RIGHT, y), colour, css, dash=dash, width=1.5)
        words = f"{name} {value:,.1f}"
        canvas.text((RIGHT + 8, name_at + 4), words, colour, f"{css}-name", size=11.5)


def _draw_points(canvas, frame, trend, rated):
    """The latest, and those that rest on too little, which are hollow."""
    for figures in rated:
        doubt = find_doubt(trend, figures)
        if doubt or figures is rated[-1]:
            place = (frame.x(figures.period.last), frame.y(figures.rate.value))
            canvas.circle(
                place, 2 if doubt and figures is not rated[-1] else 3.5, LINE, "point",
                title=doubt and f"{figures.period}: {doubt}", is_hollow=bool(doubt),
            )  # fmt: skip


def _draw_reports(canvas, frame, line):
    """A thin line while reports are expected, and a mark as tall as the share that is missing."""
    shown = [own for own in line.series.months if own.month >= frame.first]
    asked = [own for own in shown if own.completeness.expected]
    if not asked:
        return
    canvas.line(
        (frame.x(asked[0].month), REPORTS_AT), (frame.x(asked[-1].month), REPORTS_AT), MUTED, "axis"
    )
    width = min(5.0, max(1.5, frame.month_width * 0.8))
    for own in asked:
        reports = own.completeness
        if reports.missing:
            height = max(2.0, 9 * reports.missing / reports.expected)
            x = min(max(frame.x(own.month), LEFT + width / 2), RIGHT - width / 2)
            words = f"{format_month(own.month)}: {reports.received} of {reports.expected} reports"
            canvas.box((x - width / 2, REPORTS_AT), width, height, LOST, "lost", title=words)
