"""What waits for approval in one program, the odd ones first, each with what one needs to judge
it: what the gate asks about it, what was counted before, and what was changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.db.models import prefetch_related_objects

from metrics.gate import PastCounts, SiteAtGate, check_breakdown, pass_gate
from metrics.models import COUNT_FIELDS, BreakdownCount, MonthlyReport, Status
from metrics.summaries.places import AreaSites, list_areas
from metrics.summaries.trail import COUNT_LABELS, CountChange, Version, list_versions
from programs.models import Membership, Participation, Program, Site
from programs.periods import Period, shift_month

MONTHS_BEFORE = 12  # the earliest of them is the same month a year before

Breakdown = Mapping[str, Mapping[str, Mapping[str, int | None]]]


@dataclass(frozen=True)
class PastMonth:
    """What a site reported in one month; None where deaths were not counted."""

    births: int
    deaths: int | None
    status: Status


@dataclass(frozen=True)
class MonthBefore:
    """An earlier month: what was reported; None where nothing was, be it open or closed then."""

    month: date
    past: PastMonth | None
    was_open: bool


@dataclass(frozen=True)
class Question:
    """What the gate asks about a count that is stored."""

    label: str
    message: str


@dataclass(frozen=True)
class Wanted:
    """Which of the waiting reports to show. None: all.

    sites : of an area, or one of them
    """

    sites: Collection[int] | None = None
    month: date | None = None

    def holds(self, report: MonthlyReport) -> bool:
        return (self.sites is None or report.site_id in self.sites) and (
            self.month is None or report.month == self.month
        )


@dataclass(frozen=True)
class WaitingReport:
    """A submitted report beside its history.

    questions : what the gate asks about its counts; none where nothing is unusual
    past : what its site reported by month
    is_own : the reader entered it, and may not approve it for that
    versions : the stored ones, where it is not the first; oldest first
    """

    report: MonthlyReport
    questions: Sequence[Question]
    past: Mapping[date, PastMonth]
    is_own: bool
    versions: Sequence[Version] = field(default=())

    @property
    def is_odd(self) -> bool:
        return bool(self.questions)

    @property
    def entered_at(self) -> datetime:
        """When these counts came in."""
        first = self.report.first_submitted_at if self.report.version == 1 else None
        return first or self.report.updated_at

    @property
    def before(self) -> list[MonthBefore]:
        """The 12 months before, the same month of last year first."""
        months = Period.ending(shift_month(self.report.month, -1), MONTHS_BEFORE)
        spells = self.report.site.operation
        return [
            MonthBefore(month, self.past.get(month), any(month in spell for spell in spells))
            for month in months
        ]

    @property
    def year_before(self) -> PastMonth | None:
        return self.past.get(shift_month(self.report.month, -MONTHS_BEFORE))

    @property
    def changes(self) -> Sequence[CountChange]:
        """What the last entry changed in the counts of the one before."""
        return next((own.changes for own in reversed(self.versions) if own.door), ())

    @property
    def sent_back(self) -> Version | None:
        """The last time that it was returned or reopened, with what was said."""
        back = (Status.RETURNED, Status.REOPENED)
        return next((own for own in reversed(self.versions) if own.status in back), None)


@dataclass(frozen=True)
class Inbox:
    """The submitted reports of a program, as far as a member's sites go.

    areas, sites, months : what one may choose among, sites and months as far as reports wait
    """

    program: Program
    reader: int
    today: date
    reports: Sequence[MonthlyReport]
    areas: Sequence[AreaSites]
    sites_by_pk: Mapping[int, Site]
    past: Mapping[int, Mapping[date, PastMonth]]
    breakdowns: Mapping[int, Breakdown]

    @cached_property
    def sites(self) -> list[Site]:
        waiting = {report.site_id for report in self.reports}
        own = [site for pk, site in self.sites_by_pk.items() if pk in waiting]
        return sorted(own, key=lambda site: (site.name, site.code))

    @cached_property
    def months(self) -> list[date]:
        return sorted({report.month for report in self.reports}, reverse=True)

    def lines(self, wanted: Wanted = Wanted()) -> list[WaitingReport]:
        """The odd ones first, those about which most is asked before the others; then by month,
        the oldest first."""
        lines = [self._line(report) for report in self.reports if wanted.holds(report)]
        return sorted(
            lines,
            key=lambda own: (
                -len(own.questions),
                own.report.month,
                own.report.site.name,
                own.report.site.code,
            ),
        )

    @cached_property
    def _past_counts(self) -> dict[int, PastCounts]:
        return {
            site: PastCounts({month: (own.births, own.deaths) for month, own in past.items()})
            for site, past in self.past.items()
        }

    def _line(self, report) -> WaitingReport:
        past = self.past[report.site_id]
        return WaitingReport(
            report=report,
            questions=_ask_gate(
                report,
                self._past_counts[report.site_id],
                self.breakdowns.get(report.pk, {}),
                self.today,
            ),
            past=past,
            is_own=report.entered_by_id == self.reader and not report.may_own,
        )


def open_inbox(membership: Membership, *, today: date) -> Inbox:
    """Gather what waits at a member's sites, in six queries whatever their number."""
    program = membership.program
    participations = list(_participations(membership))
    prefetch_related_objects(participations, "site__spells")
    sites = {own.site_id: own.site for own in participations}
    waiting = MonthlyReport.objects.of_program(program).filter(status=Status.SUBMITTED)
    own = waiting.filter(site__in=sites).with_own_approval()
    reports = list(own.select_related("entered_by"))
    for report in reports:
        report.site = sites[report.site_id]
    return Inbox(
        program=program,
        reader=membership.user_id,
        today=today,
        reports=reports,
        areas=list_areas(participations),
        sites_by_pk=sites,
        past=_read_past({report.site_id for report in reports}),
        breakdowns=_read_breakdowns(reports),
    )


