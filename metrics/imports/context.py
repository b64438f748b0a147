"""What a file is held against: the sites, when they were open and locked, and what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from metrics.approvals import MOVES, Move
from metrics.gate import Fault, SiteAtGate, check_breakdown
from metrics.imports.reading import FileRefusedError
from metrics.imports.screening import Bounds, bound
from metrics.imports.table import Numbers, Table, date_of, number_month
from metrics.locks import sites_at_gate
from metrics.models import COUNT_FIELDS, MonthlyReport, Status
from metrics.models.reports import standing
from metrics.parts import Breakdowns
from programs.actions import hold_sites
from programs.models import Program, Site
from programs.periods import shift_month

FETCHED = 10_000
LOOK_BACK = 36  # months before the file's own that the gate may ask for
_SENT_BACK = (Status.RETURNED, Status.REOPENED)
_MONTHS = 2**20  # more than there are: a site and a month in one number


def place_of(site: Numbers, month: Numbers) -> Numbers:
    """A site and a month as one number, in their order."""
    return site.astype(np.int64) * _MONTHS + month


def site_and_month(place: Numbers) -> tuple[Numbers, Numbers]:
    """What `place_of` made one number of."""
    return np.divmod(place, _MONTHS)


@dataclass(frozen=True)
class Stored:
    """The stored reports of these sites, in the order of `place_of`; counts below 0: not counted.

    is_open : whether a report may be sent again, so that a file may change it
    is_sent_back : whether it was returned or reopened, so that it counts nowhere
    """

    place: Numbers
    pk: Numbers
    counts: dict[str, Numbers]
    is_open: Numbers
    is_sent_back: Numbers

    def find(self, place: Numbers) -> tuple[Numbers, Numbers]:
        """Where each site-month is stored, and whether it is at all."""
        at = np.searchsorted(self.place, place)
        at = np.minimum(at, max(len(self.place) - 1, 0))
        return at, (self.place[at] == place if len(self.place) else np.zeros(len(place), bool))


@dataclass(frozen=True)
class Context:
    """One program as it is now.

    sites : in the order in which the file's entries number them
    parts, spells : when each takes part in the program, and when it is open
    contradicted : report -> its breakdowns, where a row of the file falls below or exceeds them
    """

    program: Program
    today: date
    sites: Sequence[Site]
    parts: Bounds
    spells: Bounds
    at_gate: Sequence[SiteAtGate]
    stored: Stored
    contradicted: dict[int, Breakdowns] = field(default_factory=dict)

    @cached_property
    def keys(self) -> Numbers:
        return np.array([site.pk for site in self.sites], dtype=np.int64)

    def find_broken_down(self, site: Numbers, month: Numbers) -> Numbers:
        """The keys of the reports that are broken down, of these sites and about these months.

        site : places among `sites`
        """
        first, last = date_of(month.min()), date_of(month.max())
        reports = MonthlyReport.objects.filter(
            site__in=self.keys[np.unique(site)].tolist(), month__range=(first, last)
        )
        own = reports.filter(breakdown_counts__isnull=False).order_by()
        keys = own.values_list("pk", flat=True).distinct().iterator(chunk_size=FETCHED)
        return np.fromiter(keys, dtype=np.int64)


def check_parts(
    breakdowns: Breakdowns, totals: Mapping[str, int]
) -> tuple[list[Fault], list[Fault]]:
    """Hold a report's new totals against its breakdowns, which a file leaves as they are.

    totals : below 0 where not counted. Returns the refusals and the questions.
    """
    counted = {name: None if total < 0 else total for name, total in totals.items()}
    refusals, questions = [], []
    for dimension, parts in breakdowns.items():
        refused, questioned = check_breakdown(dimension, counted, parts)
        refusals += refused
        questions += questioned
    return refusals, questions


def list_sites(program: Program) -> list[Site]:
    """The program's sites in the order of their keys, in which rows are stored: those that a file
    may speak of."""
    return list(Site.objects.filter(participations__program=program).order_by("pk"))


def load_context(
    program: Program, sites: Sequence[Site], table: Table, *, today: date, lock: bool
) -> Context:
    """Read what a table is held against.

    lock : hold the sites and the stored reports still until the transaction ends
    """
    if lock:  # before what says when they were open is read, so that nobody closes one now
        hold_sites([site.pk for site in sites])
    own = program.participations.filter(site__in=sites).prefetch_related("site__spells")
    parts = {part.site_id: part for part in own.select_related("site")}
    if missing := [site.name for site in sites if site.pk not in parts]:
        raise FileRefusedError(f"{missing[0]} has left {program} just now. Look at the file again.")
    now = [parts[site.pk].site for site in sites]
    at_gate = sites_at_gate(now, today)
    return Context(
        program,
        today,
        now,
        bound([[parts[site.pk].period] for site in sites]),
        bound([at_gate[site.pk].operation for site in sites]),
        [at_gate[site.pk] for site in sites],
        _load_stored(now, table, today, lock),
    )


def reports_of(sites: Sequence[Site], *, lock: bool):
    """What is stored of these sites, in the order in which every other door holds reports, so that
    none waits in a ring.

    lock : hold them until the transaction ends
    """
    reports = MonthlyReport.objects.filter(site__in=sites).order_by("pk")
    return reports.select_for_update(of=("self",)) if lock else reports


def _load_stored(sites: Sequence[Site], table: Table, today: date, lock: bool) -> Stored:
    reports = reports_of(sites, lock=lock)
    if len(table):
        first, last = date_of(table.month.min()), date_of(table.month.max())
        reports = reports.filter(month__range=(shift_month(first, -LOOK_BACK), last))
    rows = reports.values_list("pk", "site_id", "month", "status", "reopened_until", *COUNT_FIELDS)
    return _arrange(rows.iterator(chunk_size=FETCHED), sites, today)


def _arrange(rows: Iterable[tuple], sites: Sequence[Site], today: date) -> Stored:
    order = {site.pk: n for n, site in enumerate(sites)}
    starts = MOVES[Move.SUBMIT].starts
    months: dict[date, int] = {}

    def read(row):
        pk, site, month, status, until, *counts = row
        number = months.get(month) or months.setdefault(month, number_month(month))
        stands = standing(status, until, today)
        is_open, is_sent_back = stands in starts, stands in _SENT_BACK
        kept = (-1 if own is None else own for own in counts)
        return (pk, order[site] * _MONTHS + number, is_open, is_sent_back, *kept)

    kind = [("pk", "i8"), ("place", "i8"), ("is_open", "?"), ("is_sent_back", "?")]
    kind += [(name, "i4") for name in COUNT_FIELDS]
    found = np.fromiter(map(read, rows), dtype=kind)
    found = found[np.argsort(found["place"], kind="stable")]
    return Stored(
        found["place"],
        found["pk"],
        {name: found[name] for name in COUNT_FIELDS},
        found["is_open"],
        found["is_sent_back"],
    )
