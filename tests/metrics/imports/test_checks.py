from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.imports import (
    apply_batch,
    check_batch,
    checks,
)
from metrics.imports.context import reports_of
from metrics.models import Category, ImportBatch, MonthlyReport
from programs.models import Site
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
)
from tests.metrics.imports.bringing_in import (
    GOOD,
    HEADER,
    TODAY,
    bring_in,
    check,
    faults,
    look,
    receive,
    stored,
    summary,
)

pytestmark = pytest.mark.django_db


# --- Rows ----------------------------------------------------------------------------------------


def test_one_fault_stops_the_whole_file(program):
    batch = receive(program, GOOD + "A,2024-03,many,0\n")
    run = apply_batch(batch, by=None, today=TODAY)
    assert summary(run) == (3, 0, 0, 0, 1)
    assert not run.may_be_applied
    assert stored() == ([], 0)
    assert ImportBatch.objects.get().applied_at is None


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "A,2024-01,many,0",
            'row 2, live_births: "many" is not a whole number. Write a number such as 12, 0 if '
            "there was none, or leave it empty if it was not counted.",
        ),
        (
            'A,2024-01,9,"1,2"',
            'row 2, infant_deaths: "1,2" is not a whole number. Write a number such as 12, 0 if '
            "there was none, or leave it empty if it was not counted.",
        ),
        (
            "A,2024-01,-9,0",
            'row 2, live_births: "-9" is negative. Write 0 or more, or leave it empty.',
        ),
        (
            "A,2024-01,1000000000,0",
            "row 2, live_births: 1000000000 is more than 1,000,000, which no site counts in a "
            "month. Check the number.",
        ),
        (
            "A,2024-01,,4",
            "row 2, live_births: is empty, and a report needs it. Write the number of live births, "
            "0 if there were none.",
        ),
        (
            "A,Jan,9,0",
            'row 2, month: "Jan" is not a month. Write year-month, such as 2024-01.',
        ),
        ("A,,9,0", 'row 2, month: "" is not a month. Write year-month, such as 2024-01.'),
        (
            "A,2025-08,9,0",
            "row 2, month: 2025-08 lies in the future. Report a month up to 2025-07.",
        ),
        (
            "A,2019-12,9,0",
            "row 2, month: 2019-12 lies before North opened (2020-01). Choose a later month, or "
            "ask an admin to correct the opening.",
        ),
        (",2024-01,9,0", "row 2, site_code: is empty. Write the site's code."),
        (
            "C,2024-01,9,0",
            'row 2, site_code: "C" is none of the sites of Healthy Beginnings. They are A, '
            "B. Correct it, or ask an admin to add the site.",
        ),
        (
            "A,2024-01,1,200,5",
            "row 2, cells: 5 stand in this row, but 4 in the header. Look for a separator too "
            "many, such as the comma in 1,200.",
        ),
    ],
)
def test_fault_names_row_and_column_and_what_to_do(program, row, sentence):
    assert faults(program, f"{HEADER}\n{row}\n") == [sentence]


def test_all_faults_are_named_at_once(program):
    text = f"{HEADER}\nA,2024-01,x,-1\nX,2024-99,1,0\nA,2024-02,5,0\n"
    places = [(fault.row, fault.fault.field) for fault in check(program, text).faults]
    assert places == [(2, "live_births"), (2, "infant_deaths"), (3, "site_code"), (3, "month")]


def test_site_of_another_program_is_unknown_here(program):
    ParticipationFactory(site__code="ELSEWHERE")
    assert (
        '"ELSEWHERE" is none of the sites' in faults(program, f"{HEADER}\nELSEWHERE,2024-01,1,0")[0]
    )


def test_many_sites_are_named_in_part(program):
    for number in range(5):
        ParticipationFactory(program=program, site__code=f"C{number}")
    [sentence] = faults(program, f"{HEADER}\nX,2024-01,1,0\n")
    assert "They are A, B, C0, C1, C2 and 2 more." in sentence


def test_program_without_sites_knows_none():
    [sentence] = faults(ProgramFactory(), f"{HEADER}\nX,2024-01,1,0\n")
    assert "They are none yet." in sentence


