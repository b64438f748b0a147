"""Months as other people's files spell them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from programs.periods import month_of

# English, French, Spanish, Portuguese and German, without their accents.
_NAMES = {
    1: "jan january janv janvier ene enero janeiro januar janner",
    2: "feb february fev fevr fevrier febrero fevereiro februar",
    3: "mar march mars marzo marco marz maerz mrz",
    4: "apr april avr avril abr abril",
    5: "may mai mayo maio",
    6: "jun june juin junio junho juni",
    7: "jul july juil juillet julio julho juli",
    8: "aug august aou aout ago agosto",
    9: "sep sept september septembre septiembre set setembro setiembre",
    10: "oct october octobre octubre out outubro okt oktober",
    11: "nov november novembre noviembre novembro",
    12: "dec december decembre dic diciembre dez dezembro dezember",
}
MONTH_NAMES = {name: number for number, names in _NAMES.items() for name in names.split()}

_YEAR, _SHORT_YEAR = r"(?P<year>[1-2]\d{3})", r"(?P<year>[1-2]\d{3}|\d\d)"
_NUMBER, _WORD = r"(?P<number>\d{1,2})", r"(?P<word>[a-z]{3,10})\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er)?"
_ZONE = r"(?:z| ?[+-]\d\d:?\d\d)"
# Midnight, as databases write it after a day. Other hours may be of the day before or after.
_MIDNIGHT = rf"(?:(?:[ t]00:00(?::00(?:\.0+)?)?| 12:00(?::00)? am){_ZONE}?)?"
_SPELLINGS = tuple(
    re.compile(spelling)
    for spelling in (
        rf"{_YEAR}[-/.]{_NUMBER}(?:[-/.]\d{{1,2}}{_MIDNIGHT})?",  # 2020-04, 2020-04-01T00:00Z
        rf"{_YEAR} (?P<number>\d\d)",  # 2020 04; of 2020 4 the number may be of a quarter
        rf"{_YEAR} ?年 ?{_NUMBER} ?月(?: ?\d{{1,2}} ?日)?",  # 2020年4月
        rf"{_NUMBER}[-/.]{_YEAR}",  # 04/2020
        rf"{_YEAR}(?P<number>\d\d)(?:01)?",  # 202004, 20200401
        rf"{_YEAR} ?m{_NUMBER}",  # 2020M04
        rf"{_WORD}(?:[-/. ',]*| de ){_SHORT_YEAR}",  # Apr-20, April 2020, abril de 2020
        rf"{_WORD} {_DAY}(?:, ?| ){_YEAR}",  # April 1, 2020
        rf"{_DAY}(?:[-/. ]+| de ){_WORD}(?:[-/., ]+| de ){_SHORT_YEAR}",  # 01-Apr-2020
        rf"{_SHORT_YEAR}[-/. ]*{_WORD}",  # 2020 April, and 20-Apr, which spreadsheets make of it
    )
)
_DAY_OF_MONTH = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.]([1-2]\d{{3}}|\d\d){_MIDNIGHT}")
_JANUARY_OR_OCTOBER = re.compile(r"[1-2]\d{3}\.1")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets, whose 1900 had a 29 February
_SERIALS = range(15_000, 80_000)  # 1941 to 2119
_TWO_YEARS = re.compile(r"(?:fy ?)?([1-2]\d{3}) ?[-/–] ?(\d\d|[1-2]\d{3})")  # 2021-22, FY 2021/2022
LIKELY_YEARS = range(1900, 2100)
_LEAST_MONTHS = 3  # fewer dates whose one number is always 1 may be days of one month
_LIKE_YEARS = set(range(2, 28))  # of days rather than of years are 1 and the last of a month
CENTURY_ENDS = 68  # two digits of a year: 69 is 1969, 68 is 2068


SAY_TWO_YEARS = (
    "Say of its column that it is the year, and with which month such a year begins, for example "
    "year_begins = 4; another column or the headings say the month."
)


class DayOrder(StrEnum):
    """Which number of 01/04/2020 is the month."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNKNOWN = "unknown"


