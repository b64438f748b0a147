"""What somebody who enters counts has to report: what is due, what is overdue, what came back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress
from operator import not_
from typing import cast

from django.db.models import Exists, OuterRef

from accounts.models import User
from metrics.gate import SiteAtGate
from metrics.locks import sites_at_gate
from metrics.models import Draft, MonthlyReport, Status
from metrics.models.reports import may_be_corrected, standing
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.made import Made
from metrics.summaries.site_months import MonthState
from programs.models import Membership, Participation, Role, Site
from programs.periods import Period, month_of, shift_month
from programs.terms import due_on

SENT_BACK = (Status.RETURNED, Status.REOPENED)
STRIP_MONTHS = 12
_AT_REST = (MonthState.CLOSED, MonthState.NOT_EXPECTED)


@dataclass(frozen=True)
class OwedReport:
    """One site-month that is to be reported or corrected.

    due : the day by which it is to come in; is_locked : only a manager can open it
    typed_at : when the reader's own draft was kept; None without
    """

    site: Site
    month: date
    due: date
    is_overdue: bool
    is_locked: bool
    typed_at: datetime | None


@dataclass(frozen=True)
class SentBack:
    """A report to be corrected: what was said, by whom and when; `by` is None where unknown."""

    report: MonthlyReport
    by: User | None
    at: datetime


@dataclass(frozen=True)
class OwnSite:
    """strip : what became of the last 12 months, the earliest first"""

    site: Site
    strip: Sequence[tuple[date, MonthState]]
    owed: int

    @property
    def is_active(self) -> bool:
        """Whether anything was asked of it or came from it in these months."""
        return any(state not in _AT_REST for _, state in self.strip)


@dataclass(frozen=True)
class _Site:
    """What one site was asked, and what it sent."""

    site: Site
    gate: SiteAtGate
    parts: Sequence[Participation]
    expected: Expected
    stored: Mapping[date, tuple[str, int]]  # status and live births
    typed: Mapping[date, datetime]

    def is_asked(self, month: date) -> bool:
        return self.expected.of_site(self.site.pk, Period(month, month)) > 0

    def is_owed(self, month: date) -> bool:
        return month not in self.stored or self.stored[month][0] == Status.DRAFT

    def due(self, month: date) -> date:
        """Of a month that is asked for, and so held by a program."""
        return cast(date, due_on(self.parts, month))


class Owed(Made[tuple[_Site, date], OwedReport]):
    """Site-months to be reported; they may be 70,000."""

    def __init__(self, months: Sequence[tuple[_Site, date]], *, today: date):
        super().__init__(months)
        self._today = today

    def make(self, key: tuple[_Site, date]) -> OwedReport:
        own, month = key
        due = own.due(month)
        return OwedReport(
            site=own.site,
            month=month,
            due=due,
            is_overdue=self._today > due,
            is_locked=own.gate.is_locked(month),
            typed_at=own.typed.get(month),
        )


@dataclass(frozen=True)
class OwnReports:
    """What is to be sent, and the sites it is of.

    sites : those that owe anything, or did anything in the last 12 months
    due : not late yet; overdue : the latest months first. Sent back ones are in neither.
    """

    sites: Sequence[OwnSite]
    due: Sequence[OwedReport]
    overdue: Sequence[OwedReport]
    sent_back: Sequence[SentBack]

    @property
    def said(self) -> str:
        """“1 due, 2 overdue, 1 to correct”, as far as there are any."""
        counts = {"due": self.due, "overdue": self.overdue, "to correct": self.sent_back}
        return ", ".join(f"{len(own):,} {word}" for word, own in counts.items() if own)

    @property
    def is_done(self) -> bool:
        return not (self.due or self.overdue or self.sent_back)


def only_reports(user) -> bool:
    """Whether somebody is there to report, and for nothing else."""
    roles = set(Membership.objects.filter(user_id=user.pk).values_list("role", flat=True))
    return roles == {Role.REPORTER}


def summarise_own_reports(user, *, today: date) -> OwnReports:
    """What the sites owe whose counts somebody may enter; the queries do not grow with them."""
    through = shift_month(month_of(today), -1)
    own = _gather(user, through, today)
    owed = [(site, month) for site in own for month in _list_owed(site)]
    numbers = Counter(site.site.pk for site, _ in owed)
    sites = [
        OwnSite(each.site, _strip(each, through, today), numbers[each.site.pk]) for each in own
    ]
    # Only the last month that is over may still be in time: no report is due before its month ends
    # or after the next one does.
    late = [month < through or today > site.due(month) for site, month in owed]
    overdue = sorted(compress(owed, late), key=lambda own: own[1], reverse=True)
    due = list(compress(owed, map(not_, late)))
    return OwnReports(
        sites=[each for each in sites if each.owed or each.is_active],
        due=Owed(due, today=today),
        overdue=Owed(overdue, today=today),
        sent_back=_list_sent_back(own),
    )


def _gather(user, through, today) -> list[_Site]:
    """The sites by name, in six queries."""
    writable = Site.objects.writable_by(user).prefetch_related("spells")
    sites = sorted(writable, key=lambda site: (site.name.casefold(), site.code))
    parts = _participations(user, sites)
    stored, to_correct = _read_reports(sites, today)
    gates = sites_at_gate(sites, today, participations=parts, to_correct=to_correct)
    drafts: dict[int, dict[date, datetime]] = {site.pk: {} for site in sites}
    for site, month, at in Draft.objects.filter(user_id=user.pk, site__in=sites).values_list(
        "site", "month", "updated_at"
    ):
        drafts[site][month] = at
    by_site: dict[int, list[Participation]] = {site.pk: [] for site in sites}
    for part in parts:
        by_site[part.site_id].append(part)
    return [
        _Site(
            site=site,
            gate=gates[site.pk],
            parts=by_site[site.pk],
            expected=_expect(by_site[site.pk], through),
            stored=stored[site.pk],
            typed=drafts[site.pk],
        )
        for site in sites
    ]


def _participations(user, sites):
    """All of these sites' parts, since leave given by any program holds; those of one's own
    programs say what is expected."""
    own = Membership.objects.filter(user_id=user.pk, program=OuterRef("program"))
    parts = Participation.objects.filter(site__in=sites).select_related("program", "site")
    parts = parts.annotate(is_own=Exists(own)).order_by("pk")
    by_pk = {site.pk: site for site in sites}
    for part in parts:
        part.site = by_pk[part.site_id]
    return parts


def _expect(parts, through) -> Expected:
    """One site's months, of several programs together."""
    each = [expect_reports([part], through) for part in parts if part.is_own]
    return Expected({part.site_id: _merge(each) for part in parts[:1]})


