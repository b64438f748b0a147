"""A file that is open for reading: the same rows of text, whatever kind it is."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from django.conf import settings

from metrics.imports.reading.archives import copy_workbook
from metrics.imports.reading.blocks import BLOCK_ROWS, read_rows
from metrics.imports.reading.delimiters import find_delimiter, named_delimiter
from metrics.imports.reading.kinds import find_kind
from metrics.imports.reading.refusals import FileRefusedError
from metrics.imports.reading.texts import TextForm, find_form
from metrics.imports.reading.workbooks import WorkbookReader

SAMPLE_CHARS = 64 * 1024


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; a CSV is one sheet without a name."""

    name: str
    is_hidden: bool


class SourceFile:
    """Rows of text from a file. Closes what it opened; use it in a `with` statement."""

    kind: str
    sheets: tuple[Sheet, ...]
    file_name: str = ""
    encoding: str | None = None
    delimiter: str | None = None

    def rows(self, sheet: str | None = None) -> Iterator[list[str]]:
        """The rows of a sheet, the n-th being the spreadsheet's row n; blank rows at the end are
        left out. Without a name: the first sheet that is neither hidden nor empty.

        Rows may differ in length. FileRefusedError, also from a row, where reading must stop.
        """
        raise NotImplementedError

    def close(self) -> None:
        """End what is still running and remove what was kept."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check_sheet(self, name: str | None) -> None:
        if name is not None and name not in [sheet.name for sheet in self.sheets]:
            there = ", ".join(f"“{sheet.name}”" for sheet in self.sheets)
            raise FileRefusedError(f"The file has no sheet “{name}”. It has {there}.")


def open_file(path: Path, file_name: str) -> SourceFile:
    """Look at a file and open it for reading. FileRefusedError says why it cannot be read.

    `path` is where it lies; `file_name` is what the sender calls it.
    """
    size = path.stat().st_size
    if size > settings.IMPORT_MAX_BYTES:
        raise FileRefusedError(
            f"The file has {size:,} bytes; at most {settings.IMPORT_MAX_BYTES:,} are "
            "taken at once. Split it by year."
        )
    if size == 0:
        raise FileRefusedError("The file is empty. It needs a header row and a row a month.")
    is_text = find_kind(path, file_name) == "csv"
    source = _TextFile(path, find_form(path)) if is_text else _Workbook(path, file_name)
    source.file_name = file_name
    return source


class _TextFile(SourceFile):
    def __init__(self, path: Path, form: TextForm):
        self.kind, self.sheets = "csv", (Sheet("", is_hidden=False),)
        self.encoding = form.encoding
        self._path, self._block_rows = path, 1 if form.has_long_lines else BLOCK_ROWS
        self._open_files = ExitStack()
        with self._open() as file:
            named = named_delimiter(file.readline(SAMPLE_CHARS))
            file.seek(0)
            self.delimiter = named or find_delimiter(file.read(SAMPLE_CHARS))
        self._starts_with_separator = named is not None

    def _open(self) -> TextIO:
        return self._path.open(encoding=self.encoding, newline="")

    def rows(self, sheet: str | None = None) -> Iterator[list[str]]:
        self._check_sheet(sheet)
        file = self._open_files.enter_context(self._open())
        first_line = 1
        if self._starts_with_separator:
            file.readline()
            first_line = 2
        return read_rows(
            file, self.delimiter or ",", first_line=first_line, block_rows=self._block_rows
        )

    def close(self) -> None:
        self._open_files.close()


class _Workbook(SourceFile):
    def __init__(self, path: Path, file_name: str):
        self.kind = "xlsx"
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-")
        self._readers: list[WorkbookReader] = []
        try:
            self._copy = Path(self._folder.name, "copy.xlsx")
            copy_workbook(path, file_name, self._copy)
            self._waiting: WorkbookReader | None = self._start_reader()
            self.sheets = tuple(Sheet(*sheet) for sheet in self._readers[0].sheets)
        except BaseException:
            self.close()
            raise

    def _start_reader(self) -> WorkbookReader:
        reader = WorkbookReader(self._copy)
        self._readers.append(reader)
        return reader

    def rows(self, sheet: str | None = None) -> Iterator[list[str]]:
        self._check_sheet(sheet)
        reader = self._waiting or self._start_reader()
        self._waiting = None
        return reader.rows(sheet)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
        self._folder.cleanup()
