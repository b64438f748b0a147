"""Published rates and one's own programs on one scale: marks without, and points with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from metrics.charts.axes import step_for, top_for
from metrics.charts.canvas import BASELINE, GRID, INK, LINE, MUTED, Canvas
from metrics.charts.trend import WIDE, Shape
from metrics.stats.evidence import MIN_DEATHS
from metrics.summaries import Example, MeasureBenchmarks
from metrics.templatetags.figures import decimals, exactly
from programs.models import Measure

BENCHMARKS_HEAD, PROGRAMS_HEAD = "Published elsewhere", "Your programs, last 12 months"
HEAD, AXIS = 30, 46
MOST_BEYOND = 2.5  # how many times the highest rate an interval may stretch the scale
LETTER = 0.53  # how wide a letter is, about, of its height


@dataclass(frozen=True)
class _Layout:
    """Where names, scale and values stand: side by side, or on a phone above each other."""

    row: int
    left: float
    right: float
    mark_at: int
    about_at: int
    size: int
    small: int


@dataclass(frozen=True)
class _Row:
    """One line of the picture. The value is None where there is none to show.

    published : a benchmark as it was published; nothing for a program
    """

    name: str
    about: str
    value: float | None
    low: float | None = None
    high: float | None = None
    is_hollow: bool = False
    published: str = ""

    @property
    def said(self) -> str:
        if self.published:
            return self.published
        if self.value is None or self.low is None or self.high is None:
            return "no figure"
        return f"{_write(self.value)} ({_write(self.low)} to {_write(self.high)})"


def draw_benchmarks(own: MeasureBenchmarks, shape: Shape = WIDE) -> SafeString | None:
    """Draw one measure. None where no benchmark holds. Rates are those of the measure's usual
    number of births, whatever a contract states."""
    per = own.measure.usual_per
    published = [_benchmark_row(benchmark, per) for benchmark in own.holding]
    programs = [_program_row(example, per) for example in own.examples]
    if not published:
        return None
    layout = _lay_out(shape)
    heads = HEAD * (2 if programs else 1)
    height = heads + layout.row * (len(published) + len(programs)) + AXIS
    canvas = Canvas.blank(
        shape.width,
        height,
        name=f"benchmarks-{own.measure}-{shape.name}",
        title=f"{own.measure.label}: published rates, and your programs",
        description=f"Rates per {per:,} births. Squares are published rates, without an interval; "
        "points are your programs over their last 12 months, each with its interval. The tables "
        "below hold the figures.",
    )
    top = _top([*published, *programs])
    places = {id(row): y for row, y in _place(published, programs, layout)}
    _draw_scale(canvas, layout, top, height - AXIS, own.measure)
    _draw_guides(canvas, layout, top, published, places, height - AXIS)
    canvas.text((0, 18), BENCHMARKS_HEAD, MUTED, "muted", bold=True, size=layout.size)
    if programs:
        at = HEAD + layout.row * len(published) + 18
        canvas.text((0, at), PROGRAMS_HEAD, MUTED, "muted halo", bold=True, size=layout.size)
    for row in [*published, *programs]:
        _draw_row(canvas, layout, shape, top, row, places[id(row)])
    return canvas.render()


def _lay_out(shape: Shape) -> _Layout:
    if shape is WIDE:
        return _Layout(42, 262, shape.width - 186, 15, 31, 13, 12)
    return _Layout(62, 4, shape.width - 6, 29, 49, 14, 13)


def _benchmark_row(benchmark, per) -> _Row:
    year = benchmark.year or "year not stated"
    value = benchmark.value * per / benchmark.per
    about = f"{benchmark.source}, {year}"
    return _Row(benchmark.place, about, float(value), published=exactly(value))


def _program_row(example: Example, per: int) -> _Row:
    name, figures = str(example.program), example.figures
    if figures is None:
        return _Row(name, "fewer than 12 months so far", None)
    if not figures.counts.reports:
        return _Row(name, "not counted", None)
    rate, received = figures.rate, figures.completeness
    about = (
        f"{figures.counts.deaths:,} of {figures.counts.births:,}, "
        f"{received.received:,} of {received.expected:,} reports"
    )
    if rate is None:
        return _Row(name, f"no births, {received.received:,} reports", None)
    scale = per / rate.per
    limits = rate.value * scale, rate.low * scale, rate.high * scale
    return _Row(name, about, *limits, is_hollow=rate.deaths < MIN_DEATHS)


def _top(rows: list[_Row]) -> float:
    """Where the scale ends: it holds every rate, and intervals unless they are very long."""
    values = [row.value for row in rows if row.value is not None]
    highs = [row.high for row in rows if row.high is not None]
    highest = max(values)
    return top_for(max(highest, min(max(highs, default=0), MOST_BEYOND * highest)) or 1)


def _place(published, programs, layout) -> Iterator[tuple[_Row, float]]:
    """Each row with the height at which it begins."""
    at = float(HEAD)
    for row in published:
        yield row, at
        at += layout.row
    at += HEAD
    for row in programs:
        yield row, at
        at += layout.row


def _x(layout, top, value):
    return layout.left + min(value / top, 1.0) * (layout.right - layout.left)


def _draw_scale(canvas, layout, top, floor, measure: Measure):
    """From zero: a scale of rates that began elsewhere would exaggerate."""
    for value in range(0, int(top) + 1, step_for(top, lines=8)):
        x = _x(layout, top, value)
        canvas.line((x, HEAD - 4), (x, floor), GRID, "grid")
        anchor = "start" if value == 0 else "end" if x > layout.right - 8 else "middle"
        canvas.text((x, floor + 16), f"{value:,}", MUTED, "muted", anchor=anchor, size=layout.small)
    births = "births" if measure is Measure.STILLBIRTH else "live births"
    words = f"per {measure.usual_per:,} {births}"
    canvas.text((layout.left, floor + 36), words, MUTED, "muted", size=layout.small)


def _draw_guides(canvas, layout, top, published, places, floor):
    """A dotted line down from each published rate, so that one sees one's own against it."""
    for row in published:
        x = _x(layout, top, row.value)
        start = places[id(row)] + layout.mark_at
        canvas.line((x, start), (x, floor), BASELINE, "baseline", dash="1 4")


