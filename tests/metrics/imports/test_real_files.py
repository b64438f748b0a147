"""Every real file goes in by its mapping as it is, but for what the gate rightly refuses, and what
is stored adds up to what was published with it (tests/data/README.md, docs/real-data.md)."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from django.db.models import Sum

from metrics.imports import Outcome, apply_batch, receive_file
from metrics.models import MonthlyReport
from metrics.stats.rates import mortality_rate
from tests.factories import ParticipationFactory, ProgramFactory
from tests.metrics.imports.bringing_in import check

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)
DATA, DEMO = Path(__file__).parents[2] / "data", files("metrics.demo").joinpath("data")


def read(name):
    own = DATA / name
    return own.read_bytes() if own.exists() else DEMO.joinpath(name).read_bytes()


def program_of(*names):
    """A program with one site of each name, open and taking part since 1840."""
    program = ProgramFactory(name="Real")
    since = date(1840, 1, 1)
    for number, name in enumerate(names):
        ParticipationFactory(
            program=program,
            first_month=since,
            site__name=name,
            site__code=f"R-{number}",
            site__spells=[(since, None)],
        )
    return program


def bring_in(program, name, mapping, **options):
    batch = receive_file(
        program=program, file_name=name, content=read(name), mapping=mapping, by=None
    )
    return apply_batch(batch, by=None, today=TODAY, **options)


def totals(*names, **where):
    sums = MonthlyReport.objects.filter(**where).aggregate(**{n: Sum(n) for n in names})
    return tuple(sums[name] for name in names)


def rate(deaths, births):
    return mortality_rate(deaths, births).value


def column(name, heading):
    """Every value of one column, by a reader that knows nothing of ours."""
    lines = read(name).decode("utf-8-sig").splitlines()
    place = lines[0].replace('"', "").split(",").index(heading)
    return [line.replace('"', "").split(",")[place] for line in lines[1:]]


def test_us_months_add_up_to_the_published_years():
    program = program_of("United States")
    found = bring_in(
        program,
        "us_monthly_births_infant_deaths_2010_2017.csv",
        {"site_code": '"R-0"', "month": "period"},
    )
    assert found.number(Outcome.NEW) == 96
    deaths = [totals("infant_deaths", month__year=year)[0] for year in range(2010, 2018)]
    assert deaths == [24586, 23985, 23629, 23440, 23215, 23455, 23161, 22335]  # CDC WONDER
    assert totals("live_births", month__year=2010) == (3_999_386,)
    assert totals("live_births", month__year=2017) == (3_855_500,)


def test_argentina_by_year_gives_every_printed_rate():
    program, name = program_of("Argentina"), "argentina_national_1980_2024.csv"
    mapping = {"site_name": '"Argentina"', "year": "year", "month_of_year": '"12"'}
    assert bring_in(program, name, mapping).number(Outcome.NEW) == 45
    stored = MonthlyReport.objects.order_by("month")
    rates = [rate(own.infant_deaths, own.live_births) for own in stored]
    assert rates == pytest.approx([float(own) for own in column(name, "published_imr")], rel=1e-14)


def test_andhra_pradesh_gives_the_published_financial_years():
    name = "india_ap_hmis_monthly_13districts.csv"
    program = program_of(*sorted(set(column(name, "district"))))
    found = bring_in(program, name, {"site_name": "district", "month": "period"})
    assert found.number(Outcome.NEW) == 481 - 13  # 13 rows have no counts at all
    years = [(date(year, 4, 1), date(year + 1, 3, 1)) for year in (2020, 2021, 2022)]
    assert [totals("live_births", "infant_deaths", month__range=own) for own in years] == [
        (348_023, 3_976),
        (404_953, 4_442),
        (347_973, 3_139),
    ]
    assert any("half reported" in notice.text for notice in found.notices)  # April 2023


def test_new_york_by_group_and_year_gives_every_printed_rate():
    name = "nyc_infant_mortality.csv"
    groups = ["Black", "White", "Asian", "Puerto Rican", "Other Hispanic", "Other/Two or More"]
    program = program_of(*groups, "Unknown")
    mapping = {
        "site_name": "Materal Race or Ethnicity",  # the file's own spelling
        "year": "Year",
        "month_of_year": '"12"',
        "live_births": "Number of Live Births",
        "infant_deaths": "Infant Deaths",
        "postneonatal_deaths": "Postneonatal Infant Deaths",
    }
    spellings = {
        "R-0": ("Black Non-Hispanic", "Non-Hispanic Black", "Black NH"),
        "R-1": ("White Non-Hispanic", "Non-Hispanic White", "White NH"),
        "R-2": ("Asian and Pacific Islander", "API"),
    }
    mapping |= {f"site {own}": code for code, names in spellings.items() for own in names}
    assert bring_in(program, name, mapping).number(Outcome.NEW) == 81
    printed = [float(own) for own in column(name, "Infant Mortality Rate") if own]
    counted = MonthlyReport.objects.exclude(infant_deaths=None).exclude(infant_deaths__lt=5)
    rates = [rate(own.infant_deaths, own.live_births) for own in counted if own.infant_deaths != 7]
    assert sorted(f"{own:.1f}" for own in rates) == sorted(f"{own:.1f}" for own in printed)
    withheld = column(name, "Infant Deaths").count("")  # which is not zero
    assert MonthlyReport.objects.filter(infant_deaths=None).count() == withheld == 13


def test_north_carolina_by_county_and_period_gives_the_published_mean():
    name = "nc_sids_1974_1984.csv"
    program = program_of(*column(name, "name"))
    mapping = {"site_name": "name"}
    for years, month in (("74", "1978-06"), ("79", "1984-06")):
        mapping |= {f"live_births@{month}": f"bir{years}", f"infant_deaths@{month}": f"sid{years}"}
    assert bring_in(program, name, mapping).number(Outcome.NEW) == 200
    births, deaths = totals("live_births", "infant_deaths", month__year=1978)
    # The mean that spdep's EBest gives for 1974-78: b = 0.00202144.
    assert rate(deaths, births) == pytest.approx(2.02144, abs=5e-6)


def test_vienna_by_month_gives_the_published_pooled_rates():
    program = program_of("First Clinic")
    mapping = {
        "site_code": '"R-0"',
        "month": "date",
        "live_births": "births",
        "maternal_deaths": "deaths",
    }
    assert bring_in(program, "semmelweis_monthly.csv", mapping).number(Outcome.NEW) == 98
    before = totals("maternal_deaths", "live_births", month__lt=date(1847, 6, 1))
    after = totals("maternal_deaths", "live_births", month__gte=date(1847, 6, 1))
    assert (f"{rate(*before):.3f}", f"{rate(*after):.4f}") == ("105.258", "21.5315")


def test_vienna_by_year_and_clinic_gives_the_published_totals():
    program = program_of("clinic 1", "clinic 2")
    mapping = {
        "site_name": "clinic", "year": "year", "month_of_year": '"12"',
        "live_births": "births", "maternal_deaths": "deaths",
    }  # fmt: skip
    assert bring_in(program, "semmelweis_yearly_by_clinic.csv", mapping).number(Outcome.NEW) == 12
    sums = [totals("maternal_deaths", "live_births", site__name=f"clinic {own}") for own in (1, 2)]
    assert sums == [(1989, 20042), (691, 17791)]


# --- What the gate rightly refuses ---------------------------------------------------------------


def test_dane_county_comes_in_where_births_were_counted():
    program = program_of("Dane County")
    mapping = {
        "site_code": '"R-0"', "year": "period", "month_of_year": '"12"',
        "live_births": "black_live_births", "infant_deaths": "black_infant_deaths",
    }  # fmt: skip
    found = bring_in(program, "dane_county_black_imr.csv", mapping, leave_out=True)
    assert (found.number(Outcome.NEW), found.number(Outcome.REFUSED)) == (1, 4)
    refused = [(own.row, own.fault.field) for own in found.faults]
    assert refused == [(2, "year"), (3, "year"), (4, "live_births"), (5, "live_births")]
    [own] = MonthlyReport.objects.all()
    assert f"{rate(own.infant_deaths, own.live_births):.1f}" == "19.2"  # as printed


def test_sample_survey_of_rates_has_no_births_and_is_refused():
    name = "india_srs_imr_by_state_2004_2020.csv"
    program = program_of(*column(name, "State/Union Territory"))
    mapping = {
        "site_name": "State/Union Territory", "infant_deaths": "each year", "month_of_year": '"12"',
    }  # fmt: skip
    found = bring_in(program, name, mapping, leave_out=True)
    assert (found.written, found.number(Outcome.REFUSED)) == (0, found.left_out)
    assert found.notices[0].text.startswith("The file has no column of live births, and for ")
    assert "none are stored for Andaman & Nicobar Islands, 2004-12." in str(found.faults[0])
    assert not MonthlyReport.objects.exists()


def test_sicily_has_a_population_and_no_births_and_is_refused():
    program, name = program_of("Sicily"), "sicily_its_tutorial.csv"
    mapping = {
        "site_code": '"R-0"', "year": "year", "month_of_year": "month",
        "live_births": "stdpop", "infant_deaths": "aces",
    }  # fmt: skip
    found = check(program, read(name), mapping)
    broken = [own for own in column(name, "stdpop") if not float(own).is_integer()]
    assert found.number(Outcome.REFUSED) == len(broken) == 55
    assert str(found.faults[0]).startswith('row 2, live_births: "379875.3" is not a whole number.')
