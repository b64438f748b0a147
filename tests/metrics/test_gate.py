from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.gate import (
    PastCounts,
    SiteAtGate,
    pass_gate,
)
from metrics.models import COUNT_FIELDS
from metrics.models.reports import AGE_FIELDS
from programs.periods import Period, shift_month

TODAY = date(2025, 7, 15)
JUNE = date(2025, 6, 1)
CLINIC = SiteAtGate(
    "North Clinic",
    (
        Period(date(2022, 1, 1), date(2023, 12, 1)),
        Period(date(2024, 3, 1), date(9999, 12, 1)),
    ),
)
GOOD = {"live_births": "40", "infant_deaths": "2"}

counts = st.none() | st.integers(0, 3000)
reports = st.fixed_dictionaries({}, optional=dict.fromkeys(COUNT_FIELDS, counts))
histories = st.dictionaries(
    st.integers(1, 40).map(lambda back: shift_month(JUNE, -back)),
    st.tuples(st.integers(0, 3000), st.none() | st.integers(0, 300)),
).map(PastCounts)


def judge(month=JUNE, past=None, site=CLINIC, **raw):
    return pass_gate(GOOD | raw, site=site, month=month, today=TODAY, past=past)


def refusals(month=JUNE, site=CLINIC, **raw):
    return [str(fault) for fault in judge(month, site=site, **raw).refusals]


def warnings(month=JUNE, past=None, **raw):
    passage = judge(month, past, **raw)
    assert passage.refusals == ()
    return [str(fault) for fault in passage.warnings]


def year_before(births, deaths, month=JUNE):
    """The 12 months before, the same in each."""
    return PastCounts({shift_month(month, -back): (births, deaths) for back in range(1, 13)})


# --- Refusals ------------------------------------------------------------------------------------


def test_locked_month_is_refused_unless_it_was_opened():
    always = Period(date(2020, 1, 1), date(2030, 1, 1))
    opened = frozenset({date(2025, 5, 1)})
    locked = SiteAtGate(CLINIC.name, CLINIC.operation, ((always, JUNE),), opened)
    said = (
        "month: 2025-06 is locked, as is every month up to 2025-06. Ask a manager to open it "
        "for North Clinic."
    )
    assert refusals(site=locked) == [said]
    assert refusals(date(2025, 5, 1), locked) == []
    assert refusals(date(2025, 7, 1), locked) == []


NOT_WHOLE = (
    "is not a whole number. Write a number such as 12, 0 if there was none, or leave it empty "
    "if it was not counted."
)


def test_good_report_passes_without_a_word():
    passage = judge()
    assert not passage.is_refused
    assert passage.warnings == ()
    assert passage.counts == dict.fromkeys(COUNT_FIELDS) | {"live_births": 40, "infant_deaths": 2}


def test_unreadable_counts_are_refused_each_with_its_field():
    assert refusals(live_births="many", stillbirths="-1") == [
        f'live_births: "many" {NOT_WHOLE}',
        'stillbirths: "-1" is negative. Write 0 or more, or leave it empty.',
    ]


def test_live_births_are_needed():
    assert refusals(live_births="") == [
        "live_births: is empty, and a report needs it. Write the number of live births, 0 if "
        "there were none."
    ]


def test_future_month_is_refused():
    assert refusals(date(2025, 8, 1)) == [
        "month: 2025-08 lies in the future. Report a month up to 2025-07."
    ]


def test_month_before_the_site_opened_is_refused():
    assert refusals(date(2021, 12, 1)) == [
        "month: 2021-12 lies before North Clinic opened (2022-01). Choose a later month, or ask "
        "an admin to correct the opening."
    ]


@pytest.mark.parametrize("month", [date(2024, 1, 1), date(2024, 2, 1)])
def test_month_between_two_spells_is_refused(month):
    assert refusals(month) == [
        f"month: North Clinic was closed in {month:%Y-%m}. If it was open, ask an admin to correct "
        "its spells of operation."
    ]


@pytest.mark.parametrize("month", [date(2022, 1, 1), date(2023, 12, 1), date(2024, 3, 1)])
def test_first_and_last_month_of_a_spell_are_open(month):
    assert refusals(month) == []


def test_site_that_never_opened_is_refused():
    assert refusals(site=SiteAtGate("Tent", ())) == [
        "month: Tent has no spell of operation. Ask an admin to enter when it opened."
    ]


def test_parts_may_not_exceed_infant_deaths():
    assert refusals(early_neonatal_deaths="2", postneonatal_deaths="1") == [
        "infant_deaths: 2 is less than its parts: early_neonatal_deaths 2 + postneonatal_deaths 1 "
        "= 3. Correct the total or the parts."
    ]


def test_parts_need_infant_deaths():
    assert refusals(infant_deaths="", late_neonatal_deaths="1", age_unknown_deaths="2") == [
        "infant_deaths: is empty, but late_neonatal_deaths 1 + age_unknown_deaths 2 are given. "
        "Write 3 or more."
    ]


def test_all_three_ages_must_add_up():
    ages = {"early_neonatal_deaths": 1, "late_neonatal_deaths": 0, "postneonatal_deaths": 0}
    assert refusals(**ages) == [
        "infant_deaths: 2 is 1 more than its parts: early_neonatal_deaths 1 + "
        "late_neonatal_deaths 0 + postneonatal_deaths 0 = 1. Put deaths of unknown age under "
        "age_unknown_deaths."
    ]
    assert refusals(**ages, age_unknown_deaths=1) == []


