"""What tests of the past share: a clock to turn, acts that leave versions, and a slow recount."""

from datetime import UTC, date, datetime
from random import Random

from metrics.models import MonthlyReport
from programs.models import OperationSpell, Participation, Program
from programs.periods import Period, shift_month
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.recount import deaths_and_births

BEGUN = date(2025, 6, 20)
MONTHS = Period(date(2022, 11, 1), date(2025, 6, 1))


class Clock:
    """Says what time it is, until it is turned."""

    def __init__(self, monkeypatch):
        self.moment = datetime(2025, 7, 15, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.moment)

    def turn(self, day: date, hour=12, minute=0):
        self.moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def begin(chance: Random, *, rule="all", **fields) -> Program:
    """Two program sites and a comparison site, with a promise and most of their reports.

    rule : about the sites that the promise names
    """
    program = ProgramFactory(slug="hb", **fields)
    TargetFactory(program=program, min_completeness=10, sites_rule=rule)
    for number in range(3):
        site = SiteFactory(spells=[(date(2020, 1, 1), None)])
        role = "comparison" if number == 2 else "program"
        ParticipationFactory(program=program, site=site, role=role)
        for month in MONTHS:
            if chance.random() < 0.8:
                send(chance, site, month)
    return program


def send(chance, site, month):
    status = chance.choice(["submitted", "approved", "approved", "returned", "draft"])
    deaths = chance.choice([None, 1, 2, 5])
    births = chance.choice([40, 60, 90])
    MonthlyReportFactory(
        site=site, month=month, live_births=births, infant_deaths=deaths, status=status
    )


def act(chance: Random, program: Program):
    """Something happens to the program, in a way that leaves a version."""
    chance.choice([_count_again, _count_again, _move, _reopen, _send_late, _close, _leave, _rule])(
        chance, program
    )


def _pick(chance, rows):
    return chance.choice(list(rows.order_by("pk")))


def _count_again(chance, program):
    for _ in range(5):
        report = _pick(chance, MonthlyReport.objects.all())
        report.live_births, report.infant_deaths = report.live_births + 3, chance.choice([None, 4])
        report.version += 1
        report.save()


def _move(chance, program):
    for _ in range(5):
        report = _pick(chance, MonthlyReport.objects.all())
        report.status = chance.choice(["submitted", "approved", "returned"])
        report.version += 1
        report.save()


def _reopen(chance, program):
    report = _pick(chance, MonthlyReport.objects.filter(status="approved"))
    report.status, report.version = "reopened", report.version + 1
    report.reopened_until = date(2025, 7, chance.randint(1, 12))
    report.save()


def _send_late(chance, program):
    site = _pick(chance, program.sites.all())
    known = set(site.monthly_reports.values_list("month", flat=True))
    for month in sorted(set(MONTHS) - known)[:2]:
        send(chance, site, month)


def _close(chance, program):
    spell = _pick(chance, OperationSpell.objects.all())
    spell.last_month = date(2025, chance.randint(1, 5), 1)
    spell.save()


def _leave(chance, program):
    own = _pick(chance, Participation.objects.all())
    own.last_month = date(2025, chance.randint(1, 5), 1)
    own.save()


def _rule(chance, program):
    program.approval_required = not program.approval_required
    program.save()


class PastRecount:
    """Every version gone through one by one: which was the last one on a day?"""

    def __init__(self, program, day: date):
        self.day = day
        [self.program] = self._last(Program, id=program.pk)
        self.spells = self._last(OperationSpell)
        self.parts = [
            own for own in self._last(Participation, program=program) if own.role == "program"
        ]
        through = shift_month(day.replace(day=1), -1)
        self.reports = [
            own
            for own in self._last(MonthlyReport)
            if own.month <= through and self.expects(own.site_id, own.month)
        ]
        self.through = through

    def _last(self, model, **fields):
        last = {}
        for row in model.history.filter(**fields).order_by("history_date", "history_id"):
            if row.history_date.date() <= self.day:
                last[row.id] = row
        return [row for row in last.values() if row.history_type != "-"]

    def expects(self, site, month):
        return any(
            part.site_id == site and spell.site_id == site
            for part in self.parts
            for spell in self.spells
            if part.first_month <= month <= (part.last_month or month)
            and spell.first_month <= month <= (spell.last_month or month)
        )

    def _counts(self, report):
        is_open_no_more = report.status == "reopened" and report.reopened_until < self.day
        may_wait = report.status == "submitted" and not self.program.approval_required
        return report.status == "approved" or is_open_no_more or may_wait

    def counts(self, months):
        """Deaths, births, reports and reports expected."""
        told = [
            deaths_and_births(own, "infant")
            for own in self.reports
            if own.month in months and self._counts(own)
        ]
        told = [own for own in told if own]
        sites = {part.site_id for part in self.parts}
        expected = sum(
            self.expects(site, month) for site in sites for month in months if month <= self.through
        )
        return sum(d for d, _ in told), sum(b for _, b in told), len(told), expected
