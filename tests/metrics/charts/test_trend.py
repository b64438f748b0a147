from datetime import date
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from metrics.charts import NARROW, WIDE, Trend, draw_trend
from metrics.models import MonthlyReport
from metrics.summaries import summarise_program
from programs.models.interventions import Lever
from programs.periods import Period, shift_month
from tests.factories import (
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2025, 7, 15)
FIRST, JUNE = date(2023, 1, 1), date(2025, 6, 1)
ROW_HEIGHT = 12  # of a line of text


def make_program(births=lambda month: 100, deaths=lambda month: 5, *, first=FIRST, **fields):
    program = ProgramFactory(**fields)
    site = ParticipationFactory(program=program, first_month=first).site
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=site, month=month, live_births=births(month), infant_deaths=deaths(month)
        )
        for month in Period(first, JUNE)
        if births(month) is not None
    )
    return program


def draw(program, shape=WIDE):
    """The picture, as any XML reader sees it."""
    return read(draw_as_text(program, shape))


def draw_as_text(program, shape=WIDE):
    summary = summarise_program(program, today=TODAY)
    baseline = summary.shown.baseline.rate if summary.shown.baseline else None
    trend = Trend(
        summary.series,
        summary.program.name,
        baseline=baseline.value if baseline else None,
        promised=summary.shown.promised_rate,
        interventions=summary.interventions,
    )
    return draw_trend(trend, shape)


def read(drawn):
    return ET.fromstring(drawn)  # noqa: S314 - our own drawing


def texts(svg, css=""):
    return [e for e in svg.iter(f"{SVG}text") if css in e.get("class").split() or not css]


def marked(svg, tag, css):
    return [e for e in svg.iter(SVG + tag) if css in e.get("class", "").split()]


def test_chart_is_valid_xml_with_a_title_and_a_description():
    svg = draw(make_program(name="Healthy Beginnings"))
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert (svg.tag, svg.get("role")) == (f"{SVG}svg", "img")
    assert svg.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert (
        title.text == "Infant mortality, Healthy Beginnings: each point is the 12 months up to it"
    )
    assert description.text.startswith("Deaths per 1,000 births")


def test_text_is_escaped():
    program = make_program(name="<script>alert('&')</script>")
    InterventionFactory(program=program, name="<b onload=x>")
    drawn = draw_as_text(program)
    assert "<script" not in drawn
    assert "<b onload" not in drawn
    assert "<script>alert('&')</script>" in read(drawn).find(f"{SVG}title").text


def test_chart_has_no_script_and_no_style():
    drawn = draw_as_text(make_program())
    names = {name for element in read(drawn).iter() for name in element.attrib}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]
    assert "{http://www.w3.org/2000/svg}script" not in {e.tag for e in read(drawn).iter()}


@pytest.mark.parametrize("months", [0, 11])
def test_less_than_twelve_months_draw_nothing(months):
    program = ParticipationFactory(first_month=shift_month(JUNE, 1 - months)).program
    assert draw_as_text(program) is None


def test_no_births_draw_nothing():
    program = make_program(births=lambda month: 0, deaths=lambda month: 0)
    assert draw_as_text(program) is None


def test_every_twelve_months_are_a_point_in_the_order_of_time():
    svg = draw(make_program())
    points = marked(svg, "circle", "point")
    assert len(points) == 30 - 11
    places = [float(point.get("cx")) for point in points]
    assert places == sorted(places)
    assert points[-1].find(f"{SVG}title").text == (
        "2024-07 to 2025-06: 50.0 (38.2 to 64.4) per 1,000, 60 of 1,200"
    )


def test_higher_rate_lies_higher():
    svg = draw(make_program(deaths=lambda month: 9 if month < date(2024, 1, 1) else 1))
    heights = [float(point.get("cy")) for point in marked(svg, "circle", "point")]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_gap_breaks_the_line_and_is_not_drawn_across():
    gap = Period(date(2023, 3, 1), date(2024, 5, 1))
    program = make_program(lambda m: 0 if m in gap else 100, lambda m: 0 if m in gap else 5)
    svg = draw(program)
    lines = [line.get("points").split() for line in marked(svg, "polyline", "line")]
    assert [len(line) for line in lines] == [2, 13]
    assert len(marked(svg, "polygon", "band")) == 2
    assert len(marked(svg, "circle", "point")) == 15


