"""The document of an evaluation: its bytes, its checksum, and its verdict found once more.

Nothing here asks the database: whoever holds the file can recompute it.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from metrics.evaluations.contracts import read_contract, read_period
from metrics.evaluations.verdicts import write_judgement
from metrics.models import Evaluation
from metrics.summaries.counts import NOTHING, Counts
from metrics.summaries.judging import PeriodCounts, judge_target
from metrics.summaries.targets import PERIOD_NAMES
from programs.periods import parse_month

FORMAT = 1
CHECKSUM = "checksum"
UNRESOLVED = "unresolved"  # of a period, its findings that forbid a verdict
APART = ("rows", "exclusions", "verdict")  # kept in columns of their own

Document = dict[str, Any]


class UnreadableDocumentError(ValueError):
    """This is not the document of an evaluation; the message says why."""


def to_bytes(document: Document) -> bytes:
    """Return the one form in which a document is written, whoever writes it."""
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def checksum_of(document: Document) -> str:
    """Return the SHA-256 of everything but the checksum."""
    content = {key: value for key, value in document.items() if key != CHECKSUM}
    return sha256(to_bytes(content)).hexdigest()


def seal(content: Document) -> Document:
    return {**content, CHECKSUM: checksum_of(content)}


def document_of(evaluation: Evaluation) -> Document:
    """Put a stored evaluation together again, with the checksum that was stored."""
    apart = {name: getattr(evaluation, name) for name in APART}
    return {**evaluation.inputs, **apart, CHECKSUM: evaluation.checksum}


def recompute(document: Document) -> Document:
    """Return the document with the verdict that its own contract and rows give, and its checksum.

    It is the same to the byte where nobody touched it. UnreadableDocumentError where it is not
    the document of an evaluation.
    """
    if not isinstance(document, dict):
        raise UnreadableDocumentError("This is not an exported evaluation: it is no JSON object.")
    if document.get("format") != FORMAT:
        raise UnreadableDocumentError(
            f"format: {document.get('format')!r} is not known. Only format {FORMAT} is read here."
        )
    try:
        return seal({**document, "verdict": judge_document(document)})
    except KeyError as error:
        raise UnreadableDocumentError(
            f"{error.args[0]}: is missing. Export the evaluation once more."
        ) from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise UnreadableDocumentError(f"The document cannot be judged: {error}") from error


def judge_document(document: Document) -> Document:
    """Return the verdict that a document's contract and rows give, as the document writes it."""
    target = read_contract(document["contract"])
    return write_judgement(judge_target(target, *count_rows(document)))


def count_rows(document: Document) -> tuple[PeriodCounts, PeriodCounts]:
    """Sum a document's rows: baseline and evaluation. A row of neither is refused."""
    periods = {name: read_period(document["periods"][name]["elapsed"]) for name in PERIOD_NAMES}
    sums: dict[str, dict] = {name: {} for name in PERIOD_NAMES}
    seen = set()
    for row in document["rows"]:
        month, key = parse_month(row["month"]), (row["site"], row["month"])
        name = next((name for name, own in periods.items() if own and month in own), None)
        if name is None:
            raise ValueError(f"{row['site']}, {row['month']}: lies in neither period.")
        if key in seen:
            raise ValueError(f"{row['site']}, {row['month']}: is there twice.")
        seen.add(key)
        own = Counts(row["deaths"], row["births"], 1)
        sums[name][month] = sums[name].get(month, NOTHING) + own
    baseline, evaluation = (
        PeriodCounts(
            periods[name],
            sums[name],
            document["periods"][name]["expected"],
            # Documents of before this was asked do not say it; neither do those without any.
            document["periods"][name].get(UNRESOLVED, 0),
        )
        for name in PERIOD_NAMES
    )
    return baseline, evaluation


def find_differences(given: Any, found: Any, where: str = "") -> Iterator[str]:
    """Name every place in which two documents differ, with both values."""
    if isinstance(given, dict) and isinstance(found, dict):
        for key in sorted({*given, *found}):
            path = f"{where}.{key}" if where else key
            if key in given and key in found:
                yield from find_differences(given[key], found[key], path)
            else:
                yield f"{path}: is only {'in the file' if key in given else 'recomputed'}"
    elif to_bytes(given) != to_bytes(found):
        yield f"{where}: {_say(given)} in the file, {_say(found)} recomputed"


def _say(value):
    return json.dumps(value, ensure_ascii=False)
