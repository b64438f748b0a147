"""Which reports are expected: the months in which a site takes part and is open."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from programs.models import Participation
from programs.periods import Period, shift_month


@dataclass(frozen=True)
class Expected:
    """The months expected of each site, as periods that do not overlap."""

    by_site: Mapping[int, tuple[Period, ...]]

    @cached_property
    def span(self) -> Period | None:
        """From the first month expected of anyone to the last, or None when none is."""
        periods = [period for own in self.by_site.values() for period in own]
        if not periods:
            return None
        return Period(min(p.first for p in periods), max(p.last for p in periods))

    def of_site(self, site: int, period: Period) -> int:
        """How many reports are expected of one site in a period."""
        shared = (own.intersection(period) for own in self.by_site.get(site, ()))
        return sum(len(months) for months in shared if months)

    def in_period(self, period: Period, sites: Iterable[int] | None = None) -> int:
        """How many reports are expected in a period, of these sites or of all."""
        if sites is not None:
            return sum(self.of_site(own, period) for own in sites)
        months = self.span and self.span.intersection(period)
        return sum(self._numbers[month] for month in months or ())

    def limited_to(self, sites: Collection[int]) -> "Expected":
        """What is expected of these sites alone."""
        return Expected({site: own for site, own in self.by_site.items() if site in sites})

    def by_month(self) -> dict[date, int]:
        """How many reports are expected in each month of the span."""
        return dict(self._numbers)

    @cached_property
    def _numbers(self) -> Mapping[date, int]:
        if self.span is None:
            return {}
        steps: dict[date, int] = {}
        for own in self.by_site.values():
            for period in own:
                after = shift_month(period.last, 1)
                steps[period.first] = steps.get(period.first, 0) + 1
                steps[after] = steps.get(after, 0) - 1
        expected, by_month = 0, {}
        for month in self.span:
            expected += steps.get(month, 0)
            by_month[month] = expected
        return by_month


def expect_reports(
    participations: Iterable[Participation],
    through: date,
    operation: Mapping[int, Sequence[Period]] | None = None,
) -> Expected:
    """Return what is expected of these participations up to and including a month.

    operation : when each site was open; None for what its spells say now
    """
    return Expected(
        {
            own.site_id: tuple(
                _months_expected(
                    own,
                    own.site.operation if operation is None else operation.get(own.site_id, ()),
                    through,
                )
            )
            for own in participations
        }
    )


def _months_expected(participation, operation, through):
    if participation.first_month > through:
        return
    until_now = participation.period.intersection(Period(participation.first_month, through))
    for spell in operation:
        months = until_now.intersection(spell) if until_now else None
        if months:
            yield months
