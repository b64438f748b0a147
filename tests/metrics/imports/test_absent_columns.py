"""Files that do not have it all: deaths in one and births in another, as registers send them."""

from datetime import date

import pytest

from metrics.imports.notices import NoticeKind
from metrics.models import MonthlyReport
from programs.models import Site
from tests.factories import MembershipFactory, MonthlyReportFactory
from tests.metrics.imports.bringing_in import bring_in, check, faults, refusal, summary
from tests.metrics.imports.test_columns_page import upload

pytestmark = pytest.mark.django_db

DEATHS = "site_code,month,infant_deaths\nA,2024-01,2\nA,2024-02,0\n"
BIRTHS = "site_code,month,live_births\nA,2024-01,40\nA,2024-02,38\nB,2024-01,7\n"
NOT_STORED = (
    "is in no column of the file, and none are stored for North, 2024-01. Bring in the births "
    "first, or say which column holds them."
)


@pytest.fixture
def stored(program):
    site = Site.objects.get(code="A")
    for month, births in ((1, 40), (2, 38)):
        when = date(2024, month, 1)
        MonthlyReportFactory(site=site, month=when, live_births=births, infant_deaths=None)
    return program


def counts():
    own = MonthlyReport.objects.order_by("site__code", "month")
    return list(own.values_list("live_births", "infant_deaths"))


def notices(found):
    return {notice.kind: notice for notice in found.notices}


# --- Births elsewhere ------------------------------------------------------------------------


def test_deaths_without_births_are_added_to_the_births_that_are_stored(stored):
    assert summary(bring_in(stored, DEATHS)) == (0, 2, 0, 0, 0)
    assert counts() == [(40, 2), (38, 0)]


def test_births_first_and_deaths_second_are_the_same_as_both_together(program):
    bring_in(program, BIRTHS)
    bring_in(program, DEATHS)
    assert counts() == [(40, 2), (38, 0), (7, None)]


def test_deaths_of_a_month_without_stored_births_are_refused_and_say_what_to_do(stored):
    MonthlyReport.objects.filter(month=date(2024, 1, 1)).delete()
    assert faults(stored, DEATHS) == [f"row 2, live_births: {NOT_STORED}"]


def test_births_that_a_file_lacks_are_said_once_above_its_rows(stored):
    notice = notices(check(stored, DEATHS))[NoticeKind.NO_BIRTHS]
    assert (notice.is_serious, notice.text) == (
        False,
        "The file has no column of live births. Its 2 site-months are added to the births that are "
        "stored.",
    )
    MonthlyReport.objects.all().delete()
    notice = notices(check(stored, DEATHS))[NoticeKind.NO_BIRTHS]
    assert (notice.is_serious, notice.text) == (
        True,
        "The file has no column of live births, and for 2 of its 2 site-months none are stored: "
        "these are refused. Bring in the births first, or say which column holds them.",
    )


def test_births_of_a_file_of_one_count_a_row_are_sought_among_the_stored(stored):
    text = "site_code,month,counted,value\nA,2024-01,infant_deaths,2\nB,2024-01,infant_deaths,0\n"
    found = check(stored, text)
    assert summary(found) == (0, 1, 0, 0, 1)
    assert "for 1 of its 2 site-months none are stored" in (
        notices(found)[NoticeKind.NO_BIRTHS].text
    )


def test_month_of_a_wide_file_without_births_takes_the_stored(stored):
    text = "site_code,b1,d1,d2,d3\nA,41,2,1,5\n"
    lines = {"live_births@2024-01": "b1"}
    lines |= {f"infant_deaths@2024-0{month}": f"d{month}" for month in (1, 2, 3)}
    assert faults(stored, text, lines) == [
        f"row 2, live_births: {NOT_STORED.replace('2024-01', '2024-03')}"
    ]
    bring_in(stored, text.replace(",5\n", ",\n"), lines)
    assert counts() == [(41, 2), (38, 1)]


def test_empty_column_of_births_is_offered_to_leave_those_that_are_stored(stored):
    text = "site_code,month,live_births,infant_deaths\nA,2024-01,,2\nA,2024-02,,0\nB,2024-01,,1\n"
    found = check(stored, text)
    assert summary(found) == (0, 0, 0, 0, 3)
    notice = notices(found)[NoticeKind.ERASED]
    assert notice.text.startswith("2 stored numbers would become empty, since")
    [lines] = notice.offers.values()
    assert summary(check(stored, text, lines)) == (0, 2, 0, 0, 1)


