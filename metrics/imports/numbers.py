"""Counts as other people's files write them: separators, decimal zeros, and what stands for none.

A cell becomes a whole number, or one of the codes below. What is withheld or not counted is not
zero; what cannot be read is left to the gate, which says why.
"""

import re
from enum import StrEnum

from metrics.gate import MAX_COUNT

MISSING, WITHHELD, UNREADABLE, NOT_PARTED = -1, -2, -3, -4
NOT_SAID = -5  # the file has no cell for it, so that what is stored stays
MOST_KEPT = 200_000  # texts whose number is remembered; files repeat theirs

_NOT_COUNTED = {"", ".", "..", "...", "…", "-", "--", "–", "—", "n/a", "na", "n.a.", "n.a", "nan"}
_NOT_COUNTED |= {"null", "missing", "not reported", "no data", "nd", "#n/a"}
_WITHHELD = {"*", "**", "***", "withheld", "suppressed", "confidential"}
_BELOW = re.compile(r"[<≤] ?\d+|\d+ ?[-–] ?\d+")  # <5, and 1-4 for "one to four"
_WHOLE = re.compile(r"\d+(?:\.0+)?")
_MARKED = re.compile(r"(\d+(?:\.0+)?) ?[*†‡§#a-jn-z]{1,2}|(\d+(?:\.0+)?) ?[\[(][a-z0-9]{1,2}[\])]")
# Of 0.123 and 0,123 the first group is no thousands.
_GROUPED = re.compile(r"(?!0\D)\d{1,3}(?:[ ,'\u2019\u00a0\u202f]\d{3})+(?:\.0+)?")
# 3,48,023, as India parts its digits.
_LAKHS = re.compile(r"(?!0\D)\d{1,2}(?:,\d{2})+,\d{3}(?:\.0+)?")
_POINTED = re.compile(r"(?!0\D)\d{1,3}(?:\.\d{3})+(?:,0+)?")
_DECIMAL_COMMA = re.compile(r"(\d+),0{1,2}|0,0+")


class Marked(StrEnum):
    """What to make of a number with a mark, such as 16*."""

    REFUSE = "refuse"
    TAKE = "take"
    EMPTY = "empty"


class Points(StrEnum):
    """What a point before three digits means, as in 12.000."""

    ASK = "ask"
    THOUSANDS = "thousands"
    DECIMALS = "decimals"


class Empty(StrEnum):
    """What a cell that says nothing does to a number that is stored."""

    ERASE = "erase"
    KEEP = "keep"


class Ages(StrEnum):
    """What to make of deaths by age where no column holds all of them."""

    LEAVE = "leave"
    ADD = "add"


class CountReader(dict):
    """Cell -> number or code, each spelling read once.

    marked, points : what to make of what may be read in two ways
    """

    def __init__(self, marked: Marked = Marked.REFUSE, points: Points = Points.ASK):
        super().__init__()
        self.marked, self.points = marked, points

    def __missing__(self, text: str) -> int:
        if len(self) > MOST_KEPT:
            self.clear()
        number = self[text] = self._read(text.strip())
        return number

    def _read(self, text: str) -> int:
        if text.isascii() and text.isdecimal():
            return _limited(text)
        lower = text.lower()
        if lower in _NOT_COUNTED:
            return MISSING
        if lower in _WITHHELD or _BELOW.fullmatch(lower):
            return WITHHELD
        if (marked := _MARKED.fullmatch(lower)) and self.marked is not Marked.REFUSE:
            digits = marked[1] or marked[2]
            return MISSING if self.marked is Marked.EMPTY else _limited(digits)
        return self._read_separated(text)

    def _read_separated(self, text):
        if _GROUPED.fullmatch(text) or _LAKHS.fullmatch(text):
            return _limited(re.sub("[^0-9]", "", text.partition(".")[0]))
        if comma := _DECIMAL_COMMA.fullmatch(text):
            return _limited(comma[1] or "0")
        if _POINTED.fullmatch(text) and self.points is not Points.DECIMALS:
            # There are no fractions of births: before other digits than 000 it parts thousands.
            is_open = set(text.partition(".")[2].replace(".", "")) == {"0"} and "," not in text
            if self.points is Points.THOUSANDS or not is_open or text.count(".") > 1:
                return _limited(re.sub("[^0-9]", "", text.partition(",")[0]))
            return UNREADABLE
        return _limited(text) if _WHOLE.fullmatch(text) else UNREADABLE


def is_marked(text: str) -> bool:
    """Whether a cell is a number with a mark, of which a mapping may say what it means."""
    return _MARKED.fullmatch(text.strip().lower()) is not None


def _limited(text: str) -> int:
    """The number, unless it is longer than any count, which the gate refuses."""
    digits = text.partition(".")[0].lstrip("0") or "0"
    if len(digits) > len(str(MAX_COUNT)) or int(digits) > MAX_COUNT:
        return UNREADABLE
    return int(digits)
