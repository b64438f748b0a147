"""Months and periods as plain values. A month is the date of its first day. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

MONTHS_PER_YEAR = 12
_MONTH_PATTERN = re.compile(r"(?!0000)([0-9]{4})-(0[1-9]|1[0-2])(?:-01)?")


def parse_month(text: str) -> date:
    """Read 2024-01 (or its first day, 2024-01-01). ValueError for anything else."""
    match = _MONTH_PATTERN.fullmatch(text)
    if not match:
        raise ValueError(f'"{text}" is not a month. Write year-month, such as 2024-01.')
    return date(int(match[1]), int(match[2]), 1)


def format_month(month: date) -> str:
    """Write a month as 2024-01, the way `parse_month` reads it."""
    return f"{month.year:04}-{month.month:02}"


def month_of(day: date) -> date:
    """Return the month that a day belongs to."""
    return date(day.year, day.month, 1)


def shift_month(month: date, months: int) -> date:
    """Return the month so many months later, or earlier when `months` is negative."""
    year, month_index = divmod(_month_number(month) + months, MONTHS_PER_YEAR)
    return date(year, month_index + 1, 1)


def months_from(first: date, last: date) -> int:
    """Count the months from first to last, both included; 0 or less when last is earlier."""
    return _month_number(last) - _month_number(first) + 1


def _month_number(month: date) -> int:
    return month.year * MONTHS_PER_YEAR + month.month - 1


@dataclass(frozen=True, order=True)
class Period:
    """The months from `first` to `last`, both included. Never empty; sorted by first, then last."""

    first: date
    last: date

    def __post_init__(self) -> None:
        for month in (self.first, self.last):
            if month.day != 1:
                raise ValueError(
                    f"{month.isoformat()} is not the first day of a month. "
                    f"Give {month_of(month).isoformat()}."
                )
        if self.last < self.first:
            raise ValueError(
                f"The period ends in {format_month(self.last)}, before it begins in "
                f"{format_month(self.first)}. Give a last month that is not earlier."
            )

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read 2024-01..2024-06, the inverse of `code`. ValueError for anything else."""
        first, dots, last = code.partition("..")
        if not dots:
            raise ValueError(f'"{code}" is not a period. Write 2024-01..2024-06.')
        return cls(parse_month(first), parse_month(last))

    @classmethod
    def ending(cls, last: date, months: int = MONTHS_PER_YEAR) -> Self:
        """Return the period of so many months whose last month is given."""
        return cls(shift_month(last, 1 - months), last)

    @classmethod
    def starting(cls, first: date, months: int = MONTHS_PER_YEAR) -> Self:
        """Return the period of so many months whose first month is given."""
        return cls(first, shift_month(first, months - 1))

    def __len__(self) -> int:
        return months_from(self.first, self.last)

    def __iter__(self) -> Iterator[date]:
        return (shift_month(self.first, number) for number in range(len(self)))

    def __contains__(self, month: date) -> bool:
        """Say whether a month, or the month of any day, is one of these months."""
        return self.first <= month_of(month) <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return format_month(self.first)
        return f"{format_month(self.first)} to {format_month(self.last)}"

    @property
    def code(self) -> str:
        """The period in an address or a file: 2024-01..2024-06."""
        return f"{format_month(self.first)}..{format_month(self.last)}"

    def shift(self, months: int) -> Self:
        """Return the period of the same length so many months later (negative: earlier)."""
        return type(self)(shift_month(self.first, months), shift_month(self.last, months))

    def intersection(self, other: "Period") -> Self | None:
        """Return the months that both have, or None when they share none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return type(self)(first, last) if first <= last else None

    def split_after(self, month: date) -> tuple[Self, Self]:
        """Split in two: up to and including `month`, and the rest. Neither may be empty."""
        if not self.first <= month < self.last:
            raise ValueError(
                f"{self} cannot be split after {format_month(month)}. "
                "Give one of its months, but not its last."
            )
        return type(self)(self.first, month), type(self)(shift_month(month, 1), self.last)

    @property
    def calendar_months(self) -> tuple[int, ...]:
        """How often January, February, … December occur: 12 whole numbers."""
        occurrences = [0] * MONTHS_PER_YEAR
        for month in self:
            occurrences[month.month - 1] += 1
        return tuple(occurrences)

    def matches_calendar_of(self, other: "Period") -> bool:
        """Say whether every calendar month takes the same share of both periods.

        Deaths follow the seasons: a winter must not be compared with a summer.
        """
        return all(
            mine * len(other) == theirs * len(self)
            for mine, theirs in zip(self.calendar_months, other.calendar_months, strict=True)
        )
