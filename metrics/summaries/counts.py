"""Sums of counts, made in SQL: per month and per site, measure by measure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Aggregate, Case, Count, F, Max, Q, Sum, When

from metrics.models import BreakdownCount, MonthlyReport, Status
from metrics.models.reports import BIRTHS, DEATHS, counts_in_its_program, has_arrived
from programs.models import Measure, Participation
from programs.periods import Period


@dataclass(frozen=True)
class Counts:
    """Deaths of one measure, the births they are set against, and the reports they are from.

    A report in which the measure was not counted adds nothing to any of the three.
    """

    deaths: int = 0
    births: int = 0
    reports: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.deaths + other.deaths, self.births + other.births, self.reports + other.reports
        )


NOTHING = Counts()


@dataclass(frozen=True)
class SiteCounts:
    """What one site reported: one measure's counts by name of period, and when it last did.

    reports : those that count; waiting : those that wait for approval
    arrived : those submitted or approved, whether or not they count yet
    arrived_overdue : of these, those of months that are overdue by now
    """

    by_period: Mapping[str, Counts]
    reports: int = 0
    waiting: int = 0
    arrived: int = 0
    arrived_overdue: int = 0
    last_report: date | None = None


def count_months(reports, measures) -> dict[date, dict[Measure, Counts]]:
    """Sum each measure over the sites, month by month. A month without reports is absent."""
    rows = _with_measures(reports, measures).order_by().values("month")
    rows = rows.annotate(**{k: v for m in measures for k, v in _sums(str(m), m, Q()).items()})
    return {row["month"]: {m: _read(row, str(m)) for m in measures} for row in rows}


def count_sites(
    reports, measure: Measure, periods: Mapping[str, Period], official: Q, overdue: date
) -> dict[int, SiteCounts]:
    """Sum one measure over each period, site by site, in one query.

    official : which reports count; the others only show that a report has arrived
    overdue : the last month that is overdue where it has not been reported
    A site without reports is absent.
    """
    sums = {
        key: value
        for name, period in periods.items()
        for key, value in _sums(
            name, measure, official & Q(month__range=(period.first, period.last))
        ).items()
    }
    arrived = has_arrived()
    rows = (
        _with_measures(reports, [measure])
        .order_by()
        .values("site")
        .annotate(
            **sums,
            all_reports=Count("pk", filter=official),
            waiting=Count("pk", filter=Q(status=Status.SUBMITTED) & ~official),
            arrived=Count("pk", filter=arrived),
            arrived_overdue=Count("pk", filter=arrived & Q(month__lte=overdue)),
            last_report=Max("month"),
        )
    )
    return {
        row["site"]: SiteCounts(
            {name: _read(row, name) for name in periods},
            reports=row["all_reports"],
            waiting=row["waiting"],
            arrived=row["arrived"],
            arrived_overdue=row["arrived_overdue"],
            last_report=row["last_report"],
        )
        for row in rows
    }


def _with_measures(reports, measures):
    """Give each report its deaths and births by measure, under the measure's name."""
    reports = reports.alias(**{f"{measure}_d": DEATHS[measure] for measure in measures})
    return reports.alias(**{f"{measure}_b": BIRTHS[measure] for measure in measures})


def _sums(name, measure, condition):
    counted = condition & Q(**{f"{measure}_d__isnull": False})
    return {
        f"{name}_deaths": Sum(f"{measure}_d", filter=counted, default=0),
        f"{name}_births": Sum(f"{measure}_b", filter=counted, default=0),
        f"{name}_reports": Count(f"{measure}_d", filter=counted),
    }


def _read(row, name):
    return Counts(row[f"{name}_deaths"], row[f"{name}_births"], row[f"{name}_reports"])


def count_categories(
    reports, periods: Mapping[str, Period]
) -> dict[tuple[int, int], dict[str, Counts]]:
    """Sum the counts broken down over each period, in one query.

    Returns (dimension, category) -> period -> counts. A category without counts is absent.
    """
    sums: dict[str, Aggregate] = {}
    for name, period in periods.items():
        counted = Q(report__month__range=(period.first, period.last), infant_deaths__isnull=False)
        counted &= Q(live_births__isnull=False)
        sums[f"{name}_deaths"] = Sum("infant_deaths", filter=counted, default=0)
        sums[f"{name}_births"] = Sum("live_births", filter=counted, default=0)
        sums[f"{name}_reports"] = Count("pk", filter=counted)
    rows = (
        BreakdownCount.objects.filter(report__in=reports)
        .order_by()
        .values("category", "category__dimension")
        .annotate(**sums)
    )
    return {
        (row["category__dimension"], row["category"]): {n: _read(row, n) for n in periods}
        for row in rows
    }


