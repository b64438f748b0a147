"""Counts that are in order give few findings, real ones those that are known to be odd."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import metrics.demo
from metrics.models import COUNT_FIELDS
from metrics.stats.quality import Panel, examine
from tests.metrics.quality_panels import draw_panel

REAL = Path(metrics.demo.__file__).parent / "data" / "india_ap_hmis_monthly_13districts.csv"


@pytest.mark.parametrize(("seed", "season"), [(6, 0.0), (7, 0.1)])
def test_chance_alone_brings_no_more_than_is_said(seed, season):
    panel = draw_panel(np.random.default_rng(seed), sites=300, months=60, season=season)
    found, looks = examine(panel)
    number = Counter(own.kind for own in found)
    most = {own.kind: (own.level or 0) * own.by_site.sum() for own in looks}
    assert {kind: n for kind, n in number.items() if n > most[kind]} == {}
    assert len(found) < 40  # in 1,500 years of sites: docs/methods.md#data-quality


def test_numbers_in_the_methods_are_those_of_the_simulation():
    """docs/methods.md#data-quality: 1,000 sites for ten years, seed 6."""
    panel = draw_panel(np.random.default_rng(6), sites=1000, months=120)
    number = Counter(str(own.kind) for own in examine(panel)[0])
    assert number == {
        "stillbirths_for_deaths": 12, "heaped_digits": 10, "births_odd": 9, "deaths_odd": 6,
        "stillbirths_odd": 3, "copied_month": 2, "no_stillbirths": 2, "no_deaths": 1,
    }  # fmt: skip


@pytest.fixture(scope="module")
def andhra_pradesh():
    rows = list(csv.DictReader(REAL.open(encoding="utf-8")))
    sites = sorted({row["district"] for row in rows})
    months = sorted({row["period"] for row in rows})
    counts = {name: np.full((len(sites), len(months)), np.nan) for name in COUNT_FIELDS}
    for row in rows:
        at = sites.index(row["district"]), months.index(row["period"])
        for name in counts.keys() & row.keys():
            counts[name][at] = float(row[name] or "nan")
    found, _ = examine(Panel(counts))
    return [(str(own.kind), sites[own.site], [months[m] for m in own.months], own) for own in found]


def test_districts_that_were_split_in_april_2022_are_found(andhra_pradesh):
    jumped = {
        site: round(own.values["factor"], 2)
        for kind, site, months, own in andhra_pradesh
        if kind == "births_jumped" and months[6] == "2022-04"
    }
    assert jumped == {
        "Bapatla": 3.12, "Chittoor": 0.44, "East Godavari": 0.29, "Guntur": 0.63,
        "Palnadu": 1.76, "Parvathipuram Manyam": 52.14,
    }  # fmt: skip


def test_districts_that_did_not_exist_yet_are_found(andhra_pradesh):
    empty = {site: months[0] for kind, site, months, _ in andhra_pradesh if kind == "no_births"}
    assert empty == {"Bapatla": "2020-04", "Eluru": "2020-04"}


def test_the_month_that_was_only_begun_is_found_everywhere_it_was_reported(andhra_pradesh):
    odd = {(site, *months) for kind, site, months, _ in andhra_pradesh if kind == "births_odd"}
    districts = {site for _, site, _, _ in andhra_pradesh} - {"Srikakulam"}  # did not report it
    assert odd == {(site, "2023-04") for site in districts}


def test_a_district_without_stillbirths_is_found(andhra_pradesh):
    [[site, months]] = [own[1:3] for own in andhra_pradesh if own[0] == "no_stillbirths"]
    assert (site, months[0], months[-1]) == ("Tirupati", "2020-04", "2021-03")
