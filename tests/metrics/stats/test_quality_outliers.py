"""Single months that stand out, copies, jumps and heaping."""

from math import inf

import numpy as np
import pytest
from scipy.stats import binom, poisson

from metrics.stats.quality.copies import find_copies
from metrics.stats.quality.heaping import find_heaping
from metrics.stats.quality.jumps import find_births_jumped, find_jumps
from metrics.stats.quality.outliers import find_outliers
from metrics.stats.quality.windows import moved, runs_of, window_sums
from tests.metrics.quality_panels import kinds_of, make_panel

STEADY = [100, 104, 96, 101, 99, 103, 97, 100, 102, 98, 105, 95] * 3
VARIED = [100, 140, 70, 120, 60, 150, 80, 110, 130, 65, 145, 90] * 3


def with_month(counts, month, count):
    return [*counts[:month], count, *counts[month + 1 :]]


def find_one(search, panel):
    [found] = search(panel)[0]
    return found


# --- Odd months -----------------------------------------------------------------------------


def test_a_digit_too_many_is_odd_beside_the_same_months_of_other_years():
    births = with_month(STEADY, 15, 1010)
    found = find_one(find_outliers, make_panel(live_births=births))
    assert (found.kind, found.months, found.is_month) == ("births_odd", (15,), True)
    assert found.values == {
        "count": 1010, "births": 1, "past": births[3] + births[27], "past_births": 2,
        "months": 2, "same": 1, "many": 1, "spread": 1,
    }  # fmt: skip


def test_without_other_years_the_months_around_are_asked():
    found = find_one(find_outliers, make_panel(live_births=with_month(STEADY[:14], 7, 0)))
    assert (found.months, found.values["same"], found.values["many"]) == ((7,), 0, 0)
    assert found.values["past"] == sum(STEADY[1:14]) - STEADY[7]
    assert found.values["months"] == 12


def test_a_season_makes_no_month_odd():
    births = ([100] * 11 + [200]) * 4
    assert find_outliers(make_panel(live_births=births))[0] == []


@pytest.mark.parametrize("level", [250, 40, 5])
def test_a_site_at_another_level_has_no_odd_month(level):
    births = [100] * 20 + [level] * 20
    assert find_outliers(make_panel(live_births=births))[0] == []


def test_where_months_vary_much_it_takes_more():
    assert kinds_of(find_outliers, make_panel(live_births=with_month(STEADY, 15, 175))) == [
        "births_odd"
    ]
    assert find_outliers(make_panel(live_births=with_month(VARIED, 15, 230)))[0] == []


def test_ten_times_as_many_is_odd_however_much_months_vary():
    panel = make_panel(live_births=with_month(VARIED, 15, 1500))
    assert kinds_of(find_outliers, panel) == ["births_odd"]


def test_dispersion_is_the_median_of_squares_without_the_odd_month():
    [found] = find_outliers(make_panel(live_births=with_month(VARIED, 15, 1500)))[0]
    squares = []
    for month in {*range(36)} - {15}:
        around = {*range(month - 6, month + 7)} & {*range(36)} - {month, 15}
        mean = sum(VARIED[own] for own in around) / len(around)
        squares.append((VARIED[month] - mean) ** 2 / (mean * (1 + 1 / len(around))))
    # R: qchisq(0.5, 1)
    assert found.values["spread"] == pytest.approx(np.median(squares) / 0.454936423119572)


def test_a_wild_month_makes_no_other_month_odd():
    births = with_month(STEADY, 30, 1000)
    assert [own.months for own in find_outliers(make_panel(live_births=births))[0]] == [(30,)]
    late = with_month(STEADY[:24], 20, 1000)
    assert [own.months for own in find_outliers(make_panel(live_births=late))[0]] == [(20,)]


