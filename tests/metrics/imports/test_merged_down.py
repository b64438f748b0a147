"""Names that were merged down, or said once and left blank below: noticed, and taken from above
only once somebody says so."""

import io
from datetime import date

import pytest
import xlsxwriter

from metrics.imports.notices import NoticeKind
from metrics.models import FileLayout
from tests.factories import MembershipFactory
from tests.metrics.imports.bringing_in import check, faults, look, refusal, summary
from tests.metrics.imports.test_columns_page import say, settle, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MERGED = (
    "site_name,month,live_births\nNorth,2024-01,41\n,2024-02,42\n,2024-03,43\n"
    "South,2024-01,7\n,2024-02,8\n,2024-03,9\n"
)
ABOVE = {"above": "site"}
ALL = [("A", 1, 41), ("A", 2, 42), ("A", 3, 43), ("B", 1, 7), ("B", 2, 8), ("B", 3, 9)]


def births(program, text, mapping=None, name="counts.csv"):
    _, entries = look(program, text, mapping, name)
    return [(code, month.month, own["live_births"]) for code, month, own, _ in entries]


def gaps(program, text, mapping=None):
    return [own for own in check(program, text, mapping).notices if own.kind == NoticeKind.GAPS]


def test_rows_below_a_merged_name_are_refused_until_it_is_said_whose_they_are(program):
    found = check(program, MERGED)
    assert summary(found) == (2, 0, 0, 0, 4)
    [notice] = gaps(program, MERGED)
    assert (notice.is_serious, notice.text) == (
        True,
        "In 4 of 6 rows site_name is empty, as where cells were merged and the first stands for "
        "those below it. These rows are refused.",
    )
    assert notice.offers == {"Take what stands above": ABOVE}


def test_name_is_taken_from_above_once_it_is_said(program):
    assert births(program, MERGED, ABOVE) == ALL


def test_name_is_taken_from_above_wherever_a_piece_of_the_file_ends(program, monkeypatch):
    for rows in (1, 2, 4, 5):
        monkeypatch.setattr("metrics.imports.scanning.CHUNK_ROWS", rows)
        assert births(program, MERGED, ABOVE) == ALL


def test_that_names_are_taken_from_above_is_said_and_may_be_taken_back(program):
    [notice] = gaps(program, MERGED, ABOVE)
    assert (notice.is_serious, notice.text) == (
        False,
        "Where site_name is empty, in 4 of 6 rows, what stands above it is taken, as was said of "
        "this file or of one like it.",
    )
    [back] = notice.offers.values()
    assert summary(check(program, MERGED, ABOVE | back)) == (2, 0, 0, 0, 4)


def test_fault_below_a_merged_name_is_told_of_its_site(program):
    text = MERGED.replace(",2024-02,8", ",soon,8").replace("43", "many")
    sentences = faults(program, text, ABOVE)
    assert sentences[0].startswith('row 4, live_births: "many" is not a whole number.')
    assert sentences[1:] == [
        'row 6, month: "soon" is not a month. Write year-month, such as 2024-01.'
    ]


def test_one_forgotten_name_among_many_rows_is_no_merged_column(program):
    text = "site_name,month,live_births\nNorth,2024-01,41\nNorth,2024-02,42\n,2024-03,43\n"
    assert gaps(program, text) == []
    assert faults(program, text) == ["row 4, site_name: is empty. Write the site's name."]


def test_blank_rows_and_totals_between_are_no_merged_names(program):
    text = "site_name,month,live_births\nNorth,2024-01,41\n,,\n,,\nSouth,2024-01,7\n,,\n,,\n"
    assert gaps(program, text) == []
    assert births(program, text, ABOVE) == [("A", 1, 41), ("B", 1, 7)]


@pytest.mark.parametrize("order", ["site_name,month", "month,site_name", "region,site_name,month"])
def test_notes_below_a_short_table_are_no_gaps(program, order):
    values = {"site_name": "North", "month": "2024-01", "region": "Kirel"}
    row = ",".join(values[own] for own in order.split(","))
    text = f"{order},live_births\n{row},40\nPreliminary,,,\nSource: HMIS,,,\n"
    found = check(program, text)
    assert (summary(found), found.left_out) == ((1, 0, 0, 0, 0), 0)
    assert [own.kind for own in found.notices if own.is_serious] == []


