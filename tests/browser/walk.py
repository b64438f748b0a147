"""A program of its own for those who walk through it and change it."""

from datetime import date

from metrics.models import MonthlyReport, Status
from programs.models import Role
from programs.periods import Period, month_of, shift_month
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)

SLUG, SITES = "safe-arrivals", {"SA-1": "Larch Health Centre", "SA-2": "Alder Clinic"}
BIRTHS, DEATHS_BEFORE, DEATHS_SINCE = 100, 9, 4
REPORTER, MANAGER = "walking-reporter", "walking-manager"


def build_walk(today: date) -> dict[str, object]:
    """Two years of approved reports but for the last month, which nobody has sent yet."""
    last = shift_month(month_of(today), -1)
    start = shift_month(last, -11)
    program = ProgramFactory(
        slug=SLUG, name="Safe Arrivals", start_month=start, approval_required=True
    )
    TargetFactory(program=program, due_month=last, min_completeness=50)
    for code, name in SITES.items():
        part = {"first_month": shift_month(start, -12), "site__code": code, "site__name": name}
        site = ParticipationFactory(program=program, **part).site
        MonthlyReport.objects.bulk_create(_reports(site, Period.ending(last, 24), start))
    for name, role in {REPORTER: Role.REPORTER, MANAGER: Role.MANAGER}.items():
        MembershipFactory(program=program, user=UserFactory(username=name), role=role)
    return {"walk_first": f"{start:%Y-%m}"}


def _reports(site, months, start):
    return [
        MonthlyReport(
            site=site,
            month=month,
            live_births=BIRTHS,
            infant_deaths=DEATHS_SINCE if month >= start else DEATHS_BEFORE,
            status=Status.APPROVED,
        )
        for month in list(months)[:-1]
    ]
