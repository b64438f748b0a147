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
    def __init__(self, place: int, line: int, is_mixed: bool):
        self.place, self.line, self.is_mixed = place, line, is_mixed


def find_form(path: Path) -> TextForm:
    """UTF-8, UTF-16, or else Windows-1252; FileRefusedError for what is no text.

    A file without a mark is Windows-1252 only when it is not UTF-8, and holds no letters that
    are: one wrong byte does not turn all other accents of a file into pairs of signs.
    """
    with path.open("rb") as file:
        head = file.read(2048)
    encoding = _encoding_of(head)
    try:
        return _survey(path, encoding)
    except _NotInEncodingError as fault:
        if encoding != "utf-8" or fault.is_mixed:
            raise FileRefusedError(_wrong_byte(encoding, fault)) from None
    try:
        return _survey(path, "cp1252")
    except _NotInEncodingError as fault:
        raise FileRefusedError(_wrong_byte("cp1252", fault)) from None


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
    line, run, longest, is_blank = 1, 0, 0, True
    for text, raw in _decoded(path, encoding):
        if len(raw.translate(None, CONTROLS)) != len(raw):
            raise FileRefusedError(_control_character(raw, line))
        is_blank = is_blank and not text.strip("\ufeff \t\r\n\v\f")
        last = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
        run = run + len(raw) if last < 0 else len(raw) - last - 1
        longest = max(longest, run)
        line += max(raw.count(b"\n"), raw.count(b"\r"))
        if longest > LONGEST_LINE:
            raise FileRefusedError(
                f"Line {line:,} has more than {LONGEST_LINE:,} characters without a line break. "
                "Save the table with a line for each row."
            )
    if is_blank:
        raise FileRefusedError("The file is empty. It needs a header row and a row a month.")
    return TextForm(encoding, has_long_lines=longest >= CHUNK_BYTES)


def _decoded(path: Path, encoding: str) -> Iterator[tuple[str, bytes]]:
    """The text, chunk by chunk, and its bytes as UTF-8 or another eight-bit code."""
    decoder = codecs.getincrementaldecoder(encoding)()
    is_wide = encoding.startswith("utf-16")
    place, line, is_ascii = 0, 1, True
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK_BYTES)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                raise _NotInEncodingError(
                    place - waiting + error.start + 1,
                    line + before.count(b"\n"),
                    is_mixed=not (is_ascii and before.isascii()),
                ) from error
            if not chunk:
                return
            raw = text.encode() if is_wide else chunk
            yield text, raw
            place += len(chunk)
            line += max(raw.count(b"\n"), raw.count(b"\r"))
            is_ascii = is_ascii and chunk.isascii()


def _wrong_byte(encoding: str, fault: _NotInEncodingError) -> str:
    where = f"byte {fault.place:,}, in line {fault.line:,}, cannot be read"
    again = "In the spreadsheet choose “Save as”, then “CSV UTF-8”."
    if encoding.startswith("utf-16"):
        return f"The file is not whole UTF-16 text: {where}. {again}"
    if encoding == "cp1252":
        return f"The file is neither UTF-8 nor Windows-1252 text: {where}. {again}"
    return f"The file is UTF-8 text except in one place: {where}. {again}"


def _control_character(raw: bytes, line: int) -> str:
    place = next(place for place, byte in enumerate(raw) if byte in CONTROLS)
    line += raw[:place].count(b"\n")
    return (
        f"The file holds binary data: a control character, {raw[place]:02X}, in line {line:,}. "
        "Save the sheet as “CSV UTF-8” and bring in that file."
    )
