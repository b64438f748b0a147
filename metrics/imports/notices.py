"""What only a file as a whole tells: running totals, a last month that is half in, a column that
suddenly holds something else, numbers that may be read in two ways."""

import re
from calendar import month_name
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np

from metrics.imports.checks import DryRun, FileRead, Outcome
from metrics.imports.context import place_of
from metrics.imports.mapping import LEFT_OUT
from metrics.imports.numbers import UNREADABLE, WITHHELD, Empty, Marked, Points, is_marked
from metrics.imports.places import MOST_UNKNOWN, SKIPPED, UNKNOWN
from metrics.imports.running import find_running
from metrics.imports.table import Numbers, Table, date_of
from metrics.stats.oddities import Oddity, find_oddity
from programs.periods import MONTHS_PER_YEAR, format_month

PARTIAL_FACTOR = 2  # a last month with fewer than half the births of the months before it
JUMP_FACTOR = 3  # so many times more or fewer deaths per birth, from one month on
JUMP_MONTHS = 6  # on each side of it, at least
MANY_SITES = Fraction(3, 4)  # so many of the sites that say anything must agree
_DEATHS = ("infant_deaths", "stillbirths", "maternal_deaths")


class NoticeKind(StrEnum):
    RUNNING = "running"
    PARTED = "parted"
    PARTIAL = "partial"
    JUMP = "jump"
    WITHHELD = "withheld"
    MARKED = "marked"
    POINTS = "points"
    COUNTED = "counted"
    ERASED = "erased"
    SENT_BACK = "sent_back"
    SKIPPED = "skipped"
    LATE = "late"
    SHEETS = "sheets"


_SERIOUS = (NoticeKind.RUNNING, NoticeKind.JUMP, NoticeKind.PARTIAL, NoticeKind.ERASED)


@dataclass(frozen=True)
class FileNotice:
    """What was noticed, and what can be done about it.

    offers : a word for each way out -> the mapping's lines that take it
    """

    kind: NoticeKind
    text: str
    offers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def is_serious(self) -> bool:
        """Whether figures would be wrong if it were not looked at."""
        return self.kind in _SERIOUS


def notice_all(run: DryRun) -> list[FileNotice]:
    """Look at the whole file; the most serious first."""
    file = run.file
    found = [
        *_notice_running(file),
        *_notice_parted(file),
        *_notice_jumps(run),
        *_notice_partial(file),
        *_notice_erased(run),
        *_notice_sent_back(run),
    ]
    found += [*_notice_codes(file), *_notice_counted(file), *_notice_skipped(file)]
    found += _notice_late(file)
    return [*found, *_notice_sheets(file)]


def _notice_running(file: FileRead) -> Iterator[FileNotice]:
    asked = [name for name in file.table.counts if name not in file.mapping.running]
    running = find_running(file.table, asked)
    if not any(own.name == "live_births" for own in running):
        return
    start = running[0].first_month
    names = [own.name for own in running if own.first_month == start]
    lines = {f"running {name}": str(start) for name in names}
    yield FileNotice(
        NoticeKind.RUNNING,
        f"{', '.join(names)} only ever rise from month to month and begin anew in "
        f"{month_name[start]}: they look like running totals of a year, not like monthly counts. "
        "Stored as they are, every figure would be several times too high.",
        {"They are running totals: take the differences": lines},
    )


def _notice_parted(file: FileRead) -> Iterator[FileNotice]:
    if names := [name for name in file.mapping.running if name in file.table.counts]:
        start = month_name[file.mapping.running[names[0]]]
        yield FileNotice(
            NoticeKind.PARTED,
            f"{', '.join(names)} are read as running totals that begin anew in {start}, as was "
            "said of this file or of one like it: each month is the difference to the one before.",
            {"They are monthly counts": {f"running {name}": LEFT_OUT for name in names}},
        )


def _by_month(table: Table, name: str, chosen: Numbers) -> Numbers:
    first = int(table.month.min())
    length = int(table.month.max()) - first + 1
    weights = table.counts[name][chosen]
    return np.bincount(table.month[chosen] - first, weights, length).astype(np.int64)


