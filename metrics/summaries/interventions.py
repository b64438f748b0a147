"""One intervention: what it put out each month, and the rates of the sites where it acts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from metrics.stats.comparisons import RateRatio, compare_rates
from metrics.stats.evidence import MIN_COMPLETENESS, MIN_DEATHS
from metrics.summaries.figures import ROLLING_MONTHS, PeriodFigures
from metrics.summaries.gathering import Gathered
from metrics.summaries.outputs import OutputKind, list_kinds, list_months
from metrics.summaries.programs import judge_gathered
from metrics.summaries.scopes import Scope, Shown, show_scope
from metrics.summaries.series import Series
from programs.models import Intervention, Measure, Program, Site
from programs.periods import Period, months_from, shift_month

NEARBY_MONTHS = 6  # what else began within so many months could lie behind a change as well


@dataclass(frozen=True)
class BeforeAndSince:
    """The same sites before an intervention began and since.

    before : the 12 months up to its beginning, or as many of them as there are
    since : the latest 12 months, or as many as have passed since it began
    ratio : None where none exists
    is_seasonal : whether the two hold calendar months in other shares
    """

    before: PeriodFigures
    since: PeriodFigures
    ratio: RateRatio | None
    is_seasonal: bool

    @property
    def is_small(self) -> bool:
        """Whether one of the two rests on too few deaths to be relied on."""
        return min(self.before.counts.deaths, self.since.counts.deaths) < MIN_DEATHS


@dataclass(frozen=True)
class InterventionSummary:
    """An intervention on one day.

    is_everywhere : whether it names no site, and so means all of the program
    sites : those of the program that it names, as far as the reader may see them
    other_sites : how many others of the program it names
    acting, added : at how many program sites it acts, and of how many the figures are sums
    months : from its first month to the last, with outputs or without; kinds : what was recorded
    shown : None where the reader may see none of its sites
    change : None before it began, and where no month came before
    others : what else began within 6 months of it at the same sites
    promised : the measures about which there is a contract
    query : what leads an address to the reports of its sites
    """

    program: Program
    intervention: Intervention
    as_of: date
    is_everywhere: bool
    sites: Sequence[Site]
    other_sites: int
    acting: int
    added: int
    months: Sequence[date]
    kinds: Sequence[OutputKind]
    shown: Shown | None
    change: BeforeAndSince | None
    others: Sequence[Intervention]
    promised: Sequence[Measure]
    query: str
    least_percent: int
    dispersion: float

    @property
    def has_begun(self) -> bool:
        return self.intervention.first_month <= self.as_of

    @property
    def ended_before(self) -> bool:
        """Whether it was over before the months that it is compared on."""
        last = self.intervention.last_month
        return bool(self.change and last and last < self.change.since.period.first)

    @property
    def is_limited(self) -> bool:
        return self.added < self.acting

    @property
    def series(self) -> Series | None:
        return self.shown.series if self.shown else None

    @property
    def measure(self) -> Measure | None:
        return self.series.measure if self.series else None

    @property
    def rows(self) -> list[tuple[date, list[int | None]]]:
        """What was put out, kind by kind, the latest month first."""
        return [
            (month, [kind.by_month.get(month) for kind in self.kinds])
            for month in reversed(self.months)
        ]


def summarise_intervention(
    gathered: Gathered,
    intervention: Intervention,
    *,
    today: date,
    measure: Measure | None = None,
    shown_sites: Collection[int] | None = None,
) -> InterventionSummary:
    """Gather what is known of an intervention of the program gathered.

    measure : None takes the contract's
    shown_sites : the sites whose own figures the reader may see; None takes all. What adds up
    all program sites is the program's own figure, which every member sees.
    """
    named = _name_sites(gathered)
    acting = _acting(gathered, named.get(intervention.pk))
    added = _readable(gathered, acting, shown_sites)
    target = judge_gathered(gathered)
    shown = _show(gathered, target, added, measure)
    own_sites = _own_sites(gathered, named.get(intervention.pk, set()))
    seen = [site for site in own_sites if shown_sites is None or site.pk in shown_sites]
    outputs = {own.month: own for own in intervention.outputs.all()}
    dispersion = _dispersion(gathered, target, shown)
    return InterventionSummary(
        program=gathered.program,
        intervention=intervention,
        as_of=today,
        is_everywhere=intervention.pk not in named,
        sites=seen,
        other_sites=len(own_sites) - len(seen),
        acting=len(acting),
        added=len(added),
        months=list_months(intervention, outputs, gathered.through),
        kinds=list_kinds(outputs),
        shown=shown,
        change=_compare(intervention, shown.series, dispersion) if shown else None,
        others=_find_others(gathered, intervention, named, acting),
        promised=gathered.promised,
        query=urlencode([("site", s.code) for s in _own_sites(gathered, added)])
        if added != set(gathered.own.by_site)
        else "",
        least_percent=target.target.min_completeness if target else MIN_COMPLETENESS,
        dispersion=dispersion,
    )


def _show(gathered, target, added, measure) -> Shown | None:
    if not added:
        return None
    is_everywhere = added == set(gathered.own.by_site)
    scope = Scope(measure=measure, sites=None if is_everywhere else frozenset(added))
    return show_scope(gathered, target, scope)


def _dispersion(gathered, target, shown) -> float:
    """How much more than chance the program's months vary, where that is known: 1 otherwise."""
    if target is None or shown is None or shown.measure is not gathered.measure:
        return 1.0
    return target.judgement.evidence.dispersion


