"""Every program somebody may see, each with what may be said about its promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from metrics.summaries.counts import count_months_of_targets, count_targets
from metrics.summaries.expected import expect_reports
from metrics.summaries.targets import TargetSummary, choose_sites, summarise_target
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
    participations = _participations_by_program(programs)
    expected = {pk: expect_reports(own, through) for pk, own in participations.items()}
    by_site = count_targets(list(targets.values()), through)
    chosen = {
        target.pk: choose_sites(target, by_site[target.pk], expected[pk])
        for pk, target in targets.items()
    }
    limited = {
        target.pk: chosen[target.pk]
        for target in targets.values()
        if target.sites_rule != Target.SitesRule.ALL
    }
    by_month = count_months_of_targets(list(targets.values()), through, limited)
    return [
        ProgramLine(
            program=program,
            target=summarise_target(
                target, by_month[target.pk], chosen[target.pk], expected[program.pk], through
            )
            if (target := targets.get(program.pk))
            else None,
            sites=len(participations[program.pk]),
            last_report=_last_report(by_site[target.pk]) if target else None,
        )
        for program in programs
    ]


def _first_targets(programs):
    """The current target of each program; of several measures the first in the list."""
    first: dict[int, Target] = {}
    for target in Target.objects.current().filter(program__in=programs).select_related("program"):
        first.setdefault(target.program_id, target)
    return first


def _participations_by_program(programs):
    """The program sites of each program, each with its spells of operation."""
    participations = list(
        Participation.objects.of_program_sites().filter(program__in=programs).select_related("site")
    )
    prefetch_related_objects(participations, "site__spells")
    by_program: dict[int, list[Participation]] = {program.pk: [] for program in programs}
    for participation in participations:
        by_program[participation.program_id].append(participation)
    return by_program


def _last_report(by_site):
    return max((own.last_report for own in by_site.values()), default=None)
