import pytest

from metrics.imports.reading import safe_file_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("counts.csv", "counts.csv"),
        ("Zählung 2024 – Nord.xlsx", "Zählung 2024 – Nord.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\counts.csv", "counts.csv"),
        ("C:counts.csv", "counts.csv"),
        ("..\\..\\counts.csv", "counts.csv"),
        ("counts.csv\0.exe", "counts.csv.exe"),
        ("a\r\nSet-Cookie: b.csv", "aSet-Cookie: b.csv"),
        ("\u202evsc.exe", "vsc.exe"),
        ("\x1b[31mred\x07.csv", "[31mred.csv"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("..", "file"),
        ("folder/", "file"),
        ("\0", "file"),
    ],
)
def test_name_of_a_file_is_its_last_part_in_characters_that_can_be_seen(sent, kept):
    assert safe_file_name(sent) == kept


def test_long_name_is_cut_before_its_ending():
    assert safe_file_name("a" * 500 + ".csv") == "a" * 196 + ".csv"
    assert safe_file_name("a" * 300) == "a" * 200
    assert len(safe_file_name("a." + "b" * 500)) == 200
