"""Why rows of a file of breakdowns are refused or questioned, in sentences; see
`metrics/imports/explaining.py`, whose walk through the file this one joins."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from metrics.gate import BROKEN_DOWN, Fault, SiteAtGate, check_breakdown, pass_gate, read_count
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.series import part_of
from metrics.imports.checks import Outcome
from metrics.imports.explaining import Explained, Explainer
from metrics.imports.numbers import NOT_PARTED, UNREADABLE
from metrics.imports.places import UNKNOWN
from metrics.imports.running import say_not_parted
from metrics.models import Category, Dimension
from programs.periods import format_month

_ANY_COUNTS = {"live_births": 0, "infant_deaths": 0}  # where only the month is asked
Counts = dict[str, int | None]


class PartsExplainer(Explainer):
    """Judges single parts as the form would."""

    run: PartsRun

    def __init__(self, run: PartsRun):
        super().__init__(run)
        self.finder = run.finder

    def entry(self, entry: int, number: int, cells: list[str]) -> Explained:
        run = self.run
        site, month, texts, outcome, changes = self._look_up(entry, cells)
        faults: tuple[Fault, ...] = ()
        questions: list[Fault] = []
        if outcome in (Outcome.REFUSED, Outcome.CONFLICT):
            faults = tuple(self._say_faults(entry, site, month, texts))
        if run.outside[entry]:
            questions.append(self._question_participation(site, month))
        if run.short[entry]:
            questions += self._hold_against_report(entry)[1]
        return Explained(number, entry, outcome, faults, tuple(questions), texts, changes)

    def _of_month(self, entry: int) -> range:
        """All entries of its site and month."""
        place = int(self.places[entry])
        return range(*np.searchsorted(self.places, [place, place + 1]).tolist())

    def category(self, entry: int) -> Category:
        return self.finder.categories[int(part_of(self.table)[entry])]

    def changes(self, entry: int) -> list[tuple[str, int | None, int | None]]:
        """Each count that differs from what is stored: its name, the old and the new number."""
        old, new = self._stored_counts(entry), self._counts(entry)
        return [(name, old[name], new[name]) for name in BROKEN_DOWN if old[name] != new[name]]

    def _counts(self, entry: int) -> Counts:
        return {name: _or_none(own[entry]) for name, own in self.table.counts.items()}

    def _stored_counts(self, entry: int) -> Counts:
        own = slice(entry, entry + 1)
        parts = self.run.parts
        at, is_stored = parts.find(parts.key_of(self.run.report[own], part_of(self.table)[own]))
        if not is_stored[0]:
            return dict.fromkeys(BROKEN_DOWN)
        return {name: _or_none(parts.counts[name][at[0]]) for name in BROKEN_DOWN}

    # --- Sentences -------------------------------------------------------------------------

    def _say_faults(self, entry, site, month, texts) -> list[Fault]:
        """The first that is wrong: what comes after it could not be asked."""
        run = self.run
        if run.report[entry] < 0:
            return self._say_shut(site, month) or [_say_no_report(site, month)]
        if unreadable := list(self._say_unreadable(entry, texts)):
            return unreadable
        if run.against[entry]:
            return [self._say_repeated(entry, site, month)]
        if shut := self._say_shut(site, month):
            return shut
        if run.unasked[entry]:
            return [self._say_unasked(self.category(entry))]
        if run.outcomes[entry] == Outcome.CONFLICT:
            return [self._say_protected(entry, site, month)]
        return self._hold_against_report(entry)[0]

    def _say_unreadable(self, entry, texts) -> Iterator[Fault]:
        for name, own in self.table.counts.items():
            if own[entry] == NOT_PARTED:
                yield Fault(name, say_not_parted(self.table, entry, texts.get(name, "")))
            elif own[entry] == UNREADABLE:
                try:
                    read_count(texts.get(name))
                except ValueError as error:
                    yield Fault(name, str(error))

    def _say_shut(self, site: SiteAtGate, month: date) -> list[Fault]:
        passage = pass_gate(_ANY_COUNTS, site=site, month=month, today=self.run.context.today)
        return [own for own in passage.refusals if own.field == "month"]

    def _say_repeated(self, entry, site, month):
        part = part_of(self.table)
        same = [n for n in self._of_month(entry) if part[n] == part[entry]]
        return Fault(
            "category",
            f"{site.name} has {self.category(entry).name} of {format_month(month)} in row "
            f"{self.contradictions.tell(entry, same)}",
        )

    def _say_unasked(self, category: Category):
        program, dimension = self.run.context.program, category.dimension
        if dimension.pk in self.finder.asked:
            return Fault(
                "category",
                f"{category.name} is retired: its counts stay as they are. "
                f"{self._list_categories(dimension)} Choose one of them, or take the row out.",
            )
        asked = [own.code for own in self.finder.dimensions if own.pk in self.finder.asked]
        return Fault(
            "dimension",
            f"{program} does not ask for {dimension.name}. It asks for "
            f"{', '.join(asked) or 'no breakdown yet'}. Ask for it in the program's rules for "
            "reports, or take the row out.",
        )

    def _say_protected(self, entry, site, month):
        name, old, new = self.changes(entry)[0]
        was, would = ("empty" if n is None else n for n in (old, new))
        return Fault(
            name,
            f"{would} differs from {was} for {self.category(entry).name} in the approved report of "
            f"{site.name}, {format_month(month)}. Reopen it first, or take the row out.",
        )

    def _hold_against_report(self, entry: int) -> tuple[list[Fault], list[Fault]]:
        """What the gate says of the entry's breakdown, as all of the file would leave it."""
        run, dimension = self.run, self.category(entry).dimension
        report, parts = int(run.report[entry]), self._stored_of(int(run.report[entry]), dimension)
        for own in self._of_month(entry):
            is_taken = run.outcomes[own] <= Outcome.UNCHANGED or run.beyond[own]
            if is_taken and self.category(own).dimension_id == dimension.pk:
                parts[self.category(own).code] = self._counts(own)
        kept = run.context.stored.counts
        totals = {name: _or_none(kept[name][report]) for name in BROKEN_DOWN}
        return check_breakdown(dimension.name, totals, parts)

    def _stored_of(self, report: int, dimension: Dimension) -> dict[str, Counts]:
        parts, found = self.run.parts, {}
        for at in parts.of_reports(np.array([report])):
            category = self.finder.categories[int(parts.key[at] % parts.categories)]
            if category.dimension_id == dimension.pk:
                own = {name: _or_none(parts.counts[name][at]) for name in BROKEN_DOWN}
                found[category.code] = own
        return found

    def _say_misplaced(self, cells, texts):
        yield from super()._say_misplaced(cells, texts)
        if any(cell.strip() for cell in cells[self.columns.width :]):
            return
        said = texts.get("dimension", ""), texts.get("category", "")
        if self.finder[said] != UNKNOWN:
            return
        dimension = self.finder.dimension_of(said[0])
        if dimension is None:
            codes = ", ".join(own.code for own in self.finder.dimensions) or "none yet"
            yield Fault(
                "dimension",
                f'"{said[0]}" is none of the breakdowns, which are {codes}. Correct it, or say in '
                "the mapping which it is.",
            )
            return
        yield Fault(
            "category",
            f'"{said[1]}" is none of {dimension.name}. {self._list_categories(dimension)} Say '
            "which of them it is, or that it is to be left out.",
        )

    def _list_categories(self, dimension: Dimension) -> str:
        codes = ", ".join(own.code for own in self.finder.in_use(dimension))
        return f"Its categories are {codes or 'all retired'}."


def _say_no_report(site: SiteAtGate, month: date) -> Fault:
    return Fault(
        "month",
        f"{site.name} has no report of {format_month(month)} that these could be part of. Bring in "
        "its report first, with all live births and infant deaths.",
    )


def _or_none(count) -> int | None:
    return None if count < 0 else int(count)
