"""Two thousand damaged files: each is refused with a sentence or judged row by row; whatever it
is, no page fails and nothing is half stored."""

import io
import random
from collections import Counter
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from metrics.imports import FileRefusedError
from metrics.imports.checks import judge_file, read_file
from metrics.imports.found import tell_found
from metrics.imports.guessing import guess_mapping
from metrics.imports.mapping import Mapping
from metrics.imports.opening import look_into, open_content
from metrics.jobs import run_job
from metrics.models import ImportBatch, Job, MonthlyReport
from tests.factories import MembershipFactory
from tests.metrics.imports.bringing_in import TODAY

pytestmark = pytest.mark.django_db
FILES, THROUGH_PAGES, BOOKS = 2000, 120, 100  # of the files, so many are workbooks
LONG = "site_code,month,live_births,infant_deaths,remark\n" + "".join(
    f'{code},{year}-{month:02},{30 + month},{month % 3},"some, words"\n'
    for code in "AB"
    for year in (2023, 2024)
    for month in range(1, 13)
)
WIDE = "Facility;Apr-24;May-24;Jun-24\nNorth;40;1.200;<5\nSouth;7;;0\nTotal;47;1.200;5\n"
TWO_ROWS = ",Apr-24,,May-24,\nSite,Births,Deaths,Births,Deaths\nNorth,40,2,38,16*\n"
NASTY = [
    b'"',
    b"'",
    b"\0",
    b"\r",
    b"\n\n",
    b";",
    b"\t",
    b"\xef\xbb\xbf",
    "−1".encode(),
    b"9" * 5000,
]
NASTY += [
    b"=1+1",
    b"nan",
    b"1e5",
    b"\xc3",
    b"\x1a",
    b",,,,,",
    b"\\",
    b"2024-13",
    b"%s",
    b"_",
    b"-0",
]
NASTY += ["٣".encode(), "²".encode(), b"0x1f", b"1_000", b"1900", b"9999-12", b"\xff\xfe", b"inf"]


def book():
    """A small workbook as bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet, dated = made.add_worksheet("Data"), made.add_format({"num_format": "mmm-yy"})
        sheet.write_row(0, 0, ["site_code", "month", "live_births", "infant_deaths"])
        for row in range(1, 13):
            sheet.write_row(row, 0, ["A", "", 30 + row, row % 3])
            sheet.write_datetime(row, 1, date(2024, row, 1), dated)
    return content.getvalue()


def damage(chance, content):
    """The file with some of its bytes lost, doubled, replaced, moved, or cut off."""
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(content)), chance.randint(1, 8)
        piece = content[at : at + length]
        other = chance.choice([b"", piece * 2, piece[::-1], piece.upper(), chance.choice(NASTY)])
        content = content[:at] + other + content[at + length :] or b"\n"
    return content[: chance.randrange(1, len(content))] if chance.random() < 0.1 else content


def damaged_files(seed, number, books):
    chance, whole = random.Random(seed), book()
    texts = [text.encode(how) for text in (LONG, WIDE, TWO_ROWS) for how in ("utf-8", "utf-16")]
    for turn in range(number):
        if turn < books:
            yield "book.xlsx", damage(chance, whole)
        else:
            yield "counts.csv", damage(chance, chance.choice(texts))


def judge(program, name, content):
    """What becomes of a file on the way that the pages take."""
    try:
        with open_content([content], name) as source:
            lines = guess_mapping(look_into(source, Mapping()))
            run = judge_file(read_file(program, source, lines), program, today=TODAY)
            found = tell_found(run)
    except FileRefusedError:
        return "refused"
    assert sum(found.numbers.values()) == len(run.table) + len(run.table.misplaced)
    return "faulty" if found.left_out else "sound"


@pytest.mark.parametrize("part", range(4))
def test_damaged_file_is_refused_or_judged(program, part):
    number = (FILES - THROUGH_PAGES) // 4
    files = damaged_files(part, number, BOOKS // 4)
    outcomes = Counter(judge(program, *file) for file in files)
    assert sum(outcomes.values()) == number
    assert min(outcomes[own] for own in ("refused", "faulty", "sound")) > 10


@pytest.mark.usefixtures("today")
def test_damaged_file_never_fails_a_page_and_is_never_half_stored(client, program):
    client.force_login(MembershipFactory(program=program, role="manager").user)
    outcomes = Counter()
    for name, content in damaged_files(99, THROUGH_PAGES, 20):
        with transaction.atomic():
            outcomes[bring_in(client, name, content)] += 1
            transaction.set_rollback(True)
    assert outcomes.keys() == {"refused", "not applied", "applied"}


def bring_in(client, name, content):
    """Upload a file, look at its pages, apply it as a worker would, and count what is stored."""
    answer = client.post("/programs/hb/imports/", {"file": SimpleUploadedFile(name, content)})
    if answer.status_code == 422:
        assert not ImportBatch.objects.exists()
        return "refused"
    own = f"/programs/hb/imports/{ImportBatch.objects.get().pk}/"
    assert [client.get(page).status_code for page in (own, f"{own}columns/")] == [200, 200]
    client.post(f"{own}apply/", {"leave_out": "1"})
    for job in Job.objects.unfinished():
        run_job(job.pk)
    assert "should not happen" not in client.get(own).text
    batch, stored = ImportBatch.objects.get(), MonthlyReport.objects.count()
    assert stored == MonthlyReport.history.count() == batch.rows_created
    return "applied" if batch.applied_at else "not applied"
