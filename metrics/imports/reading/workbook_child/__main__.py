"""What the process does from its start to its end."""

import json
import os
import resource
import sys
from typing import Any

import python_calamine

from . import OUT_OF_MEMORY, REFUSED, Limits, RefusedError
from .pieces import LargeSheet, Sheet, open_sheet
from .rows import write_rows


def main() -> None:
    path, limits = sys.argv[1], Limits(*json.loads(sys.argv[2]))
    _limit_itself(limits)
    try:
        with python_calamine.load_workbook(path) as workbook:
            sheets = _sheets_of(workbook, limits)
            print(json.dumps(sheets), flush=True)  # noqa: T201
            asked = sys.stdin.readline()
            sheet = _find_sheet(path, workbook, sheets, json.loads(asked)) if asked else None
        if sheet:
            write_rows(sheet, limits)
    except RefusedError as error:
        _end(REFUSED, str(error))
    except MemoryError:
        _end(OUT_OF_MEMORY)
    except BrokenPipeError:
        _end(0)  # nobody reads any more
    except BaseException as error:
        # What the library says of the file; its panics are no Exception and have no other name.
        said = (python_calamine.CalamineError, ValueError, OverflowError)
        if not isinstance(error, said) and type(error).__name__ != "PanicException":
            raise
        _end(
            REFUSED,
            f"The workbook is damaged ({str(error)[:200]}). Open it in the spreadsheet program, "
            "save it again as “Excel workbook (.xlsx)” and bring in that file.",
        )


def _end(code: int, sentence: str = "") -> None:
    """End at once: what is still to be written, nobody waits for."""
    sys.stderr.write(sentence)
    sys.stderr.flush()
    os._exit(code)


def _limit_itself(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets_of(workbook: Any, limits: Limits) -> list[tuple[str, bool]]:
    """The sheets that hold cells, by name, and whether each is hidden."""
    found = [
        (sheet.name, not str(sheet.visible).endswith(".Visible"))
        for sheet in workbook.sheets_metadata
        if str(sheet.typ).endswith(".WorkSheet")
    ]
    if len(found) > limits.sheets:
        raise RefusedError(
            f"The workbook has {len(found):,} sheets; at most {limits.sheets:,} are read. Keep "
            "those that are to be brought in."
        )
    return found


def _find_sheet(
    path: str, workbook: Any, sheets: list[tuple[str, bool]], name: str | None
) -> Sheet | LargeSheet:
    """The sheet of that name; without a name, the first that people see and that is not empty."""
    if name is not None:
        return open_sheet(path, workbook, name)
    for name, is_hidden in sheets:
        if not is_hidden:
            sheet = open_sheet(path, workbook, name)
            if any(piece.start is not None for piece in sheet.pieces()):
                return sheet
    raise RefusedError(
        "No sheet of the workbook that can be seen holds anything. Unhide the sheet with the "
        "figures, or bring in another file."
    )


if __name__ == "__main__":
    main()
