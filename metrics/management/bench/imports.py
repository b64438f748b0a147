"""Importing a file of a million rows, beside the same rows put bare into the same table; another
file that changes all of them, and undoing that one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.conf import settings
from django.db import connection

from accounts.models import User
from metrics.imports import keep_file
from metrics.management.bench.exports import database_for_others
from metrics.models import ImportBatch
from programs.models import Area, OperationSpell, Participation, Program, Site
from programs.periods import Period, format_month, month_of, shift_month

SEED = 20261122
MONTHS = 120
WANTED = 0.4  # of the bare rate
MOST_MEGABYTES = 200
MORE_BIRTHS = 100  # in the second file, at each site in each month
RUNS = 2  # in turn; of each the one that was disturbed least. The second file goes in once
FORGET = "TRUNCATE metrics_monthlyreport, metrics_historicalmonthlyreport CASCADE"
CHILD = "metrics.management.bench.imports_child"
COUNTS = (
    "live_births",
    "infant_deaths",
    "early_neonatal_deaths",
    "late_neonatal_deaths",
    "postneonatal_deaths",
    "stillbirths",
)


@dataclass(frozen=True)
class Stored:
    """Rows stored by a process.

    seconds : of each step, by its name
    growth : of the process at its largest up to the end of the first, in bytes; None if unknown
    """

    seconds: dict[str, float]
    rows: int
    growth: int | None

    def rate(self, step: str) -> float:
        return self.rows / self.seconds[step]


def compare_imports(rows: int, say: Callable[[str], object]) -> None:
    """Say how many rows a second go in through the gate, with their history, and how many bare."""
    keep_invented_files(rows)
    runs = [(store_in_child("bare"), store_in_child("ours")) for _ in range(RUNS - 1)]
    later_bare, later = store_in_child("bare", "later"), store_in_child("ours", "later")
    runs.append((later_bare, later))
    bare, ours = (min(of, key=lambda own: own.seconds["add"]) for of in zip(*runs, strict=True))
    grown = "not known" if ours.growth is None else f"{ours.growth / 1024**2:,.0f} MB"
    say(
        f"{connection.vendor}, a file of {ours.rows:,} rows, best of {RUNS} runs\n"
        f"import        {ours.rate('add'):8,.0f} rows/s, read, checked by the gate, history kept\n"
        f"bare upsert   {bare.rate('add'):8,.0f} rows/s\n"
        f"speed         {ours.rate('add') / bare.rate('add'):8.2f} of that; {WANTED} is wanted\n"
        f"memory        {grown:>8} above the idle process; {MOST_MEGABYTES} MB are allowed"
    )
    change, undo, upsert = later.rate("change"), later.rate("undo"), later_bare.rate("change")
    say(
        f"{connection.vendor}, a second file that changes every row, once\n"
        f"import        {change:8,.0f} rows/s\n"
        f"undo          {undo:8,.0f} rows/s, each as the first file left it, history kept\n"
        f"bare upsert   {upsert:8,.0f} rows/s\n"
        f"speed         {change / upsert:8.2f} of that, and {undo / upsert:.2f} undone"
    )


def keep_invented_files(rows: int) -> None:
    """Two files of so many site-months, as they were uploaded, the second with other births, and
    their program, which has no reports."""
    months = Period.ending(shift_month(month_of(date.today()), -1), min(rows, MONTHS))
    program = Program.objects.create(name="Import", slug="import", start_month=months.first)
    area = Area.objects.create(name="Import", code="import", kind=Area.Kind.DISTRICT)
    sites = Site.objects.bulk_create(
        Site(name=f"Import {n}", code=f"I{n}", area=area, kind=Site.Kind.HEALTH_CENTRE)
        for n in range(-(-rows // len(months)))
    )
    OperationSpell.objects.bulk_create(
        OperationSpell(site=site, first_month=months.first) for site in sites
    )
    Participation.objects.bulk_create(
        Participation(program=program, site=site, first_month=months.first) for site in sites
    )
    user = User.objects.create(username="importer")
    for name, more_births in (("first.csv", 0), ("second.csv", MORE_BIRTHS)):
        content = _write_file(sites, months, rows, more_births)
        keep_file(program=program, file_name=name, content=content, mapping={}, by=user)


def _write_file(sites, months, rows: int, more_births: int) -> Iterator[bytes]:
    """The file site by site."""
    draw = np.random.default_rng(SEED)
    yield ",".join(["site_code", "month", *COUNTS]).encode() + b"\n"
    written = [format_month(month) for month in months]
    for number, site in enumerate(sites):
        ages = draw.integers(0, 3, (3, len(written)))
        births, stillborn = draw.integers(10, 90, len(written)), draw.integers(0, 3, len(written))
        columns = [births + more_births, ages.sum(axis=0), *ages, stillborn]
        lines = zip(written, *(column.tolist() for column in columns), strict=True)
        wanted = list(lines)[: rows - number * len(written)]
        yield "".join(f"{site.code},{','.join(map(str, line))}\n" for line in wanted).encode()


def store_in_child(*way: str) -> Stored:
    """Store the file in a process of its own, into a database that has no reports before and
    keeps none after.

    way : "bare" or "ours"; with "later", the second file as well
    """
    with database_for_others() as database:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", CHILD, *way],
            cwd=settings.BASE_DIR,
            env={**os.environ, "BENCH_DATABASE": json.dumps(database)},
            stdout=subprocess.PIPE,
            check=True,
        )
    if connection.vendor == "postgresql":  # it was no copy
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
        ImportBatch.objects.update(applied_at=None, undone_at=None)
    return Stored(**json.loads(done.stdout))
