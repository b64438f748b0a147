from datetime import date
from decimal import Decimal

import pytest

from metrics.charts import COMPARISON_NARROW, COMPARISON_WIDE, draw_comparison
from metrics.summaries import compare_programs
from programs.models import Program
from tests.factories import TargetFactory
from tests.metrics.charts.test_trend import SVG, TODAY, make_program, marked, read, texts

pytestmark = pytest.mark.django_db


def add(before, now, *, name="Program", **promise):
    """A program with twelve months of `before` deaths of 100 births each, then of `now`."""
    program = make_program(
        deaths=lambda month: before if month < date(2024, 7, 1) else now, name=name
    )
    return TargetFactory(program=program, **promise).program


def draw(layout=COMPARISON_WIDE):
    drawn = draw_comparison(compare_programs(Program.objects.order_by("name"), today=TODAY), layout)
    return drawn and read(drawn)


def words(svg):
    return [text.text for text in texts(svg)]


def places(svg, tag, css, name):
    return [float(mark.get(name)) for mark in marked(svg, tag, css)]


def test_picture_says_what_it_shows():
    add(10, 6)
    svg = draw()
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert svg.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert title.text == "The change of each program against its own baseline, beside its promise"
    assert "it is no ranking" in description.text


@pytest.mark.parametrize("layout", [COMPARISON_WIDE, COMPARISON_NARROW])
def test_each_program_has_its_row_with_its_words(layout):
    add(10, 6, name="Ann")
    add(10, 9, name="Ben", reduction_percent=40)
    seen = words(draw(layout))
    # R: poisson.test(c(72, 120), c(1200, 1200))$conf.int is 0.4416, 0.8103;
    # of c(108, 120) it is 0.6875, 1.1771
    for text in ("40 % lower", "56 % lower to 19 % lower", "promised −30 %"):
        assert text in seen
    for text in ("10 % lower", "31 % lower to 18 % higher", "promised −40 %"):
        assert text in seen
    assert seen.index("Ann") < seen.index("Ben")


def test_points_lie_on_one_scale_from_worse_to_better():
    for name, now in {"A": 12, "B": 10, "C": 7, "D": 3}.items():
        add(10, now, name=name)
    svg = draw()
    xs = places(svg, "circle", "point", "cx")
    assert xs == sorted(xs)
    [zero] = set(places(svg, "line", "baseline", "x1"))
    assert xs[1] == zero  # unchanged
    assert set(places(svg, "line", "target", "x1")) == {xs[2]}  # 30 % lower, as promised


def test_interval_reaches_from_limit_to_limit():
    add(10, 6)
    svg = draw()
    bar = next(own for own in marked(svg, "line", "line") if own.get("stroke-width") == "2.5")
    [point] = places(svg, "circle", "point", "cx")
    [zero] = places(svg, "line", "baseline", "x1")
    percent = (point - zero) / 40  # of 40 % lower
    # R: poisson.test(c(72, 120), c(1200, 1200))$conf.int is 0.4416, 0.8103
    assert float(bar.get("x1")) == pytest.approx(zero + 18.97 * percent, abs=0.2)
    assert float(bar.get("x2")) == pytest.approx(zero + 55.84 * percent, abs=0.2)


def test_program_behind_a_gate_keeps_its_row_without_a_point():
    add(10, 6, name="Firm")
    add(1, 0, name="Small")
    svg = draw()
    assert len(marked(svg, "circle", "point")) == 1
    assert len(marked(svg, "line", "target")) == 2
    assert {"Small", "no point: too little data"} <= set(words(svg))


def test_program_with_a_data_problem_says_so():
    add(10, 6)
    add(10, 200, name="Broken")
    svg = draw()
    assert len(marked(svg, "circle", "point")) == 1
    assert "no point: a data problem" in words(svg)


def test_nothing_is_drawn_where_no_program_has_a_point():
    assert draw() is None
    add(1, 0)
    assert draw() is None


def test_measures_stand_under_their_own_headings():
    add(10, 6, name="B")
    program = add(10, 6, name="A", measure="stillbirth")
    program.sites.get().monthly_reports.update(stillbirths=5)
    seen = words(draw())
    assert [own for own in seen if own in ("Infant mortality", "Stillbirths", "A", "B")] == [
        "Infant mortality", "B", "Stillbirths", "A",
    ]  # fmt: skip


def test_level_is_marked_where_it_lies_against_the_own_baseline():
    add(10, 6, reduction_percent=None, level=Decimal(80))
    assert "promised −20 %" in words(draw())  # 80 is 20 % below the baseline's 100


def test_promise_that_is_not_due_has_a_hollow_point():
    add(10, 6)
    assert marked(draw(), "circle", "hollow") == []
    program = add(10, 6, name="Running")
    program.targets.update(due_month=date(2026, 1, 1))
    assert len(marked(draw(), "circle", "hollow")) == 1


def test_interval_that_goes_on_past_the_picture_ends_in_an_arrow():
    add(2, 5)  # R: poisson.test(c(60, 24), c(1200, 1200)): up to 4.198 times
    svg = draw()
    assert len(marked(svg, "polyline", "line")) == 1
    assert max(places(svg, "circle", "point", "cx")) >= COMPARISON_WIDE.left


def test_long_names_are_parted_and_then_cut():
    name = "A program whose name is so long that nobody would ever read it out to the very end"
    add(10, 6, name=name)
    wide, narrow = words(draw()), words(draw(COMPARISON_NARROW))
    assert "A program whose name is so long" in wide
    assert [own for own in wide if own.endswith("…")] != []
    assert [own for own in narrow if own.endswith("…")] != []
    assert name not in wide


def test_text_is_escaped():
    add(10, 6, name="<script>alert('&')</script>")
    drawn = draw_comparison(compare_programs(Program.objects.all(), today=TODAY))
    assert "<script" not in drawn
    assert " style=" not in drawn
