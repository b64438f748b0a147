"""A program on two pages of paper: the page's own summary, and as many sites as have room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.comparability import PlaceNotes, notes_on_contract
from metrics.summaries.figures import YearFigures
from metrics.summaries.gathering import Gathered, gather_program
from metrics.summaries.places import PlaceLine, judge_sites, judge_together
from metrics.summaries.programs import ProgramSummary, SiteLine, summarise_gathered
from metrics.summaries.targets import TargetSummary
from programs.models import Intervention, Participation, Program
from programs.models.interventions import Lever

# Lines that the second page has above the method: for sites, at most so many, for the last
# years with their head, for what was done, and for what stands around the verdict.
ROOM, MOST_SITES, MOST_YEARS, HEAD = 37, 16, 5, 3
MOST_NOTES = 3  # of what changed about the places; the others are counted
MOST_INTERVENTIONS, MOST_DRAWN = 12, 6  # named on the second page; below the trend on the first
LETTERS, MOST_LETTERS, MONTHS = 95, 60, 22  # of a line, of a name in it, and of its months
SITE_LETTERS = 26  # of a site's name in a line; a longer one takes two


@dataclass(frozen=True)
class PrintedProgram:
    """What stands on the two pages.

    summary : the same object as the program page's
    places : program sites held against the contract, most excess deaths first; empty where
    there is no contract, or where one of its periods has not begun
    others : the sites for which there is no room, together; None where all are listed
    lines : where there are no places, the sites' last 12 months, most births first
    years : the last ones, where they have room
    sites, comparison_sites : how many the program has
    listable : how many of its sites the reader may see one by one
    """

    summary: ProgramSummary
    places: Sequence[PlaceLine]
    others: PlaceLine | None
    lines: Sequence[SiteLine]
    years: Sequence[YearFigures]
    sites: int
    comparison_sites: int
    listable: int
    place_notes: PlaceNotes

    @property
    def listed(self) -> int:
        return len(self.places) or len(self.lines)

    @property
    def not_listed(self) -> int:
        return self.listable - self.listed

    @property
    def not_shown(self) -> int:
        """The program sites whose own figures the reader may not see."""
        return self.sites - self.listable

    @property
    def interventions_drawn(self) -> Sequence[Intervention]:
        return self.summary.interventions[:MOST_DRAWN]

    @property
    def interventions_by_lever(self) -> dict[Lever, list[Intervention]]:
        """The first interventions, under each lever that has some."""
        return _by_lever(self.summary.interventions)

    @property
    def interventions_left(self) -> int:
        return max(0, len(self.summary.interventions) - MOST_INTERVENTIONS)


def summarise_for_paper(
    program: Program, *, today: date, shown_sites: Collection[int] | None = None
) -> PrintedProgram:
    """Gather what stands on paper.

    shown_sites : the sites whose own figures may be listed; None lists all
    """
    gathered = gather_program(program, today=today)
    summary = summarise_gathered(gathered, today=today, shown_sites=shown_sites)
    places = _judge_shown_sites(gathered, summary.target, shown_sites)
    lines = [own for own in summary.sites if own.role == Participation.Role.PROGRAM]
    lines.sort(key=_most_births_first)
    notes = notes_on_contract(gathered, summary.target, shown_sites=shown_sites).cut_to(MOST_NOTES)
    room = ROOM - _count_doubts(summary, notes) - _count_lines_done(summary.interventions)
    names = [own.place.name for own in places] or [own.site.name for own in lines]
    most = _count_fitting(names, min(MOST_SITES, room))
    has_room_for_years = _count_lines(names[:most]) + MOST_YEARS + HEAD <= room
    return PrintedProgram(
        summary=summary,
        places=places[:most],
        others=_judge_others(gathered, summary.target, places[most:]),
        lines=[] if places else lines[:most],
        years=summary.series.years[-MOST_YEARS:] if has_room_for_years else [],
        sites=summary.shown.sites,
        comparison_sites=len(gathered.expected.by_site) - len(gathered.own.by_site),
        listable=len(names),
        place_notes=notes,
    )


def _judge_shown_sites(gathered: Gathered, target: TargetSummary | None, shown_sites):
    places = judge_sites(gathered, target) if target else []
    seen = [
        own for own in places if own.place and (shown_sites is None or own.place.pk in shown_sites)
    ]
    return sorted(seen, key=lambda own: -own.excess.value if own.excess else 0)


def _judge_others(gathered: Gathered, target: TargetSummary | None, places):
    if target is None or not places:
        return None
    return judge_together(gathered, target, [own.place.pk for own in places if own.place])


def _most_births_first(line: SiteLine):
    return -(line.recent.counts.births if line.recent else 0), line.site.name


def _count_lines(names: Sequence[str]) -> int:
    return sum(2 if len(name) > SITE_LETTERS else 1 for name in names)


def _count_fitting(names: Sequence[str], room: int) -> int:
    """How many of the first sites fit into so many lines."""
    return sum(_count_lines(names[: number + 1]) <= room for number in range(min(len(names), room)))


def _by_lever(interventions: Sequence[Intervention]) -> dict[Lever, list[Intervention]]:
    listed = interventions[:MOST_INTERVENTIONS]
    by_lever = {lever: [own for own in listed if own.lever == lever] for lever in Lever}
    return {lever: own for lever, own in by_lever.items() if own}


def _count_lines_done(interventions: Sequence[Intervention]) -> int:
    letters = [
        sum(min(len(own.name), MOST_LETTERS) + MONTHS for own in of_lever)
        for of_lever in _by_lever(interventions).values()
    ]
    return 1 + sum(-(-own // LETTERS) for own in letters)


def _count_doubts(summary: ProgramSummary, notes: PlaceNotes) -> int:
    """How many lines the sentences around the verdict take, at most two each, three for what
    changed about a place."""
    target, details = summary.target, summary.details
    changed = HEAD + 3 * len(notes.notes) if notes else 0
    if target is None or details is None:
        return changed
    return changed + sum(
        (
            2 if details.tipping.extra_deaths else 0,
            1 if details.averted else 0,
            1 if details.comparison else 0,
            1 if target.verdict.dispersion > 1 else 0,
            2 if target.verdict.stratified else 0,
            HEAD if details.is_too_late else 0,
            HEAD + len(details.flags) if details.flags else 0,
        )
    )
