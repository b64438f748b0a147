"""Damaged files of breakdowns are refused or judged, never a failure and never half stored."""

import random
from collections import Counter

import pytest
from django.db import transaction

from metrics.imports import FileRefusedError, apply_batch
from metrics.imports.breakdowns.guessing import guess_parts
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.telling import tell_part_rows
from metrics.imports.checks import read_file
from metrics.imports.found import tell_found
from metrics.imports.guessing import guess_mapping
from metrics.imports.judging import judge
from metrics.imports.mapping import Mapping
from metrics.imports.opening import look_into, open_content
from metrics.models import ImportBatch
from tests.factories import MonthlyReportFactory
from tests.metrics.imports.breakdowns.breaking_down import HEADER, JANUARY, keep, parts
from tests.metrics.imports.bringing_in import TODAY, receive
from tests.metrics.imports.test_damaged_files import damage

pytestmark = pytest.mark.django_db

ROWS = [
    f"{site},2024-01,sex,{code},{births},{deaths}"
    for site in "AB"
    for code, births, deaths in (("female", 19, 1), ("male", 20, "<5"), ("unknown", "", 0))
]
THEIRS = "site,period,Gender,births\nA,Jan-24,F,19\nA,Jan-24,M,21\nB,Jan-24,F,19\n"
TEXTS = ["\n".join([HEADER, *ROWS]), THEIRS]


@pytest.fixture
def stored(program, sex):
    for site in program.sites.all():
        report = MonthlyReportFactory(site=site, month=JANUARY, live_births=40, infant_deaths=2)
        keep(report, female=(18, 1))


def damaged(seed, number):
    chance = random.Random(seed)
    contents = [text.encode(how) for text in TEXTS for how in ("utf-8", "utf-16")]
    return [damage(chance, chance.choice(contents)) for _ in range(number)]


def look(program, content):
    """What becomes of a file, on the way that the pages take; each of its rows is told."""
    try:
        with open_content([content], "parts.csv") as source:
            preview = look_into(source, Mapping())
            lines = guess_parts(program, preview, guess_mapping(preview))
            run = judge(read_file(program, source, lines), program, today=TODAY)
            found, is_parts = tell_found(run), isinstance(run, PartsRun)
            told = list(tell_part_rows(run)) if is_parts else []
    except FileRefusedError:
        return "refused"
    if not is_parts:
        return "of reports"
    assert len({row for row, *_ in told[1:]}) >= min(found.rows - run.table.skipped, 1)
    unsaid = [row for row, outcome, *_, said in told if outcome == "refused" and not said]
    assert unsaid == []
    return "faulty" if found.left_out else "sound"


def test_damaged_file_is_refused_or_judged_and_every_refusal_has_its_sentence(program, stored):
    outcomes = Counter(look(program, content) for content in damaged(1, 400))
    assert outcomes.keys() == {"refused", "of reports", "faulty", "sound"}
    assert outcomes["faulty"] > 10
    assert outcomes["sound"] > 10


def test_damaged_file_is_stored_whole_or_not_at_all(program, stored):
    applied = Counter()
    for content in damaged(2, 150):
        with transaction.atomic():
            try:
                batch = receive(program, content)
            except FileRefusedError:
                continue
            before = parts()
            apply_batch(batch, by=None, today=TODAY)
            batch = ImportBatch.objects.get()
            if batch.is_broken_down:
                assert len(parts()) == len(before) + batch.rows_created
            applied[batch.applied_at is not None] += 1
            transaction.set_rollback(True)
    assert min(applied.values()) > 2
