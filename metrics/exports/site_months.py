"""Every month of every site: as it comes out, it can be brought in again."""

from collections.abc import Iterator
from typing import cast

from django.db.models import Case, CharField, F, Field, QuerySet, Value, When
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from metrics.exports.batches import BATCH_ROWS
from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.models import COUNT_FIELDS, MonthlyReport, Status
from metrics.models.reports import is_approved

SITE_COLUMNS = (
    Column("site_code", "The site's code, its key in every exchange."),
    Column("site_name", "The site's name."),
)
MONTH_COLUMN = Column("month", "The calendar month that was counted.", Type.MONTH)
STATUS_COLUMN = Column(
    "status",
    "Where the report stands: draft, submitted, returned, approved, reopened. A reopening whose "
    "last day is over counts as approved.",
)
ROLE_COLUMN = Column(
    "role", "The site's part in the program: program, or comparison (never in its figures)."
)
MONTH_TEXT = Substr(Cast("month", CharField()), 1, 7)  # as 2024-01, made where the rows are


def _describe(name: str) -> Column:
    field = cast(Field, MonthlyReport._meta.get_field(name))
    meaning = f"{str(field.verbose_name).capitalize()}. {field.help_text}".strip()
    return Column(name, meaning, Type.COUNT)


COUNT_COLUMNS = tuple(_describe(name) for name in COUNT_FIELDS)


def standing_now(today) -> Case:
    """What a report's stored status comes to today, in SQL."""
    approved = When(is_approved(today), then=Value(Status.APPROVED))
    return Case(approved, default=F("status"), output_field=CharField())


def reports_asked_for(asked: Asked) -> QuerySet:
    """The reports of sites that take part and are open, each with what it `stands` at."""
    reports = MonthlyReport.objects.of_program(asked.program)
    reports = asked.narrow(reports).annotate(stands=standing_now(asked.today))
    return reports.filter(stands=asked.status) if asked.status else reports


def read_site_months(asked: Asked) -> Iterator[Cells]:
    """Yield a row for each report, straight from the database."""
    return _read(reports_asked_for(asked))


def site_month_rows(program, sites) -> Iterator[Cells]:
    """Yield the header and a row for each report of these sites in a program."""
    yield SITE_MONTHS.header
    reports = MonthlyReport.objects.of_program(program).filter(site__in=sites)
    yield from _read(reports.annotate(stands=standing_now(timezone.localdate())))


def _read(reports: QuerySet) -> Iterator[Cells]:
    return (
        reports.order_by("site__code", "month")
        .values_list(
            "site__code",
            "site__name",
            MONTH_TEXT,
            *COUNT_FIELDS,
            "stands",
            "site__participations__role",
        )
        .iterator(chunk_size=BATCH_ROWS)
    )


def count_site_months(asked: Asked) -> int:
    return reports_asked_for(asked).count()


SITE_MONTHS = Dataset(
    kind="site-months",
    title="Site-months",
    says="Every report of every site that you may see, a row a month, in the form in which files "
    "are brought in: brought in again it changes nothing.",
    columns=(*SITE_COLUMNS, MONTH_COLUMN, *COUNT_COLUMNS, STATUS_COLUMN, ROLE_COLUMN),
    rows=read_site_months,
    count=count_site_months,
    method="Counts as they were reported, for months in which the site takes part and is open. "
    "Nothing is computed. Empty was not counted, 0 is none, no row was not reported.",
    takes=frozenset({"first", "last", "area", "site", "status"}),
)