def _notice_partial(file: FileRead) -> Iterator[FileNotice]:
    table = file.table
    births = table.counts.get("live_births")
    if births is None or not (births >= 0).any():
        return
    known = births >= 0
    born = _by_month(table, "live_births", known)
    reports = np.bincount(table.month[known] - int(table.month.min()), minlength=len(born))
    reported = np.flatnonzero(reports)
    last, before = int(reported[-1]), reported[:-1][-MONTHS_PER_YEAR:]
    if not len(before) or not born[before].sum():
        return
    counts = int(born[last]), int(reports[last]), int(born[before].sum())
    odd = find_oddity(*counts, int(reports[before].sum()), factor=PARTIAL_FACTOR)
    if odd is Oddity.FEW:
        month = date_of(int(table.month.min()) + last)
        earlier = date_of(int(table.month.min()) + int(before[-1]))
        yield FileNotice(
            NoticeKind.PARTIAL,
            f"{format_month(month)}, the last month, holds {counts[0]:,} live births in "
            f"{counts[1]:,} reports; before it, {counts[2]:,} in {int(reports[before].sum()):,}. "
            "It looks half reported.",
            {
                f"Leave {format_month(month)} out": {"last_month": format_month(earlier)},
            },
        )


def _notice_jumps(run: DryRun) -> Iterator[FileNotice]:
    table = run.table
    for name in _DEATHS:
        own = table.counts.get(name)
        births = table.counts.get("live_births")
        if own is None or births is None:
            continue
        chosen = (own >= 0) & (births >= 0)
        if chosen.any() and (jump := _find_jump(table, name, chosen)):
            yield jump


def _find_jump(table: Table, name: str, chosen: Numbers) -> FileNotice | None:
    died, born = _by_month(table, name, chosen), _by_month(table, "live_births", chosen)
    best: tuple[Fraction, int, tuple[int, int, int, int]] | None = None
    for start in range(JUMP_MONTHS, len(died) - JUMP_MONTHS + 1):
        now, past = slice(start, start + JUMP_MONTHS), slice(start - JUMP_MONTHS, start)
        counts = (
            int(died[now].sum()),
            int(born[now].sum()),
            int(died[past].sum()),
            int(born[past].sum()),
        )
        if not (counts[1] and counts[3]) or not find_oddity(*counts, factor=JUMP_FACTOR):
            continue
        times = Fraction(max(1, counts[0]) * counts[3], max(1, counts[2]) * counts[1])
        apart = max(times, Fraction(times.denominator, times.numerator))
        if (best is None or apart > best[0]) and _many_agree(table, name, chosen, start, times > 1):
            best = apart, start, counts
    if best is None:
        return None
    month = date_of(int(table.month.min()) + best[1])
    died_now, born_now, died_before, born_before = best[2]
    return FileNotice(
        NoticeKind.JUMP,
        f"From {format_month(month)} on, {name} is {died_now:,} to {born_now:,} live births in "
        f"{JUMP_MONTHS} months; before it was {died_before:,} to {born_before:,}. Does the column "
        "still hold the same thing, such as deaths before the first birthday only?",
    )


def _many_agree(table: Table, name: str, chosen, start: int, rises: bool) -> bool:
    """Whether most sites moved the same way, and none alone makes the whole."""
    month = table.month[chosen] - int(table.month.min())
    site, died = table.site[chosen], table.counts[name][chosen]
    now = (start <= month) & (month < start + JUMP_MONTHS)
    past = (start - JUMP_MONTHS <= month) & (month < start)
    length = int(site.max()) + 1
    after, before = (np.bincount(site[own], died[own], length) for own in (now, past))
    both = np.bincount(site[now], minlength=length) * np.bincount(site[past], minlength=length)
    asked = (both > 0) & ((after > 0) | (before > 0))
    moved = (after > before) if rises else (after < before)
    return bool((moved & asked).sum() >= MANY_SITES * int(asked.sum()))


def _notice_erased(run: DryRun) -> Iterator[FileNotice]:
    """Numbers that are stored, and that an empty cell of the file would take away."""
    table, stored = run.table, run.context.stored
    changed = np.flatnonzero(run.outcomes == Outcome.CHANGED)
    at, _ = stored.find(place_of(table.site[changed], table.month[changed]))
    erased = {
        name: int(((own[changed] < 0) & (stored.counts[name][at] >= 0)).sum())
        for name, own in table.counts.items()
    }
    if number := sum(erased.values()):
        names = ", ".join(name for name, times in erased.items() if times)
        yield FileNotice(
            NoticeKind.ERASED,
            f"{number:,} stored number{'' if number == 1 else 's'} would become empty, since the "
            f"file has an empty cell there: {names}.",
            {"Keep what is stored": {"empty": Empty.KEEP}},
        )


