"""How the gate reads a count, and what it says of a breakdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.gate import MAX_COUNT, Fault, check_breakdown, read_count
from tests.wording import exactly


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12", 12),
        (" 12 ", 12),
        (12, 12),
        ("0", 0),
        ("007", 7),
        ("12.0", 12),
        (12.0, 12),
        ("12.00", 12),
        ("0.000", 0),
        ("1000000", MAX_COUNT),
    ],
)
def test_read_count_reads_whole_numbers(value, expected):
    assert read_count(value) == expected


@pytest.mark.parametrize("value", [None, "", "   ", "\t"])
def test_read_count_takes_nothing_for_not_counted(value):
    assert read_count(value) is None


NOT_WHOLE = (
    "is not a whole number. Write a number such as 12, 0 if there was none, or leave it empty "
    "if it was not counted."
)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("twelve", f'"twelve" {NOT_WHOLE}'),
        ("1.5", f'"1.5" {NOT_WHOLE}'),
        ("1e9", f'"1e9" {NOT_WHOLE}'),
        ("nan", f'"nan" {NOT_WHOLE}'),
        ("-", f'"-" {NOT_WHOLE}'),
        ("+5", f'"+5" {NOT_WHOLE}'),
        ("१२", f'"१२" {NOT_WHOLE}'),
        (True, f'"True" {NOT_WHOLE}'),
        ("x" * 50, f'"{"x" * 37}..." {NOT_WHOLE}'),
        ("1,2", f'"1,2" {NOT_WHOLE}'),
        ("3,48,023", '"3,48,023" is not a whole number. Write 348023.'),
        ("1,200", '"1,200" is not a whole number. Write 1200.'),
        ("1 200", '"1 200" is not a whole number. Write 1200.'),
        ("1'200'300", "\"1'200'300\" is not a whole number. Write 1200300."),
        ("-3", '"-3" is negative. Write 0 or more, or leave it empty.'),
        (-3, '"-3" is negative. Write 0 or more, or leave it empty.'),
        ("-3.0", '"-3.0" is negative. Write 0 or more, or leave it empty.'),
    ],
)
def test_read_count_names_the_value_and_what_to_do(value, sentence):
    with pytest.raises(ValueError, match=exactly(sentence)):
        read_count(value)


@pytest.mark.parametrize("value", ["1000001", "1000000000", 10**9, "9" * 30])
def test_read_count_refuses_more_than_any_site_counts(value):
    sentence = f"{value} is more than 1,000,000, which no site counts in a month. Check the number."
    with pytest.raises(ValueError, match=exactly(sentence)):
        read_count(value)


@pytest.mark.parametrize("value", ["9" * 5000, "-" + "9" * 5000, "9," * 3000 + "9"])
def test_read_count_answers_endless_digits_with_a_short_sentence(value):
    with pytest.raises(ValueError, match=re.escape(f"{value[:37]}...")) as error:
        read_count(value)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("value", ["1.000", "12.000", "123.000"])
def test_read_count_does_not_guess_whether_a_point_parts_thousands(value):
    units = value.removesuffix(".000")
    sentence = (
        f'"{value}" may stand for {units} or {units}000. Write the one that is meant, without a '
        "point."
    )
    with pytest.raises(ValueError, match=exactly(sentence)):
        read_count(value)


@given(st.text() | st.integers() | st.floats() | st.none() | st.binary())
def test_read_count_gives_a_count_or_a_sentence_whatever_comes(value):
    try:
        answer = read_count(value)
    except ValueError as error:
        answer = str(error)
    if isinstance(answer, str):
        assert answer.endswith(".")
    else:
        assert answer is None or 0 <= answer <= MAX_COUNT


# --- Breakdowns -----------------------------------------------------------------------------

TOTALS = {"live_births": 10, "infant_deaths": 2}


def test_breakdown_may_not_exceed_its_report():
    parts = {"girl": {"live_births": 6}, "boy": {"live_births": 5, "infant_deaths": 2}}
    assert check_breakdown("sex", TOTALS, parts) == (
        [
            Fault(
                "live_births by sex",
                "the categories add up to 11, which is 1 more than the report's 10. Correct one "
                "of them.",
            )
        ],
        [],
    )


def test_breakdown_that_falls_short_is_questioned():
    parts = {"girl": {"live_births": 6, "infant_deaths": None}, "boy": {"live_births": 1}}
    assert check_breakdown("sex", TOTALS, parts) == (
        [],
        [
            Fault(
                "live_births by sex",
                "the categories add up to 7, which is 3 less than the report's 10. Put what is "
                "not known under “unknown”.",
            )
        ],
    )


def test_breakdown_of_uncounted_deaths_is_refused():
    totals = {"live_births": 10, "infant_deaths": None}
    refused, _ = check_breakdown("sex", totals, {"girl": {"infant_deaths": 1}})
    assert [fault.field for fault in refused] == ["infant_deaths by sex"]


@pytest.mark.parametrize("parts", [{}, {"girl": {}}, {"girl": TOTALS}])
def test_breakdown_that_adds_up_or_is_absent_passes(parts):
    assert check_breakdown("sex", TOTALS, parts) == ([], [])