def test_line_ends_where_births_do():
    ended = date(2024, 3, 1)
    program = make_program(lambda m: 0 if m > ended else 100, lambda m: 0 if m > ended else 5)
    [line] = marked(draw(program), "polyline", "line")
    assert len(line.get("points").split()) == 15


def test_point_without_neighbours_is_marked_however_many_points_there_are():
    """Births again in the last month, after a year without: no line can show it."""
    gap = Period(date(2024, 1, 1), date(2025, 5, 1))
    program = make_program(
        lambda m: 0 if m in gap else 100, lambda m: 0 if m in gap else 5, first=date(2015, 1, 1)
    )
    program.sites.get().spells.update(first_month=date(2015, 1, 1))
    svg = draw(program)
    assert [len(own.get("points").split()) for own in marked(svg, "polyline", "line")][-1] == 1
    [point] = marked(svg, "circle", "point")
    assert point.find(f"{SVG}title").text.startswith("2024-07 to 2025-06:")


def test_partial_month_is_hollow_and_says_so():
    svg = draw(make_program(births=lambda month: 10 if month == JUNE else 100))
    points = marked(svg, "circle", "point")
    assert [point.get("fill") == "#ffffff" for point in points] == [False] * 18 + [True]
    assert "the last month looks partial" in points[-1].find(f"{SVG}title").text


def test_baseline_and_target_are_named_with_their_rates():
    program = make_program(deaths=lambda month: 10 if month < date(2024, 1, 1) else 6)
    TargetFactory(program=program)
    svg = draw(program)
    said = {text.text for text in texts(svg)}
    assert {"latest 60.0", "baseline 100.0", "target 70.0"} <= said
    assert len(marked(svg, "line", "baseline")) == len(marked(svg, "line", "target")) == 1


def test_target_without_baseline_is_drawn_only_as_a_level():
    program = make_program(births=lambda month: None if month < date(2024, 1, 1) else 100)
    target = TargetFactory(program=program)
    names = [text.text.split()[0] for text in texts(draw(program))]
    assert not {"baseline", "target"} & set(names)
    target.reduction_percent, target.level = None, Decimal(40)
    target.save()
    assert "target 40.0" in [text.text for text in texts(draw(program))]


@pytest.mark.parametrize(("deaths", "level"), [(5, 50), (5, 49), (5, 1), (0, 1), (50, 500)])
def test_names_of_lines_do_not_overlap_and_stay_on_the_picture(deaths, level):
    program = make_program(deaths=lambda month: deaths)
    TargetFactory(program=program, reduction_percent=None, level=Decimal(level))
    names = [
        t for t in texts(draw(program)) if t.text.split()[0] in ("latest", "baseline", "target")
    ]
    heights = sorted(float(name.get("y")) for name in names)
    assert len(heights) == 3
    assert all(lower - upper >= ROW_HEIGHT for upper, lower in pairwise(heights))
    assert heights[0] > ROW_HEIGHT
    assert heights[-1] <= WIDE.lower + 34


def _overlapping(labels):
    """Pairs of labels whose boxes meet: 7 units wide a character, a row high."""
    boxes = [(float(t.get("x")), float(t.get("y")), 3.5 * len(t.text)) for t in labels]
    return [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < ROW_HEIGHT
    ]


def lanes(svg):
    return [
        group.find(f"{SVG}title").text
        for group in svg.iter(f"{SVG}g")
        if group.find(f"{SVG}rect[@class='lane']") is not None
    ]


