"""Wherever the official figure stands, it says how many reports wait and what it would be."""

import csv
from datetime import date

import pytest

from metrics.models import MonthlyReport
from programs.periods import Period, shift_month
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
)
from tests.metrics.approving import JUNE, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGE = "/programs/hb/"
# R: 1000 * poisson.test(48, 1200)$conf.int is 29.493, 53.034; with p <- binom.test(48,
# 168)$conf.int, p / (1 - p) is 0.2800, 0.5634.
TOLD = (
    "3 reports wait for approval and are not in these figures With them: 40.0 (29.5 to 53.0) per "
    "1,000, 48 of 1,200, 12 of 12 reports, 2024-07 to 2025-06; −60 % (72 % lower to 44 % lower) "
    "against the baseline. The verdict would be the same. See them"
)


@pytest.fixture
def program(client):
    """120 of 1,200, then 36 of 900 approved; 12 of 300 wait."""
    target = TargetFactory(program__slug="hb", program__approval_required=True, min_completeness=50)
    site = ParticipationFactory(program=target.program).site
    for month in Period(date(2023, 1, 1), JUNE):
        waits = month > shift_month(JUNE, -3)
        MonthlyReportFactory(
            site=site,
            month=month,
            infant_deaths=10 if month < date(2024, 1, 1) else 4,
            status="submitted" if waits else "approved",
        )
    client.force_login(MembershipFactory(program=target.program).user)
    return target.program


@pytest.mark.parametrize("page", ["", "how-we-know/"])
def test_pages_say_what_the_figure_would_be(client, program, page):
    assert TOLD in words(client.get(PAGE + page))


def test_paper_says_what_the_figure_would_be(client, program):
    seen = words(client.get(f"{PAGE}print/"))
    on_paper = TOLD.replace("figures With", "figures. With").removesuffix(" See them")
    assert on_paper in seen
    MonthlyReport.objects.filter(status="submitted").update(infant_deaths=30)
    seen = words(client.get(f"{PAGE}print/"))
    assert "Not reached: no clear change would then be the verdict." in seen
    assert "See them" not in seen


def test_paper_says_that_waiting_reports_of_other_months_change_nothing(client, program):
    MonthlyReport.objects.filter(status="submitted").update(status="approved")
    MonthlyReport.objects.filter(month=date(2024, 3, 1)).update(status="submitted")
    seen = words(client.get(f"{PAGE}print/"))
    assert "1 report waits for approval and is not in these figures. None of the months" in seen


def test_paper_without_a_promise_tells_its_last_twelve_months(client, program):
    program.targets.all().delete()
    seen = words(client.get(f"{PAGE}print/"))
    assert "With them: 40.0 (29.5 to 53.0) per 1,000, 48 of 1,200, 12 of 12 reports" in seen


def test_other_verdict_is_named(client, program):
    MonthlyReport.objects.filter(status="submitted").update(infant_deaths=30)
    seen = words(client.get(PAGE))
    assert "Not reached: no clear change would then be the verdict." in seen


def test_baseline_is_told_where_some_of_it_waits(client, program):
    MonthlyReport.objects.filter(month=date(2023, 5, 1)).update(status="submitted")
    seen = words(client.get(PAGE))
    assert "against the baseline, then 100.0 (82.9 to 119.6) per 1,000, 120 of 1,200" in seen


def test_waiting_reports_of_other_months_are_said_to_change_nothing(client, program):
    MonthlyReport.objects.filter(status="submitted").update(status="approved")
    MonthlyReport.objects.filter(month=date(2024, 3, 1)).update(status="submitted")
    seen = words(client.get(PAGE))
    assert "1 report waits for approval and is not in these figures None of the months" in seen


def test_program_without_a_promise_tells_its_last_twelve_months(client, program):
    program.targets.all().delete()
    seen = words(client.get(PAGE))
    assert "3 reports wait for approval" in seen
    assert "With them: 40.0 (29.5 to 53.0) per 1,000, 48 of 1,200, 12 of 12 reports" in seen


def test_nothing_is_said_where_nothing_waits(client, program):
    MonthlyReport.objects.update(status="approved")
    for page in ("", "how-we-know/", "print/"):
        assert "wait for approval" not in words(client.get(PAGE + page))


def test_step_to_do_next_leads_to_the_inbox(client, program):
    page = client.get(PAGE)
    assert '<a href="/programs/hb/approvals/">3 reports wait for approval</a>' in page.text


def rows_of(client):
    answer = client.get(f"{PAGE}summary.csv").getvalue().decode().splitlines()
    return {row["section"]: row for row in csv.DictReader(answer)}


def test_summary_file_has_the_figures_with_waiting(client, program):
    rows = rows_of(client)
    assert rows["with waiting"]["text"].startswith("3 reports wait for approval. Reached, strong")
    evaluation = rows["with waiting: target evaluation"]
    assert (evaluation["deaths"], evaluation["births"]) == ("48", "1200")
    assert (evaluation["reports_received"], evaluation["percent_change"]) == ("12", "-60.0")
    assert rows["target evaluation"]["deaths"] == "36"
    assert rows["with waiting: target baseline"]["deaths"] == "120"


def test_summary_file_of_a_program_without_a_promise_has_its_last_year(client, program):
    program.targets.all().delete()
    assert rows_of(client)["with waiting: 12 months"]["deaths"] == "48"


def test_summary_file_has_no_such_rows_where_nothing_waits(client, program):
    MonthlyReport.objects.update(status="approved")
    assert not [section for section in rows_of(client) if section.startswith("with waiting")]
