from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.completeness import Completeness
from metrics.stats.evidence import Evidence
from metrics.stats.gates import Problem, data_problems, months_to_enough, shortages
from metrics.stats.strata import Strata, mantel_haenszel_ratio


@pytest.mark.parametrize(
    ("counts", "problems"),
    [
        ((49, 1000, 70, 1000), ()),
        ((0, 0, 70, 1000), (Problem.NO_BIRTHS,)),
        ((49, 1000, 0, 0), (Problem.NO_BASELINE_BIRTHS,)),
        ((0, 0, 0, 0), (Problem.NO_BIRTHS, Problem.NO_BASELINE_BIRTHS)),
        ((101, 100, 70, 1000), (Problem.DEATHS_EXCEED_BIRTHS,)),
        ((100, 100, 101, 100), (Problem.DEATHS_EXCEED_BIRTHS,)),
        ((100, 100, 100, 100), ()),
        ((3, 0, 70, 1000), (Problem.NO_BIRTHS, Problem.DEATHS_EXCEED_BIRTHS)),
    ],
)
def test_data_problems_names_every_fault_of_the_counts(counts, problems):
    assert data_problems(Evidence(*counts)) == problems


@pytest.mark.parametrize(
    ("base", "now", "least", "problems"),
    [
        (None, None, 80, ()),
        (Completeness(8, 10), Completeness(8, 10), 80, ()),  # exactly enough
        (Completeness(79, 100), None, 80, (Problem.INCOMPLETE_BASELINE,)),
        (None, Completeness(79, 100), 80, (Problem.INCOMPLETE_EVALUATION,)),
        (Completeness(2, 3), Completeness(2, 3), Decimal("66.6"), ()),
        (Completeness(0, 0), None, 80, (Problem.INCOMPLETE_BASELINE,)),
    ],
)
def test_data_problems_names_the_incomplete_period(base, now, least, problems):
    evidence = Evidence(
        *(49, 1000, 70, 1000), completeness_base=base, completeness_now=now, min_completeness=least
    )
    assert data_problems(evidence) == problems


def test_data_problems_names_checks_that_nobody_has_resolved():
    assert data_problems(Evidence(49, 1000, 70, 1000, unresolved_checks=1)) == (Problem.UNRESOLVED,)


@pytest.mark.parametrize(
    ("counts", "months", "problems"),
    [
        ((0, 1000, 20, 1000), 12, ()),  # few deaths now are a success, not a shortage
        ((0, 1000, 19, 1000), 12, (Problem.FEW_BASELINE_DEATHS, Problem.FEW_EXPECTED_DEATHS)),
        ((0, 2000, 19, 1000), 12, (Problem.FEW_BASELINE_DEATHS,)),
        ((0, 800, 25, 1000), 12, ()),  # exactly 20 are expected
        ((19, 799, 25, 1000), 12, (Problem.FEW_EXPECTED_DEATHS,)),
        ((0, 1000, 20, 1000), 11, (Problem.FEW_MONTHS,)),
        ((0, 1000, 20, 1000), None, ()),
    ],
)
def test_shortages_names_all_that_there_is_too_little_of(counts, months, problems):
    assert shortages(Evidence(*counts, matched_months=months)) == problems


@pytest.mark.parametrize(
    ("counts", "months", "expected"),
    [
        ((5, 300, 25, 1000), 12, 20),  # 800 births are needed, 25 come a month: 32 months
        ((5, 301, 25, 1000), 12, 20),  # 19.9 months
        ((5, 800, 25, 1000), 12, 0),
        ((5, 800, 25, 1000), 6, 6),  # births enough, but not a whole year
        ((5, 100, 25, 1000), 6, 42),
        ((5, 300, 19, 1000), 12, None),  # no waiting adds baseline deaths
        ((5, 300, 25, 1000), None, None),
        ((5, 300, 25, 1000), 0, None),
        ((0, 0, 25, 1000), 12, None),
    ],
)
def test_months_to_enough_counts_months_at_the_present_births(counts, months, expected):
    assert months_to_enough(Evidence(*counts, matched_months=months)) == expected


def test_evidence_carries_what_is_defined_without_baseline_births():
    evidence = Evidence(5, 100, 0, 0)

    assert evidence.current.value == 50
    assert evidence.probability_of_level(50) is not None
    undefined = evidence.baseline, evidence.ratio, evidence.expected_deaths
    assert (*undefined, evidence.probability_of_reduction(0)) == (None,) * 4


