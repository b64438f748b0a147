"""Shapes that tables of other systems have: a year in each row and its months in columns, years
in headings, years that begin in one and end in the next, notes below."""

from datetime import date

import pytest

from metrics.imports.guessing import guess_mapping
from metrics.imports.mapping import Mapping
from metrics.imports.months import read_first_year, read_month
from metrics.imports.notices import NoticeKind
from metrics.imports.opening import look_into, open_content
from metrics.models import ImportBatch
from tests.metrics.imports.bringing_in import GOOD, HEADER, check, faults, look, refusal, summary
from tests.metrics.imports.test_columns_page import say, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
OF_YEAR = "each month of the year"
TWELVE = f"District,Year,{','.join(MONTHS)}\n"
COUNTS = ",".join(str(n) for n in range(41, 53))
MAPPED = {"site_name": "District", "year": "Year", "live_births": OF_YEAR}


def guess(text, name="counts.csv"):
    with open_content([text.encode()], name) as source:
        return guess_mapping(look_into(source, Mapping()))


def last_mapping():
    return ImportBatch.objects.latest("pk").mapping


def births(program, text, mapping):
    """Of each entry its site, its month and its births."""
    return [
        (code, month, own["live_births"]) for code, month, own, _ in look(program, text, mapping)[1]
    ]


# --- A year in each row, its months in columns -----------------------------------------------


def test_months_in_columns_are_of_the_year_that_the_row_says(program):
    text = f"{TWELVE}North,2022,{COUNTS}\nNorth,2023,{COUNTS}\n"
    own = births(program, text, MAPPED)
    assert own == [("A", date(y, m, 1), 40 + m) for y in (2022, 2023) for m in range(1, 13)]


def test_months_in_columns_are_found_in_other_languages_and_beside_a_count(program):
    text = (
        "District,Année,naiss_janv,naiss_févr,Décès (janv.),Décès (févr.)\nNorth,2023,41,42,1,2\n"
    )
    mapping = MAPPED | {"year": "Année", "live_births": f"{OF_YEAR}: naiss"}
    _, entries = look(program, text, mapping | {"infant_deaths": f"{OF_YEAR}: Décès"})
    assert [tuple(counts.values()) for *_, counts, _ in entries] == [(41, 1), (42, 2)]


def test_months_under_two_rows_of_headings_belong_to_the_count_above(program):
    text = ",,Births,,Deaths,\nDistrict,Year,Jan,Feb,Jan,Feb\nNorth,2023,41,42,1,2\n"
    mapping = MAPPED | {"live_births": f"{OF_YEAR}: Births", "infant_deaths": f"{OF_YEAR}: Deaths"}
    _, entries = look(program, text, mapping)
    assert [tuple(counts.values()) for *_, counts, _ in entries] == [(41, 1), (42, 2)]


def test_numbers_are_months_only_where_all_twelve_are_there(program):
    twelve = f"District,Year,{','.join(map(str, range(1, 13)))}\nNorth,2023,{COUNTS}\n"
    assert births(program, twelve, MAPPED)[11] == ("A", date(2023, 12, 1), 52)
    eleven = twelve.replace(",12\n", ",Other\n")
    assert refusal(eleven, MAPPED).startswith(f'The column mapping names "{OF_YEAR}" for live_bir')


def test_days_of_a_month_are_not_its_months():
    texts = ["Year", *map(str, range(1, 32))]
    assert not any(own.month_of_year for own in _joined(texts))


def test_word_that_is_a_month_elsewhere_stays_a_word():
    assert not any(own.month_of_year for own in _joined(["Year", "Births out", "Births in", "Mar"]))


def test_year_may_be_said_of_every_row(program):
    text = "District,Jan,Feb\nNorth,41,42\n"
    own = births(program, text, MAPPED | {"year": '"2023"'})
    assert own == [("A", date(2023, 1, 1), 41), ("A", date(2023, 2, 1), 42)]


def test_year_said_of_every_row_is_asked_again_for_the_next_file():
    assert Mapping.read({"year": '"2023"', "live_births": OF_YEAR}).names_months
    assert not Mapping.read(MAPPED).names_months


def test_year_that_cannot_be_read_is_refused_by_its_row(program):
    text = f"{TWELVE}North,2022,{COUNTS}\nNorth,soon,{COUNTS}\n"
    assert faults(program, text, MAPPED) == [
        'row 3, year: "soon" is not a year. Write four digits, such as 2024.'
    ]


def test_months_in_columns_without_a_year_are_refused():
    text = f"{TWELVE}North,2022,{COUNTS}\n"
    mapping = {"site_name": "District", "live_births": OF_YEAR, "year": "-"}
    assert refusal(text, mapping).startswith("No column says which year each row is of.")


def test_count_that_cannot_be_read_is_told_from_its_own_month(program):
    text = "District,Year,Jan,Feb\nNorth,2022,41,many\n"
    [fault] = faults(program, text, MAPPED)
    assert fault.startswith('row 2, live_births: "many"')


