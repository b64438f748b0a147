"""Traps of real files, each by its name: what stands in the file, and what is made of it."""

from datetime import date

import pytest

from metrics.imports.notices import NoticeKind
from programs.models import Site
from programs.periods import Period, format_month
from tests.factories import MonthlyReportFactory, ParticipationFactory
from tests.metrics.imports.bringing_in import HEADER, check, faults, look, receive
from tests.metrics.imports.test_real_files import column

pytestmark = pytest.mark.django_db


def written(program, text, mapping=None, name="counts.csv"):
    """What would be stored: the site's code, the month and the counts in their order."""
    _, entries = look(program, text, mapping, name)
    return [(code, format_month(month), *own.values()) for code, month, own, _ in entries]


def notices(found):
    return {notice.kind: notice for notice in found.notices}


def table(rows):
    return "\n".join([HEADER, *(",".join(map(str, row)) for row in rows)])


def months(code, births, deaths, first=date(2022, 4, 1)):
    period = Period.starting(first, len(births))
    return [
        (code, format_month(month), born, died)
        for month, born, died in zip(period, births, deaths, strict=True)
    ]


# --- Running totals ------------------------------------------------------------------------------


def running(counts, start=0):
    """Totals that begin anew every twelve months."""
    totals = []
    for turn, count in enumerate(counts):
        totals.append(count if turn % 12 == start else totals[-1] + count)
    return totals


BIRTHS, DEATHS = [40, 38, 44, 41, 39, 42, 45, 40, 37, 41, 43, 39] * 2, [2, 1, 3, 0, 2, 1] * 4


def test_running_totals_are_noticed_and_parted_when_that_is_chosen(program):
    text = table(months("A", running(BIRTHS), running(DEATHS)))
    notice = notices(check(program, text))[NoticeKind.RUNNING]
    assert "begin anew in April" in notice.text
    [lines] = notice.offers.values()
    assert lines == {"running live_births": "4", "running infant_deaths": "4"}
    monthly = [own[2:] for own in written(program, text, lines)]
    assert monthly == list(zip(BIRTHS, DEATHS, strict=True))


def test_andhra_pradesh_as_it_was_published_gives_its_months_back(program):
    """The source holds totals of each financial year; the file here holds their differences."""
    name = "india_ap_hmis_monthly_13districts.csv"
    ParticipationFactory(program=program, site__name="Anantapur", site__code="AP")
    own = [n for n, district in enumerate(column(name, "district")) if district == "Anantapur"]
    births, deaths = (
        [int(float(column(name, heading)[n])) for n in own]
        for heading in ("live_births", "infant_deaths")
    )
    text = table(months("AP", running(births), running(deaths), date(2020, 4, 1)))
    lines = {"running live_births": "April", "running infant_deaths": "April"}
    assert [row[2:] for row in written(program, text, lines)] == list(
        zip(births, deaths, strict=True)
    )


def test_running_totals_that_are_parted_are_said_and_may_be_taken_back(program):
    """Remembered of another file, it would make small numbers of monthly counts unseen."""
    text = table(months("A", [40, 41, 45], [0, 0, 0], date(2024, 1, 1)))
    lines = {"running live_births": "1"}
    notice = notices(check(program, text, lines))[NoticeKind.PARTED]
    assert "Live births are read as running totals that begin anew in January" in notice.text
    [back] = notice.offers.values()
    assert [own[2] for own in written(program, text, lines | back)] == [40, 41, 45]
    assert "40 and then 41 make 1." in notice.text


@pytest.mark.parametrize(
    ("births", "is_urgent"),
    [
        (running(BIRTHS), False),
        ([40, 41, 45], True),  # too short to tell
        ([210, 200, 190, 205, 190, 195, 210, 200], True),
    ],
)
def test_running_totals_that_the_file_does_not_show_are_doubted(program, births, is_urgent):
    """Said of a cumulative file, it is remembered for the next, which may be monthly."""
    text = table(months("A", births, [0] * len(births)))
    notice = notices(check(program, text, {"running live_births": "April"}))[NoticeKind.PARTED]
    assert notice.is_urgent == is_urgent
    assert ("The file itself does not show it" in notice.text) == is_urgent


