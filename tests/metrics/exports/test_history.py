from datetime import date

from metrics.approvals import approve_report
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    UserFactory,
)
from tests.metrics.exports.taking import address, rows_of


def bring_up_to_approval(site, **counts):
    """A report that was entered, corrected by a file, and approved with a word."""
    report = MonthlyReportFactory(site=site, month=date(2024, 3, 1), **counts)
    report.live_births, report.version, report.door = 101, 2, "file"
    report._change_reason = "import 7: =counts.csv"
    report.save()
    return report


def test_history_has_every_version_oldest_first(client, program):
    lead = MembershipFactory(
        program=program, role="manager", user__first_name="Ada", user__last_name="Lovelace"
    ).user
    report = bring_up_to_approval(program.sites.get(), live_births=100)
    approve_report(report, by=lead)
    rows = rows_of(client.get(address("history")))
    told = [(r["version"], r["by"], r["done"], r["said"], r["live_births"]) for r in rows]
    assert told[:2] == [
        ("1", "", "Submitted", "", "100"),
        ("2", "", "Brought in", "'=counts.csv", "101"),
    ]
    assert told[2][1:3] == ("Ada Lovelace", "Approved")
    assert {row["at"] for row in rows} == {"2025-07-15T12:00:00+00:00"}
    assert [row["door"] for row in rows][:2] == ["typed", "file"]


def test_deleted_report_keeps_its_history(client, program):
    report = MonthlyReportFactory(site=program.sites.get())
    report.delete()
    assert [row["done"] for row in rows_of(client.get(address("history")))] == [
        "Submitted",
        "Removed",
    ]


def test_history_of_the_months_and_status_asked_for(client, program):
    for month in (1, 2, 3):
        MonthlyReportFactory(site=program.sites.get(), month=date(2024, month, 1))
    query = {"first": "2024-02", "last": "2024-03", "status": "submitted"}
    rows = rows_of(client.get(address("history"), query))
    assert [row["month"] for row in rows] == ["2024-02", "2024-03"]
    assert rows_of(client.get(address("history"), query | {"status": "draft"})) == []


def test_member_of_other_sites_gets_no_history(client, program):
    bring_up_to_approval(program.sites.get())
    other = ParticipationFactory(program=program, site__code="B").site
    client.force_login(MembershipFactory(program=program, sites=[other], user=UserFactory()).user)
    assert rows_of(client.get(address("history"))) == []
