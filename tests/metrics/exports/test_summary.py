from datetime import date

import pytest

from metrics.exports import SUMMARY_COLUMNS
from metrics.summaries import summarise_program
from programs.periods import Period
from tests.factories import MonthlyReportFactory, ParticipationFactory, TargetFactory
from tests.metrics.exports.taking import SUMMARY, rows_of

TODAY = date(2025, 7, 15)


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
    assert " ." not in row["text"]
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


def test_comparison_sites_alone_have_no_summary(client, program):
    """They are in no figure of the program."""
    fill(program)
    ParticipationFactory(program=program, role="comparison", site__code="C")
    assert rows_of(client.get(SUMMARY, {"site": "C"})) == []
    both = section(rows_of(client.get(SUMMARY, {"site": ["A", "C"]})), "evaluation")
    assert both == section(rows_of(client.get(SUMMARY)), "evaluation")
