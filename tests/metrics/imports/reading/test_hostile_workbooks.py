"""Workbooks made to do harm, crafted part by part: each is refused with a sentence."""

import os
import struct
import zipfile

import pytest

from metrics.imports.reading import FileRefusedError
from metrics.imports.reading.archives import CHUNK_BYTES, copy_workbook
from tests.metrics.imports.reading.written_files import (
    TABLE,
    crafted,
    crafted_refusal,
    parts_of,
    rows_of,
    sheet_xml,
    written,
)

MEGABYTE = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
SAVE = "Open it in the spreadsheet program and save it as “Excel workbook (.xlsx)” or “CSV UTF-8”."
ENTITIES = (
    "in the workbook declares XML entities, which can be made to open other files or to fill the "
    f"memory. No spreadsheet program writes them. {SAVE}"
)
MACROS = (
    "The workbook holds macros, which are programs. Save it as “Excel workbook (.xlsx)” without "
    "macros."
)


def damaged(what):
    return (
        f"The workbook is damaged or was cut off on its way ({what}). Open it in the spreadsheet "
        "program, save it again as “Excel workbook (.xlsx)” and bring in that file."
    )


def patched(path, find, replace):
    """The same file with other bytes in all places."""
    content = path.read_bytes()
    assert find in content
    path.write_bytes(content.replace(find, replace))
    return path


def refusal_of(path, name="counts.xlsx", sheet=None):
    with pytest.raises(FileRefusedError) as error:
        rows_of(path, name, sheet)
    return str(error.value)


# --- Archives ------------------------------------------------------------------------------------


def test_zip_bomb_is_refused_by_what_it_unpacks_to(tmp_path):
    path = crafted(tmp_path, parts_of() | {"xl/worksheets/bomb.xml": b" " * 20 * MEGABYTE})
    with zipfile.ZipFile(path) as archive:
        packed = archive.getinfo("xl/worksheets/bomb.xml").compress_size
    assert packed < 30_000
    assert refusal_of(path) == (
        f"“xl/worksheets/bomb.xml” in the workbook unpacks from {packed:,} bytes to 20,971,520, "
        "more than 400 times as many. No sheet of figures does that. Save the sheet as “CSV UTF-8”."
    )


def test_archive_that_unpacks_to_too_much_is_refused(tmp_path, settings):
    settings.IMPORT_MAX_INFLATED_BYTES = 5_000
    parts = parts_of() | {"xl/media/image1.png": os.urandom(5_000)}
    size = sum(map(len, parts.values()))
    assert crafted_refusal(tmp_path, parts) == (
        f"Unpacked, the workbook has {size:,} bytes; at most 5,000 are read. Split it by year, or "
        "save the sheet as “CSV UTF-8”."
    )


def test_parts_that_overlap_are_refused(tmp_path):
    """One packed part, listed many times over, is how a bomb stays small."""
    path = crafted(tmp_path, parts_of() | {"xl/worksheets/sheet2.xml": sheet_xml("")})
    with zipfile.ZipFile(path) as archive:
        second, first = (
            struct.pack("<I", archive.getinfo(name).header_offset)
            for name in ("xl/worksheets/sheet2.xml", SHEET)
        )
    patched(path, second + b"xl/worksheets/sheet2", first + b"xl/worksheets/sheet2")
    assert refusal_of(path) == damaged("“xl/worksheets/sheet2.xml” overlaps another part")


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        (10, f"Bad CRC-32 for file '{SHEET}'"),
        (5 * MEGABYTE, f"“{SHEET}” lies about its size"),
    ],
)
def test_part_that_lies_about_its_size_is_refused(tmp_path, lie, what):
    path = crafted(tmp_path, parts_of())
    with zipfile.ZipFile(path) as archive:
        size = struct.pack("<I", archive.getinfo(SHEET).file_size)
    patched(path, size, struct.pack("<I", lie))
    assert refusal_of(path) == damaged(what)


def test_part_that_stands_twice_is_refused(tmp_path):
    """Two programs would each read another one."""
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(crafted(tmp_path, parts_of()), "a") as archive,
    ):
        archive.writestr(SHEET, sheet_xml(""))
    assert refusal_of(tmp_path / "crafted.xlsx") == damaged(f"it holds “{SHEET}” twice")


def test_thousands_of_parts_are_refused(tmp_path):
    parts = parts_of() | {f"xl/{number}": "" for number in range(5_000)}
    assert crafted_refusal(tmp_path, parts) == (
        f"The workbook has 5,005 parts; at most 5,000 are read. {SAVE}"
    )


