"""Reminding reporters of what is overdue: one word to each, about all of their sites."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from metrics.models import Notice
from metrics.notices import tell
from programs.models import Program, Role, Site
from programs.periods import format_month, parse_month
from programs.permissions import check_covers, check_reviews

MOST_MONTHS = 6  # of one site that are named
MONTH = r"\d{4}-\d{2}"


@dataclass(frozen=True)
class Reminded:
    """told : who was; before : who had been of all of it today; alone : sites that nobody covers"""

    told: Sequence[User]
    before: Sequence[User]
    alone: Sequence[Site]


@transaction.atomic
def remind_reporters(
    *, program: Program, overdue: Mapping[Site, Sequence[date]], by: User
) -> Reminded:
    """Tell the reporters of these sites which of their months are overdue, in the app and by
    e-mail. Nobody is told twice on one day of the same month of a site.

    PermissionDenied unless the sites are covered by the one who reminds, as their manager
    """
    membership = program.memberships.select_related("program").get(user=by)
    check_reviews(membership)
    check_covers(membership, overdue)
    # Held, so that two managers who remind at the same moment do not both do so.
    held = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    members = held.memberships.filter(role=Role.REPORTER, user__is_active=True)
    own = {
        member.user: [site for site in overdue if _covers(member, site)]
        for member in members.select_related("user").prefetch_related("sites").order_by("pk")
    }
    own = {user: sites for user, sites in own.items() if sites}
    said = _said_today(held)
    told, before = [], []
    for user, sites in own.items():
        news = {site: _not_said(site, overdue[site], said.get(user.pk, "")) for site in sites}
        named = [_name(site, months) for site, months in news.items() if months]
        if not named:
            before.append(user)
            continue
        told.append(user)
        tell(
            [user],
            kind=Notice.Kind.REMINDER,
            text=f"Overdue in {held}: {'; '.join(named)}.",
            address=reverse("own_reports"),
            program=held,
        )
    reached = {site for sites in own.values() for site in sites}
    return Reminded(
        told=told, before=before, alone=[site for site in overdue if site not in reached]
    )


def _covers(membership, site) -> bool:
    return membership.all_sites or site in membership.sites.all()


def _said_today(program) -> Mapping[int, str]:
    """User -> everything that they were reminded of today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    sent = Notice.objects.filter(
        program=program, kind=Notice.Kind.REMINDER, created_at__gte=midnight
    )
    said: dict[int, str] = {}
    for user, text in sent.values_list("user", "text"):
        said[user] = f"{said.get(user, '')}\n{text}"
    return said


def _not_said(site, months: Sequence[date], said: str) -> list[date]:
    """Those months of a site that a person was not told of, by the words of `_name`."""
    known, before = set(), None
    pattern = rf"\({re.escape(site.code)}\) ({MONTH}(?:, {MONTH})*)( and \d+ earlier)?"
    for found in re.finditer(pattern, said):
        named = [parse_month(text) for text in found[1].split(", ")]
        known.update(named)
        if found[2]:
            before = min(named)
    return [own for own in months if own not in known and (before is None or own >= before)]


def _name(site, months: Sequence[date]) -> str:
    """“North Clinic (NC-1) 2025-06, 2025-05”, the latest first."""
    named = ", ".join(format_month(month) for month in months[:MOST_MONTHS])
    rest = len(months) - MOST_MONTHS
    return f"{site} {named}{f' and {rest} earlier' if rest > 0 else ''}"
