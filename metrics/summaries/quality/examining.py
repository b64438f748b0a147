"""A program's reports examined: what was found at the sites that a member may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField
from django.db.models.functions import Cast

from metrics.models import COUNT_FIELDS, FindingReview, MonthlyReport
from metrics.models.reports import has_arrived
from metrics.stats.quality import Looks, Panel, examine
from metrics.summaries.quality.finding import Finding
from metrics.summaries.quality.findings import Findings, Reviews, sort_found
from metrics.summaries.quality.panels import SiteMonths, lay_out
from programs.models import Membership, Program, Site
from programs.periods import month_of, shift_month

FETCHED = 10_000
NOTHING = Findings([], SiteMonths(Panel({}), [], []), {}, {})


@dataclass(frozen=True)
class Examined:
    """What an examination brought, and how it looked. layout : None where nothing has arrived"""

    findings: Findings
    looks: Sequence[Looks]
    layout: SiteMonths | None

    def find(self, site: str, kind: str, fingerprint: str) -> Finding | None:
        """The finding that stands at a site by its kind and its counts."""
        likely = self.findings.choose(kind=kind, site=site)
        return next((own for own in likely if own.fingerprint == fingerprint), None)


def examine_program(membership: Membership, *, today: date) -> Examined:
    """Examine the reports of a program that have arrived, in three queries.

    Everything is examined, so that a rate of the program is that of all its sites; what is
    returned is of the sites that the member may see.
    """
    program, through = membership.program, shift_month(month_of(today), -1)
    layout = lay_out(_read_rows(program, through), COUNT_FIELDS, through)
    if layout is None:
        return Examined(NOTHING, [], None)
    found, looks = examine(layout.panel)
    covered = Site.objects.covered_by(membership).in_bulk()
    sites = {row: covered[pk] for row, pk in enumerate(layout.sites) if pk in covered}
    found = sort_found(found, sites)
    findings = Findings(found, layout, sites, _read_reviews(program))
    return Examined(findings, _limit(looks, [*sites]), layout)


def _read_rows(program: Program, through: date) -> Iterable[tuple]:
    reports = MonthlyReport.objects.of_program(program).filter(has_arrived(), month__lte=through)
    month = Cast("month", CharField())
    rows = reports.order_by().values_list("site_id", month, *COUNT_FIELDS)
    return rows.iterator(chunk_size=FETCHED)


def _read_reviews(program: Program) -> Reviews:
    reviews: dict[tuple[int, str], dict[str, FindingReview]] = {}
    for own in FindingReview.objects.filter(program=program).select_related("reviewed_by"):
        reviews.setdefault((own.site_id, own.kind), {})[own.fingerprint] = own
    return reviews


def _limit(looks: Iterable[Looks], rows: list[int]) -> list[Looks]:
    """How often was looked at the sites that are shown."""
    return [Looks(own.kind, own.by_site[rows], own.level) for own in looks]