def test_two_places_of_one_name_are_not_taken_for_running_totals(program):
    """From the smaller one's month to the larger one's next, the counts only ever rise."""
    rows = months("A", [200] * 12, [0] * 12) + months("A", [20] * 12, [0] * 12)
    assert NoticeKind.RUNNING not in notices(check(program, table(rows)))


def test_monthly_counts_are_not_taken_for_running_totals(program):
    assert NoticeKind.RUNNING not in notices(check(program, table(months("A", BIRTHS, DEATHS))))


def test_running_total_behind_a_gap_is_refused_and_not_guessed(program):
    rows = months("A", running(BIRTHS), running(DEATHS))
    del rows[4]
    lines = {"running live_births": "4", "running infant_deaths": "4"}
    assert faults(program, table(rows), lines) == [
        "row 6, live_births: 244 is a running total that cannot be parted: 2022-08 is missing, or "
        "stands at more. Write the month’s own count.",
        "row 6, infant_deaths: 9 is a running total that cannot be parted: 2022-08 is missing, or "
        "stands at more. Write the month’s own count.",
    ]


# --- Sites ---------------------------------------------------------------------------------------


def test_misspelt_site_is_answered_with_the_nearest_names_and_can_be_settled(program):
    ParticipationFactory(program=program, site__code="K", site__name="Kirel Health Centre")
    text = "site_name,month,live_births\nKirell Health Center,2024-01,4\n"
    [unknown] = check(program, text).unknown_sites
    assert (unknown.name, unknown.nearest[0]) == (
        "Kirell Health Center",
        ("K", "Kirel Health Centre"),
    )
    settled = {"site Kirell Health Center": "K"}
    assert written(program, text, settled) == [("K", "2024-01", 4)]


@pytest.mark.parametrize("spelling", ["NORTH", " north ", "Nörth", "North.", "north  "])
def test_site_is_found_without_case_accents_and_points(program, spelling):
    text = f"site_name,month,live_births\n{spelling},2024-01,4\n"
    assert written(program, text) == [("A", "2024-01", 4)]


@pytest.mark.parametrize(
    "name", ["Total", "GRAND TOTAL", "Subtotal North", "Total North and South", "All sites"]
)
def test_totals_row_is_left_out_and_said(program, name):
    text = f"site_name,month,live_births\nNorth,2024-01,4\n{name},2024-01,9\n"
    assert written(program, text) == [("A", "2024-01", 4)]
    assert name in notices(check(program, text))[NoticeKind.SKIPPED].text


def test_site_that_is_called_total_stays_a_site(program):
    ParticipationFactory(program=program, site__code="T", site__name="Total Care Clinic")
    text = "site_name,month,live_births\nTotal Care Clinic,2024-01,9\n"
    assert written(program, text) == [("T", "2024-01", 9)]


# --- Numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "count"),
    [("3360.0", 3360), ("3,360", 3360), ("3 360", 3360), ("3'360", 3360), ("1.234", 1234),
     ("1,234.0", 1234), ("12,0", 12), ("007", 7), ("3\u202f360", 3360), ("1.234.567", None),
     ("3,48,023", 348023)],
)  # fmt: skip
def test_number_is_read_whatever_parts_its_digits(program, cell, count):
    found = written(program, f'site_code,month,live_births\nA,2024-01,"{cell}"\n')
    assert found == ([("A", "2024-01", count)] if count else [])


@pytest.mark.parametrize("cell", ["0.123", "0,123", "0.123.456", "0,12,345", "0 123", "2,5", "0,5"])
def test_part_of_one_is_no_number_of_thousands_and_none_is_advised(program, cell):
    for lines in ({}, {"points": "thousands"}, {"points": "decimals"}):
        [sentence] = faults(program, f'{HEADER}\nA,2024-01,1200,"{cell}"\n', lines)
        assert sentence == (
            f'row 2, infant_deaths: "{cell}" is not a whole number. Write a number such as 12, 0 '
            "if there was none, or leave it empty if it was not counted."
        )


@pytest.mark.parametrize("cell", ["0.000", "0,000", "0,0", "0.0"])
def test_zero_is_zero_however_many_decimals_it_has(program, cell):
    for lines in ({}, {"points": "thousands"}, {"points": "decimals"}):
        text = f'{HEADER}\nA,2024-01,1200,"{cell}"\n'
        assert written(program, text, lines) == [("A", "2024-01", 1200, 0)]


