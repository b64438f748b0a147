"""Published rates and programs on one scale."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.charts import NARROW, WIDE, draw_benchmarks
from metrics.models import Benchmark
from metrics.stats.completeness import Completeness
from metrics.stats.rates import mortality_rate
from metrics.summaries import Example, MeasureBenchmarks, PeriodFigures
from metrics.summaries.counts import Counts
from programs.models import Measure, Program
from programs.periods import Period
from tests.metrics.charts.test_trend import SVG, read

YEAR = Period.ending(date(2025, 6, 1))


def benchmark(place, value, **fields):
    told = {"source": "WHO", "per": 1000, "measure": Measure.INFANT} | fields
    return Benchmark(place=place, value=Decimal(value), **told)


def example(name, deaths, births, *, per=1000, reports=12):
    rate = mortality_rate(deaths, births, per=per)
    counts, received = Counts(deaths, births, reports), Completeness(reports, 12)
    return Example(Program(name=name), PeriodFigures(YEAR, counts, rate, received))


def draw(benchmarks, examples=(), *, measure=Measure.INFANT, shape=WIDE):
    picture = draw_benchmarks(MeasureBenchmarks(measure, benchmarks, examples), shape)
    return picture and read(picture)


def words(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_without_a_benchmark_that_holds_there_is_no_picture():
    newer = benchmark("World", 27)
    newer.pk = 2
    assert draw([], [example("Ours", 70, 1000)]) is None
    assert draw([benchmark("World", 38, superseded_by=newer)]) is None


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_every_row_says_what_it_rests_on(shape):
    told = words(
        draw([benchmark("World", "5.40", year=2023)], [example("Ours", 70, 1000)], shape=shape)
    )
    # R's poisson.test(70, 1000): 54.6 to 88.4
    for text in ("World", "WHO, 2023", "5.4", "Ours", "70.0 (54.6 to 88.4)"):
        assert text in told
    assert "70 of 1,000, 12 of 12 reports" in told


def test_benchmark_without_a_year_says_so():
    assert "WHO, year not stated" in words(draw([benchmark("World", 38)]))


def test_marks_lie_on_one_scale_from_zero():
    svg = draw([benchmark("Low", 10), benchmark("High", 40)], [example("Ours", 20, 1000)])
    squares = [float(box.get("x")) + 5 for box in svg.iter(f"{SVG}rect")]
    (point,) = [float(mark.get("cx")) for mark in svg.iter(f"{SVG}circle")]
    low, high = squares
    # 20 lies a third of the way from 10 to 40, and 0 as far left of 10 as 20 is right of it.
    assert point == pytest.approx(low + (high - low) / 3, abs=0.11)
    zero = min(float(line.get("x1")) for line in svg.iter(f"{SVG}line"))
    assert low - zero == pytest.approx(point - low, abs=0.21)


def test_rates_of_another_number_of_births_are_brought_to_the_same():
    svg = draw(
        [benchmark("World", "0.5", per=1000, measure=Measure.MATERNAL)],
        [example("Ours", 50, 100_000, per=100_000)],
        measure=Measure.MATERNAL,
    )
    (square,) = [float(box.get("x")) + 5 for box in svg.iter(f"{SVG}rect")]
    (point,) = [float(mark.get("cx")) for mark in svg.iter(f"{SVG}circle")]
    assert square == pytest.approx(point)
    assert "per 100,000 live births" in words(svg)


@pytest.mark.parametrize(("deaths", "is_hollow"), [(19, True), (20, False)])
def test_point_on_few_deaths_is_hollow(deaths, is_hollow):
    svg = draw([benchmark("World", 38)], [example("Ours", deaths, 1000)])
    (point,) = list(svg.iter(f"{SVG}circle"))
    assert ("hollow" in point.get("class")) is is_hollow


def test_interval_that_goes_on_past_the_picture_ends_in_an_arrow():
    plain = draw([benchmark("World", 38)], [example("Ours", 70, 1000)])
    small = draw([benchmark("World", 38)], [example("Ours", 1, 30)])
    arrows = [list(svg.iter(f"{SVG}polyline")) for svg in (plain, small)]
    assert [len(own) for own in arrows] == [0, 1]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (Example(Program(name="New"), None), "fewer than 12 months so far"),
        (example("Silent", 0, 0, reports=0), "not counted"),
        (example("Empty", 0, 0), "no births, 12 reports"),
    ],
)
def test_program_without_a_rate_is_there_without_a_mark(own, told):
    svg = draw([benchmark("World", 38)], [own])
    assert {told, "no figure"} <= set(words(svg))
    assert list(svg.iter(f"{SVG}circle")) == []


def test_long_name_is_cut_short_in_the_picture_only():
    name = "The very long name of a program that nobody can read at once on a telephone"
    svg = draw([benchmark("World", 38)], [example(name, 70, 1000)], shape=NARROW)
    assert any(text.endswith("…") and name.startswith(text[:-1]) for text in words(svg))
    assert any(name in title.text for title in svg.iter(f"{SVG}title"))
