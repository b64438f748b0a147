"""What the style guide shows: a program one may see, or one that is made up; and a contract for
everything that a verdict can say. The counts of both go the way of all counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from metrics.summaries.counts import Counts
from metrics.summaries.expected import Expected
from metrics.summaries.figures import Rating
from metrics.summaries.gathering import Gathered, gather_program
from metrics.summaries.places import AreaSites
from metrics.summaries.programs import SiteLine, summarise_gathered
from metrics.summaries.quality import NO_STOPS
from metrics.summaries.series import Series, make_series
from metrics.summaries.targets import TargetSummary, summarise_target
from metrics.summaries.traces import SiteTrace, trace_sites
from programs.models import (
    Area,
    Intervention,
    Lever,
    Measure,
    Participation,
    Program,
    Site,
    Target,
)
from programs.periods import Period

MOST_SITES = 6
SITE = 1  # the one site of every made-up contract
SPAN = Period(date(2022, 1, 1), date(2025, 6, 1))


class Side(NamedTuple):
    """What twelve months of a made-up contract hold."""

    deaths: int
    births: int
    reports: int = 12


# The evaluation, then the baseline; each with its own thing to say of 30 % that were promised.
CONTRACTS = (
    (Side(420, 12_000), Side(840, 12_000)),
    (Side(265, 5_492), Side(777, 11_102)),
    (Side(14, 400), Side(22, 430)),
    (Side(80, 1_500), Side(110, 1_500)),
    (Side(1_700, 20_000), Side(2_000, 20_000)),
    (Side(62, 1_000), Side(70, 1_000)),
    (Side(110, 2_000), Side(70, 2_000)),
    (Side(1, 90), Side(6, 200)),
    (Side(120, 2_400), Side(70, 1_000, reports=8)),
)


@dataclass(frozen=True)
class Showcase:
    """A program whose pictures and tables are shown.

    lines : its largest sites; traces : what came of each
    """

    program: Program
    gathered: Gathered
    target: TargetSummary | None
    series: Series
    lines: Sequence[SiteLine]
    traces: Mapping[int, SiteTrace]
    interventions: Sequence[Intervention]
    areas: Sequence[AreaSites]

    @property
    def measure(self) -> Measure:
        return self.series.measure

    @property
    def per(self) -> int:
        return self.series.per

    @property
    def span(self) -> Period | None:
        return self.gathered.own.span


def show_program(
    program: Program, *, today: date, shown_sites: Collection[int] | None
) -> Showcase | None:
    """Show a program one may see; None where it has not enough to draw a trend."""
    gathered = gather_program(program, today=today)
    summary = summarise_gathered(gathered, today=today, shown_sites=shown_sites)
    if not summary.series.has_rates:
        return None
    lines = summary.sites[:MOST_SITES]
    return Showcase(
        program=program,
        gathered=gathered,
        target=summary.target,
        series=summary.series,
        lines=lines,
        traces=trace_sites(gathered, summary.measure, [line.site.pk for line in lines]),
        interventions=summary.interventions,
        areas=[],
    )


def make_up_program() -> Showcase:
    """Show three years of a made-up site, one of whose months is missing."""
    months = {
        month: Counts(8 - max(0, number - 20) // 6, 110 + number % 5, 1)
        for number, month in enumerate(SPAN)
        if number != 29
    }
    expected = Expected({SITE: (SPAN,)})
    series = make_series(Measure.INFANT, months, expected, Rating())
    target, area = _make_target(), Area(name="Lavi", code="LAVI", kind=Area.Kind.DISTRICT)
    lines = [
        SiteLine(site, role, series.latest, SPAN.last, len(SPAN), missing=1, overdue=late, due=0)
        for site, role, late in _make_sites(area)
    ]
    trace = SiteTrace(series.rolling[::3], {month: month in months for month in SPAN})
    return Showcase(
        program=target.program,
        gathered=Gathered(
            program=target.program,
            target=target,
            promised=[Measure.INFANT],
            participations=[],
            through=SPAN.last,
            overdue=SPAN.last,
            expected=expected,
            own=expected,
            by_month={},
            by_site={},
            official=Q(),
            stops=NO_STOPS,
        ),
        target=summarise_target(target, months, [SITE], expected, SPAN.last),
        series=series,
        lines=lines,
        traces={line.site.pk: trace for line in lines},
        interventions=[
            Intervention(name="Newborn care training", lever=Lever.CARE, first_month=SPAN.last),
        ],
        areas=[AreaSites(area, 0, (area,), frozenset({SITE}))],
    )


def judge_contracts() -> list[TargetSummary]:
    """Judge a made-up contract for each thing that a verdict can say."""
    target, expected = _make_target(), Expected({SITE: (SPAN,)})
    return [
        summarise_target(
            target,
            _spread(now, target.evaluation_period) | _spread(before, target.baseline_period),
            [SITE],
            expected,
            SPAN.last,
        )
        for now, before in CONTRACTS
    ]


def _make_target() -> Target:
    program = Program(name="Healthy Shores", slug="healthy-shores", start_month=date(2024, 1, 1))
    target = Target(program=program, reduction_percent=Decimal(30), version=1)
    target.fill_defaults()
    return target


def _make_sites(area: Area):
    """A hospital, a health centre with reports overdue, and a comparison site."""
    program, comparison = Participation.Role.PROGRAM, Participation.Role.COMPARISON
    rows = [
        ("Lavi General Hospital", Site.Kind.HOSPITAL, "-4.05", "39.66", program, 0),
        ("Harbour Road Health Centre", Site.Kind.HEALTH_CENTRE, "-4.21", "39.51", program, 2),
        ("Delta Mobile Clinic", Site.Kind.MOBILE_CLINIC, "-4.35", "39.72", comparison, 0),
    ]
    for pk, (name, kind, north, east, role, late) in enumerate(rows, start=SITE):
        place = {"latitude": Decimal(north), "longitude": Decimal(east)}
        yield Site(pk=pk, name=name, code=f"LV-{pk}", kind=kind, area=area, **place), role, late


def _spread(side: Side, period: Period) -> dict[date, Counts]:
    """Spread counts evenly over the first months of a period, as far as there are reports."""
    months = list(period)[: side.reports]
    deaths, births = (_share_out(total, len(months)) for total in (side.deaths, side.births))
    return {
        month: Counts(own_deaths, own_births, 1)
        for month, own_deaths, own_births in zip(months, deaths, births, strict=True)
    }


def _share_out(total: int, parts: int) -> list[int]:
    each, left = divmod(total, parts)
    return [each + (part < left) for part in range(parts)]