@pytest.mark.parametrize("cell", [".", "n/a", "-", "–", "N.A.", "...", "NULL", "no data", " "])
def test_sign_for_nothing_known_is_not_zero(program, cell):
    assert written(program, f"{HEADER}\nA,2024-01,40,{cell}\n") == [("A", "2024-01", 40, None)]


@pytest.mark.parametrize("cell", ["<5", "*", "**", "1-4", "withheld", "≤9"])
def test_withheld_number_is_not_zero_and_is_said(program, cell):
    text = f"{HEADER}\nA,2024-01,40,{cell}\n"
    assert written(program, text) == [("A", "2024-01", 40, None)]
    notice = notices(check(program, text))[NoticeKind.WITHHELD]
    assert f"1 cell says that a number is withheld (“{cell}”)" in notice.text


def test_row_whose_births_are_withheld_is_refused(program):
    assert faults(program, f"{HEADER}\nA,2024-01,<5,0\n") == [
        'row 2, live_births: "<5" says that the number is withheld, which is not zero. Ask for the '
        "number, or leave it empty."
    ]


def test_marked_number_is_refused_until_it_is_said_what_the_mark_means(program):
    text = f"{HEADER}\nA,2024-01,40,16*\n"
    assert faults(program, text) == [
        'row 2, infant_deaths: "16*" is a number with a mark. Write 16 if that is the count, or '
        "leave it empty."
    ]
    assert NoticeKind.MARKED in notices(check(program, text))
    assert written(program, text, {"marked": "take"}) == [("A", "2024-01", 40, 16)]
    assert written(program, text, {"marked": "empty"}) == [("A", "2024-01", 40, None)]


@pytest.mark.parametrize("cell", ["97%", "12.5", "1,2", "40 (est)"])
def test_what_no_mark_explains_is_not_offered_to_be_taken(program, cell):
    text = f'{HEADER}\nA,2024-01,40,"{cell}"\n'
    assert faults(program, text, {"marked": "take"})
    assert NoticeKind.MARKED not in notices(check(program, text))


def test_point_before_three_zeros_is_asked_about(program):
    text = f"{HEADER}\nA,2024-01,12.000,1\n"
    assert "may stand for 12 or 12000" in faults(program, text)[0]
    assert NoticeKind.POINTS in notices(check(program, text))
    assert written(program, text, {"points": "thousands"}) == [("A", "2024-01", 12000, 1)]
    assert written(program, text, {"points": "decimals"}) == [("A", "2024-01", 12, 1)]


@pytest.mark.parametrize("cell", ["nil", "None", "NIL"])
def test_word_that_may_stand_for_zero_is_refused_and_not_guessed(program, cell):
    [sentence] = faults(program, f"{HEADER}\nA,2024-01,40,{cell}\n")
    assert f'"{cell}" is not a whole number.' in sentence


def test_stored_number_that_an_empty_cell_would_take_away_is_said_and_may_be_kept(program):
    site = Site.objects.get(code="A")
    MonthlyReportFactory(site=site, month=date(2024, 1, 1), live_births=40, infant_deaths=3)
    text = f"{HEADER}\nA,2024-01,41,\n"
    notice = notices(check(program, text))[NoticeKind.ERASED]
    assert notice.text.startswith("1 stored number would become empty")
    [lines] = notice.offers.values()
    assert written(program, text) == [("A", "2024-01", 41, None)]
    assert written(program, text, lines) == [("A", "2024-01", 41, 3)]


def test_report_that_was_sent_back_and_stands_the_same_in_the_file_is_said(program):
    site, month = Site.objects.get(code="A"), date(2024, 1, 1)
    MonthlyReportFactory(site=site, month=month, live_births=40, infant_deaths=2, status="returned")
    found = check(program, f"{HEADER}\nA,2024-01,40,2\n")
    assert found.numbers["UNCHANGED"] == 1
    assert "They stay sent back, and count nowhere" in notices(found)[NoticeKind.SENT_BACK].text


