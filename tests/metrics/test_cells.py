import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.cells import RUN_BY_SPREADSHEETS, plain_text, safe_cell, safe_text

TRICKY = st.text(st.sampled_from("'=+-@＝−\t\r\n ;,\"\u200b\ufeff\xa0ab1"), max_size=12)


RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0", " =1", "\xa0=1"]
RUN_AS_WELL = ["\ufeff=1", "\u200b+1", "＝1+1", "＋1", "－1", "＠A1", "−1", "\x00=1", "'=1", "''-1"]


@pytest.mark.parametrize("text", [*RUN, *RUN_AS_WELL])
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("North;=1+1", "North;'=1+1"),
        ("a\n-b", "a\n'-b"),
        ('a";"=1', 'a";"\'=1'),
        ("a\t @b", "a\t '@b"),
    ],
)
def test_text_that_would_begin_a_cell_elsewhere_is_quoted_there(text, safe):
    """Where semicolons separate, the rest of the name would be a cell of its own."""
    assert safe_text(text) == safe


@pytest.mark.parametrize(
    "value",
    ["North", "", "a=b", "'tis", "O'Neill", "a - b", "x;y", "'", 0, 12, -30.0, None, 4.5],
)
def test_other_cells_stay_as_they_are(value):
    assert safe_cell(value) == value


@given(st.text() | TRICKY)
@example("'=1")
@example("';'=1")
def test_text_reads_back_as_it_was(text):
    assert plain_text(safe_text(text)) == text


@given(st.text() | TRICKY)
def test_no_cell_begins_with_what_a_spreadsheet_runs(text):
    unseen = " \t\r\n\xa0\u200b\ufeff"
    for cell in (safe_text(text), *safe_text(text).split(";")[1:]):
        seen = cell.lstrip(unseen)
        assert unicodedata.normalize("NFKC", seen)[:1] not in set("=+-@\u2212")
    assert safe_text(text)[:1] not in set("\t\r\n")


def test_every_sign_that_unicode_calls_the_same_is_known():
    same = {
        chr(n)
        for n in range(0x110000)
        if unicodedata.normalize("NFKC", chr(n))[:1] in set("=+-@\u2212")
    }
    assert set(RUN_BY_SPREADSHEETS) - {"\\"} == same


@pytest.mark.parametrize("text", ["\n" * 100_000, "=;" * 100_000, " a" * 100_000, "'" * 100_000])
def test_long_text_takes_no_longer_for_what_it_is(text):
    """A rule that looked back at each sign would take minutes."""
    assert plain_text(safe_text(text)) == text
