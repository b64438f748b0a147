"""A file of monthly reports: from bytes to rows under our column names."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from metrics.models import COUNT_FIELDS

SITE_COLUMNS = ("site_code", "site_name")
COLUMNS = (*SITE_COLUMNS, "month", *COUNT_FIELDS)


class FileRefusedError(ValueError):
    """The file as a whole cannot be read; the sentence says why and what to do."""


def read_text(content: bytes) -> str:
    """Decode a file. UTF-8 with or without a mark at its head; anything else is refused."""
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise FileRefusedError(
            f"The file has {len(content):,} bytes; at most {settings.IMPORT_MAX_BYTES:,} are "
            "taken at once. Split it by year."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            f"The file is not UTF-8 text: byte {error.start + 1} cannot be read. In the "
            "spreadsheet choose “Save as”, then “CSV UTF-8”."
        ) from error
    if "\0" in text:
        raise FileRefusedError(
            "The file holds binary data. Save the sheet as “CSV UTF-8” and bring in that file."
        )
    if not text.strip():
        raise FileRefusedError("The file is empty. It needs a header row and a row a month.")
    return text


def parse_mapping(text: str) -> dict[str, str]:
    """Read lines such as `site_name = district` (ours = the file's) into a mapping.

    `site_code = "VIE-1"`, in quotes, is that value for every row.
    """
    mapping = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        ours, equals, theirs = (part.strip() for part in line.partition("="))
        if not equals or not theirs:
            raise FileRefusedError(
                f'column mapping, line {number}: "{line.strip()}" has no equals sign with a '
                "column after it. Write for example site_name = district."
            )
        if ours not in COLUMNS:
            raise FileRefusedError(
                f'column mapping, line {number}: "{ours}" is none of our columns. '
                f"Ours are {', '.join(COLUMNS)}."
            )
        mapping[ours] = theirs
    return mapping


@dataclass(frozen=True)
class Row:
    """One row under our column names, numbered as spreadsheets do. `too_many` says how many
    cells stand in it, where those are more than the header has; then none can be trusted."""

    number: int
    cells: dict[str, str]
    too_many: int | None = None


@dataclass(frozen=True)
class Table:
    """A file's rows, under our column names."""

    rows: Sequence[Row]
    columns: int
    unused_columns: list[str]


def read_table(text: str, mapping: Mapping[str, str]) -> Table:
    """Read comma, semicolon or tab separated rows. FileRefusedError for an unusable header."""
    # Strict: an open quote would otherwise swallow the rows behind it without a word.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text), strict=True)
    try:
        header, *numbered = enumerate(lines, start=1)
    except csv.Error as error:
        raise FileRefusedError(
            f"The file cannot be read as CSV near line {lines.line_num}: {error}. "
            "Save it again as “CSV UTF-8”."
        ) from error
    columns = [cell.strip() for cell in header[1]]
    constants, places = _place_columns(columns, mapping)
    rows = [
        Row(
            number,
            constants | {ours: _cell(cells, place) for ours, place in places.items()},
            len(cells) if any(cell.strip() for cell in cells[len(columns) :]) else None,
        )
        for number, cells in numbered
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise FileRefusedError("The file has a header but no rows. Add a row for each month.")
    used = set(places.values())
    unused = [name for place, name in enumerate(columns) if name and place not in used]
    return Table(rows, len(columns), unused)


def _find_delimiter(text):
    """The separator that the header row holds most of."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _place_columns(header, mapping):
    """Where each of our columns stands in the file, and those that are one value throughout."""
    _refuse_repeated(header)
    constants, places = {}, {}
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    for ours in COLUMNS:
        theirs = mapping.get(ours, ours)
        if len(theirs) > 1 and theirs[0] == theirs[-1] == '"':
            constants[ours] = theirs[1:-1]
        elif theirs.casefold() in by_name:
            places[ours] = by_name[theirs.casefold()]
        elif ours in mapping:
            raise FileRefusedError(
                f'The column mapping names "{theirs}" for {ours}, but the header has no such '
                f"column. It has {', '.join(header)}."
            )
    found = constants.keys() | places.keys()
    missing = [name for name in ("month", "live_births") if name not in found]
    if not found & set(SITE_COLUMNS):
        missing.insert(0, "site_code")
    if missing:
        raise FileRefusedError(
            f"The header has no column {' or '.join(missing)}. It has {', '.join(header)}. "
            "Rename a column or map it, for example: site_name = district."
        )
    return constants, places


def _refuse_repeated(header):
    names = [name.casefold() for name in header if name]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise FileRefusedError(
            f"The header has {', '.join(repeated)} more than once. Keep one column of each."
        )


def _cell(cells, place):
    """A cell's text, without the quote that our own export puts before = + - @."""
    text = cells[place].strip() if place < len(cells) else ""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
