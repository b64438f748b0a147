import pytest
from django.test import override_settings

from metrics.imports import (
    COLUMNS,
    FileRefusedError,
    parse_mapping,
)
from metrics.models import ImportBatch
from tests.metrics.imports.bringing_in import (
    GOOD,
    HEADER,
    check,
    look,
    receive,
    refusal,
)
from tests.wording import exactly

pytestmark = pytest.mark.django_db


# --- Files as they come --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", " , ").encode(),
        GOOD.rstrip("\n").encode(),
        GOOD.replace("site_code", "Site_Code").replace("month", "MONTH").encode(),
        "\n".join(f"{line},," for line in GOOD.splitlines()).encode(),
        GOOD.replace("A,2024-01,40,2", '"A","2024-01","40","2"').encode(),
        GOOD.replace("2024-01,40", "2024-01-01,40.0").encode(),
        GOOD.replace("B,2024-01,7,", "B,2024-01,7").encode(),
        (GOOD + "\n\n,,,\n").encode(),
    ],
    ids=[
        *("bom", "crlf", "cr", "semicolons", "tabs", "spaces", "no last line end", "capitals"),
        *("empty columns", "quotes", "first days", "short row", "blank rows"),
    ],
)
def test_file_means_the_same_however_it_was_saved(program, content):
    run, written = look(program, content)
    assert [str(fault) for fault in run.faults] == []
    counted = [(code, month.month, *own.values()) for code, month, own, _ in written]
    assert counted == [("A", 1, 40, 2), ("A", 2, 38, 0), ("B", 1, 7, None)]
    assert run.unused_columns == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. It needs a header row and a row a month."),
        (b"\xef\xbb\xbf \r\n", "The file is empty. It needs a header row and a row a month."),
        (
            f"{HEADER}\n".encode(),
            "The file has a header but no rows. Add a row for each month.",
        ),
        (
            f"{HEADER}\n,,,\n\n".encode(),
            "The file has a header but no rows. Add a row for each month.",
        ),
        (
            b"PK\x03\x04" + b"\x00" * 40,
            "The content is an Excel workbook or another ZIP archive, but the name ends in .csv. "
            "If it is an Excel workbook, let its name end in .xlsx; otherwise save the sheet as "
            "“CSV UTF-8”.",
        ),
        (
            b"month,month,Live_Births,live_births\n2024-01,2024-01,1,2\n",
            "The header has live_births, month more than once. Keep one column of each.",
        ),
        (
            b"place,period\nA,2024-01\n",
            "No column says which site each row is of. No column says which month each row is of. "
            "No column holds counts, such as live births. The header has place, period.",
        ),
        (
            b'site_code,month,live_births\nA,2024-01,"4\nB,2024-01,7\n',
            'A quote (") opened in the row that begins on line 2 is not closed by line 3: the rows '
            "between would be lost in one cell. Close it, or save the table again as “CSV UTF-8”.",
        ),
        (
            b'site_code,month,live_births\nA,2024-01,"4"x\n',
            'Line 2: a quote (") ends before its cell does. Write it twice (""), or save the table '
            "again as “CSV UTF-8”.",
        ),
        (
            b"site_code,month,live_births\nA,2024-01," + b"9" * 200_000,
            "Line 2 has a cell of more than 10,000 characters, as many as are taken. Shorten it or "
            "leave its column out.",
        ),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_a_sentence(content, sentence):
    assert refusal(content) == sentence


def test_rows_behind_an_open_quote_are_not_lost_in_silence():
    text = f'{HEADER},remark\nA,2024-01,40,2,"open\nA,2024-02,38,0,fine\nB,2024-01,7,,fine\n'
    assert "the rows between would be lost in one cell" in refusal(text)


@override_settings(IMPORT_MAX_BYTES=1000)
def test_large_file_is_refused_before_it_is_read():
    assert refusal(b"\xff" * 1001) == (
        "The file has 1,001 bytes; at most 1,000 are taken at once. Split it by year."
    )


def test_columns_that_are_not_ours_are_listed(program):
    text = "site_code,month,live_births,remark,,status\nA,2024-01,4,x,,submitted\n"
    assert check(program, text).unused_columns == ["remark", "status"]


def test_refused_file_is_not_kept(program):
    with pytest.raises(FileRefusedError):
        receive(program, HEADER)
    assert not ImportBatch.objects.exists()


# --- Mapping -------------------------------------------------------------------------------------


def test_mapping_reads_a_line_a_column():
    text = ' site_name = district \n\nmonth=period\nlive_births = births = all\nsite_code = "A"\n'
    assert parse_mapping(text) == {
        "site_name": "district",
        "month": "period",
        "live_births": "births = all",
        "site_code": '"A"',
    }
    assert parse_mapping("") == {}


@pytest.mark.parametrize("line", ["site_name", "site_name =", "site_name: district"])
def test_mapping_line_without_a_column_is_refused(line):
    sentence = (
        f'column mapping, line 2: "{line}" has no equals sign with a column after it. Write for '
        "example site_name = district."
    )
    with pytest.raises(FileRefusedError, match=exactly(sentence)):
        parse_mapping(f"month = period\n{line}")


def test_mapping_of_an_unknown_column_is_refused():
    sentence = (
        f'column mapping, line 1: "births" is none of our columns. Ours are {", ".join(COLUMNS)}.'
    )
    with pytest.raises(FileRefusedError, match=exactly(sentence)):
        parse_mapping("births = live")


def test_mapped_columns_are_read(program):
    text = "District,Period,Live Births,remark\nSouth,2024-01,7,x\n"
    mapping = {"site_name": "district", "month": "period", "live_births": "LIVE births"}
    run, written = look(program, text, mapping)
    assert [(code, own) for code, _, own, _ in written] == [("B", {"live_births": 7})]
    assert run.unused_columns == ["remark"]


def test_constant_stands_for_every_row(program):
    mapping = {"site_code": '"B"', "stillbirths": '"0"'}
    _, written = look(program, "month,live_births\n2024-01,7\n2024-02,8\n", mapping)
    assert [(code, own["stillbirths"]) for code, _, own, _ in written] == [("B", 0), ("B", 0)]


def test_mapped_column_that_the_file_lacks_is_refused():
    assert refusal(GOOD, {"stillbirths": "dead born"}) == (
        'The column mapping names "dead born" for stillbirths, but the header has no such column. '
        "It has site_code, month, live_births, infant_deaths."
    )
