from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from metrics.charts import draw_map, draw_spark, spark_top
from metrics.models import MonthlyReport
from metrics.summaries import gather_program, summarise_program, trace_sites
from programs.models import Measure
from programs.periods import Period
from tests.factories import MonthlyReportFactory, ParticipationFactory, ProgramFactory
from tests.metrics.charts.test_trend import FIRST, JUNE, SVG, TODAY, make_program, marked, texts

pytestmark = pytest.mark.django_db


def read(drawn):
    return ET.fromstring(drawn)  # noqa: S314 - our own drawing


def trace(program):
    """Of the site that has reported."""
    gathered = gather_program(program, today=TODAY)
    site = program.sites.filter(monthly_reports__isnull=False).distinct().first()
    return trace_sites(gathered, Measure.INFANT, [site.pk])[site.pk]


def spark(program):
    own = trace(program)
    return draw_spark(own, name="Post", top=spark_top([own], None))


def test_spark_says_its_latest_rate_with_its_interval():
    svg = read(spark(make_program()))
    # R: poisson.test(60, 1200)$conf.int * 1000 is 38.15435 to 64.35907
    assert svg.get("aria-label") == (
        "Post: 50.0 (38.2 to 64.4) per 1,000 in 2024-07 to 2025-06, 60 of 1,200"
    )
    assert len(marked(svg, "polygon", "band")) == len(marked(svg, "polyline", "line")) == 1


def test_spark_shows_missing_months_and_closed_ones_apart():
    program = make_program(births=lambda month: None if month.month == 3 else 100)
    program.sites.get().spells.update(last_month=date(2025, 4, 1))
    ParticipationFactory(program=program, first_month=FIRST)  # goes on, so the picture does
    svg = read(spark(program))
    lost = [box.find(f"{SVG}title").text for box in marked(svg, "rect", "lost")]
    assert lost == [f"{year}-03: not in the figures" for year in (2023, 2024, 2025)]
    last = max(float(line.get("x2")) for line in marked(svg, "line", "axis"))
    assert last < 144  # nothing is drawn where the site was closed


def test_spark_without_a_rate_is_not_drawn():
    assert spark(make_program(births=lambda month: 0, deaths=lambda month: 0)) is None


def test_trace_agrees_with_a_slow_sum():
    program = make_program(births=lambda m: 50 + m.month, deaths=lambda m: m.month % 4)
    windows = trace(program).windows
    assert [own.period.last.month for own in windows] == [12, 3, 6, 9, 12, 3, 6]
    for own in windows:
        assert own.counts.births == sum(50 + month.month for month in own.period)
        assert own.counts.deaths == sum(month.month % 4 for month in own.period)
        assert (own.completeness.received, own.completeness.expected) == (12, 12)


def make_places(*places):
    """A program with a site at each latitude and longitude, all reports of each in."""
    program = ProgramFactory()
    for north, east, births in places:
        site = ParticipationFactory(
            program=program, first_month=FIRST, site__latitude=north, site__longitude=east
        ).site
        MonthlyReport.objects.bulk_create(
            MonthlyReportFactory.build(site=site, month=month, live_births=births, infant_deaths=0)
            for month in Period(FIRST, JUNE)
        )
    return program


def draw_places(program):
    return draw_map(summarise_program(program, today=TODAY).sites, program.name)


def test_map_puts_north_up_and_east_right_and_draws_by_births():
    svg = read(draw_places(make_places((10, 20, 100), (11, 21, 400), (10.5, 20.2, 25))))
    large, middle, small = marked(svg, "circle", "place")
    assert [own.get("r") for own in (large, middle, small)] == ["16", "8", "4"]
    assert float(large.get("cy")) < float(small.get("cy")) < float(middle.get("cy"))
    assert float(large.get("cx")) > float(small.get("cx")) > float(middle.get("cx"))
    assert len(texts(svg, "ink")) == 3


def test_map_marks_overdue_reports_and_comparison_sites():
    program = make_places((10, 20, 100), (11, 21, 100))
    late, other = program.sites.order_by("pk")
    late.monthly_reports.filter(month=JUNE).delete()
    program.participations.filter(site=other).update(role="comparison")
    svg = read(draw_places(program))
    [hollow] = marked(svg, "circle", "place")
    assert "hollow" in hollow.get("class")
    assert len(marked(svg, "rect", "place")) == 1
    links = {link.get("href"): link.find(f"{SVG}title").text for link in svg.iter(f"{SVG}a")}
    assert links[f"/sites/{late.code}/"].endswith("1 report overdue")


@pytest.mark.parametrize("places", [[], [(10, 20, 100)], [(None, None, 100), (10, 20, 100)]])
def test_map_needs_two_sites_that_say_where_they_lie(places):
    assert draw_places(make_places(*places)) is None


def test_map_of_sites_on_one_spot_is_drawn():
    spot = (Decimal("10.5"), Decimal("20.5"), 100)
    svg = read(draw_places(make_places(spot, spot)))
    assert len(marked(svg, "circle", "place")) == 2