def test_row_that_is_refused_is_no_past_of_others(program):
    rows = months("A", [40] * 13, [2] * 13)
    rows[5] = ("A", "2022-09", 40, -9)
    rows.insert(6, ("A", "2022-09", 4000, 900))
    found = check(program, table(rows))
    assert [fault.row for fault in found.faults] == [7, 8]
    assert {fault.fault.field for fault in found.warnings} <= {"month"}  # before the program


# --- Shapes --------------------------------------------------------------------------------------


def test_wide_file_with_a_column_for_each_month(program):
    text = "Facility,Apr-20,May-20,Jun-20\nNorth,40,38,\nSouth,7,,0\n"
    mapping = {"site_name": "Facility", "live_births": "each month"}
    assert written(program, text, mapping) == [
        ("A", "2020-04", 40), ("A", "2020-05", 38), ("B", "2020-04", 7), ("B", "2020-06", 0),
    ]  # fmt: skip


TWO_ROWS = ",Apr-20,,May-20,\nSite,Births,Deaths,Births,Deaths\nNorth,40,2,38,0\n"


@pytest.mark.parametrize("title", ["", "Births and deaths,,,,\n"], ids=["plain", "titled"])
def test_two_header_rows_of_which_the_first_is_merged(program, title):
    mapping = {
        "site_name": "Site",
        "live_births": "each month: Births",
        "infant_deaths": "each month: Deaths",
    }
    assert written(program, title + TWO_ROWS, mapping) == [
        ("A", "2020-04", 40, 2), ("A", "2020-05", 38, 0),
    ]  # fmt: skip


def test_two_header_rows_below_which_sites_have_code_and_name(program):
    text = ",,Apr-20,,May-20,\nCode,Site,Births,Deaths,Births,Deaths\nA,North,40,2,38,0\n"
    mapping = {
        "site_code": "Code", "site_name": "Site", "live_births": "each month: Births",
        "infant_deaths": "each month: Deaths",
    }  # fmt: skip
    assert written(program, text, mapping) == [("A", "2020-04", 40, 2), ("A", "2020-05", 38, 0)]


def test_long_file_with_a_row_for_each_count(program):
    text = (
        "Facility,Period,Indicator,Value\nNorth,2024-01,Live births,40\nNorth,2024-01,"
        "Infant deaths,2\nNorth,2024-02,Live births,38\n"
    )
    mapping = {
        "site_name": "Facility", "month": "Period", "counted": "Indicator", "value": "Value",
    }  # fmt: skip
    _, entries = look(program, text, mapping)
    counts = [(own["live_births"], own["infant_deaths"]) for *_, own, _ in entries]
    assert counts == [(40, 2), (38, None)]


def test_columns_may_stand_in_any_order(program):
    text = "infant_deaths,month,live_births,site_code\n2,2024-01,40,A\n"
    assert written(program, text) == [("A", "2024-01", 40, 2)]


# --- What only the whole file tells --------------------------------------------------------------


def test_partial_last_month_is_noticed_and_may_be_left_out(program):
    births = [*BIRTHS[:13], 4]
    text = table(months("A", births, [0] * 14))
    notice = notices(check(program, text))[NoticeKind.PARTIAL]
    assert "2023-05, the last month, holds 4 live births in 1 reports" in notice.text
    [lines] = notice.offers.values()
    assert len(written(program, text, lines)) == 13


def test_column_that_suddenly_holds_something_else_is_noticed(program):
    """From the thirteenth month on the infant column holds deaths at all ages."""
    deaths = DEATHS[:12] + [own + 12 for own in DEATHS[12:]]
    text = table([*months("A", BIRTHS, deaths), *months("B", BIRTHS, deaths)])
    notice = notices(check(program, text))[NoticeKind.JUMP]
    assert notice.text.startswith("From 2023-04 on, infant deaths are 162 to 488 live births")


def test_real_change_at_one_site_of_many_is_no_change_of_the_column(program):
    for number in range(8):
        ParticipationFactory(program=program, site__code=f"C{number}")
    rows = [row for n in range(8) for row in months(f"C{n}", BIRTHS, DEATHS)]
    rows += months("A", BIRTHS, DEATHS[:12] + [own + 60 for own in DEATHS[12:]])
    assert NoticeKind.JUMP not in notices(check(program, table(rows)))


def test_file_is_kept_under_the_last_part_of_its_name(program):
    assert receive(program, table(months("A", [40], [2]))).file_name == "counts.csv"
