"""Everything that ever happened to a report: every version, and what each of them changed."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from django.db import models

from accounts.models import User
from metrics.approvals import Move
from metrics.gate import BROKEN_DOWN
from metrics.models import COUNT_FIELDS, BreakdownCount, Door, MonthlyReport, Status
from metrics.models.reports import standing

DELETED = "-"  # as the history calls it
UNDONE = "Undone"
COUNT_LABELS = {
    name: str(cast(models.Field, MonthlyReport._meta.get_field(name)).verbose_name).capitalize()
    for name in COUNT_FIELDS
}
_DONE = {
    Move.SUBMIT: "Submitted",
    Move.APPROVE: "Approved",
    Move.RETURN: "Returned",
    Move.REOPEN: "Reopened",
}
_UNDONE = re.compile(r"import \d+ undone")


@dataclass(frozen=True)
class CountChange:
    """One count, as it was and as it is. None: it was not counted.

    part : the category of a breakdown that it is the count of; empty for the whole
    """

    name: str
    old: int | None
    new: int | None
    part: str = ""

    @property
    def label(self) -> str:
        return f"{COUNT_LABELS[self.name]}, {self.part}" if self.part else COUNT_LABELS[self.name]


@dataclass(frozen=True)
class Version:
    """A report as it was stored at one moment, and what was done then.

    pk : of its row in the history; number : its version
    by : None where no person did it, or nobody knows who
    done : the move, in a word; said : the message, the reason or the file's name
    door : through which counts came in; None for a move that brought none
    comment : the reporter's, where it came with this version
    counts : of the first version, those that were counted; changes : of the later ones, against
    the version before
    """

    pk: int
    number: int
    at: datetime
    by: User | None
    status: Status
    done: str
    said: str
    door: Door | None
    comment: str
    counts: Sequence[CountChange]
    changes: Sequence[CountChange]

    @property
    def came_through(self) -> Door | None:
        """The door by which it came; what an undone file gives back came through none."""
        return None if self.done == UNDONE else self.door


@dataclass(frozen=True)
class Trail:
    """A report and all that happened to it, the latest first.

    counts : as they are stored now, those that were not counted included
    parts : what is broken down of them
    counts_again : it was reopened until a day that is over, so that it counts as approved
    """

    report: MonthlyReport
    versions: Sequence[Version]
    counts: Sequence[CountChange]
    parts: Sequence[CountChange]
    counts_again: bool

    @property
    def receipt(self) -> str:
        """The number of the receipt that was given for what came in last."""
        sent = [own.number for own in self.versions if own.status == Status.SUBMITTED]
        return _receipt_number(self.report, sent[0]) if sent else ""


@dataclass(frozen=True)
class Receipt:
    """What stands on a receipt: which version came in, when, and who entered it.

    by : None where nobody knows
    """

    number: str
    at: datetime
    by: User | None


def find_receipt(report: MonthlyReport) -> Receipt | None:
    """Of what came in last, in one query: no approval and no return changes a receipt that was
    given. None where nothing was ever submitted."""
    sent = MonthlyReport.history.filter(id=report.pk, status=Status.SUBMITTED)
    last = sent.select_related("entered_by").order_by("history_date", "history_id").last()
    if last is None:
        return None
    return Receipt(_receipt_number(report, last.version), last.history_date, last.entered_by)


def _receipt_number(report, version) -> str:
    return f"{report.pk}-{version}"


def follow_trail(report: MonthlyReport, *, today: date) -> Trail:
    """Gather a report's versions and breakdowns, in three queries."""
    versions = list_whole_versions([report.pk])[report.pk]
    stored = report.breakdown_counts.select_related("category__dimension")
    stands = standing(report.status, report.reopened_until, today)
    return Trail(
        report=report,
        versions=versions[::-1],
        counts=[CountChange(name, None, getattr(report, name)) for name in COUNT_FIELDS],
        parts=[own for row in stored for own in _compare_part(None, row) if own.new is not None],
        counts_again=report.status == Status.REOPENED and stands == Status.APPROVED,
    )


