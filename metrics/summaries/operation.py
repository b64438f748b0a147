"""When a site was open and took part, and what of that makes its figures hard to compare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from programs.models import Participation, Program, Site
from programs.periods import Period, shift_month

FOREVER = date.max.replace(day=1)


@dataclass(frozen=True)
class Stretch:
    """Months in a row in which a site was open, or closed. `last` is None where it goes on."""

    first: date
    last: date | None
    is_open: bool


class Kind(StrEnum):
    """What changed about a site between the months that one would compare."""

    OPENED = "opened"
    CLOSED = "closed"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"


@dataclass(frozen=True)
class Change:
    """Something that sets some of a site's months apart from the others.

    month : the first month that is different; closed : every closure, where it was closed
    program : the one joined or left; since : when that program's counts begin
    """

    kind: Kind
    month: date
    closed: tuple[Period, ...] = ()
    program: Program | None = None
    since: date | None = None

    @property
    def full(self) -> date:
        """The last of the first 12 months that begin with it."""
        return shift_month(self.month, 11)


def list_stretches(site: Site, through: date) -> list[Stretch]:
    """Each spell of operation, and between them the months in which the site was closed.

    through : the last month that is over; a closure goes on where the site has not reopened
    """
    stretches: list[Stretch] = []
    for spell in site.operation:
        if stretches and stretches[-1].last:
            stretches.append(Stretch(_after(stretches[-1]), shift_month(spell.first, -1), False))
        stretches.append(Stretch(spell.first, _known(spell.last), True))
    if stretches and stretches[-1].last and stretches[-1].last < through:
        stretches.append(Stretch(_after(stretches[-1]), None, False))
    return [own for own in stretches if own.last is None or own.first <= own.last]


def find_changes(
    site: Site,
    participations: Sequence[Participation],
    program_spans: Mapping[int, Period],
    span: Period,
) -> list[Change]:
    """What opened, closed, joined or left within a span of months, in the order of time.

    program_spans : program -> the months in which any of its sites takes part
    """
    found = [*_changes_of_operation(site, span)]
    for own in participations:
        if own.program_id in program_spans:
            found.extend(_changes_of_participation(own, program_spans[own.program_id], span))
    return sorted(found, key=lambda change: (change.month, change.kind))


def _changes_of_operation(site, span) -> Iterator[Change]:
    stretches = list_stretches(site, span.last)
    if stretches and span.first < stretches[0].first <= span.last:
        yield Change(Kind.OPENED, stretches[0].first)
    over = [Period(own.first, own.last) for own in stretches if own.last and not own.is_open]
    closed = tuple(own for own in over if own.intersection(span))
    if closed:
        yield Change(Kind.CLOSED, closed[0].first, closed)
    if stretches and not stretches[-1].is_open and stretches[-1].first <= span.last:
        yield Change(Kind.ENDED, stretches[-1].first)


def _changes_of_participation(own, whole, span) -> Iterator[Change]:
    if whole.first < own.first_month <= span.last:
        yield Change(Kind.JOINED, own.first_month, program=own.program, since=whole.first)
    if own.last_month and own.last_month < min(whole.last, span.last):
        yield Change(Kind.LEFT, shift_month(own.last_month, 1), program=own.program)


def _after(stretch):
    return shift_month(stretch.last, 1)


def _known(last):
    return None if last == FOREVER else last
