"""A good file, and what it does to a program: said shortly, for the tests beside."""

from datetime import date

import pytest

from metrics.imports import FileRefusedError, Outcome, apply_batch, receive_file
from metrics.imports.checks import read_file
from metrics.imports.found import tell_found
from metrics.imports.judging import judge
from metrics.imports.opening import open_content
from metrics.imports.table import date_of
from metrics.models import MonthlyReport
from programs.models import Site
from tests.factories import ProgramFactory

TODAY = date(2025, 7, 15)
HEADER = "site_code,month,live_births,infant_deaths"
GOOD = f"{HEADER}\nA,2024-01,40,2\nA,2024-02,38,0\nB,2024-01,7,\n"


def check(program, text, mapping=None, name="counts.csv"):
    """What a dry run finds."""
    return look(program, text, mapping, name)[0]


def look(program, text, mapping=None, name="counts.csv"):
    """What a dry run finds, and every entry that would be written: its site's code, its month,
    its counts as they would be stored and whether it is new."""
    content = text if isinstance(text, bytes) else text.encode()
    with open_content([content], name) as source:
        run = judge(read_file(program, source, mapping or {}), program, today=TODAY)
        return tell_found(run), list(_written(run.rows_to_write()))


def _written(rows):
    codes = dict(Site.objects.values_list("pk", "code"))
    for n, site in enumerate(rows.site.tolist()):
        counts = {name: int(own[n]) for name, own in rows.counts.items()}
        counts = {name: None if own < 0 else own for name, own in counts.items()}
        yield codes[site], date_of(rows.month[n]), counts, bool(rows.is_new[n])


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


def summary(found):
    """New, changed, unchanged, empty, and what would be left out."""
    told = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.EMPTY)
    return *(found.number(own) for own in told), found.left_out


def stored():
    """Everything that is stored of every report."""
    return list(MonthlyReport.objects.order_by("pk").values()), MonthlyReport.history.count()
