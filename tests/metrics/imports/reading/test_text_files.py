import pytest

from metrics.imports.reading import FileRefusedError, Sheet, open_file
from tests.metrics.imports.reading.written_files import CSV, HEADER, TABLE, read, rows_of
from tests.wording import exactly


def opened(folder, content, name="counts.csv"):
    """What is said of a file: its encoding and its delimiter."""
    path = folder / "received"
    path.write_bytes(content)
    with open_file(path, name) as file:
        assert (file.kind, file.sheets) == ("csv", (Sheet("", is_hidden=False),))
        return file.encoding, file.delimiter


# --- Traps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_table_is_the_same_however_it_was_saved(tmp_path, encoding, line_end, delimiter):
    text = CSV.decode().replace("\n", line_end).replace(",", delimiter)
    assert read(tmp_path, text.encode(encoding)) == TABLE
    assert opened(tmp_path, text.encode(encoding)) == (encoding, delimiter)


def test_big_endian_utf16_with_its_mark_is_read(tmp_path):
    assert read(tmp_path, b"\xfe\xff" + CSV.decode().encode("utf-16-be")) == TABLE


def test_windows_1252_is_read_where_text_is_not_utf8(tmp_path):
    content = 'place,remark\nSão João,"80 € – “ill”"\n'.replace("“ill”", "ill").encode("cp1252")
    assert read(tmp_path, content)[1] == ["São João", "80 € – ill"]
    assert opened(tmp_path, content) == ("cp1252", ",")


def test_utf8_with_one_wrong_byte_is_not_taken_for_windows_1252(tmp_path):
    """All its other accents would become pairs of signs."""
    content = "place,births\nSão João,1\n".encode() + b"Bras\xedlia,2\n"
    sentence = (
        "The file is UTF-8 text except in one place: byte 31, in line 3, cannot be read. In the "
        "spreadsheet choose “Save as”, then “CSV UTF-8”."
    )
    with pytest.raises(FileRefusedError, match=exactly(sentence)):
        read(tmp_path, content)


def test_decimal_commas_between_semicolons_separate_nothing(tmp_path):
    content = b"site;births;rate\n" + b"A;4,0;1,25\n" * 30
    assert read(tmp_path, content)[1] == ["A", "4,0", "1,25"]
    assert opened(tmp_path, content) == ("utf-8", ";")


def test_commas_inside_quotes_separate_nothing(tmp_path):
    content = b'site;births\n"Lima, Peru, South";4\n"Quito, Ecuador, North";5\n'
    assert read(tmp_path, content)[1:] == [
        ["Lima, Peru, South", "4"],
        ["Quito, Ecuador, North", "5"],
    ]


def test_lists_in_cells_do_not_outvote_the_delimiter(tmp_path):
    content = b"site,births,kinds\n" + b"A,4,normal;caesarean\n" * 30
    assert read(tmp_path, content)[1] == ["A", "4", "normal;caesarean"]


def test_rows_of_all_lengths_do_not_hide_the_delimiter(tmp_path):
    """Each of them has one semicolon, but the header has none."""
    content = b"site,births,kinds\n" + b"".join(b"A,4,a;b" + b"," * n + b"\n" for n in range(30))
    assert opened(tmp_path, content) == ("utf-8", ",")


def test_titles_above_the_header_do_not_hide_the_delimiter(tmp_path):
    content = b"Births, all districts\n\n" + CSV.replace(b",", b"\t") * 5
    assert read(tmp_path, content)[:3] == [["Births, all districts"], [], HEADER]


def test_separator_line_of_excel_is_read_and_is_no_row(tmp_path):
    for first in (b"sep=|\r\n", b'"sep=|"\n', b"\xef\xbb\xbfsep=|\n"):
        assert read(tmp_path, first + CSV.replace(b",", b"|")) == TABLE
    assert read(tmp_path, b"sep=,\na;b,c;d\n") == [["a;b", "c;d"]]
    assert read(tmp_path, b"sep=\t\na,b\tc\n") == [["a,b", "c"]]


def test_cell_may_hold_line_breaks_and_quotes(tmp_path):
    content = b'site,remark\nA,"one\r\ntwo, ""three"""\nB,\n'
    assert read(tmp_path, content) == [["site", "remark"], ["A", 'one\r\ntwo, "three"'], ["B", ""]]


def test_blank_rows_keep_their_numbers_and_those_at_the_end_go(tmp_path):
    content = b"\n,,\n" + CSV + b"\n, ,\n" + CSV + b",,\n\n  \n" * 500
    rows = read(tmp_path, content)
    assert rows[2:5] == TABLE
    assert [bool("".join(row).strip()) for row in rows] == [False] * 2 + [True] * 3 + (
        [False] * 2 + [True] * 3
    )


def test_rows_keep_their_lengths(tmp_path):
    assert read(tmp_path, b"a,b\n1\n1,2,3\n") == [["a", "b"], ["1"], ["1", "2", "3"]]


def test_only_column_needs_no_delimiter(tmp_path):
    assert read(tmp_path, b"month\n2024-01\n") == [["month"], ["2024-01"]]


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.txt", "a.tsv", "a.tab", "a", "x/y.csv"])
def test_text_is_read_under_any_name_for_text(tmp_path, name):
    assert read(tmp_path, CSV, name) == TABLE


def test_rows_can_be_read_more_than_once_and_side_by_side(tmp_path):
    (tmp_path / "counts.csv").write_bytes(CSV)
    with open_file(tmp_path / "counts.csv", "counts.csv") as file:
        first, second = file.rows(), file.rows("")
        assert list(zip(first, second, strict=True)) == list(zip(TABLE, TABLE, strict=True))
        assert list(file.rows()) == TABLE


def test_unknown_sheet_is_refused_by_its_name(tmp_path):
    (tmp_path / "counts.csv").write_bytes(CSV)
    with pytest.raises(FileRefusedError, match=exactly("The file has no sheet “Data”. It has “”.")):
        rows_of(tmp_path / "counts.csv", sheet="Data")
