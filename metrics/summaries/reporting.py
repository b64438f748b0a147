"""Which reports of a program came, which came in time, and who is to be reminded of the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from metrics.locks import sites_at_gate
from metrics.models import LockException, MonthlyReport, Notice
from metrics.models.reports import has_arrived
from metrics.stats.completeness import Completeness
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.places import list_areas
from programs.models import Area, Membership, Participation, Program, Role, Site
from programs.periods import Period, month_of, shift_month

MOST_MONTHS = 6  # of one site that are named
MOST_REPORTERS = 3


@dataclass(frozen=True)
class Arrivals:
    """How many of the reports expected have come, and how many of them by their due day."""

    complete: Completeness
    on_time: Completeness

    @property
    def late(self) -> int:
        """Came after the due day."""
        return self.complete.received - self.on_time.received


@dataclass(frozen=True)
class MonthArrivals:
    month: date
    arrivals: Arrivals


@dataclass(frozen=True)
class AreaArrivals:
    """level : how deep the area lies, 0 for the outermost"""

    area: Area
    level: int
    arrivals: Arrivals


@dataclass(frozen=True)
class SiteShare:
    """What one site has sent of a period."""

    site: Site
    is_comparison: bool
    arrivals: Arrivals


@dataclass(frozen=True)
class PeriodArrivals:
    """What has come of a period: together from program sites, and of each site, comparison sites
    too."""

    together: Arrivals
    sites: Sequence[SiteShare]


@dataclass(frozen=True)
class SiteArrivals:
    """overdue : every month that has not come, the latest first, also before the period shown
    locked : those of them that only a manager can open
    reporters : who is told when the site is reminded
    """

    site: Site
    is_comparison: bool
    arrivals: Arrivals
    overdue: Sequence[date]
    locked: frozenset[date]
    reporters: Sequence[str]

    @property
    def named_months(self) -> Sequence[date]:
        return self.overdue[:MOST_MONTHS]

    @property
    def other_months(self) -> int:
        """How many overdue months are not named."""
        return max(0, len(self.overdue) - MOST_MONTHS)

    @property
    def told(self) -> str:
        """“Lidia Tesfaru, Amara Velt and 2 more”."""
        rest = len(self.reporters) - MOST_REPORTERS
        named = ", ".join(self.reporters[:MOST_REPORTERS])
        return f"{named} and {rest} more" if rest > 0 else named


@dataclass(frozen=True)
class Reporting:
    """A program's reporting, as far as one member's sites go.

    period : of completeness and timeliness; None before the first report is overdue
    months, areas, together : of program sites; sites : of comparison sites too
    due : reports not overdue yet of the months that are over: received, of those expected
    reminded_at : when somebody of this program was last reminded
    """

    program: Program
    period: Period | None
    months: Sequence[MonthArrivals]
    areas: Sequence[AreaArrivals]
    sites: Sequence[SiteArrivals]
    together: Arrivals
    due: Completeness
    locked_through: date | None
    exceptions: Sequence[LockException]
    reminded_at: datetime | None

    @property
    def late(self) -> Sequence[SiteArrivals]:
        """The sites that owe an overdue report which may still come, those that owe most first."""
        owing = [own for own in self.sites if set(own.overdue) - own.locked]
        return sorted(owing, key=lambda own: (-len(own.overdue), own.site.name, own.site.code))


@dataclass(frozen=True)
class _Sent:
    """What has come: site -> month -> whether it came by its due day."""

    by_site: Mapping[int, Mapping[date, bool]]

    def count(self, expected: Expected, sites: Iterable[int], period: Period) -> Arrivals:
        """Of the reports expected of these sites in a period."""
        wanted = received = on_time = 0
        for site in sites:
            stored = self.by_site[site]
            for own in expected.by_site.get(site, ()):
                shared = own.intersection(period)
                months = list(shared) if shared else []
                sent = [in_time for month in months if (in_time := stored.get(month)) is not None]
                wanted, received = wanted + len(months), received + len(sent)
                on_time += sum(sent)
        return Arrivals(Completeness(received, wanted), Completeness(on_time, wanted))


def overdue_span(program: Program, today: date) -> Period:
    """The months that somebody may look at: from the first that any site takes part in to the
    last that is overdue. Empty programs have the month that is overdue."""
    last = program.overdue_through(today)
    firsts = program.participations.order_by("first_month").values_list("first_month", flat=True)
    return Period(min(firsts.first() or last, last), last)


def summarise_reporting(membership: Membership, period: Period, *, today: date) -> Reporting:
    """Gather it in a number of queries that does not grow with sites or months."""
    program = membership.program
    parts = _participations(membership)
    through = shift_month(month_of(today), -1)
    overdue = program.overdue_through(today)
    expected = expect_reports(parts, through)
    sent = _read_sent(program, parts)
    own = [part.site_id for part in parts if part.role == Participation.Role.PROGRAM]
    not_yet = Period(shift_month(overdue, 1), through) if overdue < through else None
    return Reporting(
        program=program,
        period=period,
        months=[
            MonthArrivals(month, sent.count(expected, own, Period(month, month)))
            for month in list(period)[::-1]
        ],
        areas=[
            AreaArrivals(each.area, each.level, sent.count(expected, each.sites, period))
            for each in list_areas(parts)
        ],
        sites=_list_sites(program, parts, expected, sent, period, today),
        together=sent.count(expected, own, period),
        due=sent.count(expected, own, not_yet).complete if not_yet else Completeness(0, 0),
        locked_through=program.locked_through(today),
        exceptions=list(
            LockException.objects.holding_on(today)
            .filter(site__in=[part.site_id for part in parts])
            .select_related("site", "granted_by")
        ),
        reminded_at=_last_reminded(program),
    )


def summarise_arrivals(membership: Membership, period: Period) -> PeriodArrivals:
    """Gather what has come of a period, in three queries that read no other months."""
    parts = _participations(membership)
    expected = expect_reports(parts, period.last)
    sent = _read_sent(membership.program, parts, period)
    own = [part.site_id for part in parts if part.role == Participation.Role.PROGRAM]
    sites = [
        SiteShare(part.site, _is_comparison(part), sent.count(expected, [part.site_id], period))
        for part in parts
    ]
    return PeriodArrivals(sent.count(expected, own, period), sites)


def _participations(membership) -> list[Participation]:
    parts = membership.program.participations.filter(
        site__in=Site.objects.covered_by(membership)
    ).select_related("site")
    own = sorted(parts, key=lambda part: (part.site.name.casefold(), part.site.code))
    prefetch_related_objects(own, "site__spells")
    for part in own:
        part.program = membership.program
    return own


def _read_sent(program, parts, period: Period | None = None) -> _Sent:
    """period : the only months that are asked for; None for all"""
    by_site: dict[int, dict[date, bool]] = {part.site_id: {} for part in parts}
    reports = MonthlyReport.objects.filter(has_arrived(), site__in=by_site).order_by()
    reports = reports.in_period(period) if period else reports
    too_late: dict[date, datetime] = {}
    for site, month, at in reports.values_list("site", "month", "first_submitted_at"):
        if month not in too_late:
            too_late[month] = _end_of_due_day(program, month)
        by_site[site][month] = at is not None and at < too_late[month]
    return _Sent(by_site)


def _end_of_due_day(program, month: date) -> datetime:
    due = shift_month(month, 1).replace(day=program.report_due_day)
    return timezone.make_aware(datetime.combine(due + timedelta(days=1), time()))


def _list_sites(program, parts, expected, sent, period, today) -> list[SiteArrivals]:
    reporters = _list_reporters(program)
    gates = sites_at_gate([part.site for part in parts], today)
    last = program.overdue_through(today)
    lines = []
    for part in parts:
        site = part.site
        months = [month for own in expected.by_site[site.pk] for month in own if month <= last]
        overdue = [month for month in reversed(months) if month not in sent.by_site[site.pk]]
        gate = gates[site.pk]
        lines.append(
            SiteArrivals(
                site=site,
                is_comparison=_is_comparison(part),
                arrivals=sent.count(expected, [site.pk], period),
                overdue=overdue,
                locked=frozenset(month for month in overdue if gate.is_locked(month)),
                reporters=[str(own.user) for own in reporters if _covers(own, site)],
            )
        )
    return lines


def _is_comparison(part: Participation) -> bool:
    return part.role == Participation.Role.COMPARISON


def _list_reporters(program) -> list[Membership]:
    own = program.memberships.filter(role=Role.REPORTER, user__is_active=True)
    return list(own.select_related("user").prefetch_related("sites").order_by("pk"))


def _covers(membership, site) -> bool:
    return membership.all_sites or site in membership.sites.all()


def _last_reminded(program) -> datetime | None:
    reminders = Notice.objects.filter(program=program, kind=Notice.Kind.REMINDER)
    return reminders.order_by("-created_at").values_list("created_at", flat=True).first()
