"""The dry run of a file, of whichever kind it is: of reports, or of their breakdowns."""

from datetime import date

from metrics.imports.breakdowns.judging import judge_parts
from metrics.imports.checks import DryRun, FileRead, judge_file
from programs.models import Program


def judge(file: FileRead, program: Program, *, today: date, lock: bool = False) -> DryRun:
    """Hold a file that was read against the gate and what is stored.

    lock : hold the stored reports still until the transaction ends, because writing follows
    """
    how = judge_file if file.readers.parts is None else judge_parts
    return how(file, program, today=today, lock=lock)
