"""An XLSX is a ZIP archive of XML: looked through, and its sheets copied into a clean one.

The reader of workbooks only ever sees the copy: whatever two programs might read differently in
a crafted archive (sizes that lie, entries that overlap, one name twice) is settled here, and what
is not needed to read cells (links to other files, pictures, objects) is left behind.
"""

import errno
import io
import os
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

from metrics.imports.reading.kinds import SAVE_ANEW
from metrics.imports.reading.names import suffix_of
from metrics.imports.reading.refusals import FileRefusedError

CHUNK_BYTES = 256 * 1024
MOST_READ_AT_ONCE = 1024 * 1024
MOST_PARTS = 5_000
# Sheets of figures shrink to a tenth, sheets of one figure to a hundredth; bombs to a thousandth.
LARGEST_RATIO = 400
LARGE_PART_BYTES = 10 * 1024 * 1024
LOCAL_HEADER_BYTES = 30
COPIED = ("[content_types].xml", "_rels/", "xl/")
NOT_COPIED = ("xl/externallinks/", "xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/")
OTHER_ZIPS = (
    ("xl/workbook.bin", f"The file is a binary Excel workbook (.xlsb). {SAVE_ANEW}"),
    ("content.xml", f"The file is an OpenDocument file (.ods). {SAVE_ANEW}"),
    ("word/document.xml", f"The file is a Word document. {SAVE_ANEW}"),
    ("ppt/presentation.xml", f"The file is a presentation. {SAVE_ANEW}"),
    ("", "The file is a ZIP archive. Unpack it and bring in the CSV or XLSX file inside."),
)
MACROS = (
    "The workbook holds macros, which are programs. Save it as “Excel workbook (.xlsx)” without "
    "macros."
)
DAMAGED = (
    "The workbook is damaged or was cut off on its way ({}). Open it in the spreadsheet program, "
    "save it again as “Excel workbook (.xlsx)” and bring in that file."
)
DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
XML_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)""")
# The reader takes a cell that holds an error for an empty one; as text, it can be told.
ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*)(?:"e"|'e')""")


class _ShortReads(io.FileIO):
    """A file of which nobody reads much at once, whatever sizes it claims for its parts."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            size = os.fstat(self.fileno()).st_size - self.tell()
        if size > MOST_READ_AT_ONCE:
            raise zipfile.BadZipFile(f"its list of parts claims {size:,} bytes")
        return super().read(size) or b""


def copy_workbook(path: Path, file_name: str, target: Path) -> None:
    """Copy what is needed to read cells. FileRefusedError for what is no harmless XLSX."""
    try:
        with _ShortReads(path) as file, zipfile.ZipFile(file) as archive:
            _check_parts(archive.infolist(), file_name)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
                for part in archive.infolist():
                    _copy_part(archive, part, copy)
    except FileRefusedError:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
        *(ValueError, OverflowError),
    ) as error:
        raise FileRefusedError(DAMAGED.format(error or "it ends too early")) from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise FileRefusedError(DAMAGED.format("a part lies outside of it")) from error


def _name_of(part: zipfile.ZipInfo) -> str:
    return part.filename.replace("\\", "/").lower()


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _check_parts(parts: list[zipfile.ZipInfo], file_name: str) -> None:
    names = [_name_of(part) for part in parts]
    _check_is_workbook(names, file_name)
    if len(parts) > MOST_PARTS:
        raise FileRefusedError(
            f"The workbook has {len(parts):,} parts; at most {MOST_PARTS:,} are read. {SAVE_ANEW}"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FileRefusedError(DAMAGED.format(f"it holds “{twice[:100]}” twice"))
    _check_sizes(parts)
    _check_places(parts)


def _check_is_workbook(names: list[str], file_name: str) -> None:
    if suffix_of(file_name) in (".xlsm", ".xltm") or any(map(_is_macro, names)):
        raise FileRefusedError(MACROS)
    if not any(name.endswith("workbook.xml") for name in names):
        raise FileRefusedError(next(what for name, what in OTHER_ZIPS if not name or name in names))
    if suffix_of(file_name) != ".xlsx":
        raise FileRefusedError(
            f"The content is an Excel workbook, but the name ends in {suffix_of(file_name)}. "
            "Save it as “Excel workbook (.xlsx)”."
        )


def _is_macro(name: str) -> bool:
    return name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    most = settings.IMPORT_MAX_INFLATED_BYTES
    inflated = sum(part.file_size for part in parts)
    if inflated > most:
        raise FileRefusedError(
            f"Unpacked, the workbook has {inflated:,} bytes; at most {most:,} are read. Split it "
            "by year, or save the sheet as “CSV UTF-8”."
        )
    for part in parts:
        if part.flag_bits & 1:
            raise FileRefusedError(
                "The workbook is locked with a password. Take the password off and save it again."
            )
        if part.file_size > max(LARGE_PART_BYTES, LARGEST_RATIO * part.compress_size):
            raise FileRefusedError(
                f"“{part.filename[:100]}” in the workbook unpacks from {part.compress_size:,} "
                f"bytes to {part.file_size:,}, more than {LARGEST_RATIO} times as many. No sheet "
                "of figures does that. Save the sheet as “CSV UTF-8”."
            )


def _check_places(parts: list[zipfile.ZipInfo]) -> None:
    """Parts that overlap are how a small archive unpacks to a huge one."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise FileRefusedError(DAMAGED.format(f"“{part.filename[:100]}” overlaps another part"))
        end = part.header_offset + LOCAL_HEADER_BYTES + part.compress_size


