"""Real files through the page of columns, as they are."""

import pytest

from tests.factories import MembershipFactory
from tests.metrics.imports.test_columns_page import say, settle, upload
from tests.metrics.imports.test_real_files import column, program_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.mark.parametrize(
    ("name", "columns", "new"),
    [
        ("us_monthly_births_infant_deaths_2010_2017.csv", {"period": "month", "all_site": "R-0",
         "live_births": "live_births", "infant_deaths": "infant_deaths"}, 96),
        ("argentina_national_1980_2024.csv", {"year": "year", "all_month_of_year": "12",
         "all_site": "R-0", "live_births": "live_births", "infant_deaths": "infant_deaths"}, 45),
        ("semmelweis_monthly.csv", {"date": "month", "births": "live_births", "all_site": "R-0",
         "deaths": "maternal_deaths"}, 98),
        ("semmelweis_yearly_by_clinic.csv", {"year": "year", "clinic": "site_name",
         "all_month_of_year": "12", "births": "live_births", "deaths": "maternal_deaths"}, 12),
    ],
)  # fmt: skip
def test_real_file_is_mapped_on_the_page_as_it_is(client, name, columns, new):
    program = program_of("clinic 1", "clinic 2")
    client.force_login(MembershipFactory(program=program, role="manager").user)
    address = upload(client, read(name), name, program.slug).removesuffix("columns/")
    assert say(client, f"{address}columns/", **columns).url == address
    assert client.get(address).context["found"].numbers["NEW"] == new


def test_districts_of_a_real_file_are_found_without_saying_anything(client):
    name = "india_ap_hmis_monthly_13districts.csv"
    program = program_of(*sorted(set(column(name, "district"))))
    client.force_login(MembershipFactory(program=program, role="manager").user)
    found = client.get(upload(client, read(name), name, program.slug)).context["found"]
    assert (found.numbers["NEW"], found.numbers["EMPTY"]) == (468, 13)


def test_group_of_a_real_file_spelled_three_ways_is_one_site(client):
    program, name = program_of("Black"), "nyc_infant_mortality.csv"
    client.force_login(MembershipFactory(program=program, role="manager").user)
    address = upload(client, read(name), name, program.slug).removesuffix("columns/")
    columns = {"Year": "year", "Materal Race or Ethnicity": "site_name", "all_month_of_year": "12"}
    columns |= {"Infant Deaths": "infant_deaths", "Number of Live Births": "live_births"}
    say(client, f"{address}columns/", **columns)
    spellings = ("Black Non-Hispanic", "Non-Hispanic Black", "Black NH")
    settle(client, address, {f"site {own}": "R-0" for own in spellings})
    groups = column(name, "Materal Race or Ethnicity")
    years = [
        year for year, own in zip(column(name, "Year"), groups, strict=True) if own in spellings
    ]
    assert client.get(address).context["found"].numbers["NEW"] == len(years) == 13