def list_whole_versions(reports: Collection[int]) -> dict[int, list[Version]]:
    """The versions of these reports with their breakdowns, oldest first, in two queries."""
    changed_parts = _list_part_changes(reports)
    return {
        report: [_with_parts(own, changed_parts.get((report, own.number), ())) for own in versions]
        for report, versions in list_versions(reports).items()
    }


def _list_part_changes(reports) -> dict[tuple[int, int], list[CountChange]]:
    """What each version changed in the breakdowns, by report and number. The row of a category
    names its version."""
    changes: dict[tuple[int, int], list[CountChange]] = {}
    before: dict[tuple[int, int], BreakdownCount | None] = {}
    rows = BreakdownCount.history.filter(report__in=reports)
    named = rows.select_related("category__dimension").order_by("history_date", "history_id")
    for row in named:
        place = row.report_id, row.category_id
        word, _, number = (row.history_change_reason or "").partition(" ")
        own = _compare_part(before.get(place), row)
        if word == "version" and number.isdigit():
            changes.setdefault((row.report_id, int(number)), []).extend(own)
        before[place] = None if row.history_type == DELETED else row
    return changes


def _compare_part(before, row) -> list[CountChange]:
    """The counts of one category, where they differ; deleted, they are not counted any more."""
    is_gone = getattr(row, "history_type", "") == DELETED
    pairs = [
        (name, getattr(before, name, None), None if is_gone else getattr(row, name))
        for name in BROKEN_DOWN
    ]
    part = str(row.category)
    return [CountChange(name, old, new, part) for name, old, new in pairs if old != new]


def _with_parts(version: Version, changes: Sequence[CountChange]) -> Version:
    """The first version tells what it brought, a later one what it changed."""
    if version.counts:
        return replace(version, counts=[*version.counts, *changes])
    return replace(version, changes=[*version.changes, *changes])


def list_versions(reports: Collection[int]) -> dict[int, list[Version]]:
    """The versions of these reports, each report's oldest first, in one query."""
    rows: dict[int, list] = {report: [] for report in reports}
    if not rows:
        return {}
    kept = MonthlyReport.history.filter(id__in=rows).select_related("history_user")
    for row in kept.order_by("history_date", "history_id"):
        rows[row.id].append(row)
    return {report: list(_read(own)) for report, own in rows.items()}


def _read(rows) -> Iterator[Version]:
    before = None
    for row in rows:
        done, said = what_was_done(row.status, row.history_change_reason)
        brings_counts = row.status in (Status.SUBMITTED, Status.DRAFT)
        yield Version(
            pk=row.history_id,
            number=row.version,
            at=row.history_date,
            by=row.history_user,
            status=Status(row.status),
            done=done,
            said=said,
            door=Door(row.door) if brings_counts else None,
            comment=row.comment if before is None or row.comment != before.comment else "",
            counts=()
            if before
            else [own for own in compare_counts(None, row) if own.new is not None],
            changes=_compare_with(before, row) if before else (),
        )
        before = row


def _compare_with(before, row) -> list[CountChange]:
    """What a later version changed: deleted, nothing is counted any more."""
    if row.history_type == DELETED:
        counted = [(name, getattr(row, name)) for name in COUNT_FIELDS]
        return [CountChange(name, own, None) for name, own in counted if own is not None]
    return compare_counts(before, row)


def compare_counts(before, now) -> list[CountChange]:
    """The counts in which two versions differ; of a first one, all that were counted."""
    pairs = [(name, getattr(before, name, None), getattr(now, name)) for name in COUNT_FIELDS]
    return [CountChange(name, old, new) for name, old, new in pairs if old != new]


def what_was_done(status: str, reason: str | None) -> tuple[str, str]:
    """The move and the words that go with it, from the reason kept with a version."""
    word, _, said = (reason or "").partition(": ")
    if word in _DONE:
        return _DONE[Move(word)], said
    if _UNDONE.fullmatch(word):
        return UNDONE, said
    if word.startswith("import "):
        return "Brought in", said
    return Status(status).label, reason or ""
