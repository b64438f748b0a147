"""Importing a file of a million rows, beside the same rows put bare into the same table."""

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
RUNS = 2  # in turn; of each the one that was disturbed least
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
    """Rows stored once. growth : of the process at its largest, in bytes; None where unknown"""

    seconds: float
    rows: int
    growth: int | None

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def compare_imports(rows: int, say: Callable[[str], object]) -> None:
    """Say how many rows a second go in through the gate, with their history, and how many bare."""
    keep_invented_file(rows)
    runs = [(store_in_child("bare"), store_in_child("ours")) for _ in range(RUNS)]
    bare, ours = (min(of, key=lambda own: own.seconds) for of in zip(*runs, strict=True))
    grown = "not known" if ours.growth is None else f"{ours.growth / 1024**2:,.0f} MB"
    say(
        f"{connection.vendor}, a file of {ours.rows:,} rows, best of {RUNS} runs\n"
        f"import        {ours.rate:8,.0f} rows/s, read, checked by the gate, history kept\n"
        f"bare upsert   {bare.rate:8,.0f} rows/s\n"
        f"speed         {ours.rate / bare.rate:8.2f} of that; {WANTED} is wanted\n"
        f"memory        {grown:>8} above the idle process; {MOST_MEGABYTES} MB are allowed"
    )


def keep_invented_file(rows: int) -> ImportBatch:
    """A file of so many site-months, as it was uploaded, and its program, which has no reports."""
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
    return keep_file(
        program=program,
        file_name="bench.csv",
        content=_write_file(sites, months, rows),
        mapping={},
        by=User.objects.create(username="importer"),
    )


def _write_file(sites, months, rows: int) -> Iterator[bytes]:
    """The file site by site."""
    draw = np.random.default_rng(SEED)
    yield ",".join(["site_code", "month", *COUNTS]).encode() + b"\n"
    written = [format_month(month) for month in months]
    for number, site in enumerate(sites):
        ages = draw.integers(0, 3, (3, len(written)))
        births, stillborn = draw.integers(10, 90, len(written)), draw.integers(0, 3, len(written))
        columns = [births, ages.sum(axis=0), *ages, stillborn]
        lines = zip(written, *(column.tolist() for column in columns), strict=True)
        wanted = list(lines)[: rows - number * len(written)]
        yield "".join(f"{site.code},{','.join(map(str, line))}\n" for line in wanted).encode()


def store_in_child(way: str) -> Stored:
    """Store the file in a process of its own, into a database that has no reports before and
    keeps none after."""
    with database_for_others() as database:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", CHILD, way],
            cwd=settings.BASE_DIR,
            env={**os.environ, "BENCH_DATABASE": json.dumps(database)},
            stdout=subprocess.PIPE,
            check=True,
        )
    if connection.vendor == "postgresql":  # it was no copy
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
        ImportBatch.objects.update(applied_at=None)
    return Stored(**json.loads(done.stdout))
