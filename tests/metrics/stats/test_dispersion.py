from datetime import date

import numpy as np
import pytest

from metrics.stats.dispersion import Dispersion, estimate_dispersion, pearson

YEAR = [date(2023, month, 1) for month in range(1, 13)]
NEXT = [date(2024, month, 1) for month in range(1, 13)]
MONTHS = YEAR + NEXT
IS_NOW = [False] * 12 + [True] * 12


def test_pearson_agrees_with_r_on_its_own_example():
    # R: chisq.test(as.table(rbind(c(762, 327, 468), c(484, 239, 477)))): 30.07, df = 2
    deaths = np.array([762.0, 327, 468, 484, 239, 477])
    chi_square, df = pearson(deaths, np.ones(6), [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]])
    assert (round(chi_square, 2), df) == (30.07, 2)


def test_pearson_agrees_with_a_slow_newton_fit():
    draw = np.random.default_rng(7)
    births = draw.integers(50, 500, 72).astype(float)
    deaths = draw.poisson(births * 0.07).astype(float)
    labels = [[n // 36 for n in range(72)], [n % 12 for n in range(72)], [n % 5 for n in range(72)]]

    chi_square, df = pearson(deaths, births, labels)

    assert (chi_square, df) == pytest.approx(newton_fit(deaths, births, labels), rel=1e-8)


def newton_fit(deaths, births, labels):
    """Fit the same Poisson model with a matrix of indicators, as R's glm does."""
    columns = [np.ones(deaths.size)]
    for own in map(np.asarray, labels):
        columns += [(own == label).astype(float) for label in np.unique(own)[1:]]
    x = np.column_stack(columns)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(deaths.sum() / births.sum())
    for _ in range(50):
        fitted = births * np.exp(x @ beta)
        beta += np.linalg.lstsq(x.T * fitted @ x, x.T @ (deaths - fitted), rcond=None)[0]
    rank = np.linalg.matrix_rank(x)
    return ((deaths - fitted) ** 2 / fitted).sum(), deaths.size - rank


def test_a_label_without_deaths_leaves_with_its_effect():
    deaths = np.array([4.0, 6, 0, 5, 7, 0])
    labels = [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
    without = [[0, 0, 1, 1], [0, 1, 0, 1]]
    assert pearson(deaths, np.ones(6), labels) == pytest.approx(
        pearson(deaths[deaths > 0], np.ones(4), without)
    )


def test_dispersion_of_poisson_months_is_about_one():
    draw = np.random.default_rng(1)
    found = [
        estimate_dispersion(MONTHS, draw.poisson(35, 24), [500] * 24, IS_NOW).estimate
        for _ in range(400)
    ]
    assert np.mean(found) == pytest.approx(1, abs=0.07)


def test_dispersion_of_months_that_vary_three_times_as_much_is_about_three():
    draw = np.random.default_rng(1)
    found = [
        estimate_dispersion(MONTHS, draw.poisson(draw.gamma(50, 2, 24)), [1500] * 24, IS_NOW)
        for _ in range(400)
    ]
    assert np.mean([own.estimate for own in found]) == pytest.approx(3, abs=0.2)
    assert found[0].df == 11


def test_seasons_and_a_fall_are_no_dispersion():
    season = np.array([30, 28, 25, 20, 18, 16, 15, 16, 18, 20, 25, 29])
    found = estimate_dispersion(MONTHS, [*(2 * season), *season], [1000] * 24, IS_NOW)
    assert found.estimate == pytest.approx(0, abs=1e-12)
    assert (found.phi, found.widening()) == (1, 1)


def test_sites_may_differ_without_being_dispersion():
    deaths = [10] * 24 + [30] * 24
    found = estimate_dispersion(
        MONTHS * 2, deaths, [100] * 48, IS_NOW * 2, sites=["A"] * 24 + ["B"] * 24
    )
    assert found.estimate == pytest.approx(0, abs=1e-12)
    assert found.df == 48 - (1 + 1 + 11 + 1)
    assert estimate_dispersion(MONTHS * 2, deaths, [100] * 48, IS_NOW * 2).estimate > 1


@pytest.mark.parametrize("left_out", [0, 23])
def test_there_is_no_estimate_from_fewer_than_twelve_months_with_births(left_out):
    births = [100] * 24
    assert estimate_dispersion(MONTHS, [5] * 24, births, IS_NOW) is not None
    births[left_out] = 0
    assert estimate_dispersion(MONTHS, [5] * 24, births, IS_NOW) is None


def test_there_is_no_estimate_where_too_few_months_have_deaths():
    assert estimate_dispersion(MONTHS, [0] * 24, [100] * 24, IS_NOW) is None
    assert estimate_dispersion(MONTHS, [3] + [0] * 23, [100] * 24, IS_NOW) is None


def test_the_fit_stops_after_some_rounds_though_it_still_moves(monkeypatch):
    monkeypatch.setattr("metrics.stats.dispersion.MOST_ROUNDS", 1)
    births = list(range(100, 124))
    assert estimate_dispersion(MONTHS, [5, 7] * 12, births, IS_NOW).df == 11


def test_rows_must_be_as_many_as_months():
    with pytest.raises(ValueError, match=r"^The rows differ in number: \[1, 24\]"):
        estimate_dispersion(MONTHS, [5] * 24, [100] * 24, [True])
    with pytest.raises(ValueError, match=r"^The rows differ in number: \[1, 24\]"):
        estimate_dispersion(MONTHS, [5] * 24, [100] * 24, IS_NOW, sites=["A"])


def test_widening_allows_for_the_estimate_being_one_from_few_months():
    # Printed tables: t with 11 degrees of freedom leaves 2.5 % above 2.200985, z above 1.959964.
    assert Dispersion(3, 11).widening() == pytest.approx(3 * (2.200985 / 1.959964) ** 2, rel=1e-6)
    assert Dispersion(3, 10**9).widening() == pytest.approx(3, rel=1e-6)
    assert Dispersion(3, 11).widening(0.998) > Dispersion(3, 11).widening(0.95)


@pytest.mark.parametrize("estimate", [0.2, 1])
def test_months_steadier_than_chance_widen_nothing(estimate):
    own = Dispersion(estimate, 11)
    assert (own.phi, own.widening()) == (1, 1)
