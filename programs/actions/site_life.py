"""What becomes of a site: opened, closed, opened again, split, merged.

Nothing of the past is rewritten: spells of operation and participations end, and others begin
with a month, and a change of the place is recorded, so that figures can say what they compare.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from programs.actions.holding import hold_sites
from programs.actions.recording import save, save_with_sites
from programs.models import (
    Area,
    Intervention,
    Invitation,
    Membership,
    OperationSpell,
    Participation,
    PlaceChange,
    Program,
    Site,
)
from programs.periods import format_month, month_of, shift_month
from programs.permissions import check_may_manage_site

MOST_AHEAD = 12  # months

# The last month with counts of each of these sites that has any, by its key. Asked while they are
# held: until then a report may come in.
LastReported = Callable[[Sequence[Site]], Mapping[int, date]]


@dataclass(frozen=True)
class NewSite:
    """A site that begins with a split or a merger."""

    name: str
    code: str
    kind: str
    area: Area


@transaction.atomic
def open_site(*, site, month, by, today) -> OperationSpell:
    """Begin a spell of operation: the first, or another after a closure."""
    held = _hold([site], by)[0]
    check_month(month, today)
    spells = list(held.spells.all())
    if any(spell.last_month is None for spell in spells):
        raise ValidationError(f"{held.name} is open. Close it before it opens again.")
    closed = spells[-1].last_month if spells else None
    if closed and month <= closed:
        raise ValidationError(
            f"{held.name} was open until {format_month(closed)}. Give a later month."
        )
    spell = OperationSpell(site=held, first_month=month)
    return save(spell, by=by, why="reopen" if spells else "open")


@transaction.atomic
def close_site(*, site, last_month, last_reported: LastReported, by, today) -> OperationSpell:
    """End the spell in which a site is open. It goes on taking part: it may open again."""
    held = _hold([site], by)[0]
    check_month(last_month, today)
    return _end_spell(held, last_month, last_reported([held]), by=by, why="close")


@transaction.atomic
def split_site(
    *,
    site,
    month,
    parts: Sequence[NewSite],
    goes_on,
    note,
    last_reported: LastReported,
    by,
    today,
) -> PlaceChange:
    """From a month on, several sites in place of one; or one that goes on, smaller, and others.

    Whoever is limited to the site is given the new ones as well, and so are the interventions
    that act there: otherwise nobody could report them.
    """
    held = _hold([site], by)[0]
    check_month(month, today)
    note = _check_note(note)
    if len(parts) < (1 if goes_on else 2):
        raise ValidationError("Name two new sites at least, or let the old one go on beside one.")
    _check_is_open(held, shift_month(month, -1))
    if not goes_on:
        _end(held, month, last_reported([held]), by=by, why="split")
    new = [_create(part, month, by=by, why="split") for part in parts]
    for own in _going_on(held, month):
        for part in new:
            _take_part(own.program, part, month, like=[own], by=by, why="split")
        if not goes_on:
            _leave(own, month, by=by, why="split")
    _hand_on([held], new, month, by=by, why="split")
    followers = [held, *new] if goes_on else new
    return _record(PlaceChange.Kind.SPLIT, held, month, followers, note, by)


@transaction.atomic
def merge_sites(
    *,
    sites: Sequence[Site],
    month,
    into: Site | NewSite,
    note,
    last_reported: LastReported,
    by,
    today,
) -> list[PlaceChange]:
    """From a month on, one site in place of several: one of them, or a new one."""
    held = _hold(sites, by)
    check_month(month, today)
    note = _check_note(note)
    ending = [own for own in held if own != into]
    if len(held) < 2:
        raise ValidationError("Name two sites at least that become one.")
    for own in held:
        _check_is_open(own, shift_month(month, -1))
    going_on = {own: _going_on(own, month) for own in held}
    reported = last_reported(ending)
    for own in ending:
        _end(own, month, reported, by=by, why="merge")
    heir = into if isinstance(into, Site) else _create(into, month, by=by, why="merge")
    _take_over(going_on, ending, heir, month, by)
    _hand_on(ending, [heir], month, by=by, why="merge")
    return [_record(PlaceChange.Kind.MERGED, own, month, [heir], note, by) for own in ending]


# --- What may be -------------------------------------------------------------------------------


def _hold(sites, by) -> list[Site]:
    """The sites as they are stored now, which nobody else changes meanwhile."""
    found = hold_sites(site.pk for site in sites)
    programs = Program.objects.filter(participations__site__in=found).values("pk")
    list(Program.objects.select_for_update(no_key=True).filter(pk__in=programs).order_by("pk"))
    prefetch_related_objects(found, "spells")
    for site in found:
        check_may_manage_site(by, site)
    return found


def check_month(month, today):
    furthest = shift_month(month_of(today), MOST_AHEAD)
    if month > furthest:
        raise ValidationError(
            f"{format_month(month)} is more than a year ahead. Give a month up to "
            f"{format_month(furthest)}."
        )


def _check_note(note) -> str:
    if not note.strip():
        raise ValidationError("Say what changed, in words for those who read the figures.")
    return note.strip()


def _check_is_open(site, month):
    spell = next((own for own in site.spells.all() if own.last_month is None), None)
    if spell is None or spell.first_month > month:
        raise ValidationError(
            f"{site.name} is not open in {format_month(month)}, the month before. Give another "
            "month, or say first when it is open."
        )


# --- Ending and beginning ----------------------------------------------------------------------


def _end(site, month, reported, *, by, why):
    return _end_spell(site, shift_month(month, -1), reported, by=by, why=why)


def _end_spell(site, last_month, reported: Mapping[int, date], *, by, why) -> OperationSpell:
    spell = next((own for own in site.spells.all() if own.last_month is None), None)
    if spell is None:
        raise ValidationError(f"{site.name} is not open.")
    if last_month < spell.first_month:
        raise ValidationError(
            f"{site.name} is open since {format_month(spell.first_month)}. Its last month cannot "
            f"be {format_month(last_month)}."
        )
    last_reported = reported.get(site.pk)
    if last_reported and last_reported > last_month:
        raise ValidationError(
            f"{site.name} has reported {format_month(last_reported)}, so it was open then. Its "
            f"last month cannot be {format_month(last_month)}."
        )
    spell.last_month = last_month
    return save(spell, by=by, why=why)


def _create(part: NewSite, month, *, by, why) -> Site:
    site = Site(name=part.name, code=part.code, kind=part.kind, area=part.area)
    site.full_clean()
    save(site, by=by, why=why)
    save(OperationSpell(site=site, first_month=month), by=by, why=why)
    return site


def _going_on(site, month) -> list[Participation]:
    """Where a site takes part in a month or later."""
    parts = site.participations.select_related("program").order_by("pk")
    return [own for own in parts if own.last_month is None or own.last_month >= month]


def _take_part(program, site, month, *, like: Sequence[Participation], by, why):
    """Let a site take part from a month on, as those do that it follows."""
    lasts = [own.last_month for own in like if own.last_month]
    is_own = any(own.role == Participation.Role.PROGRAM for own in like)
    part = Participation(
        program=program,
        site=site,
        role=Participation.Role.PROGRAM if is_own else Participation.Role.COMPARISON,
        first_month=max(month, min(own.first_month for own in like)),
        last_month=max(lasts) if len(lasts) == len(like) else None,
        chosen_because_high=any(own.chosen_because_high for own in like),
    )
    save(part, by=by, why=why)


def _leave(part: Participation, month, *, by, why):
    last = shift_month(month, -1)
    if part.first_month > last:
        raise ValidationError(
            f"{part.site.name} takes part in {part.program} only from "
            f"{format_month(part.first_month)}. Give a later month, or change that first."
        )
    part.last_month = last
    save(part, by=by, why=why)


def _take_over(going_on, ending, heir, month, by):
    """Let the heir take part wherever one of the others did."""
    followed: dict[Program, list[Participation]] = {}
    for parts in going_on.values():
        for own in parts:
            followed.setdefault(own.program, []).append(own)
    for program, parts in followed.items():
        known = heir.participations.filter(program=program).first()
        if known is None:
            _take_part(program, heir, month, like=parts, by=by, why="merge")
        elif known.last_month is not None and known.last_month < month:
            raise ValidationError(
                f"{heir.name} left {program} in {format_month(known.last_month)}, and the others "
                "take part in it. Change that participation first."
            )
    for site in ending:
        for own in going_on[site]:
            _leave(own, month, by=by, why="merge")


def _hand_on(old, new, month, *, by, why):
    """Give whoever is limited to the old sites the new ones too, and the interventions there."""
    here = {"sites__in": old}
    going_on = Q(last_month=None) | Q(last_month__gte=month)
    for row in chain(
        Membership.objects.filter(all_sites=False, **here).distinct(),
        Invitation.objects.pending().filter(all_sites=False, **here).distinct(),
        Intervention.objects.filter(going_on, **here).distinct(),
    ):
        save_with_sites(row, {*row.sites.all(), *new}, by=by, why=why)


def _record(kind, site, month, successors, note, by) -> PlaceChange:
    change = PlaceChange(kind=kind, site=site, month=month, note=note)
    return save_with_sites(change, successors, by=by, why=str(kind), named="successors")
