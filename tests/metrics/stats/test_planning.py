import pytest

from metrics.stats.planning import plan_reduction
from metrics.stats.power import exact_power


def test_plan_says_what_two_thousand_births_can_show():
    plan = plan_reduction(140, 2000, 2000 / 12, 12, reduction=0.3)

    # R: golden case D-power-02
    assert plan.power_at_promise == pytest.approx(0.760038957160689)
    assert plan.can_be_judged is False
    shown, not_shown = (
        float(exact_power(2000, 2000, 0.07, 1 - plan.smallest_fall + step)) for step in (0, 1e-4)
    )
    assert not_shown < 0.8 <= shown


def test_plan_finds_the_fewest_births_and_the_months_that_bring_them():
    plan = plan_reduction(140, 2000, 100, 18, reduction=0.3)

    fewer, enough = (
        float(exact_power(plan.births_needed - less, 2000, 0.07, 0.7)) for less in (1, 0)
    )
    assert fewer < 0.8 <= enough
    assert plan.months_needed == -(-plan.births_needed // 100)


@pytest.mark.parametrize(("births_a_month", "can_be_judged"), [(134, False), (136, True)])
def test_plan_says_whether_the_promise_can_be_judged_in_time(births_a_month, can_be_judged):
    plan = plan_reduction(140, 2000, births_a_month, 18, reduction=0.3)
    assert plan.can_be_judged is can_be_judged


def test_a_small_baseline_can_never_show_the_promise():
    plan = plan_reduction(70, 1000, 56, 12, reduction=0.3)
    assert (plan.births_needed, plan.months_needed, plan.can_be_judged) == (None, None, False)
    assert plan.smallest_fall > 0.4


def test_hardly_any_births_cannot_show_even_the_end_of_all_deaths():
    plan = plan_reduction(5, 300, 4, 12, reduction=0.3)
    assert plan.smallest_fall is None


def test_dispersion_makes_the_smallest_fall_larger():
    plain, widened = (
        plan_reduction(700, 10_000, 833, 12, reduction=0.3, dispersion=own) for own in (1, 3)
    )
    assert plain.smallest_fall < widened.smallest_fall


@pytest.mark.parametrize(("deaths", "births"), [(0, 1000), (0, 0)])
def test_there_is_no_plan_without_a_baseline_rate(deaths, births):
    assert plan_reduction(deaths, births, 100, 12, reduction=0.3) is None


@pytest.mark.parametrize(("reduction", "power"), [(0, 0.8), (30, 0.8), (0.3, 80)])
def test_plan_refuses_percentages(reduction, power):
    with pytest.raises(ValueError, match=r"are shares. Write 0.3 for 30 %."):
        plan_reduction(70, 1000, 100, 12, reduction=reduction, power=power)
