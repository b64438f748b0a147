"""A large sheet is read piece by piece: the library holds what it reads whole, of a million rows
hundreds of megabytes.

In the XML of a sheet one row stands after the other. It is cut between two of them, and each piece
takes the whole's place in a small workbook in memory, in which all else (styles, texts, names) is
as it was: so the library reads it as it would have read the whole. A sheet that is not plainly
cut is read whole.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any, NamedTuple
from xml.etree import ElementTree as ET

import python_calamine

PIECE_BYTES = 4 * 1024 * 1024
# All else is read anew with each piece: what it takes must be little beside the sheet.
OTHERS_TIMES = 16
CHUNK_BYTES = 1024 * 1024
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ROWS, LONGEST_TAG = b"sheetData", 100
OPENING = re.compile(rb"<(?:\w+:)?sheetData\s*>")
CLOSING = re.compile(rb"</(?:\w+:)?sheetData\s*>")
LAST_CLOSING = re.compile(rb"</[\w:]+\s*>\s*\Z")
# Only before a row that says its number: what lies before it is not counted on.
CUT = re.compile(rb"""</(?:\w+:)?row\s*>\s*(?=<(?:\w+:)?row\s(?:[^<>]*?\s)?r=["']\d)""")

Merged = list[tuple[tuple[int, int], tuple[int, int]]]


class Sheet(NamedTuple):
    """A sheet as one piece."""

    name: str
    whole: Any

    @property
    def merged(self) -> Merged:
        return self.whole.merged_cell_ranges or []

    def pieces(self) -> Iterator[Any]:
        yield self.whole


class LargeSheet(NamedTuple):
    """A sheet in pieces, each a sheet of the library's that says where it starts and ends."""

    name: str
    path: str
    part: str
    frame: "Frame"
    others: dict[str, bytes]

    @property
    def merged(self) -> Merged:
        return self._load(b"", self.frame.tail).merged_cell_ranges or []

    def pieces(self) -> Iterator[Any]:
        size = max(PIECE_BYTES, sum(map(len, self.others.values())) // 2)
        with zipfile.ZipFile(self.path) as archive, archive.open(self.part) as part:
            part.read(len(self.frame.head))
            for rows in _cut(part, self.frame.row_bytes, size):
                yield self._load(rows, self.frame.end)

    def _load(self, rows: bytes, tail: bytes) -> Any:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, other in self.others.items():
                archive.writestr(name, other)
            archive.writestr(self.part, b"".join((self.frame.head, rows, tail)))
        content.seek(0)
        with closing(python_calamine.load_workbook(content)) as workbook:
            return workbook.get_sheet_by_name(self.name)


def open_sheet(path: str, workbook: Any, name: str) -> Sheet | LargeSheet:
    """A sheet of the workbook that lies there, in pieces where it is large."""
    return _open_large(path, name) or Sheet(name, workbook.get_sheet_by_name(name))


def _open_large(path: str, name: str) -> LargeSheet | None:
    with zipfile.ZipFile(path) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
        if max(sizes.values()) < 2 * PIECE_BYTES or not {WORKBOOK, RELATIONS} <= sizes.keys():
            return None
        parts = _find_parts(archive)
        part = parts.get(name, "")
        if sizes.get(part, 0) < 2 * PIECE_BYTES:
            return None
        with archive.open(part) as content:
            frame = _find_frame(content)
        if frame is None:
            return None
        needed = [own for own in sizes if _is_needed(own) and own not in parts.values()]
        if OTHERS_TIMES * sum(sizes[own] for own in needed) > sizes[part]:
            return None
        return LargeSheet(name, path, part, frame, {own: archive.read(own) for own in needed})


def _find_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """In which part of the archive each sheet stands."""
    try:  # the clean copy declares no entities, which could fill the memory
        relations = ET.fromstring(archive.read(RELATIONS))  # noqa: S314
        workbook = ET.fromstring(archive.read(WORKBOOK))  # noqa: S314
    except ET.ParseError:
        return {}
    targets = {own.get("Id"): own.get("Target", "") for own in relations}
    parts: dict[str, str] = {}
    for own in workbook.iterfind("{*}sheets/{*}sheet"):
        number = next((number for name, number in own.items() if name.endswith("}id")), None)
        target = targets.get(number, "").removeprefix("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        parts.setdefault(own.get("name", ""), part)
    return parts


def _is_needed(part: str) -> bool:
    """Styles and texts of cells lie beside the workbook; what lies deeper, no cell needs."""
    return part == RELATIONS or "/" not in part.removeprefix("xl/").removeprefix("_rels/")


class Frame(NamedTuple):
    """A sheet's XML before its rows and after them, how many bytes lie between, and the shortest
    end that could come after them."""

    head: bytes
    row_bytes: int
    tail: bytes
    end: bytes


def _find_frame(part: IO[bytes]) -> Frame | None:
    """None where rows could not be told by their tags alone."""
    first = part.read(CHUNK_BYTES)
    opening = OPENING.search(first)
    if opening is None or _hides_tags(first[len("<?xml") : opening.end()]):
        return None
    seen, row_bytes = first[opening.end() :], 0
    while not (closing := ROWS in seen and CLOSING.search(seen)):
        chunk = part.read(CHUNK_BYTES)
        if not chunk or _hides_tags(seen):
            return None
        kept = seen[-LONGEST_TAG:]
        row_bytes += len(seen) - len(kept)
        seen = kept + chunk
    tail = seen[closing.start() :] + part.read(PIECE_BYTES)
    last = LAST_CLOSING.search(tail)
    if part.read(1) or last is None or _hides_tags(seen + tail) or OPENING.search(tail):
        return None
    head = first[: opening.end()]
    return Frame(head, row_bytes + closing.start(), tail, closing[0] + last[0])


def _hides_tags(xml: bytes) -> bool:
    """A comment, CDATA or an instruction, in which what looks like a tag is none."""
    return b"<!" in xml or b"<?" in xml


def _cut(part: IO[bytes], row_bytes: int, size: int) -> Iterator[bytes]:
    """The rows that follow, in pieces of about that size."""
    rows = b""
    while chunk := part.read(min(size, row_bytes)):
        row_bytes -= len(chunk)
        rows += chunk
        if row_bytes and (cuts := [own.end() for own in CUT.finditer(rows, len(rows) // 2)]):
            yield rows[: cuts[-1]]
            rows = rows[cuts[-1] :]
    yield rows
