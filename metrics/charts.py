"""Summaries as inline SVG: geometry and marks, no HTML page, no JavaScript.

Colours stand as presentation attributes, so that a downloaded picture keeps them; each mark's
class lets the stylesheet adapt it to a dark screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

from metrics.summaries import PeriodFigures, ProgramSummary
from programs.models import Intervention
from programs.periods import format_month, months_from

WIDTH, HEIGHT = 760, 330
LEFT, RIGHT, TOP, BOTTOM = 46, 116, 44, 34
LABEL_GAP = 15  # between two labels at the end of lines, so that they can be read apart
MARK_GAP = 36  # between two labels over the marks of interventions: room for “10–12”
MOST_POINTS_MARKED = 60
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)

MUTED, GRID = "#5d6872", "#d9dee2"
LINE, BASELINE, TARGET = "#1f5f8b", "#8a5a00", "#2f6f3e"


@dataclass(frozen=True)
class Frame:
    """Where months and rates lie on the picture."""

    first: date
    last: date
    top: float

    def x(self, month: date) -> float:
        steps = max(1, months_from(self.first, self.last) - 1)
        along = (months_from(self.first, month) - 1) / steps
        return round(LEFT + along * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        up = min(value / self.top, 1.02)
        return round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1)


def draw_rolling_rate(summary: ProgramSummary) -> SafeString | None:
    """Draw the rate of each 12 months with its interval, the baseline, the target and what was
    started. None when there are no 12 months yet."""
    points = [figures for figures in summary.rolling if figures.rate]
    if not points:
        return None
    frame = Frame(
        summary.rolling[0].period.last, summary.rolling[-1].period.last, _top(summary, points)
    )
    svg = _picture(summary)
    _draw_axes(svg, frame, summary.per)
    _draw_interventions(svg, frame, summary.interventions)
    runs = list(_runs(summary.rolling))
    for run in runs:
        _draw_run(svg, frame, run)
    if len(points) > MOST_POINTS_MARKED:
        points_marked = [run[0] for run in runs if len(run) == 1]  # no line shows these
    else:
        points_marked = points
    partial = {month.month for month in summary.months if month.is_partial}
    for figures in points_marked:
        _draw_point(svg, frame, figures, hollow=figures.period.last in partial)
    _draw_labels(svg, frame, list(_reference_lines(summary, points[-1])))
    return mark_safe(ET.tostring(svg, encoding="unicode"))  # noqa: S308 - ElementTree escapes


def _picture(summary):
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "aria-labelledby": "rolling-title rolling-desc",
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
        },
    )
    ET.SubElement(
        svg, "title", {"id": "rolling-title"}
    ).text = f"{summary.measure.label}, {summary.program}: each point is the 12 months up to it"
    ET.SubElement(
        svg, "desc", {"id": "rolling-desc"}
    ).text = f"Deaths per {summary.per:,} births with exact intervals; the table holds the figures."
    return svg


def _top(summary, points):
    """The top of the axis: every interval fits, unless one is out of all proportion."""
    highest = max(point.rate.value for point in points)
    values = [min(point.rate.high, 2 * highest or point.rate.high) for point in points]
    if summary.target and summary.target.baseline.rate:
        values.append(summary.target.baseline.rate.value)
    step = _step(max(values))
    return step * -(-max(values) // step)


def _step(highest):
    return next((step for step in STEPS if highest <= 6 * step), STEPS[-1])


def _draw_axes(svg, frame, per):
    step = _step(frame.top)
    for value in range(0, int(frame.top) + 1, step):
        y = frame.y(value)
        _line(svg, LEFT, y, WIDTH - RIGHT, y, GRID, "grid")
        _text(svg, LEFT - 8, y + 4, f"{value:,}", MUTED, "muted", anchor="end")
    _text(svg, 0, 14, f"per {per:,} births", MUTED, "muted")
    for month in _year_marks(frame):
        x = frame.x(month)
        _line(svg, x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5, MUTED, "axis")
        _text(svg, x, HEIGHT - BOTTOM + 19, format_month(month), MUTED, "muted", anchor="middle")


def _year_marks(frame) -> Iterator[date]:
    """At most six Januaries; without any, the two ends."""
    years = [
        date(year, 1, 1)
        for year in range(frame.first.year, frame.last.year + 1)
        if frame.first <= date(year, 1, 1) <= frame.last
    ]
    if len(years) < 2:
        yield from sorted({frame.first, frame.last})
        return
    yield from years[:: -(-len(years) // 6)]


def _draw_interventions(svg, frame, interventions):
    """Mark each month in which something was started, and number what it was.

    Months that lie close share a label, since two would stand on each other.
    """
    started: dict[date, list[tuple[int, Intervention]]] = {}
    for number, own in enumerate(interventions, start=1):
        if frame.first <= own.first_month <= frame.last:
            started.setdefault(own.first_month, []).append((number, own))
    labels: list[tuple[float, list[int]]] = []
    for month, group in started.items():
        x = frame.x(month)
        mark = ET.SubElement(svg, "g")
        ET.SubElement(mark, "title").text = "; ".join(
            f"{number}. {own}, {own.get_lever_display().lower()}" for number, own in group
        )
        _line(mark, x, TOP - 8, x, HEIGHT - BOTTOM, MUTED, "event", dash="1 4")
        if not labels or x - labels[-1][0] >= MARK_GAP:
            labels.append((x, []))
        labels[-1][1].extend(number for number, _ in group)
    for x, numbers in labels:
        text = "–".join(str(number) for number in sorted({numbers[0], numbers[-1]}))
        _text(svg, x, TOP - 12, text, MUTED, "muted", anchor="middle")


def _runs(rolling: Sequence[PeriodFigures]) -> Iterator[list[PeriodFigures]]:
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


def _draw_run(svg, frame, run):
    upper = [(frame.x(f.period.last), frame.y(f.rate.high)) for f in run]
    lower = [(frame.x(f.period.last), frame.y(f.rate.low)) for f in reversed(run)]
    middle = [(frame.x(f.period.last), frame.y(f.rate.value)) for f in run]
    ET.SubElement(
        svg,
        "polygon",
        {"points": _pairs(upper + lower), "fill": LINE, "fill-opacity": "0.16",
         "class": "band"},
    )  # fmt: skip
    ET.SubElement(
        svg,
        "polyline",
        {"points": _pairs(middle), "fill": "none", "stroke": LINE, "stroke-width": "2",
         "stroke-linejoin": "round", "class": "line"},
    )  # fmt: skip


def _draw_point(svg, frame, figures, *, hollow):
    rate = figures.rate
    point = ET.SubElement(
        svg,
        "circle",
        {
            "cx": f"{frame.x(figures.period.last)}",
            "cy": f"{frame.y(rate.value)}",
            "r": "3",
            "fill": "#fff" if hollow else LINE,
            "stroke": LINE,
            "class": "point hollow" if hollow else "point",
        },
    )
    ET.SubElement(point, "title").text = (
        f"{figures.period}: {rate.value:.1f} ({rate.low:.1f} to {rate.high:.1f}) per "
        f"{rate.per:,}, {rate.deaths:,} of {rate.births:,}"
        f"{'; the last month looks partial' if hollow else ''}"
    )


def _reference_lines(summary, latest):
    """What the lines at the right end are called: name, value, colour, class, dashes."""
    yield "latest", latest.rate.value, LINE, "line", None
    target = summary.target
    if target is None:
        return
    baseline = target.baseline.rate
    if baseline:
        yield "baseline", baseline.value, BASELINE, "baseline", "7 4"
    promised = target.promised_rate
    if promised is not None:
        yield "target", promised, TARGET, "target", "2 3"


def _draw_labels(svg, frame, lines):
    """Draw the level lines, and their names beside their ends, moved apart where they meet."""
    previous = None
    for name, value, colour, css, dash in sorted(lines, key=lambda line: -line[1]):
        y = frame.y(value)
        if dash:
            _line(svg, LEFT, y, WIDTH - RIGHT, y, colour, css, dash=dash, width="1.5")
        place = y if previous is None else max(y, previous + LABEL_GAP)
        previous = place
        _text(svg, WIDTH - RIGHT + 8, place + 4, f"{name} {value:,.1f}", colour, f"{css}-name")


def _pairs(points):
    return " ".join(f"{x},{y}" for x, y in points)


def _line(parent, x1, y1, x2, y2, colour, css, *, dash="", width="1"):
    attributes = {"x1": f"{x1}", "y1": f"{y1}", "x2": f"{x2}", "y2": f"{y2}"}
    attributes |= {"stroke": colour, "stroke-width": width, "class": css}
    if dash:
        attributes["stroke-dasharray"] = dash
    ET.SubElement(parent, "line", attributes)


def _text(parent, x, y, text, colour, css, *, anchor="start"):
    attributes = {"x": f"{x}", "y": f"{y}", "fill": colour, "class": css, "text-anchor": anchor}
    ET.SubElement(parent, "text", attributes).text = text