def test_deaths_are_held_against_births():
    births, deaths = [200] * 36, with_month([4] * 36, 20, 20)
    found = find_one(find_outliers, make_panel(live_births=births, infant_deaths=deaths))
    assert (found.kind, found.fields) == ("deaths_odd", ("infant_deaths", "live_births"))
    assert (found.values["count"], found.values["past"], found.values["past_births"]) == (
        20,
        8,
        400,
    )
    doubled = with_month(births, 20, 1000)
    panel = make_panel(live_births=doubled, infant_deaths=deaths)
    assert kinds_of(find_outliers, panel) == ["births_odd"]


def test_stillbirths_are_held_against_all_births():
    births, still = [200] * 36, with_month([3] * 36, 20, 25)
    found = find_one(find_outliers, make_panel(live_births=births, stillbirths=still))
    assert (found.kind, found.values["births"]) == ("stillbirths_odd", 225)


def test_looks_are_the_months_that_could_be_held_against_others():
    births = [100.0] * 20
    births[3] = None
    looks = {own.kind: own for own in find_outliers(make_panel(live_births=births))[1]}
    assert looks["births_odd"].by_site.tolist() == [18]  # the first has five others around it
    assert looks["births_odd"].level == 0.002
    assert looks["deaths_odd"].by_site.tolist() == [0]


# --- Copies ---------------------------------------------------------------------------------

BIRTHS = [412, 377, 455, 398, 431, 369, 420, 444, 386, 402, 460, 391]
DEATHS = [9, 14, 11, 17, 8, 13, 19, 10, 12, 15, 7, 16]
FIRST = [530, 611, 498, 577, 640, 505, 560, 590, 525, 601, 548, 580]


def test_a_month_with_the_very_counts_of_another_is_found_with_its_chance():
    births, deaths, first = ([*own[:11], own[2]] for own in (BIRTHS, DEATHS, FIRST))
    panel = make_panel(live_births=births, infant_deaths=deaths, antenatal_first_visits=first)
    found = find_one(find_copies, panel)
    assert (found.kind, found.months, found.is_month) == ("copied_month", (2, 11), True)
    alike = 1.0
    for counts in (births, deaths, first):
        mean = sum(counts) / 12
        alike *= sum(poisson.pmf(k, mean) ** 2 for k in range(2000))
    assert found.values["one_in"] == pytest.approx(1 / (66 * alike))


def test_small_counts_are_the_same_by_chance():
    panel = make_panel(live_births=[5, 6, 7, 5, 4, 8] * 2, infant_deaths=[1, 0, 0, 1, 0, 0] * 2)
    assert find_copies(panel)[0] == []


def test_births_alone_that_come_again_are_no_copy():
    panel = make_panel(live_births=[*BIRTHS[:11], BIRTHS[2]], infant_deaths=DEATHS)
    assert find_copies(panel)[0] == []


def test_a_part_that_is_always_the_whole_makes_no_month_rarer():
    births = [*BIRTHS[:11], BIRTHS[2]]
    panel = make_panel(live_births=births, skilled_attendant_births=births)
    assert find_copies(panel)[0] == []


def test_the_same_births_month_after_month_are_found():
    births = [*BIRTHS, 410, 410, 410, 410, *BIRTHS]
    found = find_one(find_copies, make_panel(live_births=births))
    assert (found.kind, found.months) == ("same_births", (12, 13, 14, 15))
    assert (found.values["births"], found.values["months"]) == (410, 4)


def test_months_of_a_run_are_not_told_again_as_copies():
    births = [*BIRTHS, *[410] * 4, *BIRTHS[::-1]]
    deaths = [*DEATHS, *[12] * 4, *DEATHS]
    panel = make_panel(live_births=births, infant_deaths=deaths)
    assert kinds_of(find_copies, panel) == ["same_births"]


def test_a_year_that_is_the_one_before_is_found():
    births = [*BIRTHS, *BIRTHS, 405, 380]
    found = find_one(find_copies, make_panel(live_births=births))
    assert (found.kind, found.months) == ("repeated_year", tuple(range(24)))
    assert (found.values["first"], found.values["months"]) == (12, 12)


