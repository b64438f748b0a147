"""Names that were merged down, or said once and left blank below."""

from collections.abc import Iterable, Iterator

from metrics.imports.checks import FileRead
from metrics.imports.mapping import ABOVE, LEFT_OUT
from metrics.imports.merged_down import places_said
from metrics.imports.notices.kinds import FileNotice, NoticeKind


def notice_gaps(file: FileRead) -> Iterator[FileNotice]:
    """Columns that are empty in most rows, which therefore cannot be placed."""
    table = file.table
    gaps = {
        kind: number
        for kind in ABOVE
        if kind not in file.mapping.above
        and 2 * (number := table.gaps.get(kind, 0)) >= table.rows > number > 0
    }
    if not gaps:
        return
    (first, number), *others = gaps.items()
    told = [f"In {number:,} of {table.rows:,} rows {_headed(file, first)} is empty"]
    told += [f"and in {number:,} {_headed(file, kind)}" for kind, number in others]
    yield FileNotice(
        NoticeKind.GAPS,
        f"{', '.join(told)}, as where cells were merged and the first stands for those below it. "
        "These rows are refused.",
        {"Take what stands above": {"above": _listed({*gaps, *file.mapping.above})}},
        is_urgent=True,
    )


def notice_filled(file: FileRead) -> Iterator[FileNotice]:
    table = file.table
    if filled := [kind for kind in places_said(table.columns) if table.filled.get(kind)]:
        names = " or ".join(
            f"{_headed(file, kind)} is empty, in {table.filled[kind]:,} of {table.rows:,} rows"
            for kind in filled
        )
        yield FileNotice(
            NoticeKind.GAPS,
            f"Where {names}, what stands above it is taken, as was said of this file or of one "
            "like it.",
            {"Refuse such rows": {"above": LEFT_OUT}},
        )


def _headed(file: FileRead, kind: str) -> str:
    """What the file calls its columns of a kind."""
    columns = file.table.columns
    texts = {heading.place: heading.text for heading in columns.headings}
    return " and ".join(texts[place] for place in places_said(columns)[kind])


def _listed(kinds: Iterable[str]) -> str:
    return ", ".join(kind for kind in ABOVE if kind in kinds)