def test_two_columns_of_the_same_month_are_refused():
    text = "District,Year,Jan,January,Feb\nNorth,2022,41,42,43\n"
    assert refusal(text, MAPPED) == (
        "Jan and January are of the same month, and both are said to be live_births. Keep one of "
        "them."
    )


def test_months_in_columns_are_mapped_unasked_where_a_title_names_the_count():
    table = f"{TWELVE}North,2022,{COUNTS}\n"
    assert guess(f"Live births by district\n{table}") == MAPPED
    assert guess(table) == {"site_name": "District", "year": "Year"}
    assert "live_births" not in guess(f"Births and deaths by district\n{table}")


def test_months_in_columns_are_mapped_on_the_page(client, program, manager):
    address = upload(client, f"{TWELVE}North,2022,{COUNTS}\n")
    said = {"District": "site_name", "Year": "year", OF_YEAR: "live_births"}
    assert client.get(say(client, address, **said).url).context["found"].numbers["NEW"] == 12


# --- Years that begin in one and end in the next ---------------------------------------------


def test_month_is_of_the_first_or_the_second_year_of_two(program):
    text = "District,FY,Month,Born\n" + "".join(
        f"North,2021-22,{month},41\n" for month in ("Apr", "Dec", "Mar")
    )
    mapping = {"site_name": "District", "year": "FY", "month_of_year": "Month"}
    own = births(program, text, mapping | {"live_births": "Born", "year_begins": "4"})
    months = [date(2021, 4, 1), date(2021, 12, 1), date(2022, 3, 1)]
    assert [month for _, month, _ in own] == months


def test_months_in_columns_are_of_the_first_or_the_second_year_of_two(program):
    text = f"{TWELVE}North,FY 2021/2022,{COUNTS}\n"
    own = births(program, text, MAPPED | {"year_begins": "July"})
    assert (own[0], own[-1]) == (("A", date(2021, 7, 1), 47), ("A", date(2022, 6, 1), 46))


def test_years_of_two_are_refused_until_it_is_said_how_they_begin(program):
    text = f"{TWELVE}North,2021-22,{COUNTS}\n"
    [fault] = faults(program, text, MAPPED)
    assert fault.startswith('row 2, year: "2021-22" begins in one year and ends in the next. Say')


@pytest.mark.parametrize("year", ["2021", "2021-23", "1999-01"])
def test_year_that_is_not_of_two_is_refused_where_years_are(program, year):
    [fault] = faults(program, f"{TWELVE}North,{year},{COUNTS}\n", MAPPED | {"year_begins": "4"})
    assert fault.startswith(f'row 2, year: "{year}" does not say in which two years it lies.')


def test_turn_of_the_century_is_a_year_of_two():
    assert [read_first_year(text) for text in ("1999-00", "1999/2000")] == [1999, 1999]


@pytest.mark.parametrize("more", ["", "A,2012-13,42\n"])
def test_years_of_two_are_never_read_as_months(more):
    text = f"site_code,month,live_births\nA,2010-11,40\nA,2011-12,41\n{more}"
    assert refusal(text).startswith('"2010-11" and "2011-12" are years that begin in one and')


def test_month_that_looks_like_two_years_is_a_month_among_others(program):
    text = "site_code,month,live_births\nA,2024-11,40\nA,2024-12,41\nA,2012-13,42\n"
    found, entries = look(program, text)
    assert [month for _, month, _, _ in entries] == [date(2024, 11, 1), date(2024, 12, 1)]
    assert str(found.faults[0]).startswith('row 4, month: "2012-13" is a year, not a month. Say')


def test_column_of_years_of_two_is_taken_for_the_year():
    text = "District,Period,Year,Births\nNorth,Apr,2010-11,40\nNorth,May,2011-12,41\n"
    assert guess(text)["year"] == "Year"


# --- Years in headings -----------------------------------------------------------------------

YEARLY = {"site_name": "District", "live_births": "each year: Births", "month_of_year": '"12"'}


@pytest.mark.parametrize(
    "headings",
    [
        "District,Births 2022,Births 2023,Deaths 2022,Deaths 2023",
        "District,2022 Births,2023 Births,2022 Deaths,2023 Deaths",
        "District,Births_2022,Births (2023),Deaths - 2022,2023: Deaths",
        ",Births,,Deaths,\nDistrict,2022,2023,2022,2023",
    ],
)
def test_year_beside_a_count_is_the_year_of_its_column(program, headings):
    text = f"{headings}\nNorth,41,42,1,2\n"
    mapping = YEARLY | {"infant_deaths": "each year: Deaths"}
    _, entries = look(program, text, mapping)
    assert [(month, *counts.values()) for _, month, counts, _ in entries] == [
        (date(2022, 12, 1), 41, 1),
        (date(2023, 12, 1), 42, 2),
    ]
    assert guess(text) == mapping


def test_year_above_counts_is_the_year_of_its_columns(program):
    text = ",2022,,2023,\nDistrict,Births,Deaths,Births,Deaths\nNorth,41,1,42,2\n"
    _, entries = look(program, text, YEARLY | {"infant_deaths": "each year: Deaths"})
    assert [tuple(counts.values()) for *_, counts, _ in entries] == [(41, 1), (42, 2)]


