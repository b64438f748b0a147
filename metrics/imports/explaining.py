"""Why rows are refused or questioned, in the gate's sentences: the file is read once more, and
only the rows that need a word are judged one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from metrics.gate import Fault, PastCounts, SiteAtGate, check_lock, pass_gate
from metrics.imports.ages import ALL, tell_ages
from metrics.imports.checks import DryRun, Outcome, list_known, stand
from metrics.imports.columns import Block
from metrics.imports.context import check_parts, place_of
from metrics.imports.contradicting import Contradictions
from metrics.imports.numbers import NOT_PARTED, UNREADABLE, WITHHELD
from metrics.imports.places import MOST_NEAREST, SKIPPED, UNKNOWN
from metrics.imports.running import say_not_parted
from metrics.imports.table import NO_MONTH, date_of
from metrics.models import COUNT_FIELDS
from programs.periods import format_month

SHOWN_SITES = 5
SITES_REMEMBERED = 64
_SAY_NOTHING = (Outcome.EMPTY, Outcome.REPEATED)


@dataclass(frozen=True)
class RowFault:
    """A fault with its place in the file. Rows are counted as spreadsheets show them."""

    row: int
    fault: Fault

    def __str__(self) -> str:
        return f"row {self.row}, {self.fault}"


@dataclass(frozen=True)
class Explained:
    """One entry with what is said of it.

    entry : its place in the table; None for a row that cannot be placed
    changes : counts that differ from what is stored, with the stored and the new number
    """

    row: int
    entry: int | None
    outcome: Outcome
    faults: tuple[Fault, ...]
    questions: tuple[Fault, ...]
    cells: Mapping[str, str]
    changes: Sequence[tuple[str, int | None, int | None]] = ()


def list_faults(explainer: "Explainer") -> Iterator[RowFault]:
    """Why rows are refused, and which approved reports they contradict, in the file's order."""
    refused = explainer.run.outcomes >= Outcome.CONFLICT
    for own in explain(explainer, refused, with_misplaced=True):
        yield from (RowFault(own.row, fault) for fault in own.faults)


def list_questions(explainer: "Explainer") -> Iterator[RowFault]:
    """What is odd about rows that pass, in the file's order."""
    for own in explain(explainer, explainer.run.questioned, with_misplaced=False):
        yield from (RowFault(own.row, fault) for fault in own.questions)


def explain(explainer: "Explainer", wanted, *, with_misplaced: bool) -> Iterator[Explained]:
    """Explain the entries that are wanted, row by row.

    wanted : of each entry whether to explain it
    """
    run = explainer.run
    entries = np.flatnonzero(wanted)
    entries = entries[np.argsort(run.table.row[entries], kind="stable")]
    rows = run.table.row[entries]
    misplaced = set(run.table.misplaced.tolist()) if with_misplaced else set()
    last = max([*misplaced, int(rows[-1])] if len(rows) else misplaced, default=0)
    at = 0
    for number, cells in enumerate(run.file.rows(), start=run.file.preview.last + 1):
        if number > last:
            return
        if number in misplaced:
            yield explainer.misplaced(number, cells)
        while at < len(rows) and rows[at] == number:
            yield explainer.entry(int(entries[at]), number, cells)
            at += 1