def test_list_of_parts_that_is_larger_than_any_is_not_read(tmp_path):
    parts = parts_of() | {f"{number:05}{'x' * 60_000}": "" for number in range(20)}
    size = sum(46 + len(name) for name in parts)  # 46 bytes stand before each name
    sentence = damaged(f"its list of parts claims {size:,} bytes")
    assert crafted_refusal(tmp_path, parts) == sentence


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_part_packed_in_a_rare_way_is_refused(tmp_path, packing):
    """These would be unpacked as a whole, however large."""
    sentence = damaged("“[Content_Types].xml” is packed in a rare way")
    assert crafted_refusal(tmp_path, parts_of(), packing=packing) == sentence


def test_archive_inside_of_a_workbook_is_not_opened(tmp_path):
    bomb = crafted(tmp_path, {"bomb": b" " * 20 * MEGABYTE}).read_bytes()
    for name in ("xl/embeddings/oleObject1.bin", "xl/media/x.zip", "xl/worksheets/x.zip"):
        assert rows_of(crafted(tmp_path, parts_of() | {name: bomb})) == [["1"]]


def test_encrypted_part_is_refused(tmp_path):
    path = crafted(tmp_path, parts_of())
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal_of(path) == (
        "The workbook is locked with a password. Take the password off and save it again."
    )


# --- Macros, entities, links ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl\\vbaProject.bin", "xl/macrosheets/s.xml"]
)
def test_macros_hidden_in_an_xlsx_are_refused(tmp_path, name):
    assert crafted_refusal(tmp_path, parts_of() | {name: "x"}) == MACROS


def test_workbook_that_calls_itself_macro_enabled_is_refused(tmp_path):
    parts = parts_of()
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts["[Content_Types].xml"] += f"<!-- {kind} -->"
    assert crafted_refusal(tmp_path, parts) == MACROS
    assert crafted_refusal(tmp_path, parts_of(), name="counts.xlsm") == MACROS


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/app.xml", "xl/styles.xml"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:/etc/passwd">',
        '<!doctype x [<!entity a SYSTEM "http://127.0.0.1/">]>',
        "<!ENTITY a 'b'>",
    ],
)
def test_xml_entities_are_refused_in_every_part(tmp_path, part, declared):
    parts = parts_of()
    parts[part] = declared + parts.get(part, "<x/>")
    assert crafted_refusal(tmp_path, parts) == f"“{part.lower()}” {ENTITIES}"


@pytest.mark.parametrize("before", range(1, 12))
def test_xml_entities_are_found_wherever_a_part_is_cut_to_be_read(tmp_path, before):
    content = "<x/>" + " " * (CHUNK_BYTES - 4 - before) + "<!DOCTYPE x>" + "<x/>"
    parts = parts_of() | {"xl/theme/theme1.xml": content}
    assert crafted_refusal(tmp_path, parts) == f"“xl/theme/theme1.xml” {ENTITIES}"


@pytest.mark.parametrize("before", [1, 2, 3, 10, 11, 12, 13, 14])
def test_error_is_its_text_wherever_a_part_is_cut_to_be_read(tmp_path, before):
    first = '<row r="1"><c r="A1"><v>1</v></c>'
    blank = " " * (CHUNK_BYTES - before - sheet_xml(first).index(first) - len(first))
    rows = f'{first}{blank}<c r="B1" t="e"><v>#N/A</v></c></row>'
    assert rows_of(crafted(tmp_path, parts_of(rows))) == [["1", "#N/A"]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_xml_in_another_code_is_refused(tmp_path, encoding):
    """The reader would find the sheet empty, and nobody the entities."""
    parts = parts_of()
    parts[SHEET] = ("<!DOCTYPE x>" + parts[SHEET]).encode(encoding)
    sentence = f"The workbook's XML is written in utf-16; UTF-8 is read. {SAVE}"
    assert crafted_refusal(tmp_path, parts) == sentence


def test_xml_that_declares_another_code_is_refused(tmp_path):
    parts = parts_of()
    parts[SHEET] = parts[SHEET].replace("UTF-8", "UTF-7")
    sentence = f"The workbook's XML is written in utf-7; UTF-8 is read. {SAVE}"
    assert crafted_refusal(tmp_path, parts) == sentence


def test_links_to_other_files_are_not_followed(tmp_path):
    parts = parts_of('<row r="1"><c r="A1"><f>[1]Sheet1!$A$1</f><v>42</v></c></row>') | {
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            '<Relationships><Relationship Id="rId1" Target="file:/etc/passwd" '
            'TargetMode="External"/></Relationships>'
        ),
    }
    path, copy = crafted(tmp_path, parts), tmp_path / "copy.xlsx"
    assert rows_of(path, "counts.xlsx") == [["42"]]
    copy_workbook(path, "counts.xlsx", copy)
    with zipfile.ZipFile(copy) as archive:
        assert archive.namelist() == list(parts_of())


# --- Sizes ---------------------------------------------------------------------------------------


