"""Which reports of a program came in or were changed since a moment."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from metrics.models import MonthlyReport, Status
from metrics.models.reports import standing
from metrics.summaries.history.standing import end_of, stood_before
from metrics.summaries.trail import CountChange, compare_counts
from programs.models import Program


@dataclass(frozen=True)
class ChangedReport:
    """A report as it is, and what of it was not so then.

    then, now : what its status comes to on the two days; then is None where it has come in since
    """

    report: MonthlyReport
    then: Status | None
    now: Status
    changes: Sequence[CountChange]

    @property
    def is_moved(self) -> bool:
        return self.then is not None and self.then != self.now


@dataclass(frozen=True)
class ReportsSince:
    """The reports of which a version was stored after a day, or whose reopening ran on it and is
    over today: first those known before, each latest month first."""

    program: Program
    day: date
    today: date

    @property
    def moment(self) -> datetime:
        return end_of(self.day)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many there are, and how many of them were known before."""
        return self._changed().order_by().aggregate(all=Count("pk"), known=Count("pk", Q(was=True)))

    @property
    def changed(self) -> int:
        return self.numbers["known"]

    @property
    def new(self) -> int:
        return self.numbers["all"] - self.numbers["known"]

    def at_sites(self, sites: Collection[int] | None) -> QuerySet[MonthlyReport]:
        """Those of these sites; None takes all."""
        changed = self._changed().select_related("site")
        return changed if sites is None else changed.filter(site__in=sites)

    def compare(self, reports: Iterable[MonthlyReport]) -> list[ChangedReport]:
        """Hold reports against their versions then, in one query."""
        reports = list(reports)
        kept = stood_before(MonthlyReport, self.moment)
        then = {row.id: row for row in kept.filter(id__in=[own.pk for own in reports])}
        return [
            ChangedReport(
                report=own,
                then=self._status_then(then.get(own.pk)),
                now=standing(own.status, own.reopened_until, self.today),
                changes=compare_counts(then.get(own.pk), own),
            )
            for own in reports
        ]

    def _status_then(self, row) -> Status | None:
        return standing(row.status, row.reopened_until, self.day) if row else None

    def _changed(self) -> QuerySet[MonthlyReport]:
        kept = MonthlyReport.history.filter(id=OuterRef("pk"))
        # No version says that a reopening is over: the report counts again from the day after.
        ended = Q(
            status=Status.REOPENED, reopened_until__gte=self.day, reopened_until__lt=self.today
        )
        return (
            MonthlyReport.objects.of_program(self.program)
            .filter(Exists(kept.filter(history_date__gte=self.moment)) | ended)
            .annotate(was=Exists(kept.filter(history_date__lt=self.moment)))
            .order_by("-was", "-month", "site__name", "site__code")
        )
