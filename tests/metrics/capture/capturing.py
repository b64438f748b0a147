"""A site's form: its address, what is typed, and what came in before."""

from datetime import date

from tests.factories import MembershipFactory, MonthlyReportFactory

JUNE = date(2025, 6, 1)
GOOD = {"live_births": "40", "infant_deaths": "2", "seen_version": "0"}


def sign_in(client, site, **membership):
    user = MembershipFactory(program=site.programs.get(), **membership).user
    client.force_login(user)
    return user


def url(site="NC-1", month="2025-06", page=""):
    return f"/sites/{getattr(site, 'code', site)}/reports/{month}/{page}"


def store(site, **fields):
    """A report that came in before."""
    counts = {"live_births": 38, "infant_deaths": 1, "month": JUNE}
    return MonthlyReportFactory(site=site, **counts | fields)
