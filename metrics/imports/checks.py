"""A file held against the gate and against what is stored: the dry run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from metrics.approvals import MOVES, Move
from metrics.gate import (
    Fault,
    PastCounts,
    SiteAtGate,
    check_breakdown,
    check_lock,
    pass_gate,
    read_count,
)
from metrics.imports.files import Table, read_table, read_text
from metrics.locks import sites_at_gate
from metrics.models import COUNT_FIELDS, MonthlyReport
from metrics.models.reports import standing
from metrics.parts import load_breakdowns
from programs.actions import hold_sites
from programs.models import Site
from programs.periods import format_month, parse_month

SHOWN_SITES = 5


@dataclass(frozen=True)
class RowFault:
    """A fault with its place in the file. Rows are counted as spreadsheets show them."""

    row: int
    fault: Fault

    def __str__(self) -> str:
        return f"row {self.row}, {self.fault}"


@dataclass
class DryRun:
    """What applying a file would do. Nothing has been written."""

    created: list[MonthlyReport] = field(default_factory=list)
    changed: list[MonthlyReport] = field(default_factory=list)
    unchanged: int = 0
    empty: int = 0
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)

    @property
    def may_be_applied(self) -> bool:
        return not self.faults


def check_file(
    program, content: bytes, mapping: Mapping[str, str], *, today: date, lock: bool = False
) -> DryRun:
    """Check a whole file and say what it would do. FileRefusedError when it cannot be read.

    lock : hold the stored reports still until the transaction ends, because writing follows
    """
    table = read_table(read_text(content), mapping)
    check = _Check(program, table, today, lock)
    for placed in check.placed:
        check.sort(placed)
    return check.run


@dataclass(frozen=True)
class _PlacedRow:
    """A row with the site and month it speaks of, or the faults that hide them."""

    number: int
    cells: Mapping[str, str]
    site: Site | None
    month: date | None
    faults: tuple[Fault, ...]


class _Check:
    """One file against one program: what the rows are held against is loaded once."""

    def __init__(self, program, table: Table, today: date, lock: bool):
        self.program, self.today = program, today
        self.run = DryRun(unused_columns=table.unused_columns)
        if lock:  # before what says when they were open is read, so that nobody closes one now
            hold_sites(program.participations.values_list("site", flat=True))
        taking_part = program.participations.select_related("site").order_by("site__name")
        participations = list(taking_part.prefetch_related("site__spells"))
        self.sites = [participation.site for participation in participations]
        self.taking_part = {own.site_id: own.period for own in participations}
        self.by_code, self.by_name = _finder(self.sites, "code"), _finder(self.sites, "name")
        self.at_gate = {s.pk: SiteAtGate(s.name, tuple(s.operation)) for s in self.sites}
        self.locks = sites_at_gate(self.sites, today)
        reports = MonthlyReport.objects.filter(site__in=self.sites).select_related("site")
        if lock:
            # In the order in which every other door holds reports, so that none waits in a ring.
            reports = reports.select_for_update(of=("self",)).order_by("pk")
        self.stored = {(report.site_id, report.month): report for report in reports}
        self.placed = [self._place(row, table.columns) for row in table.rows]
        self.past = self._past_with_file()
        self.first_row: dict[tuple[int, date], int] = {}

    def sort(self, placed: _PlacedRow):
        """Put one row among the new, the changed, the unchanged, the empty or the faults."""
        if placed.faults:
            self._refuse(placed, placed.faults)
        elif not any(placed.cells.get(name) for name in COUNT_FIELDS):
            self.run.empty += 1  # a place and no counts: not reported
        elif repeated := self._find_repetition(placed):
            self._refuse(placed, [repeated])
        else:
            self._pass(placed)

    def _refuse(self, placed, faults):
        self.run.faults += [RowFault(placed.number, fault) for fault in faults]

    def _pass(self, placed):
        stored = self.stored.get((placed.site.pk, placed.month))
        passage = pass_gate(
            _counts_of(stored) | placed.cells,
            site=self.at_gate[placed.site.pk],
            month=placed.month,
            today=self.today,
            past=PastCounts(self.past[placed.site.pk]),
        )
        self._refuse(placed, passage.refusals)
        warnings = [*passage.warnings, *self._question_participation(placed)]
        self.run.warnings += [RowFault(placed.number, fault) for fault in warnings]
        if not passage.is_refused:
            # A column that the file does not have leaves what is stored alone.
            given = {n: count for n, count in passage.counts.items() if n in placed.cells}
            self._compare(placed, given)

    def _compare(self, placed, counts):
        stored = self.stored.get((placed.site.pk, placed.month))
        # A locked month may stand in a file as long as the file changes nothing in it.
        locked = check_lock(self.locks[placed.site.pk], placed.month)
        if stored is None and locked:
            self._refuse(placed, [locked])
            return
        if stored is None:
            self.run.created.append(MonthlyReport(site=placed.site, month=placed.month, **counts))
            return
        differing = [name for name, count in counts.items() if getattr(stored, name) != count]
        if not differing:
            self.run.unchanged += 1
        elif locked:
            self._refuse(placed, [locked])
        elif self._stands(stored) not in MOVES[Move.SUBMIT].starts:
            self._refuse(placed, [_say_protected(stored, counts, differing[0])])
        elif self._reconcile(placed, stored, counts):
            for name in differing:
                setattr(stored, name, counts[name])
            self.run.changed.append(stored)

    def _stands(self, stored):
        return standing(stored.status, stored.reopened_until, self.today)

    def _reconcile(self, placed, stored, counts) -> bool:
        """Hold a row against the breakdowns of its report, which a file leaves as they are."""
        refusals: list[Fault] = []
        for dimension, parts in self._broken_down.get(stored.pk, {}).items():
            refused, questioned = check_breakdown(dimension, _counts_of(stored) | counts, parts)
            refusals += refused
            self.run.warnings += [RowFault(placed.number, fault) for fault in questioned]
        self._refuse(placed, refusals)
        return not refusals

    @cached_property
    def _broken_down(self):
        """The breakdowns of the months in the file: read when a row first changes something."""
        months = [own.month for own in self.placed if own.month is not None]
        span = (min(months), max(months))
        reports = MonthlyReport.objects.filter(site__in=self.sites, month__range=span)
        return load_breakdowns(reports.order_by().values_list("pk", flat=True))

    # --- Where a row belongs -------------------------------------------------------------

    def _place(self, row, columns):
        if row.too_many:
            fault = _say_too_many(row.too_many, columns)
            return _PlacedRow(row.number, row.cells, None, None, (fault,))
        site, month, faults = self._find_site(row.cells), None, []
        if site is None:
            faults.append(self._say_site_unknown(row.cells))
        try:
            month = parse_month(row.cells["month"])
        except ValueError as error:
            faults.append(Fault("month", str(error)))
        return _PlacedRow(row.number, row.cells, site, month, tuple(faults))

    def _find_site(self, cells):
        if code := cells.get("site_code"):
            return self.by_code(code)
        return self.by_name(cells.get("site_name", ""))

    def _say_site_unknown(self, cells):
        column = "site_code" if cells.get("site_code") or "site_name" not in cells else "site_name"
        if not cells.get(column):
            return Fault(column, "is empty. Write the site's code.")
        known = sorted(getattr(site, column.removeprefix("site_")) for site in self.sites)
        listed = ", ".join(known[:SHOWN_SITES]) or "none yet"
        more = f" and {len(known) - SHOWN_SITES} more" if len(known) > SHOWN_SITES else ""
        return Fault(
            column,
            f'"{cells[column]}" is none of the sites of {self.program}, or stands for several. '
            f"They are {listed}{more}. Correct it, or ask an admin to add the site.",
        )

    def _question_participation(self, placed):
        period = self.taking_part[placed.site.pk]
        if placed.month not in period:
            yield Fault(
                "month",
                f"{format_month(placed.month)} lies outside {placed.site.name}'s part in "
                f"{self.program}, so it will be in none of its figures. If it belongs to them, ask "
                "an admin to correct the participation.",
            )

    def _find_repetition(self, placed):
        first = self.first_row.setdefault((placed.site.pk, placed.month), placed.number)
        if first == placed.number:
            return None
        return Fault(
            "month",
            f"{placed.site.name} has {format_month(placed.month)} in row {first} already. "
            "Keep one of the two rows.",
        )

    def _past_with_file(self):
        """Each site's counts by month as they would be once the file were in."""
        past: dict[int, dict[date, tuple[int, int | None]]] = {s.pk: {} for s in self.sites}
        for (site, month), report in self.stored.items():
            past[site][month] = (report.live_births, report.infant_deaths)
        for placed in self.placed:
            counts = None if placed.faults else _read_pair(placed.cells)
            if counts:
                past[placed.site.pk][placed.month] = counts
        return past


