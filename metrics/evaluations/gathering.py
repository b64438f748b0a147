"""What a frozen verdict holds, fetched from what has been reported until now."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, Value, prefetch_related_objects

from metrics.evaluations.contracts import write_contract, write_period
from metrics.evaluations.documents import FORMAT, UNRESOLVED, Document, judge_document, seal
from metrics.models import MonthlyReport, Status
from metrics.models.reports import BIRTHS, DEATHS, counts_officially
from metrics.summaries.counts import NOTHING, Counts, SiteCounts
from metrics.summaries.expected import Expected, expect_reports
from metrics.summaries.quality import NO_STOPS, Stop, count_stops, find_stops
from metrics.summaries.targets import PERIOD_NAMES, choose_sites, contract_periods
from programs.models import Measure, Participation, Program, Target
from programs.periods import Period, format_month

NOT_REPORTED = "Not reported."
NOT_COUNTED = "Reported, but the deaths of this measure, or the births, were not counted."
LEFT_OUT = "The site is left out: it did not report in both periods."
NOT_EXPECTED = "Reported, but the site did not take part, or was closed, in this month."
NOT_OFFICIAL = {
    Status.DRAFT: "A draft only: not submitted.",
    Status.SUBMITTED: "Submitted, but waits for approval.",
    Status.RETURNED: "Returned to the reporter, to be corrected.",
    Status.REOPENED: "Reopened, to be corrected.",
}


class _Report(NamedTuple):
    pk: int
    version: int
    site: int
    month: date
    status: str
    is_official: bool
    deaths: int | None
    births: int | None

    @property
    def counts(self) -> Counts | None:
        """What it adds to the sums of its measure, or None."""
        if not self.is_official or self.deaths is None or self.births is None:
            return None
        return Counts(self.deaths, self.births, 1)


@dataclass(frozen=True)
class _Gathered:
    """The reports of program sites in the contract's months, by site and month.

    codes : the sites' codes; months : those in which a report is expected, by site
    """

    codes: Mapping[int, str]
    expected: Expected
    periods: Mapping[str, Period]
    months: Collection[tuple[int, date]]
    reports: Mapping[tuple[int, date], _Report]

    def counted(self) -> Iterator[_Report]:
        return (r for key, r in self.reports.items() if r.counts and key in self.months)

    def by_site(self) -> dict[int, SiteCounts]:
        """What each site reported in each period, for the contract's rule about sites."""
        sums: dict[int, dict[str, Counts]] = {}
        for report in self.counted():
            own = sums.setdefault(report.site, {})
            name = next(name for name, months in self.periods.items() if report.month in months)
            own[name] = own.get(name, NOTHING) + (report.counts or NOTHING)
        return {site: SiteCounts(own) for site, own in sums.items()}


def gather_document(
    target: Target, *, through: date, as_of: date, contract: dict[str, Any] | None = None
) -> Document:
    """Put together what is known of a target, with its verdict and checksum, in four queries.

    through : the last month that counts
    contract : as it was written down, where it is not to be written anew
    """
    program = target.program
    gathered = _gather(target, through)
    sites = choose_sites(target, gathered.by_site(), gathered.expected)
    content = {
        "format": FORMAT,
        "program": {"slug": program.slug, "name": program.name},
        "contract": contract or write_contract(target),
        "as_of": as_of.isoformat(),
        "through": format_month(through),
        "approval_required": program.approval_required,
        "sites": len(sites),
        "sites_left_out": len(gathered.codes) - len(sites),
        "periods": _write_periods(gathered, sites, _find_stops(target, gathered, through)),
        "rows": _write_rows(gathered, sites),
        "exclusions": _write_exclusions(gathered, sites),
    }
    return seal({**content, "verdict": judge_document(content)})


def _gather(target, through):
    program: Program = target.program
    participations = list(program.participations.of_program_sites().select_related("site"))
    prefetch_related_objects(participations, "site__spells")
    expected = expect_reports(participations, through)
    periods = contract_periods(target, expected.span)
    codes = {own.site_id: own.site.code for own in participations}
    return _Gathered(
        codes=codes,
        expected=expected,
        periods=periods,
        months=_expected_months(expected, periods.values()),
        reports=_fetch_reports(program, Measure(target.measure), periods.values()),
    )


def _expected_months(expected, periods):
    return {
        (site, month)
        for site, own in expected.by_site.items()
        for spell in own
        for period in periods
        for month in spell.intersection(period) or ()
    }


def _fetch_reports(program, measure, periods):
    in_periods = Q(pk__in=())
    for period in periods:
        in_periods |= Q(month__range=(period.first, period.last))
    found = (
        MonthlyReport.objects.filter(
            in_periods,
            site__participations__program=program,
            site__participations__role=Participation.Role.PROGRAM,
        )
        .order_by("site", "month")
        .annotate(
            is_official=ExpressionWrapper(counts_officially(program), BooleanField()),
            deaths=DEATHS[measure],
            births=BIRTHS[measure],
        )
        .values_list("pk", "version", "site", "month", "status", "is_official", "deaths", "births")
    )
    reports = (_Report(*row) for row in found)
    return {(report.site, report.month): report for report in reports}


def _find_stops(target, gathered, through) -> Collection[Stop]:
    """What forbids a verdict, at any program site."""
    program = target.program
    stops = find_stops(
        MonthlyReport.objects.of_program(program),
        program=Value(program.pk),
        official=counts_officially(program),
        periods=gathered.periods.values(),
        through=through,
    )
    return stops.get(program.pk, NO_STOPS)


def _write_periods(gathered, sites, stops):
    written: dict[str, dict[str, Any]] = {}
    for name in PERIOD_NAMES:
        period = gathered.periods.get(name)
        due = gathered.expected.in_period(period, sites) if period else 0
        written[name] = {"elapsed": write_period(period), "expected": due}
        if unresolved := count_stops(stops, period, sites):
            written[name][UNRESOLVED] = unresolved
    return written


def _write_rows(gathered, sites):
    rows = [
        {
            "report": report.pk,
            "version": report.version,
            "site": gathered.codes[report.site],
            "month": format_month(report.month),
            "deaths": report.deaths,
            "births": report.births,
        }
        for report in gathered.counted()
        if report.site in sites
    ]
    return sorted(rows, key=_by_site_and_month)


def _write_exclusions(gathered, sites):
    exclusions = [
        {"site": gathered.codes[site], "month": format_month(month), "reason": reason}
        for site, month in {*gathered.months, *gathered.reports}
        if (reason := _why_left_out(gathered, sites, site, month))
    ]
    return sorted(exclusions, key=_by_site_and_month)


def _why_left_out(gathered, sites, site, month):
    """Say why a site's month is in no sum; None where it is in one, or was never to be."""
    report = gathered.reports.get((site, month))
    if (site, month) not in gathered.months:
        return NOT_EXPECTED if report.is_official else None
    if site not in sites:
        return LEFT_OUT
    if report is None:
        return NOT_REPORTED
    if not report.is_official:
        return NOT_OFFICIAL[Status(report.status)]
    return None if report.counts else NOT_COUNTED


def _by_site_and_month(line):
    return line["site"], line["month"]
