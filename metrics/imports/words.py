"""What our columns are called where people read of them."""

from collections.abc import Iterable

from django.utils.text import capfirst

from metrics.imports.mapping import PART_COLUMNS
from metrics.models import COUNT_FIELDS, MonthlyReport

PLACE_WORDS = {
    "site_code": "Site, by its code",
    "site_name": "Site, by its name",
    "area_name": "Area around the site",
    "month": "Month",
    "year": "Year",
    "month_of_year": "Month of the year",
    "counted": "What is counted in the row",
    "value": "The number counted in the row",
}
PART_WORDS = dict(zip(PART_COLUMNS, ("What it is broken down by", "Category"), strict=True))


def name_count(field: str) -> str:
    """A count within a sentence, such as live births."""
    return str(MonthlyReport._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def list_counts(fields: Iterable[str]) -> str:
    """Several counts within a sentence, such as live births and infant deaths."""
    *names, last = map(name_count, fields)
    return f"{', '.join(names)} and {last}" if names else last


COUNT_WORDS = {field: capfirst(name_count(field)) for field in COUNT_FIELDS}
WORDS = PLACE_WORDS | PART_WORDS | COUNT_WORDS
