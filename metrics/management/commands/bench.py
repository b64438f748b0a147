"""Time what may grow slow, each beside the bare work that it cannot do without, in one run."""

import random
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from scipy.special import betainccinv, betaincinv, gammainccinv, gammaincinv

from accounts.models import User
from metrics.management.bench.exports import compare_exports
from metrics.management.bench.imports import compare_imports
from metrics.models import MonthlyReport, Status
from metrics.stats.comparisons import ratio_limits
from metrics.stats.rates import rate_limits
from programs.models import (
    Area,
    Membership,
    OperationSpell,
    Participation,
    Program,
    Role,
    Site,
    Target,
)
from programs.periods import Period, format_month, month_of, shift_month

SEED = 20261122
RUNS = 5
MANY_SITES = 10_000
GRID_MONTHS = 24
CHANGED_SITES, CHANGED_MONTHS = 20, 10  # what somebody types into a grid and saves as one
CHANGE_ROW = """
    UPDATE metrics_monthlyreport SET live_births = live_births + 1, version = version + 1
    WHERE id = %s
"""
ADD_VERSIONS = """
    INSERT INTO metrics_historicalmonthlyreport
        ({columns}, history_date, history_user_id, history_type)
    SELECT {columns}, %s, %s, '~' FROM metrics_monthlyreport WHERE id IN ({keys})
"""


class Command(BaseCommand):
    help = "Print the times of pages and statistics, of the bare work under them, and the ratios."

    def add_arguments(self, parser):
        parser.add_argument("--sites", type=int, default=1000)
        parser.add_argument("--months", type=int, default=120)
        parser.add_argument("--import-rows", type=int, default=1_000_000)
        parser.add_argument("--export-rows", type=int, default=1_000_000)

    def handle(self, *, sites, months, import_rows, export_rows, **options):
        self._compare_statistics()
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            compare_imports(import_rows, self.stdout.write)
            program = self._compare(sites, months)
            self._compare_grid(program, months)
            compare_exports(program, export_rows, self.stdout.write)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def _compare_statistics(self):
        draw = np.random.default_rng(SEED)
        births = draw.integers(50, 5000, (2, MANY_SITES))
        deaths = draw.binomial(births, 0.05) + 1  # bare calls know no edges: none has 0 deaths
        (now, base), (born_now, born_base) = deaths, births
        self.stdout.write(f"statistics of {MANY_SITES:,} sites in one call, median of {RUNS} runs")
        for name, own, bare in (
            (
                "rates",
                lambda: rate_limits(now, born_now),
                lambda: (gammaincinv(now, 0.025), gammainccinv(now + 1, 0.025)),
            ),
            (
                "ratios",
                lambda: ratio_limits(now, born_now, base, born_base),
                lambda: (
                    betaincinv(now, base + 1, 0.025),
                    betainccinv(now + 1, base, 0.025),
                ),
            ),
        ):
            ours, theirs = time_median(own), time_median(bare)
            self.stdout.write(
                f"{name:<12}  {1000 * ours:8.1f} ms, bare {1000 * theirs:8.1f} ms, "
                f"ratio {ours / theirs:5.2f}"
            )

    def _compare(self, sites, months):
        program, user = make_program(sites, months)
        client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        client.force_login(user)
        address = reverse("program", args=[program.slug])

        def open_page():
            response = client.get(address, secure=True)
            assert response.status_code == 200, response  # noqa: S101 - a bench of an error lies

        open_page()
        reset_queries()  # the log is of fixed length, and loading may have filled it
        with CaptureQueriesContext(connection) as queries:
            open_page()
        page = time_median(open_page)
        bare = time_median(lambda: _run_bare(queries.captured_queries))
        self.stdout.write(
            f"{connection.vendor}, {sites:,} sites x {months} months, median of {RUNS} runs\n"
            f"program page  {1000 * page:8.0f} ms  {len(queries)} queries\n"
            f"its bare SQL  {1000 * bare:8.0f} ms\n"
            f"ratio         {page / bare:8.2f}"
        )
        return program

    def _compare_grid(self, program, months):
        """The page of 60 sites, and saving 200 cells of it beside the two statements they take."""
        user = User.objects.create(username="reporter")
        Membership.objects.create(program=program, user=user, role=Role.REPORTER)
        client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "accept-encoding": "gzip"})
        client.force_login(user)
        shown = Period.ending(shift_month(month_of(date.today()), -1), min(GRID_MONTHS, months))
        saving = GridSaving(program, user, client, shown)
        page = time_median(saving.show)
        save, bare = time_median(saving.save), time_median(saving.write_bare)
        self.stdout.write(
            f"grid page     {1000 * page:8.0f} ms  {len(shown)} months, {saving.size:,} bytes\n"
            f"grid saved    {1000 * save:8.0f} ms  {len(saving.reports)} cells changed\n"
            f"its bare SQL  {1000 * bare:8.0f} ms\n"
            f"ratio         {save / bare:8.2f}"
        )


