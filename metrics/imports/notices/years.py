"""A year said for every row, where the sheet or the file is called by another."""

from collections.abc import Iterator

from metrics.imports.checks import FileRead
from metrics.imports.named_years import find_named_year, find_said_year, name_sheet
from metrics.imports.notices.kinds import FileNotice, NoticeKind


def notice_other_year(file: FileRead) -> Iterator[FileNotice]:
    """What the sheet is called counts before what the file is called."""
    said = find_said_year(file.mapping)
    names = {"sheet": name_sheet(file.preview), "file": file.preview.source.file_name}
    named = {kind: year for kind, name in names.items() if (year := find_named_year(name))}
    for kind, year in [*named.items()][:1]:
        if said not in (None, year):
            own = file.mapping.constants
            offer = {f"Read every row as {year}": {"year": f'"{year}"'}}
            yield FileNotice(
                NoticeKind.OTHER_YEAR,
                f"The {kind} is called {names[kind]}, but every row is read as {said}.",
                offer if "month" not in own else {},
                is_urgent=True,
            )
