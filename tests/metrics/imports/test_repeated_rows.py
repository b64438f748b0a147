"""Rows of one site and month: the same row twice is one, and what may be two matters is not."""

import pytest

from tests.metrics.imports.bringing_in import HEADER, check, faults
from tests.metrics.imports.test_traps import written

pytestmark = pytest.mark.django_db


def test_same_row_twice_is_taken_once(program):
    text = f"{HEADER}\nA,2024-01,40,2\nB,2024-01,7,0\nA,2024-01,40,2\n"
    assert written(program, text) == [("A", "2024-01", 40, 2), ("B", "2024-01", 7, 0)]
    assert check(program, text).numbers["REPEATED"] == 1


BY_CAUSE = (
    "site_code,month,Cause,Ward,live_births\nA,2024-01,Sepsis,1,20\nA,2024-01,Asphyxia,1,20\n"
)


def test_rows_of_the_same_counts_that_differ_in_a_column_nobody_reads_are_not_one(program):
    assert written(program, BY_CAUSE) == []
    assert faults(program, BY_CAUSE) == [
        f"row {row}, month: North has 2024-01 in row {other} too, with the same counts but another "
        "Cause, which is not read. Add the two up, or keep one of them."
        for row, other in ((2, 3), (3, 2))
    ]


def test_rows_that_are_the_same_in_columns_nobody_reads_too_are_taken_once(program):
    assert written(program, BY_CAUSE.replace("Asphyxia", "Sepsis")) == [("A", "2024-01", 20)]


def test_row_said_twice_beside_one_of_another_cause_is_told_against_that_one(program):
    [first, second, third] = faults(program, BY_CAUSE + "A,2024-01,Sepsis,1,20\n")
    assert ["in row 3 too" in own for own in (first, third)] == [True, True]
    assert "in row 2 too, with the same counts but another Cause" in second


def test_column_without_a_heading_may_tell_rows_apart(program):
    text = "site_code,month,,live_births\nA,2024-01,home,20\nA,2024-01,facility,20\n"
    assert "but another column 3, which is not read" in faults(program, text)[0]


BY_SEX = "site_code,month,counted,Sex,value\n" + "".join(
    f"A,2024-01,{counted},{sex},{value}\n"
    for counted, sex, value in [
        ("live births", "F", 20), ("infant deaths", "M", 1),
        ("infant deaths", "F", 1), ("live births", "M", 20),
    ]
)  # fmt: skip


def test_rows_about_a_count_each_are_not_one_where_they_differ_in_what_nobody_reads(program):
    lines = {"counted live births": "live_births", "counted infant deaths": "infant_deaths"}
    assert written(program, BY_SEX, lines) == []
    assert len(faults(program, BY_SEX, lines)) == 2
    for n in range(20):  # by no chance of how texts are numbered
        assert written(program, BY_SEX.replace(",M,", f",M{n},"), lines) == []
    again = BY_SEX.replace(",M,", ",F,")
    assert [own[2] for own in written(program, again, lines)] == [20]
