"""Every program somebody may see, each with what may be said about its promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from metrics.summaries.counts import count_targets
from metrics.summaries.expected import expect_reports
from metrics.summaries.targets import TargetSummary, summarise_target
from programs.models import Participation, Program, Target
from programs.periods import month_of, shift_month


@dataclass(frozen=True)
class ProgramLine:
    """One program in the portfolio. `target` is None where nothing has been promised; the last
    report is not looked for there."""

    program: Program
    target: TargetSummary | None
    sites: int
    last_report: date | None


def summarise_portfolio(programs: Sequence[Program], *, today: date) -> list[ProgramLine]:
    """Judge the first target of each program. The number of queries does not grow."""
    through = shift_month(month_of(today), -1)
    targets = _first_targets(programs)
    counts = count_targets(list(targets.values()), through)
    participations = list(
        Participation.objects.of_program_sites().filter(program__in=programs).select_related("site")
    )
    prefetch_related_objects(participations, "site__spells")
    by_program: dict[int, list[Participation]] = {program.pk: [] for program in programs}
    for participation in participations:
        by_program[participation.program_id].append(participation)
    return [
        _program_line(program, targets.get(program.pk), by_program[program.pk], counts, through)
        for program in programs
    ]


def _first_targets(programs):
    """The current target of each program; of several measures the first in the list."""
    first: dict[int, Target] = {}
    for target in Target.objects.current().filter(program__in=programs).select_related("program"):
        first.setdefault(target.program_id, target)
    return first


def _program_line(program, target, participations, counts, through):
    expected = expect_reports(participations, through)
    by_site = counts.get(target.pk, {}) if target else {}
    return ProgramLine(
        program=program,
        target=target and summarise_target(target, by_site, expected, through),
        sites=len(participations),
        last_report=max((own.last_report for own in by_site.values()), default=None),
    )
