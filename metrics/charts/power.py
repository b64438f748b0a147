"""The chance of showing a fall, drawn against how large the fall truly is."""

from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString

from metrics.charts.canvas import BASELINE, GRID, LINE, MUTED, TARGET, Canvas
from metrics.summaries import ProgramPlan
from metrics.templatetags.figures import chances

WIDTH, HEIGHT = 760, 346
LEFT, RIGHT, TOP, BOTTOM = 46, 119, 52, 50
A_PERCENT = 8.5  # how far a percent of true reduction lies along
IN_100 = 2.44  # how far one chance in 100 lies up
MOST_PERCENT = 70
LABEL_ROOM = 150  # that the words over the promise need, beside the middle of the picture


def draw_power_curve(plan: ProgramPlan) -> SafeString | None:
    """Draw the chance of showing a fall for true reductions of 0 to 70 %. None without a plan."""
    if plan.plan is None:
        return None
    canvas = Canvas.blank(
        WIDTH,
        HEIGHT,
        name="power",
        title=f"{plan.target.get_measure_display()}, {plan.program}: the chance of showing a fall, "
        "by how large it truly is",
        description=f"With about {plan.births:,.0f} births in the evaluation against "
        f"{plan.baseline.counts.births:,} in the baseline; the table holds the figures.",
    )
    _draw_axes(canvas)
    drawn = {own: chance for own, chance in plan.curve_in_percent if own <= MOST_PERCENT}
    if plan.smallest_fall_percent is not None and plan.smallest_fall_percent <= MOST_PERCENT:
        drawn[plan.smallest_fall_percent] = plan.plan.power
    canvas.path([(_x(own), _y(chance)) for own, chance in sorted(drawn.items())], LINE, "line")
    _draw_enough(canvas, plan)
    _draw_promise(canvas, plan)
    return canvas.render()


def _draw_axes(canvas):
    for in_100 in range(0, 101, 20):
        y = _y(in_100 * 0.01)
        canvas.line((LEFT, y), (WIDTH - RIGHT, y), GRID, "grid")
        canvas.text((LEFT - 8, y + 4), f"{in_100}", MUTED, "muted", anchor="end")
    canvas.text((0, 14), "chance in 100 of showing a fall", MUTED, "muted")
    floor = HEIGHT - BOTTOM
    for percent in range(0, MOST_PERCENT + 1, 10):
        x = _x(percent)
        canvas.line((x, floor), (x, floor + 5), MUTED, "axis")
        canvas.text((x, floor + 19), f"{percent} %", MUTED, "muted", anchor="middle")
    canvas.text((LEFT, floor + 40), "how much lower the rate truly is", MUTED, "muted")


def _draw_enough(canvas, plan):
    """The chance that is enough, and from how large a fall on it is reached."""
    y, floor = _y(plan.plan.power), HEIGHT - BOTTOM
    canvas.line((LEFT, y), (WIDTH - RIGHT, y), BASELINE, "baseline", dash="7 4", width=1.5)
    enough = f"enough: {plan.power_percent:.0f} in 100"
    canvas.text((WIDTH - RIGHT + 8, y + 4), enough, BASELINE, "baseline-name")
    fall = plan.smallest_fall_percent
    if fall is None or fall > MOST_PERCENT:
        return
    x = _x(fall)
    canvas.line((x, y), (x, floor), BASELINE, "baseline", dash="2 3", width=1.5)
    canvas.text((x + 6, floor - 8), f"shown from {fall:.0f} % on", BASELINE, "baseline-name")


def _draw_promise(canvas, plan):
    percent, chance = plan.reduction_percent, plan.plan.power_at_promise
    if percent > MOST_PERCENT:
        return
    x, y = _x(percent), _y(chance)
    canvas.line((x, TOP - 8), (x, y), TARGET, "target", dash="2 3", width=1.5)
    words = f"{'promised' if plan.is_promised else 'tried'}: {floatformat(percent, -1)} % lower"
    place, anchor = (x, "middle") if x > LEFT + LABEL_ROOM else (x - 6, "start")
    place = max(place, LEFT + LABEL_ROOM)
    said = f"{words}, {chances(chance)} in 100"
    canvas.text((place, TOP - 12), said, TARGET, "target-name", anchor=anchor)
    title = f"{words}: {chances(chance)} in 100"
    canvas.circle((x, y), 5, LINE, "point", title=title)


def _x(percent):
    return round(LEFT + percent * A_PERCENT, 1)


def _y(chance):
    return round(HEIGHT - BOTTOM - 100 * chance * IN_100, 1)
