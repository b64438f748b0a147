"""A good file, and what it does to a program: said shortly, for the tests beside."""

from datetime import date

import pytest

from metrics.imports import FileRefusedError, apply_batch, check_file, receive_file
from metrics.models import MonthlyReport
from tests.factories import ProgramFactory

TODAY = date(2025, 7, 15)
HEADER = "site_code,month,live_births,infant_deaths"
GOOD = f"{HEADER}\nA,2024-01,40,2\nA,2024-02,38,0\nB,2024-01,7,\n"


def check(program, text, mapping=None):
    content = text if isinstance(text, bytes) else text.encode()
    return check_file(program, content, mapping or {}, today=TODAY)


def faults(program, text, mapping=None):
    return [str(fault) for fault in check(program, text, mapping).faults]


def refusal(text, mapping=None):
    """Why the file as a whole is not read."""
    with pytest.raises(FileRefusedError) as error:
        check(ProgramFactory.build(pk=0), text, mapping)
    return str(error.value)


def receive(program, text, mapping=None, by=None):
    content = text if isinstance(text, bytes) else text.encode()
    return receive_file(
        program=program, file_name="counts.csv", content=content, mapping=mapping or {}, by=by
    )


def bring_in(program, text, mapping=None, by=None):
    batch = receive(program, text, mapping, by)
    return apply_batch(batch, by=by, today=TODAY)


def summary(run):
    return len(run.created), len(run.changed), run.unchanged, run.empty, len(run.faults)


def stored():
    """Everything that is stored of every report."""
    return list(MonthlyReport.objects.order_by("pk").values()), MonthlyReport.history.count()
