"""A large sheet is read piece by piece: each cell as it is read of a sheet that is read whole."""

import random
import re
import sys

import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.imports.reading import workbooks
from metrics.imports.reading.archives import copy_workbook
from metrics.imports.reading.workbook_child import Limits, RefusedError, pieces
from metrics.imports.reading.workbook_child.pieces import LargeSheet, Sheet, open_sheet
from metrics.imports.reading.workbook_child.rows import read_rows
from tests.metrics.imports.reading.written_files import (
    DECLARED,
    MAIN,
    OFFICE,
    crafted,
    parts_of,
    rows_of,
    sheet_xml,
)

LIMITS = Limits(0, 0, 100, 1_500_000, 2_000, 10_000)
FORMATS = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 17, 21, 46))  # month, time, hours
STYLES = f'{DECLARED}<styleSheet xmlns="{MAIN}"><cellXfs>{FORMATS}</cellXfs></styleSheet>'
SHARED = "".join(
    f"<si><t>{text}</t></si>" for text in ("North", "é &amp; 1", "2024", "", "row&gt;")
)
SHARED += "<si><r><t>Ri</t></r><r><t>ch</t></r></si>"
CELLS = [
    *("><v>40</v>", "><v>12.5</v>", "><v>2024</v>", "><v/>", ">"),
    *(' s="1"><v>45383</v>', ' s="2"><v>0.75</v>', ' s="3"><v>1.5</v>', ' t="d"><v>2024-04-01</v>'),
    *(' t="b"><v>1</v>', ' t="e"><v>#DIV/0!</v>', " t='e'><f>1/0</f><v>#DIV/0!</v>"),
    *("><f>SUM(A1:A2)</f><v>7</v>", "><f>1+1</f>", ' t="str"><f>"N"&amp;"o"</f><v>No</v>'),
    *(f' t="s"><v>{number}</v>' for number in range(6)),
    ' t="inlineStr"><is><t xml:space="preserve"> in\nline </t></is>',
    ' t="inlineStr"><is><r><t>Ri</t></r><r><t>ch</t></r></is>',
]


