"""The data quality page: its parts, who sees which findings, what may be said of them."""

from datetime import date

import pytest

from metrics.findings import review_finding
from metrics.models import FindingReview, MonthlyReport
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGE = "/programs/hb/quality/"
REVIEW = "/programs/hb/quality/review/"
MONTHS = Period.parse("2023-07..2025-06")
ODD = date(2025, 3, 1)
SENTENCE = (
    "1,000 live births in 2025-03, far more than in the 9 months around it: 900 together. "
    "Compare it with the register: a digit too many or too few, or a month that is not complete?"
)


@pytest.fixture
def program():
    return add_site(ProgramFactory(slug="hb", name="Healthy Beginnings"), "NC-1").program


def add_site(program, code, *, months=MONTHS, odd=ODD):
    part = ParticipationFactory(program=program, site__code=code, site__name=f"Clinic {code}")
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=part.site,
            month=month,
            live_births=1000 if month == odd else 100 + month.month % 7,
            infant_deaths=3,
        )
        for month in months
    )
    return part


def sign_in(client, program, role="manager", **fields):
    user = MembershipFactory(program=program, role=role, **fields).user
    client.force_login(user)
    return user


def findings(client, **query):
    return list(client.get(PAGE, query).context["page"])


def only(client, **query):
    [found] = findings(client, **query)
    return found


def sent(found, decision="explained", reason="A ward was opened."):
    names = {"site": found.site.code, "kind": str(found.kind), "fingerprint": found.fingerprint}
    return names | {"decision": decision, "reason": reason}


def test_page_shows_the_finding_with_its_values_and_leads_to_the_report(client, program):
    sign_in(client, program)
    response = client.get(PAGE)
    assert "Births far from the usual to look at Clinic NC-1, 2025-03" in words(response)
    assert f'<a href="/sites/NC-1/reports/2025-03/">' in response.text
