"""Months as other people's files spell them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from programs.periods import MONTHS_PER_YEAR, month_of

# English, French, Spanish, Portuguese and German, without their accents.
_NAMES = {
    1: "jan january janv janvier ene enero janeiro januar",
    2: "feb february fev fevr fevrier febrero fevereiro februar",
    3: "mar march mars marzo marco marz maerz",
    4: "apr april avr avril abr abril",
    5: "may mai mayo maio",
    6: "jun june juin junio junho juni",
    7: "jul july juil juillet julio julho juli",
    8: "aug august aou aout ago agosto",
    9: "sep sept september septembre septiembre set setembro",
    10: "oct october octobre octubre out outubro okt oktober",
    11: "nov november novembre noviembre novembro",
    12: "dec december decembre dic diciembre dez dezembro dezember",
}
MONTH_NAMES = {name: number for number, names in _NAMES.items() for name in names.split()}

_YEAR, _SHORT_YEAR = r"(?P<year>[1-2]\d{3})", r"(?P<year>[1-2]\d{3}|\d\d)"
_NUMBER, _WORD = r"(?P<number>\d{1,2})", r"(?P<word>[a-z]{3,10})\.?"
_SPELLINGS = tuple(
    re.compile(spelling)
    for spelling in (
        rf"{_YEAR}[-/.]{_NUMBER}(?:[-/.]\d{{1,2}}(?:[ t]00:00(?::00)?)?)?",  # 2020-04, 2020-04-01
        rf"{_NUMBER}[-/.]{_YEAR}",  # 04/2020
        rf"{_YEAR}(?P<number>\d\d)(?:01)?",  # 202004, 20200401
        rf"{_YEAR} ?m{_NUMBER}",  # 2020M04
        rf"{_WORD}[-/. ']*{_SHORT_YEAR}",  # Apr-20, April 2020
        rf"\d{{1,2}}[-/. ]+{_WORD}[-/. ]+{_SHORT_YEAR}",  # 01-Apr-2020, 30 April 2020
        rf"{_SHORT_YEAR}[-/. ]*{_WORD}",  # 2020 April, and 20-Apr, which spreadsheets make of it
    )
)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]([1-2]\d{3})(?: 00:00(?::00)?)?")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets, whose 1900 had a 29 February
_SERIALS = range(15_000, 80_000)  # 1941 to 2119
_TWO_YEARS = re.compile(r"(?:fy ?)?([1-2]\d{3}) ?[-/–] ?(\d\d|[1-2]\d{3})")  # 2021-22, FY 2021/2022
_LIKELY_YEARS = range(1900, 2100)
CENTURY_ENDS = 68  # two digits of a year: 69 is 1969, 68 is 2068


SAY_TWO_YEARS = (
    "Say of its column that it is the year, and with which month such a year begins, for example "
    "year_begins = 4; another column or the headings say the month."
)


class DayOrder(StrEnum):
    """Which number of 01/04/2020 is the month."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"
    UNKNOWN = "unknown"


def read_month(text: str, order: DayOrder = DayOrder.UNKNOWN) -> date:
    """Read a month however it is spelled. ValueError with a sentence for what is none."""
    plain = _plain(text)
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(plain):
            found = match.groupdict()
            number = MONTH_NAMES.get(found.get("word") or "", 0) or int(found.get("number") or 0)
            if 1 <= number <= 12:
                return date(_full_year(found["year"]), number, 1)
    if match := _DAY_OF_MONTH.fullmatch(plain):
        first, second, year = map(int, match.groups())
        return _read_day(text, first, second, year, order)
    if (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(match[1]))
        if 1 in (day.day, (day + timedelta(days=1)).day):  # else 20204 would be in 1955
            return month_of(day)
    if is_two_years(text):
        raise ValueError(f'"{text}" is a year, not a month. {SAY_TWO_YEARS}')
    raise ValueError(f'"{text}" is not a month. Write year-month, such as 2024-01.')


def read_year(text: str) -> int:
    """Read a year of four digits."""
    digits = text.strip().removesuffix(".0")
    if len(digits) == 4 and digits.isdecimal() and "1000" <= digits <= "2999":
        return int(digits)
    if is_two_years(text):
        raise ValueError(f'"{text}" begins in one year and ends in the next. {SAY_TWO_YEARS}')
    raise ValueError(f'"{text}" is not a year. Write four digits, such as 2024.')


