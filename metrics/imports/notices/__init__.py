"""What only a file as a whole tells, with the ways out that are offered."""

from collections.abc import Iterator, Sequence

from metrics.imports.checks import DryRun, FileRead
from metrics.imports.notices.absent import notice_no_births, notice_no_deaths
from metrics.imports.notices.ages import notice_ages
from metrics.imports.notices.cells import notice_areas, notice_codes, notice_counted, notice_skipped
from metrics.imports.notices.course import (
    notice_jumps,
    notice_parted,
    notice_partial,
    notice_running,
)
from metrics.imports.notices.days import notice_days, notice_days_said
from metrics.imports.notices.gaps import notice_filled, notice_gaps
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.notices.stored import notice_erased, notice_sent_back
from metrics.imports.notices.unread import notice_unread
from metrics.imports.notices.years import notice_other_year
from programs.periods import format_month

__all__ = [
    "FileNotice",
    "NoticeKind",
    "notice_all",
    "notice_late",
    "notice_other_year",
    "notice_sheets",
]


def notice_all(run: DryRun) -> list[FileNotice]:
    """Look at the whole file; the most serious first."""
    file = run.file
    found = [
        *notice_other_year(file),
        *notice_unread(run),
        *notice_running(file),
        *notice_parted(file),
        *notice_gaps(file),
        *notice_areas(file),
        *notice_days(file),
        *notice_no_births(run),
        *notice_ages(run),
        *notice_jumps(run),
        *notice_partial(file),
        *notice_erased(run),
        *notice_sent_back(run),
    ]
    found += [*notice_codes(file), *notice_counted(file), *notice_no_deaths(run)]
    found += [*notice_days_said(file), *notice_filled(file), *notice_skipped(file)]
    found += notice_late(file)
    return [*found, *notice_sheets(file)]


def notice_late(file: FileRead) -> Iterator[FileNotice]:
    if file.table.late and file.mapping.last_month:
        yield FileNotice(
            NoticeKind.LATE,
            f"Left out, since {format_month(file.mapping.last_month)} was said to be the last "
            f"month to take: {file.table.late:,} site-month{'' if file.table.late == 1 else 's'}.",
        )


def notice_sheets(file: FileRead) -> Iterator[FileNotice]:
    sheets: Sequence = file.preview.source.sheets
    if len(sheets) > 1:
        own = file.preview.sheet or next((s.name for s in sheets if not s.is_hidden), "")
        others = [f"{s.name}{' (hidden)' if s.is_hidden else ''}" for s in sheets if s.name != own]
        yield FileNotice(
            NoticeKind.SHEETS,
            f"The workbook has {len(sheets)} sheets. Only {own} is read; not {', '.join(others)}.",
        )
