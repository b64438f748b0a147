"""How the text of a file is written: one look at all of its bytes before a row is read."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from metrics.imports.reading.refusals import FileRefusedError

CHUNK_BYTES = 64 * 1024
LONGEST_LINE = 1_000_000
# Tabs, line ends, and the two that spreadsheets write for a line break inside a cell, are text.
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r"))
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class TextForm:
    """How to read a file as text. `has_long_lines`: few rows must be held at a time."""

    encoding: str
    has_long_lines: bool


class _NotInEncodingError(Exception):
    """A byte that is none of the encoding; `is_mixed`: other letters than ASCII came before."""

    def __init__(self, place: int, is_mixed: bool):
        self.place, self.is_mixed = place, is_mixed


def find_form(path: Path) -> TextForm:
    """UTF-8, UTF-16, or else Windows-1252; FileRefusedError for what is no text.

    A file without a mark is Windows-1252 only when it is not UTF-8, and holds no letters that
    are: one wrong byte does not turn all other accents of a file into pairs of signs.
    """
    with path.open("rb") as file:
        encoding = _encoding_of(file.read(2048))
    try:
        return _survey(path, encoding)
    except _NotInEncodingError as fault:
        if encoding != "utf-8" or fault.is_mixed:
            raise FileRefusedError(_wrong_byte(path, encoding, fault.place)) from None
    try:
        return _survey(path, "cp1252")
    except _NotInEncodingError as fault:
        raise FileRefusedError(_wrong_byte(path, "cp1252", fault.place)) from None


def _encoding_of(head: bytes) -> str:
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    # Digits, separators and Latin letters are every other byte a zero in UTF-16.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 6 * max(even, odd) > len(head) and 10 * min(even, odd) < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _survey(path: Path, encoding: str) -> TextForm:
    """Decode all of it once; look for what is no text, for overlong lines and for any text."""
    place, run, longest, is_blank = 0, 0, 0, True
    is_wide = encoding.startswith("utf-16")
    for chunk, text in _decoded(path, encoding):
        raw = text.encode() if is_wide else chunk
        if len(raw.translate(None, CONTROLS)) != len(raw):
            raise FileRefusedError(_control_character(raw, _line_at(path, place, is_wide)))
        is_blank = is_blank and not text.strip("\ufeff \t\r\n\v\f")
        last = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
        run = run + len(raw) if last < 0 else len(raw) - last - 1
        longest = max(longest, run)
        place += len(chunk)
        if longest > LONGEST_LINE:
            raise FileRefusedError(
                f"Line {_line_at(path, place, is_wide):,} has more than {LONGEST_LINE:,} "
                "characters without a line break. Save the table with a line for each row."
            )
    if is_blank:
        raise FileRefusedError("The file is empty. It needs a header row and a row a month.")
    return TextForm(encoding, has_long_lines=longest >= CHUNK_BYTES)


def _decoded(path: Path, encoding: str) -> Iterator[tuple[bytes, str]]:
    """The file chunk by chunk, as bytes and as text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place, is_ascii = 0, True
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK_BYTES)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                is_mixed = not (is_ascii and error.object[: error.start].isascii())
                raise _NotInEncodingError(place - waiting + error.start, is_mixed) from error
            if not chunk:
                return
            yield chunk, text
            place += len(chunk)
            is_ascii = is_ascii and chunk.isascii()


def _line_at(path: Path, place: int, is_wide: bool) -> int:
    """Which line a byte stands in. Read anew, as nobody asks where there is nothing wrong."""
    with path.open("rb") as file:
        before = file.read(place)
    breaks = ("\n", "\r") if not is_wide else ("\n\0", "\0\n", "\r\0", "\0\r")
    return 1 + max(before.count(code.encode()) for code in breaks)


def _wrong_byte(path: Path, encoding: str, place: int) -> str:
    is_wide = encoding.startswith("utf-16")
    line = _line_at(path, place, is_wide)
    where = f"byte {place + 1:,}, in line {line:,}, cannot be read"
    again = "In the spreadsheet choose “Save as”, then “CSV UTF-8”."
    if is_wide:
        return f"The file is not whole UTF-16 text: {where}. {again}"
    if encoding == "cp1252":
        return f"The file is neither UTF-8 nor Windows-1252 text: {where}. {again}"
    return f"The file is UTF-8 text except in one place: {where}. {again}"


def _control_character(raw: bytes, line: int) -> str:
    place = next(place for place, byte in enumerate(raw) if byte in CONTROLS)
    line += max(raw[:place].count(b"\n"), raw[:place].count(b"\r"))
    return (
        f"The file holds binary data: a control character, {raw[place]:02X}, in line {line:,}. "
        "Save the sheet as “CSV UTF-8” and bring in that file."
    )
