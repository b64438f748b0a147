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
