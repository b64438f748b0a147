"""Files as people and attackers send them, written for a test and read back."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from metrics.imports.reading import FileRefusedError, open_file

HEADER = ["site_code", "month", "live_births"]
TABLE = [HEADER, ["A", "2024-01", "40"], ["B", "2024-01", "7"]]
CSV = b"site_code,month,live_births\nA,2024-01,40\nB,2024-01,7\n"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def rows_of(path: Path, name: str | None = None, sheet: str | None = None) -> list[list[str]]:
    """All the rows of a file. FileRefusedError as it comes."""
    with open_file(path, name or path.name) as file:
        return list(file.rows(sheet))


def read(folder: Path, content: bytes, name: str = "counts.csv") -> list[list[str]]:
    """The rows of a file of that content and name."""
    path = folder / "received"
    path.write_bytes(content)
    return rows_of(path, name)


def refusal(folder: Path, content: bytes, name: str = "counts.csv") -> str:
    """Why a file of that content and name is not read."""
    with pytest.raises(FileRefusedError) as error:
        read(folder, content, name)
    return str(error.value)


def written(folder: Path, write, **options) -> Path:
    """A workbook of one sheet, “Data”, that XlsxWriter writes as `write(book, sheet)` says."""
    path = folder / "counts.xlsx"
    with xlsxwriter.Workbook(path, options) as book:
        write(book, book.add_worksheet("Data"))
    return path


def sheet_xml(rows: str, after: str = "") -> str:
    """A sheet with these rows, as XML."""
    return f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts_of(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', after: str = "") -> dict:
    """The parts of the smallest workbook there is; a test puts others in their place."""
    types = f'<Types xmlns="{PACKAGE}/content-types"></Types>'
    root = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    book += '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
    sheet = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    return {
        "[Content_Types].xml": DECLARED + types,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>',
        "xl/workbook.xml": DECLARED + book,
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{sheet}</Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet_xml(rows, after),
    }


def crafted(folder: Path, parts: dict, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """A workbook of these parts."""
    path = folder / "crafted.xlsx"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def crafted_refusal(folder: Path, parts: dict, name: str = "counts.xlsx", **packing) -> str:
    """Why a workbook of these parts is not read."""
    with pytest.raises(FileRefusedError) as error:
        rows_of(crafted(folder, parts, **packing), name)
    return str(error.value)
