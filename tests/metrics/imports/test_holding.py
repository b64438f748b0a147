"""What a file holds is said before any of it is written: sums by count, and the first changes."""

import json

import pytest

from metrics.imports import Found
from tests.factories import MembershipFactory, MonthlyReportFactory
from tests.metrics.imports.bringing_in import GOOD, HEADER, bring_in, check, receive

pytestmark = pytest.mark.django_db


def held(found):
    return [(own.label, own.heading, own.first, own.last, own.sites, own.total)
            for own in found.held]  # fmt: skip


def test_each_count_is_summed_up_as_a_slow_recount_does(program):
    rows = [("BA"[n % 2], 2020 + n // 24, n // 2 % 12 + 1, 3 + 7 * n % 90, n % 3)
            for n in range(120)]  # fmt: skip
    lines = [f"{code},{year}-{month:02},{born},{died}" for code, year, month, born, died in rows]
    assert held(check(program, "\n".join([HEADER, *lines]))) == [
        ("Live births", "live_births", "2020-01", "2024-12", 2, sum(row[3] for row in rows)),
        ("Infant deaths", "infant_deaths", "2020-01", "2024-12", 2, sum(row[4] for row in rows)),
    ]


def test_only_what_would_stand_is_summed_up(program):
    approved = program.sites.get(code="B")
    MonthlyReportFactory(site=approved, month="2024-05-01", live_births=3, status="approved")
    bring_in(program, GOOD)
    text = (
        f"{HEADER}\nA,2024-01,41,2\nA,2024-02,38,0\nA,2024-03,10,\nA,2024-03,10,\nA,2024-04,x,\n"
        "A,2024-05,,\nB,2024-05,900,9\nC,2024-01,700,1\n"
    )
    assert held(check(program, text)) == [
        ("Live births", "live_births", "2024-01", "2024-03", 1, 41 + 38 + 10),
        ("Infant deaths", "infant_deaths", "2024-01", "2024-02", 1, 2),
    ]


def test_count_that_stands_nowhere_is_no_zero(program):
    text = f"{HEADER}\nA,2024-01,40,\n"
    assert held(check(program, text))[1] == ("Infant deaths", "infant_deaths", "", "", 0, None)


def test_headings_of_months_are_named_from_the_first_to_the_last(program):
    text = "Facility,Apr-24,May-24\nNorth,40,38\n"
    found = check(program, text, {"site_name": "Facility", "live_births": "each month"})
    assert held(found) == [("Live births", "Apr-24 to May-24", "2024-04", "2024-05", 1, 78)]


def test_counts_that_stand_in_rows_are_headed_by_the_column_of_values(program):
    text = "site_code,month,counted,n\nA,2024-01,live_births,40\nA,2024-01,infant_deaths,2\n"
    found = held(check(program, text, {"value": "n"}))
    assert [(own[0], own[1], own[-1]) for own in found if own[-1] is not None] == [
        ("Live births", "n", 40), ("Infant deaths", "n", 2),
    ]  # fmt: skip


def test_first_twenty_changed_reports_are_told_in_the_order_of_the_file(program):
    months = [(code, f"{year}-{month:02}") for year in (2022, 2023) for month in range(1, 13)
              for code in "BA"]  # fmt: skip
    bring_in(program, "\n".join([HEADER, *(f"{code},{month},40,2" for code, month in months)]))
    found = check(program, "\n".join([HEADER, *(f"{code},{month},41," for code, month in months)]))
    assert [(own.code, own.month) for own in found.changed] == months[:20]
    assert [*found.changed[0].counts] == [("Live births", 40, 41), ("Infant deaths", 2, None)]


def test_what_is_kept_of_a_large_file_says_the_same(program):
    bring_in(program, GOOD)
    found = check(program, GOOD.replace("40", "41"))
    assert found.held
    assert found.changed
    assert Found.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.usefixtures("today")
def test_page_of_a_dry_run_shows_what_the_file_holds(client, program):
    client.force_login(MembershipFactory(program=program, role="manager").user)
    bring_in(program, GOOD)
    batch = receive(program, GOOD.replace("40", "1041"))
    page = client.get(f"/programs/hb/imports/{batch.pk}/").text
    assert "What the file holds" in page
    assert "1,086" in page
    assert '<a href="/sites/A/reports/2024-01/trail/">North, 2024-01</a>' in page
    assert "<del>40</del> → <ins>1,041</ins>" in page


def test_file_of_which_nothing_would_stand_shows_no_sums(program):
    assert not check(program, f"{HEADER}\nNowhere,2024-01,40,2\n").holds_counts
    assert check(program, f"{HEADER}\nA,2024-01,40,2\n").holds_counts
