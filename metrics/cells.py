"""Text in the cells of files: marked so that no spreadsheet runs it, and read back as it was.

The mark is an apostrophe. It is put where a spreadsheet would begin to read a formula: at the
head of a text, whatever white space, invisible signs or apostrophes stand before it; and behind a
semicolon, tab or line break within it, where a program that takes these for separators would begin
a new cell. A text that needs none is written as it is; whatever is written reads back the same.
"""

import re

# What a spreadsheet may take for = + - @: these, and the wide, small, raised and lowered forms
# that Unicode calls the same; and the minus sign itself.
RUN_BY_SPREADSHEETS = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊⁻₋−⩵⩶﬩"
_SKIPPED = r"'\s\x00-\x1f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"  # white or unseen
# Linear for any text: a run is looked at once, from where it begins.
_AT_HEAD = re.compile(rf"[{_SKIPPED}]*+[{RUN_BY_SPREADSHEETS}]|'*+[\t\r\n]")
_RUN = rf'{_SKIPPED};"'
_WITHIN = re.compile(rf"(?<![{_RUN}])([{_RUN}]++)([{RUN_BY_SPREADSHEETS}])")
_SEPARATES = re.compile(r"[;\t\r\n]")


def safe_cell(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; numbers stay numbers."""
    return safe_text(value) if isinstance(value, str) else value


def safe_text(text: str) -> str:
    """Mark a text where a spreadsheet would begin to read a formula."""
    text = _WITHIN.sub(_mark, text)
    return f"'{text}" if _AT_HEAD.match(text) else text


def plain_text(text: str) -> str:
    """The text that `safe_text` was given."""
    if text[:1] == "'" and _AT_HEAD.match(text):
        text = text[1:]
    return _WITHIN.sub(_unmark, text)


def _mark(found: re.Match[str]) -> str:
    mark = "'" if _SEPARATES.search(found[1]) else ""
    return f"{found[1]}{mark}{found[2]}"


def _unmark(found: re.Match[str]) -> str:
    is_marked = found[1][-1] == "'" and _SEPARATES.search(found[1])
    return f"{found[1][:-1]}{found[2]}" if is_marked else found[0]
