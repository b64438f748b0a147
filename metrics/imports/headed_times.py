"""Months and years within headings: which words name a time, and what else the heading says."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from metrics.imports.months import (
    LIKELY_YEARS,
    MONTH_NAMES,
    is_two_years,
    plain_word,
    read_first_year,
    read_month,
)
from programs.periods import MONTHS_PER_YEAR

_SPACED = re.compile(r"([1-2]\d{3}) (\d\d?)")


def find_month(text: str) -> tuple[date, str] | None:
    """Look for a month within a heading; return it and what else the heading says."""
    words = text.split()
    for length in (3, 2, 1):  # the longest first: "April 2020" before "2020"
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length]).strip("()[]:,")
            if _SPACED.fullmatch(said):  # its number may be that of a quarter
                continue
            try:
                month = read_month(said)
            except ValueError:
                continue
            rest = " ".join(words[:start] + words[start + length :])
            return month, rest.strip(" -–·:,")
    return None


def find_numbered_months(texts: Sequence[str]) -> list[tuple[date, str] | None]:
    """Look for a year and the number of a month behind it, 2020 4, within headings; and what else
    each says. A number is a month where all have two digits, or all twelve are there."""
    likely = [_find_number(text) for text in texts]
    numbers: dict[tuple[str, str], set[str]] = {}
    for year, number, rest in filter(None, likely):
        numbers.setdefault((year, rest.casefold()), set()).add(number)
    twelve = set(range(1, MONTHS_PER_YEAR + 1))
    sure = {
        own
        for own, several in numbers.items()
        if all(len(number) == 2 for number in several) or {*map(int, several)} == twelve
    }
    return [
        (date(int(own[0]), int(own[1]), 1), own[2])
        if own and (own[0], own[2].casefold()) in sure
        else None
        for own in likely
    ]


def _find_number(text: str) -> tuple[str, str, str] | None:
    words = re.split(r"[\s_]+", text)
    for n, pair in enumerate(pairwise(words)):
        match = _SPACED.fullmatch(" ".join(pair).strip("()[]:,"))
        if match and int(match[1]) in LIKELY_YEARS and 1 <= int(match[2]) <= MONTHS_PER_YEAR:
            return match[1], match[2], _join(words[:n] + words[n + 2 :])
    return None


def find_spans(texts: Sequence[str]) -> list[tuple[int, int, str] | None]:
    """Look for years that begin in one and end in the next within headings; for the month of it
    that each names, 0 for none; and for what else it says."""
    likely = [_find_span(text) for text in texts]
    found = find_months_of_year([own[1] if own else "" for own in likely])
    return [
        own and (own[0], number, rest if number else own[1])
        for own, (number, rest) in zip(likely, found, strict=True)
    ]


def _find_span(text: str) -> tuple[int, str] | None:
    words = text.split()
    for length in (3, 2, 1):  # the longest first: "FY 2010-11" before "2010-11"
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length]).strip("()[]:,")
            if is_two_years(said):
                return read_first_year(said), _join(words[:start] + words[start + length :])
    return None


def _join(words: Sequence[str]) -> str:
    return " ".join(words).strip(" -–·:,")


def find_year(text: str) -> tuple[int, str] | None:
    """Look for a year of our times beside other words in a heading; return it and the others."""
    words = re.split(r"[\s_]+", text)
    for n, word in enumerate(words):
        plain = word.strip("()[]:,")
        rest = " ".join(words[:n] + words[n + 1 :]).strip(" -–·:,")
        if rest and re.fullmatch(r"\d{4}", plain) and int(plain) in LIKELY_YEARS:
            return int(plain), rest
    return None


def find_months_of_year(texts: Sequence[str]) -> list[tuple[int, str]]:
    """Look for months of the year within headings, 0 where there is none; and what else each says.

    A word is a month only where another heading says another month and otherwise the same, since
    “out” or “mar” may be a word of any language; a number only as one of twelve.
    """
    numbers: dict[str, set[int]] = {}
    names: dict[str, set[int]] = {}
    likely = [list(_likely_months(text)) for text in texts]
    for number, rest, is_name in (own for several in likely for own in several):
        (names if is_name else numbers).setdefault(rest.casefold(), set()).add(number)
    twelve = set(range(1, MONTHS_PER_YEAR + 1))
    months = {rest: own for rest, own in names.items() if len(own) > 1}
    months |= {rest: own for rest, own in numbers.items() if own == twelve}
    found = []
    for several in likely:
        chosen = [(number, rest) for number, rest, _ in several if rest.casefold() in months]
        found.append(max(chosen, key=lambda own: len(months[own[1].casefold()]), default=(0, "")))
    return found


def _likely_months(text: str) -> Iterator[tuple[int, str, bool]]:
    words = re.split(r"[\s_]+", text)
    for n, word in enumerate(words):
        plain = plain_word(word.strip("()[]:,")).rstrip(".")
        is_number = re.fullmatch(r"\d\d?", plain) is not None
        if is_number or plain in MONTH_NAMES:
            rest = " ".join(words[:n] + words[n + 1 :]).strip(" -–·:,")
            yield int(plain) if is_number else MONTH_NAMES[plain], rest, not is_number
