"""The same counts by sex, place, mother's age and so on: a row a category."""

from collections.abc import Iterator

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Cast, Substr

from metrics.exports.batches import BATCH_ROWS
from metrics.exports.datasets import Asked, Cells, Column, Dataset, Type
from metrics.exports.site_months import MONTH_COLUMN, SITE_COLUMNS, reports_asked_for
from metrics.models import BreakdownCount

_IS_UNKNOWN = Case(
    When(category__is_unknown=True, then=Value("yes")),
    default=Value("no"),
    output_field=CharField(),
)


def _counts_asked_for(asked: Asked) -> QuerySet:
    reports = reports_asked_for(asked).order_by().values("pk")
    return BreakdownCount.objects.filter(report__in=reports)


def read_breakdowns(asked: Asked) -> Iterator[Cells]:
    """Yield a row for each category of each report that was broken down."""
    ordered = _counts_asked_for(asked).order_by(
        "report__site__code",
        "report__month",
        "category__dimension__code",
        "category__position",
        "category__code",
    )
    return ordered.values_list(
        "report__site__code",
        "report__site__name",
        Substr(Cast("report__month", CharField()), 1, 7),
        "category__dimension__code",
        "category__code",
        _IS_UNKNOWN,
        "live_births",
        "infant_deaths",
        "category__dimension__name",
        "category__name",
    ).iterator(chunk_size=BATCH_ROWS)


BREAKDOWNS = Dataset(
    kind="breakdowns",
    title="Breakdowns",
    says="The same births and deaths by sex, mother's age and whatever else is asked for, a row a "
    "site, month and category, in the form in which breakdowns are brought in: brought in again it "
    "changes nothing.",
    columns=(
        *SITE_COLUMNS,
        MONTH_COLUMN,
        Column("dimension", "The code of what the counts are broken down by."),
        Column("category", "The code of the category; retired ones keep their counts."),
        Column("is_unknown", "yes where the category holds what is not known, else no."),
        Column("live_births", "Live births of this category.", Type.COUNT),
        Column("infant_deaths", "Infant deaths of this category.", Type.COUNT),
        Column("dimension_name", "What the dimension is called."),
        Column("category_name", "What the category is called."),
    ),
    rows=read_breakdowns,
    count=lambda asked: _counts_asked_for(asked).count(),
    method="Counts as they were reported. The categories of one dimension add up to no more than "
    "the report; a category without a row was not broken down.",
    takes=frozenset({"first", "last", "area", "site", "status"}),
)