def read_first_year(text: str) -> int:
    """Read a year that begins in one and ends in the next, such as 2021-22, as the first."""
    match = _TWO_YEARS.fullmatch(_plain(text))
    if match and (int(match[1]) + 1) % 10 ** len(match[2]) == int(match[2]):
        return int(match[1])
    raise ValueError(
        f'"{text}" does not say in which two years it lies. Write for example 2021-22.'
    )


def is_two_years(text: str) -> bool:
    """Whether a text is a year and the next. So is 2010-11, which may be a month."""
    try:
        read_first_year(text)
    except ValueError:
        return False
    return True


def holds_two_years(texts: Iterable[str]) -> bool:
    """Whether a column holds years such as 2010-11 and 2011-12, not months: several that differ,
    and nothing else."""
    filled = {text.strip() for text in texts if text.strip()}
    return len(filled) > 1 and all(map(is_two_years, filled))


def holds_years(texts: Iterable[str]) -> bool:
    """Whether a column holds years, all near ours, and hardly anything else."""
    filled = [text for text in texts if text.strip()]
    return bool(filled) and 5 * sum(map(_is_year, filled)) >= 4 * len(filled)


def _is_year(text: str) -> bool:
    try:
        return read_year(text) in _LIKELY_YEARS
    except ValueError:
        return is_two_years(text)


def read_month_of_year(text: str) -> int:
    """Read 4, 04, Apr or April as 4."""
    plain = _plain(text).removesuffix(".0").rstrip(".")
    number = MONTH_NAMES.get(plain) or (int(plain) if re.fullmatch(r"\d\d?", plain) else 0)
    if not 1 <= number <= 12:
        raise ValueError(f'"{text}" is not a month of the year. Write 1 to 12, or a name.')
    return number


def find_month(text: str) -> tuple[date, str] | None:
    """Look for a month within a heading; return it and what else the heading says."""
    words = text.split()
    for length in (3, 2, 1):  # the longest first: "April 2020" before "2020"
        for start in range(len(words) - length + 1):
            try:
                month = read_month(" ".join(words[start : start + length]).strip("()[]:,"))
            except ValueError:
                continue
            rest = " ".join(words[:start] + words[start + length :])
            return month, rest.strip(" -–·:,")
    return None


def find_year(text: str) -> tuple[int, str] | None:
    """Look for a year of our times beside other words in a heading; return it and the others."""
    words = re.split(r"[\s_]+", text)
    for n, word in enumerate(words):
        plain = word.strip("()[]:,")
        rest = " ".join(words[:n] + words[n + 1 :]).strip(" -–·:,")
        if rest and re.fullmatch(r"\d{4}", plain) and int(plain) in _LIKELY_YEARS:
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
        plain = _plain(word.strip("()[]:,")).rstrip(".")
        is_number = re.fullmatch(r"\d\d?", plain) is not None
        if is_number or plain in MONTH_NAMES:
            rest = " ".join(words[:n] + words[n + 1 :]).strip(" -–·:,")
            yield int(plain) if is_number else MONTH_NAMES[plain], rest, not is_number


def tell_order(texts: Iterable[str]) -> DayOrder:
    """Say which number is the month, as the dates of one column tell together.

    The number that is above 12 somewhere is the day, and so is the one that is always 1 where the
    other is not. Where both are above 12 somewhere, the column is written in two ways.
    """
    matches = (_DAY_OF_MONTH.fullmatch(_plain(text)) for text in texts)
    pairs = {(int(match[1]), int(match[2])) for match in matches if match}
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    above = max(firsts, default=0) > 12, max(seconds, default=0) > 12
    ones = firsts == {1} and len(seconds) > 1, seconds == {1} and len(firsts) > 1
    is_day = above if any(above) else ones
    if all(is_day) or not any(is_day):
        return DayOrder.UNKNOWN
    return DayOrder.DAY_FIRST if is_day[0] else DayOrder.MONTH_FIRST


def _read_day(text, first, second, year, order):
    if first == second or order is not DayOrder.UNKNOWN:
        month = first if order is DayOrder.MONTH_FIRST else second
        if 1 <= month <= 12:
            return date(year, month, 1)
        raise ValueError(f'"{text}" is not a day of a month. Write year-month, such as 2024-01.')
    raise ValueError(
        f'"{text}" may be in month {first} or in month {second}. Write year-month, such as '
        f"{year}-{second:02}."
    )


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year <= CENTURY_ENDS else 1900)


def _plain(text: str) -> str:
    """Lower case, without accents and spare spaces."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
