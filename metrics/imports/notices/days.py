"""Days such as 05/01/2024, of which one number is the month: said where no date tells which."""

from collections.abc import Iterator

from metrics.imports.checks import FileRead
from metrics.imports.months import DayOrder, find_day, find_open_day
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.table import date_of
from programs.periods import format_month

_Offers = dict[str, dict[str, str]]
_MONTH_FIRST: _Offers = {"The month comes first": {"days": DayOrder.MONTH_FIRST}}
_DAY_FIRST: _Offers = {"The day comes first": {"days": DayOrder.DAY_FIRST}}


def notice_days(file: FileRead) -> Iterator[FileNotice]:
    months = file.readers.months
    day = find_open_day(months)
    if day is None or file.mapping.days is not DayOrder.UNKNOWN:
        return
    if months.order is DayOrder.UNKNOWN:
        told = "and no date of the column tells which. Such rows are refused."
    else:
        month = format_month(date_of(months[day]))
        told = (
            f"and no number above 12 tells which. It is read as {month}, since the other number is "
            "1 in every date. If these are days of one month, most would be stored under wrong "
            "months."
        )
    yield FileNotice(
        NoticeKind.DAYS,
        f"{day.strip()} may begin with the month or with the day, {told}",
        _MONTH_FIRST | _DAY_FIRST,
    )


def notice_days_said(file: FileRead) -> Iterator[FileNotice]:
    said, day = file.mapping.days, find_day(file.readers.months)
    if day and said is not DayOrder.UNKNOWN:
        first, second = said.split()
        yield FileNotice(
            NoticeKind.DAYS_SAID,
            f"In dates such as {day.strip()} the {first} comes {second}, as was said of this file "
            "or of one like it.",
            _DAY_FIRST if said is DayOrder.MONTH_FIRST else _MONTH_FIRST,
        )
