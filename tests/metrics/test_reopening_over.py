"""A report reopened until a day and not corrected: from the day after it is approved as it was."""

from datetime import date

import pytest

from metrics.approvals import MoveRefusedError, reopen_report, submit_report
from metrics.models import MonthlyReport
from programs.models import Program
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)


@pytest.fixture
def report():
    """Asked for June alone, and reopened until yesterday."""
    part = ParticipationFactory(
        site__name="North Clinic", site__code="NC-1", first_month=JUNE, program__slug="hb"
    )
    return MonthlyReportFactory(
        site=part.site, month=JUNE, live_births=40, infant_deaths=2, status="reopened", version=4,
        reopened_until=date(2025, 7, 14),
    )  # fmt: skip


def member(role):
    return MembershipFactory(program=Program.objects.get(), role=role).user


def correct(report):
    return submit_report(
        site=report.site, month=JUNE, counts={"live_births": 41, "infant_deaths": 2},
        seen_version=4, by=member("reporter"),
    )  # fmt: skip


def test_correction_comes_too_late(report):
    with pytest.raises(MoveRefusedError, match="is approved; submit needs") as refusal:
        correct(report)
    assert refusal.value.message.endswith("Ask a manager to reopen it.")
    assert MonthlyReport.objects.get().live_births == 40


def test_correction_on_the_last_day_is_taken(report):
    MonthlyReport.objects.update(reopened_until=date(2025, 7, 15))
    assert (correct(report).status, MonthlyReport.objects.get().live_births) == ("submitted", 41)


def test_it_can_be_opened_again(report):
    again = reopen_report(report, by=member("manager"), reason="flood", until=date(2025, 7, 20))
    assert (again.status, again.reopened_until) == ("reopened", date(2025, 7, 20))
    assert correct_after(again) == 41


def correct_after(report):
    submit_report(
        site=report.site, month=JUNE, counts={"live_births": 41, "infant_deaths": 2},
        seen_version=5, by=member("reporter"),
    )  # fmt: skip
    return MonthlyReport.objects.get().live_births


def test_nothing_is_owed_and_the_month_is_reported_on_every_page(client, report):
    client.force_login(member("manager"))
    for address in ("/programs/", "/reports/", "/programs/hb/", "/sites/NC-1/"):
        page = client.get(address).text
        assert "overdue from" not in page, address
        assert "to correct" not in page, address
    [month] = client.get("/sites/NC-1/").context["summary"].months
    assert month.state == "reported"
    assert client.get("/programs/").context["dues"].is_nothing


def test_its_page_offers_to_open_it_again(client, report):
    client.force_login(member("manager"))
    trail = client.get("/sites/NC-1/reports/2025-06/trail/")
    assert "Reopen the report" in trail.text
    sent = {"seen": report.version, "reason": "flood", "until": "2025-07-20"}
    assert client.post("/sites/NC-1/reports/2025-06/reopen/", sent).status_code == 302
    assert MonthlyReport.objects.get().reopened_until == date(2025, 7, 20)
