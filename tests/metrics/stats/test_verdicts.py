from decimal import Decimal

import pytest

from metrics.stats.comparisons import ratio_limits
from metrics.stats.completeness import Completeness
from metrics.stats.evidence import Evidence
from metrics.stats.rates import rate_limits
from metrics.stats.strata import Strata
from metrics.stats.verdicts import Finding, Problem, State, judge_level, judge_reduction

COUNTS = ("deaths_now", "births_now", "deaths_base", "births_base")
TOO_LITTLE = (State.TOO_LITTLE, None)
STRONG = (State.REACHED_STRONG, None)
FALL_SHOWN = (State.REACHED_POINT, Finding.FALL_SHOWN)
FALL_NOT_CERTAIN = (State.REACHED_POINT, Finding.FALL_NOT_CERTAIN)
SHORT = (State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT)
RULED_OUT = (State.NOT_REACHED, Finding.TARGET_RULED_OUT)
NO_CLEAR_CHANGE = (State.NOT_REACHED, Finding.NO_CLEAR_CHANGE)
WORSE = (State.NOT_REACHED, Finding.WORSE)


def reading(verdict):
    return verdict.state, verdict.finding


@pytest.mark.golden("verdict")
def test_verdict_agrees_with_the_golden_cases(case):
    expected = dict(case["expected"])
    state, finding = expected.pop("state"), expected.pop("sub")

    verdict = judge_golden(case["inputs"])

    assert reading(verdict) == (state, finding)
    numbers = {name: numbers_of(verdict)[name] for name in expected}
    assert numbers == pytest.approx(expected, rel=case["tol_rel"])


def judge_golden(inputs):
    received = Completeness(round(100 * inputs["completeness"]), 100)
    return judge_reduction(
        *(inputs[name] for name in COUNTS),
        reduction_percent=round(100 * inputs["target_reduction"]),
        confidence=inputs["conf"],
        completeness_base=received,
        completeness_now=received,
        min_completeness=round(100 * inputs["min_completeness"]),
        min_deaths=inputs["min_deaths"],
    )


def numbers_of(verdict):
    return {
        "rr": verdict.ratio.ratio,
        "lower": verdict.ratio.low,
        "upper": verdict.ratio.high,
        "prob_ge_target": verdict.probability,
        "expected_now_at_baseline_rate": verdict.expected_deaths,
    }


@pytest.mark.parametrize(
    ("deaths_now", "percent", "expected"),
    [
        (140, 30, "reached_point_not_certain"),  # in floats, 0.07 > 0.1 * (1 - 0.3)
        (141, 30, "not_reached"),
        (175, Decimal("12.5"), "reached_point_not_certain"),
        (176, Decimal("12.5"), "not_reached"),
    ],
)
def test_target_is_reached_exactly_in_whole_numbers(deaths_now, percent, expected):
    verdict = judge_reduction(deaths_now, 2000, 200, 2000, reduction_percent=percent)
    assert verdict.state == expected


@pytest.mark.parametrize(
    ("deaths_now", "expected"),
    [
        (0, STRONG),
        (30, STRONG),  # R: poisson.test(c(30, 70), c(1000, 1000)): 0.270 to 0.666
        (49, FALL_NOT_CERTAIN),
        (50, NO_CLEAR_CHANGE),
        (95, NO_CLEAR_CHANGE),  # R: 0.986 to 1.875
        (100, WORSE),
        (1001, (State.NO_VERDICT, None)),
    ],
)
def test_verdict_follows_the_deaths_now(deaths_now, expected):
    verdict = judge_reduction(deaths_now, 1000, 70, 1000, reduction_percent=30)
    assert reading(verdict) == expected


def test_a_target_of_no_deaths_at_all_is_never_strong():
    verdict = judge_reduction(0, 100_000, 70, 1000, reduction_percent=100)

    assert reading(verdict) == FALL_SHOWN
    assert (verdict.probability, verdict.more_births) == (0, None)


def test_a_data_problem_comes_before_too_little_data():
    verdict = judge_reduction(3, 0, 2, 100, reduction_percent=30, matched_months=3)

    assert reading(verdict) == (State.NO_VERDICT, None)
    assert verdict.problems == (Problem.NO_BIRTHS, Problem.DEATHS_EXCEED_BIRTHS)
    assert (verdict.current, verdict.ratio, verdict.probability) == (None, None, None)
    assert (verdict.baseline.value, verdict.expected_deaths) == (20, 0)