@pytest.fixture
def small(monkeypatch):
    """Sheets of which a page is printed are large ones here."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 300)
    monkeypatch.setattr(pieces, "CHUNK_BYTES", 300)
    monkeypatch.setattr(pieces, "OTHERS_TIMES", 1)


def invented_row(chance, number, says_number):
    """A row of the XML: with or without its number, cells with or without theirs."""
    cells, column = "", chance.choice([0, 0, 2])
    says_places = column > 0 or chance.random() < 0.8
    for _ in range(chance.randint(0, 5)):
        place = f' r="{chr(65 + column)}{number}"' if says_places else ""
        cells += f"<c{place}{chance.choice(CELLS)}</c>"
        column += chance.choice([1, 1, 1, 2]) if says_places else 1
    own = chance.choice([f' r="{number}"', f" spans='1:9' r='{number}'"]) if says_number else ""
    return f"<row{own}>{cells}</row>" if cells or chance.random() < 0.5 else f"<row{own}/>"


def invented_workbook(chance):
    """Parts of a workbook with a sheet of a hundred rows, some left out, with merged ranges."""
    rows, number = "", 0
    for _ in range(100):
        gap = chance.choice([0, 0, 0, 0, 0, 0, 1, 9])
        number += 1 + gap
        rows += invented_row(chance, number, gap > 0 or chance.random() < 0.8)
        rows += chance.choice(["", "", "\n"])
    after = ""
    for _ in range(chance.choice([0, 0, 3])):
        top, left = chance.randint(1, number), chance.randint(0, 5)
        right, bottom = chr(65 + left + chance.randint(0, 9)), top + chance.choice([0, 0, 1, 40])
        after += f'<mergeCell ref="{chr(65 + left)}{top}:{right}{bottom}"/>'
    sheet = sheet_xml(rows, f"<mergeCells>{after}</mergeCells>" if after else "")
    if chance.random() < 0.3:
        sheet = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")
    return workbook_of(sheet, is_1904=chance.random() < 0.2)


def workbook_of(sheet, is_1904=False):
    """A workbook whose cells have styles and share texts."""
    parts = parts_of() | {"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": STYLES}
    parts["xl/sharedStrings.xml"] = f'{DECLARED}<sst xmlns="{MAIN}">{SHARED}</sst>'
    relations, book = "xl/_rels/workbook.xml.rels", "xl/workbook.xml"
    for part in ("styles", "sharedStrings"):
        own = f'<Relationship Id="{part}" Type="{OFFICE}/{part}" Target="{part}.xml"/></Relat'
        parts[relations] = parts[relations].replace("</Relat", own)
    if is_1904:
        parts[book] = parts[book].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    return parts


def opened(folder, parts):
    """The sheet as the process opens it: of the clean copy; and the same whole."""
    copy = folder / "copy.xlsx"
    copy_workbook(crafted(folder, parts), "counts.xlsx", copy)
    with python_calamine.load_workbook(str(copy)) as workbook:
        whole = Sheet("Data", workbook.get_sheet_by_name("Data"))
        return open_sheet(str(copy), workbook, "Data"), whole


def told(sheet):
    return list(read_rows(sheet, LIMITS))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_each_cell_is_read_of_pieces_as_it_is_of_the_whole(tmp_path, small, seed):
    sheet, whole = opened(tmp_path, invented_workbook(random.Random(seed)))
    assert isinstance(sheet, LargeSheet)
    assert len(list(sheet.pieces())) > 2
    assert told(sheet) == told(whole)


ROWS = [f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{n}</t></is></c></row>' for n in range(99)]
ROWS = ROWS[1:]
EXPECTED = [[str(n)] for n in range(1, 99)]


def test_large_sheet_is_cut(tmp_path, small):
    sheet, _ = opened(tmp_path, parts_of("".join(ROWS)))
    heights = [piece.height for piece in sheet.pieces()]
    assert sum(heights) == 98
    assert max(heights) < 30
    assert told(sheet) == EXPECTED


@pytest.mark.parametrize("hidden", ["<!-- </row><row r='9'> -->", "<?page </row><row r='9'> ?>"])
@pytest.mark.parametrize("place", [0, 50, 98])
def test_sheet_in_which_tags_may_be_none_is_read_whole(tmp_path, small, hidden, place):
    rows = "".join([*ROWS[:place], hidden, *ROWS[place:]])
    sheet, _ = opened(tmp_path, parts_of(rows))
    assert isinstance(sheet, Sheet)
    assert told(sheet) == EXPECTED


@pytest.mark.parametrize("extra", ["<!-- -->", "<sheetData></sheetData>"])
def test_sheet_with_something_odd_after_its_rows_is_read_whole(tmp_path, small, extra):
    sheet, _ = opened(tmp_path, parts_of("".join(ROWS), extra))
    assert isinstance(sheet, Sheet)


def test_sheet_whose_texts_stand_elsewhere_is_read_whole(tmp_path, small, monkeypatch):
    """All of them would be read anew with each piece."""
    monkeypatch.setattr(pieces, "OTHERS_TIMES", 16)
    sheet, _ = opened(tmp_path, workbook_of(sheet_xml("".join(ROWS))))
    assert isinstance(sheet, Sheet)
    assert told(sheet) == EXPECTED


def test_rows_that_say_no_number_stay_in_one_piece(tmp_path, small):
    rows = re.sub(r' r="\w+"', "", "".join(ROWS))
    sheet, whole = opened(tmp_path, parts_of(rows))
    assert len(list(sheet.pieces())) == 1
    assert told(sheet) == told(whole) == EXPECTED


def test_rows_that_stand_far_from_their_place_are_refused(tmp_path, small):
    sheet, _ = opened(tmp_path, parts_of("".join([*ROWS[50:], *ROWS[:50]])))
    with pytest.raises(RefusedError, match=r"“Data” holds row 1 after row \d+\. Open"):
        told(sheet)


def test_limits_hold_in_every_piece(tmp_path, small):
    rows = [*ROWS, '<row r="200"><c r="CWA200"><v>1</v></c></row>']
    sheet, _ = opened(tmp_path, parts_of("".join(rows)))
    with pytest.raises(RefusedError, match="“Data” has 2,627 columns, up to CWA; at most 2,000"):
        told(sheet)


def test_texts_of_a_merged_range_reach_as_far_as_the_widest_piece(tmp_path, small):
    rows = [*ROWS, '<row r="200"><c r="D200"><v>1</v></c></row>']
    merged = '<mergeCells><mergeCell ref="A1:F1"/></mergeCells>'
    north = rows[0].replace("<t>1<", "<t>North<")
    sheet, whole = opened(tmp_path, parts_of("".join([north, *rows[1:]]), merged))
    assert told(sheet)[0] == told(whole)[0] == ["North"] * 4


def test_each_of_several_large_sheets_is_read_by_its_name(tmp_path, small):
    parts = parts_of("".join(ROWS))
    second = '<sheet name="R &amp; D" sheetId="2" r:id="rId2"/></sheets>'
    relation = f'<Relationship Id="rId2" Type="{OFFICE}/worksheet" Target="/xl/worksheets/b.xml"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("</sheets>", second)
    rels = parts["xl/_rels/workbook.xml.rels"].replace("</Relat", f"{relation}</Relat")
    parts["xl/_rels/workbook.xml.rels"] = rels
    parts["xl/worksheets/b.xml"] = sheet_xml("".join(ROWS).replace("<t>", "<t>b"))
    copy_workbook(crafted(tmp_path, parts), "counts.xlsx", tmp_path / "copy.xlsx")
    sheet = open_sheet(str(tmp_path / "copy.xlsx"), None, "R & D")
    assert told(sheet) == [[f"b{n}"] for n in range(1, 99)]


# --- In the process ------------------------------------------------------------------------


def test_process_reads_a_large_sheet_to_its_end(tmp_path):
    cells = "".join(f'<c r="{letter}%d"><v>%d</v></c>' for letter in "ABCDEF")
    row = f'<row r="%d">{cells}</row>'
    path = crafted(tmp_path, parts_of("".join(row % ((n,) * 13) for n in range(1, 50_001))))
    copy_workbook(path, path.name, tmp_path / "copy.xlsx")
    assert len(list(open_sheet(str(tmp_path / "copy.xlsx"), None, "Data").pieces())) == 3
    assert rows_of(path) == [[str(n)] * 6 for n in range(1, 50_001)]


def test_no_module_beside_the_process_takes_the_place_of_one_of_pythons():
    """It finds them on its path before Python's own."""
    beside = {path.stem for path in workbooks.PROGRAMS.iterdir()}
    assert not beside & set(sys.stdlib_module_names)
