"""A site that lies in another area from a month on."""

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.actions.recording import save
from programs.actions.site_life import check_month
from programs.models import Area, PlaceChange, Site
from programs.periods import format_month


def check_move(*, site: Site, month, today):
    """A move is told with its month, and after the one before it."""
    check_month(month, today)
    moves = site.place_changes.filter(kind=PlaceChange.Kind.MOVED)
    last = moves.order_by("-month").values_list("month", flat=True).first()
    if last and month <= last:
        raise ValidationError(
            f"{site.name} moved in {format_month(last)} already. Give a later month."
        )


@transaction.atomic
def record_move(*, site: Site, before: Area, month, note, by, today) -> PlaceChange:
    """Record that a site lies in its area since a month, and in another one before.

    Sums of areas are of the sites that lie in them now, in all their months: so figures say it.
    """
    check_move(site=site, month=month, today=today)
    change = PlaceChange(
        kind=PlaceChange.Kind.MOVED,
        site=site,
        from_area=before,
        to_area=site.area,
        month=month,
        note=note.strip(),
    )
    return save(change, by=by, why="moved")
