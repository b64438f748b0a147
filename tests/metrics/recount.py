"""Random but repeatable programs, and a slow, obvious recount to hold every aggregate against."""

from datetime import date
from random import Random

from django.utils import timezone

from metrics.models import MonthlyReport, Status
from programs.models import Measure, Participation
from programs.periods import Period, shift_month
from tests.factories import ParticipationFactory, ProgramFactory, SiteFactory

FIRST, LAST = date(2022, 6, 1), date(2025, 7, 1)  # of the reports; LAST is not over on TODAY
OPEN = (date(2020, 1, 1), None)
SPELLS = [
    [OPEN],
    [(date(2020, 1, 1), date(2023, 5, 1)), (date(2023, 9, 1), date(2024, 8, 1))],
    [(date(2022, 11, 1), date(2024, 2, 1)), (date(2024, 6, 1), None)],
    [OPEN],
]


def make_program(seed, *, reported=0.85, statuses=None, **fields):
    """A program of three program sites and a comparison site; another one shares two of them."""
    chance = Random(seed)
    program, other = ProgramFactory(**fields), ProgramFactory()
    for number, spells in enumerate(SPELLS):
        site = SiteFactory(spells=spells)
        _join(chance, program, site, "comparison" if number == 3 else "program")
        if number in (0, 3):
            _join(chance, other, site, "program")
        MonthlyReport.objects.bulk_create(
            _report(chance, site, month, statuses)
            for month in Period(FIRST, LAST)
            if chance.random() < reported
        )
    return program


def _join(chance, program, site, role):
    ParticipationFactory(
        program=program,
        site=site,
        role=role,
        first_month=shift_month(date(2022, 9, 1), chance.randrange(6)),
        last_month=chance.choice([None, shift_month(date(2024, 9, 1), chance.randrange(9))]),
    )


def _report(chance, site, month, statuses):
    parts = [chance.choice([None, 0, 1, 2, 3]) for _ in range(4)]
    deaths = sum(part or 0 for part in parts) + chance.choice([0, 0, 1])
    if not any(parts) and chance.random() < 0.2:
        parts, deaths = [None] * 4, None
    early, late, post, unknown = parts
    return MonthlyReport(
        site=site,
        month=month,
        live_births=chance.choice([0, 20, 60, 110]),
        infant_deaths=deaths,
        early_neonatal_deaths=early,
        late_neonatal_deaths=late,
        postneonatal_deaths=post,
        age_unknown_deaths=unknown,
        stillbirths=chance.choice([None, 0, 1, 2]),
        maternal_deaths=chance.choice([None, 0, 0, 1]),
        status=chance.choice(statuses or [*Status, Status.SUBMITTED, Status.APPROVED]),
    )


def deaths_and_births(report, measure):
    """The pair that one report adds to a measure, or None where it was not counted."""
    deaths = {
        Measure.INFANT: report.infant_deaths,
        Measure.NEONATAL: _neonatal_deaths(report),
        Measure.POSTNEONATAL: report.postneonatal_deaths,
        Measure.STILLBIRTH: report.stillbirths,
        Measure.MATERNAL: report.maternal_deaths,
    }[measure]
    if deaths is None:
        return None
    stillborn = report.stillbirths if measure == Measure.STILLBIRTH else 0
    return deaths, report.live_births + stillborn


def _neonatal_deaths(report):
    if report.early_neonatal_deaths is not None and report.late_neonatal_deaths is not None:
        return report.early_neonatal_deaths + report.late_neonatal_deaths
    if report.infant_deaths is not None and report.postneonatal_deaths is not None:
        unknown = report.age_unknown_deaths or 0
        return report.infant_deaths - report.postneonatal_deaths - unknown
    return None


class Recount:
    """Everything of one program, loaded and gone through one by one."""

    def __init__(self, program, role=Participation.Role.PROGRAM):
        self.program = program
        self.participations = [
            participation
            for participation in Participation.objects.filter(program=program)
            if role is None or participation.role == role
        ]
        self.reports = [r for r in MonthlyReport.objects.all() if self.expects(r.site_id, r.month)]

    @property
    def sites(self):
        return {participation.site_id for participation in self.participations}

    def expects(self, site, month):
        return any(
            participation.site_id == site
            and month in participation.period
            and any(month in spell for spell in participation.site.operation)
            for participation in self.participations
        )

    def official(self):
        if self.program.approval_required:
            return [report for report in self.reports if report.status == "approved"]
        return [report for report in self.reports if report.status in ("submitted", "approved")]

    def counts(self, months, measure=Measure.INFANT, sites=None, statuses=None):
        """Deaths, births and reports of these months.

        statuses : which reports count; None for those that do by the program's own rule
        """
        counting = self.official() if statuses is None else self.reports
        pairs = [
            deaths_and_births(report, measure)
            for report in counting
            if (statuses is None or report.status in statuses)
            and report.month in months
            and (sites is None or report.site_id in sites)
        ]
        pairs = [pair for pair in pairs if pair is not None]
        return sum(d for d, _ in pairs), sum(b for _, b in pairs), len(pairs)

    def on_time(self, months, sites):
        """How many reports of these months had come when their due day was over."""
        return sum(
            report.first_submitted_at is not None
            and timezone.localtime(report.first_submitted_at).date() <= self.due(report.month)
            for report in self.reports
            if report.status in ("submitted", "approved")
            and report.month in months
            and report.site_id in sites
        )

    def due(self, month):
        """The last day on which a report is on time."""
        year, number = divmod(12 * month.year + month.month, 12)
        return date(year, number + 1, self.program.report_due_day)

    def expected(self, months, sites=None, through=date(2025, 6, 1)):
        """How many reports are expected in these months, as far as they are over."""
        return sum(
            self.expects(site, month)
            for site in (self.sites if sites is None else sites)
            for month in months
            if month <= through
        )
