from datetime import date
from decimal import Decimal

import pytest

from metrics.charts.power import draw_power_curve
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
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

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