def test_some_ages_may_fall_short():
    assert refusals(early_neonatal_deaths=1) == []


def test_refused_report_is_asked_nothing_more():
    passage = judge(infant_deaths="99", stillbirths="-1")
    assert len(passage.refusals) == 1
    assert passage.warnings == ()


# --- Warnings ------------------------------------------------------------------------------------


def test_unfinished_month_is_questioned():
    assert warnings(date(2025, 7, 1)) == [
        "month: 2025-07 is not over. Report it again when it is complete."
    ]


def test_uncounted_infant_deaths_are_questioned():
    assert warnings(infant_deaths="") == [
        "infant_deaths: is empty, so this month leaves the infant mortality rate. Write 0 if no "
        "infant died."
    ]


def test_more_deaths_than_births_are_questioned_and_never_refused():
    assert warnings(live_births="1", infant_deaths="3", maternal_deaths="2") == [
        "infant_deaths: 3 infant deaths are more than 1 live births. That happens where the sick "
        "are referred; say why.",
        "maternal_deaths: 2 maternal deaths are more than 1 live births. That happens where the "
        "sick are referred; say why.",
    ]


def test_more_attended_than_born_is_questioned():
    assert warnings(skilled_attendant_births=42, stillbirths=1) == [
        "skilled_attendant_births: 42 births with a skilled attendant are more than all 41 "
        "births. Check both."
    ]
    assert warnings(skilled_attendant_births=41, stillbirths=1) == []


@pytest.mark.parametrize(("births", "much"), [("90", "far more"), ("10", "far less")])
def test_births_far_from_the_last_months_are_questioned(births, much):
    past = PastCounts({shift_month(JUNE, -back): (40, 1) for back in range(1, 7)})
    assert warnings(past=past, live_births=births, infant_deaths=1) == [
        f"live_births: {births} is {much} than before: 240 in 6 comparable months. Check it, or "
        "say why."
    ]


@pytest.mark.parametrize("births", ["30", "50", "70"])
def test_births_that_drift_are_not_questioned(births):
    assert warnings(past=year_before(40, 2), live_births=births) == []


def test_births_are_held_against_the_same_calendar_month_first():
    rains = {shift_month(JUNE, -12): (4, 0), shift_month(JUNE, -24): (6, 0)}
    past = PastCounts(year_before(40, 1).by_month | rains)
    assert warnings(past=past, live_births="5", infant_deaths="0") == []
    assert warnings(past=past, live_births="40", infant_deaths="1") == [
        "live_births: 40 is far more than before: 10 in 2 comparable months. Check it, or say why."
    ]


def test_one_comparable_month_is_one_month():
    past = PastCounts(year_before(40, 1).by_month | {shift_month(JUNE, -12): (2, 0)})
    assert warnings(past=past, live_births="40", infant_deaths="1") == [
        "live_births: 40 is far more than before: 2 in 1 comparable month. Check it, or say why."
    ]


@pytest.mark.parametrize(
    ("births", "deaths", "much"), [(400, 9, "far more"), (4000, 1, "far less")]
)
def test_deaths_beyond_chance_are_questioned(births, deaths, much):
    past = year_before(births, births // 200)
    assert warnings(past=past, live_births=births, infant_deaths=deaths) == [
        f"infant_deaths: {deaths} of {births} live births is {much} than before: "
        f"{births // 200 * 12} of {births * 12} in the last 12 months. Check it, or say why."
    ]


def test_small_site_is_not_blamed_for_being_small():
    assert warnings(past=year_before(4, 0), live_births=3, infant_deaths=1) == []


@pytest.mark.parametrize("months", [0, 5])
def test_too_short_a_past_questions_nothing(months):
    past = PastCounts({shift_month(JUNE, -back): (400, 2) for back in range(1, months + 1)})
    assert warnings(past=past, live_births=4000, infant_deaths=400) == []


def test_deaths_are_not_held_against_months_in_which_they_were_not_counted():
    assert warnings(past=year_before(40, None), infant_deaths=30) == []


@pytest.mark.parametrize("past", [year_before(0, 0), year_before(0, 3)])
def test_site_that_only_now_begins_to_count_births_is_not_questioned(past):
    assert warnings(past=past) == []


def test_no_births_now_leave_deaths_unquestioned():
    assert warnings(past=year_before(1, 0), live_births=0, infant_deaths=0) == []


# --- Laws ----------------------------------------------------------------------------------------


@given(reports, histories)
def test_passed_report_adds_up(raw, past):
    passage = judge(past=past, **raw)
    assume(not passage.is_refused)
    ages = [passage.counts[name] for name in AGE_FIELDS if passage.counts[name] is not None]
    assert passage.counts["live_births"] is not None
    if ages:
        assert sum(ages) <= passage.counts["infant_deaths"]
    if all(passage.counts[name] is not None for name in AGE_FIELDS):
        assert sum(ages) == passage.counts["infant_deaths"]


@given(reports, histories)
def test_warnings_never_stop_a_report(raw, past):
    alone, beside_its_past = judge(**raw), judge(past=past, **raw)
    assert beside_its_past.refusals == alone.refusals
    assert beside_its_past.counts == alone.counts


@given(st.dictionaries(st.sampled_from(COUNT_FIELDS), st.text()), st.dates(), histories)
def test_gate_never_crashes(raw, day, past):
    passage = judge(day.replace(day=1), past, **raw)
    assert all(fault.message.endswith(".") for fault in (*passage.refusals, *passage.warnings))
    assert set(passage.counts) == set(COUNT_FIELDS)