class Explainer:
    """Judges single rows as the form would."""

    def __init__(self, run: DryRun):
        self.run, self.table, self.columns = run, run.table, run.table.columns
        self.past_of = lru_cache(SITES_REMEMBERED)(self._past_of)
        self.places = place_of(self.table.site, self.table.month)
        self.contradictions = Contradictions(run)

    def _look_up(self, entry: int, cells: list[str]):
        """An entry's site and month, its cells, what becomes of it, and what it would change."""
        site = self.run.context.at_gate[int(self.table.site[entry])]
        month = date_of(self.table.month[entry])
        outcome = Outcome(int(self.run.outcomes[entry]))
        changes = self.changes(entry) if outcome is Outcome.CHANGED else ()
        return site, month, self._texts(cells, month), outcome, changes

    def entry(self, entry: int, number: int, cells: list[str]) -> Explained:
        run = self.run
        site, month, texts, outcome, changes = self._look_up(entry, cells)
        if outcome in _SAY_NOTHING or not (outcome >= Outcome.CONFLICT or run.questioned[entry]):
            return Explained(number, entry, outcome, (), (), texts, changes)
        stored, counts = self._standing(entry)
        raw, unparted = self._raw(entry, counts, texts)
        passage = pass_gate(
            raw,
            site=SiteAtGate(site.name, site.operation),
            month=month,
            today=run.context.today,
            past=self.past_of(int(self.table.site[entry])),
        )
        faults = [*unparted, *self._say_refused(passage, entry, counts, texts)]
        questions = self._ask(passage, counts)
        if run.outside[entry]:
            questions.append(self._question_participation(site, month))
        if not faults:
            faults, more = self._held_against_stored(entry, site, month, stored, counts)
            questions += more
        return Explained(number, entry, outcome, tuple(faults), tuple(questions), texts, changes)

    def _ask(self, passage, counts) -> list[Fault]:
        """The gate's questions; deaths that the file has none of are asked for once, above all."""
        is_asked = "infant_deaths" in self.table.counts or counts.get("infant_deaths", -1) >= 0
        return [own for own in passage.warnings if is_asked or own.field != "infant_deaths"]

    def _standing(self, entry: int) -> tuple[int | None, dict[str, int]]:
        """Where the entry's report is stored, and every count as it would stand."""
        at, counts = self._stored_at(entry), {}
        for name in COUNT_FIELDS:
            if name in self.table.counts:
                counts[name] = int(self.table.counts[name][entry])
            elif at is not None:
                counts[name] = int(self.run.context.stored.counts[name][at])
        return at, counts

    def _stored_at(self, entry: int) -> int | None:
        own = slice(entry, entry + 1)
        at, is_stored = self.run.context.stored.find(
            place_of(self.table.site[own], self.table.month[own])
        )
        return int(at[0]) if is_stored[0] else None

    def _raw(self, entry, counts, texts):
        """Each count as the gate reads it, and the running totals that could not be parted."""
        raw: dict[str, object] = {}
        unparted = []
        for name, code in counts.items():
            if code >= 0:
                raw[name] = code
            elif code == UNREADABLE or (code == WITHHELD and name == "live_births"):
                raw[name] = texts.get(name)
            elif code == NOT_PARTED:
                sentence = say_not_parted(self.table, entry, texts.get(name, ""))
                unparted.append(Fault(name, sentence))
        if unparted:  # what the gate would miss is there, and cannot be parted
            raw.setdefault("live_births", 0)
        return raw, unparted

    def _held_against_stored(self, entry, site, month, stored, counts):
        run = self.run
        if run.against[entry]:
            return [self._say_repeated(entry, site, month)], []
        differing = self._differing(entry, stored)
        if run.locked[entry] and (stored is None or differing):
            return [locked for locked in (check_lock(site, month),) if locked], []
        if run.outcomes[entry] == Outcome.CONFLICT:
            return [self._say_protected(entry, site, month)], []
        if not differing:
            return [], []
        report = int(run.context.stored.pk[stored])
        return check_parts(run.context.contradicted.get(report, {}), counts)

    def changes(self, entry: int) -> list[tuple[str, int | None, int | None]]:
        """Each count that differs from what is stored: its name, the old and the new number."""
        kept, at = self.run.context.stored.counts, self._stored_at(entry)
        return [
            (name, _or_none(kept[name][at]), _or_none(self.table.counts[name][entry]))
            for name in self._differing(entry, at)
        ]

    def _differing(self, entry: int, at: int | None) -> list[str]:
        if at is None:
            return []
        kept = self.run.context.stored.counts
        return [
            name
            for name, own in self.table.counts.items()
            if max(int(own[entry]), -1) != kept[name][at]
        ]

    def _past_of(self, site: int) -> PastCounts:
        run = self.run
        own = slice(*np.searchsorted(self.table.site, [site, site + 1]))
        block = self.table.between(own)
        at, is_stored = run.context.stored.find(place_of(block.site, block.month))
        standing = stand(block, run.context, at, is_stored)
        known = list_known(standing, run.context, run.outcomes[own] <= Outcome.UNCHANGED)
        counts = known.counts["live_births"].tolist(), known.counts["infant_deaths"].tolist()
        return PastCounts(
            {
                date_of(month): (born, _or_none(died))
                for month, born, died in zip(known.month, *counts, strict=True)
            }
        )

    def _block(self, month: date | None) -> Block:
        blocks = self.columns.blocks
        return next((own for own in blocks if own.holds(month)), blocks[0])

    def _texts(self, cells: list[str], month: date | None) -> dict[str, str]:
        """The row's cells under our names, those of one month in a wide file."""
        columns = self.columns
        places = columns.places | self._block(month).counts
        texts = dict(columns.constants)
        texts |= {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
        if "counted" in columns.places:
            place = self.run.file.readers.counted[texts["counted"]]
            if place >= 0:
                texts[COUNT_FIELDS[place]] = texts["value"]
        return texts

    # --- Sentences -------------------------------------------------------------------------

    def misplaced(self, number: int, cells: list[str]) -> Explained:
        """Say why a row cannot be placed."""
        texts = self._texts(cells, None)
        faults = list(self._say_misplaced(cells, texts))
        return Explained(number, None, Outcome.REFUSED, tuple(faults), (), texts)

    def _say_misplaced(self, cells, texts):
        if any(cell.strip() for cell in cells[self.columns.width :]):
            yield Fault(
                "cells",
                f"{len(cells)} stand in this row, but {self.columns.width} in the header. Look "
                "for a separator too many, such as the comma in 1,200.",
            )
            return
        readers = self.run.file.readers
        column = "site_code" if texts.get("site_code") else "site_name"
        if column not in texts:
            column = "site_code"
        text, area = texts.get(column, ""), texts.get("area_name", "")
        if readers.sites.find(text, area) == UNKNOWN:
            yield self._say_site_unknown(column, text, area)
        yield from self._say_no_month(texts, readers)
        if "counted" in texts and readers.counted[texts["counted"]] in (UNKNOWN, SKIPPED):
            yield Fault(
                "counted",
                f'"{texts["counted"]}" is none of our counts. Say in the mapping which it is, or '
                "that it is to be left out.",
            )

    def _say_no_month(self, texts, readers):
        first = self.columns.blocks[0]
        if first.month is not None:
            return
        if "month" in texts and first.month_of_year is None:
            if readers.months[texts["month"]] == NO_MONTH:
                yield Fault("month", _why_not(readers.months, texts["month"]))
            return
        parts = {"year": readers.years, "month_of_year": readers.months_of_year}
        if first.month_of_year is not None:
            del parts["month_of_year"]
        for name, reader in parts.items():
            if name in self.run.file.mapping.above and not texts.get(name):
                yield Fault(
                    name,
                    f"is empty, and no {name} above holds for it: none is said, or the months of "
                    f"its site begin anew since. Write the {name}.",
                )
            elif reader[texts.get(name, "")] == NO_MONTH:
                yield Fault(name, _why_not(reader, texts.get(name, "")))

    def _say_site_unknown(self, column, text, area):
        if not text:
            return Fault(column, f"is empty. Write the site's {column.removeprefix('site_')}.")
        sites, program = self.run.context.sites, self.run.context.program
        if several := self.run.file.finder.several(text):
            return Fault(column, self._say_several(text, area, several))
        name = column.removeprefix("site_")
        known = sorted(getattr(site, name) for site in sites)
        near = [getattr(site, name) for site in self.run.file.finder.nearest(text)]
        listed = ", ".join(known[:SHOWN_SITES]) or "none yet"
        more = f" and {len(known) - SHOWN_SITES} more" if len(known) > SHOWN_SITES else ""
        likest = f" Most like it: {', '.join(near[:MOST_NEAREST])}." if near and more else ""
        return Fault(
            column,
            f'"{text}" is none of the sites of {program}. '
            f"They are {listed}{more}.{likest} Correct it, or ask an admin to add the site.",
        )

    def _say_refused(self, passage, entry, counts, texts):
        """The gate's refusals; births that the file has no cell for are none that are empty."""
        site = self.run.context.at_gate[int(self.table.site[entry])]
        month = date_of(self.table.month[entry])
        where = f"{site.name}, {format_month(month)}"
        said = {name: int(own[entry]) for name, own in self.run.file.said.items()}
        is_given = "live_births" in {*texts, *self._block(month).counts}
        for own in passage.refusals:
            if own.field == ALL:
                yield from tell_ages(own, counts, said, where, has_sums=self.table.has_sums)
            elif own.field == "live_births" and not is_given:
                yield Fault(own.field, _say_no_births(where))
            else:
                yield own

    def _say_several(self, text, area, several):
        """Why a name of several sites is taken for none of them."""
        finder, program = self.run.file.finder, self.run.context.program
        sites = [f"{finder.sites[n].code} ({finder.areas.name_of(n)})" for n in several]
        more = f" and {len(sites) - SHOWN_SITES} more" if len(sites) > SHOWN_SITES else ""
        told = f'"{text}" stands for several sites of {program}: '
        told += f"{', '.join(sites[:SHOWN_SITES])}{more}"
        if area:
            return (
                f'{told}, and "{area}" does not tell which. Correct the area, or write their codes.'
            )
        return f"{told}. Write their codes, or say which column holds the area they lie in."

    def _question_participation(self, site, month):
        program = self.run.context.program
        return Fault(
            "month",
            f"{format_month(month)} lies outside {site.name}'s part in {program}, so it will be "
            "in none of its figures. If it belongs to them, ask an admin to correct the "
            "participation.",
        )

    def _say_repeated(self, entry, site, month):
        place = int(self.places[entry])
        first, end = np.searchsorted(self.places, [place, place + 1])
        return Fault(
            "month",
            f"{site.name} has {format_month(month)} in row "
            f"{self.contradictions.tell(entry, range(first, end))}",
        )

    def _say_protected(self, entry, site, month):
        name, old, new = self.changes(entry)[0]
        was, would = ("empty" if n is None else n for n in (old, new))
        return Fault(
            name,
            f"{would} differs from {was} in the approved report of {site.name}, "
            f"{format_month(month)}. Reopen it first, or take the row out.",
        )


def _say_no_births(where: str) -> str:
    return (
        f"is in no column of the file, and none are stored for {where}. Bring in the births first, "
        "or say which column holds them."
    )


def _or_none(count) -> int | None:
    return None if count < 0 else int(count)


def _why_not(reader, text: str) -> str:
    """Why a time could not be read."""
    try:
        reader.read(text)
    except ValueError as error:
        return str(error)
    return ""
