"""The parts of the quality of a program's counts: findings, completeness and timeliness. There is
no score: parts of different kinds add up to nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.stats.quality import Kind, Looks, Severity
from metrics.stats.quality.kinds import SEVERITIES
from metrics.summaries.quality.examining import examine_program
from metrics.summaries.quality.finding import State
from metrics.summaries.quality.findings import Findings
from metrics.summaries.quality.wording import LABELS
from metrics.summaries.reporting import Arrivals, summarise_arrivals
from programs.models import Membership, Program, Site
from programs.periods import Period

MONTHS_OF_ARRIVALS = 12


@dataclass(frozen=True)
class KindLine:
    """One kind of finding: how often it was looked for, and what was found.

    looks : 0 where the counts it needs were never reported
    by_chance : at most so many would be found where all is in order; None where that is no
    matter of chance
    """

    kind: Kind
    severity: Severity
    looks: int
    by_chance: float | None
    open: int
    explained: int
    dismissed: int

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def found(self) -> int:
        return self.open + self.explained + self.dismissed


@dataclass(frozen=True)
class SiteQuality:
    """The parts of one site's quality. arrivals : of its last 12 overdue months."""

    site: Site
    is_comparison: bool
    arrivals: Arrivals
    by_severity: Mapping[Severity, int]
    reviewed: int

    @property
    def open(self) -> int:
        return sum(self.by_severity.values())

    @property
    def found(self) -> int:
        return self.open + self.reviewed


@dataclass(frozen=True)
class Quality:
    """The quality of a program's counts, as far as one member's sites go.

    months : from the first report to the last; None where nothing has arrived
    together : completeness and timeliness of `period`, of program sites; sites : of comparison
    sites too
    """

    program: Program
    months: Period | None
    period: Period
    findings: Findings
    kinds: Sequence[KindLine]
    sites: Sequence[SiteQuality]
    together: Arrivals

    @property
    def open_by_severity(self) -> list[tuple[Severity, int]]:
        """How many are open, the gravest first, none left out."""
        return [
            (severity, sum(own.open for own in self.kinds if own.severity is severity))
            for severity in reversed(Severity)
        ]

    @property
    def reviewed(self) -> int:
        return self.explained + self.dismissed

    @property
    def kinds_found(self) -> Sequence[KindLine]:
        return [own for own in self.kinds if own.found]

    @property
    def kinds_not_found(self) -> Sequence[KindLine]:
        return [own for own in self.kinds if not own.found]

    @property
    def explained(self) -> int:
        return sum(own.explained for own in self.kinds)

    @property
    def dismissed(self) -> int:
        return sum(own.dismissed for own in self.kinds)


def summarise_quality(membership: Membership, *, today: date) -> Quality:
    """Gather the parts, in a number of queries that does not grow with sites or months."""
    examined = examine_program(membership, today=today)
    period = Period.ending(_last_expected(membership.program, today), MONTHS_OF_ARRIVALS)
    arrivals = summarise_arrivals(membership, period)
    by_kind: Counter[tuple[Kind, State]] = Counter()
    open_at: Counter[tuple[int, Severity]] = Counter()
    reviewed_at: Counter[int] = Counter()
    for (site, kind, state), number in examined.findings.count_all().items():
        by_kind[kind, state] += number
        if state is State.OPEN:
            open_at[site, SEVERITIES[kind]] += number
        else:
            reviewed_at[site] += number
    sites = [
        SiteQuality(
            own.site,
            own.is_comparison,
            own.arrivals,
            {severity: open_at[own.site.pk, severity] for severity in reversed(Severity)},
            reviewed_at[own.site.pk],
        )
        for own in arrivals.sites
    ]
    return Quality(
        program=membership.program,
        months=examined.layout.reported if examined.layout else None,
        period=period,
        findings=examined.findings,
        kinds=[_kind_line(own, by_kind) for own in examined.looks],
        sites=sorted(sites, key=_most_open),
        together=arrivals.together,
    )


def _last_expected(program, today) -> date:
    """The last month that is overdue, or the last in which any site took part, if that is over."""
    overdue = program.overdue_through(today)
    lasts = program.participations.order_by().values_list("last_month", flat=True).distinct()
    return min(overdue, max((own or overdue for own in lasts), default=overdue))


def _most_open(own: SiteQuality):
    """Where most is open stands first, the gravest before all."""
    return (*(-number for number in own.by_severity.values()), own.site.name, own.site.code)


def _kind_line(looks: Looks, numbers: Mapping[tuple[Kind, State], int]) -> KindLine:
    number = int(looks.by_site.sum())
    return KindLine(
        kind=looks.kind,
        severity=looks.severity,
        looks=number,
        by_chance=None if looks.level is None else number * looks.level,
        open=numbers[looks.kind, State.OPEN],
        explained=numbers[looks.kind, State.EXPLAINED],
        dismissed=numbers[looks.kind, State.DISMISSED],
    )