PROGRAM = "site__participations__program"
PROMISE = f"{PROGRAM}__targets__"

Limits = Mapping[tuple[int, Measure], Collection[int]]
MonthlyCounts = dict[date, dict[Measure, Counts]]


def count_targets(targets, through: date) -> dict[int, dict[int, SiteCounts]]:
    """Sum each target's own measure over its two periods, site by site, in one query.

    through : the last month that is over; a report of a later one does not count yet
    Returns target -> program site -> counts. A site without reports is absent.
    """
    sums: dict[str, Aggregate] = {}
    for name in ("baseline", "evaluation"):
        sums |= _sums(name, "own", _in_period_of_target(name))
    rows = (
        _reports_of_targets(targets, through)
        .values("site", target=F(f"{PROMISE}pk"))
        .annotate(**sums)
    )
    counts: dict[int, dict[int, SiteCounts]] = {target.pk: {} for target in targets}
    for row in rows:
        by_period = {name: _read(row, name) for name in ("baseline", "evaluation")}
        counts[row["target"]][row["site"]] = SiteCounts(by_period)
    return counts


def count_months_of_programs(
    programs, measures: Collection[Measure], through: date, limits: Limits
) -> tuple[dict[int, MonthlyCounts], dict[int, MonthlyCounts]]:
    """Sum measures over the sites of several programs, month by month, in one query.

    through : the last month that is over; a report of a later one does not count yet
    limits : (program, measure) -> the sites to which a contract about it is limited
    Returns program -> month -> measure -> counts, of all program sites; and of those named in
    `limits`, where nothing is said of programs and measures that are not among its keys.
    """
    limited = {measure for _, measure in limits}
    sums = {k: v for m in measures for k, v in _sums(f"all_{m}", m, Q()).items()}
    for measure in limited:
        sums |= _sums(f"some_{measure}", measure, _at_limits(limits, measure))
    rows = (
        _with_measures(
            MonthlyReport.objects.of_programs(
                programs, role=Participation.Role.PROGRAM, conditions=[counts_in_its_program()]
            ).filter(month__lte=through),
            measures,
        )
        .order_by()
        .values("month", program=F(PROGRAM))
        .annotate(**sums)
    )
    by_month: dict[int, MonthlyCounts] = {program.pk: {} for program in programs}
    at_limits: dict[int, MonthlyCounts] = {program.pk: {} for program in programs}
    for row in rows:
        program, month = row["program"], row["month"]
        by_month[program][month] = {m: _read(row, f"all_{m}") for m in measures}
        at_limits[program][month] = {m: _read(row, f"some_{m}") for m in limited}
    return by_month, at_limits


def _at_limits(limits, measure):
    condition = Q()
    for (program, own), sites in limits.items():
        if own == measure:
            condition |= Q(**{PROGRAM: program, "site__in": sites})
    return condition


def count_arrivals(overdue: Mapping[int, date], through: date) -> dict[int, dict[int, SiteCounts]]:
    """Count what each site has sent to several programs, comparison sites included, in one query.

    overdue : program -> the last month that is overdue where it has not been reported
    Returns program -> site -> counts, those of periods and the last report left out. A site that
    has sent nothing is absent.
    """
    arrived = has_arrived()
    waits = Q(**{f"{PROGRAM}__approval_required": True})
    is_overdue = Q(pk__in=[])
    for month in set(overdue.values()):
        own = [program for program, last in overdue.items() if last == month]
        is_overdue |= Q(**{f"{PROGRAM}__in": own, "month__lte": month})
    rows = (
        MonthlyReport.objects.of_programs(list(overdue))
        .filter(month__lte=through)
        .order_by()
        .values("site", program=F(PROGRAM))
        .annotate(
            waiting=Count("pk", filter=Q(status=Status.SUBMITTED) & waits),
            arrived=Count("pk", filter=arrived),
            arrived_overdue=Count("pk", filter=arrived & is_overdue),
        )
    )
    arrivals: dict[int, dict[int, SiteCounts]] = {program: {} for program in overdue}
    for row in rows:
        program, site = row.pop("program"), row.pop("site")
        arrivals[program][site] = SiteCounts({}, **row)
    return arrivals


def _reports_of_targets(targets, through):
    measure_is = [(measure, Q(**{f"{PROMISE}measure": measure})) for measure in Measure]
    reports = MonthlyReport.objects.of_targets(targets).filter(month__lte=through).order_by()
    return reports.alias(
        own_d=Case(*(When(condition, then=DEATHS[m]) for m, condition in measure_is)),
        own_b=Case(*(When(condition, then=BIRTHS[m]) for m, condition in measure_is)),
    )


def _in_period_of_target(name):
    return Q(month__range=(F(f"{PROMISE}{name}_first"), F(f"{PROMISE}{name}_last")))