def _notice_sent_back(run: DryRun) -> Iterator[FileNotice]:
    """Reports to be corrected whose counts the file repeats: nobody said that they are right."""
    table, stored = run.table, run.context.stored
    same = np.flatnonzero(run.outcomes == Outcome.UNCHANGED)
    at, _ = stored.find(place_of(table.site[same], table.month[same]))
    if number := int(stored.is_sent_back[at].sum()) if len(same) else 0:
        yield FileNotice(
            NoticeKind.SENT_BACK,
            f"{number:,} report{' that was' if number == 1 else 's that were'} sent back for "
            "correction hold the very counts of the file. They stay sent back, and count nowhere: "
            "correct them, or submit them once more on their form.",
        )


def _notice_codes(file: FileRead) -> Iterator[FileNotice]:
    counts = file.table.counts.values()
    withheld = sum(int((own == WITHHELD).sum()) for own in counts)
    if withheld:
        shown = _spellings(file, WITHHELD)
        yield FileNotice(
            NoticeKind.WITHHELD,
            f"{withheld:,} cells say that a number is withheld ({shown}). They are taken as not "
            "counted, which is not zero: those months leave the rates that need them.",
        )
    unreadable = _texts(file, UNREADABLE)
    if marked := [text for text in unreadable if is_marked(text)]:
        yield FileNotice(
            NoticeKind.MARKED,
            f"Some numbers carry a mark, such as {marked[0]}. They are refused until you say what "
            "the mark means.",
            {
                "Take the number without its mark": {"marked": Marked.TAKE},
                "Take such cells as not counted": {"marked": Marked.EMPTY},
            },
        )
    if points := [text for text in unreadable if re.fullmatch(r"\d{1,3}\.000", text.strip())]:
        yield FileNotice(
            NoticeKind.POINTS,
            f"{points[0]} may be a number of three digits more, or one with decimals.",
            {
                "The point parts thousands": {"points": Points.THOUSANDS},
                "The point comes before decimals": {"points": Points.DECIMALS},
            },
        )


def _texts(file: FileRead, code: int) -> list[str]:
    return sorted(text for text, own in file.readers.counts.items() if own == code)


def _spellings(file: FileRead, code: int) -> str:
    return ", ".join(f"“{text.strip()}”" for text in _texts(file, code)[:3])


def _notice_skipped(file: FileRead) -> Iterator[FileNotice]:
    if file.table.skipped:
        names = sorted(name for name, place in file.finder.items() if place == SKIPPED)
        yield FileNotice(
            NoticeKind.SKIPPED,
            "Left out, since they add up others, are notes below the table or were said to be left "
            f"out: {', '.join(names[:5])} ({_rows(file.table.skipped)}).",
        )


def _notice_counted(file: FileRead) -> Iterator[FileNotice]:
    words = [own.strip() for own, place in file.readers.counted.items() if place == UNKNOWN]
    if unknown := sorted({word for word in words if word})[:MOST_UNKNOWN]:
        yield FileNotice(
            NoticeKind.COUNTED,
            f"Rows about {', '.join(unknown[:5])}{' and others' if unknown[5:] else ''} are "
            "refused, since these are none of our counts.",
            {"Leave out all rows about them": {f"counted {word}": LEFT_OUT for word in unknown}},
        )


def _notice_late(file: FileRead) -> Iterator[FileNotice]:
    if file.table.late and file.mapping.last_month:
        yield FileNotice(
            NoticeKind.LATE,
            f"Left out, since {format_month(file.mapping.last_month)} was said to be the last "
            f"month to take: {file.table.late:,} site-month{'' if file.table.late == 1 else 's'}.",
        )


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _notice_sheets(file: FileRead) -> Iterator[FileNotice]:
    sheets: Sequence = file.preview.source.sheets
    if len(sheets) > 1:
        own = file.preview.sheet or next((s.name for s in sheets if not s.is_hidden), "")
        others = [f"{s.name}{' (hidden)' if s.is_hidden else ''}" for s in sheets if s.name != own]
        yield FileNotice(
            NoticeKind.SHEETS,
            f"The workbook has {len(sheets)} sheets. Only {own} is read; not {', '.join(others)}.",
        )
