"""How a file was read, told in words beside the file's own headings; and which site is suggested
for a name that is none."""

import pytest

from programs.models import Site
from tests.factories import MembershipFactory, ParticipationFactory
from tests.metrics.imports.bringing_in import check
from tests.metrics.imports.test_columns_page import upload

pytestmark = pytest.mark.django_db


def read_as(program, text, mapping):
    return check(program, text, mapping).read_as


def test_headings_stand_beside_words_and_not_beside_names_of_columns(program):
    text = "Facility,District,When,Born,Died < 1\nNorth,Kirel,2024-01,40,2\n"
    mapping = {
        "site_name": "Facility", "area_name": "District", "month": "When", "live_births": "Born",
        "infant_deaths": "Died < 1",
    }  # fmt: skip
    assert read_as(program, text, mapping) == [
        ("Facility", "Site, by its name"),
        ("District", "Area around the site"),
        ("When", "Month"),
        ("Born", "Live births"),
        ("Died < 1", "Infant deaths"),
    ]


def test_columns_of_many_months_are_told_by_the_first_and_the_last(program):
    text = "Site,Births Jan-24,Births Feb-24,Births Mar-24,late,later\nNorth,4,5,6,7,8\n"
    mapping = {
        "site_name": "Site", "live_births": "each month: Births", "live_births@2024-04": "late",
        "live_births@2024-05": "later",
    }  # fmt: skip
    assert read_as(program, text, mapping)[1:] == [
        ("Births Jan-24 to Births Mar-24", "Live births"),
        ("late", "Live births of 2024-04"),
        ("later", "Live births of 2024-05"),
    ]


def test_what_holds_for_every_row_and_what_words_mean_is_told(program):
    text = "Site,Year,Month,What,N\nNrth,2023-24,May,Naissances,4\nNrth,2023-24,May,Penta,5\n"
    mapping = {
        "site_name": "Site", "year": "Year", "month_of_year": "Month", "counted": "What",
        "value": "N", "site Nrth": "A", "site Sum": "-", "counted Naissances": "live_births",
        "counted Penta": "-", "running live_births": "4", "year_begins": "4", "marked": "take",
        "points": "thousands", "empty": "keep",
    }  # fmt: skip
    told = dict(read_as(program, text, mapping))
    assert (told["Nrth"], told["Sum"], told["Naissances"], told["Penta"]) == (
        "North (A)", "left out", "Live births", "left out",
    )  # fmt: skip
    assert told["Running totals of live births"] == "parted into months, from April anew"
    assert told["A year such as 2021-22"] == "begins in April"
    assert told["A number with a mark, such as 16*"] == "taken without its mark"
    assert told["A point before three digits, as in 12.000"] == "parts thousands"
    assert told["An empty cell where a number is stored"] == "leaves it"


def test_value_for_every_row_is_told_with_what_it_is(program):
    text = "Born\n41\n"
    mapping = {"site_code": '"A"', "month": '"2024-01"', "live_births": "Born"}
    assert set(read_as(program, text, mapping)) == {
        ("Born", "Live births"),
        ("Every row", "Site, by its code: A"),
        ("Every row", "Month: 2024-01"),
    }


# --- A site that is suggested --------------------------------------------------------------------


@pytest.fixture
def sites(program):
    for code, name in (("K", "Kirel Health Centre"), ("C1", "Clinic 1"), ("D", "Dorma Hospital")):
        ParticipationFactory(program=program, site__code=code, site__name=name)
    return program


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kirell Health Center", "K"), ("dorma hospitl", "D"), ("Clinic One", None),
     ("Clinic 2", None),  # another number is another site, however alike
     ("Health Centre", None), ("Zzz", None)],
)  # fmt: skip
def test_site_is_suggested_where_one_is_clearly_nearest(sites, name, code):
    [unknown] = check(sites, f"site_name,month,live_births\n{name},2024-01,4\n").unknown_sites
    assert (unknown.likeliest and unknown.likeliest[0]) == code


def test_no_site_is_suggested_where_two_are_about_as_near(sites):
    ParticipationFactory(program=sites, site__code="K2", site__name="Kirela Health Centre")
    [unknown] = check(
        sites, "site_name,month,live_births\nKirell Health Centre,2024-01,4\n"
    ).unknown_sites
    assert unknown.likeliest is None


def test_suggested_site_stands_first_and_is_not_chosen(client, sites, today):
    client.force_login(MembershipFactory(program=sites, role="manager").user)
    address = upload(client, "site_name,month,live_births\nDorma Hosptal,2024-01,4\n")
    page = client.get(address).text
    assert "selected" not in page.partition("Which sites are these?")[2]
    options = page.partition('name="theirs" id="site-1"')[2].split("<option")[1:3]
    assert ["Not decided" in options[0], "Perhaps Dorma Hospital (D)" in options[1]] == [True] * 2
    assert Site.objects.filter(code="D").exists()