def test_evidence_carries_what_is_defined_without_births_now():
    evidence = Evidence(0, 0, 7, 100)

    assert (evidence.baseline.value, evidence.expected_deaths) == (70, 0)
    undefined = evidence.current, evidence.ratio, evidence.probability_of_level(50)
    assert (*undefined, evidence.probability_of_reduction(0)) == (None,) * 4


def test_evidence_expects_deaths_at_the_baseline_rate():
    # R: 120 * 9 / 118, golden case D-verdict-04
    assert Evidence(3, 120, 9, 118).expected_deaths == pytest.approx(9.15254237288136)


@pytest.mark.parametrize("name", ["deaths_now", "births_now", "deaths_base", "births_base"])
@pytest.mark.parametrize("count", [-1, 49.5, True, None])
def test_evidence_refuses_what_is_not_a_count(name, count):
    counts = {"deaths_now": 49, "births_now": 1000, "deaths_base": 70, "births_base": 1000}
    with pytest.raises(ValueError, match=f"^{name}: {count} is not a count"):
        Evidence(**counts | {name: count})


@pytest.mark.parametrize("name", ["matched_months", "unresolved_checks", "min_deaths"])
def test_evidence_refuses_settings_that_are_not_counts(name):
    with pytest.raises(ValueError, match=f"^{name}: -1 is not a count"):
        Evidence(49, 1000, 70, 1000, **{name: -1})


def test_evidence_refuses_to_judge_without_deaths():
    with pytest.raises(ValueError, match=r"^min_deaths: without deaths no ratio can be judged"):
        Evidence(0, 1000, 0, 1000, min_deaths=0)


@given(st.integers(0, 100), st.integers(100, 5000), st.integers(1, 500), st.integers(2, 1000))
def test_upper_limits_fall_as_births_grow_at_the_same_rate(deaths, births, deaths_base, times):
    evidence = Evidence(deaths, births, deaths_base, 1000)
    for limits_at in (evidence.ratio_limits_at, evidence.rate_limits_at):
        assert limits_at(births * times)[1] < limits_at(births)[1]


MIXED = Strata((36, 108), (300, 9000), (100, 10), (1000, 1000))


def test_strata_give_the_ratio_that_decides():
    evidence, common = Evidence(144, 9300, 110, 2000, strata=MIXED), mantel_haenszel_ratio(MIXED)

    ratio = evidence.ratio

    assert (ratio.ratio, ratio.low, ratio.high) == (common.ratio, common.low, common.high)
    assert ratio.p_value == common.p_value
    assert evidence.ratio_limits_at(9300) == (common.low, common.high)
    assert evidence.stratified.crude_ratio == pytest.approx(144 * 2000 / (9300 * 110))
    assert evidence.probability_of_reduction(0) == common.probability_of_at_most(1)


@pytest.mark.parametrize(
    "strata",
    [
        Strata((0,), (1000,), (70,), (1000,)),  # none died now: the exact interval decides
        Strata((0, 0), (1000, 0), (0, 70), (0, 1000)),
    ],
)
def test_the_crude_ratio_decides_where_strata_define_none(strata):
    evidence, crude = Evidence(0, 1000, 70, 1000, strata=strata), Evidence(0, 1000, 70, 1000)
    assert evidence.ratio == crude.ratio
    assert evidence.weighted_deaths == crude.weighted_deaths
    assert evidence.ratio_limits_at(2000) == crude.ratio_limits_at(2000)
    assert evidence.probability_of_reduction(0.3) == crude.probability_of_reduction(0.3)


def test_strata_without_births_now_have_no_ratio():
    evidence = Evidence(0, 0, 70, 1000, strata=Strata((0,), (0,), (70,), (1000,)))
    assert (evidence.ratio, evidence.stratified) == (None, None)


def test_strata_must_add_up_to_the_counts():
    with pytest.raises(ValueError, match=r"^strata: they add up to \(144, 9300, 110, 2000\), not"):
        Evidence(143, 9300, 110, 2000, strata=MIXED)


def test_evidence_refuses_a_dispersion_that_narrows():
    with pytest.raises(ValueError, match=r"^dispersion: 0.9 would narrow"):
        Evidence(49, 1000, 70, 1000, dispersion=0.9)


def test_dispersion_reaches_every_interval_and_probability():
    plain, wide = (Evidence(49, 1000, 70, 1000, dispersion=own) for own in (1, 3))
    for name in ("ratio", "baseline", "current"):
        own, widened = getattr(plain, name), getattr(wide, name)
        assert widened.low < own.low < own.high < widened.high
    assert 0.5 < wide.probability_of_reduction(0) < plain.probability_of_reduction(0)
    assert 0.5 < wide.probability_of_level(60) < plain.probability_of_level(60)
