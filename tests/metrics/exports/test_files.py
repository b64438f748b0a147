"""The same rows as CSV, workbook and archive, and what is written about them."""

import hashlib
import io
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from python_calamine import load_workbook

from metrics.exports import (
    DATASETS,
    Column,
    Dataset,
    Ending,
    Outgoing,
    Type,
    send_dataset,
    workbooks,
)
from metrics.exports.batches import BATCH_ROWS
from programs.models import Measure
from tests.factories import MembershipFactory, MonthlyReportFactory
from tests.metrics.exports.taking import (
    about_of,
    address,
    asking,
    content_of,
    sheet_of,
    table_of,
    unzip,
)

NAME = "hb-site-months-2025-07-15"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


COLUMNS = (Column("n", "A number", Type.COUNT), Column("text", "A text"))


def make(rows):
    """A dataset of these rows."""
    return Dataset("own", "Own", "Rows of a test.", COLUMNS, lambda asked: iter(rows), "Made up.")


def read_xml(part):
    return ET.fromstring(part)  # noqa: S314 - our own workbook


def valued(rows):
    """The rows with numbers as numbers: 50.0 is 50."""
    return [[float(cell) if cell.replace(".", "").isdigit() else cell for cell in r] for r in rows]


@pytest.fixture
def report(program):
    return MonthlyReportFactory(site=program.sites.get(), month=date(2024, 3, 1))


def test_archive_and_workbook_hold_the_rows_of_the_csv(client, program, report):
    for kind in DATASETS:
        taken, book, archive = (
            content_of(client.get(address(kind, ending))) for ending in ("csv", "xlsx", "zip")
        )
        assert valued(sheet_of(book)) == valued(table_of(taken))
        assert unzip(archive)[f"hb-{kind}-2025-07-15.csv"] == taken


def test_checksum_is_that_of_the_csv(client, program, report):
    digest = hashlib.sha256(content_of(client.get(address("site-months")))).hexdigest()
    assert about_of(content_of(client.get(address("site-months", "zip"))))["sha256"] == digest
    about = sheet_of(content_of(client.get(address("site-months", "xlsx"))), "About")
    assert ["sha256", "", digest] in about


def test_about_says_where_a_file_comes_from(client, program, report):
    query = "first=2024-01&last=2024-12&site=A&status=submitted"
    about = about_of(content_of(client.get(f"{address('site-months', 'zip')}?{query}")))
    assert about["program"] == {"name": "Healthy Beginnings", "code": "hb"}
    assert (about["file"], about["rows"]) == (f"{NAME}.csv", 1)
    assert (about["as_of"], about["time_zone"]) == ("2025-07-15T12:00:00+00:00", "UTC")
    assert about["window"] == "2024-01 to 2024-12"
    assert about["filters"]["Sites"] == "North (A)"
    assert about["filters"]["Status"] == "Submitted"
    assert about["query"] == query
    assert about["taken_by"] == str(program.memberships.get().user)
    assert about["small_counts"] == "None is withheld: the program asks for none."
    assert about["software"] == "IMR Tracker 0.1.0"
    assert list(about["columns"]) == list(DATASETS["site-months"].header)


def test_about_defines_the_measure_that_was_asked_for(client, program, report):
    asked = {"measure": "stillbirth"}
    about = about_of(content_of(client.get(address("summary", "zip"), asked)))
    assert list(about["definitions"]) == [Measure.STILLBIRTH.label]
    assert "for each 1,000 births, live and still" in about["definitions"][Measure.STILLBIRTH.label]
    assert "docs/methods.md#rate" in about["method"]


def test_about_stands_in_the_archive_as_csv_too(client, program, report):
    files = unzip(content_of(client.get(address("site-months", "zip"))))
    assert list(files) == [f"{NAME}.csv", "about.json", "about.csv"]
    rows = table_of(files["about.csv"])
    assert rows[0] == ["what", "of", "value"]
    assert ["program", "name", "Healthy Beginnings"] in rows
    assert ["rows", "", "1"] in rows


def test_manager_reads_that_small_counts_are_withheld_from_others(client, program, report):
    program.withhold_up_to = 4
    program.save()
    client.force_login(MembershipFactory(program=program, role="manager").user)
    about = about_of(content_of(client.get(address("site-months", "zip"))))
    assert about["small_counts"] == "None is withheld here; from viewers, counts of 1 to 4 are."


