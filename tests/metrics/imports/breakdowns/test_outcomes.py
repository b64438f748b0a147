"""What becomes of each row of a file of breakdowns, and the sentence that says why."""

from datetime import date

import pytest

from metrics.imports import Outcome
from metrics.imports.notices import NoticeKind
from metrics.models import Category, Dimension, MonthlyReport
from tests.factories import MonthlyReportFactory, ParticipationFactory
from tests.metrics.imports.breakdowns.breaking_down import GOOD, HEADER, keep, rows
from tests.metrics.imports.bringing_in import check, faults, summary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("report")]


def warnings(program, text):
    return [str(own) for own in check(program, text).warnings]


def test_parts_of_a_stored_report_are_new(program):
    found = check(program, GOOD)
    assert (summary(found), found.reports) == ((2, 0, 0, 0, 0), 1)
    assert (found.warnings, found.notices) == ([], [])


def test_same_parts_are_unchanged_and_others_changed(program, report):
    keep(report, female=(19, 1), male=(20, 1))
    found = check(program, GOOD)
    assert (summary(found), found.reports) == ((0, 1, 1, 0, 0), 1)


def test_zero_is_a_count_and_an_empty_row_is_none(program):
    found = check(program, rows("sex,female,0,0", "sex,male,,"))
    assert summary(found) == (1, 0, 0, 1, 0)


def test_row_said_twice_is_taken_once_and_equal_parts_are_two(program):
    found = check(program, rows("sex,female,20,1", "sex,male,20,1", "sex,female,20,1"))
    assert found.number(Outcome.REPEATED) == 1
    assert summary(found) == (2, 0, 0, 0, 0)


def test_rows_that_contradict_each_other_are_both_refused_and_name_each_other(program):
    said = faults(program, rows("sex,female,20,1", "sex,male,20,1", "sex,Female,19,1"))
    assert said == [
        f"row {row}, category: North has Female of 2024-01 in row {other} too, with other counts. "
        "Keep one of the two rows."
        for row, other in ((2, 4), (4, 2))
    ]


def test_month_without_a_report_is_refused_and_says_to_bring_it_in(program):
    assert faults(program, f"{HEADER}\nB,2024-01,sex,female,1,0\n") == [
        "row 2, month: South has no report of 2024-01 that these could be part of. Bring in its "
        "report first, with all live births and infant deaths."
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "colour,red,1,0",
            'row 2, dimension: "colour" is none of the breakdowns, which are sex. Correct it, or '
            "say in the mapping which it is.",
        ),
        (
            "sex,girls,1,0",
            'row 2, category: "girls" is none of Sex. Its categories are female, male, unknown. '
            "Say which of them it is, or that it is to be left out.",
        ),
        (
            "sex,female,many,0",
            'row 2, live_births: "many" is not a whole number. Write a number such as 12, 0 if '
            "there was none, or leave it empty if it was not counted.",
        ),
        (
            "sex,female,1,-1",
            'row 2, infant_deaths: "-1" is negative. Write 0 or more, or leave it empty.',
        ),
        (
            "sex,female,41,0",
            "row 2, live_births by Sex: the categories add up to 41, which is 1 more than the "
            "report's 40. Correct one of them.",
        ),
    ],
)
def test_wrong_row_is_refused_with_a_sentence(program, row, sentence):
    assert faults(program, rows(row)) == [sentence]


def test_unknown_word_is_offered_with_the_categories_that_it_may_be(program):
    Category.objects.filter(code="male").update(retired=True)
    [own] = check(program, rows("sex,girls,1,0")).unknown_parts
    assert (own.kind, own.word, own.of) == ("category", "girls", "Sex")
    assert own.known == [("female", "Female"), ("unknown", "Unknown")]


def test_breakdown_that_the_program_does_not_ask_for_is_refused_unless_unchanged(program, report):
    Dimension.objects.create(code="residence", name="Residence").programs.add(program)
    Dimension.objects.get(code="sex").programs.clear()
    keep(report, female=(19, 1))
    assert summary(check(program, rows("sex,female,19,1"))) == (0, 0, 1, 0, 0)
    assert faults(program, rows("sex,female,20,1")) == [
        "row 2, dimension: Healthy Beginnings does not ask for Sex. It asks for residence. Ask for "
        "it in the program's rules for reports, or take the row out."
    ]


def test_retired_category_keeps_its_counts_and_takes_no_others(program, report):
    keep(report, female=(19, 1))
    Category.objects.filter(code="female").update(retired=True)
    assert summary(check(program, rows("sex,female,19,1"))) == (0, 0, 1, 0, 0)
    assert faults(program, rows("sex,female,20,1")) == [
        "row 2, category: Female is retired: its counts stay as they are. Its categories are male, "
        "unknown. Choose one of them, or take the row out."
    ]


def test_parts_are_summed_with_what_is_stored_of_the_others(program, report):
    keep(report, female=(19, 1), unknown=(2, 0))
    beyond, within = rows("sex,male,20,1"), rows("sex,male,20,1", "sex,unknown,1,0")
    assert "add up to 41, which is 1 more than the report's 40" in faults(program, beyond)[0]
    assert summary(check(program, within)) == (1, 1, 0, 0, 0)


