from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from metrics.charts_power import HEIGHT, WIDTH, draw_power_curve
from metrics.models import MonthlyReport
from metrics.stats.planning import plan_reduction
from metrics.stats.power import births_to_show, exact_power
from metrics.summaries import plan_program
from programs.models import Target
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SVG = "{http://www.w3.org/2000/svg}"
TODAY, JUNE = date(2025, 7, 15), date(2025, 6, 1)
PAGE = "/programs/own/planning/"


def report(program, births, deaths, *, first=date(2023, 1, 1), last=JUNE, **fields):
    """One more site, with as many births and deaths in every month."""
    site = ParticipationFactory(program=program, first_month=first).site
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=site, month=month, live_births=births, infant_deaths=deaths, **fields
        )
        for month in Period(first, last)
    )
    return site


def seed_case(births=200, deaths=14):
    """70 per 1,000, 30 % lower promised: the sentence of "Healthy Beginnings"."""
    program = ProgramFactory(slug="own", name="Healthy Beginnings")
    TargetFactory(program=program)
    report(program, births, deaths)
    return program


def plan_of(program, **tried):
    return plan_program(program, program.targets.current().first(), today=TODAY, **tried)


def signed_in(client, program, role="viewer"):
    client.force_login(MembershipFactory(program=program, role=role).user)
    return client


# --- The numbers -----------------------------------------------------------------------------


def test_births_needed_agree_with_the_published_table():
    """70 per 1,000, any fall, true 30 %, 80 % power: 2,195 births in each period."""
    assert births_to_show(0.07, 0.7) == 2195
    assert float(exact_power(2195, 2195, 0.07, 0.7)) == pytest.approx(0.8, abs=5e-4)


@pytest.mark.parametrize(("before", "after"), [(2195, 2195), (1825, 2738)])
def test_plan_finds_the_births_of_the_published_table(before, after):
    """Its deaths are whole numbers, so the rate is a hair off 70 per 1,000."""
    plan = plan_reduction(round(0.07 * before), before, 183, 12, reduction=0.3)
    assert plan.births_needed == pytest.approx(after, rel=0.01)


def test_program_of_2400_births_a_year_shows_a_fall_of_30_percent():
    plan = plan_of(seed_case())
    assert (plan.births_a_month, plan.months, plan.births_a_year) == (200, 12, 2400)
    assert plan.plan == plan_reduction(168, 2400, 200, 12, reduction=0.3)
    assert (plan.is_promised, plan.is_too_late, plan.due) == (True, False, JUNE)
    assert 0.28 < plan.plan.smallest_fall < 0.30


def test_program_of_1200_births_a_year_cannot_show_it_in_time():
    plan = plan_of(seed_case(births=100, deaths=7))
    assert plan.is_too_late
    assert plan.plan.births_needed > 1200
    assert plan.shown_from > plan.due


def test_program_of_100_births_a_year_can_never_show_it():
    program = ProgramFactory(slug="own")
    TargetFactory(program=program)
    report(program, 8, 0)
    report(program, 8, 1, first=date(2023, 1, 1), last=date(2023, 5, 1))
    plan = plan_of(program)
    assert plan.is_too_late
    assert (plan.shown_from, plan.plan.smallest_fall) == (None, None)


def test_births_are_those_of_the_last_twelve_reported_months():
    program = seed_case(births=50, deaths=4)
    later = report(program, 30, 1, first=date(2024, 1, 1))
    MonthlyReport.objects.filter(month__in=[date(2025, 5, 1), JUNE]).delete()
    MonthlyReport.objects.filter(site=later, month=date(2025, 4, 1)).delete()
    plan = plan_of(program)
    assert plan.recent.period == Period(date(2024, 5, 1), date(2025, 4, 1))
    assert plan.recent.counts.births == 12 * 50 + 11 * 30
    assert (plan.reported, plan.births_a_month) == (12, (12 * 50 + 11 * 30) / 12)
    assert (plan.recent.completeness.received, plan.recent.completeness.expected) == (23, 24)


def test_a_draft_and_a_comparison_site_give_no_births():
    program = seed_case()
    report(program, 1000, 90, status="draft")
    other = report(program, 1000, 90)
    other.participations.update(role="comparison")
    plan = plan_of(program)
    assert (plan.births_a_month, plan.baseline.counts.births) == (200, 2400)


def test_baseline_is_that_of_the_contract():
    program = seed_case()
    Target.objects.update(baseline_first=date(2023, 7, 1))
    assert plan_of(program).baseline.counts.births == 1200


def test_without_a_promise_the_baseline_is_the_year_before_the_start():
    program = seed_case()
    Target.objects.all().delete()
    plan = plan_of(program)
    assert plan.baseline.period.code == "2023-01..2023-12"
    assert (plan.is_promised, plan.reduction, plan.months) == (False, 0.3, 12)
    assert not Target.objects.exists()


def test_a_level_is_planned_as_the_fall_that_it_asks_for():
    program = seed_case()
    Target.objects.update(reduction_percent=None, level=Decimal("49"))
    assert plan_of(program).reduction == 0.3
    Target.objects.update(level=Decimal("70"))
    assert plan_of(program).obstacle == "no_fall"


def test_other_reductions_births_and_months_can_be_tried():
    plan = plan_of(seed_case(), reduction=Decimal(20), births_a_month=Decimal(500), months=24)
    assert plan.plan == plan_reduction(168, 2400, 500, 24, reduction=0.2)
    assert (plan.is_promised, plan.due) == (False, date(2026, 6, 1))


def test_confidence_of_the_contract_is_used():
    program = seed_case()
    Target.objects.update(confidence=Decimal(90))
    expected = plan_reduction(168, 2400, 200, 12, reduction=0.3, alpha=0.05)
    assert plan_of(program).plan.births_needed == expected.births_needed


@pytest.mark.parametrize(
    ("births", "deaths", "obstacle"),
    [(0, 0, "no_births"), (100, 0, "no_deaths"), (5, 6, "more_deaths_than_births")],
)
def test_program_without_a_plan_says_why(client, births, deaths, obstacle):
    program = seed_case(births, deaths)
    plan = plan_of(program)
    assert (plan.plan, plan.obstacle) == (None, obstacle)
    assert draw_power_curve(plan) is None
    assert signed_in(client, program).get(PAGE).status_code == 200


def test_program_without_sites_has_nothing_to_plan_with(client):
    program = ProgramFactory(slug="own")
    seen = words(signed_in(client, program).get(PAGE))
    assert "Nothing to plan with yet" in seen


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
        half = 3.5 * len(text.text) * {"middle": 1, "start": 0, "end": 2}[text.get("text-anchor")]
        assert float(text.get("x")) - half >= 0 or text.get("text-anchor") == "end"
    assert any("tried" in text for text in said(svg)) is (float(percent) <= 70)


def test_page_holds_the_curve_and_its_figures(client):
    response = signed_in(client, seed_case()).get(PAGE)
    assert response.text.count('aria-labelledby="power-title power-desc"') == 1
    assert "Chance in 100 of showing a fall" in words(response)
