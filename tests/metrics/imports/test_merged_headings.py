"""Two rows of headings whose cells are merged downwards and across, and titles merged above them:
in a workbook each cell of what is merged holds its text, in a CSV the first alone."""

import io

import pytest
import xlsxwriter

from metrics.imports.guessing import guess_mapping
from metrics.imports.headings import find_header, read_headings
from metrics.imports.mapping import Mapping
from metrics.imports.opening import look_into, open_content

TITLE = ["Annual return 2019"] * 6
UPPER = ["Facility", "Month", "Live births", *["Infant deaths"] * 3]
LOWER = ["Facility", "Month", "Live births", "0-6 days", "7-27 days", "28-364 days"]
COUNTS = ["North Clinic", "January 2019", "204", "3", "2", "1"]
TEXTS = ["Facility", "Month", "Live births"]
TEXTS += ["Infant deaths 0-6 days", "Infant deaths 7-27 days", "Infant deaths 28-364 days"]
OURS = frozenset({"month", "live births", "infant deaths"})


def headed(rows, known=OURS):
    """Which rows the headings stand in, and what they say."""
    first, last = find_header(rows, known)
    return (first, last), [own.text for own in read_headings(rows[first - 1 : last])]


@pytest.mark.parametrize("known", [OURS, frozenset()], ids=["our names", "other names"])
def test_headings_that_are_merged_down_are_written_once(known):
    assert headed([UPPER, LOWER, COUNTS], known) == ((1, 2), TEXTS)


@pytest.mark.parametrize("known", [OURS, frozenset()], ids=["our names", "other names"])
def test_title_that_is_merged_across_everything_is_no_part_of_headings(known):
    assert headed([TITLE, UPPER, LOWER, COUNTS], known) == ((2, 3), TEXTS)
    assert headed([TITLE, [], UPPER, LOWER, COUNTS], known) == ((3, 4), TEXTS)
    assert headed([TITLE, LOWER, COUNTS], known) == ((2, 2), LOWER)


def test_title_that_names_a_count_is_no_row_of_headings():
    assert headed([["Infant deaths"] * 6, LOWER, COUNTS]) == ((2, 2), LOWER)


def test_headings_that_were_merged_in_a_csv_are_read_from_both_rows():
    upper, lower = ["Facility", "Month", "Live births", "Infant deaths", "", ""], ["", "", ""]
    assert headed([upper, lower + LOWER[3:], COUNTS]) == ((1, 2), TEXTS)


def test_headings_that_are_all_merged_down_are_written_once():
    assert headed([LOWER, LOWER, COUNTS]) == ((1, 2), LOWER)


@pytest.mark.parametrize(
    "row",
    [
        ["North Clinic", "January 2019", "", "", "", "no report"],
        ["North Clinic", "January 2019", "n/a", "n/a", "n/a", "n/a"],
        ["", "", "", "", "", "to be sent", "later"],
    ],
)
def test_row_without_counts_is_no_second_row_of_headings(row):
    upper = ["Facility", "Month", "Live births", "Infant deaths", "Stillbirths", ""]
    assert headed([upper, row, COUNTS]) == ((1, 1), upper[:5])


def test_counts_that_read_as_years_are_no_second_row_of_headings():
    rows = [["Facility", "2019", "2020"], ["North", "2019", "1985"]]
    assert headed(rows, frozenset()) == ((1, 1), rows[0])


def test_workbook_with_merged_headings_is_read_as_a_person_reads_it():
    """Merged as LibreOffice merges: the title, three headings downwards, the deaths across."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, TITLE[0])
        for place, text in enumerate(TEXTS[:3]):
            sheet.merge_range(1, place, 2, place, text)
        sheet.merge_range(1, 3, 1, 5, "Infant deaths")
        sheet.write_row(2, 3, LOWER[3:])
        sheet.write_row(3, 0, [*COUNTS[:2], 204, 3, 2, 1])
    with open_content([content.getvalue()], "merged.xlsx") as source:
        preview = look_into(source, Mapping())
        lines = guess_mapping(preview)
    assert ((preview.first, preview.last), lines) == ((2, 3), {
        "site_name": "Facility",
        "month": "Month",
        "live_births": "Live births",
        "early_neonatal_deaths": "Infant deaths 0-6 days",
        "late_neonatal_deaths": "Infant deaths 7-27 days",
        "postneonatal_deaths": "Infant deaths 28-364 days",
    })  # fmt: skip