def test_both_rows_that_exceed_their_report_are_refused_and_a_dimension_alone(program, report):
    home = Dimension.objects.create(code="home", name="Home")
    home.programs.add(program)
    home.categories.create(code="town", name="Town")
    found = check(program, rows("sex,female,21,1", "sex,male,20,1", "home,town,40,2"))
    assert summary(found) == (1, 0, 0, 0, 2)


def test_breakdown_that_falls_short_is_questioned_once(program):
    assert warnings(program, rows("sex,female,19,1", "sex,male,20,1")) == [
        "row 2, live_births by Sex: the categories add up to 39, which is 1 less than the report's "
        "40. Put what is not known under “unknown”."
    ]


def test_approved_report_is_protected_and_the_same_parts_are_no_conflict(program, report):
    keep(report, female=(19, 1))
    MonthlyReport.objects.update(status="approved")
    found = check(program, GOOD.replace("male,21", "male,20"))
    assert (found.number(Outcome.UNCHANGED), found.number(Outcome.CONFLICT)) == (1, 1)
    assert str(found.faults[0]) == (
        "row 3, live_births: 20 differs from empty for Male in the approved report of North, "
        "2024-01. Reopen it first, or take the row out."
    )


@pytest.mark.parametrize("withheld", ["<5", "*", "suppressed"])
def test_withheld_count_is_not_zero_and_leaves_what_is_stored(program, report, withheld):
    found = check(program, rows(f"sex,female,{withheld},{withheld}"))
    assert (summary(found), found.notices[0].kind) == ((0, 0, 0, 1, 0), NoticeKind.WITHHELD)
    keep(report, female=(19, 1))
    assert summary(check(program, rows(f"sex,female,19,{withheld}"))) == (0, 0, 1, 0, 0)


def test_empty_cell_takes_a_number_away_or_leaves_it_as_the_mapping_says(program, report):
    keep(report, female=(19, 1))
    found = check(program, rows("sex,female,19,"))
    assert summary(found) == (0, 1, 0, 0, 0)
    assert found.notices[0].text == (
        "1 stored number of categories would become empty, since the file has an empty cell there: "
        "infant deaths."
    )
    kept = check(program, rows("sex,female,19,"), {"empty": "keep"})
    assert summary(kept) == (0, 0, 1, 0, 0)


def test_column_that_the_file_does_not_have_leaves_what_is_stored(program, report):
    keep(report, female=(19, 1))
    text = "site_code,month,dimension,category,live_births\nA,2024-01,sex,female,19\n"
    assert summary(check(program, text)) == (0, 0, 1, 0, 0)


def test_locked_month_is_refused_unless_nothing_of_it_changes(program, report):
    keep(report, female=(19, 1))
    program.locks_after_days = 30
    program.save()
    assert summary(check(program, rows("sex,female,19,1"))) == (0, 0, 1, 0, 0)
    assert "2024-01 is locked" in faults(program, rows("sex,female,18,1"))[0]


def test_month_in_which_the_site_was_closed_is_refused(program, report):
    report.site.spells.update(first_month=date(2024, 2, 1))
    [said] = faults(program, rows("sex,female,18,1"))
    assert said.startswith("row 2, month: 2024-01 lies before North opened (2024-02).")


def test_month_outside_the_sites_part_is_questioned_once(program, report):
    report.site.participations.update(first_month=date(2024, 2, 1))
    assert len(warnings(program, GOOD)) == 1
    assert "2024-01 lies outside North's part in Healthy Beginnings" in warnings(program, GOOD)[0]


def test_report_that_was_sent_back_is_said_to_be_submitted_again(program, report):
    MonthlyReport.objects.update(status="returned")
    [notice] = check(program, GOOD).notices
    assert notice.text.startswith(
        "1 report that was sent back for correction would be submitted once more"
    )


def test_site_of_another_program_is_refused(program):
    ParticipationFactory(site__code="C", site__name="Elsewhere")
    assert 'site_code: "C" is none of the sites' in faults(program, GOOD.replace("A,", "C,"))[0]


def test_many_sites_and_months_are_held_each_against_its_own(program, sex):
    """40 parts of 20 reports; the third month of B says one birth too many."""
    text = [HEADER]
    for code in "AB":
        for month in range(1, 11):
            own = program.sites.get(code=code)
            if (code, month) != ("A", 1):
                MonthlyReportFactory(
                    site=own, month=date(2024, month, 1), live_births=month, infant_deaths=0
                )
            text.append(f"{code},2024-{month:02},sex,female,{month},0")
            text.append(f"{code},2024-{month:02},sex,male,{int((code, month) == ('B', 3))},0")
    found = check(program, "\n".join(text))
    assert summary(found) == (38, 0, 0, 0, 2)
    assert {own.row for own in found.faults} == {26, 27}


def test_rows_that_contradict_each_other_are_found_among_many_months(program, report):
    """Those of 2024-02, whichever order the rows are in."""
    MonthlyReportFactory(site=report.site, month=date(2024, 2, 1), live_births=9, infant_deaths=0)
    later = "A,2024-02,sex,{},{},0"
    text = "\n".join([GOOD.strip(), later.format("male", 4), later.format("male", 5)])
    found = check(program, f"{text}\n{later.format('female', 2)}\n")
    assert [own.row for own in found.faults] == [4, 5]
    assert summary(found) == (3, 0, 0, 0, 2)
