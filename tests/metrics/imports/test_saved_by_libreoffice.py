"""A district's sheet as LibreOffice saves it: a title, two rows of headings and names of sites that
are merged, days shown as months, a formula in each row, a total, a hidden sheet.

tests/data/README.md says how the files were made; a person reads from the sheet what stands here.
"""

from datetime import date
from pathlib import Path

import pytest

from metrics.imports import Outcome
from metrics.imports.guessing import guess_mapping
from metrics.imports.mapping import Mapping
from metrics.imports.opening import look_into, open_content
from tests.factories import ParticipationFactory, ProgramFactory
from tests.metrics.imports.bringing_in import look

DATA = Path(__file__).parents[2] / "data"
WRITTEN = [
    (code, date(2024, month, 1), births, 1, deaths, 1)
    for code in ("A", "B")
    for month, births, deaths in ((1, 41, 2), (2, 42, 3), (3, 43, 4))
]
COUNTS = ("live_births", "stillbirths", "infant_deaths", "early_neonatal_deaths")

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = ProgramFactory(name="Beginnings")
    since = date(2020, 1, 1)
    for code, name in (("A", "North Clinic"), ("B", "Côte d’Été")):
        ParticipationFactory(
            program=program,
            first_month=since,
            site__code=code,
            site__name=name,
            site__spells=[(since, None)],
        )
    return program


def guessed(name, content):
    with open_content([content], name) as source:
        return guess_mapping(look_into(source, Mapping()))


def test_workbook_is_read_as_a_person_reads_it(program):
    name = "saved_by_libreoffice.xlsx"
    content = (DATA / name).read_bytes()
    lines = guessed(name, content)
    found, rows = look(program, content, lines, name)
    assert [(code, month, *map(own.get, COUNTS)) for code, month, own, _ in rows] == WRITTEN
    assert (found.rows, found.number(Outcome.NEW), found.left_out) == (7, 6, 0)  # and a total


def test_csv_is_read_as_a_person_reads_it_once_names_are_taken_from_above(program):
    """In a CSV nothing is merged: the site stands in the first of its rows alone."""
    name = "saved_by_libreoffice.csv"
    content = (DATA / name).read_bytes()
    lines = guessed(name, content)
    found, _ = look(program, content, lines, name)
    assert (found.number(Outcome.NEW), found.left_out) == (2, 4)
    [offered] = [own.offers for own in found.notices if own.is_urgent]
    settled, rows = look(program, content, lines | offered["Take what stands above"], name)
    assert [(code, month, *map(own.get, COUNTS)) for code, month, own, _ in rows] == WRITTEN
    assert settled.left_out == 0
