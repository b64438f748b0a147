"""A year that a sheet or a file is called by, such as 2020 or Births 2020.csv."""

import re

from metrics.imports.mapping import Mapping
from metrics.imports.months import (
    LIKELY_YEARS,
    is_two_years,
    read_first_year,
    read_month,
    read_year,
)
from metrics.imports.opening import Preview

# Not of a day, as when a file was saved, nor of a month, nor of a year that ends in the next.
_YEAR = re.compile(r"(?<!\d)(?<!\d\d[-_. ]\d\d[-_. ])(\d{4})(?!\d|[-–/_. ]\d\d(?!\d))")


def find_named_year(name: str) -> int | None:
    """The year in a name, if it holds just one."""
    years = {int(own) for own in _YEAR.findall(name)}.intersection(LIKELY_YEARS)
    return years.pop() if len(years) == 1 else None


def name_sheet(preview: Preview) -> str:
    """What the sheet is called that is read; empty for a CSV."""
    shown = (own.name for own in preview.source.sheets if not own.is_hidden)
    return preview.sheet or next(shown, "")


def find_said_year(mapping: Mapping) -> int | None:
    """The year of which every row is said to be, if that was said and can be read."""
    year, month = mapping.constants.get("year", ""), mapping.constants.get("month", "")
    try:
        if month:
            return read_month(month).year
        return read_first_year(year) if is_two_years(year) else read_year(year)
    except ValueError:
        return None
