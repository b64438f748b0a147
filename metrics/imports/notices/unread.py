"""Columns of categories that are not read, though the rows may be parts of reports."""

from collections.abc import Iterator

from metrics.gate import BROKEN_DOWN
from metrics.imports.breakdowns.unread import find_unread
from metrics.imports.checks import DryRun
from metrics.imports.mapping import LEFT_OUT
from metrics.imports.notices.kinds import FileNotice, NoticeKind


def notice_unread(run: DryRun) -> Iterator[FileNotice]:
    columns = run.table.columns
    unused = [own for own in columns.headings if own.text in columns.unused]
    spare = {ours: LEFT_OUT for ours in columns.fields if ours not in BROKEN_DOWN}
    for own in find_unread(run.context.program, run.file.preview, unused):
        yield FileNotice(
            NoticeKind.PARTS,
            str(own),
            {f"Each row is one category of {own.dimension.name}": spare | own.lines},
        )
