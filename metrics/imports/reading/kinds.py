"""What a file is: its content decides, and its name must not say otherwise."""

import mmap
import re
from pathlib import Path

from metrics.imports.reading.names import suffix_of
from metrics.imports.reading.refusals import FileRefusedError

TEXT_SUFFIXES = ("", ".csv", ".txt", ".tsv", ".tab")
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN_STARTS = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\0", "a database"),
)
MARKUP = re.compile(
    rb"\s*<(!--|(!doctype|\?xml|html|head|body|meta|table|div|script|style|svg)\b)", re.I
)
SAVE_ANEW = (
    "Open it in the spreadsheet program and save it as “Excel workbook (.xlsx)” or “CSV UTF-8”."
)


def find_kind(path: Path, file_name: str) -> str:
    """ "csv" or "xlsx"; FileRefusedError for what is neither or is called something else."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(OLE_START):
        raise FileRefusedError(_old_workbook(path))
    for start, what in FOREIGN_STARTS:
        if head.startswith(start):
            raise FileRefusedError(f"The file is {what}, not a table. {SAVE_ANEW}")
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe")):
        raise FileRefusedError(
            f"The file is a web page or XML, which some programs call Excel. {SAVE_ANEW}"
        )
    kind = "xlsx" if head.startswith(ZIP_STARTS) else "csv"
    _check_name(kind, file_name)
    return kind


def _check_name(kind: str, file_name: str) -> None:
    suffix = suffix_of(file_name)
    if kind == "csv" and suffix == ".xlsx":
        raise FileRefusedError(
            "The name ends in .xlsx, but the content is no workbook: it is another kind of file, "
            f"or it was cut off on its way. {SAVE_ANEW}"
        )
    if kind == "xlsx" and suffix in TEXT_SUFFIXES:
        raise FileRefusedError(
            "The content is an Excel workbook or another ZIP archive, but the name "
            f"{'ends in ' + suffix if suffix else 'has no ending'}. If it is an Excel workbook, "
            "let its name end in .xlsx; otherwise save the sheet as “CSV UTF-8”."
        )
    if kind == "csv" and suffix not in TEXT_SUFFIXES:
        raise FileRefusedError(
            f"The name ends in {suffix}; files that end in .csv, .txt, .tsv, .tab or .xlsx are "
            f"read. {SAVE_ANEW}"
        )


def _old_workbook(path: Path) -> str:
    """An encrypted workbook is wrapped as old ones are; only the part's name tells."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        is_encrypted = content.find("EncryptedPackage".encode("utf-16-le")) >= 0
    if is_encrypted:
        return (
            "The workbook is locked with a password. Open it, take the password off, and save it "
            "again as “Excel workbook (.xlsx)”."
        )
    return f"The file is an old Excel workbook (.xls). {SAVE_ANEW}"
