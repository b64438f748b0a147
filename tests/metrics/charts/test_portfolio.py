from datetime import date
from itertools import pairwise

import pytest

from metrics.charts import draw_portfolio_spark
from metrics.summaries import summarise_portfolio
from programs.periods import Period
from tests.factories import ParticipationFactory, TargetFactory
from tests.metrics.charts.test_trend import (
    JUNE,
    SVG,
    TODAY,
    make_program,
    marked,
    read,
    texts,
)

pytestmark = pytest.mark.django_db

HIGHEST, ZERO, LAST = 8, 90, 208  # where the highest value, zero and the last month lie


def draw(program):
    [line] = summarise_portfolio([program], today=TODAY).lines([program])
    drawn = draw_portfolio_spark(line)
    return drawn and read(drawn)


def points(element):
    return [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]


def missing(*months):
    return lambda month: None if month in months else 100


def test_spark_says_what_it_shows():
    program = make_program(name="Healthy <b>")
    TargetFactory(program=program)
    svg = draw(program)
    assert svg.get("role") == "img"
    # R: poisson.test(60, 1200)$conf.int * 1000 is 38.15527, 64.35991
    assert svg.get("aria-label") == (
        "Infant mortality, Healthy <b>: 50.0 (38.2 to 64.4) per 1,000 births in "
        "2024-07 to 2025-06, 60 of 1,200, baseline 50.0, target 35.0"
    )
    names = [text.text for text in texts(svg)]
    assert names[:3] == ["0", "2023-12", "2025-06"]
    assert sorted(names[3:]) == ["baseline 50.0", "latest 50.0", "target 35.0"]


def test_program_without_a_promise_has_no_levels():
    names = [text.text for text in texts(draw(make_program()))]
    assert names[3:] == ["latest 50.0"]


def test_values_rise_from_zero_to_the_highest_limit():
    svg = draw(make_program(deaths=lambda month: 10 if month < date(2024, 7, 1) else 0))
    [line], [band] = marked(svg, "polyline", "line"), marked(svg, "polygon", "band")
    assert points(line)[-1] == (LAST, ZERO)
    assert min(y for _, y in points(band)) == HIGHEST
    # R: poisson.test(120, 1200)$conf.int * 1000 ends at 119.5755; the rate is 100
    assert points(line)[0][1] == pytest.approx(ZERO - (ZERO - HIGHEST) * 100 / 119.5755, abs=0.1)


def test_names_of_lines_that_meet_stand_apart():
    program = make_program()
    TargetFactory(program=program, reduction_percent=1)
    heights = [float(text.get("y")) for text in texts(draw(program), "")[3:]]
    assert min(b - a for a, b in pairwise(heights)) >= 12


@pytest.mark.parametrize(("deaths", "hollow"), [(1, 19), (2, 0)])
def test_point_that_rests_on_too_little_is_hollow(deaths, hollow):
    """12 deaths a year are too few to rest on, 24 are not; the latest point is always shown."""
    svg = draw(make_program(deaths=lambda month: deaths))
    assert len(marked(svg, "circle", "hollow")) == hollow
    assert len(marked(svg, "circle", "point")) == max(hollow, 1)
    if hollow:
        said = marked(svg, "circle", "hollow")[-1].find(f"{SVG}title").text
        assert said == "2024-07 to 2025-06: fewer than 20 deaths"


def test_missing_reports_are_marked_in_their_months():
    svg = draw(make_program(missing(date(2024, 3, 1), date(2024, 4, 1))))
    said = [mark.find(f"{SVG}title").text for mark in marked(svg, "rect", "lost")]
    assert said == ["2024-03: 0 of 1 reports", "2024-04: 0 of 1 reports"]
    assert marked(draw(make_program()), "rect", "lost") == []


def test_mark_of_a_month_is_as_tall_as_the_share_that_is_missing():
    program = make_program(missing(JUNE))
    ParticipationFactory(program=program, first_month=JUNE)
    ParticipationFactory(program=program, first_month=date(2025, 5, 1))
    heights = [float(mark.get("height")) for mark in marked(draw(program), "rect", "lost")]
    assert heights == [4.5, 9]  # one of two in May, three of three in June


def test_line_is_broken_where_there_is_no_rate():
    gone = Period(date(2023, 8, 1), date(2024, 8, 1))  # so that some 12 months have no birth
    svg = draw(make_program(missing(*gone)))
    assert len(marked(svg, "polyline", "line")) == 2


def test_many_points_are_thinned_out_but_not_the_last():
    """55 windows of 66 months: every second one, counted from the last."""
    svg = draw(make_program(first=date(2020, 1, 1)))
    [line] = marked(svg, "polyline", "line")
    assert len(points(line)) == 28
    assert points(line)[-1][0] == LAST


def test_without_a_rate_of_twelve_months_there_is_no_picture():
    assert draw(make_program(first=date(2024, 8, 1))) is None
    assert draw(make_program(lambda month: 0, lambda month: 0)) is None
