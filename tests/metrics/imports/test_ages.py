"""Deaths by age without a column of all infant deaths: said once, and added up where that is said,
never from a part of them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.gate import MAX_COUNT
from metrics.imports.ages import add_ages
from metrics.imports.columns import Columns
from metrics.imports.notices import NoticeKind
from metrics.imports.numbers import MISSING, NOT_PARTED, NOT_SAID, UNREADABLE, WITHHELD
from metrics.imports.table import Table
from metrics.models import FileLayout, ImportBatch, MonthlyReport
from metrics.models.reports import AGE_FIELDS
from programs.models import Site
from tests.factories import MembershipFactory, MonthlyReportFactory
from tests.metrics.imports.bringing_in import bring_in, check, faults, look, refusal, summary
from tests.metrics.imports.test_columns_page import say, settle, upload

EARLY, LATE, POST, NO_AGE = AGE_FIELDS
HEADER = f"site_code,month,live_births,{EARLY},{LATE},{POST}"
ADD = {"ages": "add"}
FILE = f"{HEADER}\nA,2024-01,40,1,2,3\nA,2024-02,38,0,0,0\n"
HEAD = (
    "The file has no column of all infant deaths, only of their ages: early neonatal deaths, late "
    "neonatal deaths and postneonatal deaths"
)


def deaths(program, text, mapping=ADD):
    """All infant deaths of every entry that would be written."""
    return [counts.get("infant_deaths") for _, _, counts, _ in look(program, text, mapping)[1]]


def notice(program, text, mapping=None):
    found = check(program, text, mapping)
    [own] = [own for own in found.notices if own.kind is NoticeKind.AGES]
    return own


def store(births=40, **counts):
    site = Site.objects.get(code="A")
    return MonthlyReportFactory(
        site=site, month=date(2024, 1, 1), live_births=births, **{"infant_deaths": None} | counts
    )


# --- Said once -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_ages_without_a_total_are_said_once_and_offered_to_be_added_up(program):
    own = notice(program, FILE)
    assert (own.is_serious, own.offers) == (True, {"Add up the ages": ADD})
    assert own.text == (
        f"{HEAD}. For 2 of its 2 site-months no total is stored: these are refused until the ages "
        "are added up, or all infant deaths are brought in."
    )
    found = check(program, FILE)
    assert NoticeKind.NO_DEATHS not in {other.kind for other in found.notices}


@pytest.mark.django_db
def test_row_of_ages_without_a_total_is_refused_in_a_short_sentence(program):
    assert faults(program, FILE)[0] == (
        "row 2, infant_deaths: is in no column of the file, and none are stored for North, "
        "2024-01. Add up the ages, or bring in all infant deaths first."
    )


@pytest.mark.django_db
def test_sum_of_some_ages_would_be_too_low_and_is_not_offered(program):
    text = f"site_code,month,live_births,{EARLY},{POST}\nA,2024-01,40,1,3\n"
    own = notice(program, text)
    assert (own.is_serious, own.offers) == (True, {})
    assert own.text == (
        "The file has no column of all infant deaths, only of their ages: early neonatal deaths "
        "and postneonatal deaths. Late neonatal deaths are in none, so their sum would be too low. "
        "For 1 of its 1 site-month no total is stored: these are refused. Bring in all infant "
        "deaths first, or say which columns hold what is missing."
    )
    assert summary(check(program, text, ADD)) == (0, 0, 0, 0, 1)
    assert faults(program, text, ADD) == [
        "row 2, infant_deaths: is in no column of the file, and none are stored for North, "
        "2024-01. Bring in all infant deaths first, or say which column holds them."
    ]


@pytest.mark.django_db
def test_ages_are_taken_under_totals_that_are_stored(program):
    store(infant_deaths=6)
    text = FILE.replace("A,2024-02,38,0,0,0\n", "")
    own = notice(program, text)
    assert (own.is_serious, own.text) == (
        False, f"{HEAD}. They are held against the totals that are stored.",
    )  # fmt: skip
    assert summary(bring_in(program, text)) == (0, 1, 0, 0, 0)
    report = MonthlyReport.objects.get()
    assert (report.infant_deaths, report.late_neonatal_deaths) == (6, 2)


# --- Added up --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_ages_are_added_up_once_it_is_said(program):
    assert deaths(program, FILE) == [6, 0]
    assert summary(bring_in(program, FILE, ADD)) == (2, 0, 0, 0, 0)
    assert summary(check(program, FILE, ADD)) == (0, 0, 2, 0, 0)


@pytest.mark.django_db
def test_sum_is_said_each_time_and_may_be_taken_back(program):
    found = check(program, FILE, ADD)
    assert ("All infant deaths", "the sum of their ages") in found.read_as
    own = notice(program, FILE, ADD)
    assert (own.is_serious, own.text) == (
        False,
        "All infant deaths are the sum of their ages in the file (early neonatal deaths, late "
        "neonatal deaths and postneonatal deaths), as was said of this file or of one like it.",
    )
    [lines] = own.offers.values()
    assert summary(check(program, FILE, ADD | lines)) == (0, 0, 0, 0, 2)


@pytest.mark.django_db
def test_stored_total_that_differs_from_the_sum_is_shown_as_changed(program):
    store(infant_deaths=5)
    [(_, _, counts, is_new), _] = look(program, FILE, ADD)[1]
    assert (counts["infant_deaths"], is_new) == (6, False)


@pytest.mark.django_db
@pytest.mark.parametrize("cell", ["", "-", "<5", "*"])
def test_sum_is_not_made_where_an_age_is_missing_or_withheld(program, cell):
    text = f"{HEADER}\nA,2024-01,40,1,{cell},3\n"
    assert faults(program, text, ADD) == [
        f"row 2, infant_deaths: cannot be added up, since {LATE} is not counted, and none are "
        "stored for North, 2024-01. Write what is missing, or bring in all infant deaths first."
    ]
    own = notice(program, text, ADD)
    assert own.is_serious
    assert own.text.endswith(
        "For 1 of its 1 site-month there is no sum, since an age is not counted, and no total is "
        "stored: these are refused."
    )


@pytest.mark.django_db
def test_month_without_any_age_has_no_deaths_counted_and_not_zero(program):
    assert deaths(program, f"{HEADER}\nA,2024-01,40,,,\n") == [None]


@pytest.mark.django_db
def test_stored_total_stays_where_no_sum_is_made(program):
    store(infant_deaths=9)
    assert deaths(program, f"{HEADER}\nA,2024-01,40,1,,3\n") == [9]


@pytest.mark.django_db
@pytest.mark.parametrize(("cell", "total"), [("4", 10), ("0", 6), ("", 6)])
def test_deaths_of_unknown_age_are_added_where_they_are_counted(program, cell, total):
    assert deaths(program, f"{HEADER},{NO_AGE}\nA,2024-01,40,1,2,3,{cell}\n") == [total]


@pytest.mark.django_db
def test_withheld_deaths_of_unknown_age_leave_no_sum(program):
    text = f"{HEADER},{NO_AGE}\nA,2024-01,40,1,2,3,<5\n"
    assert f"cannot be added up, since {NO_AGE} is not counted" in faults(program, text, ADD)[0]


@pytest.mark.django_db
def test_column_of_all_infant_deaths_is_not_added_up(program):
    text = f"{HEADER},infant_deaths\nA,2024-01,40,1,2,3,7\n"
    assert "7 is 1 more than its parts" in faults(program, text, ADD)[0]
    assert "All infant deaths" not in dict(check(program, text, ADD).read_as)


@pytest.mark.django_db
def test_ages_that_are_running_totals_are_parted_before_they_are_added_up(program):
    text = f"{HEADER}\nA,2024-01,40,1,2,3\nA,2024-02,38,1,4,4\n"
    running = {f"running {name}": "1" for name in (EARLY, LATE, POST)}
    assert deaths(program, text, ADD | running) == [6, 3]
    behind = text.replace("A,2024-01,40,1,2,3\n", "")
    told = faults(program, behind, ADD | running)
    assert [own.partition(":")[0] for own in told] == [
        f"row 2, {name}" for name in (EARLY, LATE, POST)
    ]


@pytest.mark.django_db
def test_ages_in_rows_of_one_count_each_are_added_up(program):
    rows = [("live_births", 40), (EARLY, 1), (LATE, 2), (POST, 3)]
    text = "site_code,month,counted,value\n"
    text += "".join(f"A,2024-01,{name},{count}\n" for name, count in rows)
    assert notice(program, text).offers == {"Add up the ages": ADD}
    assert deaths(program, text) == [6]


@pytest.mark.django_db
def test_months_of_a_wide_file_are_added_up_each_for_itself(program):
    text = "site_code,b1,e1,l1,p1,b2,e2,l2,p2\nA,40,1,2,3,38,4,5,6\n"
    names = {"b": "live_births", "e": EARLY, "l": LATE, "p": POST}
    lines = {f"{names[own]}@2024-0{n}": f"{own}{n}" for own in names for n in (1, 2)}
    assert deaths(program, text, lines | ADD) == [6, 15]


@pytest.mark.django_db
def test_sum_beyond_any_count_is_refused(program):
    text = f"{HEADER}\nA,2024-01,40,{MAX_COUNT},1,0\n"
    assert faults(program, text, ADD) == [
        "row 2, infant_deaths: would be 1,000,001, which no site counts in a month. Check the ages."
    ]


def test_mapping_says_add_or_leave():
    assert refusal(FILE, {"ages": "guess"}).startswith("ages: 'guess'")


CODES = st.sampled_from([MISSING, WITHHELD, UNREADABLE, NOT_PARTED, NOT_SAID])
CELLS = st.integers(0, 9) | CODES


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1))
def test_columns_are_added_up_as_each_row_by_itself(rows):
    """Against a recount of one row after the other."""
    columns = [np.array(own, dtype=np.int32) for own in zip(*rows, strict=True)]
    place = np.arange(len(rows), dtype=np.int32)
    table = Table(
        Columns([], {}, {}, [], []), place, place, place,
        dict(zip(AGE_FIELDS, columns, strict=True)), place[:0],
    )  # fmt: skip
    expected = [
        sum(three) + max(none, 0) if min(three) >= 0 and none in (*range(10), -1, -5) else NOT_SAID
        for *three, none in rows
    ]
    assert add_ages(table).counts["infant_deaths"].tolist() == expected


# --- Parts that are stored -------------------------------------------------------------------


@pytest.mark.django_db
def test_parts_that_are_stored_are_named_where_a_total_contradicts_them(program):
    store(infant_deaths=9, late_neonatal_deaths=4, postneonatal_deaths=1)
    text = f"site_code,month,infant_deaths,{EARLY}\nA,2024-01,5,2\n"
    assert faults(program, text) == [
        f"row 2, infant_deaths: 5 is less than its parts: {EARLY} 2 + {LATE} 4 + {POST} 1 = 7. "
        "Correct the total or the parts. Not said by the file but stored: "
        f"{LATE}, {POST}."
    ]


@pytest.mark.django_db
def test_total_that_is_stored_is_named_where_the_ages_of_a_file_contradict_it(program):
    store(infant_deaths=5)
    assert faults(program, FILE)[0] == (
        f"row 2, infant_deaths: 5 is less than its parts: {EARLY} 1 + {LATE} 2 + {POST} 3 = 6. "
        "Correct the total or the parts. Not said by the file but stored: infant_deaths."
    )


@pytest.mark.django_db
def test_sum_that_stored_deaths_of_unknown_age_exceed_says_so(program):
    store(infant_deaths=8, age_unknown_deaths=2)
    assert faults(program, FILE, ADD)[0] == (
        f"row 2, infant_deaths: 6 is less than its parts: {EARLY} 1 + {LATE} 2 + {POST} 3 + "
        f"{NO_AGE} 2 = 8. Correct the total or the parts. Not said by the file but stored: "
        f"{NO_AGE}."
    )


@pytest.mark.django_db
def test_part_that_the_file_withholds_is_named_as_stored(program):
    store(infant_deaths=9, late_neonatal_deaths=4)
    text = f"site_code,month,infant_deaths,{EARLY},{LATE}\nA,2024-01,5,2,<5\n"
    assert faults(program, text)[0].endswith(f"Not said by the file but stored: {LATE}.")


@pytest.mark.django_db
def test_sentence_names_nothing_stored_where_the_file_says_it_all(program):
    store(infant_deaths=9, late_neonatal_deaths=4)
    text = f"site_code,month,infant_deaths,{EARLY},{LATE}\nA,2024-01,5,2,5\n"
    assert faults(program, text)[0].endswith("Correct the total or the parts.")


# --- On the page -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_sum_is_taken_by_a_click_remembered_and_forgotten_on_the_page_of_columns(
    client, program, today
):
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    address = upload(client, FILE)
    assert client.get(address).context["found"].left_out == 2
    settle(client, address, ADD)
    assert client.get(address).context["found"].numbers["NEW"] == 2
    assert FileLayout.objects.get().mapping["ages"] == "add"
    again = upload(client, FILE.replace("2024", "2023"), "next.csv")
    assert client.get(again).context["found"].numbers["NEW"] == 2
    columns = f"{again}columns/"
    assert client.get(columns).context["form"]["ages"].value() == "add"
    keys = {own: own for own in HEADER.split(",")}
    say(client, columns, **keys)
    assert "ages" not in ImportBatch.objects.order_by("pk").last().mapping
    say(client, columns, **keys, ages="add")
    assert ImportBatch.objects.order_by("pk").last().mapping["ages"] == "add"
