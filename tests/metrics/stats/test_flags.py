import pytest

from metrics.stats import flags
from metrics.stats.comparisons import compare_rates
from metrics.stats.completeness import Completeness
from metrics.stats.decisions import State
from metrics.stats.dispersion import Dispersion
from metrics.stats.flags import Flag


def test_raised_flags_come_once_each_in_their_order():
    given = [Flag.BIRTHS_CHANGED, None, Flag.SELECTED_BECAUSE_HIGH, Flag.BIRTHS_CHANGED]
    assert flags.raised(given) == (Flag.SELECTED_BECAUSE_HIGH, Flag.BIRTHS_CHANGED)
    assert flags.raised([None]) == ()


@pytest.mark.parametrize(("sites", "flag"), [(0, None), (1, Flag.SELECTED_BECAUSE_HIGH)])
def test_sites_chosen_because_their_rates_were_high(sites, flag):
    assert flags.selected_because_high(sites) == flag


@pytest.mark.parametrize(
    ("base", "now", "flag"),
    [
        ((90, 100), (100, 100), None),  # exactly ten points
        ((899, 1000), (100, 100), Flag.COMPLETENESS_CHANGED),
        ((100, 100), (89, 100), Flag.COMPLETENESS_CHANGED),
        ((0, 0), (100, 100), None),
        ((100, 100), (0, 0), None),
    ],
)
def test_completeness_changed_by_more_than_ten_points(base, now, flag):
    assert flags.completeness_changed(Completeness(*base), Completeness(*now)) == flag


@pytest.mark.parametrize(
    ("now", "base", "flag"),
    [
        ((1200, 12), (1000, 12), None),  # exactly a fifth
        ((1201, 12), (1000, 12), Flag.BIRTHS_CHANGED),
        ((799, 12), (1000, 12), Flag.BIRTHS_CHANGED),
        ((1800, 18), (1200, 12), None),  # as many a month
        ((1000, 12), (0, 12), None),
    ],
)
def test_births_a_month_changed_by_more_than_a_fifth(now, base, flag):
    assert flags.births_changed(*now, *base) == flag


@pytest.mark.parametrize(
    ("births", "flag"),
    [
        ([1000] * 9, None),
        ([1000] * 6 + [500] * 3, Flag.BIRTHS_JUMPED),  # a district was split
        ([1000] * 6 + [2000] * 3, Flag.BIRTHS_JUMPED),
        ([1000] * 6 + [500, 500, 900], None),  # two odd months are no new level
        ([6] * 6 + [3] * 3, None),  # chance explains it in a small site
        ([1000] * 6 + [1300] * 3, None),  # less than a third more
        ([1000] * 6 + [500] * 2, None),  # too few months to tell
        ([0] * 6 + [1000] * 3, Flag.BIRTHS_JUMPED),
        ([], None),
    ],
)
def test_births_recorded_jumped_to_another_level(births, flag):
    assert flags.births_jumped(births) == flag


@pytest.mark.parametrize(("sites", "flag"), [(0, None), (2, Flag.SITES_JOINED)])
def test_sites_joined_midway(sites, flag):
    assert flags.sites_joined(sites) == flag


@pytest.mark.parametrize(
    ("ratio", "rose"),
    [
        (compare_rates(100, 1000, 70, 1000), True),  # lower limit above 1
        (compare_rates(95, 1000, 70, 1000), False),  # R: from 0.986
        (None, False),
    ],
)
def test_mothers_or_stillbirths_rose_by_more_than_chance(ratio, rose):
    assert (flags.maternal_deaths_rose(ratio) is Flag.MATERNAL_DEATHS_ROSE) is rose
    assert (flags.stillbirths_rose(ratio) is Flag.STILLBIRTHS_ROSE) is rose


@pytest.mark.parametrize(
    ("dispersion", "flag"),
    [(None, None), (Dispersion(2, 11), None), (Dispersion(2.01, 11), Flag.MONTHS_VARY)],
)
def test_months_vary_more_than_twice_as_much_as_chance(dispersion, flag):
    assert flags.months_vary(dispersion) == flag


@pytest.mark.golden("did_poisson_ratio_of_ratios")
def test_ratio_of_ratios_agrees_with_r(case):
    inputs, expected = case["inputs"], case["expected"]
    program = compare_rates(*inputs["program_after"], *inputs["program_before"])
    comparison = compare_rates(*inputs["control_after"], *inputs["control_before"])

    apart = flags.ratio_of_ratios(program, comparison)

    wanted = [expected[name] for name in ("ratio_of_rate_ratios", "lower", "upper")]
    assert apart == pytest.approx(wanted, rel=case["tol_rel"])
    assert flags.comparison_fell_too(program, comparison) == Flag.COMPARISON_FELL_TOO


FELL = compare_rates(490, 10_000, 700, 10_000)
STAYED = compare_rates(700, 10_000, 700, 10_000)
NOBODY = compare_rates(0, 10_000, 700, 10_000)


@pytest.mark.parametrize(
    ("program", "comparison", "flag"),
    [
        (FELL, FELL, Flag.COMPARISON_FELL_TOO),
        (FELL, STAYED, None),
        (STAYED, FELL, None),  # there is no fall of the program to explain
        (FELL, NOBODY, None),
        (None, FELL, None),
        (FELL, None, None),
    ],
)
def test_comparison_sites_fell_as_much(program, comparison, flag):
    assert flags.comparison_fell_too(program, comparison) == flag


def test_ratio_of_ratios_widens_with_the_dispersion_of_either():
    wide = compare_rates(490, 10_000, 700, 10_000, dispersion=4)
    plain, widened = (flags.ratio_of_ratios(own, STAYED) for own in (FELL, wide))
    assert widened[1] < plain[1] < plain[2] < widened[2]


@pytest.mark.parametrize(
    ("groups", "flag"),
    [
        ([(STAYED, FELL), (FELL, STAYED)], Flag.GROUPS_LEFT_BEHIND),
        ([(FELL, FELL)], None),
        ([(FELL, STAYED)], None),  # it went ahead
        ([(None, FELL), (FELL, None)], None),
        ([(NOBODY, FELL)], None),
        ([], None),
    ],
)
def test_group_is_left_behind_where_the_others_fell_by_more_than_chance(groups, flag):
    assert flags.groups_left_behind(groups) == flag


def test_baseline_choice_matters_where_the_state_differs():
    same = [State.REACHED_POINT] * 3
    assert flags.baseline_matters(same) is None
    assert flags.baseline_matters([*same, State.NOT_REACHED]) == Flag.BASELINE_MATTERS
    assert flags.baseline_matters([]) is None
