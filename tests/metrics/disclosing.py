"""Programs with small counts, what a viewer of them can find out, and what is true of it.

Kept apart from the product: which reports a published figure is of is said here a second time.
"""

import csv
import io
import random
import re

from django.test import Client

from metrics.models import MonthlyReport
from programs.models import Participation, Program, Target
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.solving import Sum

WITHHELD = "withheld"
MONTHS = Period.parse("2023-01..2025-06")
MEASURES = {
    "infant": ("neonatal", "postneonatal", "other"),
    "neonatal": ("neonatal",),
    "postneonatal": ("postneonatal",),
    "stillbirth": ("stillborn",),
    "maternal": ("maternal",),
}
LEAVES = {"born", *(leaf for own in MEASURES.values() for leaf in own)}


def build_two_programs(*, up_to=4, seed=3) -> Client:
    """Two programs that share sites, of which the first withholds small counts; and at the
    browser somebody who views both."""
    draw = random.Random(seed)
    region = AreaFactory(code="R", kind="region")
    areas = [AreaFactory(code=code, parent=region) for code in ("A", "B")]
    sites = [SiteFactory(code=f"S{n}", area=areas[n % 2]) for n in range(6)]
    first = ProgramFactory(slug="first", withhold_up_to=up_to)
    second = ProgramFactory(slug="second", year_first_month=4, approval_required=True)
    for program, own in ((first, sites[:5]), (second, sites[3:])):
        for site in own:
            role = "comparison" if site.code == "S2" else "program"
            ParticipationFactory(program=program, site=site, role=role)
    TargetFactory(program=first)
    TargetFactory(program=second, measure="neonatal", sites_rule=Target.SitesRule.BOTH)
    for number, site in enumerate(sites):
        for month in MONTHS:
            if draw.random() < 0.93:
                _report(draw, site, month, size=(8, 30, 3, 60, 4, 12)[number])
    viewer = UserFactory(username="looker")
    for program in (first, second):
        MembershipFactory(program=program, user=viewer)
    client = Client()
    client.force_login(viewer)
    return client


def _report(draw, site, month, size):
    births = draw.randint(0, 2 * size)
    neonatal, postneonatal, unknown, stillborn, maternal = (
        sum(draw.random() < share for _ in range(births))
        for share in (0.04, 0.03, 0.01, 0.03, 0.01)
    )
    by_age = draw.random() < 0.9
    MonthlyReportFactory(
        site=site,
        month=month,
        live_births=births,
        infant_deaths=neonatal + postneonatal + unknown,
        early_neonatal_deaths=neonatal if by_age else None,
        late_neonatal_deaths=0 if by_age else None,
        postneonatal_deaths=postneonatal if by_age else None,
        age_unknown_deaths=unknown if by_age else None,
        stillbirths=stillborn if draw.random() < 0.95 else None,
        maternal_deaths=maternal,
        status="approved" if draw.random() < 0.95 else "submitted",
    )


def read_file(client, slug, name="summary") -> list[dict[str, str]]:
    """The rows of a file that a viewer takes."""
    content = client.get(f"/programs/{slug}/{name}.csv").getvalue().decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def figures_of(row) -> tuple[str, ...]:
    """What tells a row of the file from all others."""
    names = ("section", "code", "measure", "first_month", "last_month")
    return tuple(row[name] for name in names)


def read_numbers(html: str) -> list[list[str]]:
    """The cells of every row of a page's tables, as they read."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


# --- What is true --------------------------------------------------------------------------


class Truth:
    """All reports, and which figures add up which of them."""

    def __init__(self):
        parts = Participation.objects.values_list("program__slug", "site", "role")
        self.roles = {(slug, site): role for slug, site, role in parts}
        self.programs = {own.slug: own for own in Program.objects.all()}
        self.reports = list(MonthlyReport.objects.select_related("site__area__parent"))
        self.cells = {
            (own.pk, leaf): count_cell(own, leaf) for own in self.reports for leaf in LEAVES
        }

    def sums_of(self, slug, row) -> dict[tuple, Sum]:
        """A row of a file as sums over reports: what is shown of it, and that it is 1 or more
        where it is withheld, since 0 is shown."""
        reports = self.find_reports(slug, row)
        deaths = {(own.pk, leaf) for own in reports for leaf in MEASURES[row["measure"]]}
        births = {(own.pk, "born") for own in reports}
        if row["measure"] == "stillbirth":
            births |= deaths
        return {
            (slug, *figures_of(row), name): Sum(
                frozenset(cells), None if row[name] == WITHHELD else int(row[name]), 1
            )
            for name, cells in (("deaths", deaths), ("births", births))
            if cells
        }

    def find_reports(self, slug, row) -> list[MonthlyReport]:
        months = Period.parse(f"{row['first_month']}..{row['last_month']}")
        asks = self.programs[slug].approval_required
        return [
            own
            for own in self.reports
            if own.month in months
            and is_counted(own, row["measure"])
            and (own.status == "approved" or not asks)
            and self.takes_part(slug, own.site, row)
        ]

    def takes_part(self, slug, site, row) -> bool:
        role = self.roles.get((slug, site.pk))
        if role is None or row["section"] in ("site", "comparison site"):
            return role is not None and site.code == row["code"]
        inside = row["code"] in ("", site.area.code, site.area.parent.code)
        return role == "program" and inside  # each site here reports in both periods

    def value(self, own: Sum) -> int:
        return sum(self.cells[cell] for cell in own.cells)


def read_sums(client, truth: Truth) -> dict[tuple, Sum]:
    """Every count in every file of the viewer's programs."""
    return {
        name: own
        for slug in truth.programs
        for row in read_file(client, slug)
        if row["deaths"]
        for name, own in truth.sums_of(slug, row).items()
    }


def is_counted(report, measure) -> bool:
    by_age = report.early_neonatal_deaths is not None
    counted = {"stillbirth": report.stillbirths is not None}
    return counted.get(measure, by_age if "neonatal" in measure else True)


def count_cell(report, leaf) -> int:
    """One unknown, so that none is in two."""
    neonatal, postneonatal = report.early_neonatal_deaths or 0, report.postneonatal_deaths or 0
    return {
        "neonatal": neonatal,
        "postneonatal": postneonatal,
        "other": report.infant_deaths - neonatal - postneonatal,
        "stillborn": report.stillbirths or 0,
        "maternal": report.maternal_deaths,
        "born": report.live_births,
    }[leaf]
