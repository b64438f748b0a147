"""Counts that do not fit each other, rates that cannot be, and stillbirths beside deaths."""

from math import exp

import pytest
from scipy.stats import binom, poisson

from metrics.stats.quality import Kind, Severity, examine
from metrics.stats.quality.implied import find_implied_rates
from metrics.stats.quality.kinds import SEVERITIES
from metrics.stats.quality.relations import find_deaths_over_births, find_relations
from metrics.stats.quality.stillbirths import find_stillbirths_beside_deaths
from tests.metrics.quality_panels import kinds_of, make_panel


def find_one(search, panel):
    [found] = search(panel)[0]
    return found


def spread(total, months=12):
    """A total over so many months, as evenly as whole numbers go."""
    return [total * (m + 1) // months - total * m // months for m in range(months)]


# --- Relations ------------------------------------------------------------------------------


def test_a_year_of_more_deaths_than_births_cannot_be():
    panel = make_panel(live_births=spread(20, 30), infant_deaths=spread(30, 30))
    years, looks = find_deaths_over_births(panel)
    assert [(own.months[0], own.months[-1]) for own in years] == [(0, 11), (12, 23)]
    assert {own.severity for own in years} == {Severity.IMPOSSIBLE}
    assert years[0].values == {"count": 12, "whole": 8, "months": 12}
    assert (looks.by_site.tolist(), looks.level) == ([19], None)


def test_as_many_deaths_as_births_are_not_more():
    panel = make_panel(live_births=[1] * 12, infant_deaths=[1] * 12)
    assert find_deaths_over_births(panel)[0] == []


def test_a_year_begins_with_a_month_that_was_counted_and_holds_six():
    births, deaths = [None] * 6 + [1] * 6 + [None] * 6, [None] * 6 + [2] * 6 + [None] * 6
    found, _ = find_deaths_over_births(make_panel(live_births=births, infant_deaths=deaths))
    assert [own.months[0] for own in found] == [6]
    fewer = make_panel(live_births=[*births[:11], *[None] * 7], infant_deaths=deaths)
    assert find_deaths_over_births(fewer)[0] == []


def test_what_was_found_stays_as_later_months_come_in():
    births, deaths = spread(20, 40), spread(30, 40)
    for months in range(12, 40):
        panel = make_panel(live_births=births[:months], infant_deaths=deaths[:months])
        later = find_deaths_over_births(make_panel(live_births=births, infant_deaths=deaths))[0]
        found = find_deaths_over_births(panel)[0]
        assert found == later[: len(found)]


def test_one_month_of_more_deaths_than_births_is_told_outside_such_a_year():
    births, deaths = [5] * 12, [0] * 11 + [7]
    found = find_one(find_relations, make_panel(live_births=births, infant_deaths=deaths))
    assert (found.kind, found.months, found.severity) == ("deaths_over_births", (11,), "look")
    panel = make_panel(live_births=[1] * 12, infant_deaths=[2] * 12)
    assert kinds_of(find_relations, panel) == ["deaths_over_births_year"]


def test_attended_births_cannot_exceed_all_births():
    births, still = [50] * 3, [1, 1, None]
    panel = make_panel(live_births=births, stillbirths=still, skilled_attendant_births=[51, 52, 60])
    found = find_one(find_relations, panel)
    assert (found.kind, found.months, found.severity) == (
        "attended_over_births",
        (1,),
        "impossible",
    )
    assert found.values == {"count": 52, "whole": 51}


def test_more_maternal_deaths_than_births_in_a_year_are_told():
    panel = make_panel(live_births=spread(2), maternal_deaths=spread(3))
    assert kinds_of(find_relations, panel) == ["maternal_over_births"]


@pytest.mark.parametrize(
    ("part", "whole", "kind"),
    [
        ("antenatal_fourth_visits", "antenatal_first_visits", "fourth_over_first"),
        ("postnatal_visits_two_days", "live_births", "postnatal_over_births"),
    ],
)
def test_visits_above_what_they_follow_are_told_beyond_chance(part, whole, kind):
    # R: binom.test(131, 231, alternative = "greater"); binom.test(150, 250, alternative = ...)
    assert binom.sf(130, 231, 0.5) > 0.001 > binom.sf(149, 250, 0.5)
    fields = {"live_births": spread(100), whole: spread(100)}
    assert kinds_of(find_relations, make_panel(**fields, **{part: spread(131)})) == []
    assert kinds_of(find_relations, make_panel(**fields, **{part: spread(150)})) == [kind]


# --- Implied rates --------------------------------------------------------------------------


def test_a_rate_above_250_is_told_beyond_chance():
    assert poisson.sf(12, 5) > 0.001 > poisson.sf(13, 5)  # 20 births at 250 per 1,000
    high, chance = (
        make_panel(live_births=spread(20), infant_deaths=spread(own)) for own in (14, 13)
    )
    found = find_one(find_implied_rates, high)
    assert (found.kind, found.values) == ("rate_too_high", {"count": 14, "births": 20})
    assert find_implied_rates(chance)[0] == []


def test_more_deaths_than_births_are_not_told_as_a_rate():
    panel = make_panel(live_births=spread(20), infant_deaths=spread(21))
    assert find_implied_rates(panel)[0] == []


@pytest.mark.parametrize(("births", "kinds"), [(690, []), (692, ["no_deaths"])])
def test_no_death_where_seven_are_expected_is_told(births, kinds):
    """At the rate of the other site, 10 per 1,000, the chance of none is exp(-6.92)."""
    assert exp(-6.90) > 0.001 > exp(-6.92)
    silent = {"live_births": spread(births), "infant_deaths": spread(0)}
    other = {"live_births": spread(30_000), "infant_deaths": spread(300)}
    panel = make_panel(silent, other)
    assert kinds_of(find_implied_rates, panel) == kinds
    if kinds:
        found = find_one(find_implied_rates, panel)
        assert (found.site, found.values["count"], found.values["births"]) == (0, 0, births)
        assert found.values["expected"] == pytest.approx(births / 100)


def test_a_program_without_deaths_elsewhere_expects_none():
    panel = make_panel(live_births=spread(100_000), infant_deaths=spread(0))
    assert find_implied_rates(panel)[0] == []


def test_stillbirth_rate_above_100_is_told_beyond_chance():
    assert binom.sf(20, 110, 0.1) > 0.001 > binom.sf(23, 110, 0.1)
    high = make_panel(live_births=spread(86), stillbirths=spread(24))
    chance = make_panel(live_births=spread(89), stillbirths=spread(21))
    found = find_one(find_implied_rates, high)
    assert (found.kind, found.values) == ("stillbirth_rate_too_high", {"count": 24, "births": 110})
    assert find_implied_rates(chance)[0] == []


def test_no_stillbirth_where_many_are_expected_is_told():
    silent = {"live_births": spread(1000), "stillbirths": spread(0)}
    other = {"live_births": spread(9_900), "stillbirths": spread(100)}
    assert kinds_of(find_implied_rates, make_panel(silent, other)) == ["no_stillbirths"]


def test_a_year_without_a_birth_is_told_where_every_month_was_reported():
    assert kinds_of(find_implied_rates, make_panel(live_births=[0] * 12)) == ["no_births"]
    assert find_implied_rates(make_panel(live_births=[0] * 11 + [None]))[0] == []
    assert find_implied_rates(make_panel(live_births=[0] * 11 + [1]))[0] == []


# --- Stillbirths beside early neonatal deaths -----------------------------------------------


def beside(still, early, births=5000, months=24):
    return make_panel(
        live_births=spread(births, months),
        stillbirths=spread(still, months),
        early_neonatal_deaths=spread(early, months),
    )


@pytest.mark.parametrize(("early", "kinds"), [(17, []), (18, ["stillbirths_few"])])
def test_early_deaths_without_any_stillbirth_are_told(early, kinds):
    """Were there half as many stillbirths, none among 18 has the chance (2/3)^18."""
    assert (2 / 3) ** 17 > 0.001 > (2 / 3) ** 18
    assert kinds_of(find_stillbirths_beside_deaths, beside(0, early)) == kinds


@pytest.mark.parametrize(("still", "kinds"), [(24, []), (25, ["stillbirths_many"])])
def test_many_stillbirths_beside_few_early_deaths_are_told(still, kinds):
    """Were there three for each early death, so few of these have a chance below 1 in 1,000."""
    assert binom.sf(23, 24, 0.75) > 0.001 > binom.sf(24, 25, 0.75)
    assert kinds_of(find_stillbirths_beside_deaths, beside(still, 0)) == kinds


@pytest.mark.parametrize(("still", "early"), [(30, 30), (60, 30), (80, 30), (20, 38)])
def test_about_as_many_of_both_are_as_it_should_be(still, early):
    assert find_stillbirths_beside_deaths(beside(still, early))[0] == []


def test_stillbirths_that_rose_as_early_deaths_fell_are_told():
    panel = make_panel(
        live_births=spread(2000, 24),
        stillbirths=spread(10) + spread(25),
        early_neonatal_deaths=spread(25) + spread(10),
    )
    found = find_one(find_stillbirths_beside_deaths, panel)
    assert (found.kind, found.months) == ("stillbirths_for_deaths", tuple(range(24)))
    assert found.values == {
        "stillbirths_before": 10, "stillbirths": 25, "deaths_before": 25, "deaths": 10,
        "births_before": 1000, "births": 1000,
    }  # fmt: skip


@pytest.mark.parametrize(("still", "early"), [((10, 25), (25, 25)), ((20, 20), (25, 10))])
def test_one_of_both_that_moves_alone_is_no_relabelling(still, early):
    panel = make_panel(
        live_births=spread(2000, 24),
        stillbirths=spread(still[0]) + spread(still[1]),
        early_neonatal_deaths=spread(early[0]) + spread(early[1]),
    )
    assert kinds_of(find_stillbirths_beside_deaths, panel) == []


def test_both_that_follow_the_births_are_no_relabelling():
    """Three times the births, three times the stillbirths: no rise of their rate."""
    panel = make_panel(
        live_births=spread(500) + spread(1500),
        stillbirths=spread(10) + spread(30),
        early_neonatal_deaths=spread(25) + spread(10),
    )
    assert kinds_of(find_stillbirths_beside_deaths, panel) == []


# --- All together ---------------------------------------------------------------------------


def test_every_kind_is_looked_for_once_and_weighs_something():
    found, looks = examine(make_panel(live_births=[10] * 3))
    assert found == []
    assert [own.kind for own in looks] == sorted(Kind, key=[own.kind for own in looks].index)
    assert SEVERITIES.keys() == set(Kind)
    assert {own.severity for own in looks} == set(Severity)
