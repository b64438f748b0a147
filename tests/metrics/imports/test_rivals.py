"""Files in which several columns may be the same one of ours: the best name is taken, and where
another may be meant, somebody is asked before the dry run."""

import pytest

from metrics.models import ImportBatch
from tests.metrics.imports.bringing_in import look
from tests.metrics.imports.test_columns_page import upload
from tests.metrics.imports.test_shapes import guess

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def is_asked(client, text):
    """Whether an upload leads to its columns rather than to the dry run."""
    return upload(client, text).endswith("/columns/")


@pytest.mark.parametrize(
    ("headings", "cells", "chosen"),
    [
        ("Month,Live births,Deaths,Infant deaths", "2024-01,40,30,2",
         {"live_births": "Live births", "infant_deaths": "Infant deaths"}),
        ("Month,Births,Live births", "2024-01,44,40", {"live_births": "Live births"}),
        ("Month,Live births,Births", "2024-01,40,44", {"live_births": "Live births"}),
        ("Month,Births,Number of live births", "2024-01,44,40",
         {"live_births": "Number of live births"}),
        ("Deaths Jan-24,Deaths Feb-24,Infant deaths Jan-24,Infant deaths Feb-24,"
         "Live births Jan-24,Live births Feb-24", "30,31,2,3,40,41",
         {"infant_deaths": "each month: Infant deaths", "live_births": "each month: Live births"}),
        ("Name,Month,Live births", "Maria,2024-01,40", {"site_name": "Site"}),
    ],
)  # fmt: skip
def test_column_of_the_best_name_is_taken_and_the_other_asked_about(
    client, program, manager, headings, cells, chosen
):
    text = f"Site,{headings}\nNorth,{cells}\n"
    assert chosen.items() <= guess(text).items()
    assert is_asked(client, text)


@pytest.mark.parametrize(
    ("headings", "cells", "chosen"),
    [
        ("Report date,Year,Month", "2024-02-05,2024,1", {"year": "Year", "month_of_year": "Month"}),
        ("Report date,Month", "2024-02-05,2024-01", {"month": "Month"}),
        ("Date,Reporting month", "2024-02-05,2024-01", {"month": "Reporting month"}),
        ("Date,Period", "2024-02-05,202401", {"month": "Period"}),
        ("Fecha,Mes", "2024-02-05,2024-01", {"month": "Mes"}),
        ("Period,Year,Month", "202401,2024,2", {"month": "Period"}),
    ],
)
def test_day_of_reporting_is_no_month_where_another_column_says_it(
    client, program, manager, headings, cells, chosen
):
    text = f"Site,{headings},Live births,Infant deaths\nNorth,{cells},40,2\n"
    lines = guess(text)
    times = {"month", "year", "month_of_year"}
    assert {own: theirs for own, theirs in lines.items() if own in times} == chosen
    [(_, month, _, _)] = look(program, text, lines)[1]
    assert f"{month:%Y-%m}" == "2024-01"
    assert is_asked(client, text)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [("Report date,Month", "2024-02-05,4"), ("Report date,Year", "2025-01-05,2024")],
)
def test_day_that_another_column_contradicts_is_asked_about(
    client, program, manager, headings, cells
):
    assert is_asked(client, f"Site,{headings},Live births\nNorth,{cells},40\n")


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("periodid,periodname", "202401,January 2024"),
        ("Date,Year,Month", "2024-01-31,2024,1"),
        ("Month,Year", "2024-01,2024"),
        ("Date", "2024-01-31"),
    ],
)
def test_columns_that_say_the_same_month_go_straight_in(client, program, manager, headings, cells):
    address = upload(client, f"Site,{headings},Live births,Infant deaths\nNorth,{cells},40,2\n")
    assert client.get(address).context["found"].numbers["NEW"] == 1


def test_total_beside_months_is_none_of_them(client, program, manager):
    months = "Live births,,,Infant deaths,,\nSite,Jan-24,Feb-24,Total,Jan-24,Feb-24,Total"
    text = f",{months}\nNorth,40,41,81,1,2,3\n"
    found = client.get(upload(client, text)).context["found"]
    assert (found.numbers["NEW"], len(found.unused_columns)) == (2, 2)


def test_page_says_which_columns_may_be_the_same(client, program, manager):
    address = upload(client, "Site,Month,Live births,Deaths,Infant deaths\nNorth,2024-01,40,30,2\n")
    page = client.get(address)
    assert [str(own) for own in page.context["messages"]] == [
        '"Deaths" may be infant deaths as well as "Infant deaths". Look which of them it is.'
    ]
    assert ImportBatch.objects.get().mapping["infant_deaths"] == "Infant deaths"


def test_word_of_the_best_name_is_taken_for_what_a_row_counts(program):
    counted = ("Live births", "40"), ("Births", "44"), ("Deaths", "30"), ("Infant deaths", "2")
    rows = "".join(f"North,2024-01,{word},{number}\n" for word, number in counted)
    lines = guess(f"Site,Month,Indicator,Value\n{rows}")
    assert {own: said for own, said in lines.items() if own.startswith("counted ")} == {
        "counted Live births": "live_births", "counted Infant deaths": "infant_deaths",
    }  # fmt: skip
