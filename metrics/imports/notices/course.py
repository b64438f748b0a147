"""What the months tell together: running totals, a last month that is half in, a column that
suddenly holds something else."""

from calendar import month_name
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from django.utils.text import capfirst

from metrics.imports.checks import DryRun, FileRead
from metrics.imports.context import place_of
from metrics.imports.mapping import LEFT_OUT
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.numbers import MISSING
from metrics.imports.running import find_running
from metrics.imports.table import Numbers, Table, date_of
from metrics.imports.words import list_counts, name_count
from metrics.stats.oddities import Oddity, find_oddity
from programs.periods import MONTHS_PER_YEAR, format_month

PARTIAL_FACTOR = 2  # a last month with fewer than half the births of the months before it
JUMP_FACTOR = 3  # so many times more or fewer deaths per birth, from one month on
JUMP_MONTHS = 6  # on each side of it, at least
MANY_SITES = Fraction(3, 4)  # so many of the sites that say anything must agree
_DEATHS = ("infant_deaths", "stillbirths", "maternal_deaths")


def notice_running(file: FileRead) -> Iterator[FileNotice]:
    asked = [name for name in file.table.counts if name not in file.mapping.running]
    running = find_running(file.table, asked)
    is_monthly = "live_births" in file.table.counts
    if not running or (is_monthly and running[0].name != "live_births"):
        return
    start = running[0].first_month
    names = [own.name for own in running if own.first_month == start]
    lines = {f"running {name}": str(start) for name in names}
    yield FileNotice(
        NoticeKind.RUNNING,
        f"{capfirst(list_counts(names))} only ever rise from month to month and begin anew in "
        f"{month_name[start]}: they look like running totals of a year, not like monthly counts. "
        "Stored as they are, every figure would be several times too high.",
        {"They are running totals: take the differences": lines},
    )


def notice_parted(file: FileRead) -> Iterator[FileNotice]:
    if not file.parted:
        return
    names = [own.name for own in file.parted]
    start = month_name[file.mapping.running[names[0]]]
    first = next((own for own in file.parted if own.name == "live_births"), file.parted[0])
    for_example = (
        f" For example, {first.totals[0]:,} and then {first.totals[1]:,} make {first.months[1]:,}."
        if first.totals
        else ""
    )
    doubt = (
        ""
        if first.never_falls
        else " The file itself does not show it: it is too short, or its counts fall within a "
        "year. Look whether it holds monthly counts."
    )
    yield FileNotice(
        NoticeKind.PARTED,
        f"{capfirst(list_counts(names))} are read as running totals that begin anew in "
        f"{start}, as was said of this file or of one like it: each month is the difference "
        f"to the one before.{for_example}{doubt}",
        {"They are monthly counts": {f"running {name}": LEFT_OUT for name in names}},
        is_urgent=bool(doubt),
    )


def _by_month(table: Table, name: str, chosen: Numbers) -> Numbers:
    first = int(table.month.min())
    length = int(table.month.max()) - first + 1
    weights = table.counts[name][chosen]
    return np.bincount(table.month[chosen] - first, weights, length).astype(np.int64)


def notice_partial(file: FileRead) -> Iterator[FileNotice]:
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


def notice_jumps(run: DryRun) -> Iterator[FileNotice]:
    table = run.table
    if not len(table):
        return
    if "live_births" not in table.counts:
        table = replace(table, counts={**table.counts, "live_births": _stored_births(run)})
    for name in _DEATHS:
        own = table.counts.get(name)
        if own is None:
            continue
        chosen = (own >= 0) & (table.counts["live_births"] >= 0)
        if chosen.any() and (jump := _find_jump(table, name, chosen)):
            yield jump


def _stored_births(run: DryRun) -> Numbers:
    """The births of a file that has none, so that its deaths are held against some."""
    stored = run.context.stored
    at, is_stored = stored.find(place_of(run.table.site, run.table.month))
    births = np.full(len(run.table), MISSING, dtype=np.int32)
    births[is_stored] = stored.counts["live_births"][at[is_stored]]
    return births


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
        f"From {format_month(month)} on, {name_count(name)} are {died_now:,} to {born_now:,} live "
        f"births in {JUMP_MONTHS} months; before they were {died_before:,} to {born_before:,}. "
        "Does the column still hold the same thing, such as deaths before the first birthday only?",
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