def add_versions(lines: Iterable[WaitingReport]) -> list[WaitingReport]:
    """Add the stored versions to those that are not the first, in one query."""
    lines = list(lines)
    versions = list_versions([own.report.pk for own in lines if own.report.version > 1])
    return [replace(own, versions=versions.get(own.report.pk, ())) for own in lines]


def _participations(membership):
    own = Participation.objects.filter(program=membership.program_id)
    if not membership.all_sites:
        own = own.filter(site__memberships=membership)
    return own.select_related("site__area")


def _read_past(sites) -> dict[int, dict[date, PastMonth]]:
    past: dict[int, dict[date, PastMonth]] = {site: {} for site in sites}
    if not past:
        return {}
    stored = MonthlyReport.objects.filter(site__in=past).order_by()
    rows = stored.values_list("site", "month", "live_births", "infant_deaths", "status")
    for site, month, births, deaths, status in rows:
        past[site][month] = PastMonth(births, deaths, Status(status))
    return past


def _read_breakdowns(reports) -> dict[int, dict[str, dict[str, dict[str, int | None]]]]:
    """The counts broken down: report -> dimension -> category -> counts."""
    breakdowns: dict[int, dict[str, dict[str, dict[str, int | None]]]] = {}
    rows = BreakdownCount.objects.filter(report__in=[report.pk for report in reports])
    named = rows.order_by().values_list(
        "report", "category__dimension__name", "category__name", "live_births", "infant_deaths"
    )
    for report, dimension, category, births, deaths in named:
        own = breakdowns.setdefault(report, {}).setdefault(dimension, {})
        own[category] = {"live_births": births, "infant_deaths": deaths}
    return breakdowns


def _ask_gate(report, past, breakdown, today) -> list[Question]:
    """What the gate refuses or asks about the counts as they are stored. Whether the month is
    locked by now is no question: the report has come in."""
    counts = {name: getattr(report, name) for name in COUNT_FIELDS}
    passage = pass_gate(
        counts,
        site=SiteAtGate(report.site.name, tuple(report.site.operation)),
        month=report.month,
        today=today,
        past=past,
    )
    faults = [*passage.refusals, *passage.warnings]
    for dimension, parts in breakdown.items():
        refusals, warnings = check_breakdown(dimension, counts, parts)
        faults += [*refusals, *warnings]
    return [Question(_label(fault.field), fault.message) for fault in faults]


def _label(field: str) -> str:
    """The field of a fault as people call it: “Live births by Sex”."""
    name, by, dimension = field.partition(" by ")
    return f"{COUNT_LABELS.get(name, name.capitalize())}{by}{dimension}"
