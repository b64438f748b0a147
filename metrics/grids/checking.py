"""A grid held against what is stored and against the gate."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, prefetch_related_objects

from metrics.gate import Fault, PastCounts, check_breakdown, pass_gate
from metrics.grids.cells import (
    THEIRS,
    TYPED_FIELDS,
    GridSave,
    Pair,
    Place,
    TypedCell,
    drafted_texts,
    may_be_changed,
)
from metrics.locks import sites_at_gate
from metrics.models import COUNT_FIELDS, Draft, MonthlyReport
from metrics.parts import load_breakdowns
from programs.actions import hold_sites
from programs.models import Participation, Program, Site
from programs.periods import format_month, shift_month
from programs.permissions import check_may_enter_counts

PAST_MONTHS = 36  # as far back as the gate looks


class GridCheck:
    """One grid against what is stored, which is held still until the transaction ends.

    created, changed : the reports to be stored, with the counts typed for them
    outcome : what stands against that
    """

    def __init__(self, program: Program, cells: Sequence[TypedCell], by, today: date):
        self.program, self.today, self.outcome = program, today, GridSave()
        self.created: list[MonthlyReport] = []
        self.changed: list[MonthlyReport] = []
        hold_sites(cell.site for cell in cells)  # before it is read when they were open
        self.parts = _load_parts(program, {cell.site for cell in cells}, by)
        self.at_gate = sites_at_gate([part.site for part in self.parts.values()], today)
        self.stored = _load_stored(self.parts, cells)
        self.seen = _load_seen(self.stored, cells)
        self.drafts = _load_drafts(self.parts, cells, by)
        touched = [cell for cell in cells if not self._is_untouched(cell)]
        self.outcome.touched = {cell.place for cell in touched}
        self.past = _load_past(self.parts, touched)
        self.broken_down = load_breakdowns(
            [self.stored[cell.place].pk for cell in touched if cell.place in self.stored]
        )
        for cell in sorted(touched, key=lambda cell: cell.place):  # two grids write in one order
            self._sort(cell)
        # Who saved in between is read now: read with rows that had to be waited for, PostgreSQL
        # would give who had saved before.
        prefetch_related_objects(list(self.outcome.conflicts.values()), "entered_by")

    def _is_untouched(self, cell) -> bool:
        """Whether a cell says what is stored, or still what it said when it was shown."""
        stored = self.stored.get(cell.place)
        if stored is not None and cell.pair == (stored.live_births, stored.infant_deaths):
            return True
        if cell.seen_version:
            return stored is not None and cell.pair == self.seen.get(
                (stored.pk, cell.seen_version), ()
            )
        draft = self.drafts.get(cell.place)
        return cell.texts == ("", "") or (draft is not None and cell.texts == drafted_texts(draft))

    def _sort(self, cell):
        """Put one cell among the created, the changed, the refused or the conflicts."""
        stored = self.stored.get(cell.place)
        if stored is not None and cell.choice == THEIRS:
            return
        if refused := self._refuse(cell, stored):
            self.outcome.refusals[cell.place] = [refused]
        elif stored and str(stored.version) not in (str(cell.seen_version), cell.choice):
            self.outcome.conflicts[cell.place] = stored
        else:
            self._pass(cell, stored)

    def _refuse(self, cell, stored) -> Fault | None:
        """What only a grid refuses; the gate knows the rest."""
        part = self.parts[cell.site]
        if cell.month not in part.period:
            return _say_outside(part, cell.month)
        if stored is None:
            return None
        if not may_be_changed(stored.status, stored.reopened_until, self.today):
            return _say_approved(stored)
        return _say_cleared(stored) if cell.texts == ("", "") else None

    def _pass(self, cell, stored):
        kept = {name: getattr(stored, name) for name in COUNT_FIELDS} if stored else {}
        passage = pass_gate(
            kept | {"live_births": cell.births, "infant_deaths": cell.deaths},
            site=self.at_gate[cell.site],
            month=cell.month,
            today=self.today,
            past=self.past[cell.site],
        )
        refusals, warnings = list(passage.refusals), list(passage.warnings)
        if stored and not passage.is_refused:
            for dimension, parts in self.broken_down.get(stored.pk, {}).items():
                too_many, too_few = check_breakdown(dimension, passage.counts, parts)
                refusals, warnings = [*refusals, *too_many], [*warnings, *too_few]
        if refusals:
            self.outcome.refusals[cell.place] = refusals
            return
        if warnings:
            self.outcome.warnings[cell.place] = warnings
        self._take(cell, stored, passage.counts)

    def _take(self, cell, stored, counts):
        site = self.parts[cell.site].site
        report = stored or MonthlyReport(site=site, month=cell.month, version=0)
        for name in TYPED_FIELDS:
            setattr(report, name, counts[name])
        (self.changed if stored else self.created).append(report)


# --- What a grid is held against -----------------------------------------------------------


def _load_parts(program, sites, by) -> dict[int, Participation]:
    """The sites' parts in the program, once it is clear that this person may report them all."""
    writable = Site.objects.writable_by(by).filter(pk=OuterRef("site"))
    parts = program.participations.filter(site__in=sites).annotate(may_enter=Exists(writable))
    parts = parts.select_related("program", "site").prefetch_related("site__spells")
    found = {part.site_id: part for part in parts}
    if found.keys() != sites:
        raise PermissionDenied(f"Some of these sites take no part in {program}.")
    for part in found.values():
        if not part.may_enter:
            check_may_enter_counts(by, part.site)
    return found