def test_deaths_are_held_against_the_stored_births_by_the_gate(stored):
    """Each sentence as the gate has it of births and deaths in one row."""
    found = check(stored, "site_code,month,infant_deaths,early_neonatal_deaths\nA,2024-01,41,50\n")
    assert str(found.faults[0]).startswith("row 2, infant_deaths: 41 is less than its parts")
    found = check(stored, "site_code,month,infant_deaths\nA,2024-01,41\n")
    assert "41 infant deaths are more than 40 live births" in str(found.warnings[0])


def test_deaths_of_an_approved_report_are_not_overwritten_by_a_file_of_deaths(stored):
    MonthlyReport.objects.update(status="approved")
    assert summary(check(stored, DEATHS)) == (0, 0, 0, 0, 2)


def test_file_of_which_nothing_is_counted_is_still_refused():
    assert refusal("site_code,month,place\nA,2024-01,x\n").startswith(
        "No column holds counts, such as live births."
    )


def test_running_totals_of_deaths_are_noticed_without_births(stored):
    rows = [f"A,2024-{month:02},{month * 3}\n" for month in range(1, 13)]
    found = check(stored, "site_code,month,infant_deaths\n" + "".join(rows))
    assert notices(found)[NoticeKind.RUNNING].text.startswith("Infant deaths only ever rise")


def test_deaths_that_suddenly_hold_something_else_are_noticed_against_stored_births(program):
    births, deaths = ([("A", n, 40 + n % 3) for n in range(18)], [1] * 12 + [9] * 6)
    for code, n, born in births:
        site, month = Site.objects.get(code=code), date(2023 + n // 12, n % 12 + 1, 1)
        MonthlyReportFactory(site=site, month=month, live_births=born, infant_deaths=None)
    rows = [f"A,{2023 + n // 12}-{n % 12 + 1:02},{died}\n" for n, died in enumerate(deaths)]
    found = check(program, "site_code,month,infant_deaths\n" + "".join(rows))
    assert notices(found)[NoticeKind.JUMP].text.startswith(
        "From 2024-01 on, infant deaths are 54 to"
    )


def test_page_asks_for_the_births_where_a_column_may_hold_them(client, program, today):
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    assert upload(client, "site_code,month,Newborns,infant_deaths\nA,2024-01,40,2\n").endswith(
        "/columns/"
    )
    assert not upload(client, DEATHS).endswith("/columns/")


# --- Deaths elsewhere ------------------------------------------------------------------------


def test_births_alone_keep_the_deaths_that_are_stored(stored):
    MonthlyReport.objects.update(infant_deaths=3)
    bring_in(stored, BIRTHS.replace("40", "41"))
    assert counts() == [(41, 3), (38, 3), (7, None)]


def test_deaths_that_a_file_has_no_column_for_are_asked_for_once_and_not_by_row(program):
    found = check(program, BIRTHS)
    assert (found.questioned, found.warnings) == (0, [])
    assert notices(found)[NoticeKind.NO_DEATHS].text == (
        "The file has no column of infant deaths, and for 3 of its 3 site-months none are stored: "
        "these leave the infant mortality rate until their deaths are brought in."
    )


def test_deaths_that_are_stored_are_not_asked_for(stored):
    MonthlyReport.objects.update(infant_deaths=3)
    assert "for 1 of its 3 site-months none are" in (
        notices(check(stored, BIRTHS))[NoticeKind.NO_DEATHS].text
    )
    assert NoticeKind.NO_DEATHS not in notices(check(stored, BIRTHS.replace("B,2024-01,7\n", "")))


def test_rows_of_births_alone_are_asked_everything_else(program):
    """2025-07 is not over."""
    found = check(program, BIRTHS.replace("2024-02", "2025-07"))
    assert [str(own) for own in found.warnings] == [
        "row 3, month: 2025-07 is not over. Report it again when it is complete."
    ]


def test_empty_cell_in_a_column_of_deaths_is_asked_about_by_its_row(program):
    found = check(program, "site_code,month,live_births,infant_deaths\nA,2024-01,40,\n")
    assert "infant_deaths: is empty" in str(found.warnings[0])
    assert NoticeKind.NO_DEATHS not in notices(found)


def test_counts_in_rows_without_one_of_deaths_are_asked_for_once(program):
    text = "site_code,month,counted,value\nA,2024-01,live_births,40\nA,2024-02,live_births,38\n"
    found = check(program, text)
    assert (summary(found), found.warnings) == ((2, 0, 0, 0, 0), [])
    assert NoticeKind.NO_DEATHS in notices(found)
