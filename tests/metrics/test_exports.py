import csv
from datetime import date

import pytest

from metrics.exports import SUMMARY_COLUMNS, safe_cell, stream_csv
from metrics.imports import COLUMNS
from metrics.models import COUNT_FIELDS
from metrics.summaries import summarise_program
from programs.periods import Period, format_month
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount, make_program

TODAY = date(2025, 7, 15)
SUMMARY, SITE_MONTHS = "/programs/hb/summary.csv", "/programs/hb/site-months.csv"


def rows_of(response):
    """The downloaded file's rows, each by column name."""
    assert response.status_code == 200
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


@pytest.fixture
def program(db, client, today):
    """A program with one site, and somebody who may see it, signed in."""
    program = ProgramFactory(name="Healthy Beginnings", slug="hb")
    ParticipationFactory(program=program, site__code="A", site__name="North")
    client.force_login(MembershipFactory(program=program).user)
    return program


# --- Cells and files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
)
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["North", "", "a=b", "'=1", 0, 12, -30.0, None, 4.5])
def test_other_cells_stay_as_they_are(value):
    assert safe_cell(value) is value


@pytest.mark.parametrize("number", [0, 1, 499, 500, 501, 1200])
def test_file_is_sent_in_batches_and_loses_no_row(number):
    response = stream_csv("x.csv", ([n, "a,b"] for n in range(number)))
    parts = list(response.streaming_content)
    assert b"".join(parts).decode() == "".join(f'{n},"a,b"\r\n' for n in range(number))
    assert len(parts) == number // 500 + 1


def test_file_is_streamed_while_it_is_made():
    """A row too far is not asked for before the first batch is on its way."""
    response = stream_csv("x.csv", ([1 // (600 - n)] for n in range(1000)))
    assert next(iter(response.streaming_content)).startswith(b"0\r\n")


# --- Site-months ---------------------------------------------------------------------------


def test_site_months_come_out_in_the_columns_in_which_they_come_in(client, program):
    site = program.sites.get()
    MonthlyReportFactory(site=site, month=date(2024, 3, 1))
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), infant_deaths=None)
    january, march = rows_of(client.get(SITE_MONTHS))
    assert list(march) == [*COLUMNS, "status"]
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


# --- Summary -------------------------------------------------------------------------------


def fill(program):
    """Two and a half years of reports that no whole number divides."""
    TargetFactory(program=program)
    for site in program.sites.all():
        for month in Period(date(2023, 1, 1), date(2025, 6, 1)):
            counts = {"live_births": 99 + month.month, "infant_deaths": 7}
            if month.year > 2023:
                counts["infant_deaths"] = 4
            MonthlyReportFactory(site=site, month=month, **counts)


def section(rows, name):
    return [row for row in rows if row["section"] == name]


def test_summary_numbers_are_those_of_the_summary_and_unrounded(client, program):
    fill(program)
    summary = summarise_program(program, today=TODAY)
    rows = rows_of(client.get(SUMMARY))
    [row], target = section(rows, "target evaluation"), summary.target
    assert float(row["rate"]) == target.evaluation.rate.value
    assert float(row["rate_low"]) == target.evaluation.rate.low
    assert float(row["rate_high"]) == target.evaluation.rate.high
    assert float(row["percent_change"]) == target.verdict.ratio.percent_change
    assert float(row["percent_change_low"]) == target.verdict.ratio.percent_low
    assert (row["deaths"], row["births"]) == ("48", str(12 * 99 + 78))
    assert (row["reports_received"], row["reports_expected"]) == ("12", "12")
    assert (row["first_month"], row["last_month"]) == ("2024-07", "2025-06")


def test_summary_has_every_section(client, program):
    fill(program)
    rows = rows_of(client.get(SUMMARY, {"first": "2024-01", "last": "2024-02"}))
    sections = [row["section"] for row in rows]
    assert list(rows[0]) == list(SUMMARY_COLUMNS)
    assert list(dict.fromkeys(sections)) == [
        *("verdict", "contract", "target baseline", "target evaluation", "baseline", "evaluation"),
        *("chosen period", "year 2023", "year 2024", "year 2025", "12 months", "site A"),
    ]
    assert sections.count("12 months") == 19
    [chosen] = section(rows, "chosen period")
    assert (chosen["deaths"], chosen["births"]) == ("8", "201")


def test_summary_says_the_verdict_in_the_words_of_the_page(client, program):
    fill(program)
    [row] = section(rows_of(client.get(SUMMARY)), "verdict")
    page = " ".join(client.get("/programs/hb/").text.split())
    assert row["text"].endswith(
        "This compares before and after. It does not prove that the program caused the change."
    )
    assert row["text"].partition(". ")[0] in page


@pytest.mark.parametrize("asked", ["first=2024-01&last=2023-01", "first=2024-13", "last=2024-01"])
def test_period_that_cannot_be_read_leads_to_its_error(client, program, asked):
    response = client.get(f"{SUMMARY}?{asked}")
    assert (response.status_code, response.url) == (302, f"/programs/hb/?{asked}")
    page = client.get(response.url)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert page.context["summary"].shown.scope.period is None


def test_no_births_leave_the_rate_empty_and_the_counts_zero(client, program):
    for month in Period(date(2024, 6, 1), date(2025, 5, 1)):
        MonthlyReportFactory(site=program.sites.get(), month=month, live_births=0, infant_deaths=0)
    [row] = section(rows_of(client.get(SUMMARY)), "site A")
    assert (row["rate"], row["rate_low"], row["rate_high"], row["per"]) == ("", "", "", "")
    assert (row["deaths"], row["births"], row["reports_received"]) == ("0", "0", "11")


def test_site_of_a_program_that_has_not_begun_has_no_row_yet(client, program):
    program.participations.update(first_month=date(2026, 1, 1))
    assert rows_of(client.get(SUMMARY)) == []


def test_program_without_anything_has_a_summary(client, program):
    program.participations.all().delete()
    assert rows_of(client.get(SUMMARY)) == []


def test_names_of_programs_cannot_become_formulas(client, program):
    program.name = "=1+1"
    program.save()
    TargetFactory(program=program)
    cells = [cell for row in rows_of(client.get(SUMMARY)) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


# --- Both ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("url", "kind"), [(SUMMARY, "summary"), (SITE_MONTHS, "site-months")])
def test_file_is_streamed_under_its_own_name(client, program, url, kind):
    response = client.get(url)
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="hb-{kind}-2025-07-15.csv"'


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_stranger_finds_no_such_file(client, program, url, extra):
    client.force_login(MembershipFactory(user=UserFactory(**extra)).user)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
def test_signed_out_person_is_led_to_sign_in(client, program, url):
    client.logout()
    response = client.get(url)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={url}")


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
def test_download_is_never_a_post(client, program, url):
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("sites", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [(SUMMARY, 12), (SITE_MONTHS, 4)])
def test_download_takes_as_many_queries_for_one_site_as_for_three(
    client, program, django_assert_num_queries, url, queries, sites
):
    ParticipationFactory.create_batch(sites - 1, program=program)
    fill(program)
    InterventionFactory(program=program)
    with django_assert_num_queries(queries):
        client.get(url).getvalue()
