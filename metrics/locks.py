"""Which months may no longer be reported, and which have been opened for one site."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from metrics.gate import SiteAtGate
from metrics.models import LockException, MonthlyReport, Notice
from metrics.notices import tell
from programs.models import Participation, Role, Site
from programs.periods import Period, format_month
from programs.permissions import check_may_review
from programs.terms import parts_deciding

MOST_DAYS_TO_REPORT = 366  # a month opened for longer is not locked

Locks = tuple[tuple[Period, date | None], ...]


def sites_at_gate(
    sites: Collection[Site],
    today: date,
    *,
    participations: Iterable[Participation] | None = None,
    to_correct: Iterable[tuple[int, date]] | None = None,
) -> dict[int, SiteAtGate]:
    """What the gate must know of these sites, in three queries besides their spells.

    participations : all of these sites', in any program, where they have been read already
    to_correct : (site, month) of the reports that may be corrected, likewise
    """
    keys = [site.pk for site in sites]
    if participations is None:
        participations = Participation.objects.filter(site__in=keys).select_related("program")
    if to_correct is None:
        reports = MonthlyReport.objects.filter(site__in=keys).to_correct(today)
        to_correct = reports.values_list("site", "month")
    locks = _list_locks(keys, participations, today)
    opened = _opened_months(keys, to_correct, today)
    return {
        site.pk: SiteAtGate(
            site.name, tuple(site.operation), locks[site.pk], frozenset(opened[site.pk])
        )
        for site in sites
    }


def site_at_gate(site: Site, today: date) -> SiteAtGate:
    return sites_at_gate([site], today)[site.pk]


def _list_locks(keys, participations, today) -> Mapping[int, Locks]:
    locks: dict[int, Locks] = dict.fromkeys(keys, ())
    for own in participations:
        locks[own.site_id] += ((own.period, own.program.locked_through(today)),)
    return locks


def _opened_months(keys, to_correct, today) -> Mapping[int, set[date]]:
    opened: dict[int, set[date]] = {key: set() for key in keys}
    exceptions = LockException.objects.holding_on(today).filter(site__in=keys)
    for site, month in [*exceptions.values_list("site", "month"), *to_correct]:
        opened[site].add(month)
    return opened


@transaction.atomic
def open_locked_month(*, site, month, reason, expires_on, by, today) -> LockException:
    """Let one locked month of one site be reported until a day, included, and tell its
    reporters."""
    check_may_review(by, site, month)
    if not reason.strip():
        raise ValidationError("Say why this month may be reported after all.")
    _check_last_day(expires_on, today)
    last = site_at_gate(site, today).locked_through(month)
    if last is None or month > last:
        raise ValidationError(
            f"{format_month(month)} is not locked for {site.name}. Report it as it is, or give "
            "another month."
        )
    exception = LockException(
        site=site, month=month, reason=reason.strip(), granted_by=by, expires_on=expires_on
    )
    exception._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    exception.save()
    _tell_reporters(exception)
    return exception


def _check_last_day(expires_on, today):
    if expires_on < today:
        raise ValidationError(f"{expires_on} is over. Give a last day that is still to come.")
    if expires_on > today + timedelta(days=MOST_DAYS_TO_REPORT):
        raise ValidationError(
            f"{expires_on} is more than a year ahead. Give a last day within a year: until then "
            "the counts of this month may change."
        )


def _tell_reporters(own: LockException) -> None:
    """Tell whoever reports this site to a program of that month."""
    programs = parts_deciding(own.site, own.month).values("program")
    reporting = Q(memberships__all_sites=True) | Q(memberships__sites=own.site)
    people = User.objects.filter(
        reporting, memberships__program__in=programs, memberships__role=Role.REPORTER
    )
    tell(
        people,
        kind=Notice.Kind.EXCEPTION,
        text=f"{own.site}, {format_month(own.month)} was opened by {own.granted_by} until "
        f"{own.expires_on}: {own.reason}",
        address=reverse("monthly_report", args=[own.site.code, own.month]),
    )
