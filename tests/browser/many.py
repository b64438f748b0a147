"""A program of 60 sites that have reported for 60 months."""

from datetime import date

from accounts.models import User
from metrics.models import MonthlyReport, Status
from programs.models import Area, OperationSpell, Participation, Role, Site
from programs.periods import Period, month_of, shift_month
from tests.factories import AreaFactory, MembershipFactory, ProgramFactory, TargetFactory

SITES, MONTHS, AREAS = 60, 60, 6
SLUG = "many-sites"


def build_many(today: date) -> dict[str, object]:
    """Load it, and return its address; only its own manager sees it."""
    last = shift_month(month_of(today), -1)
    months = Period.ending(last, MONTHS)
    program = ProgramFactory(slug=SLUG, name="Many Sites", start_month=shift_month(last, -17))
    TargetFactory(program=program)
    sites = _create_sites(months.first)
    Participation.objects.bulk_create(
        Participation(program=program, site=site, first_month=months.first) for site in sites
    )
    MonthlyReport.objects.bulk_create(
        _report(number, site, month, counted)
        for number, site in enumerate(sites)
        for counted, month in enumerate(months)
    )
    user = User.objects.create_user("director", "director@example.org")
    MembershipFactory(program=program, user=user, role=Role.MANAGER)
    return {"many": f"/programs/{SLUG}/"}


def _create_sites(first):
    country = AreaFactory(name="Vastland", code="VA", kind=Area.Kind.COUNTRY)
    districts = [
        AreaFactory(name=f"District {number}", code=f"VA-{number}", parent=country)
        for number in range(AREAS)
    ]
    sites = Site.objects.bulk_create(
        Site(
            name=f"Health Centre {number}",
            code=f"VA-S{number}",
            area=districts[number % AREAS],
            kind=Site.Kind.HEALTH_CENTRE,
            latitude=number % 10,
            longitude=number // 10,
        )
        for number in range(SITES)
    )
    OperationSpell.objects.bulk_create(
        OperationSpell(site=site, first_month=first) for site in sites
    )
    return sites


def _report(number, site, month, counted):
    """So many deaths that no two sites and no two months are alike, fewer in the last years."""
    deaths = (number + counted) % 3 + (1 if counted < MONTHS - 12 else 0)
    return MonthlyReport(
        site=site,
        month=month,
        live_births=40 + number % 7,
        infant_deaths=deaths,
        early_neonatal_deaths=deaths,
        late_neonatal_deaths=0,
        postneonatal_deaths=0,
        age_unknown_deaths=0,
        stillbirths=number % 2,
        maternal_deaths=int(counted == number % 12),
        status=Status.SUBMITTED,
    )
