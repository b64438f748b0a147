"""What only a whole file of breakdowns tells, with the ways out that are offered."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.series import as_series, part_of
from metrics.imports.checks import FileRead, Outcome
from metrics.imports.notices import (
    FileNotice,
    NoticeKind,
    notice_late,
    notice_other_year,
    notice_sheets,
)
from metrics.imports.notices.cells import notice_areas, notice_codes, notice_counted
from metrics.imports.notices.course import notice_parted, notice_running
from metrics.imports.notices.days import notice_days, notice_days_said
from metrics.imports.notices.gaps import notice_filled, notice_gaps
from metrics.imports.notices.stored import tell_erased
from metrics.imports.places import SKIPPED

SHOWN_WORDS = 5


def notice_parts(run: PartsRun) -> list[FileNotice]:
    """Look at the whole file; the most serious first."""
    file = run.file
    series = replace(file, table=as_series(file.table, run.parts.categories))
    found = [
        *notice_other_year(file),
        *notice_running(series),
        *notice_parted(file),
        *notice_gaps(file),
    ]
    found += [
        *notice_areas(file),
        *notice_days(file),
        *_notice_erased(run),
        *_notice_sent_back(run),
    ]
    found += [*_notice_codes(file), *notice_counted(file), *notice_days_said(file)]
    found += notice_filled(file)
    return [*found, *_notice_skipped(run), *notice_late(file), *notice_sheets(file)]


def _notice_codes(file: FileRead) -> Iterator[FileNotice]:
    """As for reports, but for what a withheld count does: no rate is made of parts."""
    for own in notice_codes(file):
        if own.kind is NoticeKind.WITHHELD:
            said = own.text.partition(" That is taken")[0]
            text = f"{said} That is taken as not counted, which is not zero; what is stored stays."
            own = replace(own, text=text)
        yield own


def _notice_erased(run: PartsRun) -> Iterator[FileNotice]:
    """Numbers that are stored, and that an empty cell of the file would take away."""
    changed = np.flatnonzero(run.outcomes == Outcome.CHANGED)
    at, _ = run.parts.find(run.parts.key_of(run.report[changed], part_of(run.table)[changed]))
    erased = {
        name: int(((own[changed] < 0) & (run.parts.counts[name][at] >= 0)).sum())
        for name, own in run.table.counts.items()
    }
    yield from tell_erased(erased, of=" of categories")


def _notice_sent_back(run: PartsRun) -> Iterator[FileNotice]:
    """Reports to be corrected that a new version of their parts would submit once more."""
    moved = np.unique(run.report[run.outcomes <= Outcome.CHANGED])
    if number := int(run.context.stored.is_sent_back[moved].sum()):
        yield FileNotice(
            NoticeKind.SENT_BACK,
            f"{number:,} report{' that was' if number == 1 else 's that were'} sent back for "
            "correction would be submitted once more, with these parts and the births and deaths "
            "that they hold. Leave them out of the file where those are still to be corrected.",
        )


def _notice_skipped(run: PartsRun) -> Iterator[FileNotice]:
    file: FileRead = run.file
    if not file.table.skipped:
        return
    names = sorted(name for name, place in file.finder.items() if place == SKIPPED)
    names += run.finder.skipped_words()
    number = file.table.skipped
    yield FileNotice(
        NoticeKind.SKIPPED,
        "Left out, since they add up others, are notes below the table or were said to be left "
        f"out: {', '.join(names[:SHOWN_WORDS])} ({number:,} row{'' if number == 1 else 's'}).",
    )
