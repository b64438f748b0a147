"""What of a circle of programs is published, and of when. Reads no report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.places import AreaSites, list_areas
from metrics.summaries.targets import BASELINE, EVALUATION
from programs.models import Participation, Program, Target
from programs.periods import Period, shift_month
from programs.withholding import Circle


@dataclass(frozen=True)
class Published:
    """One program of the circle, as far as its figures are released.

    through : the last month released; expected, own : of all its sites, and of program sites
    """

    program: Program
    participations: Sequence[Participation]
    targets: Sequence[Target]
    areas: Sequence[AreaSites]
    through: date
    expected: Expected
    own: Expected

    @property
    def span(self) -> Period | None:
        return self.own.span

    @property
    def years(self) -> list[Period]:
        """The reporting years that are over, of which any month is asked for."""
        span, first_month = self.expected.span, self.program.year_first_month
        if span is None:
            return []
        back = (span.first.month - first_month) % 12
        first, years = shift_month(span.first, -back), []
        while (year := Period.starting(first)).last <= self.through and first <= span.last:
            years.append(year)
            first = shift_month(first, 12)
        return years

    def periods_over(self, target: Target) -> dict[str, Period]:
        """A contract's periods that are over and overdue."""
        promised = {BASELINE: target.baseline_period, EVALUATION: target.evaluation_period}
        return {name: own for name, own in promised.items() if own.last <= self.through}

    def facts(self) -> Iterator[object]:
        """All that decides what is published, but for the reports."""
        yield self.program.pk, self.program.year_first_month, self.program.approval_required
        yield self.through
        for part in self.participations:
            yield part.site_id, part.role, part.site.area_id, part.period.code
            yield [spell.code for spell in part.site.operation]
        for target in self.targets:
            yield target.pk, target.measure, target.per, str(target.confidence)
            yield target.baseline_period.code, target.evaluation_period.code, target.sites_rule
        for area in self.areas:
            yield [own.pk for own in area.path], sorted(area.sites)


def read_circle(circle: Circle, today: date) -> list[Published]:
    """Read what the programs of a circle publish on a day."""
    programs = Program.objects.filter(pk__in=circle.programs).order_by("pk")
    return [_read(program, today) for program in programs.prefetch_related("targets")]


def _read(program: Program, today: date) -> Published:
    participations = list(program.participations.select_related("site__area").order_by("pk"))
    prefetch_related_objects(participations, "site__spells")
    through = program.overdue_through(today)
    own = [part for part in participations if part.role == Participation.Role.PROGRAM]
    return Published(
        program=program,
        participations=participations,
        targets=_current(program.targets.all()),
        areas=list_areas(participations),
        through=through,
        expected=expect_reports(participations, through),
        own=expect_reports(own, through),
    )


def _current(targets: Iterable[Target]) -> list[Target]:
    """The promises that hold, as `current` has them, of those that were fetched already."""
    latest: dict[str, Target] = {}
    for target in targets:
        if target.measure not in latest or target.version > latest[target.measure].version:
            latest[target.measure] = target
    return [latest[measure] for measure in sorted(latest)]
