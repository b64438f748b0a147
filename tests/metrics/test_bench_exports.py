"""The bench of exports: what it times beside each other is the same rows."""

import csv
import io
import subprocess

import pytest
from django.db import connection

from metrics.exports import SITE_MONTHS, Asked
from metrics.management.bench import exports as bench
from metrics.management.commands.bench import make_program
from metrics.models import MonthlyReport
from programs.models import Membership


@pytest.mark.django_db(transaction=True)
def test_bench_takes_the_rows_that_the_database_gives_by_itself(today):
    program, _ = make_program(2, 12)
    bench.grow_program(program, 60)
    own = [
        ["" if cell is None else str(cell) for cell in row]
        for row in SITE_MONTHS.rows(Asked(Membership.objects.get(), today))
    ]
    assert len(own) == 60 == MonthlyReport.objects.count()
    with bench.database_for_others() as database:
        assert bare_rows(database) == own
        taken = bench.take_in_child(database, program.slug)
        assert taken.rows == 60
        assert bench.time_bare(database) > 0
        assert 0 <= taken.growth < 50 * 1024**2


def bare_rows(database):
    if connection.vendor == "sqlite":
        command = ["sqlite3", "-csv", database["NAME"], bench.bare_statement()]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    else:
        text = b"".join(bench.copy_bare()).decode()
    return list(csv.reader(io.StringIO(text)))
