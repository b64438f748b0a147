"""Values of cells as text."""

import datetime
from collections.abc import Callable
from typing import Any


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _moment(value: datetime.datetime) -> str:
    is_day = value.time() == datetime.time.min
    return value.date().isoformat() if is_day else value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    """As spreadsheets show it: 36:00:00 for a day and a half."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime.date: datetime.date.isoformat,
    datetime.datetime: _moment,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: _duration,
}


def letters(column: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
