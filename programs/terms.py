"""The terms of a site-month: what is asked of it, and by whom.

A site may belong to several programs, one after the other or at once. A month is judged by those
in which the site takes part in that very month, and by no other.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from programs.models import Participation, Site
from programs.periods import shift_month

LAST_MONTH = date.max.replace(day=1)  # no month follows it in which a report could be due


def parts_in(parts: Iterable[Participation], month: date) -> list[Participation]:
    """Those of a site's parts whose period holds a month."""
    return [part for part in parts if month in part.period]


def due_on(parts: Iterable[Participation], month: date) -> date | None:
    """The day by which a month is to be reported, the earliest of its programs' days. None where
    the site takes part in none of them then."""
    days = [part.program.report_due_day for part in parts_in(parts, month)]
    if not days or month == LAST_MONTH:
        return None
    return shift_month(month, 1).replace(day=min(days))


def parts_deciding(site, month):
    """The parts of a site whose programs decide about the report of a month: those that hold it.
    Where none does, since the report strayed, all of the site's."""
    nested = OuterRef(month) if isinstance(month, OuterRef) else month
    holding = Participation.objects.filter(_holds(nested), site=OuterRef("site"))
    return Participation.objects.filter(_holds(month) | ~Exists(holding), site=site)


def allows_own(site, month: date) -> bool:
    """Whether who entered a report may approve it."""
    return not Site.objects.filter(forbids_own(site.pk, month), pk=site.pk).exists()


def forbids_own(site, month, *, requiring=None) -> Q:
    """Whether who entered a report may not approve it, as a condition in a query; its site and
    month may be references.

    The programs that ask for approval decide, and one that forbids it is enough, since what is
    approved counts in all of them. Where none asks for approval, all of them decide.
    requiring : a program that is about to ask for approval
    """
    is_asking = Q(program__approval_required=True)
    if requiring is not None:
        is_asking |= Q(program=requiring)
    parts = parts_deciding(site, month)
    asking, strict = parts.filter(is_asking), Q(program__self_approval_allowed=False)
    return Q(Exists(asking.filter(strict))) | Q(~Exists(asking), Exists(parts.filter(strict)))


def _holds(month) -> Q:
    return Q(first_month__lte=month) & (Q(last_month=None) | Q(last_month__gte=month))
