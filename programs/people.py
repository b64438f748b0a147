"""Who belongs to a program, who is invited, and what changed about that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from operator import attrgetter

from accounts.models import User
from programs.models import Invitation, Membership, Program
from programs.roles import Part

# The library, and the admin, record one change as a version for the row and one for its sites.
ONE_CHANGE = timedelta(seconds=2)


@dataclass(frozen=True)
class Member:
    """One line of the list."""

    membership: Membership
    part: Part

    @property
    def person(self) -> User:
        return self.membership.user


@dataclass(frozen=True)
class Invited:
    """Somebody who has not come yet."""

    invitation: Invitation
    part: Part


class Kind(StrEnum):
    JOINED = "joined"
    CHANGED = "changed"
    REMOVED = "removed"
    INVITED = "invited"
    RESENT = "invited again"
    WITHDRAWN = "no longer invited"


@dataclass(frozen=True)
class Change:
    """What happened to somebody's part. before, after : None where there was, or is, none

    by : None where it is not known, or where the account was deleted
    """

    kind: Kind
    when: datetime
    whom: str
    by: User | None
    before: Part | None = None
    after: Part | None = None


def list_members(program: Program) -> list[Member]:
    """By family name, however the database sorts. Three queries."""
    memberships = program.memberships.select_related("user").prefetch_related("sites")
    members = [Member(own, Part.of(own)) for own in memberships]
    return sorted(members, key=lambda own: _by_name(own.person))


def list_invited(program: Program) -> list[Invited]:
    """Those whom nobody has answered yet, expired ones included, latest first."""
    pending = program.invitations.pending().select_related("invited_by").prefetch_related("sites")
    return [Invited(own, Part.of(own)) for own in pending]


def list_changes(program: Program) -> list[Change]:
    """Everything that happened, latest first."""
    records = _records(Membership, program)
    changes = [*_changes_of_members(records), *_changes_of_invitations(program)]
    return sorted(changes, key=attrgetter("when"), reverse=True)


def list_changes_of(membership: Membership) -> list[Change]:
    """What happened to one member's part, latest first."""
    records = _records(Membership, membership.program).filter(id=membership.pk)
    return [*_changes_of_members(records)][::-1]


def _by_name(person):
    names = (person.last_name or person.username, person.first_name, person.username)
    return tuple(name.casefold() for name in names)


def _changes_of_members(records) -> Iterable[Change]:
    for _, own in groupby(records, key=attrgetter("id")):
        yield from _changes_of_member(_join_versions(list(own)))


def _changes_of_member(records) -> Iterable[Change]:
    for before, record in pairwise([None, *records]):
        is_gone = record.history_type == "-"
        change = Change(
            kind=Kind.REMOVED if is_gone else Kind.CHANGED if before else Kind.JOINED,
            when=record.history_date,
            whom=str(record.user or "somebody whose account was deleted"),
            by=record.history_user,
            before=before and _part_of(before),
            after=None if is_gone else _part_of(record),
        )
        if change.before != change.after:
            yield change


def _join_versions(records):
    """Leave out each version that the same person replaced at once."""
    return [
        record
        for record, later in pairwise([*records, None])
        if later is None or not _is_one_change(record, later)
    ]


def _is_one_change(record, later):
    is_same_person = record.history_user_id == later.history_user_id
    is_at_once = later.history_date - record.history_date < ONE_CHANGE
    is_one_by_one = bool(later.history_change_reason) or later.history_type == "-"
    return is_same_person and is_at_once and not is_one_by_one


KINDS = {"invite": Kind.INVITED, "resend": Kind.RESENT, "withdraw": Kind.WITHDRAWN}


def _changes_of_invitations(program) -> Iterable[Change]:
    for record in _records(Invitation, program):
        if kind := KINDS.get(record.history_change_reason):
            when, by = record.history_date, record.history_user
            yield Change(kind, when, record.email, by, after=_part_of(record))


def _records(model, program):
    """The versions of a program's rows, those of each row together."""
    person = ["user"] if model is Membership else []
    return (
        model.history.filter(program=program)
        .select_related("history_user", *person)
        .prefetch_related(f"{_sites_of(model.history.model)}__site")
        .order_by("id", "history_date", "history_id")
    )


def _part_of(record) -> Part:
    """The part that a version describes. A site that was deleted has no name any more."""
    named = getattr(record, _sites_of(type(record))).all()
    sites = [own.site for own in named if own.site]
    return Part.named(record.role, record.all_sites, sites)


def _sites_of(history) -> str:
    """By which name the library lets one fetch the sites of versions along with them."""
    return f"{history._meta.model_name}_sites_set"
