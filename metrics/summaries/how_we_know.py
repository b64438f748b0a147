"""How we know: a verdict from all sides, and the same contract asked of each place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.comparability import PlaceNotes, notes_on_contract
from metrics.summaries.details import TargetDetails, explain_target
from metrics.summaries.gathering import gather_program, judge_gathered
from metrics.summaries.places import PlaceLine, judge_areas, judge_sites
from metrics.summaries.programs import contract_measures
from metrics.summaries.targets import MeasureFigures, TargetSummary
from metrics.summaries.waiting import WithWaiting, weigh_waiting
from programs.models import Program


@dataclass(frozen=True)
class HowWeKnow:
    """What a verdict rests on, in full.

    with_waiting : what it would be; None where nothing waits for approval
    """

    program: Program
    as_of: date
    target: TargetSummary
    details: TargetDetails
    measures: Sequence[MeasureFigures]
    areas: Sequence[PlaceLine]
    sites: Sequence[PlaceLine]
    with_waiting: WithWaiting | None
    place_notes: PlaceNotes


def summarise_how_we_know(program: Program, *, today: date, shown_sites=None) -> HowWeKnow | None:
    """Gather all of it, or None where nothing has been promised.

    shown_sites : the sites whose own figures may be listed; None lists all
    """
    gathered = gather_program(program, today=today)
    target = judge_gathered(gathered)
    if target is None:
        return None
    measures = contract_measures(gathered)
    sites = judge_sites(gathered, target)
    return HowWeKnow(
        program=program,
        as_of=today,
        target=target,
        details=explain_target(gathered, target, measures),
        measures=measures,
        areas=judge_areas(gathered, target) if shown_sites is None else [],
        sites=[s for s in sites if shown_sites is None or (s.place and s.place.pk in shown_sites)],
        with_waiting=weigh_waiting(gathered, target),
        place_notes=notes_on_contract(
            gathered, target, shown_sites=shown_sites, lists_areas=shown_sites is None
        ),
    )
