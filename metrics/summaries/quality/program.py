"""A program's counts examined, with the parts of their quality: findings, completeness and
timeliness. There is no score: parts of different kinds add up to nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.models import COUNT_FIELDS, FindingReview, MonthlyReport
from metrics.models.reports import has_arrived
from metrics.stats.quality import Kind, Looks, Severity, examine
from metrics.summaries.quality.finding import Finding, State
from metrics.summaries.quality.panels import SiteMonths, lay_out
from metrics.summaries.quality.wording import LABELS, say
from metrics.summaries.reporting import Arrivals, Reporting, summarise_reporting
from programs.models import Membership, Program, Site
from programs.periods import Period, month_of, shift_month

MONTHS_OF_ARRIVALS = 12

_WEIGHT = {own: place for place, own in enumerate(reversed(Severity))}


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


@dataclass(frozen=True)
class Quality:
    """The quality of a program's counts, as far as one member's sites go.

    months : from the first report to the last; None where nothing has arrived
    reporting : completeness and timeliness of `period`
    """

    program: Program
    months: Period | None
    period: Period
    findings: Sequence[Finding]
    kinds: Sequence[KindLine]
    sites: Sequence[SiteQuality]
    reporting: Reporting

    @property
    def open(self) -> Sequence[Finding]:
        return [own for own in self.findings if own.is_open]

    @property
    def open_by_severity(self) -> list[tuple[Severity, int]]:
        """How many are open, the gravest first, none left out."""
        return [(own, _count(self.open, own)) for own in reversed(Severity)]

    @property
    def reviewed(self) -> int:
        return len(self.findings) - len(self.open)

    @property
    def kinds_found(self) -> Sequence[KindLine]:
        return [own for own in self.kinds if own.found]

    @property
    def kinds_not_found(self) -> Sequence[KindLine]:
        return [own for own in self.kinds if not own.found]

    def in_state(self, state: State) -> int:
        return sum(own.state is state for own in self.findings)

    @property
    def explained(self) -> int:
        return self.in_state(State.EXPLAINED)

    @property
    def dismissed(self) -> int:
        return self.in_state(State.DISMISSED)


@dataclass(frozen=True)
class Examined:
    """What an examination brought: the findings, the gravest first, and how it looked."""

    findings: Sequence[Finding]
    looks: Sequence[Looks]
    layout: SiteMonths | None

    def find(self, site: str, kind: str, fingerprint: str) -> Finding | None:
        """The finding that stands at a site by its kind and its counts."""
        wanted = site, kind, fingerprint
        for own in self.findings:
            if (own.site.code, str(own.kind), own.fingerprint) == wanted:
                return own
        return None


def examine_program(membership: Membership, *, today: date) -> Examined:
    """Examine the reports of a program that have arrived, in four queries.

    Everything is examined, so that a rate of the program is that of all its sites; what is
    returned is of the sites that the member may see.
    """
    program, through = membership.program, shift_month(month_of(today), -1)
    layout = lay_out(_read_rows(program, through), COUNT_FIELDS, through)
    sites = {own.pk: own for own in Site.objects.covered_by(membership)}
    if layout is None:
        return Examined([], [], None)
    found, looks = examine(layout.panel)
    reviews = _read_reviews(program)
    findings = []
    for own in found:
        site = sites.get(layout.sites[own.site])
        if site is None:
            continue
        months, fingerprint = layout.months_of(own), layout.fingerprint_of(own)
        findings.append(
            Finding(
                kind=own.kind,
                severity=own.severity,
                site=site,
                month=months[-1] if own.is_month else None,
                months=Period(months[0], months[-1]),
                sentence=say(own, months, layout.months),
                fields=own.fields,
                fingerprint=fingerprint,
                review=reviews.get((site.pk, str(own.kind), fingerprint)),
            )
        )
    return Examined(sorted(findings, key=_order), _limit(looks, layout, sites), layout)


def summarise_quality(membership: Membership, *, today: date) -> Quality:
    """Gather the parts, in a number of queries that does not grow with sites or months."""
    examined = examine_program(membership, today=today)
    period = Period.ending(_last_expected(membership.program, today), MONTHS_OF_ARRIVALS)
    reporting = summarise_reporting(membership, period, today=today)
    by_site = _by_site(examined.findings)
    return Quality(
        program=membership.program,
        months=examined.layout.reported if examined.layout else None,
        period=period,
        findings=examined.findings,
        kinds=[_kind_line(own, examined.findings) for own in examined.looks],
        sites=sorted(
            (
                SiteQuality(
                    own.site,
                    own.is_comparison,
                    own.arrivals,
                    {each: _count(found, each) for each in reversed(Severity)},
                    sum(not each.is_open for each in by_site.get(own.site.pk, ())),
                )
                for own in reporting.sites
                for found in [[each for each in by_site.get(own.site.pk, ()) if each.is_open]]
            ),
            key=_most_open,
        ),
        reporting=reporting,
    )


def _last_expected(program, today) -> date:
    """The last month that is overdue, or the last in which any site took part, if that is over."""
    overdue = program.overdue_through(today)
    lasts = program.participations.order_by().values_list("last_month", flat=True).distinct()
    return min(overdue, max((own or overdue for own in lasts), default=overdue))


def _read_rows(program, through):
    reports = MonthlyReport.objects.of_program(program).filter(has_arrived(), month__lte=through)
    return reports.order_by().values_list("site_id", "month", *COUNT_FIELDS)


def _read_reviews(program) -> dict[tuple[int, str, str], FindingReview]:
    reviews = FindingReview.objects.filter(program=program).select_related("reviewed_by")
    return {(own.site_id, own.kind, own.fingerprint): own for own in reviews}


def _order(own: Finding):
    """The gravest first, the latest first among them."""
    last = own.months.last
    return (_WEIGHT[own.severity], -last.year, -last.month, own.site.name, own.site.code, own.kind)


def _most_open(own: SiteQuality):
    """Where most is open stands first, the gravest before all."""
    return (*(-number for number in own.by_severity.values()), own.site.name, own.site.code)


def _limit(looks: Iterable[Looks], layout: SiteMonths, sites: Collection[int]) -> list[Looks]:
    """How often was looked at the sites that are shown."""
    shown = [row for row, site in enumerate(layout.sites) if site in sites]
    return [Looks(own.kind, own.by_site[shown], own.level) for own in looks]


def _kind_line(looks: Looks, findings: Iterable[Finding]) -> KindLine:
    number = int(looks.by_site.sum())
    states = [own.state for own in findings if own.kind is looks.kind]
    return KindLine(
        kind=looks.kind,
        severity=looks.severity,
        looks=number,
        by_chance=None if looks.level is None else number * looks.level,
        open=states.count(State.OPEN),
        explained=states.count(State.EXPLAINED),
        dismissed=states.count(State.DISMISSED),
    )


def _by_site(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    by_site: dict[int, list[Finding]] = {}
    for own in findings:
        by_site.setdefault(own.site.pk, []).append(own)
    return by_site


def _count(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(own.severity is severity for own in findings)
