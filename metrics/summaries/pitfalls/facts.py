"""What the checks for pitfalls look at: a program's own numbers, gathered once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from metrics.models import BreakdownCount, MonthlyReport
from metrics.models.reports import Door
from metrics.stats.completeness import Completeness
from metrics.stats.flags import Flag
from metrics.stats.shares import Share
from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.details import TargetDetails, count_sites_in_one_period
from metrics.summaries.gathering import Gathered
from metrics.summaries.targets import MeasureFigures, TargetSummary
from programs.models import Intervention, Measure, Participation, Site
from programs.periods import Period, shift_month

OUTSIDE_KINDS = (Site.Kind.MOBILE_CLINIC, Site.Kind.COMMUNITY)
_ARRIVALS = ("received", "counted_stillbirths", "counted_maternal", "on_time", "late", "files")
_NO_SHARE, _NONE_EXPECTED = Share(0, 0), Completeness(0, 0)


@dataclass(frozen=True)
class KindShare:
    """The program sites of one kind; the births there, or None where the reader may not see."""

    kind: Site.Kind
    sites: int
    births: Share | None


@dataclass(frozen=True)
class BreakdownShare:
    """One dimension by which counts are broken down, and how much of them is unknown."""

    name: str
    reports: int
    births: Share
    deaths: Share


@dataclass(frozen=True)
class Facts:
    """What is known of a program, as far as pitfalls are concerned.

    recent : its last 12 months, as far as they are expected; None before the first
    kinds : of program sites; largest, largest_site : the one with the most births, None before
    there are any, and where the reader may not see the births of single sites
    reports : received in the recent months, of those expected; stillbirths, maternal : in how
    many of these each was counted
    no_age : of the infant deaths of the recent months, those that are at no age
    recent_counts : of the measure looked at, in the recent months
    on_time : reports of the last 12 overdue months (`late_period`) that came by their due day
    from_files : of those that came at all, the ones whose day of arrival says nothing
    """

    recent: Period | None = None
    is_limited: bool = False
    kinds: Sequence[KindShare] = ()
    largest: Share | None = None
    largest_site: Site | None = None
    breakdowns: Sequence[BreakdownShare] = ()
    reports: Completeness = _NONE_EXPECTED
    stillbirths: Share = _NO_SHARE
    maternal: Share = _NO_SHARE
    no_age: Share = _NO_SHARE
    recent_counts: Counts = NOTHING
    late_period: Period | None = None
    on_time: Completeness = _NONE_EXPECTED
    from_files: Share = _NO_SHARE
    chosen_high: int = 0
    program_sites: int = 0
    comparison_sites: int = 0
    joined_midway: int = 0
    has_begun: bool = False
    interventions: int = 0
    without_outputs: int = 0
    start_month: date | None = None
    target: TargetSummary | None = None
    details: TargetDetails | None = None
    measures: Mapping[Measure, MeasureFigures] = field(default_factory=dict)

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self.details.flags if self.details else ()

    @property
    def is_beyond_facilities(self) -> bool:
        """Whether a site goes to where people live, rather than waiting for them."""
        return any(own.kind in OUTSIDE_KINDS for own in self.kinds)

    @property
    def companions(self) -> Sequence[MeasureFigures]:
        """Stillbirths and maternal deaths over the contract's periods, where they are not what
        it promises about and can be compared."""
        judged = self.target.target.measure if self.target else None
        return [
            own
            for measure in (Measure.STILLBIRTH, Measure.MATERNAL)
            if measure != judged and (own := self.measures.get(measure)) and own.ratio
        ]


def gather_facts(
    gathered: Gathered,
    target: TargetSummary | None,
    details: TargetDetails | None,
    measures: Sequence[MeasureFigures],
    shown_sites: Collection[int] | None,
) -> Facts:
    """Gather what the checks look at, in three queries besides those of what is given.

    shown_sites : the sites whose own figures the reader may see; None for all
    """
    span = gathered.own.span
    recent = Period.ending(span.last) if span else None
    late = _late_period(gathered)
    by_site = _count_reports(gathered, recent, late)
    arrived = {name: sum(own[name] for own in by_site.values()) for name in _ARRIVALS}
    received, births = arrived["received"], {pk: own["births"] for pk, own in by_site.items()}
    largest, largest_site = _find_largest(gathered, births, shown_sites)
    without, interventions = _count_interventions(gathered)
    return Facts(
        recent=recent,
        is_limited=shown_sites is not None,
        kinds=_list_kinds(gathered, births, shown_sites),
        largest=largest,
        largest_site=largest_site,
        breakdowns=_list_breakdowns(gathered, recent),
        reports=Completeness(received, gathered.own.in_period(recent) if recent else 0),
        stillbirths=Share(arrived["counted_stillbirths"], received),
        maternal=Share(arrived["counted_maternal"], received),
        no_age=_count_no_age(gathered, recent),
        recent_counts=_add_up(gathered, gathered.measure, recent),
        late_period=late,
        on_time=Completeness(arrived["on_time"], gathered.own.in_period(late) if late else 0),
        from_files=Share(arrived["files"], arrived["late"]),
        chosen_high=sum(own.chosen_because_high for own in _program_participations(gathered)),
        program_sites=len(_program_participations(gathered)),
        comparison_sites=len(gathered.participations) - len(_program_participations(gathered)),
        joined_midway=count_sites_in_one_period(gathered),
        has_begun=gathered.program.start_month <= gathered.through,
        interventions=interventions,
        without_outputs=without,
        start_month=gathered.program.start_month,
        target=target,
        details=details,
        measures={own.measure: own for own in measures},
    )


def _program_participations(gathered):
    return [own for own in gathered.participations if own.role == Participation.Role.PROGRAM]


def _late_period(gathered) -> Period | None:
    """The last 12 months that are overdue by now, as far as reports are expected in them."""
    span = gathered.own.span
    if span is None or gathered.overdue < span.first:
        return None
    last = min(span.last, gathered.overdue)
    return Period.ending(last).intersection(span)


def _official(gathered):
    reports = MonthlyReport.objects.of_program(gathered.program, role=Participation.Role.PROGRAM)
    return reports.official(gathered.program)


def _count_reports(gathered, recent, late) -> dict[int, dict[str, int]]:
    """How many reports came from each program site, with what in them, and how many of them in
    time, in one query."""
    if recent is None:
        return {}
    is_recent = Q(month__range=(recent.first, recent.last))
    is_late = Q(month__range=(late.first, late.last)) if late else Q(pk=None)
    in_time = _came_in_time(gathered.program, late) if late else Q(pk=None)
    rows = _official(gathered).order_by().values("site")
    counted = rows.annotate(
        received=Count("pk", filter=is_recent),
        births=Sum("live_births", filter=is_recent, default=0),
        counted_stillbirths=Count("stillbirths", filter=is_recent),
        counted_maternal=Count("maternal_deaths", filter=is_recent),
        on_time=Count("pk", filter=in_time),
        late=Count("pk", filter=is_late),
        files=Count("pk", filter=is_late & Q(door=Door.FILE)),
    )
    return {row["site"]: row for row in counted}


def _came_in_time(program, period) -> Q:
    """By the end of the due day of the month that follows, month by month."""
    came = Q(pk=None)
    for month in period:
        due = shift_month(month, 1).replace(day=program.report_due_day)
        end = timezone.make_aware(datetime.combine(due + timedelta(days=1), time()))
        came |= Q(month=month, first_submitted_at__lt=end)
    return came


def _list_kinds(gathered, births, shown_sites) -> list[KindShare]:
    """The kinds of site that the program has, in the order of `Site.Kind`."""
    kinds = {own.site_id: own.site.kind for own in _program_participations(gathered)}
    total = sum(births.values())
    return [
        KindShare(
            kind,
            sum(own == kind for own in kinds.values()),
            Share(sum(births.get(pk, 0) for pk in kinds if kinds[pk] == kind), total)
            if shown_sites is None
            else None,
        )
        for kind in Site.Kind
        if kind in kinds.values()
    ]


def _find_largest(gathered, births, shown_sites) -> tuple[Share | None, Site | None]:
    """The site with the most births, and its share of all."""
    if shown_sites is not None or not any(births.values()):
        return None, None
    largest = max(
        (own.site for own in _program_participations(gathered)),
        key=lambda site: births.get(site.pk, 0),
    )
    return Share(births[largest.pk], sum(births.values())), largest


def _list_breakdowns(gathered, recent) -> list[BreakdownShare]:
    """By which dimensions the recent reports are broken down, in one query."""
    if recent is None:
        return []
    unknown = Q(category__is_unknown=True)
    rows = (
        BreakdownCount.objects.filter(report__in=_official(gathered).in_period(recent))
        .order_by()
        .values(name=F("category__dimension__name"))
        .annotate(
            reports=Count("report", distinct=True),
            births=Sum("live_births", default=0),
            deaths=Sum("infant_deaths", default=0),
            unknown_births=Sum("live_births", filter=unknown, default=0),
            unknown_deaths=Sum("infant_deaths", filter=unknown, default=0),
        )
    )
    return [
        BreakdownShare(
            row["name"],
            row["reports"],
            Share(row["unknown_births"], row["births"]),
            Share(row["unknown_deaths"], row["deaths"]),
        )
        for row in sorted(rows, key=lambda row: row["name"])
    ]


def _add_up(gathered, measure, period) -> Counts:
    months = (gathered.by_month.get(month, {}) for month in period or ())
    return sum((counts.get(measure, NOTHING) for counts in months), NOTHING)


def _count_no_age(gathered, recent) -> Share:
    """Infant deaths that are in neither of the two parts by age."""
    infant, neonatal, postneonatal = (
        _add_up(gathered, measure, recent).deaths
        for measure in (Measure.INFANT, Measure.NEONATAL, Measure.POSTNEONATAL)
    )
    return Share(infant - neonatal - postneonatal, infant)


def _count_interventions(gathered) -> tuple[int, int]:
    """How many interventions have begun, and how many of them have no outputs; one query."""
    begun = Intervention.objects.filter(program=gathered.program, first_month__lte=gathered.through)
    counted = begun.aggregate(
        all=Count("pk", distinct=True),
        silent=Count("pk", distinct=True, filter=Q(outputs=None)),
    )
    return counted["silent"], counted["all"]
