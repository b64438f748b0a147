"""What a file holds: of each count the sum, which whoever brings it compares with the total at the
foot of the sheet, and of the first changed reports what they hold and would hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.imports.breakdowns.explaining import PartsExplainer
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.series import part_of
from metrics.imports.checks import DryRun, Outcome
from metrics.imports.columns import Columns
from metrics.imports.explaining import Explainer
from metrics.imports.table import Numbers, date_of
from metrics.imports.words import COUNT_WORDS
from programs.periods import format_month, parse_month

SHOWN_CHANGES = 20


@dataclass(frozen=True)
class Held:
    """One count as it would stand in all that is new, changed or unchanged.

    part : the category of which it is the count; empty for the whole
    heading : of its column, of the first and the last where it has several; empty where it has none
    first, last : months such as 2024-01, and sites: how many; where it is counted
    total : None where it is counted nowhere
    """

    name: str
    part: str
    heading: str
    first: str
    last: str
    sites: int
    total: int | None

    @property
    def label(self) -> str:
        return f"{COUNT_WORDS[self.name]}, {self.part}" if self.part else COUNT_WORDS[self.name]


@dataclass(frozen=True)
class ChangedReport:
    """A report, or a part of one, that would change: each count with the stored and the new one.

    month : such as 2024-01
    """

    code: str
    site: str
    month: str
    part: str
    changes: list[tuple[str, int | None, int | None]]

    @property
    def of_month(self) -> date:
        return parse_month(self.month)

    @property
    def counts(self) -> Iterator[tuple[str, int | None, int | None]]:
        """The changes, each count by what people call it."""
        return ((COUNT_WORDS[name], old, new) for name, old, new in self.changes)

    @classmethod
    def from_json(cls, kept: Mapping) -> "ChangedReport":
        return cls(**{**kept, "changes": [(own[0], own[1], own[2]) for own in kept["changes"]]})


def tell_held(run: DryRun) -> Iterator[Held]:
    """Sum up each count that the file gives; in a file of breakdowns of each category that it
    has. Nothing that would be left out is in it."""
    taken, headings = run.outcomes <= Outcome.UNCHANGED, _find_headings(run.table.columns)
    for part, own in _by_part(run, taken):
        for name in run.table.counts:
            yield _hold(run, name, part, headings.get(name, ""), own)


def _by_part(run: DryRun, taken: Numbers) -> Iterator[tuple[str, Numbers]]:
    """What would be taken, by the category of which it is a part."""
    if not isinstance(run, PartsRun):
        yield "", taken
        return
    part = part_of(run.table)
    for own in np.unique(part[taken]).tolist():
        category = run.finder.categories[own]
        yield str(category), taken & (part == own)


def _hold(run: DryRun, name: str, part: str, heading: str, taken: Numbers) -> Held:
    table = run.table
    counted = taken & (table.counts[name] >= 0)
    if not counted.any():
        return Held(name, part, heading, "", "", 0, None)
    months = table.month[counted]
    return Held(
        name,
        part,
        heading,
        format_month(date_of(months.min())),
        format_month(date_of(months.max())),
        len(np.unique(table.site[counted])),
        int(table.counts[name][counted].sum(dtype=np.int64)),
    )


def _find_headings(columns: Columns) -> dict[str, str]:
    texts = {heading.place: heading.text for heading in columns.headings}
    found: dict[str, list[str]] = {}
    for block in columns.blocks:
        for name, place in block.counts.items():
            found.setdefault(name, []).append(texts[place])
    if "value" in found:  # a row for each count
        found = dict.fromkeys(columns.fields, found["value"])
    return {name: " to ".join(dict.fromkeys((own[0], own[-1]))) for name, own in found.items()}


def tell_changes(explainer: Explainer) -> Iterator[ChangedReport]:
    """The first reports that would change, in the order of the file's rows."""
    run = explainer.run
    changed = np.flatnonzero(run.outcomes == Outcome.CHANGED)
    in_order = changed[np.argsort(run.table.row[changed], kind="stable")]
    for entry in in_order[:SHOWN_CHANGES].tolist():
        site = run.context.sites[int(run.table.site[entry])]
        month = format_month(date_of(run.table.month[entry]))
        part = str(explainer.category(entry)) if isinstance(explainer, PartsExplainer) else ""
        yield ChangedReport(site.code, site.name, month, part, explainer.changes(entry))
