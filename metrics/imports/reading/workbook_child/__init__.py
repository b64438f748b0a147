"""A program of its own, started by `workbooks`: reads one sheet of a workbook, within limits.

    python -m workbook_child WORKBOOK LIMITS

It says on the first line which sheets there are, is told on its standard input which of them to
read, and writes its rows as CSV. What cannot be read it says on its standard error. It knows no
Django: a workbook of one kilobyte can make the library that reads it end the whole process. Nor
does it know where it stands, so that its modules name each other by a dot alone.

A cell becomes text. A formula is the value the spreadsheet program stored for it; where none was
stored, as by programs that do not calculate, it is empty. Of a merged range, each cell has its
text; a number only where it reads as a year or month above columns, so that no count is repeated.

pieces (a large sheet is cut) → rows (of a sheet, checked) → cells (as text)
"""

from typing import NamedTuple

REFUSED = 3
OUT_OF_MEMORY = 4


class Limits(NamedTuple):
    """What the settings allow."""

    memory: int
    seconds: int
    sheets: int
    rows: int
    columns: int
    cell: int


class RefusedError(Exception):
    """A sentence for people."""
