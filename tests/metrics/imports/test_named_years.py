"""Sheets and files that are called by a year, and years said for every row: of this file, and not
of the next."""

import io

import pytest
import xlsxwriter

from metrics.imports.named_years import find_named_year
from metrics.imports.notices import NoticeKind
from metrics.models import FileLayout, ImportBatch
from tests.metrics.imports.bringing_in import check
from tests.metrics.imports.test_columns_page import say, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LONG = [["Facility", "Month", "Births"], ["North", "Jan", 40], ["South", "Feb", 7]]
WIDE = [["Facility", "Jan", "Feb"], ["North", 40, 38]]
OF_LONG = {"Facility": "site_name", "Month": "month_of_year", "Births": "live_births"}
OF_WIDE = {"Facility": "site_name", "each month of the year": "live_births"}
MAPPED = {"site_name": "Facility", "month_of_year": "Month", "live_births": "Births"}
LATER = "Look through what each is, then press again."


def workbook(table, *names):
    """A workbook with the same table in every sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name in names:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def csv_of(table):
    return "".join(f"{','.join(map(str, row))}\n" for row in table)


def other_year(program, content, mapping, name):
    found = check(program, content, mapping, name).notices
    return [own for own in found if own.kind is NoticeKind.OTHER_YEAR]


def shown(client, address):
    """What the page of columns says on top."""
    return [str(own) for own in client.get(address).context["messages"]]


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2020", 2020), ("Births 2020", 2020), ("births_2020.csv", 2020), ("FY2020", 2020),
        ("Data", None), ("2019 and 2020", None), ("12020", None), ("1066", None),
        ("saved 2021-01-05.csv", None), ("05.01.2021", None), ("2020-21", None), ("2020-04", None),
    ],
)  # fmt: skip
def test_year_of_a_name_is_that_which_stands_in_it_alone(name, year):
    assert find_named_year(name) == year


# --- The year that was said is of another sheet or file ------------------------------------------


def test_sheet_that_is_called_by_another_year_than_its_rows_is_told_first(program):
    content = workbook(LONG, "2020")
    [notice] = other_year(program, content, MAPPED | {"year": '"2019"'}, "counts.xlsx")
    assert notice.text == "The sheet is called 2020, but every row is read as 2019."
    assert notice.is_serious
    [offer] = notice.offers.values()
    assert not other_year(program, content, MAPPED | offer, "counts.xlsx")


def test_file_that_is_called_by_another_year_is_told_where_its_sheet_says_none(program):
    said = MAPPED | {"year": '"2019"'}
    [notice] = other_year(program, csv_of(LONG), said, "births_2020.csv")
    assert notice.text == "The file is called births_2020.csv, but every row is read as 2019."
    assert not other_year(program, workbook(LONG, "2019"), said, "births_2020.xlsx")
    assert not other_year(program, csv_of(LONG), said, "births.csv")


def test_month_said_of_every_row_has_a_year_too(program):
    text = "Facility,Births\nNorth,40\n"
    said = {"site_name": "Facility", "live_births": "Births", "month": '"2019-05"'}
    [notice] = other_year(program, text, said, "births_2020.csv")
    assert (notice.text[-5:], notice.offers) == ("2019.", {})


def test_year_that_a_column_says_is_no_other_year_than_the_name(program):
    text = "Facility,Year,Month,Births\nNorth,2019,Jan,40\n"
    assert not other_year(program, text, MAPPED | {"year": "Year"}, "births_2020.csv")


@pytest.mark.parametrize("said", [{"all_year": "2024"}, {"all_month": "2024-01"}], ids=str)
def test_time_said_of_every_row_is_not_remembered(client, program, manager, said):
    columns = OF_LONG if "all_year" in said else OF_LONG | {"Month": ""}
    address = upload(client, csv_of(LONG)).removesuffix("columns/")
    assert say(client, f"{address}columns/", **columns, **said).url == address
    assert not any('"' in theirs for theirs in FileLayout.objects.get().mapping.values())
    again = upload(client, csv_of(LONG).replace("40", "41"))
    assert again.endswith("/columns/")
    assert client.get(again).context["form"]["ours_2"].initial == "live_births"


# --- The year of the sheet's name is offered -----------------------------------------------------


@pytest.mark.parametrize(("table", "columns"), [(LONG, OF_LONG), (WIDE, OF_WIDE)])
def test_year_of_the_sheet_is_said_where_its_rows_need_one(
    client, program, manager, table, columns
):
    address = upload(client, workbook(table, "2020"), "counts.xlsx")
    assert address.endswith("/columns/")  # for somebody to look at it
    assert client.get(address).context["form"]["all_year"].initial == "2020"
    address = address.removesuffix("columns/")
    assert say(client, f"{address}columns/", **columns, all_year="2020").url == address
    assert client.get(address).context["found"].numbers["NEW"] == 2


def test_year_of_the_sheet_is_not_said_where_each_row_says_its_own(client, program, manager):
    table = [["Facility", "Month", "Births"], ["North", "2019-01", 40]]
    assert not upload(client, workbook(table, "2020"), "counts.xlsx").endswith("/columns/")
    assert "year" not in ImportBatch.objects.get().mapping


def test_year_of_the_next_file_is_that_of_its_sheet(client, program, manager):
    address = upload(client, workbook(LONG, "2020"), "counts.xlsx")
    say(client, address, **OF_LONG, all_year="2020")
    form = client.get(upload(client, workbook(LONG, "2021"), "next.xlsx")).context["form"]
    assert (form["all_year"].initial, form["ours_1"].initial) == ("2021", "month_of_year")


def test_year_said_of_one_sheet_is_not_taken_for_that_of_the_next(client, program, manager):
    address = upload(client, workbook(LONG, "2019", "2020"), "counts.xlsx")
    answer = say(client, address, **OF_LONG, all_year="2019", sheet="2020")
    assert answer.url == address
    form = client.get(address).context["form"]
    assert (form["sheet"].initial, form["all_year"].initial) == ("2020", "2020")
    assert form["ours_1"].initial == "month_of_year"


# --- What changed is said ------------------------------------------------------------------------


def test_year_said_beside_columns_that_stay_the_same_goes_on_at_once(client, program, manager):
    address = upload(client, csv_of(LONG)).removesuffix("columns/")
    assert say(client, f"{address}columns/", **OF_LONG, all_year="2024").url == address
    assert client.get(address).context["found"].numbers["NEW"] == 2


def test_year_that_turns_headings_into_months_is_told_and_keeps_what_was_chosen(
    client, program, manager
):
    text = "Place,Jan,Feb\nNorth,40,38\n"
    address = upload(client, text).removesuffix("columns/") + "columns/"
    assert say(client, address, Place="site_name", all_year="2024", marked="take").url == address
    assert shown(client, address) == [
        f"The columns headed by months are read as months of 2024 now. {LATER}"
    ]
    form = client.get(address).context["form"]
    assert form.keys == ["Place", "each month of the year"]
    assert (form["ours_0"].initial, form["marked"].initial) == ("site_name", "take")
    assert say(client, address, Place="site_name", all_year="").url == address
    assert shown(client, address) == [f"The columns headed by months are of no year now. {LATER}"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"all_year": "20"}, '"20" is not a year. Write four digits, such as 2024.'),
        ({"all_month": "soon"}, '"soon" is not a month. Write year-month, such as 2024-01.'),
    ],
)
def test_time_of_every_row_that_is_none_is_refused_beside_it(client, program, manager, said, told):
    address = upload(client, csv_of(WIDE)).removesuffix("columns/")
    [field] = said
    form = say(client, f"{address}columns/", Facility="site_name", **said).context["form"]
    assert form.errors == {field: [told]}


def test_other_sheet_and_other_headings_are_told(client, program, manager):
    address = upload(client, workbook(LONG, "First", "Second"), "counts.xlsx")
    say(client, address, sheet="Second")
    assert shown(client, address) == [f"These are the columns of the sheet Second now. {LATER}"]
    say(client, address, sheet="Second", header="2")
    assert shown(client, address) == [f"The headings are those in row 2 now. {LATER}"]