def test_lone_cell_in_the_far_corner_is_refused(tmp_path):
    """A file of a kilobyte, for which the reader would take half a terabyte of memory."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    rows += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal_of(crafted(tmp_path, parts_of(rows))) == (
        "To be read, the workbook needs more memory than the 1,073,741,824 bytes that are given "
        "to it. Often a cell far below or to the right of the table is not empty: clear it, or "
        "save the sheet as “CSV UTF-8”."
    )


@pytest.mark.parametrize(
    ("column", "count"), [("BXY", "2,001"), ("XFD", "16,384"), ("EQXD", "100,000")]
)
def test_too_many_columns_are_refused(tmp_path, column, count):
    row = f'<row r="1"><c r="A1"><v>1</v></c><c r="{column}1"><v>1</v></c></row>'
    assert refusal_of(crafted(tmp_path, parts_of(row))) == (
        f"Sheet “Data” has {count} columns, up to {column}; at most 2,000 are taken. Leave out "
        "the columns that are not needed."
    )


def test_cell_in_a_row_that_no_sheet_has_is_refused(tmp_path):
    """Billions of blank rows would stand above it."""
    path = crafted(tmp_path, parts_of('<row r="4294967290"><c r="A4294967290"><v>1</v></c></row>'))
    assert refusal_of(path) == (
        "Sheet “Data” has 4,294,967,290 rows; at most 1,500,000 are taken at once. Split it by "
        "year."
    )


def test_range_that_a_sheet_claims_for_itself_is_not_believed(tmp_path):
    parts = parts_of()
    claim = '<dimension ref="A1:XFD1048576"/><sheetData>'
    parts[SHEET] = parts[SHEET].replace("<sheetData>", claim)
    assert rows_of(crafted(tmp_path, parts)) == [["1"]]


def test_workbook_that_claims_billions_of_texts_is_refused(tmp_path):
    path = written(tmp_path, lambda book, sheet: sheet.write(0, 0, "text"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/sharedStrings.xml"
    parts[name] = parts[name].replace(b'ount="1"', b'ount="4000000000"')
    sentence = refusal_of(crafted(tmp_path, parts))
    assert sentence.startswith("To be read, the workbook needs more memory than the 1,073,741,824")


def test_merged_ranges_over_each_other_do_not_hold_up_the_reading(tmp_path, settings):
    settings.IMPORT_CHILD_SECONDS = 15  # each range looked at for each row would take minutes
    rows = (f'<row r="{n}"><c r="A{n}" t="str"><v>x</v></c></row>' for n in range(1, 20_001))
    merged = '<mergeCell ref="A1:XFD1048576"/>' * 20_000
    path = crafted(tmp_path, parts_of("".join(rows), f"<mergeCells>{merged}</mergeCells>"))
    assert rows_of(path) == [["x"]] * 20_000


def test_cell_of_ten_megabytes_is_refused(tmp_path):
    text = "".join(f"{number:010}" for number in range(MEGABYTE))
    row = f'<row r="7"><c r="AB7" t="inlineStr"><is><t>{text}</t></is></c></row>'
    assert refusal_of(crafted(tmp_path, parts_of(row))) == (
        "Cell AB7 has 10,485,760 characters; at most 10,000 are taken. Shorten it or leave its "
        "column out."
    )


def test_row_that_repeats_a_long_text_is_refused(tmp_path):
    def write(book, sheet):
        sheet.write_row(0, 0, ["x" * 10_000] * 101)

    assert refusal_of(written(tmp_path, write)) == (
        "Row 1 has 1,010,000 characters; at most 1,000,000 are taken. Leave out the columns that "
        "are not needed."
    )


def test_control_character_in_a_cell_is_refused(tmp_path):
    path = written(tmp_path, lambda book, sheet: sheet.write(1, 2, "a\0b"))
    assert refusal_of(path) == (
        "Cell C2 holds a control character, 00, which is no text. Type the cell anew."
    )


def test_too_many_merged_ranges_are_refused(tmp_path):
    cells = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 20_002))
    path = crafted(tmp_path, parts_of(after=f"<mergeCells>{cells}</mergeCells>"))
    assert refusal_of(path) == (
        "Sheet “Data” has 20,001 merged ranges; at most 20,000 are read. Unmerge the cells below "
        "the header."
    )


def test_too_many_sheets_and_rows_are_refused(tmp_path, settings):
    settings.IMPORT_MAX_ROWS = 2
    path = written(
        tmp_path, lambda book, sheet: [sheet.write_row(n, 0, TABLE[n]) for n in range(3)]
    )
    assert refusal_of(path) == (
        "Sheet “Data” has 3 rows; at most 2 are taken at once. Split it by year."
    )
    settings.IMPORT_MAX_SHEETS = 2
    path = written(tmp_path, lambda book, sheet: [book.add_worksheet() for _ in range(2)])
    assert refusal_of(path) == (
        "The workbook has 3 sheets; at most 2 are read. Keep those that are to be brought in."
    )
