"""The chance of showing a fall, drawn against how large the fall truly is."""

from xml.etree import ElementTree as ET

from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString, mark_safe

from metrics.charts import BASELINE, GRID, LINE, MUTED, TARGET
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
    svg = _picture(plan)
    _draw_axes(svg)
    drawn = {own: chance for own, chance in plan.curve_in_percent if own <= MOST_PERCENT}
    if plan.smallest_fall_percent is not None and plan.smallest_fall_percent <= MOST_PERCENT:
        drawn[plan.smallest_fall_percent] = plan.plan.power
    points = " ".join(f"{_x(own)},{_y(chance)}" for own, chance in sorted(drawn.items()))
    ET.SubElement(
        svg,
        "polyline",
        {"points": points, "fill": "none", "stroke": LINE, "stroke-width": "2",
         "stroke-linejoin": "round", "class": "line"},
    )  # fmt: skip
    _draw_enough(svg, plan)
    _draw_promise(svg, plan)
    return mark_safe(ET.tostring(svg, encoding="unicode"))  # noqa: S308 - ElementTree escapes


def _picture(plan):
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "aria-labelledby": "power-title power-desc",
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
        },
    )
    ET.SubElement(svg, "title", {"id": "power-title"}).text = (
        f"{plan.target.get_measure_display()}, {plan.program}: the chance of showing a fall, "
        "by how large it truly is"
    )
    ET.SubElement(svg, "desc", {"id": "power-desc"}).text = (
        f"With about {plan.births:,.0f} births in the evaluation against "
        f"{plan.baseline.counts.births:,} in the baseline; the table holds the figures."
    )
    return svg


def _draw_axes(svg):
    for in_100 in range(0, 101, 20):
        y = _y(in_100 * 0.01)
        _line(svg, (LEFT, y), (WIDTH - RIGHT, y), GRID, "grid")
        _text(svg, LEFT - 8, y + 4, f"{in_100}", MUTED, "muted", anchor="end")
    _text(svg, 0, 14, "chance in 100 of showing a fall", MUTED, "muted")
    floor = HEIGHT - BOTTOM
    for percent in range(0, MOST_PERCENT + 1, 10):
        x = _x(percent)
        _line(svg, (x, floor), (x, floor + 5), MUTED, "axis")
        _text(svg, x, floor + 19, f"{percent} %", MUTED, "muted", anchor="middle")
    _text(svg, LEFT, floor + 40, "how much lower the rate truly is", MUTED, "muted")


def _draw_enough(svg, plan):
    """The chance that is enough, and from how large a fall on it is reached."""
    y, floor = _y(plan.plan.power), HEIGHT - BOTTOM
    _line(svg, (LEFT, y), (WIDTH - RIGHT, y), BASELINE, "baseline", dash="7 4")
    enough = f"enough: {plan.power_percent:.0f} in 100"
    _text(svg, WIDTH - RIGHT + 8, y + 4, enough, BASELINE, "baseline-name")
    fall = plan.smallest_fall_percent
    if fall is None or fall > MOST_PERCENT:
        return
    x = _x(fall)
    _line(svg, (x, y), (x, floor), BASELINE, "baseline", dash="2 3")
    _text(svg, x + 6, floor - 8, f"shown from {fall:.0f} % on", BASELINE, "baseline-name")


def _draw_promise(svg, plan):
    percent, chance = plan.reduction_percent, plan.plan.power_at_promise
    if percent > MOST_PERCENT:
        return
    x, y = _x(percent), _y(chance)
    _line(svg, (x, TOP - 8), (x, y), TARGET, "target", dash="2 3")
    words = f"{'promised' if plan.is_promised else 'tried'}: {floatformat(percent, -1)} % lower"
    place, anchor = (x, "middle") if x > LEFT + LABEL_ROOM else (x - 6, "start")
    place = max(place, LEFT + LABEL_ROOM)
    _text(svg, place, TOP - 12, f"{words}, {chances(chance)} in 100", TARGET, "target-name", anchor)
    point = ET.SubElement(
        svg,
        "circle",
        {"cx": f"{x}", "cy": f"{y}", "r": "5", "fill": LINE, "stroke": LINE, "class": "point"},
    )
    ET.SubElement(point, "title").text = f"{words}: {chances(chance)} in 100"


def _x(percent):
    return round(LEFT + percent * A_PERCENT, 1)


def _y(chance):
    return round(HEIGHT - BOTTOM - 100 * chance * IN_100, 1)


def _line(svg, start, end, colour, css, *, dash=""):
    (x1, y1), (x2, y2) = start, end
    attributes = {"x1": f"{x1}", "y1": f"{y1}", "x2": f"{x2}", "y2": f"{y2}"}
    attributes |= {"stroke": colour, "stroke-width": "1.5" if dash else "1", "class": css}
    ET.SubElement(svg, "line", attributes | ({"stroke-dasharray": dash} if dash else {}))


def _text(svg, x, y, text, colour, css, anchor="start"):
    attributes = {"x": f"{x}", "y": f"{y}", "fill": colour, "class": css, "text-anchor": anchor}
    ET.SubElement(svg, "text", attributes).text = text