def test_year_in_one_heading_only_is_part_of_its_name(program):
    text = "District,Month,Births 2024\nNorth,2024-03,41\n"
    mapping = {"site_name": "District", "month": "Month", "live_births": "Births 2024"}
    assert births(program, text, mapping) == [("A", date(2024, 3, 1), 41)]


def test_column_named_with_its_year_is_that_column_alone(program):
    text = "District,Month,Births 2023,Births 2024\nNorth,Mar,41,42\n"
    mapping = {"site_name": "District", "month_of_year": "Month", "year": '"2024"'}
    own = births(program, text, mapping | {"live_births": "Births 2024"})
    assert own == [("A", date(2024, 3, 1), 42)]


# --- Numbers that are no days ----------------------------------------------------------------


@pytest.mark.parametrize("text", ["20204", "45000"])
def test_number_of_a_day_within_a_month_is_not_taken_for_it(text):
    """20204 is rather week or month 4 of 2020 than 25 April 1955."""
    with pytest.raises(ValueError, match="is not a month"):
        read_month(text)


def test_number_of_the_first_or_last_day_of_a_month_is_that_month():
    """Spreadsheets number 2024-02-01 as 45323 and 2024-02-29 as 45351."""
    assert {read_month(text) for text in ("45323", "45351", "45323.0")} == {date(2024, 2, 1)}


# --- Notes below -----------------------------------------------------------------------------

NOTES = "\nSource: HMIS 2024\nNote: preliminary,,,\n"


def test_notes_below_the_table_are_left_out_and_counted(program):
    found = check(program, f"{GOOD}{NOTES}")
    assert (summary(found), found.faults, found.unknown_sites) == ((3, 0, 0, 0, 0), [], [])
    [notice] = [own for own in found.notices if own.kind == NoticeKind.SKIPPED]
    assert "Note: preliminary, Source: HMIS 2024 (2 rows)" in notice.text


def test_notes_are_left_out_wherever_a_piece_of_the_file_ends(program, monkeypatch):
    for rows in (1, 2, 3, 4, 5):
        monkeypatch.setattr("metrics.imports.scanning.CHUNK_ROWS", rows)
        assert summary(check(program, f"{GOOD}{NOTES}")) == (3, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "last",
    [
        "Source: HMIS,,5,",  # holds a count
        "A,,,",  # a site of ours, whose month is missing
        "17,,,",
        "Source: HMIS,,,,,x",
        ",,Source: HMIS,",
        "A;2024-03;40;2",
    ],
)
def test_last_row_that_is_no_note_is_refused(program, last):
    assert check(program, f"{GOOD}{last}\n").left_out == 1


def test_text_alone_amid_the_table_is_refused(program):
    assert check(program, f"{HEADER}\nA,2024-01,40,2\nSource: HMIS\nB,2024-01,7,\n").left_out == 1


def test_site_that_is_unknown_elsewhere_is_no_note(program):
    found = check(program, f"{GOOD}Ward Z,2024-01,40,2\nWard Z,,,\n")
    assert (found.left_out, [own.name for own in found.unknown_sites]) == (2, ["Ward Z"])


def test_many_rows_of_a_text_alone_are_no_notes(program):
    lines = "".join(f"Ward {n}\n" for n in range(11))
    assert check(program, f"{GOOD}{lines}").left_out == 11


# --- Layouts that are found again ------------------------------------------------------------


def test_layouts_whose_headings_differ_by_a_sign_alone_are_two(client, program, manager):
    below, above = (f"Site,When,Born,Deaths {sign}1\nA,2024-01,40,2\n" for sign in "<>")
    address = upload(client, below)
    say(client, address, Site="site_code", When="month", Born="live_births",
        **{"Deaths <1": "infant_deaths"})  # fmt: skip
    upload(client, above)
    assert "infant_deaths" not in last_mapping()
    upload(client, below)
    assert last_mapping()["infant_deaths"] == "Deaths <1"


def test_layout_is_found_again_where_the_row_of_its_headings_was_said_by_hand(
    client, program, manager
):
    text = "From,Until\n2024,2025\nWhere,When,Born\nA,2024-01,40\n"
    address = upload(client, text)
    client.post(address, {"header": "3"})
    said = {"Where": "site_code", "When": "month", "Born": "live_births", "header": "3"}
    mapped = client.get(say(client, address, **said).url)
    assert mapped.context["found"].numbers["NEW"] == 1
    assert not upload(client, text).endswith("/columns/")
    assert last_mapping()["header"] == "3"


def test_layout_of_a_row_that_holds_other_headings_is_not_taken(client, program, manager):
    address = upload(client, "From,Until\n2024,2025\nWhere,When,Born\nA,2024-01,40\n")
    client.post(address, {"header": "3"})
    say(client, address, Where="site_code", When="month", Born="live_births", header="3")
    upload(client, "Place,Born in\nX,9\nY,8\nA,7\n")
    assert "header" not in last_mapping()


def _joined(texts):
    with open_content(
        [f"{','.join(texts)}\n2022{',5' * (len(texts) - 1)}\n".encode()], "c.csv"
    ) as source:
        return look_into(source, Mapping()).headings
