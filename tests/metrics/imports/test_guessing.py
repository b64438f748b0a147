"""What a file's columns are guessed to be, from names in many languages and from its cells."""

import pytest

from tests.metrics.imports.bringing_in import look, summary
from tests.metrics.imports.test_shapes import guess

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("headings", "cells", "found"),
    [
        ("Kreis;Klinik;Berichtsmonat;Lebendgeborene;Totgeborene", "X;North;29.02.2024;40;2",
         {"area_name", "site_name", "month", "live_births", "stillbirths"}),
        ("Région;District;Formation sanitaire;Mois;Année;Nés vivants;Décès 0-11 mois",
         "X;Z;North;févr.;2024;40;2",
         {"area_name", "site_name", "month_of_year", "year", "live_births", "infant_deaths"}),
        ("Provincia;Distrito;Establecimiento;Año;Mes;Nacidos vivos;Defunciones infantiles",
         "Y;Z;North;2024;Febrero;40;2",
         {"area_name", "site_name", "month_of_year", "year", "live_births", "infant_deaths"}),
        ("Município;Unidade de Saúde;Período;Nascidos vivos;Óbitos infantis",
         "X;North;fev/24;40;2",
         {"area_name", "site_name", "month", "live_births", "infant_deaths"}),
        ("County;Facility Name;Report Date;Live Births;Infant Deaths (<1 yr)",
         "Y;North;2/29/2024;40;2",
         {"area_name", "site_name", "month", "live_births", "infant_deaths"}),
    ],
    ids=["German", "French", "Spanish", "Portuguese", "American"],
)  # fmt: skip
def test_columns_of_other_languages_are_guessed_and_read(program, headings, cells, found):
    text = f"{headings}\n{cells}\n"
    lines = guess(text)
    assert lines.keys() == found
    dry_run, [entry] = look(program, text, lines)
    assert (summary(dry_run)[0], entry[0], f"{entry[1]:%Y-%m}") == (1, "A", "2024-02")


def test_columns_of_years_hold_the_numbers_of_what_each_row_counts(program):
    text = "Facility,Indicator,2023,2024\nNorth,Live births,40,41\nNorth,Infant deaths,1,2\n"
    lines = guess(text)
    assert lines["value"] == "each year"
    _, entries = look(program, text, lines)
    assert [tuple(counts.values()) for *_, counts, _ in entries] == [(40, 1), (41, 2)]


def test_column_of_totals_is_no_number_of_what_a_row_counts():
    assert guess("Facility,Jan-24,Feb-24,Total\nNorth,4,5,9\n") == {"site_name": "Facility"}


@pytest.mark.parametrize(
    "headings",
    [
        "Early neonatal deaths (0-6 days);Late neonatal (7-27 d);Deaths 28 days-11 months",
        "Décès néonatals précoces (0-6 j);Décès néonatals tardifs (7-27 j);Décès post-néonatals",
        "Muertes neonatales tempranas;Muertes neonatales tardías;Muertes posneonatales",
        "Óbitos neonatais precoces (0-6 dias);Óbitos neonatais tardios;Óbitos pós-neonatais",
    ],
)
def test_deaths_by_age_are_guessed_in_several_languages(headings):
    ages = ["early_neonatal_deaths", "late_neonatal_deaths", "postneonatal_deaths"]
    found = guess(f"Site;Period;{headings}\nNorth;2024-01;1;0;2\n")
    assert [found.get(own) for own in ages] == headings.split(";")


@pytest.mark.parametrize(
    ("title", "ours"),
    [
        ("Live births by facility", "live_births"),
        ("Number of infant deaths by district and month, 2024", "infant_deaths"),
        ("Table 3: Total live births 2023-2024", "live_births"),
        ("Births", "live_births"),
        ("Still births", "stillbirths"),
        ("Nacidos vivos por distrito", "live_births"),
        ("Under-5 deaths by facility", None),
        ("Neonatal deaths by facility", None),
        ("Deaths of mothers by facility", None),
        ("Home births by facility", None),
        ("Live births by caesarean", None),
        ("Live births, hospital", None),
        ("Infant deaths from malaria by facility", None),
        ("Deaths under 1 month by facility", None),
        ("Infant deaths per 1000 live births", None),
        ("Infant deaths per 1,000", None),
        ("Live births;Home births", None),
    ],
)
def test_title_says_what_months_count_where_it_names_that_alone(title, ours):
    above = title.replace(";", '"\n"')
    lines = guess(f'"{above}"\nSite,Year,Jan,Feb\nNorth,2024,3,4\n')
    found = {own for own, theirs in lines.items() if theirs == "each month of the year"}
    assert found == ({ours} if ours else set())


def test_heading_that_says_more_than_a_count_does_not_name_it():
    text = "Site,Year,Jan,Feb,Births note\nNorth,2024,40,41,home\n"
    assert guess(text) == {"site_name": "Site", "year": "Year"}


@pytest.mark.parametrize("name", ["Fiscal year", "Financial Year", "FY"])
def test_plain_year_of_two_is_not_taken_for_a_calendar_year(name):
    """2023, January may be January 2024."""
    text = f"Site,{name},Month,Live births\nNorth,2023,January,40\nNorth,2023,April,38\n"
    assert "year" not in guess(text)
    assert guess(text.replace("2023", "2023-24"))["year"] == name