# --- Where it acts -----------------------------------------------------------------------------


def _name_sites(gathered) -> dict[int, set[int]]:
    """The sites that each intervention of the program names; one that names none is absent."""
    pairs = Intervention.sites.through.objects.filter(intervention__program=gathered.program)
    named: dict[int, set[int]] = {}
    for intervention, site in pairs.values_list("intervention", "site"):
        named.setdefault(intervention, set()).add(site)
    return named


def _own_sites(gathered, named) -> list[Site]:
    """Those of these sites that belong to the program, program sites or comparison sites."""
    return [own.site for own in gathered.participations if own.site_id in named]


def _acting(gathered, named) -> set[int]:
    """The program sites at which something acts that names these sites; None names all."""
    return set(gathered.own.by_site) if named is None else set(gathered.own.by_site) & named


def _readable(gathered, acting, shown_sites) -> set[int]:
    if shown_sites is None or acting == set(gathered.own.by_site):
        return acting
    return acting & set(shown_sites)


def _find_others(gathered, intervention, named, acting) -> list[Intervention]:
    return [
        own
        for own in gathered.program.interventions.exclude(pk=intervention.pk)
        if abs(months_from(intervention.first_month, own.first_month) - 1) <= NEARBY_MONTHS
        and acting & _acting(gathered, named.get(own.pk))
    ]


# --- What became of the rate -------------------------------------------------------------------


def _compare(intervention, series: Series, dispersion) -> BeforeAndSince | None:
    if not series.months:
        return None
    span, first = Period(series.months[0].month, series.months[-1].month), intervention.first_month
    before = Period.ending(shift_month(first, -1)).intersection(span)
    if before is None or first > span.last:
        return None
    since = Period(max(first, shift_month(span.last, 1 - ROLLING_MONTHS)), span.last)
    sides = series.over(before), series.over(since)
    return BeforeAndSince(
        before=sides[0],
        since=sides[1],
        ratio=compare_rates(
            sides[1].counts.deaths,
            sides[1].counts.births,
            sides[0].counts.deaths,
            sides[0].counts.births,
            confidence=series.rating.confidence,
            dispersion=dispersion,
        ),
        is_seasonal=not since.matches_calendar_of(before),
    )
