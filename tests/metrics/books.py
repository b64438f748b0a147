"""A program's reports gone through one by one, for any measure, months and sites."""

from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property

from programs.models import Measure, Program, Target
from programs.periods import Period
from tests.metrics.recount import Recount
from tests.metrics.slow_statistics import (
    change_with_limits,
    common_change_with_limits,
    widening,
)

THROUGH = date(2025, 6, 1)  # the last month that is over on TODAY


class Books:
    """Everything one program's pages may be asked for, recounted."""

    def __init__(self, program: Program):
        self.program = program
        self.own, self.all = Recount(program), Recount(program, role=None)
        self.all.expects = cache(self.all.expects)  # asked again and again, month by month
        self.counts, self.expected = cache(self._count), cache(self._expect)

    def _count(self, measure, period, sites, statuses=None):
        return self.all.counts(period, measure, sites, statuses)

    def on_time(self, period, sites) -> int:
        return self.all.on_time(period, sites)

    def _expect(self, period, sites):
        return self.all.expected(period, sites, through=THROUGH)

    @property
    def sites(self) -> frozenset[int]:
        return frozenset(self.own.sites)

    @property
    def comparison_sites(self) -> frozenset[int]:
        return frozenset(self.all.sites - self.own.sites)

    @cached_property
    def span(self) -> Period | None:
        asked = [m for m in self._months() if self.expected(Period(m, m), self.sites)]
        return Period(asked[0], asked[-1]) if asked else None

    def _months(self):
        firsts = [own.first_month for own in self.own.participations]
        return Period(min(firsts), THROUGH) if firsts and min(firsts) <= THROUGH else ()

    @cached_property
    def target(self) -> Target | None:
        return self.program.targets.order_by("measure", "-version").first()

    @property
    def measure(self) -> Measure:
        return Measure(self.target.measure) if self.target else Measure.INFANT

    @cached_property
    def contract(self) -> dict[str, Period]:
        """The contract's periods, as far as they are over."""
        if self.target is None or self.span is None:
            return {}
        promised = {
            "baseline": self.target.baseline_period,
            "evaluation": self.target.evaluation_period,
        }
        return {
            name: Period(own.first, min(own.last, self.span.last))
            for name, own in promised.items()
            if own.first <= self.span.last
        }

    @cached_property
    def contract_sites(self) -> frozenset[int]:
        if self.target is None or self.target.sites_rule == Target.SitesRule.ALL:
            return self.sites
        return frozenset(
            site
            for site in self.sites
            if all(
                self.counts(self.measure, own, frozenset({site}))[2]
                for own in self.contract.values()
            )
        )

    @cached_property
    def all_changes(self):
        return [own for own in self._changes() if own]

    def _changes(self) -> Iterator[tuple[float, float, float]]:
        """The change of the contract, as it stands and under the other choices that are shown."""
        if len(self.contract) < 2:
            return
        before, now = self.contract["baseline"], self.contract["evaluation"]
        for sites in (self.contract_sites, self.sites):
            yield self._change(now, before, sites, self.widen(now, before, sites))
        for months in (12, 24, 36):
            other = Period.ending(before.last, months)
            yield self._change(now, other, self.sites, self.widen(now, other, self.sites))
        yield self._change(now, before, self.comparison_sites, self.divisor)

    def _change(self, now, before, sites, divisor):
        """Where the periods mix calendar months otherwise, the change common to all of these."""
        later, earlier = (self.counts(self.measure, own, sites)[:2] for own in (now, before))
        if not (later[1] and earlier[0]):
            return ()
        if sites == self.comparison_sites or now.matches_calendar_of(before):
            return change_with_limits(later, earlier, divisor)
        return common_change_with_limits(
            *(self._seasons(own, sites) for own in (now, before)), divisor
        )

    def _seasons(self, period, sites):
        """Deaths and births of each calendar month."""
        months = [[own for own in period if own.month == number] for number in range(1, 13)]
        return [self._add(own, sites) for own in months]

    def _add(self, months, sites):
        counts = [self.counts(self.measure, Period(own, own), sites) for own in months]
        return sum(died for died, _, _ in counts), sum(born for _, born, _ in counts)

    def widen(self, now, before, sites) -> float:
        """How much wider than chance the intervals of these two periods are."""
        return widening(*(self._by_month(own, sites) for own in (now, before)))

    def _by_month(self, period, sites):
        counted = {m: self.counts(self.measure, Period(m, m), sites)[:2] for m in period}
        return {month: own for month, own in counted.items() if own[1]}

    @cached_property
    def divisor(self) -> float:
        """That of the contract itself."""
        if len(self.contract) < 2:
            return 1.0
        return self.widen(
            self.contract["evaluation"], self.contract["baseline"], self.contract_sites
        )
