"""Programs side by side: the change of each against its own baseline, with its interval, and its
own promise."""

from dataclasses import dataclass
from textwrap import wrap

from django.utils.safestring import SafeString

from metrics.charts.canvas import BASELINE, GRID, INK, LINE, MUTED, TARGET, Canvas
from metrics.charts.progress import Scale
from metrics.stats.decisions import State
from metrics.summaries import ComparedProgram, Comparison
from metrics.templatetags.figures import change, change_beside, signed

HEAD, FOOT = 34, 52
MOST_WORSE = 100.0  # percent higher; what lies beyond ends in an arrow
STEPS = (5, 10, 20, 25, 50)
PROMISE_ROOM = 52  # that the words over a promise need on either side of it


@dataclass(frozen=True)
class Layout:
    """How a row is laid out: for a wide screen and paper, or for a phone.

    top : room above all; left, right : where the scale begins and ends
    letters, lines : how long a line of a name may be, and how many there may be
    name_at, bar_at, value_at : how far down in a row; grid_from, grid_to : the scale's lines
    value_left : where the words about the change begin
    """

    name: str
    width: int
    top: int
    left: int
    right: int
    row: int
    letters: int
    lines: int
    name_at: int
    bar_at: int
    grid_from: int
    grid_to: int
    value_left: int
    value_at: int
    most_steps: int


WIDE = Layout("wide", 760, 0, 226, 572, 52, 34, 2, 24, 32, 0, 52, 590, 26, 9)
NARROW = Layout("narrow", 340, 22, 8, 332, 104, 54, 1, 22, 56, 44, 68, 0, 82, 5)


def draw_comparison(comparison: Comparison, layout: Layout = WIDE) -> SafeString | None:
    """Draw every program in its row, those without a verdict too, which say why they have no
    point. None where no program has one."""
    if not comparison.shows_anything:
        return None
    rows = len(comparison.compared)
    height = layout.top + len(comparison.measures) * HEAD + rows * layout.row + FOOT
    canvas = Canvas.blank(
        layout.width,
        height,
        name=f"comparison-{layout.name}",
        title="The change of each program against its own baseline, beside its promise",
        description="Each row is one program: a point with the interval of its percent change, "
        "and a mark at what it promised. Other places, baselines and months: it is no ranking.",
    )
    scale = _make_scale(comparison, layout)
    at = layout.top
    for group in comparison.measures:
        canvas.text((0, at + 22), group.measure.label, INK, "ink", bold=True, size=13)
        at += HEAD
        for own in group.programs:
            _draw_row(canvas, scale, layout, own, at)
            at += layout.row
    _draw_scale(canvas, scale, layout, at)
    return canvas.render()


def _make_scale(comparison, layout):
    changes = [own.change for own in comparison.compared if own.change]
    promised = [own.promised_percent for own in comparison.compared]
    highest = max(ratio.percent_high for ratio in changes)
    lowest = min([*(r.percent_low for r in changes), *(p for p in promised if p is not None)])
    worst = min(max(10.0, highest * 1.06), MOST_WORSE)
    best = max(-100.0, min(-10.0, lowest * 1.06))
    return Scale(worst, best, layout.left, layout.right)


# --- The scale ---------------------------------------------------------------------------------


def _marks(scale, layout):
    """The round percentages that the scale names."""
    spread = scale.worst - scale.best
    step = next((own for own in STEPS if spread / own <= layout.most_steps), STEPS[-1])
    return [
        own for own in range(-100, int(MOST_WORSE) + 1, step) if scale.best <= own <= scale.worst
    ]


def _draw_scale(canvas, scale, layout, floor):
    canvas.line((0, floor), (layout.width, floor), GRID, "grid")
    for percent in _marks(scale, layout):
        x = scale.x(percent)
        anchor = "start" if x < 16 else "end" if x > layout.width - 16 else "middle"
        canvas.text((x, floor + 17), signed(percent), MUTED, "muted", anchor=anchor, size=11)
    canvas.text((scale.left, floor + 40), "← higher rate", MUTED, "muted", size=11)
    canvas.text((scale.right, floor + 40), "lower rate →", MUTED, "muted", size=11, anchor="end")
    name_at = (scale.x(0), 14 if layout.top else HEAD - 10)
    canvas.text(name_at, "own baseline", BASELINE, "baseline-name", anchor="middle", size=11)


def _draw_lines(canvas, scale, layout, at):
    """The scale's lines within one row, where no words stand."""
    top, floor = at + layout.grid_from, at + layout.grid_to
    canvas.line((0, at), (layout.width, at), GRID, "grid")
    for percent in _marks(scale, layout):
        x = scale.x(percent)
        if percent:
            canvas.line((x, top), (x, floor), GRID, "grid")
    zero = scale.x(0)
    canvas.line((zero, top), (zero, floor), BASELINE, "baseline", dash="5 3", width=1.5)


# --- A program ---------------------------------------------------------------------------------


def _draw_row(canvas, scale, layout, own: ComparedProgram, at):
    _draw_lines(canvas, scale, layout, at)
    for number, words in enumerate(_part_name(own.program.name, layout)):
        canvas.text((0, at + layout.name_at + 16 * number), words, INK, "ink")
    if own.promised_percent is not None:
        _draw_promise(canvas, scale, own.promised_percent, at + layout.bar_at)
    value = layout.value_left, at + layout.value_at
    if own.change is None:
        canvas.text(value, f"no point: {_say_why(own)}", MUTED, "muted", size=11)
        return
    reading = change_beside(own.change.percent_change, own.target.target.reduction_percent)
    limits = f"{change(own.change.percent_low)} to {change(own.change.percent_high)}"
    _draw_interval(canvas, scale, own, at + layout.bar_at, f"{own.program}: {reading} ({limits})")
    canvas.text(value, reading, INK, "ink", bold=True)
    canvas.text((value[0], value[1] + 15), limits, MUTED, "muted", size=11)


def _part_name(name, layout):
    lines = wrap(name, layout.letters)
    if len(lines) <= layout.lines:
        return lines
    return [*lines[: layout.lines - 1], f"{lines[layout.lines - 1][: layout.letters - 1]}…"]


def _say_why(own):
    return {
        State.TOO_LITTLE: "too little data",
        State.NO_VERDICT: "a data problem",
    }.get(own.target.verdict.state, "no deaths in the baseline")


def _draw_promise(canvas, scale, percent, y):
    x = scale.x(percent)
    canvas.line((x, y - 12), (x, y + 12), TARGET, "target", width=2.5)
    anchor = "end" if x > scale.right - PROMISE_ROOM else "middle"
    anchor = "start" if x < scale.left + PROMISE_ROOM else anchor
    words = f"promised {signed(percent)}"
    canvas.text((x, y - 16), words, TARGET, "target-name", anchor=anchor, size=11)


def _draw_interval(canvas, scale, own, y, words):
    ratio = own.change
    interval = canvas.group(title=words)
    ends = [(own, scale.x(own)) for own in (ratio.percent_high, ratio.percent_low)]
    interval.line((ends[0][1], y), (ends[1][1], y), LINE, "line", width=2.5)
    for percent, x in ends:
        if percent > scale.worst:  # it goes on past the picture
            interval.path([(x + 7, y - 5), (x, y), (x + 7, y + 5)], LINE, "line")
        else:
            interval.line((x, y - 5), (x, y + 5), LINE, "line", width=2)
    point = (scale.x(ratio.percent_change), y)
    interval.circle(point, 5, LINE, "point", is_hollow=own.target.is_provisional)
