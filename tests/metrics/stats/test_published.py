"""Our methods on others' counts, held to what those others published. See tests/data/README.md."""

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

import metrics
from metrics.stats.comparisons import compare_rates
from metrics.stats.conventions import nchs_rate
from metrics.stats.decisions import State
from metrics.stats.dispersion import estimate_dispersion
from metrics.stats.rates import mortality_rate
from metrics.stats.verdicts import judge_reduction

DATA = Path(__file__).parents[2] / "data"
DISTRICTS = Path(metrics.__file__).parent / "demo/data/india_ap_hmis_monthly_13districts.csv"


def read_rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_printed_rate_of_new_york_comes_out():
    printed = 0
    for row in read_rows("nyc_infant_mortality.csv"):
        for kind, deaths in (
            ("Infant", "Infant Deaths"),
            ("Neonatal", "Neonatal Infant Deaths"),
            ("Postneonatal", "Postneonatal Infant Deaths"),
        ):
            rate = row[f"{kind} Mortality Rate"]
            if rate:
                own = mortality_rate(int(row[deaths]), int(row["Number of Live Births"]))
                assert own.value == pytest.approx(float(rate), abs=0.0500001)
                printed += 1
    assert printed > 150


def test_every_printed_rate_of_argentina_comes_out_to_fifteen_digits():
    for row in read_rows("argentina_national_1980_2024.csv"):
        own = mortality_rate(int(row["infant_deaths"]), int(row["live_births"]))
        assert own.value == pytest.approx(float(row["published_imr"]), rel=1e-14)


def test_american_infants_died_most_in_april_and_least_in_august():
    deaths, births = Counter(), Counter()
    for row in read_rows("us_monthly_births_infant_deaths_2010_2017.csv"):
        deaths[int(row["month"])] += int(row["infant_deaths"])
        births[int(row["month"])] += int(row["live_births"])

    rates = {month: mortality_rate(deaths[month], births[month]).value for month in deaths}

    assert (max(rates, key=rates.get), min(rates, key=rates.get)) == (4, 8)
    assert (rates[4], rates[8]) == pytest.approx((6.236, 5.635), abs=0.0005)


def test_months_of_thirteen_districts_vary_far_more_than_chance():
    totals = defaultdict(Counter)
    for row in read_rows(DISTRICTS):
        if "2020-04" <= row["period"] < "2022-04" and row["infant_deaths"] and row["live_births"]:
            for name in ("infant_deaths", "live_births"):
                totals[date.fromisoformat(f"{row['period']}-01")][name] += int(float(row[name]))
    months = sorted(totals)
    deaths, births = (
        [totals[month][name] for month in months] for name in ("infant_deaths", "live_births")
    )

    found = estimate_dispersion(months, deaths, births, [own >= date(2021, 4, 1) for own in months])

    # Published totals of the two years: 348,023 and 404,953 births; phi of such series: 1.4 to 10.
    assert sum(births) == 348_023 + 404_953
    assert 1.4 <= found.phi <= 10
    assert found.df == 11


def test_the_worst_counties_of_north_carolina_improved_with_no_program():
    counties = [
        [int(row[name]) for name in ("sid74", "bir74", "sid79", "bir79")]
        for row in read_rows("nc_sids_1974_1984.csv")
    ]
    worst = sorted(counties, key=lambda own: own[0] * 10**6 // own[1])[-10:]
    before, births_before, after, births_after = (sum(own) for own in zip(*worst, strict=True))
    everywhere = [sum(own) for own in zip(*counties, strict=True)]

    picked = compare_rates(after, births_after, before, births_before)
    whole = compare_rates(everywhere[2], everywhere[3], everywhere[0], everywhere[1])

    assert picked.high < 1  # "a fall is shown"
    assert picked.ratio < 0.7
    assert whole.ratio > 0.9


def test_the_gap_that_closed_in_dane_county_came_back():
    # "Declined 67 %, 19.4 to 6.4"; the difference was about three deaths a year.
    [row] = [row for row in read_rows("dane_county_black_imr.csv") if row["period"] == "2010"]
    deaths, births = int(row["black_infant_deaths"]), int(row["black_live_births"])

    rate = mortality_rate(deaths, births)

    assert rate.value == pytest.approx(float(row["published_imr"]), abs=0.05)
    assert nchs_rate(deaths, births).is_reliable is False
    assert rate.high / rate.low > 3
    assert judge_reduction(3, 522, 10, 522, reduction_percent=30).state is State.TOO_LITTLE


def test_semmelweis_two_clinics_differed_as_printed():
    totals = Counter()
    for row in read_rows("semmelweis_yearly_by_clinic.csv"):
        totals[row["clinic"], "deaths"] += int(row["deaths"])
        totals[row["clinic"], "births"] += int(row["births"])
    first, second = (
        (totals[clinic, "deaths"], totals[clinic, "births"]) for clinic in ("clinic 1", "clinic 2")
    )

    ratio = compare_rates(*second, *first)

    assert (first, second) == ((1989, 20042), (691, 17791))
    assert mortality_rate(*first, per=100).value == pytest.approx(9.924, abs=0.0005)
    assert mortality_rate(*second, per=100).value == pytest.approx(3.884, abs=0.0005)
    assert ratio.high < 0.5
