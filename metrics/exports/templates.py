"""Files to fill in: blank, or with a row for each site-month that is over and has not come."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.utils import timezone

from metrics.exports.datasets import Asked, Cells, Dataset
from metrics.exports.site_months import COUNT_COLUMNS, MONTH_COLUMN, SITE_COLUMNS
from metrics.models import COUNT_FIELDS, MonthlyReport, Status
from metrics.models.reports import is_approved
from metrics.summaries.expected import expect_reports
from programs.models import Participation, Program, Site
from programs.periods import Period, format_month, month_of, shift_month

SITES_AT_ONCE = 200  # whose reports are looked up in one query
_BLANK = ("",) * len(COUNT_FIELDS)


def template_rows(
    program: Program, sites: Iterable[Site], *, missing: bool, today: date | None = None
) -> Iterator[Cells]:
    """Yield the header of a file to bring in, and where asked for, what is missing of it."""
    yield BLANK.header
    if missing:
        keys = [own.pk for own in sites]
        yield from list_missing(program, keys, today=today or timezone.localdate())


def list_missing(
    program: Program, sites: Sequence[int], *, today: date, period: Period | None = None
) -> Iterator[Cells]:
    """Yield a row without counts for each month that is over, in which a site takes part and is
    open, and for which nothing was submitted."""
    through = shift_month(month_of(today), -1)
    parts = program.participations.select_related("site").prefetch_related("site__spells")
    ordered = list(parts.filter(site__in=sites).order_by("site__code"))
    for start in range(0, len(ordered), SITES_AT_ONCE):
        yield from _missing_of(ordered[start : start + SITES_AT_ONCE], through, today, period)


def _missing_of(parts: Sequence[Participation], through, today, period):
    expected = expect_reports(parts, through).by_site
    sent = _read_sent(expected, today)
    for part in parts:
        for spell in expected[part.site_id]:
            months = spell.intersection(period) if period else spell
            for month in months or ():
                if (part.site_id, month) not in sent:
                    yield (part.site.code, part.site.name, format_month(month), *_BLANK)


def _read_sent(sites, today) -> set[tuple[int, date]]:
    arrived = Q(status=Status.SUBMITTED) | is_approved(today)
    reports = MonthlyReport.objects.filter(arrived, site__in=list(sites)).order_by()
    return set(reports.values_list("site", "month"))


def _read_missing(asked: Asked) -> Iterator[Cells]:
    sites = list(asked.covered.order_by().values_list("pk", flat=True))
    return list_missing(asked.program, sites, today=asked.today, period=asked.period)


def _count_missing(asked: Asked) -> int:
    """What was expected of the sites less what of it was submitted, in three queries."""
    through = shift_month(month_of(asked.today), -1)
    parts = asked.program.participations.select_related("site").prefetch_related("site__spells")
    asked_for = expect_reports(
        parts.filter(site__in=asked.covered.order_by().values("pk")), through
    )
    period = asked.period or asked_for.span
    if period is None:
        return 0
    reports = asked.narrow(MonthlyReport.objects.of_program(asked.program))
    arrived = Q(status=Status.SUBMITTED) | is_approved(asked.today)
    sent = reports.filter(arrived, month__lte=through).count()
    return asked_for.in_period(period) - sent


_METHOD = "Fill in and bring in: empty is not counted, 0 is none, a row without counts is left out."
BLANK = Dataset(
    kind="template",
    title="Blank template",
    says="The columns of a file to bring in, without a row.",
    columns=(*SITE_COLUMNS, MONTH_COLUMN, *COUNT_COLUMNS),
    rows=lambda asked: iter(()),
    count=lambda asked: 0,
    method=_METHOD,
    keeps_small_counts=True,
    is_to_fill_in=True,
)
MISSING = Dataset(
    kind="missing",
    title="What is missing",
    says="The same with a row for each month that is over and for which a site has submitted "
    "nothing, ready to be filled in.",
    columns=BLANK.columns,
    rows=_read_missing,
    count=_count_missing,
    method=f"Months in which a site takes part and is open, up to the last one that is over. "
    f"{_METHOD}",
    takes=frozenset({"first", "last", "area", "site"}),
    keeps_small_counts=True,
    is_to_fill_in=True,
)
