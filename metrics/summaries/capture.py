"""What the form for one site and month needs to know: asked, stored, past, typed so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from metrics.gate import PastCounts, SiteAtGate
from metrics.locks import sites_at_gate
from metrics.models import BreakdownCount, Category, Draft, MonthlyReport, Status
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS
from programs.models import Participation, Site
from programs.periods import Period, shift_month
from programs.terms import due_on, parts_in

EARLIER_MONTHS = 12
WISHES: Mapping[tuple[str, ...], str] = {
    AGE_FIELDS: "collects_ages",
    ("stillbirths",): "collects_stillbirths",
    ("maternal_deaths",): "collects_maternal_deaths",
    SERVICE_FIELDS: "collects_services",
}

PartCounts = Mapping[int, tuple[int | None, int | None]]


@dataclass(frozen=True)
class Asked:
    """What the programs of a site ask for besides births and deaths: all their wishes together.

    categories : of the breakdowns asked for, those in use, dimension by dimension
    kept : categories that hold counts of the report and are not asked for any more
    """

    fields: frozenset[str]
    categories: Sequence[Category] = ()
    kept: Sequence[Category] = ()


@dataclass(frozen=True)
class CaptureSheet:
    """Everything that the form for one site and month stands on.

    parts : of the stored report, by category: live births and infant deaths
    earlier : the 12 months before, newest first, each with its report or None
    due : the day by which the month is to be reported
    draft : what this person typed and did not submit; None without
    """

    site: Site
    month: date
    report: MonthlyReport | None
    parts: PartCounts
    past: PastCounts
    gate: SiteAtGate
    asked: Asked
    earlier: Sequence[tuple[date, MonthlyReport | None]]
    same_month_last_year: MonthlyReport | None
    due: date | None
    draft: Draft | None
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.today > self.due

    @property
    def counts_again(self) -> bool:
        """It was reopened and not corrected in time, so what had been approved counts."""
        own = self.report
        return own is not None and own.status == Status.REOPENED and own.standing != own.status


def prepare_sheet(site: Site, month: date, *, today: date, user) -> CaptureSheet:
    """Gather what the form needs, in a number of queries that does not grow."""
    reports = {report.month: report for report in site.monthly_reports.all()}
    report = reports.get(month)
    parts = parts_of(report) if report else {}
    own = list(Participation.objects.filter(site=site).select_related("program"))
    programs = [part.program for part in parts_in(own, month)]
    months = reversed(list(Period.ending(shift_month(month, -1), EARLIER_MONTHS)))
    return CaptureSheet(
        site=site,
        month=month,
        report=report,
        parts=parts,
        past=PastCounts({r.month: (r.live_births, r.infant_deaths) for r in reports.values()}),
        gate=sites_at_gate([site], today, participations=own)[site.pk],
        asked=_what_is_asked(programs, parts),
        earlier=[(past, reports.get(past)) for past in months],
        same_month_last_year=reports.get(shift_month(month, -12)),
        due=due_on(own, month),
        draft=Draft.objects.filter(site=site, month=month, user=user).first(),
        today=today,
    )


def parts_of(report: MonthlyReport) -> PartCounts:
    """A stored report's breakdowns, by category: live births and infant deaths."""
    rows = BreakdownCount.objects.filter(report=report)
    return {
        category: (births, deaths)
        for category, births, deaths in rows.values_list("category", "live_births", "infant_deaths")
    }


def _what_is_asked(programs, parts: PartCounts) -> Asked:
    fields = {
        name
        for names, wish in WISHES.items()
        if any(getattr(program, wish) for program in programs)
        for name in names
    }
    asked = Category.objects.in_use().filter(dimension__programs__in=programs).values("pk")
    categories = (
        Category.objects.filter(Q(pk__in=asked) | Q(pk__in=parts))
        .annotate(is_asked=Q(pk__in=asked))
        .select_related("dimension")
        .order_by("dimension__name", "dimension", "position", "name")
    )
    return Asked(
        frozenset(fields),
        categories=[own for own in categories if own.is_asked],
        kept=[own for own in categories if not own.is_asked],
    )