def test_row_repeated_in_the_file_is_refused(program):
    text = f"{HEADER}\nA,2024-01,40,2\nB,2024-01,7,0\nA,2024-01,41,2\n"
    assert faults(program, text) == [
        f"row {row}, month: North has 2024-01 in row {other} too, with other counts. Keep one of "
        "the two rows."
        for row, other in ((2, 4), (4, 2))
    ]


def test_rows_are_counted_as_a_spreadsheet_shows_them(program):
    text = 'site_code,month,live_births,remark\nA,2024-01,4,"two\nlines"\n\nA,2024-02,x,\n'
    assert [fault.row for fault in check(program, text).faults] == [4]


def test_approved_rows_are_protected(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), status="approved")
    MonthlyReportFactory(site=site, month=date(2024, 2, 1), status="approved", live_births=38)
    MonthlyReport.objects.filter(live_births=38).update(infant_deaths=0)
    before = stored()
    assert [str(fault) for fault in bring_in(program, GOOD).faults] == [
        "row 2, live_births: 40 differs from 100 in the approved report of North, 2024-01. "
        "Reopen it first, or take the row out."
    ]
    assert stored() == before


def test_approved_count_that_would_be_emptied_is_named(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), status="approved")
    [sentence] = faults(program, f"{HEADER}\nA,2024-01,100,\n")
    assert "infant_deaths: empty differs from 5 in the approved report" in sentence


def test_fault_that_appears_after_the_check_stops_the_apply(program):
    batch = receive(program, GOOD)
    assert check_batch(batch, today=TODAY).may_be_applied
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), status="approved")
    before = stored()
    assert not apply_batch(batch, by=None, today=TODAY).may_be_applied
    assert stored() == before


@pytest.mark.parametrize("until", [None, date(2025, 7, 14)])
def test_report_reopened_until_a_day_that_is_over_is_approved_data(program, until):
    status = "reopened" if until else "approved"
    site, month = Site.objects.get(code="A"), date(2024, 1, 1)
    MonthlyReportFactory(site=site, month=month, status=status, reopened_until=until)
    before = stored()
    assert [str(fault) for fault in bring_in(program, GOOD).faults] == [
        "row 2, live_births: 40 differs from 100 in the approved report of North, 2024-01. "
        "Reopen it first, or take the row out."
    ]
    assert stored() == before


def test_report_that_is_still_open_is_taken_and_closed(program):
    site, last_day = Site.objects.get(code="A"), TODAY
    own = MonthlyReportFactory(
        site=site, month=date(2024, 1, 1), status="reopened", reopened_until=last_day
    )
    assert summary(bring_in(program, GOOD)) == (2, 1, 0, 0, 0)
    own.refresh_from_db()
    assert (own.live_births, own.status, own.reopened_until) == (40, "submitted", None)
    assert own.history.first().reopened_until is None


@pytest.mark.parametrize("lock", [True, False])
def test_stored_reports_are_held_in_the_order_of_every_door(program, lock):
    """Asked of the query: PostgreSQL reads it through a cursor that no test sees."""
    query = reports_of(list(program.sites.all()), lock=lock).query
    assert (query.order_by, query.select_for_update) == (("pk",), lock)


# --- Breakdowns ----------------------------------------------------------------------------------


@pytest.fixture
def broken_down(program):
    """North reported 100 births and 5 deaths in 2024-01: 40 girls and 50 boys, 2 and 3 deaths."""
    report = MonthlyReportFactory(site=Site.objects.get(code="A"), month=date(2024, 1, 1))
    for code, births, deaths in (("female", 40, 2), ("male", 50, 3)):
        category = Category.objects.get(dimension__code="sex", code=code)
        report.breakdown_counts.create(category=category, live_births=births, infant_deaths=deaths)
    return report


def test_row_below_its_breakdown_is_refused_by_row_and_column(program, broken_down):
    before = stored()
    assert [str(own) for own in bring_in(program, f"{HEADER}\nA,2024-01,80,4\n").faults] == [
        "row 2, live_births by Sex: the categories add up to 90, which is 10 more than the "
        "report's 80. Correct one of them.",
        "row 2, infant_deaths by Sex: the categories add up to 5, which is 1 more than the "
        "report's 4. Correct one of them.",
    ]
    assert stored() == before


