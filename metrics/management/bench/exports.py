"""Taking a million site-months as CSV, beside what the database itself does with the same rows."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from django.conf import settings
from django.db import connection

from metrics.models import COUNT_FIELDS, MonthlyReport
from programs.models import OperationSpell, Participation, Program, Site

RUNS = 3
WANTED = 0.25  # of the database's own speed
CHILD = "metrics.management.bench.exports_child"
# The same rows as leanly as they can be had: what is known of this program is not looked up.
BARE = """
    SELECT site.code, site.name, substr(CAST(report.month AS varchar(10)), 1, 7),
        {counts}, report.status, 'program'
    FROM metrics_monthlyreport report JOIN programs_site site ON site.id = report.site_id
    ORDER BY site.code, report.month
"""
REPEAT_REPORTS = """
    INSERT INTO metrics_monthlyreport (site_id, {columns})
    SELECT site.id, {values} FROM programs_site site
    JOIN metrics_monthlyreport report ON report.site_id = %s + site.id %% %s
    WHERE site.id > %s
"""


@dataclass(frozen=True)
class Taken:
    """One taking of the file. growth : of the process, at its largest, in bytes"""

    seconds: float
    rows: int
    growth: int


def compare_exports(program: Program, rows: int, say: Callable[[str], object]) -> None:
    """Let a program grow to so many reports, and say how fast they are taken."""
    grow_program(program, rows)
    with database_for_others() as database:
        ours, bare = [], []
        for _ in range(RUNS):
            ours.append(take_in_child(database, program.slug))
            bare.append(time_bare(database))
        book = take_in_child(database, program.slug, "xlsx")
    own, theirs = median(run.seconds for run in ours), median(bare)
    megabytes = max(run.growth for run in ours) / 1024**2
    say(
        f"export as CSV {1000 * own:8.0f} ms  {ours[0].rows:,} rows, median of {RUNS} runs; "
        f"the process grew by {megabytes:.1f} MB\n"
        f"{bare_name():<13} {1000 * theirs:8.0f} ms\n"
        f"speed         {theirs / own:8.2f} of that; {WANTED} is wanted\n"
        f"as XLSX       {1000 * book.seconds:8.0f} ms  once; "
        f"the process grew by {book.growth / 1024**2:.1f} MB"
    )


def grow_program(program: Program, rows: int) -> None:
    """Add sites that repeat the reports of those there are, until there are so many reports."""
    own = list(program.sites.order_by("pk"))
    part = program.participations.select_related("site").order_by("pk")[0]
    more = -(-rows // part.site.monthly_reports.count()) - len(own)
    made = Site.objects.bulk_create(
        Site(name=f"Copy {n}", code=f"C{n}", area_id=own[0].area_id, kind=own[0].kind)
        for n in range(more)
    )
    OperationSpell.objects.bulk_create(
        OperationSpell(site=site, first_month=part.first_month) for site in made
    )
    Participation.objects.bulk_create(
        Participation(program=program, site=site, first_month=part.first_month) for site in made
    )
    fields = MonthlyReport._meta.concrete_fields
    kept = [str(field.column) for field in fields if field.column not in ("id", "site_id")]
    statement = REPEAT_REPORTS.format(
        columns=", ".join(kept), values=", ".join(f"report.{column}" for column in kept)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [own[0].pk, len(own), own[-1].pk])
        cursor.execute("ANALYZE")


@contextmanager
def database_for_others() -> Iterator[dict]:
    """The settings by which another process reaches these rows: on SQLite a copy in a file."""
    reached = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST")}
    reached["PORT"] = connection.settings_dict["PORT"]
    if connection.vendor != "sqlite":
        yield reached
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "bench.sqlite3"))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path])
        yield reached | {"NAME": path}


def take_in_child(database: dict, slug: str, ending: str = "csv") -> Taken:
    """Take the file in a process of its own, so that what it grows by is the file's doing."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", CHILD, slug, ending],
        cwd=settings.BASE_DIR,
        env={**os.environ, "BENCH_DATABASE": json.dumps(database)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Taken(**json.loads(done.stdout))


def bare_name() -> str:
    return "sqlite3 -csv" if connection.vendor == "sqlite" else "COPY TO"


def bare_statement() -> str:
    return BARE.format(counts=", ".join(f"report.{name}" for name in COUNT_FIELDS))


def time_bare(database: dict) -> float:
    """The seconds that the database's own way takes for the same rows."""
    start = perf_counter()
    if connection.vendor == "sqlite":
        command = [_find_sqlite(), "-csv", database["NAME"], bare_statement()]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    else:
        for _ in copy_bare():
            pass
    return perf_counter() - start


def copy_bare() -> Iterator[bytes]:
    """The rows as PostgreSQL's own CSV, piece by piece."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({bare_statement()}) TO STDOUT (FORMAT csv)") as copy,
    ):
        yield from map(bytes, copy)


def _find_sqlite() -> str:
    found = shutil.which("sqlite3")
    if found is None:
        raise LookupError("sqlite3 was not found to compare with. Install it: apt install sqlite3")
    return found