def test_interventions_lie_along_the_months_under_their_levers():
    program = make_program()
    for lever, month in ((Lever.EDUCATION, date(2024, 8, 1)), (Lever.CARE, date(2025, 1, 1))):
        InterventionFactory(program=program, name=lever.name, lever=lever, first_month=month)
    svg = draw(program)
    assert lanes(svg) == ["CARE, from 2025-01", "EDUCATION, from 2024-08"]
    heads = [text.text for text in texts(svg) if text.get("font-weight")]
    assert heads == ["Prenatal and postnatal care", "Community education"]
    assert len(marked(svg, "line", "event")) == 2


def test_intervention_from_before_the_picture_begins_at_its_edge():
    program = make_program()
    InterventionFactory(program=program, first_month=date(2020, 1, 1), last_month=date(2024, 6, 1))
    InterventionFactory(program=program, first_month=date(2026, 1, 1))
    svg = draw(program)
    [lane] = marked(svg, "rect", "lane")
    assert float(lane.get("x")) == WIDE.left
    assert marked(svg, "line", "event") == []


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_many_interventions_are_cut_off_with_a_word(shape):
    program = make_program()
    for back in range(20):
        InterventionFactory(
            program=program, name=f"{back} " * 30, first_month=shift_month(JUNE, -back)
        )
    svg = draw(program, shape)
    assert len(lanes(svg)) == 12
    assert "more are listed below" in [text.text for text in texts(svg)]
    for text in texts(svg, "ink"):
        width = 6.2 * len(text.text)
        start = float(text.get("x")) - (width if text.get("text-anchor") == "end" else 0)
        assert start >= -1
        assert start + width <= shape.width + 1


def test_reports_that_did_not_come_in_are_seen():
    missing = date(2025, 3, 1)
    program = make_program(births=lambda month: None if month == missing else 100)
    [lost] = marked(draw(program), "rect", "lost")
    received = marked(draw(program), "rect", "bar")
    assert float(lost.get("height")) == float(received[0].get("height")) == 12
    assert len(received) == 30 - 11 - 1


def test_points_on_few_deaths_are_hollow_and_say_so():
    points = marked(draw(make_program(deaths=lambda month: 1)), "circle", "point")
    assert {point.get("class") for point in points} == {"point hollow"}
    assert points[0].find(f"{SVG}title").text.endswith("12 of 1,200; fewer than 20 deaths")


def test_points_on_few_reports_are_hollow_and_say_so():
    program = make_program(births=lambda month: None if month < date(2024, 1, 1) else 100)
    points = marked(draw(program), "circle", "point")
    said = [point.find(f"{SVG}title").text for point in points if "hollow" in point.get("class")]
    assert said[-1].endswith("9 of 12 reports")
    assert "hollow" not in points[-1].get("class")


def test_months_of_the_figures_beside_are_marked():
    program = make_program()
    summary = summarise_program(program, today=TODAY)
    period = Period(date(2025, 1, 1), date(2030, 1, 1))
    svg = read(draw_trend(Trend(summary.series, "A", marked=period)))
    titles = [group.find(f"{SVG}title").text for group in svg.iter(f"{SVG}g") if len(group) == 2]
    assert f"{period}: the months of the figures" in titles


@pytest.mark.parametrize("first", [FIRST, date(2024, 7, 1), date(2015, 1, 1), date(1995, 1, 1)])
def test_months_on_the_axis_are_few_and_do_not_overlap(first):
    program = make_program(first=first)
    program.sites.get().spells.update(first_month=first)
    months = [t for t in texts(draw(program), "muted") if len(t.text) == 7 and t.text[4] == "-"]
    assert 1 <= len(months) <= 7
    assert _overlapping(months) == []


def test_everything_lies_on_the_picture():
    program = make_program(births=lambda month: 3, deaths=lambda month: month.month % 3)
    TargetFactory(program=program)
    svg = draw(program)
    for x, y in (pair.split(",") for e in svg.iter() for pair in e.get("points", "").split()):
        assert 0 <= float(x) <= float(svg.get("width"))
        assert 0 <= float(y) <= float(svg.get("height"))
