"""Cases computed by R or published by others, from tests/data/golden_cases.json."""

import json
from pathlib import Path

from hypothesis import settings

# A busy machine is no fault of the code; what must be quick is timed where it must.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

GOLDEN_FILE = Path(__file__).parents[2] / "data" / "golden_cases.json"
NOT_JSON = {"Infinity": float("inf"), "NaN": float("nan")}


def pytest_configure(config):
    config.addinivalue_line("markers", "golden(kind): run for each golden case of a kind, as case")


def pytest_generate_tests(metafunc):
    marker = metafunc.definition.get_closest_marker("golden")
    if marker:
        cases = [case for case in read_golden_cases() if case["kind"] == marker.args[0]]
        assert cases, f"no golden case is of the kind {marker.args[0]}"
        metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])


def read_golden_cases():
    cases = json.loads(GOLDEN_FILE.read_text(encoding="utf-8"))["cases"]
    for case in cases:
        expected = case["expected"]
        case["expected"] = {name: as_number(value) for name, value in expected.items()}
    return cases


def as_number(value):
    """Read the strings that stand for numbers JSON cannot write."""
    return NOT_JSON.get(value, value) if isinstance(value, str) else value
