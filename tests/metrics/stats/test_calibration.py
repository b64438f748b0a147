import pytest

from metrics.stats.calibration import call_by_percentage, cover, judge_programs, pick_the_worst
from metrics.stats.decisions import State

PROGRAMS, SEED = 3000, 1


def test_programs_just_at_the_promise_are_rarely_called_strong():
    counted = judge_programs(5000, 0.7, PROGRAMS, SEED)
    strong = sum(n for (state, _), n in counted.items() if state is State.REACHED_STRONG)
    # Published (40,000 programs): 2 %; three standard errors are 0.8 %.
    assert strong / PROGRAMS == pytest.approx(0.02, abs=0.01)
    assert sum(counted.values()) == PROGRAMS


def test_widened_intervals_hold_the_truth_where_plain_ones_do_not():
    own = cover(2000, 12, 3, PROGRAMS, SEED)
    assert own.plain < 0.80
    assert own.plain < own.by_phi < own.widened
    assert own.widened >= 0.93
    assert own.false_strong_widened < own.false_strong_plain


def test_plain_intervals_hold_where_months_vary_as_chance_makes_them():
    own = cover(2000, 24, 1, PROGRAMS, SEED)
    assert own.widened >= own.plain >= 0.94
    assert own.mean_phi < 1.3


def test_programs_without_any_estimate_are_not_widened():
    own = cover(12, 12, 1, 20, SEED)  # less than one death a year
    assert own.widened >= own.plain
    assert own.mean_phi >= 1


@pytest.mark.parametrize(
    ("births", "share"), [(50, 0.34), (100, 0.26), (250, 0.15), (500, 0.07), (1000, 0.019)]
)
def test_a_bare_percentage_calls_success_where_nothing_changed(births, share):
    assert call_by_percentage(births, 20_000, SEED) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(("births", "fall", "share"), [(100, 0.315, 0.57), (500, 0.17, 0.037)])
def test_the_worst_of_identical_sites_improve_by_themselves(births, fall, share):
    # Published: 20 identical sites of 70 per 1,000, the worst 5 picked; nothing was done.
    assert pick_the_worst(births, 20_000, SEED) == pytest.approx((fall, share), abs=0.01)
