"""What a version changed, in words: against the one before, with who, when and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter

from django.urls import reverse

from accounts.models import User
from metrics.models import (
    Category,
    Dimension,
    FindingReview,
    LockException,
    MonthlyReport,
)
from metrics.summaries.history.sources import KIND_OF, Kind
from metrics.summaries.history.wording import DELETED, FieldChange, compare_rows, rows_along
from metrics.summaries.quality.wording import LABELS
from metrics.summaries.trail import CountChange, list_whole_versions
from programs.models import (
    Intervention,
    OperationSpell,
    Participation,
    PlaceChange,
    Program,
    Site,
    Target,
)
from programs.periods import format_month

ON_A_PAGE, IN_ADMIN = "on a page", "admin site"
DONE = {"+": "Added", "~": "Changed", DELETED: "Removed"}
DONE_OTHERWISE = {(FindingReview, DELETED): "Opened again"}  # what was said was taken back
RELATED = {
    Participation: ["site"],
    OperationSpell: ["site"],
    PlaceChange: ["site", "area"],
    Site: ["area"],
    FindingReview: ["site"],
    LockException: ["site"],
    Category: ["dimension"],
}
# What the title says, and what means nothing to people.
NOT_TOLD = {
    FindingReview: {"site", "month", "kind", "fingerprint", "reviewed_by", "reviewed_at"},
}
ONLY_ON_PAGES = (LockException, FindingReview)


@dataclass(frozen=True)
class ProgramChange:
    """One change: what was done to what.

    by : None where no person did it, or nobody knows who
    address : the page that it leads to, if there is one
    said : the reason or message that was given with it; comment : the reporter's
    door : in words; empty where it is not known
    """

    at: datetime
    by: User | None
    kind: Kind
    title: str
    done: str
    address: str = ""
    said: str = ""
    comment: str = ""
    door: str = ""
    changes: Sequence[CountChange | FieldChange] = field(default=())


@dataclass(frozen=True)
class Key:
    """A stored version: when it was stored, the name of its model and its number there."""

    at: datetime
    model: str
    pk: int


Told = dict[tuple[str, int], ProgramChange]


def read_versions(keys: Sequence[Key]) -> Told:
    """Tell what each of these versions changed."""
    told: Told = {}
    for model in KIND_OF:
        name = str(model._meta.model_name)
        wanted = [own.pk for own in keys if own.model == name]
        if not wanted:
            continue
        read = _read_reports if model is MonthlyReport else _read_rows
        told |= {(name, pk): change for pk, change in read(model, wanted)}
    return told


def _read_reports(model, wanted) -> Iterator[tuple[int, ProgramChange]]:
    rows = model.history.filter(history_id__in=wanted).select_related("site")
    places = {row.id: row for row in rows}
    for report, versions in list_whole_versions(list(places)).items():
        row = places[report]
        for own in versions:
            yield (
                own.pk,
                ProgramChange(
                    at=own.at,
                    by=own.by,
                    kind=Kind.REPORTS,
                    title=f"{_name(row)}, {format_month(row.month)}",
                    done=own.done,
                    address=reverse("report_trail", args=[row.site.code, row.month]),
                    said=own.said,
                    comment=own.comment,
                    door=own.came_through.label.lower() if own.came_through else "",
                    changes=own.counts or own.changes,
                ),
            )


def _read_rows(model, wanted) -> Iterator[tuple[int, ProgramChange]]:
    """Each row's versions, told against the one before."""
    rows = model.history.filter(id__in=model.history.filter(history_id__in=wanted).values("id"))
    fetched = (
        rows.select_related("history_user", *RELATED.get(model, ()))
        .prefetch_related(*rows_along(model.history.model))
        .order_by("id", "history_date", "history_id")
    )
    for _, versions in groupby(fetched, key=attrgetter("id")):
        for before, row in pairwise([None, *versions]):
            if row is not None:
                yield row.history_id, _tell(model, before, row)


def _tell(model, before, row) -> ProgramChange:
    title, address = _TITLES[model](row)
    return ProgramChange(
        at=row.history_date,
        by=row.history_user,
        kind=KIND_OF[model],
        title=title,
        done=DONE_OTHERWISE.get((model, row.history_type), DONE[row.history_type]),
        address=address,
        said=row.history_change_reason or "",
        door=_door(model, row),
        changes=compare_rows(before, row, NOT_TOLD.get(model, ())),
    )


def _door(model, row) -> str:
    """Every act of a page says what it was; what the admin site stores says nothing."""
    if row.history_user_id is None:
        return ""
    return ON_A_PAGE if row.history_change_reason or model in ONLY_ON_PAGES else IN_ADMIN


def _name(row) -> str:
    return row.site.name if row.site else "A site that was deleted"


def _of_site(row) -> tuple[str, str]:
    return _name(row), reverse("site", args=[row.site.code]) if row.site else ""


def _of_place(row) -> tuple[str, str]:
    return (str(row.area), "") if row.area_id else _of_site(row)


def _of_month(row) -> tuple[str, str]:
    title, address = _of_site(row)
    return f"{title}, {format_month(row.month)}", address


def _of_finding(row) -> tuple[str, str]:
    title, address = _of_month(row) if row.month else _of_site(row)
    return f"{LABELS[row.kind]}: {title}", address


_TITLES = {
    FindingReview: _of_finding,
    Target: lambda row: (f"{row.get_measure_display()}, version {row.version}", ""),
    Participation: _of_site,
    OperationSpell: _of_site,
    PlaceChange: _of_place,
    Site: lambda row: (row.name, reverse("site", args=[row.code])),
    Program: lambda row: (row.name, ""),
    LockException: _of_month,
    Intervention: lambda row: (row.name, ""),
    Dimension: lambda row: (row.name, ""),
    Category: lambda row: (f"{row.dimension}: {row.name}" if row.dimension else row.name, ""),
}
assert set(_TITLES) | {MonthlyReport} == set(KIND_OF)  # noqa: S101 - a new source needs its title