def test_workbook_never_runs_what_stands_in_a_cell(program, today):
    """A formula would be read back as its value: nothing."""
    texts = ["=1+1", "http://example.org", "'=1", "0012", "1e5", "{=A1}", "mailto:a@b.c"]
    own = make([(n, text) for n, text in enumerate(texts)])
    taken = content_of(send_dataset(own, asking(program, today), Ending.XLSX))
    assert sheet_of(taken)[1:] == [[str(n), text] for n, text in enumerate(texts)]
    sheet = unzip(taken)["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_rows_beyond_a_sheet_go_on_to_the_next(program, today, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 4)
    own = make([(n, "x") for n in range(7)])
    taken = content_of(send_dataset(own, asking(program, today), Ending.XLSX))
    book = load_workbook(io.BytesIO(taken))
    assert book.sheet_names == ["Data", "Data 2", "Data 3", "About"]
    shown = [b"tabSelected" in unzip(taken)[f"xl/worksheets/sheet{n}.xml"] for n in (1, 2, 3, 4)]
    assert shown == [True, False, False, False]
    rows = [row for name in book.sheet_names[:3] for row in sheet_of(taken, name)[1:]]
    assert rows == [[str(n), "x"] for n in range(7)]


@pytest.mark.parametrize("rows", [0, 3, 6])
def test_sheet_that_is_just_full_has_none_after_it(program, today, monkeypatch, rows):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 4)
    own = make([(n, "x") for n in range(rows)])
    taken = content_of(send_dataset(own, asking(program, today), Ending.XLSX))
    assert len(load_workbook(io.BytesIO(taken)).sheet_names) == max(1, -(-rows // 3)) + 1


def test_header_is_bold_wide_enough_and_on_every_printed_page(program, today):
    own = make([(1, "as long as a name of a site may well be"), (2, "short")])
    taken = unzip(content_of(send_dataset(own, asking(program, today), Ending.XLSX)))
    sheet = read_xml(taken["xl/worksheets/sheet1.xml"])
    styles = read_xml(taken["xl/styles.xml"])
    [header, first] = [row[0].get("s") for row in list(sheet.iter(f"{MAIN}row"))[:2]]
    fonts = styles.find(f"{MAIN}fonts")
    chosen = styles.find(f"{MAIN}cellXfs")[int(header)].get("fontId")
    assert fonts[int(chosen)].find(f"{MAIN}b") is not None
    assert first is None
    widths = [float(own.get("width")) for own in sheet.iter(f"{MAIN}col")]
    assert len(own.columns) == len(widths)
    assert widths[1] > 39 > 10 > widths[0]
    assert b"_xlnm.Print_Titles" in taken["xl/workbook.xml"]


def test_text_too_long_for_a_cell_is_cut_and_says_so(program, today):
    taken = content_of(send_dataset(make([(1, "a" * 40_000)]), asking(program, today), Ending.XLSX))
    [_, [_, text]] = sheet_of(taken)
    assert text.endswith("[cut: a cell holds no more; the CSV file has all of it]")
    assert len(text) == workbooks.MOST_LETTERS


# --- While it is made ----------------------------------------------------------------------------


def failing_at(row):
    """A dataset that breaks down at a row."""
    return make((n, "x" if n < row else 1 // 0) for n in range(10_000))


@pytest.mark.parametrize("number", [0, 1, 1999, 2000, 2001, 4500])
def test_file_is_sent_in_batches_and_loses_no_row(program, today, number):
    own = make([(n, "a,b") for n in range(number)])
    response = send_dataset(own, asking(program, today), Ending.CSV)
    parts = list(response.streaming_content)
    written = "n,text\r\n" + "".join(f'{n},"a,b"\r\n' for n in range(number))
    assert b"".join(parts).decode() == written
    assert len(parts) == 1 + -(-number // BATCH_ROWS)


@pytest.mark.parametrize("ending", [Ending.CSV, Ending.ZIP])
def test_file_is_streamed_while_it_is_made(program, today, ending):
    """A row too far is not asked for before the first ones are on their way."""
    response = send_dataset(failing_at(6000), asking(program, today), ending)
    parts = iter(response.streaming_content)
    assert sum(len(next(parts)) for _ in range(3)) > 0
    with pytest.raises(ZeroDivisionError):
        list(parts)


@pytest.mark.parametrize("ending", list(Ending))
def test_what_fails_at_once_is_an_error_and_not_a_file_that_ends_too_soon(program, today, ending):
    with pytest.raises(ZeroDivisionError):
        send_dataset(failing_at(1), asking(program, today), ending)


def test_workbook_leaves_nothing_behind(program, today, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with workbooks.write_workbook(Outgoing(make([(1, "x")] * 3000), asking(program, today)), "x"):
        assert list(tmp_path.iterdir()) == []  # it has no name while it is sent
    with pytest.raises(ZeroDivisionError):
        send_dataset(failing_at(5000), asking(program, today), Ending.XLSX)
    assert list(tmp_path.iterdir()) == []


def test_marks_are_set_in_every_batch(program, today):
    """Also where the same text was harmless a thousand rows before."""
    own = make([(n, "=1" if n in (0, 3000) else "x") for n in range(5000)])
    rows = content_of(send_dataset(own, asking(program, today), Ending.CSV)).decode().splitlines()
    assert [n for n, row in enumerate(rows) if row.endswith(",'=1")] == [1, 3001]