def read_month(text: str, order: DayOrder = DayOrder.UNKNOWN) -> date:
    """Read a month however it is spelled. ValueError with a sentence for what is none."""
    plain = plain_word(text)
    if _JANUARY_OR_OCTOBER.fullmatch(plain):
        raise ValueError(
            f'"{text}" may be month 1 or month 10. Write year-month, such as {plain[:4]}-01.'
        )
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(plain):
            found = match.groupdict()
            number = MONTH_NAMES.get(found.get("word") or "", 0) or int(found.get("number") or 0)
            if 1 <= number <= 12:
                return date(_full_year(found["year"]), number, 1)
    if match := _DAY_OF_MONTH.fullmatch(plain):
        return _read_day(text, int(match[1]), int(match[2]), match[3], order)
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
    match = _TWO_YEARS.fullmatch(plain_word(text))
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
        return read_year(text) in LIKELY_YEARS
    except ValueError:
        return is_two_years(text)


def read_month_of_year(text: str) -> int:
    """Read 4, 04, Apr or April as 4."""
    plain = plain_word(text).removesuffix(".0").rstrip(".")
    number = MONTH_NAMES.get(plain) or (int(plain) if re.fullmatch(r"\d\d?", plain) else 0)
    if not 1 <= number <= 12:
        raise ValueError(f'"{text}" is not a month of the year. Write 1 to 12, or a name.')
    return number


def is_day(text: str) -> bool:
    """Whether it is a date such as 01/04/2020."""
    return _DAY_OF_MONTH.fullmatch(plain_word(text)) is not None


def tell_order(texts: Iterable[str]) -> DayOrder:
    """Say which number is the month, as the dates of one column tell together.

    The number that is above 12 somewhere is the day, and so is the one that is always 1 beside
    several months. Where both are above 12 somewhere, the column is written in two ways. Where the
    year has two digits, a first number that is never 1 nor at the end of a month may be the year.
    """
    found = [match for text in texts if (match := _DAY_OF_MONTH.fullmatch(plain_word(text)))]
    months = {(int(match[1]), int(match[2]), match[3]) for match in found}
    firsts, seconds = {first for first, *_ in months}, {second for _, second, _ in months}
    above = max(firsts, default=0) > 12, max(seconds, default=0) > 12
    is_long = len(months) >= _LEAST_MONTHS
    ones = firsts == {1} and len(seconds) > 1, seconds == {1} and len(firsts) > 1
    is_day = above if any(above) or not is_long else ones
    if all(is_day) or not any(is_day):
        return DayOrder.UNKNOWN
    if is_day[0] and firsts <= _LIKE_YEARS and any(len(match[3]) == 2 for match in found):
        return DayOrder.UNKNOWN
    return DayOrder.DAY_FIRST if is_day[0] else DayOrder.MONTH_FIRST


def find_day(texts: Iterable[str]) -> str | None:
    """The first date such as 01/04/2020 of a column, of which it matters which is the month."""
    return next((text for text, *numbers in _list_days(texts) if len({*numbers}) > 1), None)


def find_open_day(texts: Iterable[str]) -> str | None:
    """Such a date where no number is above 12 in the whole column, which would tell the order."""
    days = list(_list_days(texts))
    is_told = any(max(numbers) > 12 for _, *numbers in days)
    return None if is_told else find_day(text for text, *_ in days)


def _list_days(texts: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for text in texts:
        if match := _DAY_OF_MONTH.fullmatch(plain_word(text)):
            yield text, int(match[1]), int(match[2])


def _read_day(text, first, second, digits, order):
    year = _full_year(digits)
    may_be_year = first > 12 if order is DayOrder.UNKNOWN else first > 9 and digits == "01"
    if len(digits) == 2 and may_be_year:  # 20/04/01 is rather April of 2020 than of 2001
        raise ValueError(
            f'"{text}" does not say which number is the year. Write year-month, such as 2024-01.'
        )
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


def plain_word(text: str) -> str:
    """Lower case, without accents and spare spaces."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
