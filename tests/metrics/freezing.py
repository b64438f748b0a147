"""Promises to freeze, and freezing them."""

from datetime import date

from metrics.evaluations import freeze_evaluation
from metrics.models import MonthlyReport
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
)

TODAY = date(2025, 7, 15)  # the last month that is over is 2025-06
JULY = date(2024, 7, 1)
BASELINE = Period.parse("2023-01..2023-12")
EVALUATION = Period.parse("2024-07..2025-06")


def report_year(site, period, deaths, births=1000):
    for month in period:
        MonthlyReportFactory(site=site, month=month, live_births=births, infant_deaths=deaths)


def promise_with(sites=1, **target):
    """A promise whose sites fell from 70 to 49 deaths per 1,000 births, month after month."""
    promise = TargetFactory(**target)
    for number in range(sites):
        site = ParticipationFactory(program=promise.program, site__code=f"S-{number}").site
        report_year(site, BASELINE, 70)
        report_year(site, EVALUATION, 49)
    return promise


def manager_of(program):
    return MembershipFactory(program=program, role="manager").user


def freeze(target, today=TODAY):
    return freeze_evaluation(target=target, by=manager_of(target.program), today=today)


def report_of(month=JULY, code="S-0"):
    return MonthlyReport.objects.filter(site__code=code, month=month)
