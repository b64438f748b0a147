"""The door for outside checks: cases in, results or sentences out, never a traceback."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.stats.checks import KINDS, answer
from tests.wording import exactly

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden_cases.json").read_text("utf-8"))
CASES = [case for case in GOLDEN["cases"] if case["kind"] in KINDS]
COUNTS = {"deaths_now": 49, "births_now": 1000, "deaths_base": 70, "births_base": 1000}


@pytest.fixture
def ask(monkeypatch):
    def ask(text):
        given = text if isinstance(text, str) else json.dumps(text)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        out = io.StringIO()
        call_command("stats", stdout=out)
        return json.loads(out.getvalue())

    return ask


@pytest.fixture
def ask_one(ask):
    return lambda kind, **inputs: ask([{"id": 1, "kind": kind, "inputs": inputs}])[0]


def test_every_kind_has_golden_cases():
    assert {case["kind"] for case in CASES} == set(KINDS)


def test_golden_file_is_answered_as_expected(ask):
    answers = {answer["id"]: answer for answer in ask(GOLDEN)}

    assert len(answers) == len(GOLDEN["cases"])
    for case in CASES:
        result = answers[case["id"]]["result"]
        for name, expected in case["expected"].items():
            is_number = isinstance(expected, int | float)
            close = pytest.approx(expected, rel=case["tol_rel"]) if is_number else expected
            assert result[name] == close, (case["id"], name)


def test_unknown_kinds_are_answered_with_a_sentence(ask):
    answers = {answer["id"]: answer for answer in ask(GOLDEN)}
    others = [case["id"] for case in GOLDEN["cases"] if case["kind"] not in KINDS]

    for own in others:
        assert set(answers[own]) == {"id", "error"}
        assert " is unknown. Known are annual_rate_of_reduction, " in answers[own]["error"]


@pytest.mark.parametrize(
    ("kind", "inputs", "error"),
    [
        ("rate_ci_exact", {"births": 9}, "deaths: is missing. Give it a value."),
        ("rate_ci_exact", {"deaths": None, "births": 9}, "deaths: is missing. Give it a value."),
        (
            "rate_ci_exact",
            {"deaths": "70", "births": 9},
            'deaths: "70" is not a number. Write one without quotes.',
        ),
        (
            "rate_ci_exact",
            {"deaths": True, "births": 9},
            "deaths: True is not a number. Write one without quotes.",
        ),
        (
            "rate_ci_exact",
            {"deaths": 70.5, "births": 9},
            "deaths: 70.5 is not a count. Give a whole number from 0 up.",
        ),
        (
            "rate_ci_exact",
            {"deaths": -1, "births": 9},
            "deaths: -1 is not a count. Give a whole number from 0 up.",
        ),
        (
            "rate_ci_exact",
            {"deaths": 10**400, "births": 9},
            f"deaths: 1{'0' * 59}… is not a number. Write one without quotes.",
        ),
        (
            "rate_ci_exact",
            {"deaths": 1, "births": 0},
            "births: without births there is no rate. Give more than 0.",
        ),
        (
            "rate_ci_exact",
            {"deaths": 1, "births": 9, "per": 0},
            "per: 0 births have no rate. Give 1 or more, usually 1000.",
        ),
        (
            "rate_ci_exact",
            {"deaths": 1, "births": 9, "conf": 95},
            "confidence: 95.0 is not between 0 and 1. Write 0.95 for 95 %.",
        ),
        (
            "rule_of_three",
            {"deaths": 1, "births": 300},
            "deaths: the rule of three is for no deaths. Ask for rate_ci_exact.",
        ),
        (
            "rate_ratio_exact",
            COUNTS | {"births_now": 0},
            "births_now, births_base: without births there is no rate. Give more than 0 in both.",
        ),
        (
            "mantel_haenszel_rate_ratio",
            {name: [1] for name in COUNTS} | {"births_now": [0]},
            "births_now, births_base: without births there is no rate. Give more than 0 in both.",
        ),
        (
            "mantel_haenszel_rate_ratio",
            {name: [1] for name in COUNTS} | {"births_now": [2, 3]},
            "The lists hold 1, 2, 1, 1 strata. Give the same in each.",
        ),
        (
            "heterogeneity_test",
            {"deaths": 3, "births": [9]},
            "deaths: 3 is not a list. Give a list of values.",
        ),
        (
            "bayes_reduction_overdispersed",
            COUNTS | {"target_reduction": 0.3, "phi": 0},
            "phi: 0 is not a dispersion. Give more than 0; 1 is chance alone.",
        ),
        (
            "verdict",
            COUNTS | {"target_reduction": 30},
            "target_reduction: 30 is not from 0 to 1. Write 0.3 for 30 %.",
        ),
        (
            "mean_of_monthly_proportions",
            {"deaths": [1, 2], "births": [10, 10], "before": [True, 0]},
            "before[1]: 0 is neither true nor false. Give one of them.",
        ),
        (
            "mean_of_monthly_proportions",
            {"deaths": [1, 2], "births": [10], "before": [True, False]},
            "deaths, births, before: give each list the same months.",
        ),
        (
            "mean_of_monthly_proportions",
            {"deaths": [1, 2], "births": [10, 0], "before": [True, False]},
            "after: no month with births lies after the split. Give one at least.",
        ),
        (
            "mean_of_monthly_proportions",
            {"dataset": "../settings.py", "split": "date < 1847-06 is before"},
            "dataset: '../settings.py' is not a file in tests/data or metrics/demo/data.",
        ),
        (
            "mean_of_monthly_proportions",
            {"dataset": "semmelweis_monthly.csv"},
            'split: is missing. Write "date < 1847-06-01 is before".',
        ),
    ],
)
def test_impossible_inputs_are_answered_with_a_sentence(ask_one, kind, inputs, error):
    assert ask_one(kind, **inputs) == {"id": 1, "error": error}


@pytest.mark.parametrize("inputs", [None, [], 3, "deaths"])
def test_inputs_must_be_an_object(ask, inputs):
    [answered] = ask([{"id": 1, "kind": "rate_ci_exact", "inputs": inputs}])
    assert answered["error"].startswith("inputs: give an object of names and values")


@pytest.mark.parametrize("kind", [None, 3, ["verdict"], "its_poisson"])
def test_a_kind_must_be_a_known_one(ask, kind):
    [answered] = ask([{"id": 1, "kind": kind, "inputs": {}}])
    assert answered["error"].startswith(f"kind: {kind!r} is unknown.")


def test_what_is_no_case_is_answered_too(ask):
    assert ask([3]) == [{"id": None, "error": "A case is an object with id, kind and inputs."}]


@pytest.mark.parametrize(("own", "shown"), [(float("nan"), "nan"), ([1], "[1]"), (7, 7)])
def test_an_id_comes_back_as_a_word_or_a_whole_number(ask, own, shown):
    [answered] = ask([{"id": own, "kind": "nonsense"}])
    assert answered["id"] == shown


def test_whole_floats_count_as_whole_numbers(ask_one):
    as_floats = ask_one("rate_ci_exact", deaths=70.0, births=1000.0)
    assert as_floats == ask_one("rate_ci_exact", deaths=70, births=1000)


def test_a_share_is_read_as_it_is_written(ask_one):
    # 140 of 2,000 against 200 of 2,000 is 30 % lower, though 1 - 0.3 in floats says not.
    counts = {"deaths_now": 140, "births_now": 2000, "deaths_base": 200, "births_base": 2000}
    reached = ask_one("verdict", **counts, target_reduction=0.3)["result"]
    missed = ask_one("verdict", **counts, target_reduction=0.3000000000000001)["result"]
    third = ask_one("verdict", **counts | {"deaths_base": 210}, target_reduction=0.3333333333333333)

    assert (reached["state"], missed["state"]) == ("reached_point_not_certain", "not_reached")
    assert third["result"]["state"] == "reached_point_not_certain"


def test_a_verdict_behind_a_gate_has_null_for_what_is_not_defined(ask_one):
    result = ask_one("verdict", **COUNTS | {"births_now": 0, "deaths_now": 0}, target_reduction=0.3)
    assert result["result"] == {
        "state": "no_verdict_data_problem",
        "sub": None,
        "rr": None,
        "lower": None,
        "upper": None,
        "prob_ge_target": None,
        "expected_now_at_baseline_rate": 0.0,
    }


def test_ratio_of_no_deaths_at_all_is_not_a_number(ask_one):
    nothing = COUNTS | {"deaths_now": 0, "deaths_base": 0}
    for kind in ("rate_ratio_exact", "rate_ratio_midp"):
        result = ask_one(kind, **nothing)["result"]
        assert (result["rr"], result["lower"], result["upper"]) == ("NaN", 0, "Infinity")


def test_mantel_haenszel_without_deaths_now_has_nulls_as_in_metafor(ask_one):
    result = ask_one(
        "mantel_haenszel_rate_ratio",
        deaths_now=[0, 0], births_now=[9, 9], deaths_base=[1, 2], births_base=[9, 9],
    )["result"]  # fmt: skip
    assert result.pop("crude_rr") == 0
    assert set(result.values()) == {None}


def test_byar_has_no_lower_limit_where_its_formula_turns_negative(ask_one):
    result = ask_one("rate_ci_byar", deaths=1, births=100, conf=0.998)["result"]
    assert result["lower"] is None


def test_phi_below_one_never_narrows(ask_one):
    kind = "bayes_reduction_overdispersed"
    low, one = (ask_one(kind, **COUNTS, target_reduction=0.3, phi=phi) for phi in (0.5, 1))
    assert low == one


def test_semmelweis_with_the_wrong_year_hides_most_of_the_effect(ask_one):
    # Published with June 1846 as the start: 0.0507 after, where June 1847 gives 0.0211.
    wrong, right = (
        ask_one(
            "mean_of_monthly_proportions",
            dataset="semmelweis_monthly.csv",
            split=f"date < {year}-06-01 is before",
        )["result"]["mean_after"]
        for year in (1846, 1847)
    )
    assert (round(wrong, 4), round(right, 4)) == (0.0507, 0.0211)


@pytest.mark.parametrize("text", ["", "[", "nonsense", "[" * 100_000, "1" * 5000])
def test_what_is_not_json_is_refused_with_a_sentence(ask, text):
    with pytest.raises(CommandError, match=r"^The input is not JSON: .+. Give a list"):
        ask(text)


@pytest.mark.parametrize("text", ["3", "{}", '{"cases": 3}', "null"])
def test_what_holds_no_list_is_refused_with_a_sentence(ask, text):
    with pytest.raises(CommandError, match=exactly(
        'The input holds no list of cases. Give [{"id", "kind", "inputs"}, …].'
    )):  # fmt: skip
        ask(text)


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from([0, 1, 1e7, 10**7, 10**400, 0.99999, 1e-300, [0, 0], [1, 2, 3, 4], {}]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_no_input_whatever_ends_in_a_traceback(case, data):
    inputs = dict(case["inputs"])
    for name in data.draw(st.sets(st.sampled_from(sorted(inputs)), min_size=1, max_size=3)):
        inputs[name] = data.draw(anything)
    try:
        result = answer(case["kind"], inputs)
    except ValueError as error:
        result, said = {}, str(error)
    else:
        said = "."

    assert said.rstrip('"')[-1] in ".…"
    assert result == {} or set(case["expected"]) <= set(result)
