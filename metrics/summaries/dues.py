"""What has not come in yet, over several programs: how much each waits for, and which months
each site owes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from metrics.models import MonthlyReport, Status
from metrics.models.reports import standing
from metrics.summaries.counts import SiteCounts, count_arrivals
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.portfolio_gathering import GatheredPortfolio
from programs.models import Participation, Program, Site
from programs.periods import Period

ARRIVED = (Status.SUBMITTED, Status.APPROVED)
SENT_BACK = (Status.RETURNED, Status.REOPENED)
NOTHING_SENT = SiteCounts({})
MOST_LISTED = 4  # sites whose months are listed; where more owe reports, how many must do


@dataclass(frozen=True)
class Dues:
    """How many reports one program waits for, from the reader's sites.

    overdue, due : that nobody has sent; due ones are not late yet
    waiting : that are not in the figures before somebody approves them
    late_sites : how many sites have overdue reports
    """

    overdue: int
    due: int
    waiting: int
    late_sites: int

    @property
    def is_nothing(self) -> bool:
        return not (self.overdue or self.due or self.waiting)


@dataclass(frozen=True)
class OwedMonth:
    """A month that a site has not reported. Sent back: it had, and is asked to correct it."""

    month: date
    is_overdue: bool
    is_sent_back: bool


@dataclass(frozen=True)
class SiteDues:
    """How many months one site owes; one owed to two programs counts once.

    months : the latest first; left out where too many sites owe any
    may_enter : whether the reader may enter them
    """

    site: Site
    overdue: int
    due: int
    months: Sequence[OwedMonth]
    may_enter: bool


@dataclass(frozen=True)
class AllDues:
    """What all programs together wait for; a report that two of them wait for counts once.

    sites : those that owe anything, the most overdue first
    is_limited : whether the reader sees only some of the sites
    """

    sites: Sequence[SiteDues]
    waiting: int
    is_limited: bool

    @property
    def lists_months(self) -> bool:
        return len(self.sites) <= MOST_LISTED

    @property
    def late_sites(self) -> int:
        return sum(own.overdue > 0 for own in self.sites)

    @property
    def overdue(self) -> int:
        return sum(own.overdue for own in self.sites)

    @property
    def due(self) -> int:
        return sum(own.due for own in self.sites)

    @property
    def is_nothing(self) -> bool:
        return not (self.sites or self.waiting)


@dataclass(frozen=True)
class SiteInProgram:
    """One site's part in one program: what is expected of it, and what it has sent."""

    site: Site
    expected: tuple[Period, ...]
    overdue_through: date
    sent: SiteCounts
    approval_required: bool

    @property
    def overdue(self) -> int:
        return self._asked(self.overdue_through) - self.sent.arrived_overdue

    @property
    def due(self) -> int:
        return self._asked(date.max.replace(day=1)) - self.sent.arrived - self.overdue

    @property
    def is_open(self) -> bool:
        return bool(self.overdue or self.due or self.sent.waiting)

    def _asked(self, through: date) -> int:
        alone = Expected({self.site.pk: self.expected})
        return alone.of_site(self.site.pk, Period(date.min, through))


def list_parts(
    gathered: GatheredPortfolio, covered: Collection[int] | None, *, today: date
) -> dict[int, list[SiteInProgram]]:
    """Each program's sites with what they have sent, comparison sites included, in one query.

    covered : the participations whose sites the reader may see; None for all
    """
    overdue = {program.pk: program.overdue_through(today) for program in gathered.programs}
    arrivals = count_arrivals(overdue, gathered.through) if overdue else {}
    return {
        program.pk: [
            _part(joined, program, gathered.through, overdue[program.pk], arrivals[program.pk])
            for joined in gathered.participations[program.pk]
            if covered is None or joined.pk in covered
        ]
        for program in gathered.programs
    }


def _part(
    joined: Participation, program: Program, through: date, overdue: date, sent: Mapping
) -> SiteInProgram:
    return SiteInProgram(
        site=joined.site,
        expected=expect_reports([joined], through).by_site[joined.site_id],
        overdue_through=overdue,
        sent=sent.get(joined.site_id, NOTHING_SENT),
        approval_required=program.approval_required,
    )


def add_up_dues(parts: Iterable[SiteInProgram]) -> Dues:
    """What one program waits for."""
    open_parts = [part for part in parts if part.is_open]
    return Dues(
        overdue=sum(part.overdue for part in open_parts),
        due=sum(part.due for part in open_parts),
        waiting=sum(part.sent.waiting for part in open_parts),
        late_sites=sum(part.overdue > 0 for part in open_parts),
    )


def list_dues(
    parts: Iterable[SiteInProgram], writable: Collection[int], *, is_limited: bool
) -> AllDues:
    """What all programs wait for together, with at most one query.

    writable : the sites whose counts the reader may enter
    """
    by_site: dict[int, list[SiteInProgram]] = {}
    for part in parts:
        if part.is_open:
            by_site.setdefault(part.site.pk, []).append(part)
    owing = sum(any(part.overdue or part.due for part in own) for own in by_site.values())
    # A site of one program is counted already. One of several owes what both ask for only once.
    looked_at = [pk for pk, own in by_site.items() if len(own) > 1 or owing <= MOST_LISTED]
    stored = _read_statuses(looked_at)
    owed = {pk: _owed_months(by_site[pk], stored[pk]) for pk in looked_at}
    sites = [_site_dues(own, owed.get(pk), pk in writable) for pk, own in by_site.items()]
    return AllDues(
        sites=sorted(
            (own for own in sites if own.overdue or own.due),
            key=lambda own: (-own.overdue, -own.due, own.site.name, own.site.code),
        ),
        waiting=sum(_count_waiting(own, stored.get(pk)) for pk, own in by_site.items()),
        is_limited=is_limited,
    )


def _site_dues(parts, months: Sequence[OwedMonth] | None, may_enter) -> SiteDues:
    part = parts[0]
    if months is None:
        return SiteDues(part.site, part.overdue, part.due, (), may_enter)
    overdue = sum(own.is_overdue for own in months)
    return SiteDues(part.site, overdue, len(months) - overdue, months, may_enter)


def _read_statuses(sites: Collection[int]) -> dict[int, dict[date, str]]:
    stored: dict[int, dict[date, str]] = {site: {} for site in sites}
    if stored:
        reports = MonthlyReport.objects.filter(site__in=stored).order_by()
        today = timezone.localdate()
        for site, month, status, until in reports.values_list(
            "site", "month", "status", "reopened_until"
        ):
            stored[site][month] = standing(status, until, today)
    return stored


def _owed_months(parts: Sequence[SiteInProgram], stored: Mapping[date, str]) -> list[OwedMonth]:
    overdue: dict[date, bool] = {}
    for part in parts:
        for month in _expected_months(part):
            if stored.get(month) not in ARRIVED:
                overdue[month] = overdue.get(month, False) or month <= part.overdue_through
    return [
        OwedMonth(month, is_overdue, stored.get(month) in SENT_BACK)
        for month, is_overdue in sorted(overdue.items(), reverse=True)
    ]


def _count_waiting(parts, stored: Mapping[date, str] | None) -> int:
    if stored is None:
        return parts[0].sent.waiting
    asked = {month for part in parts if part.approval_required for month in _expected_months(part)}
    return sum(stored.get(month) == Status.SUBMITTED for month in asked)


def _expected_months(part) -> Iterable[date]:
    return (month for period in part.expected for month in period)