def _span(cells) -> tuple[date, date]:
    months = [cell.month for cell in cells]
    return min(months), max(months)


def _load_stored(sites, cells) -> dict[Place, MonthlyReport]:
    held = MonthlyReport.objects.select_for_update(of=("self",))
    held = held.select_related("site").order_by("pk")
    asked = {cell.place for cell in cells}
    found = held.filter(site__in=sites, month__range=_span(cells))
    return {place: own for own in found if (place := (own.site_id, own.month)) in asked}


def _load_seen(stored, cells) -> dict[tuple[int, int], Pair]:
    """What earlier versions said that are no longer the stored ones: what the grid showed."""
    outdated = {
        (own.pk, cell.seen_version)
        for cell in cells
        if (own := stored.get(cell.place)) and cell.seen_version not in (0, own.version)
    }
    if not outdated:
        return {}
    versions = MonthlyReport.history.filter(
        id__in={pk for pk, _ in outdated}, version__in={version for _, version in outdated}
    )
    return {
        (pk, version): (births, deaths)
        for pk, version, births, deaths in versions.values_list("id", "version", *TYPED_FIELDS)
    }


def _load_drafts(sites, cells, by) -> dict[Place, Draft]:
    """The person's own; those of others are not known here."""
    drafts = Draft.objects.filter(user=by, site__in=sites, month__range=_span(cells))
    return {(own.site_id, own.month): own for own in drafts}


def _load_past(sites, touched) -> dict[int, PastCounts]:
    """Each site's counts by month, as they would be once the grid were in."""
    past: dict[int, dict[date, tuple[int, int | None]]] = {site: {} for site in sites}
    if touched:
        first, last = _span(touched)
        months = (shift_month(first, -PAST_MONTHS), last)
        reports = MonthlyReport.objects.filter(site__in=sites, month__range=months).order_by()
        for site, month, births, deaths in reports.values_list("site", "month", *TYPED_FIELDS):
            past[site][month] = (births, deaths)
    for cell in touched:
        if cell.pair and (births := cell.pair[0]) is not None:
            past[cell.site][cell.month] = (births, cell.pair[1])
    return {site: PastCounts(own) for site, own in past.items()}


# --- Refusals that are the grid's own ------------------------------------------------------


def _say_outside(part, month):
    return Fault(
        "month",
        f"{format_month(month)} lies outside {part.site.name}'s part in {part.program}. Empty the "
        "cell, and report that month in the site's own form.",
    )


def _say_approved(stored):
    return Fault(
        "month",
        f"{format_month(stored.month)} is approved with {_say_counts(stored)}. Put these back, or "
        "ask a manager to reopen the report.",
    )


def _say_cleared(stored):
    return Fault(
        "live_births",
        f"is empty, but {_say_counts(stored)} have been reported, and clearing a cell does not "
        "take that back. Write 0 where there were none, or put the numbers back.",
    )


def _say_counts(report) -> str:
    """A report's two counts in words: “40 live births and 2 infant deaths”."""
    deaths = "no count of" if report.infant_deaths is None else report.infant_deaths
    return f"{report.live_births} live births and {deaths} infant deaths"