def test_numbers_are_carried_behind_a_gate():
    verdict = judge_reduction(
        40, 1000, 70, 1000, reduction_percent=30, completeness_now=Completeness(7, 10)
    )

    assert verdict.problems == (Problem.INCOMPLETE_EVALUATION,)
    assert verdict.ratio.ratio == pytest.approx(4 / 7)
    assert 0 < verdict.probability < 1
    assert (verdict.more_births, verdict.months_to_enough) == (None, None)


def test_too_little_data_says_when_there_will_be_enough():
    verdict = judge_reduction(5, 300, 25, 1000, reduction_percent=30, matched_months=12)

    assert reading(verdict) == TOO_LITTLE
    assert verdict.problems == (Problem.FEW_EXPECTED_DEATHS,)
    assert (verdict.months_to_enough, verdict.more_births) == (20, None)


@pytest.mark.parametrize(
    ("counts", "ratio"), [((0, 1000, 0, 1000), None), ((5, 1000, 0, 1000), float("inf"))]
)
def test_no_deaths_at_baseline_are_too_little_data(counts, ratio):
    verdict = judge_reduction(*counts, reduction_percent=30)

    assert reading(verdict) == TOO_LITTLE
    assert verdict.problems == (Problem.FEW_BASELINE_DEATHS, Problem.FEW_EXPECTED_DEATHS)
    assert (verdict.ratio and verdict.ratio.ratio) == ratio


@pytest.mark.parametrize(
    ("deaths_now", "baseline", "finding", "bound"),
    [
        (49, (70, 1000), Finding.FALL_NOT_CERTAIN, 1),
        (40, (700, 10_000), Finding.FALL_SHOWN, 0.7),
    ],
)
def test_more_births_are_the_fewest_that_settle_it(deaths_now, baseline, finding, bound):
    verdict = judge_reduction(deaths_now, 1000, *baseline, reduction_percent=30)

    def upper_limit(births):
        return ratio_limits(deaths_now * births / 1000, births, *baseline)[1]

    births = 1000 + verdict.more_births
    assert verdict.finding == finding
    assert upper_limit(births) < bound < upper_limit(births - 1)


@pytest.mark.parametrize(
    ("deaths_now", "deaths_base", "more"),
    [
        (300, 700, 0),  # shown already
        (490, 700, None),  # exactly on the target, which no number of births can pass
        (500, 700, None),  # a fall is shown, short of the target
        (700, 700, None),
        (800, 700, None),
    ],
)
def test_more_births_are_none_where_no_number_could_settle_it(deaths_now, deaths_base, more):
    verdict = judge_reduction(deaths_now, 10_000, deaths_base, 10_000, reduction_percent=30)
    assert verdict.more_births == more


@pytest.mark.parametrize("percent", [0, -5, 101, Decimal("100.1")])
def test_judge_reduction_refuses_what_is_not_a_fall(percent):
    with pytest.raises(ValueError, match=f"^reduction_percent: {percent} is not a fall"):
        judge_reduction(49, 1000, 70, 1000, reduction_percent=percent)


def test_judge_reduction_refuses_a_float():
    with pytest.raises(ValueError, match=r"^reduction_percent: 33.3 is not exact"):
        judge_reduction(49, 1000, 70, 1000, reduction_percent=33.3)


def test_verdict_carries_the_promise():
    reduction = judge_reduction(49, 1000, 70, 1000, reduction_percent=30)
    level = judge_level(3, 4200, 30, 42_000, level=Decimal("60.5"), per=100_000)

    assert (reduction.reduction, reduction.level, reduction.per) == (30, None, 1000)
    assert (level.reduction, level.level, level.per) == (None, Decimal("60.5"), 100_000)
    assert (level.baseline.per, level.current.per) == (100_000, 100_000)


