"""The other end of `workbook_child`: a process that reads one sheet, watched and ended."""

import contextlib
import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from metrics.imports.reading.blocks import read_rows
from metrics.imports.reading.refusals import FileRefusedError
from metrics.imports.reading.workbook_child import OUT_OF_MEMORY, REFUSED

PROGRAMS, PROGRAM = Path(__file__).parent, "workbook_child"
OPTIONS = ("-P", "-X", "utf8")
# The child reads strangers' files: it is not told the secrets that this process runs with.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


class WorkbookReader:
    """A child process at a clean copy of a workbook. Reads one sheet, once."""

    def __init__(self, path: Path):
        limits = [
            settings.IMPORT_CHILD_MEMORY_BYTES,
            settings.IMPORT_CHILD_SECONDS,
            settings.IMPORT_MAX_SHEETS,
            settings.IMPORT_MAX_ROWS,
            settings.IMPORT_MAX_COLUMNS,
            settings.IMPORT_MAX_CELL_CHARS,
        ]
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, *OPTIONS, "-m", PROGRAM, str(path), json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
        )
        lines = _ChildOutput(self._process)
        self._lines = io.TextIOWrapper(io.BufferedReader(lines, 64 * 1024), "utf-8", newline="")
        try:
            self.sheets = [(name, hidden) for name, hidden in json.loads(self._lines.readline())]
        except BaseException:
            self.close()
            raise

    def rows(self, sheet: str | None) -> Iterator[list[str]]:
        """The rows of a sheet. The process ends with them, or when nobody wants more of them."""
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended: reading its rows says why
                cast(IO[bytes], self._process.stdin).write(json.dumps(sheet).encode() + b"\n")
            yield from read_rows(self._lines, ",")
        finally:
            self.close()

    def close(self) -> None:
        if not self._lines.closed:
            self._process.kill()
            self._process.communicate()
            self._lines.close()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    paths = [str(PROGRAMS), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


class _ChildOutput(io.RawIOBase):
    """What the child writes. FileRefusedError where it ends without having read everything, or
    lets itself be waited for too long; how long its own rows wait for us does not count."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        self._seconds_left = float(settings.IMPORT_CHILD_SECONDS)
        self._poll = select.poll()
        self._poll.register(cast(IO[bytes], process.stdout), select.POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        began = time.monotonic()
        is_ready = self._poll.poll(max(0, self._seconds_left) * 1000)
        self._seconds_left -= time.monotonic() - began
        if not is_ready or self._seconds_left < 0:
            self._process.kill()
            raise FileRefusedError(_too_slow())
        count = cast(io.FileIO, self._process.stdout).readinto(buffer)
        if not count:
            self._check_end()
        return count

    def _check_end(self) -> None:
        said = cast(IO[bytes], self._process.stderr).read().decode(errors="replace")
        code = self._process.wait()
        if code != 0:
            raise _refusal(code, said)


def _refusal(code: int, said: str) -> Exception:
    """Why the child ended. Where the reader itself does not run, the file is not to blame."""
    if code == REFUSED:
        return FileRefusedError(said)
    if code == -signal.SIGXCPU:
        return FileRefusedError(_too_slow())
    if code == -signal.SIGKILL:
        return FileRefusedError(
            "The machine ended the reading of the workbook, probably because its memory ran "
            "short. Try again later, or save the sheet as “CSV UTF-8”."
        )
    if code in (-signal.SIGABRT, OUT_OF_MEMORY):
        return FileRefusedError(
            "To be read, the workbook needs more memory than the "
            f"{settings.IMPORT_CHILD_MEMORY_BYTES:,} bytes that are given to it. Often a cell far "
            "below or to the right of the table is not empty: clear it, or save the sheet as "
            "“CSV UTF-8”."
        )
    if code < 0:
        return FileRefusedError(
            "The workbook is damaged in a way that stops the program that reads it (signal "
            f"{-code}). Save the sheet as “CSV UTF-8” and bring in that file."
        )
    return RuntimeError(f"The program that reads workbooks does not run: {said}")


def _too_slow() -> str:
    return (
        f"Reading the workbook takes more than {settings.IMPORT_CHILD_SECONDS:,} seconds, as many "
        "as are given to it. Split it by year, or save the sheet as “CSV UTF-8”."
    )