def test_note_below_is_left_out_and_takes_no_name_from_above(program):
    text = MERGED.replace("\n", "\nx,").replace("site_name", "area,site_name", 1).rstrip("x,")
    text += "Source: HMIS,,,\n"
    found = check(program, text, ABOVE)
    assert (summary(found), found.faults) == ((6, 0, 0, 0, 0), [])


def test_total_takes_the_rows_below_it_along(program):
    text = f"{MERGED}Total,2024-01,48\n,2024-02,50\n,2024-03,52\n"
    assert births(program, text, ABOVE) == ALL


def test_name_beside_a_code_is_not_taken_for_another_site(program):
    """Only a row that has neither is one of the site above."""
    text = "site_code,site_name,month,live_births\nA,North,2024-01,41\n,,2024-02,42\n"
    text += ",South,2024-01,7\n,,2024-02,8\n"
    assert births(program, text, ABOVE) == [("A", 1, 41), ("A", 2, 42), ("B", 1, 7), ("B", 2, 8)]


def test_names_that_were_merged_wrongly_contradict_each_other_and_are_refused(program):
    text = MERGED.replace("South", "")
    assert births(program, text, ABOVE) == []
    assert "has 2024-01 in row 5 too, with other counts" in faults(program, text, ABOVE)[0]


def test_first_row_without_a_name_has_none_above_and_is_refused(program):
    text = MERGED.replace("North", "")
    assert summary(check(program, text, ABOVE)) == (3, 0, 0, 0, 3)


def test_site_and_year_are_taken_from_above_together(program):
    text = "site_name,year,month_of_year,live_births\n" + "".join(
        f"{site},{year},{month},{month}\n"
        for site, year, month in [
            ("North", 2023, 11), ("", "", 12), ("", 2024, 1), ("", "", 2), ("", "", 3), ("", "", 4),
        ]
    )  # fmt: skip
    [notice] = gaps(program, text)
    assert notice.text.startswith("In 5 of 6 rows site_name is empty, and in 4 year, as where")
    [lines] = notice.offers.values()
    assert lines == {"above": "site, year"}
    months = [month for _, month, *_ in look(program, text, lines)[1]]
    assert months == [date(2023, 11, 1), date(2023, 12, 1)] + [
        date(2024, n, 1) for n in range(1, 5)
    ]


def below_one_year(rows, year="2023"):
    text = "site_name,year,month_of_year,live_births\n"
    for n, (site, month) in enumerate(rows):
        text += f"{site},{'' if n else year},{month},{n + 1}\n"
    return text


@pytest.mark.parametrize(
    ("months", "taken"),
    [
        (["Nov", "Dec", "Jan", "Feb"], [11, 12]),
        (["Dec", "Jan"], [12]),
        (["Mar", "Feb", "Jan", "Dec", "Nov"], [3, 2, 1]),  # the newest first
        (["Jan", "Dec"], [1]),
        (["Jan", "Mar", "Feb"], [1, 3]),
    ],
)
def test_year_above_holds_no_longer_where_months_begin_anew(program, months, taken):
    """Which year comes next is not guessed: later rows may be of the year before or after."""
    text = below_one_year([("North", month) for month in months])
    lines = {"above": "year"}
    assert {own[1:2] for own in births(program, text, lines)} == {(month,) for month in taken}
    sentences = faults(program, text, lines)
    assert len(sentences) == len(months) - len(taken)
    assert sentences[0] == (
        f"row {len(taken) + 2}, year: is empty, and no year above holds for it: none is said, or "
        "the months of its site begin anew since. Write the year."
    )


@pytest.mark.parametrize(
    "rows",
    [
        [("North", n) for n in (1, 4, 7, 10)],
        [("North", n) for n in (12, 6)],
        [("North", 11), ("South", 11), ("North", 12), ("South", 12)],
        [("North", 11), ("North", 12), ("South", 1), ("South", 2)],
    ],
)
def test_year_above_holds_where_the_months_of_each_site_go_on(program, rows):
    assert len(births(program, below_one_year(rows), {"above": "year"})) == len(rows)


