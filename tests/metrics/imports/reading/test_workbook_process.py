"""The process that reads a workbook: what it is given, and how it is watched and ended."""

import shutil
import subprocess
from itertools import count, islice
from types import SimpleNamespace

import pytest

from metrics.imports.reading import FileRefusedError, open_file, workbooks
from tests.metrics.imports.reading.written_files import crafted, parts_of, rows_of, written

SAVE = "save it again as “Excel workbook (.xlsx)” and bring in that file."


def many_rows(folder):
    def write(book, sheet):
        for row in range(20_000):
            sheet.write_row(row, 0, ["a text of some length", row])

    return written(folder, write)


@pytest.fixture
def running(monkeypatch):
    """Says how many of the processes that the test starts still run."""
    started, start = [], subprocess.Popen

    def remember(*arguments, **options):
        started.append(start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(workbooks.subprocess, "Popen", remember)
    return lambda: [process for process in started if process.poll() is None]


def stand_in(folder, monkeypatch, program):
    """Another program in place of the one that reads."""
    (folder / "workbook_child.py").write_text(program)
    monkeypatch.setattr(workbooks, "PROGRAMS", folder)


def refusal_of(path):
    with pytest.raises(FileRefusedError) as error:
        rows_of(path)
    return str(error.value)


def test_process_and_copy_are_gone_when_the_file_is_closed(tmp_path, monkeypatch, running):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = many_rows(tmp_path)
    with open_file(path, "counts.xlsx") as file:
        first, second = file.rows(), file.rows()
        assert next(first) == next(second) == ["a text of some length", "0"]
        assert len(running()) == 2
        assert len(list(tmp_path.iterdir())) == 2
    assert running() == []
    assert list(tmp_path.iterdir()) == [path]


def test_process_ends_when_nobody_wants_more_of_its_rows(tmp_path, running):
    """A look at the top of a large sheet does not keep all of it in memory."""
    with open_file(many_rows(tmp_path), "counts.xlsx") as file:
        top = list(islice(file.rows(), 20))
        assert (len(top), running()) == (20, [])
        assert len(list(file.rows())) == 20_000
        assert running() == []


def test_refused_workbook_leaves_no_process_and_no_copy(tmp_path, monkeypatch, running):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = crafted(tmp_path, parts_of() | {"xl/workbook.xml": "<workbook"})
    assert refusal_of(path).endswith(SAVE)
    assert (running(), list(tmp_path.iterdir())) == ([], [path])


def test_workbook_that_takes_too_long_is_refused(tmp_path, settings):
    settings.IMPORT_CHILD_SECONDS = 0
    assert refusal_of(crafted(tmp_path, parts_of())) == (
        "Reading the workbook takes more than 0 seconds, as many as are given to it. Split it by "
        "year, or save the sheet as “CSV UTF-8”."
    )


def test_time_in_which_rows_wait_for_their_reader_is_not_counted(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(workbooks, "time", SimpleNamespace(monotonic=lambda: now[0]))
    read = 0
    with open_file(many_rows(tmp_path), "counts.xlsx") as file:
        for _ in file.rows():
            now[0] += 1_000
            read += 1
    assert read == 20_000


def test_time_that_rows_are_waited_for_is_added_up(tmp_path, monkeypatch):
    clock = count(step=50)  # each wait takes fifty seconds: the third is one too many
    path = many_rows(tmp_path)
    monkeypatch.setattr(workbooks, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    with open_file(path, "counts.xlsx") as file:
        rows = file.rows()
        next(rows)
        with pytest.raises(FileRefusedError, match=r"^Reading the workbook takes more than 120 "):
            list(rows)


def test_process_that_is_killed_in_the_middle_is_no_end_of_the_rows(tmp_path, running):
    with open_file(many_rows(tmp_path), "counts.xlsx") as file:
        rows = file.rows()
        next(rows)
        (process,) = running()
        process.kill()
        with pytest.raises(FileRefusedError, match=r"^The machine ended the reading"):
            list(rows)


def test_process_that_crashes_is_a_refusal(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "import os; os.kill(os.getpid(), 11)")
    assert refusal_of(crafted(tmp_path, parts_of())) == (
        "The workbook is damaged in a way that stops the program that reads it (signal 11). Save "
        "the sheet as “CSV UTF-8” and bring in that file."
    )


def test_process_that_does_not_run_is_not_blamed_on_the_file(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "import no_such_library")
    path = crafted(tmp_path, parts_of())
    with pytest.raises(RuntimeError, match="No module named 'no_such_library'"):
        rows_of(path)


def test_memory_of_the_process_is_limited_by_the_settings(tmp_path, settings):
    settings.IMPORT_CHILD_MEMORY_BYTES = 150 * 1024 * 1024
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="AAA9000"><v>1</v></c></row>'
    assert refusal_of(crafted(tmp_path, parts_of(rows))).startswith(
        "To be read, the workbook needs more memory than the 157,286,400 bytes"
    )


def test_process_is_not_told_the_secrets_of_this_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "told to nobody")
    stand_in(tmp_path, monkeypatch, "import os, sys; print(list(os.environ), file=sys.stderr)\n1/0")
    with pytest.raises(RuntimeError) as error:
        rows_of(crafted(tmp_path, parts_of()))
    assert "PATH" in str(error.value)
    assert "SECRET" not in str(error.value)


def test_process_cannot_write_files(tmp_path, monkeypatch):
    shutil.copytree(workbooks.PROGRAMS / workbooks.PROGRAM, tmp_path / workbooks.PROGRAM)
    monkeypatch.setattr(workbooks, "PROGRAMS", tmp_path)
    main = tmp_path / workbooks.PROGRAM / "__main__.py"
    writing = "open(path, 'ab', 0).write(b'x')"
    limiting = "    _limit_itself(limits)\n"
    assert limiting in main.read_text()
    main.write_text(main.read_text().replace(limiting, f"{limiting}    {writing}\n"))
    with pytest.raises(RuntimeError, match="File too large"):
        rows_of(crafted(tmp_path, parts_of()))