def test_row_above_its_breakdown_is_questioned_and_taken(program, broken_down):
    run = bring_in(program, f"{HEADER}\nA,2024-01,95,5\n")
    assert [str(own) for own in run.warnings] == [
        "row 2, live_births by Sex: the categories add up to 90, which is 5 less than the "
        "report's 95. Put what is not known under “unknown”."
    ]
    assert summary(run) == (0, 1, 0, 0, 0)


def test_column_that_a_file_lacks_is_held_against_its_breakdown_as_stored(program, broken_down):
    MonthlyReport.objects.update(infant_deaths=4)
    run = check(program, "site_code,month,live_births\nA,2024-01,95\n")
    assert [own.fault.field for own in run.faults] == ["infant_deaths by Sex"]


def test_row_that_changes_nothing_is_not_held_against_its_breakdown(program, broken_down):
    broken_down.breakdown_counts.update(live_births=90)
    assert summary(check(program, f"{HEADER}\nA,2024-01,100,5\n")) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("months", [1, 3])
def test_breakdowns_of_a_file_are_read_in_two_queries(program, broken_down, months):
    for month in range(2, months + 1):
        MonthlyReportFactory(site=broken_down.site, month=date(2024, month, 1))
    rows = [f"A,2024-{month:02},95,5" for month in range(1, months + 1)]
    with CaptureQueriesContext(connection) as queries:
        assert summary(check(program, "\n".join([HEADER, *rows])))[1] == months
    assert len([own for own in queries if "metrics_breakdowncount" in own["sql"]]) == 2


def test_breakdowns_of_reports_that_a_file_does_not_change_are_not_read(
    program, broken_down, monkeypatch
):
    for month in (2, 3):
        other = MonthlyReportFactory(site=broken_down.site, month=date(2024, month, 1))
        category = Category.objects.get(dimension__code="sex", code="female")
        other.breakdown_counts.create(category=category, live_births=40)
    asked = []
    load = checks.load_breakdowns
    monkeypatch.setattr(checks, "load_breakdowns", lambda own: asked.append(own) or load(own))
    check(program, f"{HEADER}\nA,2024-01,80,4\nA,2024-03,100,5\n")
    assert asked == [[broken_down.pk]]


# --- Which site ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["North", "north", " NORTH "])
def test_site_is_found_by_name(program, cell):
    _, written = look(program, f"site_name,month,live_births\n{cell},2024-01,4\n")
    assert [code for code, *_ in written] == ["A"]


def test_unknown_site_name_is_answered_with_names(program):
    assert faults(program, "site_name,month,live_births\nNrth,2024-01,4\n") == [
        'row 2, site_name: "Nrth" is none of the sites of Healthy Beginnings. They are North, '
        "South. Correct it, or ask an admin to add the site."
    ]


def test_name_of_two_sites_stands_for_neither(program):
    ParticipationFactory(program=program, site__code="C", site__name="North")
    [sentence] = faults(program, "site_name,month,live_births\nNorth,2024-01,4\n")
    assert '"North" stands for several sites of Healthy Beginnings: A (' in sentence


def test_code_goes_before_name_and_case_does_not_matter(program):
    _, written = look(program, "site_code,site_name,month,live_births\nb,North,2024-01,4\n")
    assert [code for code, *_ in written] == ["B"]


def test_codes_that_differ_by_case_alone_are_told_apart(program):
    ParticipationFactory(program=program, site__code="a", site__name="Small a")
    _, written = look(program, "site_code,month,live_births\na,2024-01,4\nA,2024-01,5\n")
    assert {code: own["live_births"] for code, _, own, _ in written} == {"a": 4, "A": 5}


def test_code_in_the_wrong_case_of_two_sites_stands_for_neither(program):
    for code in ("xy", "XY"):
        ParticipationFactory(program=program, site__code=code)
    [sentence] = faults(program, "site_code,month,live_births\nXy,2024-01,4\n")
    assert "stands for several" in sentence
