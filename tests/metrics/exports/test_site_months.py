from datetime import date

import pytest

from metrics.exports import SITE_MONTHS as DATASET
from metrics.imports import COLUMNS
from metrics.models import COUNT_FIELDS
from programs.periods import format_month
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory
from tests.metrics.exports.taking import SITE_MONTHS, SUMMARY, rows_of
from tests.metrics.recount import Recount, make_program


def test_site_months_come_out_in_the_columns_in_which_they_come_in(client, program):
    site = program.sites.get()
    MonthlyReportFactory(site=site, month=date(2024, 3, 1))
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), infant_deaths=None)
    january, march = rows_of(client.get(SITE_MONTHS))
    assert list(march) == [*COLUMNS, "status", "role"] == list(DATASET.header)
    assert list(march.values())[:5] == ["A", "North", "2024-03", "100", "5"]
    assert march["status"] == "submitted"
    assert list(january.values())[:5] == ["A", "North", "2024-01", "100", ""]


def test_empty_is_not_zero(client, program):
    MonthlyReportFactory(site=program.sites.get(), live_births=0, infant_deaths=0, stillbirths=None)
    [row] = rows_of(client.get(SITE_MONTHS))
    assert (row["live_births"], row["infant_deaths"], row["stillbirths"]) == ("0", "0", "")


def test_months_without_a_report_have_no_row(client, program):
    assert rows_of(client.get(SITE_MONTHS)) == []


@pytest.mark.parametrize("seed", range(2))
def test_site_months_agree_with_a_recount(client, today, db, seed):
    program = make_program(seed, slug="hb")
    client.force_login(MembershipFactory(program=program).user)
    expected = [
        [r.site.code, format_month(r.month), *(getattr(r, name) for name in COUNT_FIELDS), r.status]
        for r in sorted(Recount(program, role=None).reports, key=lambda r: (r.site.code, r.month))
    ]
    rows = rows_of(client.get(SITE_MONTHS))
    names = ("site_code", "month", *COUNT_FIELDS, "status")
    written = [["" if value is None else str(value) for value in row] for row in expected]
    assert [[row[name] for name in names] for row in rows] == written


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_names_of_sites_cannot_become_formulas(client, program, start):
    site = program.sites.get()
    site.name = f"{start}HYPERLINK(1)"
    site.save()
    MonthlyReportFactory(site=site)
    assert rows_of(client.get(SITE_MONTHS))[0]["site_name"] == f"'{start}HYPERLINK(1)"


def test_member_of_some_sites_gets_these_only(client, program):
    other = ParticipationFactory(program=program, site__code="B").site
    MonthlyReportFactory(site=program.sites.get(code="A"))
    MonthlyReportFactory(site=other)
    client.force_login(MembershipFactory(program=program, sites=[other]).user)
    assert [row["site_code"] for row in rows_of(client.get(SITE_MONTHS))] == ["B"]
    sections = [row["section"] for row in rows_of(client.get(SUMMARY))]
    assert [name for name in sections if name.startswith("site ")] == ["site B"]


# --- What was asked for ----------------------------------------------------------------------


@pytest.fixture
def three(program):
    """Sites A and B in one area and C, which is only compared with, in another."""
    a = program.sites.get()
    b = ParticipationFactory(program=program, site__code="B", site__area=a.area).site
    c = ParticipationFactory(program=program, site__code="C", role="comparison").site
    for site, status in ((a, "approved"), (b, "submitted"), (c, "draft")):
        for month in (1, 2, 3):
            MonthlyReportFactory(site=site, month=date(2024, month, 1), status=status)
    return a, b, c


@pytest.mark.parametrize(
    ("asked", "sites"),
    [
        ("", "AAABBBCCC"),
        ("first=2024-02&last=2024-02", "ABC"),
        ("first=2024-02&last=2030-01", "AABBCC"),
        ("site=C&site=A", "AAACCC"),
        ("status=submitted", "BBB"),
        ("site=A&status=submitted", ""),
        ("first=2023-01&last=2023-12", ""),
    ],
)
def test_site_months_are_narrowed_by_what_is_asked(client, three, asked, sites):
    rows = rows_of(client.get(f"{SITE_MONTHS}?{asked}"))
    assert "".join(row["site_code"] for row in rows) == sites


def test_area_asked_for_has_its_comparison_sites_too(client, three):
    for site, codes in ((three[0], "AAABBB"), (three[2], "CCC")):
        rows = rows_of(client.get(SITE_MONTHS, {"area": site.area.code}))
        assert "".join(row["site_code"] for row in rows) == codes


def test_site_months_say_which_sites_are_only_compared_with(client, three):
    roles = {row["site_code"]: row["role"] for row in rows_of(client.get(SITE_MONTHS))}
    assert roles == {"A": "program", "B": "program", "C": "comparison"}


def test_reopening_that_is_over_counts_as_approved(client, program):
    site = program.sites.get()
    for month, until in ((1, date(2025, 7, 14)), (2, date(2025, 7, 15))):
        MonthlyReportFactory(
            site=site, month=date(2024, month, 1), status="reopened", reopened_until=until
        )
    rows = rows_of(client.get(SITE_MONTHS))
    assert [row["status"] for row in rows] == ["approved", "reopened"]
    [row] = rows_of(client.get(SITE_MONTHS, {"status": "approved"}))
    assert row["month"] == "2024-01"


def test_limited_member_cannot_ask_for_other_sites(client, program, three):
    client.force_login(MembershipFactory(program=program, sites=[three[1]]).user)
    assert client.get(SITE_MONTHS, {"site": "A"}).status_code == 302
    rows = rows_of(client.get(SITE_MONTHS, {"area": three[1].area.code}))
    assert {row["site_code"] for row in rows} == {"B"}


def test_reports_of_months_outside_the_participation_are_left_out(client, program):
    MonthlyReportFactory(site=program.sites.get(), month=date(2022, 12, 1))
    assert rows_of(client.get(SITE_MONTHS)) == []