def _copy_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, copy: zipfile.ZipFile) -> None:
    name = _name_of(part)
    if not _is_xml(name):
        return
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefusedError(DAMAGED.format(f"“{part.filename[:100]}” is packed in a rare way"))
    is_copied = name.startswith(COPIED) and not name.startswith(NOT_COPIED)
    with archive.open(part) as source:
        pieces = _checked_pieces(source, name)
        if is_copied:
            with copy.open(part.filename.replace("\\", "/"), "w") as target:
                target.writelines(pieces)
        else:
            deque(pieces, maxlen=0)  # looked at all the same
        if source.tell() != part.file_size:
            raise FileRefusedError(DAMAGED.format(f"“{part.filename[:100]}” lies about its size"))


def _checked_pieces(source: IO[bytes], name: str) -> Iterator[bytes]:
    """The XML of a part, in pieces that end with a tag, with what it must not hold refused."""
    kept = b""
    is_first = True
    while chunk := source.read(CHUNK_BYTES):
        data = kept + chunk
        if is_first:
            _check_encoding(data)
            is_first = False
        cut = data.rfind(b">") + 1 or max(0, len(data) - 16)
        piece, kept = data[:cut], data[cut:]
        _check_content(piece, name)
        holds_errors = b'"e"' in piece or b"'e'" in piece
        yield ERROR_CELL.sub(rb'\1"str"', piece) if holds_errors else piece
    _check_content(kept, name)
    yield kept


def _check_encoding(start: bytes) -> None:
    """Other codes than UTF-8 are read by nobody here, and would hide what is looked for."""
    declared = XML_ENCODING.match(start.removeprefix(b"\xef\xbb\xbf")[:200])
    encoding = declared[1].decode("latin-1").lower() if declared else "utf-8"
    if b"\0" in start[:200] or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    if encoding not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise FileRefusedError(
            f"The workbook's XML is written in {encoding[:40]}; UTF-8 is read. {SAVE_ANEW}"
        )


def _check_content(piece: bytes, name: str) -> None:
    if DECLARATION.search(piece):
        raise FileRefusedError(
            f"“{name[:100]}” in the workbook declares XML entities, which can be made to open "
            f"other files or to fill the memory. No spreadsheet program writes them. {SAVE_ANEW}"
        )
    if name == "[content_types].xml" and b"macroenabled" in piece.lower():
        raise FileRefusedError(MACROS)
