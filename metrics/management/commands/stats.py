"""Answer outside checks: cases in on standard input, results out on standard output."""

import csv
import json
import re
import sys
from math import isinf, isnan
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from metrics.stats.checks import answer

OF_A_DATASET = "mean_of_monthly_proportions"
DATASET_FOLDERS = "tests/data", "metrics/demo/data"
SPLIT = re.compile(r"date < (\d{4}-\d{2}(?:-\d{2})?) is before")


class Command(BaseCommand):
    help = (
        "Read a JSON list of cases, each with id, kind and inputs, from standard input, and "
        "write a list of ids with a result or with an error, which is a sentence. "
        "A whole file of golden cases is accepted too. See docs/methods.md."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options):
        results = [answer_case(case) for case in read_cases(sys.stdin.buffer.read())]
        self.stdout.write(json.dumps(results, indent=1, allow_nan=False))


def read_cases(text: bytes) -> list:
    """Return the cases of a list, or of a golden file. CommandError for anything else."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"The input is not JSON: {error}. Give a list of cases.") from error
    cases = given.get("cases") if isinstance(given, dict) else given
    if not isinstance(cases, list):
        raise CommandError('The input holds no list of cases. Give [{"id", "kind", "inputs"}, …].')
    return cases


def answer_case(case: object) -> dict:
    """Return the id of a case with its result, or with the sentence that says why not."""
    if not isinstance(case, dict):
        return {"id": None, "error": "A case is an object with id, kind and inputs."}
    own, kind, inputs = (case.get(name) for name in ("id", "kind", "inputs"))
    name = own if isinstance(own, str | int | None) else str(own)
    try:
        result = answer(kind, _with_dataset(inputs) if kind == OF_A_DATASET else inputs)
    except (ValueError, ArithmeticError) as error:
        return {"id": name, "error": str(error)}
    return {"id": name, "result": {key: _write(value) for key, value in result.items()}}


def _with_dataset(inputs):
    """Put a dataset's months in the place of its name."""
    if not isinstance(inputs, dict) or "dataset" not in inputs:
        return inputs
    rows = [row for row in _read_rows(inputs["dataset"]) if row["births"] and row["deaths"]]
    split = SPLIT.fullmatch(str(inputs.get("split")))
    if split is None:
        raise ValueError('split: is missing. Write "date < 1847-06-01 is before".')
    return inputs | {
        "deaths": [int(row["deaths"]) for row in rows],
        "births": [int(row["births"]) for row in rows],
        "before": [row["date"] < split[1] for row in rows],
    }


def _read_rows(name):
    if isinstance(name, str) and re.fullmatch(r"\w+\.csv", name):
        for folder in DATASET_FOLDERS:
            path = Path(settings.BASE_DIR) / folder / name
            if path.is_file():
                with path.open(encoding="utf-8", newline="") as file:
                    return list(csv.DictReader(file))
    raise ValueError(f"dataset: {name!r} is not a file in {' or '.join(DATASET_FOLDERS)}.")


def _write(value):
    """Return a value that JSON can hold; what it cannot is a word, as in the golden cases."""
    if isinstance(value, float) and isnan(value):
        return "NaN"
    if isinstance(value, float) and isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
