"""No withheld figure can be solved: attacked with linear programming (scipy.optimize.linprog)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.stats.disclosure import Part, small_figures, withhold
from tests.metrics.solving import find_solvable
from tests.metrics.tabling import (
    BIRTHS,
    CONTRACT,
    INFANT_DEATHS,
    NEONATAL_DEATHS,
    OTHER_DEATHS,
    SITE,
    YEAR,
    make_units,
    move,
    publish,
    shown,
    tell,
    values_of,
)


def one_year(*deaths, births=500):
    """Sites in one month: each site's infant deaths, none of them neonatal; and their sum."""
    units = make_units([(site, 0, 0, own, births) for site, own in enumerate(deaths)])
    of_sites = [Part((site,), {INFANT_DEATHS}, SITE) for site in range(len(deaths))]
    return units, [*of_sites, Part(range(len(deaths)), {INFANT_DEATHS}, YEAR)]


def hidden_of(withheld):
    return {part for part, _ in withheld.figures}


@pytest.mark.parametrize(
    ("deaths", "hidden"),
    [
        ((20, 30, 40), set()),
        ((2, 20, 30), {0, 1}),  # one alone would be the sum less the others
        ((0, 2, 20, 30), {1, 2}),  # 0 is shown, so it cannot keep a secret
        ((2, 3, 30), {0, 1}),  # could be 3 and 2
        ((1, 1, 30, 40), {0, 1, 2}),  # each is 1 or more, so 2 together are 1 and 1
        ((2,), {0, 1}),  # the sum is the site's own
        ((4, 0), {0, 2}),
    ],
)
def test_as_little_is_withheld_as_hides_the_small_counts(deaths, hidden):
    assert hidden_of(withhold(*one_year(*deaths), up_to=4)) == hidden


def test_small_counts_together_are_no_small_count_either():
    units, parts = one_year(1, 2, 30, 40)
    family = (4, [0, 1, 2, 3])
    assert hidden_of(withhold(units, parts, 4)) == {0, 1}
    assert hidden_of(withhold(units, parts, 4, [family])) == {0, 1, 2}


def test_family_that_lacks_a_member_says_nothing_and_ends():
    units, parts = one_year(1, 2, 30, 40)
    assert hidden_of(withhold(units, parts, 4, [(4, [0, 2])])) == {0, 1}


def test_table_without_parts_withholds_nothing():
    assert withhold(make_units([(0, 0, 1, 1, 1)]), [], 4).figures == {}


def test_deaths_by_age_do_not_tell_each_other():
    units = make_units([(0, 0, 2, 10, 300), (1, 0, 30, 40, 300)])
    parts = [Part((site,), range(4), SITE) for site in range(2)] + [Part((0, 1), range(4), YEAR)]
    figures = withhold(units, parts, 4).figures
    assert {(0, NEONATAL_DEATHS), (1, NEONATAL_DEATHS)} <= set(figures)
    at_one = {(0, INFANT_DEATHS), (0, OTHER_DEATHS)} & set(figures)
    assert len(at_one) == 1  # 12 in all, or the 10 others: with both 2 is known


def test_figures_that_cost_most_are_shown_as_long_as_others_can_hide():
    rows = [(site, time, 0, 1, 80) for site in range(12) for time in range(12)]
    units = make_units(rows)
    parts, families = publish(units, months_a_year=4, contracts=[(0, 5), (6, 11)])
    withheld = withhold(units, parts, 4, families)
    weights = {parts[part].weight for part, _ in withheld.figures}
    assert weights == {SITE}


def test_what_is_left_of_two_periods_is_guarded():
    """40 deaths in a year, 38 in eleven of its months: 2 in the twelfth, though it is not shown."""
    units = make_units([(0, 0, 0, 38, 500), (0, 1, 0, 2, 500)])
    year, most = (
        Part((0, 1), {INFANT_DEATHS}, YEAR),
        Part((0,), {INFANT_DEATHS}, CONTRACT),
    )
    left = Part((1,), {INFANT_DEATHS}, None)
    assert withhold(units, [year, most], 4).figures == {}
    assert set(withhold(units, [year, most, left], 4).figures) == {(0, INFANT_DEATHS)}


def test_births_are_withheld_like_deaths():
    units = make_units([(0, 0, 0, 0, 3), (1, 0, 0, 0, 60), (2, 0, 0, 0, 70)])
    parts = [Part((site,), {BIRTHS}, SITE) for site in range(3)] + [Part(range(3), {BIRTHS}, YEAR)]
    assert hidden_of(withhold(units, parts, 4)) == {0, 1}


# --- Whatever was counted ------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 7),
        st.none() | st.sampled_from([0, 0, 0, 1, 2, 5, 12]),
        st.sampled_from([0, 0, 1, 1, 3, 9]),
        st.sampled_from([0, 2, 7, 40]),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:2],
)


@given(ROWS, st.sampled_from([4, 9]))
@settings(max_examples=60)
def test_no_withheld_figure_can_be_solved(rows, up_to):
    units = make_units(rows)
    parts, families = publish(units, contracts=[(1, 5), (5, 7)])
    withheld = withhold(units, parts, up_to, families)
    is_strict = all(own.is_strict for own in withheld.figures.values())
    told = tell(units, parts, withheld.values, withheld.figures, up_to=up_to if is_strict else None)
    assert find_solvable(told, withheld.figures) == {}


@given(ROWS, st.sampled_from([4, 9]))
@settings(max_examples=60)
def test_every_certificate_tells_of_other_counts_that_would_look_the_same(rows, up_to):
    units = make_units(rows)
    parts, families = publish(units, contracts=[(1, 5)])
    withheld = withhold(units, parts, up_to, families)
    before = shown(withheld, values_of(units, parts), parts)
    assert all(value == 0 or value > up_to for value in before.values())
    for (part, own), certificate in withheld.figures.items():
        moved = move(units, certificate)
        values = values_of(moved, parts)
        assert shown(withheld, values, parts) == before
        assert values[part, own] != withheld.values[part, own]
        assert moved.counts.min() >= 0
        assert all(values[figure] >= 1 for figure in withheld.figures)


@given(ROWS)
@settings(max_examples=30)
def test_no_figure_of_zero_is_withheld(rows):
    units = make_units(rows)
    parts, families = publish(units)
    withheld = withhold(units, parts, 4, families)
    assert all(withheld.values[figure] for figure in withheld.figures)


def test_attack_solves_what_is_withheld_alone():
    """The attack is none if it finds nothing: without what is withheld beside them, small counts
    can be solved."""
    units = make_units([(site, time, 1, site, 9) for site in range(5) for time in range(8)])
    parts, families = publish(units, contracts=[(1, 5)])
    withheld = withhold(units, parts, 4, families)
    alone = small_figures(units, parts, 4)
    solved = find_solvable(tell(units, parts, withheld.values, set(alone)), alone)
    assert len(solved) > 5
    assert all(low <= withheld.values[own] + 0.01 for own, (low, _) in solved.items())