@pytest.mark.parametrize(
    ("level", "baseline", "expected"),
    [  # R: poisson.test(49, 1000): 36.2504697488291 to 64.7805985929183
        ("64.79", (70, 1000), STRONG),
        ("64.78", (70, 1000), FALL_NOT_CERTAIN),
        ("49", (70, 1000), FALL_NOT_CERTAIN),
        ("48.99", (70, 1000), NO_CLEAR_CHANGE),
        ("64.78", (700, 10_000), FALL_SHOWN),
        ("49", (700, 10_000), FALL_SHOWN),
        ("48.99", (700, 10_000), SHORT),
        ("36.26", (700, 10_000), SHORT),
        ("36.25", (700, 10_000), RULED_OUT),
        ("48.99", (25, 1000), WORSE),
        ("64.79", (25, 1000), STRONG),  # a level is reached or not, wherever it began
        ("49", (19, 1000), TOO_LITTLE),
    ],
)
def test_level_is_judged_on_the_interval_of_the_rate_now(level, baseline, expected):
    verdict = judge_level(49, 1000, *baseline, level=Decimal(level))
    assert reading(verdict) == expected


def test_level_is_reached_exactly_in_whole_numbers():
    on_it = judge_level(54, 10_000, 70, 10_000, level=Decimal("5.4"))
    above = judge_level(541, 100_000, 70, 10_000, level=Decimal("5.4"))
    assert (on_it.state, above.state) == (State.REACHED_POINT, State.NOT_REACHED)


def test_level_has_the_probability_that_the_true_rate_is_there():
    # R: qgamma(.5, .5 + 5, 130) * 1000, golden case D-post-02
    verdict = judge_level(5, 130, 5, 130, level=Decimal("39.7730695168916"))
    assert verdict.probability == pytest.approx(0.5)


def test_more_births_for_a_level_are_the_fewest_that_show_it():
    verdict = judge_level(49, 1000, 700, 10_000, level=60)

    def upper_limit(births):
        return rate_limits(49 * births / 1000, births)[2]

    births = 1000 + verdict.more_births
    assert upper_limit(births) <= 60 < upper_limit(births - 1)


@pytest.mark.parametrize("level", [0, -5])
def test_judge_level_refuses_what_nobody_can_aim_at(level):
    with pytest.raises(ValueError, match=f"^level: {level} is not a rate to aim at"):
        judge_level(49, 1000, 70, 1000, level=level)


def test_dispersion_takes_certainty_and_says_so():
    plain, wide = (
        judge_reduction(490, 10_000, 700, 10_000, reduction_percent=20, dispersion=own)
        for own in (1, 3)
    )
    assert reading(plain) == STRONG
    assert reading(wide) == FALL_SHOWN
    assert (plain.dispersion, wide.dispersion) == (1, 3)
    assert wide.ratio.high > plain.ratio.high


@pytest.mark.golden("bayes_reduction_overdispersed")
def test_probability_of_a_verdict_allows_for_dispersion_as_in_r(case):
    inputs = case["inputs"]
    verdict = judge_reduction(
        *(inputs[name] for name in COUNTS), reduction_percent=20, dispersion=inputs["phi"]
    )
    wanted = case["expected"]["prob_reduction_ge_target"]
    assert verdict.probability == pytest.approx(wanted, rel=case["tol_rel"])


def test_strata_decide_where_calendar_months_are_mixed_differently():
    # The crude rate fell by 72 %; in each month it rose by a fifth.
    strata = Strata((360, 1080), (3000, 90_000), (1000, 100), (10_000, 10_000))
    crude = judge_reduction(*strata.totals, reduction_percent=30)
    verdict = judge_reduction(*strata.totals, reduction_percent=30, strata=strata)

    assert reading(crude) == STRONG
    assert reading(verdict) == WORSE
    assert verdict.ratio.ratio == verdict.stratified.ratio == pytest.approx(1.2)
    assert crude.stratified is None


@pytest.mark.parametrize(
    ("deaths", "expected"), [((70, 70), FALL_SHOWN), ((70, 71), SHORT), ((71, 70), SHORT)]
)
def test_in_strata_too_the_target_is_reached_exactly(deaths, expected):
    # Both months at exactly 0.7 of their rate, though their births are mixed differently.
    strata = Strata(deaths, (1000, 500), (100, 200), (1000, 1000))
    verdict = judge_reduction(*strata.totals, reduction_percent=30, strata=strata)
    assert reading(verdict) == expected


def test_more_births_against_strata_are_the_fewest_that_settle_it():
    strata = Strata((24, 27), (500, 500), (35, 35), (400, 600))
    evidence = Evidence(*strata.totals, strata=strata)
    verdict = judge_reduction(*strata.totals, reduction_percent=30, strata=strata)

    births = 1000 + verdict.more_births
    assert evidence.ratio_limits_at(births)[1] < 1 <= evidence.ratio_limits_at(births - 1)[1]
