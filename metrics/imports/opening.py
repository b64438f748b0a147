"""A file opened by its mapping: its headings found, its columns placed, its rows to be read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from metrics.imports.columns import Columns, place_columns
from metrics.imports.headings import (
    Heading,
    find_header,
    join_months_of_year,
    read_headings,
    simplify,
)
from metrics.imports.mapping import OURS, Mapping
from metrics.imports.months import holds_years
from metrics.imports.reading import FileRefusedError, SourceFile, open_file

_VERSIONS = frozenset({"version", "door", "said"})  # headings of our file of changes
PREVIEW_ROWS = 200  # what headings and spellings are told from


@dataclass(frozen=True)
class Preview:
    """The top of a sheet: its headings, in rows `first` to `last`, and the first rows below."""

    source: SourceFile
    sheet: str | None
    first: int
    last: int
    headings: Sequence[Heading]
    sample: Sequence[Sequence[str]]

    def rows(self) -> Iterator[list[str]]:
        """Every row below the headings. The first is row `last` + 1 of the spreadsheet."""
        return islice(self.source.rows(self.sheet), self.last, None)


def look_into(source: SourceFile, mapping: Mapping) -> Preview:
    """Read the top of the sheet that a mapping names, or of the first that is not hidden.

    FileRefusedError where there is no such sheet, or nothing in it.
    """
    sheet = _choose_sheet(source, mapping.sheet)
    top = list(islice(source.rows(sheet), PREVIEW_ROWS))
    if not any(cell.strip() for row in top for cell in row):
        raise FileRefusedError("The file is empty. It needs a header row and a row a month.")
    known = {simplify(name) for name in (*OURS, *mapping.columns.values())}
    first, last = mapping.header or find_header(top, frozenset(known))
    if last > len(top):
        raise FileRefusedError(f"The headings are said to stand in row {last}, but there is none.")
    headings = read_headings(top[first - 1 : last])
    _refuse_own_files({heading.text for heading in headings})
    sample = [row for row in top[last:] if any(cell.strip() for cell in row)]
    if not sample:
        raise FileRefusedError("The file has a header but no rows. Add a row for each month.")
    joined = join_months_of_year(headings)
    headings = joined if _says_years(mapping, joined, sample) else headings
    return Preview(source, sheet, first, last, headings, sample)


def _says_years(mapping: Mapping, joined: Sequence[Heading], sample) -> bool:
    """Whether each row says its year, so that Jan in a heading can be a month of it. Not where the
    mapping says of which month each column is."""
    if any(month for _, month in mapping.columns):
        return False
    if "year" in mapping.constants or ("year", None) in mapping.columns:
        return True
    other = (own for own in joined if not (own.month or own.year or own.month_of_year))
    columns = ([row[own.place] for row in sample if own.place < len(row)] for own in other)
    return any(holds_years(cells) for cells in columns)


def _refuse_own_files(texts: set[str]) -> None:
    """A file of ours whose rows look like reports and are none, so that what was taken out changes
    nothing when it is brought in again."""
    if texts >= _VERSIONS:
        raise FileRefusedError(
            "This is our file of changes: its rows are versions of reports, older ones among them. "
            "Nothing of it can be brought in; take “Site-months”."
        )


def _choose_sheet(source: SourceFile, name: str) -> str | None:
    if not name:
        return None
    names = [sheet.name for sheet in source.sheets]
    if name not in names:
        raise FileRefusedError(f'The file has no sheet "{name}". It has {", ".join(names)}.')
    return name


@contextmanager
def open_content(content: Iterable[bytes], file_name: str) -> Iterator[SourceFile]:
    """Open a file that comes in pieces."""
    with NamedTemporaryFile(suffix=Path(file_name).suffix) as kept:
        for piece in content:
            kept.write(piece)
        kept.flush()
        with open_file(Path(kept.name), file_name) as source:
            yield source


def open_columns(source: SourceFile, mapping: Mapping) -> tuple[Preview, Columns]:
    """Look into a file and place its columns. FileRefusedError says what is missing."""
    preview = look_into(source, mapping)
    return preview, place_columns(preview.headings, mapping)