def _finder(sites, name):
    """How to find a site by its code or name: as it is written, else whatever the case.

    None for a text that stands for several.
    """
    exact = _unambiguous(sites, lambda site: getattr(site, name))
    folded = _unambiguous(sites, lambda site: getattr(site, name).casefold())
    return lambda text: exact.get(text) or folded.get(text.casefold())


def _unambiguous(sites, text_of):
    found: dict[str, Site | None] = {}
    for site in sites:
        text = text_of(site)
        found[text] = None if text in found else site
    return found


def _counts_of(report):
    """What is stored, for the columns that a file does not have."""
    return {name: getattr(report, name) for name in COUNT_FIELDS} if report else {}


def _say_too_many(cells, columns):
    return Fault(
        "cells",
        f"{cells} stand in this row, but {columns} in the header. Look for a separator too many, "
        "such as the comma in 1,200.",
    )


def _read_pair(cells):
    """Live births and infant deaths where they can be read; the gate says what cannot."""
    try:
        births, deaths = (read_count(cells.get(n)) for n in ("live_births", "infant_deaths"))
    except ValueError:
        return None
    return None if births is None else (births, deaths)


def _say_protected(stored, counts, name):
    new, old = ("empty" if n is None else n for n in (counts[name], getattr(stored, name)))
    return Fault(
        name,
        f"{new} differs from {old} in the approved report of {stored.site.name}, "
        f"{format_month(stored.month)}. Ask a manager to reopen it, or take the row out.",
    )
