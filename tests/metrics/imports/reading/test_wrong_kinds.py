"""Files that are not what their name says, or nothing that holds a table."""

import gzip
import io
import zipfile

import pytest

from tests.metrics.imports.reading.written_files import CSV, crafted, parts_of, read, refusal

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000
SAVE = "Open it in the spreadsheet program and save it as “Excel workbook (.xlsx)” or “CSV UTF-8”."
MARKUP = f"The file is a web page or XML, which some programs call Excel. {SAVE}"
LOCKED = (
    "The workbook is locked with a password. Open it, take the password off, and save it again as "
    "“Excel workbook (.xlsx)”."
)


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize("name", ["counts.csv", "counts.xlsx", "counts.xls"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (OLE, f"The file is an old Excel workbook (.xls). {SAVE}"),
        (OLE + "EncryptedPackage".encode("utf-16-le") + OLE, LOCKED),
        (b"%PDF-1.7\n", f"The file is a PDF document, not a table. {SAVE}"),
        (gzip.compress(CSV, mtime=0), f"The file is a gzip archive, not a table. {SAVE}"),
        (b"7z\xbc\xaf\x27\x1c\0", f"The file is a 7z archive, not a table. {SAVE}"),
        (b"\x89PNG\r\n\x1a\n", f"The file is a picture, not a table. {SAVE}"),
        (b"{\\rtf1\\ansi", f"The file is an RTF document, not a table. {SAVE}"),
        (b"SQLite format 3\0", f"The file is a database, not a table. {SAVE}"),
        (b"<html><body><table><tr><td>1", MARKUP),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html>", MARKUP),
        (b"<!-- saved from a page --><p>", MARKUP),
        ("\ufeff<TABLE border=1>".encode("utf-16-le"), MARKUP),
        ("\ufeff<html>".encode("utf-16-be"), MARKUP),
        (b'<?xml version="1.0"?><Workbook>', MARKUP),
    ],
)
def test_content_that_is_no_table_is_refused_whatever_its_name(tmp_path, name, content, sentence):
    assert refusal(tmp_path, content, name) == sentence


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["xl/workbook.bin"], f"The file is a binary Excel workbook (.xlsb). {SAVE}"),
        (["mimetype", "content.xml"], f"The file is an OpenDocument file (.ods). {SAVE}"),
        (["word/document.xml"], f"The file is a Word document. {SAVE}"),
        (["ppt/presentation.xml"], f"The file is a presentation. {SAVE}"),
        (
            ["counts.csv"],
            "The file is a ZIP archive. Unpack it and bring in the CSV or XLSX file inside.",
        ),
        ([], "The file is a ZIP archive. Unpack it and bring in the CSV or XLSX file inside."),
    ],
)
@pytest.mark.parametrize("name", ["counts.xlsx", "counts.ods", "counts.zip"])
def test_archive_that_is_no_xlsx_is_refused(tmp_path, names, sentence, name):
    assert refusal(tmp_path, zipped(*names), name) == sentence


@pytest.mark.parametrize(
    ("name", "ending"),
    [("counts.csv", "ends in .csv"), ("counts.TXT", "ends in .txt"), ("x", "has no ending")],
)
def test_workbook_under_a_name_for_text_is_refused(tmp_path, name, ending):
    content = crafted(tmp_path, parts_of()).read_bytes()
    assert refusal(tmp_path, content, name) == (
        f"The content is an Excel workbook or another ZIP archive, but the name {ending}. If it "
        "is an Excel workbook, let its name end in .xlsx; otherwise save the sheet as “CSV UTF-8”."
    )


def test_workbook_under_the_name_of_an_older_one_is_refused(tmp_path):
    content = crafted(tmp_path, parts_of()).read_bytes()
    assert refusal(tmp_path, content, "counts.xls") == (
        "The content is an Excel workbook, but the name ends in .xls. Save it as “Excel workbook "
        "(.xlsx)”."
    )


def test_text_under_the_name_of_a_workbook_is_refused(tmp_path):
    assert refusal(tmp_path, CSV, "counts.xlsx") == (
        "The name ends in .xlsx, but the content is no workbook: it is another kind of file, or "
        f"it was cut off on its way. {SAVE}"
    )


def test_text_that_begins_with_a_sign_of_less_is_text(tmp_path):
    assert read(tmp_path, b"<1 day,births\n<5,40\n") == [["<1 day", "births"], ["<5", "40"]]


@pytest.mark.parametrize("name", ["counts.xls", "counts.exe", "counts.csv/../x.py"])
def test_text_under_the_name_of_something_else_is_refused(tmp_path, name):
    ending = name[name.rindex(".") :]
    assert refusal(tmp_path, CSV, name) == (
        f"The name ends in {ending}; files that end in .csv, .txt, .tsv, .tab or .xlsx are read. "
        f"{SAVE}"
    )
