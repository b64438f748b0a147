"""Sites where they lie: points without a ground, which no other server has to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from django.urls import reverse
from django.utils.safestring import SafeString

from metrics.charts.canvas import INK, LINE, MUTED, Canvas
from metrics.summaries import SiteLine
from programs.models import Participation

WIDTH, MOST_HEIGHT, LEAST_HEIGHT, EDGE, NAME_ROOM = 360, 400, 160, 24, 110
LEAST_RADIUS, MOST_RADIUS = 4.0, 16.0
LETTER, ROW = 6.0, 13


@dataclass(frozen=True)
class _Mark:
    line: SiteLine
    x: float
    y: float
    radius: float


def draw_map(lines: Sequence[SiteLine], subject: str) -> SafeString | None:
    """Draw each site that says where it lies, as large as its births. None with fewer than 2.

    Filled: all reports are in. Hollow: some are overdue. Square: a comparison site.
    """
    placed = [line for line in lines if line.site.latitude is not None and _longitude(line)]
    if len(placed) < 2:
        return None
    marks, height = _place(placed)
    canvas = Canvas.blank(
        WIDTH,
        height,
        name="map",
        role="group",
        title=f"Sites of {subject}, where they lie",
        description="Each mark is as large as its births of the last 12 months; hollow marks "
        "have overdue reports, squares are comparison sites. The table holds the figures.",
    )
    taken: list[tuple[float, float, float, float]] = [
        (own.x - own.radius, own.y - own.radius, own.x + own.radius, own.y + own.radius)
        for own in marks
    ]
    for own in marks:
        _draw_mark(canvas, own)
    for own in marks:
        _draw_name(canvas, own, taken)
    canvas.text((WIDTH - 8, 14), "N ↑", MUTED, "muted", anchor="end")
    return canvas.render()


def _longitude(line):
    return line.site.longitude is not None


def _place(lines) -> tuple[list[_Mark], float]:
    """Where the marks go, largest first; a degree of longitude shrinks towards the poles."""
    north = [float(line.site.latitude) for line in lines]
    shrunk = cos(radians((min(north) + max(north)) / 2))
    east = [float(line.site.longitude) * shrunk for line in lines]
    wide, tall = max(east) - min(east), max(north) - min(north)
    across, most_up = WIDTH - 2 * EDGE - NAME_ROOM, MOST_HEIGHT - 2 * EDGE
    scale = min(across / wide if wide else float("inf"), most_up / tall if tall else float("inf"))
    if scale == float("inf"):  # all of them lie on one spot
        scale = 0.0
    height = max(LEAST_HEIGHT, tall * scale + 2 * EDGE)
    most = max((_births(line) for line in lines), default=0) or 1
    marks = [
        _Mark(
            line,
            EDGE + (x - min(east)) * scale,
            height - EDGE - (y - min(north)) * scale - (height - 2 * EDGE - tall * scale) / 2,
            max(LEAST_RADIUS, MOST_RADIUS * sqrt(_births(line) / most)),
        )
        for line, x, y in zip(lines, east, north, strict=True)
    ]
    return sorted(marks, key=lambda mark: -mark.radius), height


def _births(line):
    return line.recent.counts.births if line.recent else 0


def _draw_mark(canvas, own):
    line = own.line
    words = f"{line.site.name}: {_births(line):,} births in the last 12 months"
    if line.overdue:
        words += f", {line.overdue} report{'s' if line.overdue > 1 else ''} overdue"
    link = canvas.link(reverse("site", args=[line.site.code]), title=words)
    if line.role == Participation.Role.COMPARISON:
        side = 2 * own.radius
        link.box(
            (own.x - own.radius, own.y - own.radius), side, side, LINE, "place",
            is_hollow=bool(line.overdue),
        )  # fmt: skip
    else:
        link.circle((own.x, own.y), own.radius, LINE, "place", is_hollow=bool(line.overdue))


def _draw_name(canvas, own, taken):
    """Beside its mark, on the first side where it covers nothing; else not at all: the mark
    still says it when pointed at, and the table names every site."""
    width = len(own.line.site.name) * LETTER
    sides = [
        (own.x + own.radius + 4, own.y + 4, "start"),
        (own.x - own.radius - 4, own.y + 4, "end"),
        (own.x, own.y - own.radius - 4, "middle"),
        (own.x, own.y + own.radius + ROW, "middle"),
    ]
    for x, y, anchor in sides:
        left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
        box = (left, y - ROW + 3, left + width, y + 2)
        is_free = not any(_meet(box, other) for other in taken if other is not None)
        if left >= 0 and left + width <= WIDTH and y > ROW and is_free:
            taken.append(box)
            canvas.text((x, y), own.line.site.name, INK, "ink", anchor=anchor, size=11)
            return


def _meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
