"""A small but real world: the demonstration, and beside it every state that a page can meet."""

from datetime import date

from accounts.models import User
from metrics.approvals import reopen_report, return_report
from metrics.demo import load_demo
from metrics.evaluations import freeze_evaluation
from metrics.imports import keep_file, receive_file
from metrics.models import MonthlyReport, Status
from programs.actions import digest, invite_person
from programs.models import Area, Invitation, Program, Role, Site, Target
from programs.periods import Period, month_of, shift_month
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
)

SLUG = "healthy-beginnings"  # the program that the walks open
SITE, REPORTED = "NB-004", "2025-05"
UNREPORTED_SITE = "NB-012"  # the reporter's, without its last month
APPROVING, BOTH_PERIODS = "clean-birth-sorena", "first-breath"
WIDE = (
    "Births by health facility;;;\nFacility;Apr-20;May-20;Jun-20\nKirell;40;1.200;<5\n"
    "Total;80;2.400;9\n"
)
FAULTY = "site_code,month,live_births,infant_deaths\nNB-004,2024-01,40,2\nNOWHERE,2024-13,a,b\n"


def build_world(today: date) -> dict[str, object]:
    """Load everything, and return what the addresses of its pages are filled in with."""
    load_demo(today=today)
    program, manager = Program.objects.get(slug=SLUG), User.objects.get(username="manager")
    last = shift_month(month_of(today), -1)
    frozen = freeze_evaluation(target=program.targets.get(), by=manager, today=today)
    _move_reports(program, last, manager)
    _vary_rules()
    _begin_programs(last)
    batch = receive_file(
        program=program, file_name="faulty.csv", content=FAULTY.encode(), mapping={}, by=manager
    )
    return {
        "slug": SLUG,
        "site": SITE,
        "area": Area.objects.get(sites__code=SITE).code,
        "measure": "infant",
        "month": f"{shift_month(last, -4):%Y-%m}",
        "last": f"{last:%Y-%m}",
        "year": Period.ending(last).code,
        "evaluation": frozen.pk,
        "batch": batch.pk,
        "wide": keep_file(
            program=program,
            file_name="births by month.csv",
            content=[WIDE.encode()],
            mapping={"site_name": "Facility", "live_births": "each month"},
            by=manager,
        ).pk,
        "member": program.memberships.get(user__username="reporter").pk,
        "secret": _invite(program, manager, today),
        "target": program.targets.get().pk,
        "intervention": program.interventions.order_by("pk").first().pk,
    }


def _invite(program, manager, today):
    """Somebody who was invited and has not come; returns the secret of their link."""
    secret = "a-secret-of-the-tests"
    invitation = invite_person(
        program=program,
        email="guest@example.org",
        role=Role.REPORTER,
        all_sites=False,
        sites=program.sites.order_by("code")[:5],
        by=manager,
        today=today,
    )
    Invitation.objects.filter(pk=invitation.pk).update(secret_sha256=digest(secret))
    return secret


def _move_reports(program, last, manager):
    """A report in every status, one without births, and changes since the verdict was frozen."""
    reports = MonthlyReport.objects.filter(site__programs=program).order_by("site__code")
    waiting = reports.filter(status=Status.SUBMITTED, month=last)
    return_report(waiting[0], by=manager, message="Count the births again.")
    approved = reports.filter(status=Status.APPROVED, month=shift_month(last, -3))
    reopen_report(approved[0], by=manager, reason="A death is missing.")
    empty = list(_missing_months(program, last))
    MonthlyReportFactory(
        **empty[0], live_births=7, infant_deaths=None, status=Status.DRAFT, first_submitted_at=None
    )
    MonthlyReportFactory(**empty[1], live_births=0, infant_deaths=0)


def _missing_months(program, last):
    """The months, latest first, for which a site that is not the reporter's sent nothing."""
    for month in reversed(list(Period.ending(last, 24))):
        for site in Site.objects.filter(participations__program=program).order_by("code"):
            known = site.monthly_reports.filter(month=month)
            open_then = any(month in spell for spell in site.operation)
            if open_then and site.code != UNREPORTED_SITE and not known:
                yield {"site": site, "month": month}


def _vary_rules():
    """One program counts what is approved, one the sites that report in both periods."""
    Program.objects.filter(slug=APPROVING).update(approval_required=True)
    rule = Target.SitesRule.BOTH
    Target.objects.filter(program__slug=BOTH_PERIODS).update(sites_rule=rule)


def _begin_programs(last):
    """A program that promised nothing and has no site, and one without a single report."""
    new = ProgramFactory(name="Born Well", slug="born-well", start_month=last)
    silent = ProgramFactory(name="First Days", slug="first-days", start_month=shift_month(last, -2))
    TargetFactory(program=silent)
    ParticipationFactory(
        program=silent,
        site=SiteFactory(name="Keled Health Centre", code="KE-1"),
        first_month=shift_month(last, -14),
    )
    for program in (new, silent):
        for name, role in {
            "manager": Role.MANAGER,
            "admin": Role.MANAGER,
            "viewer": Role.VIEWER,
        }.items():
            MembershipFactory(program=program, user=User.objects.get(username=name), role=role)