def _merge(several: Sequence[Expected]) -> tuple[Period, ...]:
    """Periods that do not overlap, and that hold the months of all."""
    merged: list[Period] = []
    periods = [period for own in several for each in own.by_site.values() for period in each]
    for period in sorted(periods, key=lambda own: own.first):
        if merged and period.first <= merged[-1].last:
            last = max(merged[-1].last, period.last)
            merged[-1] = Period(merged[-1].first, last)
        else:
            merged.append(period)
    return tuple(merged)


def _read_reports(sites, today):
    """What is stored of each site-month; and which reports may be corrected."""
    stored: dict[int, dict[date, tuple[str, int]]] = {site.pk: {} for site in sites}
    reports = MonthlyReport.objects.filter(site__in=sites).order_by()
    to_correct = []
    for site, month, status, births, until in reports.values_list(
        "site", "month", "status", "live_births", "reopened_until"
    ):
        stored[site][month] = (standing(status, until, today), births)
        if may_be_corrected(status, until, today):
            to_correct.append((site, month))
    return stored, to_correct


def _list_owed(own: _Site) -> Iterable[date]:
    """The latest first."""
    for period in reversed(own.expected.by_site[own.site.pk]):
        yield from filter(own.is_owed, reversed(list(period)))


def _list_sent_back(own: Sequence[_Site]) -> list[SentBack]:
    """In two queries; the latest move first."""
    sites = {each.site.pk: each.site for each in own}
    stored = {each.site.pk: each.stored for each in own}
    reports = [
        report
        for report in MonthlyReport.objects.filter(site__in=sites, status__in=SENT_BACK)
        if stored[report.site_id][report.month][0] in SENT_BACK
    ]
    moves = MonthlyReport.history.filter(id__in=[report.pk for report in reports])
    latest = {move.id: move for move in moves.select_related("history_user").order_by("pk")}
    for report in reports:
        report.site = sites[report.site_id]
    sent_back = [
        SentBack(report, latest[report.pk].history_user, latest[report.pk].history_date)
        for report in reports
    ]
    return sorted(sent_back, key=lambda each: each.at, reverse=True)


def _strip(own: _Site, through, today) -> list[tuple[date, MonthState]]:
    return [(month, _state(own, month, today)) for month in Period.ending(through, STRIP_MONTHS)]


def _state(own: _Site, month, today) -> MonthState:
    status, births = own.stored.get(month, (None, 0))
    if status == Status.DRAFT or (status is None and month in own.typed):
        return MonthState.DRAFT
    if status in SENT_BACK:
        return MonthState.RETURNED
    if status is not None:
        return MonthState.REPORTED if births else MonthState.ZERO_BIRTHS
    if not any(month in spell for spell in own.site.operation):
        return MonthState.CLOSED
    if not own.is_asked(month):
        return MonthState.NOT_EXPECTED
    return MonthState.DUE if today <= own.due(month) else MonthState.MISSING
