"""Files damaged on their way: read or refused with a sentence, never another error."""

import collections
import io
import random
import zipfile

import xlsxwriter

from metrics.imports.reading import FileRefusedError
from tests.metrics.imports.reading.written_files import crafted, read, rows_of

TEXTS, WORKBOOKS, REPACKED = 1_350, 500, 150
MARKS = [
    b'"',
    b",",
    b";",
    b"\0",
    b"\n",
    b"\r",
    b"\xff",
    b"\xef\xbb\xbf",
    b"PK\x03\x04",
    b"<",
    b"\t",
]


def flip(content, chance):
    """Some bytes become others."""
    damaged = bytearray(content)
    for _ in range(chance.choice([1, 3, 40])):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut_off(content, chance):
    return content[: chance.randrange(len(content))]


def insert(content, chance):
    place = chance.randrange(len(content))
    return content[:place] + chance.choice(MARKS) * chance.choice([1, 2, 50]) + content[place:]


def swap(content, chance):
    """Two pieces change places."""
    a, b, c = sorted(chance.sample(range(len(content)), 3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def repeat(content, chance):
    a, b = sorted(chance.sample(range(len(content)), 2))
    return content[:b] + content[a:b] * chance.choice([1, 5]) + content[b:]


DAMAGES = [flip, cut_off, insert, swap, repeat]


def good_texts():
    lines = ["site;month;births;remark", 'A;2024-01;"1,5";"é; ""x"""', "B;2024-02;7;two\n"] * 20
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        yield "\r\n".join(lines).encode(encoding)
    yield ",".join(["a", "b", "c"]).encode() + b"\n1,2,3" * 500


def good_workbook():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Births")
        day = book.add_format({"num_format": "mmm-yy"})
        for row in range(1, 40):
            sheet.write_row(row, 0, [f"site {row % 7}", row, row * 1.5, True])
            sheet.write_number(row, 4, 45_000 + row, day)
            sheet.write_formula(row, 5, "=1/0", None, "#DIV/0!")
    return content.getvalue()


def outcome(function, *arguments):
    """Rows or a refusal; any other error is the test's failure."""
    try:
        rows = function(*arguments)
    except FileRefusedError as error:
        return "refused" if str(error).endswith(".") else f"no sentence: {error}"
    assert all(type(cell) is str for row in rows for cell in row)
    return "read"


def test_damaged_texts_are_read_or_refused(tmp_path):
    chance, good = random.Random(2024), list(good_texts())
    outcomes = collections.Counter(
        outcome(read, tmp_path, chance.choice(DAMAGES)(chance.choice(good), chance))
        for _ in range(TEXTS)
    )
    assert outcomes["read"] + outcomes["refused"] == TEXTS
    assert min(outcomes["read"], outcomes["refused"]) > 100


def test_damaged_workbooks_are_read_or_refused(tmp_path):
    chance, good = random.Random(2024), good_workbook()
    outcomes = collections.Counter(
        outcome(read, tmp_path, chance.choice(DAMAGES)(good, chance), "counts.xlsx")
        for _ in range(WORKBOOKS)
    )
    assert outcomes["read"] + outcomes["refused"] == WORKBOOKS
    assert outcomes["refused"] > 300


def test_workbooks_of_damaged_parts_are_read_or_refused(tmp_path):
    """An archive in order, of parts that are not: these reach the reader itself."""
    chance = random.Random(2024)
    with zipfile.ZipFile(io.BytesIO(good_workbook())) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    outcomes: collections.Counter = collections.Counter()
    for _ in range(REPACKED):
        parts = dict(good)
        first, second = chance.sample(sorted(name for name in parts if "xl/" in name), 2)
        if chance.random() < 0.2:
            parts[first], parts[second] = parts[second], parts[first]
        else:
            parts[first] = chance.choice(DAMAGES)(parts[first], chance)
        outcomes[outcome(rows_of, crafted(tmp_path, parts))] += 1
    assert outcomes["read"] + outcomes["refused"] == REPACKED
    assert min(outcomes["read"], outcomes["refused"]) > 20
