from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from metrics.charts.power import HEIGHT, WIDTH, draw_power_curve
from metrics.models import MonthlyReport
from metrics.stats.power import exact_power
from tests.factories import UserFactory
from tests.metrics.test_pages import words
from tests.metrics.test_planning import PAGE, plan_of, report, seed_case, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SVG = "{http://www.w3.org/2000/svg}"


# --- The page --------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_planning_does_not_exist_for_a_stranger(client, extra):
    seed_case()
    client.force_login(UserFactory(**extra))
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "reporter", "manager"])
def test_every_member_reads_the_planning_page(client, role):
    seen = words(signed_in(client, seed_case(), role).get(PAGE))
    assert "With the promise as it stands: 30 % lower." in seen
    assert "168 of 2,400; 12 of 12 reports" in seen
    assert "2,400 births in the last 12 reported months, 2024-07 to 2025-06" in seen
    assert "cannot be told from chance" not in seen


def test_page_warns_of_a_promise_that_cannot_be_judged_in_time(client):
    program = seed_case(births=100, deaths=7)
    plan, seen = plan_of(program), words(signed_in(client, program).get(PAGE))
    month = f"{plan.shown_from:%Y-%m}"
    assert (
        "With about 1,200 births a year, a fall of 30 % cannot be told from chance before "
        f"{month}." in seen
    )


def test_page_warns_where_no_births_would_be_enough(client):
    program = seed_case(births=40, deaths=1)
    seen = words(signed_in(client, program).get(PAGE))
    assert "a fall of 30 % cannot be told from chance however long one waits: the" in seen


def test_page_says_a_century_where_the_months_run_away(client):
    asked = {"births_a_month": "0.1", "reduction": "40"}
    seen = words(signed_in(client, seed_case()).get(PAGE, asked))
    assert "With about 1 births a year" in seen
    assert "cannot be told from chance within a hundred years" in seen


def test_address_says_what_is_tried(client):
    asked = {"reduction": "20", "births_a_month": "500.5", "months": "24"}
    response = signed_in(client, seed_case()).get(PAGE, asked)
    plan = response.context["plan"]
    assert (plan.reduction, plan.births_a_month, plan.months) == (0.2, 500.5, 24)
    assert "A trial: nothing here is promised." in words(response)
    for name, value in asked.items():
        assert response.context["form"][name].value() == value


def test_another_measure_can_be_planned(client):
    program = seed_case()
    MonthlyReport.objects.update(stillbirths=5)
    plan = signed_in(client, program).get(PAGE, {"measure": "stillbirth"}).context["plan"]
    assert (plan.target.measure, plan.is_promised) == ("stillbirth", False)
    assert (plan.baseline.counts.deaths, plan.baseline.counts.births) == (60, 12 * 205)


@pytest.mark.parametrize(
    "asked",
    [
        {"reduction": "0"},
        {"reduction": "101"},
        {"births_a_month": "-1"},
        {"births_a_month": "many"},
        {"births_a_month": "1e9"},
        {"months": "61"},
        {"measure": "adult"},
    ],
)
def test_unusable_question_shows_its_error_above_the_own_figures(client, asked):
    response = signed_in(client, seed_case()).get(PAGE, asked)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == list(asked)
    assert response.context["plan"].is_promised


@pytest.mark.parametrize("sites", [1, 3])
def test_planning_page_takes_seven_queries(client, django_assert_num_queries, sites):
    program = seed_case()
    for _ in range(sites - 1):
        report(program, 100, 7)
    signed_in(client, program)
    with django_assert_num_queries(7):
        client.get(PAGE)


# --- The curve -------------------------------------------------------------------------------


def read(plan):
    return ET.fromstring(draw_power_curve(plan))  # noqa: S314 - our own drawing


def said(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_curve_is_valid_and_labelled():
    svg = read(plan_of(seed_case()))
    assert svg.find(f"{SVG}title").text.startswith("Infant mortality, Healthy Beginnings: the")
    assert "2,400 births in the evaluation against 2,400" in svg.find(f"{SVG}desc").text
    assert svg.get("aria-labelledby") == "power-title power-desc"
    assert {"0 %", "70 %", "0", "100", "enough: 80 in 100"} <= set(said(svg))
    assert "promised: 30 % lower, about 84 in 100" in said(svg)
    assert "shown from 29 % on" in said(svg)


def test_curve_rises_and_stays_on_the_picture():
    plan = plan_of(seed_case())
    line = read(plan).find(f"{SVG}polyline").get("points").split()
    points = [tuple(float(number) for number in pair.split(",")) for pair in line]
    assert points == sorted(points, key=lambda point: (point[0], -point[1]))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    chances = [chance for _, chance in plan.curve]
    assert chances == pytest.approx(
        [float(exact_power(2400, 2400, 0.07, 1 - fall)) for fall, _ in plan.curve]
    )


@pytest.mark.parametrize("percent", ["0.1", "1", "35", "70", "71", "100"])
def test_words_of_the_promise_stay_on_the_picture(percent):
    svg = read(plan_of(seed_case(), reduction=Decimal(percent)))
    for text in svg.iter(f"{SVG}text"):
        half = 3.5 * len(text.text) * {"middle": 1, "end": 2}.get(text.get("text-anchor"), 0)
        assert float(text.get("x")) - half >= 0 or text.get("text-anchor") == "end"
    assert any("tried" in text for text in said(svg)) is (float(percent) <= 70)


def test_small_reductions_are_not_written_as_none(client):
    response = signed_in(client, seed_case()).get(PAGE, {"reduction": "0.1"})
    assert "a fall of 0.1 % cannot be told from chance" in words(response)
    assert "tried: 0.1 % lower, about" in response.text


def test_page_holds_the_curve_and_its_figures(client):
    response = signed_in(client, seed_case()).get(PAGE)
    assert response.text.count('aria-labelledby="power-title power-desc"') == 1
    assert "Chance in 100 of showing a fall" in words(response)