def test_five_months_of_the_year_before_are_too_few():
    births = [*BIRTHS, *BIRTHS[:5], *[own + 3 for own in BIRTHS[5:]]]
    assert find_copies(make_panel(live_births=births))[0] == []


@pytest.mark.parametrize("births", [[0] * 12, [None] * 12, [400] * 4])
def test_nothing_is_copied_where_nothing_is_counted_or_too_little_known(births):
    assert find_copies(make_panel(live_births=births))[0] == []


def test_rarity_says_no_more_than_one_in_a_million():
    panel = make_panel(live_births=[4000] * 60)
    assert {own.values["one_in"] for own in find_copies(panel)[0]} == {1_000_000}


# --- Jumps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("births", "jumps"),
    [
        ([1000] * 9, []),
        ([1000] * 6 + [500] * 3, [(6, 6000, 1500)]),
        ([1000] * 8 + [500] * 8, [(8, 6000, 1500)]),
        ([1000] * 6 + [2000] * 6 + [1000] * 6, [(6, 6000, 6000), (12, 12000, 3000)]),
        ([1000] * 6 + [500, 500, 900], []),
        ([1000] * 6 + [1600, 500, 1600], []),  # to both sides is no level
        ([6] * 6 + [3] * 3, []),
        ([1000, None, *[1000] * 5, None, 500, 500, 500], [(8, 6000, 1500)]),
        ([1000] * 8, []),
    ],
)
def test_each_jump_is_found_at_its_first_month(births, jumps):
    found = find_jumps(np.array([births], dtype=float))
    assert [(own.month, own.past, own.recent) for own in found] == jumps


@pytest.mark.parametrize(
    ("births", "factor"),
    [([1000] * 6 + [500] * 3, 0.5), ([400] * 6 + [1000] * 3, 2.5), ([0] * 6 + [90] * 3, inf)],
)
def test_jump_says_its_factor(births, factor):
    panel = make_panel(live_births=births)
    found = find_one(find_births_jumped, panel)
    assert (found.kind, found.values["factor"]) == ("births_jumped", factor)
    assert (found.months, found.values["month"]) == (tuple(range(9)), 6)
    assert find_births_jumped(panel)[1][0].by_site.tolist() == [1]


# --- Heaping --------------------------------------------------------------------------------


def test_births_that_end_in_0_or_5_too_often_are_found():
    plain, rounded = [101, 112, 93, 124, 86, 137, 98, 109], [100, 115, 95, 120]
    births = [*plain, *plain[:4], *rounded * 3]
    assert binom.sf(10, 24, 0.2) > 0.001 > binom.sf(11, 24, 0.2)  # 11 of 24 may be chance
    found = find_one(find_heaping, make_panel(live_births=births))
    assert (found.kind, found.values) == ("heaped_digits", {"rounded": 12, "months": 24})
    assert find_heaping(make_panel(live_births=[*births[:-1], 121]))[0] == []


def test_small_births_have_no_digits_to_trust():
    assert find_heaping(make_panel(live_births=[45, 40, 35, 30] * 6))[0] == []


# --- Windows --------------------------------------------------------------------------------


def test_window_sums_are_sums_of_so_many_months():
    counts = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    assert window_sums(counts, 3).tolist() == [[6, 9], [18, 21]]
    assert window_sums(counts, 5).shape == (2, 0)


def test_moved_counts_stand_beside_those_they_are_held_against():
    counts = np.array([[1.0, 2, 3]])
    assert str(moved(counts, 1)) == "[[ 2.  3. nan]]"
    assert str(moved(counts, -2)) == "[[nan nan  1.]]"
    assert str(moved(counts, 3)) == "[[nan nan nan]]"


def test_runs_are_told_by_site_and_months():
    mask = np.array([[True, True, False, True], [False, False, False, False]])
    assert list(runs_of(mask)) == [(0, 0, 1), (0, 3, 3)]
    assert list(runs_of(mask[1:])) == []