def _draw_row(canvas, layout, shape, top, row: _Row, at: float):
    y = at + layout.mark_at
    is_wide = shape is WIDE
    name_y = y if is_wide else at + 12
    room = layout.left if is_wide else shape.width - len(row.said) * layout.size * LETTER
    name = _shorten(row.name, room - 12, layout.size)
    canvas.text((0, name_y), name, INK, "ink halo", bold=True, size=layout.size)
    canvas.text((0, at + layout.about_at), row.about, MUTED, "muted halo", size=layout.small)
    colour, css = (INK, "ink halo") if row.value is not None else (MUTED, "muted halo")
    said_at = (shape.width, y + 4 if is_wide else at + 12)
    canvas.text(said_at, row.said, colour, css, anchor="end", size=layout.size)
    if row.value is None:
        return
    mark = canvas.group(title=f"{row.name}: {row.said}; {row.about}")
    x = _x(layout, top, row.value)
    if row.published:
        mark.box((x - 5, y - 5), 10, 10, BASELINE, "benchmark")
        return
    _draw_interval(mark, layout, top, row, y)
    mark.circle((x, y), 5, LINE, "point", is_hollow=row.is_hollow)


def _draw_interval(mark, layout, top, row, y):
    low, high = _x(layout, top, row.low), _x(layout, top, row.high)
    mark.line((low, y), (high, y), LINE, "line", width=3)
    mark.line((low, y - 5), (low, y + 5), LINE, "line", width=1.5)
    if row.high > top:  # the interval goes on past the picture
        mark.path([(high - 6, y - 5), (high, y), (high - 6, y + 5)], LINE, "line", width=1.5)
    else:
        mark.line((high, y - 5), (high, y + 5), LINE, "line", width=1.5)


def _write(value: float) -> str:
    return decimals(value, 1)


def _shorten(name: str, room: float, size: int) -> str:
    most = int(room // (LETTER * size))
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
