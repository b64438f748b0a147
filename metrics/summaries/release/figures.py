"""What a viewer sees of a program whose small counts are withheld. Page and files read these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from metrics.stats.comparisons import RateRatio, compare_rates
from metrics.stats.completeness import Completeness
from metrics.stats.rates import Rate
from metrics.summaries.counts import Counts
from metrics.summaries.figures import Rating, name_year
from metrics.summaries.release.released import Released
from metrics.summaries.release.structure import Published
from metrics.summaries.release.table import Key, births_of, deaths_of
from metrics.summaries.targets import (
    BASELINE,
    EVALUATION,
    PERIOD_NAMES,
    TargetSummary,
    rating_of,
    summarise_target,
)
from programs.models import Area, Measure, Participation, Program, Site, Target
from programs.periods import Period


@dataclass(frozen=True)
class ReleasedFigures:
    """One measure over a period. None is withheld; a rate is there where both counts are shown
    and there were births."""

    period: Period
    deaths: int | None
    births: int | None
    rate: Rate | None
    completeness: Completeness

    @property
    def is_whole(self) -> bool:
        return self.deaths is not None and self.births is not None


@dataclass(frozen=True)
class ReleasedChange:
    """One measure over a contract's two periods. ratio : None where a count is withheld"""

    measure: Measure
    baseline: ReleasedFigures
    evaluation: ReleasedFigures
    ratio: RateRatio | None


@dataclass(frozen=True)
class ReleasedContract:
    """A contract whose periods are over.

    summary : the verdict; None where a count that it rests on is withheld
    measures : its own first
    """

    target: Target
    summary: TargetSummary | None
    measures: Sequence[ReleasedChange]


@dataclass(frozen=True)
class ReleasedPlace:
    """A place and its years. level : how deep an area lies, 0 for the outermost"""

    place: Program | Area | Site
    role: str
    level: int
    years: Sequence[ReleasedFigures]

    @property
    def code(self) -> str:
        return self.place.slug if isinstance(self.place, Program) else self.place.code


@dataclass(frozen=True)
class Release:
    """What is released of a program on one day, of all its figures and of no others.

    up_to : counts from 1 to this are withheld
    seen : the sites whose own figures the reader may see; None for all
    """

    released: Released
    own: Published
    as_of: date
    up_to: int
    seen: frozenset[int] | None

    @property
    def program(self) -> Program:
        return self.own.program

    @property
    def through(self) -> date:
        return self.own.through

    @property
    def span(self) -> Period | None:
        return self.own.span

    @property
    def years(self) -> list[Period]:
        """The reporting years that are over."""
        return self.own.years

    @property
    def year_labels(self) -> list[str]:
        return [self.label(year) for year in self.years]

    @staticmethod
    def label(year: Period) -> str:
        return name_year(year.first)

    @property
    def measure(self) -> Measure:
        """The one that was promised first, or infant mortality."""
        return Measure(self.own.targets[0].measure) if self.own.targets else Measure.INFANT

    @cached_property
    def contracts(self) -> list[ReleasedContract]:
        return [
            self._contract(target)
            for target in self.own.targets
            if len(self.own.periods_over(target)) == len(PERIOD_NAMES)
        ]

    @property
    def running(self) -> list[Target]:
        """The contracts whose evaluation is not over, of which nothing is released yet."""
        over = [own.target for own in self.contracts]
        return [target for target in self.own.targets if target not in over]

    def whole(self, measure: Measure) -> ReleasedPlace:
        """The program's years, comparison sites left out."""
        figures = self._years(("program",), self.years, measure, self.own.own.by_site)
        return ReleasedPlace(self.program, "program", 0, figures)

    def areas(self, measure: Measure, years: Sequence[Period]) -> Iterator[ReleasedPlace]:
        """The areas all of whose sites the reader may see."""
        for own in self.own.areas:
            if self.seen is None or own.sites <= self.seen:
                figures = self._years(("area", own.area.pk), years, measure, own.sites)
                yield ReleasedPlace(own.area, "area", own.level, figures)

    @property
    def participations(self) -> list[Participation]:
        """Of the sites that the reader may see, by name."""
        seen = [p for p in self.own.participations if self.seen is None or p.site_id in self.seen]
        return sorted(seen, key=lambda own: (own.site.name.casefold(), own.site.code))

    def site(self, part: Participation, measure: Measure, years: Sequence[Period]) -> ReleasedPlace:
        figures = self._years(("site", part.site_id), years, measure, [part.site_id])
        return ReleasedPlace(part.site, part.role, 0, figures)

    def months(self, measure: Measure) -> Iterator[ReleasedFigures]:
        """The program's months."""
        for month in self.span or ():
            yield self._figures(("month", month), Period(month, month), measure)

    def rating(self, measure: Measure) -> Rating:
        """How a measure's rates are stated: as its contract does, if there is one."""
        own = next((t for t in self.own.targets if t.measure == measure), None)
        return rating_of(own) if own else Rating(measure.usual_per)

    # --- Figures ---------------------------------------------------------------------------

    def _years(self, name: Key, years, measure, sites: Iterable[int]) -> list[ReleasedFigures]:
        return [self._figures((*name, year), year, measure, sites) for year in years]

    def _figures(self, key: Key, period, measure, sites=None) -> ReleasedFigures:
        key = self.program.pk, *key
        deaths = self.released.value(key, deaths_of(measure))
        births = self.released.value(key, births_of(measure))
        if measure is Measure.STILLBIRTH:  # both, so that neither can be taken from their sum
            births = None if births is None or deaths is None else births + deaths
        expected = self.own.expected if sites is not None else self.own.own
        return ReleasedFigures(
            period=period,
            deaths=deaths,
            births=births,
            rate=None
            if deaths is None or births is None
            else self.rating(measure).rate(Counts(deaths, births)),
            completeness=Completeness(
                self.released.received(key, measure), expected.in_period(period, sites)
            ),
        )

    def _contract(self, target: Target) -> ReleasedContract:
        measure = Measure(target.measure)
        is_first = target == self.own.targets[0]
        others = [own for own in Measure if own is not measure] if is_first else []
        basis = self.released.contracts[target.pk]
        changes = [self._change(target, own, basis.sites) for own in [measure, *others]]
        is_whole = changes[0].baseline.is_whole and changes[0].evaluation.is_whole
        return ReleasedContract(target, self._judge(target, basis) if is_whole else None, changes)

    def _change(self, target, measure, sites) -> ReleasedChange:
        before, now = (
            self._figures(("contract", target.pk, name), period, measure, sites)
            for name, period in (
                (BASELINE, target.baseline_period),
                (EVALUATION, target.evaluation_period),
            )
        )
        return ReleasedChange(measure, before, now, self._compare(before, now, measure))

    def _compare(self, before: ReleasedFigures, now: ReleasedFigures, measure) -> RateRatio | None:
        if before.deaths is None or now.deaths is None:
            return None
        if before.births is None or now.births is None:
            return None
        confidence = self.rating(measure).confidence
        sides = now.deaths, now.births, before.deaths, before.births
        return compare_rates(*sides, confidence=confidence)

    def _judge(self, target, basis) -> TargetSummary:
        return summarise_target(
            target, basis.by_month, basis.sites, self.own.own, self.through, basis.stops
        )
