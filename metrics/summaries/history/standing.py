"""Which version of a row stood at a moment."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from programs.models import Program


def begin_of(day: date) -> datetime:
    """The moment at which a day begins, where this server is set up to be."""
    return timezone.make_aware(datetime.combine(day, time()))


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return begin_of(day + timedelta(days=1))


def stood_before(model, moment: datetime) -> QuerySet:
    """The versions that stood just before a moment: of every row that was there, its last one.
    Of two stored at the same instant, the one stored later."""
    known = model.history.filter(history_date__lt=moment)
    at_once = Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
    later = known.filter(Q(history_date__gt=OuterRef("history_date")) | at_once, id=OuterRef("id"))
    return known.filter(~Exists(later)).exclude(history_type="-")


def first_known(program: Program) -> date | None:
    """The day on which a program was first written down; None where no version was kept."""
    first = program.history.aggregate(first=Min("history_date"))["first"]
    return timezone.localdate(first) if first else None
