from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from metrics.charts import NARROW, WIDE, draw_progress
from metrics.charts.progress import Scale
from metrics.summaries import summarise_program
from tests.factories import TargetFactory
from tests.metrics.charts.test_trend import TODAY, make_program, marked, texts

pytestmark = pytest.mark.django_db


def draw(before, now, shape=WIDE, **promise):
    """Twelve months of `before` deaths of 100 births each, then of `now` deaths."""
    program = make_program(deaths=lambda month: before if month < date(2024, 7, 1) else now)
    target = TargetFactory(program=program, **promise)
    drawn = draw_progress(summarise_program(target.program, today=TODAY).target, shape)
    return ET.fromstring(drawn) if drawn else None  # noqa: S314 - our own drawing


def place(svg):
    [point] = marked(svg, "circle", "point")
    return float(point.get("cx"))


def height_line(svg, css):
    return next(float(own.get("x1")) for own in marked(svg, "line", css))


def test_interval_point_baseline_and_target_are_drawn_in_order():
    svg = draw(10, 6)
    bar = next(own for own in marked(svg, "line", "line") if own.get("stroke-width") == "4")
    baseline, target = height_line(svg, "baseline"), height_line(svg, "target")
    assert baseline < float(bar.get("x1")) < place(svg) < float(bar.get("x2"))
    assert baseline < target < place(svg)
    said = [text.text for text in texts(svg)]
    assert {"baseline 100.0", "target 70.0"} <= set(said)
    assert said[-1].startswith("40 % lower (")


def test_change_that_just_keeps_the_promise_lies_on_the_target():
    svg = draw(10, 7)
    assert place(svg) == height_line(svg, "target")


def test_rise_lies_on_the_side_of_worse():
    svg = draw(5, 10)
    assert place(svg) < height_line(svg, "baseline") < height_line(svg, "target")


def test_level_is_a_target_as_well():
    svg = draw(10, 6, reduction_percent=None, level=Decimal(80))
    assert "target 80.0" in [text.text for text in texts(svg)]
    assert height_line(svg, "target") < place(svg)


def test_nothing_is_drawn_without_a_change_or_a_promise():
    assert draw(0, 5) is None
    assert draw(0, 0, reduction_percent=None, level=Decimal(80)) is None


@pytest.mark.parametrize("shape", [WIDE, NARROW])
@pytest.mark.parametrize(("before", "now"), [(10, 0), (1, 90), (50, 49), (3, 1)])
def test_everything_lies_on_the_picture(shape, before, now):
    svg = draw(before, now, shape)
    places = [float(e.get(name)) for e in svg.iter() for name in ("x", "x1", "x2", "cx", "cy")
              if e.get(name)]  # fmt: skip
    assert min(places) >= 0
    assert max(places) <= shape.width
    for text in texts(svg, "baseline-name") + texts(svg, "target-name"):
        width = 6.5 * len(text.text)
        start = float(text.get("x")) - (width if text.get("text-anchor") == "end" else 0)
        assert start >= 0
        assert start + width <= shape.width


def test_scale_runs_from_worse_to_better():
    scale = Scale(worst=20, best=-60, left=0, right=80)
    assert [scale.x(percent) for percent in (20, 0, -30, -60, -99, 500)] == [0, 20, 50, 80, 80, 0]
