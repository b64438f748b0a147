"""Importing a file of a million rows, beside the same rows put bare into the same table."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection

from accounts.models import User
from metrics.imports import keep_file
from metrics.models import ImportBatch
from programs.models import Area, OperationSpell, Participation, Program, Site
from programs.periods import Period, format_month, month_of, shift_month

SEED = 20261122
MONTHS = 120
WANTED = 0.4  # of the bare rate
MOST_MEGABYTES = 200
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
    bare, ours = store_in_child("bare"), store_in_child("ours")
    grown = "not known here" if ours.growth is None else f"{ours.growth / 1024**2:.0f} MB"
    say(
        f"{connection.vendor}, a file of {ours.rows:,} rows imported: read, gate, history\n"
        f"import        {ours.rate:8,.0f} rows/s, {ours.seconds:.1f} s\n"
        f"bare upsert   {bare.rate:8,.0f} rows/s, {bare.seconds:.1f} s\n"
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
        return Stored(**json.loads(done.stdout))


@contextmanager
def database_for_others() -> Iterator[dict]:
    """The settings by which another process reaches this database: on SQLite a copy in a file."""
    reached = {
        key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    if connection.vendor != "sqlite":
        yield reached
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE metrics_monthlyreport, metrics_historicalmonthlyreport CASCADE"
            )
        return
    folder = tempfile.mkdtemp(dir=Path(settings.BASE_DIR))  # a disk, where /tmp may be memory
    try:
        path = str(Path(folder, "bench.sqlite3"))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path])
        yield reached | {"NAME": path}
    finally:
        shutil.rmtree(folder)
