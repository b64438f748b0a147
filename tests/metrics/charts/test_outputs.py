"""An intervention's outputs below the rate of its sites, as any XML reader sees the picture."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from metrics.charts import NARROW, WIDE, Outputs, Trend, draw_outputs
from metrics.summaries import gather_program, summarise_intervention
from programs.models import InterventionOutput
from programs.periods import Period
from tests.factories import InterventionFactory, MonthlyReportFactory, ParticipationFactory

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2025, 7, 15)
JUNE = date(2025, 6, 1)


def intervene(reported=True, **fields):
    """An intervention from March 2025 on, at one site that reports since 2023."""
    site = ParticipationFactory().site
    for month in Period(date(2023, 1, 1), JUNE) if reported else ():
        MonthlyReportFactory(site=site, month=month)
    program = site.programs.get()
    return InterventionFactory(program=program, **{"first_month": date(2025, 3, 1)} | fields)


def put_out(own, month, **counts):
    InterventionOutput.objects.create(intervention=own, month=date(2025, month, 1), **counts)


def draw(own, shape=WIDE):
    gathered = gather_program(own.program, today=TODAY)
    summary = summarise_intervention(gathered, own, today=TODAY)
    trend = summary.series and Trend(summary.series, own.name, interventions=[own])
    return draw_outputs(Outputs(own, trend, summary.kinds, summary.months), shape)


def read(own, shape=WIDE):
    return ET.fromstring(draw(own, shape))  # noqa: S314 - our own drawing


def marked(svg, tag, css):
    return [e for e in svg.iter(SVG + tag) if css in e.get("class", "").split()]


def titles(elements):
    return [element.find(f"{SVG}title").text for element in elements]


@pytest.fixture
def own():
    """Sessions in March, none in April, nobody wrote in May, twice as many in June."""
    own = intervene()
    for month, sessions in ((3, 10), (4, 0), (6, 20)):
        put_out(own, month, sessions_held=sessions)
    return own


def test_each_month_says_what_was_put_out(own):
    svg = read(own)
    assert titles(marked(svg, "rect", "output")) == [
        "2025-03: 10 sessions held",
        "2025-06: 20 sessions held",
    ]
    assert titles(marked(svg, "rect", "output-none")) == ["2025-04: 0 sessions held"]
    assert titles(marked(svg, "rect", "unrecorded")) == ["2025-05: not recorded"]


def test_twice_the_output_is_twice_the_bar_and_all_stand_on_one_line(own):
    bars = marked(read(own), "rect", "output")
    half, full = (float(bar.get("height")) for bar in bars)
    assert full == pytest.approx(2 * half, abs=0.2)
    floors = {round(float(bar.get("y")) + float(bar.get("height")), 1) for bar in bars}
    assert len(floors) == 1


def test_bars_stand_below_the_rate_of_the_same_month(own):
    svg = read(own)
    [june] = [p for p in marked(svg, "circle", "point") if "to 2025-06" in titles([p])[0]]
    bar = marked(svg, "rect", "output")[-1]
    middle = float(bar.get("x")) + float(bar.get("width")) / 2
    assert middle == pytest.approx(float(june.get("cx")), abs=0.11)
    assert float(bar.get("y")) > float(june.get("cy"))


def test_its_beginning_is_marked_before_its_first_month(own):
    svg = read(own)
    [line] = marked(svg, "line", "begins")
    assert line.get("x1") == line.get("x2")
    first = marked(svg, "rect", "output")[0]
    assert float(line.get("x1")) < float(first.get("x"))
    assert "begins 2025-03" in [text.text for text in svg.iter(f"{SVG}text")]


def test_kind_that_nobody_recorded_is_not_drawn(own):
    put_out(own, 5, visits_made=7)
    words = [text.text for text in read(own).iter(f"{SVG}text")]
    assert {"Sessions held", "Visits made"} <= set(words)
    assert "People reached" not in words
    assert {"latest 20", "latest 7"} <= set(words)


def test_kind_of_which_there_was_none_has_an_axis(own):
    InterventionOutput.objects.update(sessions_held=0)
    assert len(marked(read(own), "rect", "output-none")) == 3


def test_outputs_alone_are_drawn_where_there_is_no_rate():
    own = intervene(reported=False)
    put_out(own, 4, people_reached=1234)
    svg = read(own)
    assert marked(svg, "circle", "point") == []
    assert titles(marked(svg, "rect", "output")) == ["2025-04: 1,234 people reached"]


def test_rates_alone_are_drawn_where_nothing_was_put_out():
    svg = read(intervene())
    assert len(marked(svg, "circle", "point")) == 19
    assert marked(svg, "rect", "output") == []


def test_neither_rate_nor_output_draws_nothing():
    assert draw(intervene(reported=False)) is None


def test_intervention_ahead_has_no_mark_on_the_picture():
    svg = read(intervene(first_month=date(2026, 2, 1)))
    assert marked(svg, "line", "begins") == []


def test_text_is_escaped():
    own = intervene(name="<script>alert('&')</script>")
    assert "<script" not in draw(own)
    assert own.name in read(own).find(f"{SVG}title").text


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everything_lies_on_the_picture(own, shape):
    for month in range(3, 7):
        InterventionOutput.objects.update_or_create(
            intervention=own, month=date(2025, month, 1), defaults={"visits_made": 10**month}
        )
    svg = read(own, shape)
    width, height = float(svg.get("width")), float(svg.get("height"))
    for box in svg.iter(f"{SVG}rect"):
        left, top = float(box.get("x")), float(box.get("y"))
        assert 0 <= left <= left + float(box.get("width")) <= width
        assert 0 <= top <= top + float(box.get("height")) <= height
    for text in svg.iter(f"{SVG}text"):
        assert 0 < float(text.get("y")) <= height
