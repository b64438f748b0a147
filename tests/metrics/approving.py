"""What tests of approval share: a program with a site, its people, and reports that wait."""

import html
import re
from datetime import date

from programs.periods import Period, shift_month
from tests.factories import MembershipFactory, MonthlyReportFactory, UserFactory

JUNE = date(2025, 6, 1)
INBOX = "/programs/hb/approvals/"


def words(response) -> str:
    """What a page says, without its tags."""
    seen = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return " ".join(html.unescape(seen).split())


def join(program, role="manager", **fields):
    """A member of the program; `name` is how they are called."""
    name = fields.pop("name", None)
    user = UserFactory(first_name=name) if name else UserFactory()
    return MembershipFactory(program=program, role=role, user=user, **fields).user


def wait_for(site, month=JUNE, **fields):
    """A submitted report, entered by somebody else."""
    fields = {"entered_by": UserFactory()} | fields
    return MonthlyReportFactory(site=site, month=month, **fields)


def report_year(site, births=40, deaths=2):
    """Approved reports of the 12 months before June."""
    for month in Period.ending(shift_month(JUNE, -1)):
        MonthlyReportFactory(
            site=site, month=month, live_births=births, infant_deaths=deaths, status="approved"
        )


def tick(*reports):
    """What the inbox sends when these are ticked."""
    return {"seen": [report.version_number for report in reports]}


def trail_of(report, page="trail/"):
    return f"/sites/{report.site.code}/reports/{report.month:%Y-%m}/{page}"
