"""The rows of a dry run as a file: each with its counts as they would stand."""

import csv
import io

import pytest

from metrics.imports import checks
from metrics.imports.batches import checking
from metrics.imports.telling import tell_rows
from tests.factories import MembershipFactory
from tests.metrics.imports.bringing_in import GOOD, HEADER, TODAY, bring_in, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def tell(program, text, mapping=None):
    with checking(receive(program, text, mapping), today=TODAY) as run:
        header, *rows = tell_rows(run)
        return [dict(zip(header, row, strict=True)) for row in rows]


def test_every_row_tells_what_would_stand_and_what_was_stored(program):
    bring_in(program, GOOD)
    text = (
        f"{HEADER}\nA,2024-01,41,2\nA,2024-02,38,0\nA,2024-03,x,0\nB,2024-02,9,0\nC,2024-01,1,0\n"
    )
    rows = tell(program, text)
    assert [tuple(row.values())[:8] for row in rows] == [  # in pairs: would stand, was stored
        (2, "changed", "A", "2024-01", 41, 40, 2, 2),
        (3, "unchanged", "A", "2024-02", 38, None, 0, None),
        (4, "refused", "A", "2024-03", None, None, None, None),
        (5, "new", "B", "2024-02", 9, None, 0, None),
        (6, "refused", "C", "", None, None, None, None),
    ]
    header = ["live_births", "live_births_before", "infant_deaths", "infant_deaths_before", "said"]
    assert [*rows[0]][4:] == header
    assert [row["said"].partition(" is ")[0] for row in rows] == [
        "", "", 'live_births: "x"', "", 'site_code: "C"',
    ]  # fmt: skip


def test_number_that_an_empty_cell_would_take_away_is_told(program):
    bring_in(program, GOOD)
    [row] = tell(program, f"{HEADER}\nA,2024-01,40,\n")
    assert (row["outcome"], row["infant_deaths"], row["infant_deaths_before"]) == (
        "changed", None, 2,
    )  # fmt: skip


def test_months_of_one_row_are_told_in_turn_with_what_is_said_of_each(program):
    text = "Facility,Apr-24,May-24,Jun-24\nNorth,40,x,38\n"
    rows = tell(program, text, {"site_name": "Facility", "live_births": "each month"})
    assert [(row["row"], row["month"], row["live_births"], bool(row["said"])) for row in rows] == [
        (2, "2024-04", 40, False), (2, "2024-05", None, True), (2, "2024-06", 38, False),
    ]  # fmt: skip


def test_rows_that_cannot_be_placed_are_told_among_the_others(program):
    text = f"{HEADER}\nC,2024-01,1,0\nA,2024-01,40,2\nC,2024-02,1,0\nA,2024-02,x,0\nC,2024-03,1,0\n"
    assert [row["row"] for row in tell(program, text)] == [2, 3, 4, 5, 6]


def test_file_of_which_nothing_is_to_be_said_is_read_once(program, monkeypatch):
    """A million rows would else be read a second time for their cells."""
    rows, read = checks.FileRead.rows, []
    monkeypatch.setattr(checks.FileRead, "rows", lambda own: read.append(1) or rows(own))
    text = f"{HEADER}\nA,2024-01,40,2\nA,2024-02,38,0\n"
    assert len(tell(program, text)) == 2
    assert read == []
    assert len(tell(program, f"{text}C,2024-01,1,0\n")) == 3
    assert read == [1]


def test_rows_are_sent_as_a_file_without_formulas(client, program):
    client.force_login(MembershipFactory(program=program, role="manager").user)
    batch = receive(program, f"{HEADER}\n=A1+A2,2024-01,1,0\nA,2024-01,40,2\n")
    text = client.get(f"/programs/hb/imports/{batch.pk}/rows.csv").getvalue().decode()
    [wrong, good] = csv.DictReader(io.StringIO(text))
    assert wrong["site_code"] == "'=A1+A2"
    assert (good["row"], good["outcome"], good["live_births"]) == ("3", "new", "40")
