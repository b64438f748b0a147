"""Taking files, and reading them back as whoever took them would."""

import csv
import io
import json
import zipfile

from python_calamine import load_workbook

from metrics.cells import plain_text
from metrics.exports import Asked
from tests.factories import MembershipFactory

SUMMARY, SITE_MONTHS = "/programs/hb/summary.csv", "/programs/hb/site-months.csv"


def address(kind, ending="csv"):
    return f"/programs/hb/downloads/{kind}.{ending}"


def content_of(response):
    """The bytes of a file that was sent."""
    assert response.status_code == 200
    return response.getvalue()


def rows_of(response):
    """The downloaded CSV file's rows, each by column name."""
    return list(csv.DictReader(io.StringIO(content_of(response).decode(), newline="")))


def table_of(content):
    """Every row of a CSV file, as plain text."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return [[plain_text(cell) for cell in row] for row in rows]


def sheet_of(content, name="Data"):
    """Every row of a sheet, as plain text."""
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return [[_written(cell) for cell in row] for row in rows]


def _written(cell):
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return plain_text(cell) if isinstance(cell, str) else str(cell)


def unzip(content):
    """The files of an archive by name; its checksums are looked at."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def about_of(content):
    return json.loads(unzip(content)["about.json"])


def asking(program, today, **asked):
    """A question of somebody who sees everything of a program."""
    return Asked(MembershipFactory(program=program), today, **asked)
