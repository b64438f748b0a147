"""Who changed what of a program, when and through which door: latest first, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, reduce
from heapq import merge
from operator import attrgetter, or_

from django.db.models import CharField, Q, Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from metrics.summaries.history.sources import Asked, Kind, list_sources, narrow
from metrics.summaries.history.telling import Key, ProgramChange, read_versions
from metrics.summaries.history.wording import FieldChange
from programs import people
from programs.models import Membership
from programs.permissions import can_manage


@dataclass(frozen=True)
class ProgramChanges:
    """The changes of a program that a member may see, and asked for. A page of them is read when
    it is sliced out; how many there are costs a query of its own."""

    membership: Membership
    asked: Asked = field(default_factory=Asked)

    def count(self) -> int:
        return (self._keys.count() if self._keys is not None else 0) + len(self._people)

    __len__ = count

    def __getitem__(self, places: slice) -> list[ProgramChange]:
        """The changes at these places, read kind by kind in as many queries as there are kinds."""
        keys = self._keys[: places.stop] if self._keys is not None else ()
        stored = (Key(at, model, pk) for at, model, pk in keys)
        both: Iterable[Key | ProgramChange] = merge(
            stored, self._people, key=attrgetter("at"), reverse=True
        )
        shown = list(both)[places]
        read = read_versions([own for own in shown if isinstance(own, Key)])
        told = [read.get((own.model, own.pk)) if isinstance(own, Key) else own for own in shown]
        return [own for own in told if own]

    @cached_property
    def _keys(self):
        """When, which model and which version, of everything but people; None where nothing."""
        sources = [
            narrow(versions, model, self.asked)
            .order_by()
            .annotate(of=Value(model._meta.model_name, CharField()))
            .values_list("history_date", "of", "history_id")
            for model, versions in list_sources(self.membership).items()
            if self.asked.covers(model)
        ]
        if not sources:
            return None
        first, *others = sources
        keys = first.union(*others, all=True) if others else first
        return keys.order_by("-history_date", "of", "-history_id")

    @cached_property
    def _people(self) -> list[ProgramChange]:
        """Who joined and whose part changed: for managers of all sites; others see their own."""
        asked, membership = self.asked, self.membership
        if asked.kind not in (None, Kind.PEOPLE) or asked.site or asked.month:
            return []
        may_see = can_manage(membership.user, membership.program)
        changes = (
            people.list_changes(membership.program)
            if may_see
            else people.list_changes_of(membership)
        )
        address = reverse("people", args=[membership.program.slug]) if may_see else ""
        return [_of_person(own, address) for own in changes if _is_asked(own, asked)]


def list_people(membership: Membership) -> list[User]:
    """Everybody who changed something that this member may see, in one query."""
    did = [Q(pk__in=own.values("history_user")) for own in list_sources(membership).values()]
    return sorted(User.objects.filter(reduce(or_, did)), key=str)


def _is_asked(change: people.Change, asked: Asked) -> bool:
    day = timezone.localdate(change.when)
    return (
        (asked.person is None or (change.by is not None and change.by.pk == asked.person))
        and (asked.since is None or day >= asked.since)
        and (asked.until is None or day <= asked.until)
    )


def _of_person(change: people.Change, address: str) -> ProgramChange:
    before, after = (str(own or "") for own in (change.before, change.after))
    return ProgramChange(
        at=change.when,
        by=change.by,
        kind=Kind.PEOPLE,
        title=change.whom,
        done=str(change.kind).capitalize(),
        address=address,
        changes=[FieldChange("Part", before, after)] if before != after else (),
    )
