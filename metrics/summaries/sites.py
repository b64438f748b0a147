"""Everything one site's page shows: its months, its rates over time, and where it belongs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q

from metrics.models import Status
from metrics.models.reports import has_arrived
from metrics.stats.evidence import MIN_DEATHS
from metrics.summaries.counts import NOTHING, count_months
from metrics.summaries.expected import Expected
from metrics.summaries.figures import PeriodFigures, Rating, figures_of
from metrics.summaries.operation import Change, Stretch, find_changes, list_stretches
from metrics.summaries.places import area_path
from metrics.summaries.series import Series, make_series
from metrics.summaries.site_months import (
    MonthState,
    SiteMonth,
    list_site_months,
    span_of_months,
)
from programs.models import Area, Intervention, Measure, Participation, Program, Site
from programs.periods import Period, month_of, months_from, shift_month


@dataclass(frozen=True)
class SiteMeasure:
    """One measure over the site's last 12 months."""

    measure: Measure
    figures: PeriodFigures


@dataclass(frozen=True)
class SitePlace:
    """A site's place in one program.

    areas : those around it, from the outermost inwards; none for a comparison site, whose areas
    need not be the program's
    """

    participation: Participation
    areas: Sequence[Area]

    @property
    def program(self) -> Program:
        return self.participation.program


@dataclass(frozen=True)
class SiteSummary:
    """A site's months, newest first, and its rates.

    places : its programs, as far as the reader may see them
    series : one measure of the months that are over; counted : the measures there are
    operation : when it was open, and when not; changes : what makes months hard to compare
    """

    site: Site
    as_of: date
    places: Sequence[SitePlace]
    months: Sequence[SiteMonth]
    recent: Sequence[SiteMeasure]
    series: Series
    counted: Sequence[Measure]
    operation: Sequence[Stretch]
    changes: Sequence[Change]
    interventions: Sequence[Intervention]

    @property
    def programs(self) -> list[Program]:
        return [place.program for place in self.places]

    @property
    def only_program(self) -> Program | None:
        """The program it belongs to, where that is one."""
        return self.programs[0] if len(self.places) == 1 else None

    @property
    def measure(self) -> Measure:
        return self.series.measure

    @property
    def missing(self) -> int:
        return sum(month.state is MonthState.MISSING for month in self.months)

    @property
    def next_due(self) -> date | None:
        """The latest month that is still to be reported, or None."""
        waiting = (MonthState.MISSING, MonthState.DUE, MonthState.DRAFT, MonthState.RETURNED)
        return max((own.month for own in self.months if own.state in waiting), default=None)

    @property
    def rated(self) -> int:
        """How many 12 months in a row have a rate."""
        return sum(own.rate is not None for own in self.series.rolling)

    @property
    def uncertain(self) -> int:
        """How many of these rates rest on too few deaths to be relied on."""
        few = (own.counts.deaths < MIN_DEATHS for own in self.series.rolling if own.rate)
        return sum(few)

    @property
    def approving(self) -> list[Program]:
        """The programs in whose own figures only approved reports count."""
        return [program for program in self.programs if program.approval_required]

    @property
    def waiting(self) -> int:
        """Reports that count here and not yet in a program that asks for approval."""
        reports = [own.report for own in self.months if own.report]
        return sum(report.status == Status.SUBMITTED for report in reports)

    @property
    def unfinished(self) -> date | None:
        """The month that is not over, where the last 12 months reported hold it."""
        last = self.recent[0].figures.period.last if self.recent else None
        return last if last and last >= month_of(self.as_of) else None


def summarise_site(
    site: Site,
    participations: Sequence[Participation],
    *,
    today: date,
    measure: Measure | None = None,
) -> SiteSummary:
    """Gather a site's figures.

    participations : those through which the reader sees the site, with their programs
    measure : whose rates to follow over time; None takes the first that was counted
    """
    through = shift_month(month_of(today), -1)
    stored = {report.month: report for report in site.monthly_reports.all()}
    by_month = count_months(site.monthly_reports.filter(has_arrived()), list(Measure))
    counted = [own for own in Measure if any(counts[own].reports for counts in by_month.values())]
    measure = measure or (counted[0] if counted else Measure.INFANT)
    rated = {month: counts[measure] for month, counts in by_month.items()}
    span = span_of_months(participations, stored, through)
    rating = Rating(measure.usual_per)
    months = list_site_months(site, participations, stored, rated, span, rating=rating, today=today)
    programs = [participation.program for participation in participations]
    here = Intervention.objects.of_programs(programs).at_site(site)
    return SiteSummary(
        site=site,
        as_of=today,
        places=_find_places(site, participations),
        months=months[::-1],
        recent=_rate_recent(months, by_month),
        series=make_series(
            measure,
            rated,
            _expect(site, months, through),
            rating,
            year_first_month=_year_first_month(programs),
        ),
        counted=counted,
        operation=list_stretches(site, through),
        changes=_find_changes(site, participations, span, through),
        interventions=list(here.select_related("program")),
    )


def _find_places(site, participations) -> list[SitePlace]:
    areas = Area.objects.in_bulk()
    path = [areas[pk] for pk in reversed(area_path(areas, site.area_id))]
    return [
        SitePlace(own, path if own.role == Participation.Role.PROGRAM else [])
        for own in participations
    ]


def _expect(site, months, through) -> Expected:
    """The months that are over in which a report was expected, or came unexpected."""
    asked = (own.month for own in months if own.is_asked and own.month <= through)
    return Expected({site.pk: tuple(_runs(asked))})


def _year_first_month(programs) -> int:
    """Where all its programs agree, as they do; else January."""
    first_months = {program.year_first_month for program in programs}
    return first_months.pop() if len(first_months) == 1 else 1


def _runs(months: Iterable[date]) -> Iterator[Period]:
    """The months, in the order of time, as periods without a gap."""
    run: Period | None = None
    for month in months:
        if run and months_from(run.last, month) == 2:
            run = Period(run.first, month)
        else:
            if run:
                yield run
            run = Period(month, month)
    if run:
        yield run


def _find_changes(site, participations, span, through) -> list[Change]:
    if span is None or span.first > through:
        return []
    spans = _program_spans([own.program_id for own in participations], through)
    first = min([span.first, *(own.first for own in spans.values())])
    last = max((own.last for own in spans.values()), default=span.last)
    return find_changes(site, participations, spans, Period(first, min(last, through)))


def _program_spans(programs, through) -> dict[int, Period]:
    """The months in which any site of these programs takes part, as far as they are over."""
    rows = (
        Participation.objects.filter(program__in=programs, first_month__lte=through)
        .order_by()
        .values("program")
        .annotate(
            first=Min("first_month"),
            last=Max("last_month"),
            going_on=Count("pk", filter=Q(last_month=None)),
        )
    )
    return {
        row["program"]: Period(
            row["first"], through if row["going_on"] else min(row["last"], through)
        )
        for row in rows
    }


def _rate_recent(months, by_month):
    """Each measure that was counted in the 12 months up to the last report."""
    last = max((own.month for own in months if own.report), default=None)
    if last is None:
        return []
    period = Period.ending(last)
    asked = sum(own.month in period and own.is_asked for own in months)
    recent = []
    for measure in Measure:
        counts = sum((by_month[month][measure] for month in period if month in by_month), NOTHING)
        rating = Rating(measure.usual_per)
        if counts.reports:
            figures = figures_of(period, counts, max(asked, counts.reports), rating)
            recent.append(SiteMeasure(measure, figures))
    return recent