def test_year_above_that_begins_in_april_holds_for_the_next_january(program):
    text = below_one_year([("North", n) for n in (11, 12, 1, 2, 3)], "2023-24")
    lines = {"above": "year", "year_begins": "4"}
    assert [own[1] for own in births(program, text, lines)] == [11, 12, 1, 2, 3]
    text += "North,,4,6\n"
    assert len(births(program, text, lines)) == 5


def test_how_many_rows_take_their_site_and_year_from_above_is_said(program):
    text = below_one_year([("North", 11), ("", 12), ("", 1)])
    [notice] = gaps(program, text, {"above": "site, year"})
    assert notice.text.startswith(
        "Where site_name is empty, in 2 of 3 rows or year is empty, in 1 of 3 rows, what stands"
    )


def test_month_is_taken_from_above_where_sites_go_on(program):
    text = "month,site_name,live_births\n2024-01,North,41\n,South,7\n2024-02,North,42\n,South,8\n"
    [notice] = gaps(program, text)
    [lines] = notice.offers.values()
    assert lines == {"above": "month"}
    assert births(program, text, lines) == [("A", 1, 41), ("A", 2, 42), ("B", 1, 7), ("B", 2, 8)]


def test_site_of_which_each_row_counts_one_thing_is_taken_from_above(program):
    text = "site_name,counted,value,month\nNorth,live births,41,2024-01\n,infant deaths,2,2024-01\n"
    [notice] = gaps(program, text)
    [lines] = notice.offers.values()
    _, [entry] = look(program, text, lines)
    assert entry[2] == {"live_births": 41, "infant_deaths": 2}


def test_what_is_no_column_to_be_taken_from_above_is_refused():
    assert refusal(MERGED, {"above": "births"}).startswith(
        'above: "births" is none of site, area, year'
    )


def test_name_is_taken_from_above_by_a_click_and_for_the_next_file(client, program):
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    address = upload(client, MERGED)
    [notice] = client.get(address).context["found"].notices[:1]
    settle(client, address, notice.offers["Take what stands above"])
    assert client.get(address).context["found"].numbers["NEW"] == 6
    assert FileLayout.objects.get().mapping["above"] == "site"
    again = upload(client, MERGED.replace("2024", "2023"), "earlier.csv")
    assert client.get(again).context["found"].numbers["NEW"] == 6


def test_what_was_said_of_empty_cells_stays_when_columns_are_said_anew(client, program):
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    address = upload(client, MERGED)
    settle(client, address, {"above": "site, year"})
    form = client.get(f"{address}columns/").context["form"]
    assert form["above"].value() == "site, year"
    columns = {name: name for name in ("site_name", "month", "live_births")}
    say(client, f"{address}columns/", above="site", **columns)
    assert client.get(address).context["found"].numbers["NEW"] == 6


# --- In workbooks --------------------------------------------------------------------------------


def workbook(write):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["site_name", "year", "month_of_year", "live_births"])
        for row in range(6):
            sheet.write_row(row + 1, 2, [row % 3 + 1, 41 + row])
        write(sheet)
    return content.getvalue()


def test_merged_sites_of_a_workbook_hold_for_each_of_their_rows(program):
    def write(sheet):
        sheet.merge_range(1, 0, 3, 0, "North")
        sheet.merge_range(4, 0, 6, 0, "South")
        sheet.write_column(1, 1, [2024] * 6)

    own = births(program, workbook(write), name="b.xlsx")
    assert own == [
        ("A", 1, 41),
        ("A", 2, 42),
        ("A", 3, 43),
        ("B", 1, 44),
        ("B", 2, 45),
        ("B", 3, 46),
    ]


def test_merged_years_of_a_workbook_are_numbers_and_asked_about(program):
    def write(sheet):
        sheet.write_column(1, 0, ["North"] * 3 + ["South"] * 3)
        sheet.merge_range(1, 1, 6, 1, 2024)

    content = workbook(write)
    [lines] = next(
        own.offers.values() for own in check(program, content, name="b.xlsx").notices if own.offers
    )
    assert lines == {"above": "year"}
    assert len(births(program, content, lines, name="b.xlsx")) == 6