class GridSaving:
    """A grid in which the same cells are changed and saved time and again, as a browser does it;
    and the two bare statements that store as many changed rows and their versions."""

    def __init__(self, program: Program, user: User, client: Client, shown: Period):
        self.client, self.user, self.shown, self.size = client, user, shown, 0
        months = {"first": format_month(shown.first), "last": format_month(shown.last)}
        self.address = f"{reverse('grid', args=[program.slug])}?{urlencode(months)}"
        own = program.participations.order_by("site__name", "site__code")  # as on the page
        self.reports = MonthlyReport.objects.filter(
            site__in=[part.site_id for part in own[:CHANGED_SITES]],
            month__in=list(shown)[-CHANGED_MONTHS:],
        ).order_by("pk")
        self.sends = [self._write_form(turn) for turn in range(1, RUNS + 1)]

    def _write_form(self, turn):
        """What is sent for the turn-th change: a birth more in each cell, and nothing else."""
        form = {"reason": "Bench"}
        for own in self.reports:
            place = f"{own.site_id}.{format_month(own.month)}"
            form[f"b{place}"] = str(own.live_births + turn)
            form[f"d{place}"] = str(own.infant_deaths)
            form[f"v{own.site_id}"] = ",".join([str(own.version + turn - 1)] * len(self.shown))
        return form

    def show(self):
        response = self.client.get(self.address, secure=True)
        assert response.status_code == 200, response  # noqa: S101 - a bench of an error lies
        self.size = len(response.content)

    def save(self):
        response = self.client.post(self.address, self.sends.pop(0), secure=True)
        assert response.status_code == 302, response  # noqa: S101 - a bench of a refusal lies

    @transaction.atomic
    def write_bare(self):
        keys = [own.pk for own in self.reports.only("pk")]
        columns = ", ".join(f'"{own.column}"' for own in MonthlyReport._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.executemany(CHANGE_ROW, [[key] for key in keys])
            cursor.execute(
                ADD_VERSIONS.format(columns=columns, keys=", ".join(["%s"] * len(keys))),
                [timezone.now(), self.user.pk, *keys],
            )


def time_median(call: Callable[[], object]) -> float:
    """Return the median time in seconds of a few calls."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return median(times)


def _run_bare(queries):
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query["sql"])
            cursor.fetchall()


def make_program(sites: int, months: int) -> tuple[Program, User]:
    """Make a program whose sites have all reported all months, and somebody who may see it."""
    draw = random.Random(SEED)  # noqa: S311 - invented counts
    last = shift_month(month_of(date.today()), -1)
    period = Period.ending(last, months)
    area = Area.objects.create(name="Bench", code="bench", kind=Area.Kind.DISTRICT)
    program = Program.objects.create(
        name="Bench", slug="bench", start_month=shift_month(last, -17), status="running"
    )
    Target.objects.create(program=program, reduction_percent=30)
    made = Site.objects.bulk_create(
        Site(name=f"Site {n}", code=f"B{n}", area=area, kind=Site.Kind.HEALTH_CENTRE)
        for n in range(sites)
    )
    OperationSpell.objects.bulk_create(
        OperationSpell(site=site, first_month=period.first) for site in made
    )
    Participation.objects.bulk_create(
        Participation(program=program, site=site, first_month=period.first) for site in made
    )
    MonthlyReport.objects.bulk_create(
        (_invent_report(draw, site, month) for site in made for month in period), batch_size=2000
    )
    user = User.objects.create(username="bench")
    Membership.objects.create(program=program, user=user, role=Role.VIEWER)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return program, user


def _invent_report(draw, site, month):
    births = draw.randint(10, 90)
    early, late, post = (draw.randint(0, 2) for _ in range(3))
    return MonthlyReport(
        site=site,
        month=month,
        live_births=births,
        infant_deaths=early + late + post,
        early_neonatal_deaths=early,
        late_neonatal_deaths=late,
        postneonatal_deaths=post,
        age_unknown_deaths=0,
        stillbirths=draw.randint(0, 3),
        maternal_deaths=int(draw.random() < 0.02),
        status=Status.SUBMITTED,
    )
