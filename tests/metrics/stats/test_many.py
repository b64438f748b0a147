from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.decisions import State
from metrics.stats.many import judge_many
from metrics.stats.verdicts import judge_reduction

few_counts = st.tuples(
    st.integers(0, 90), st.integers(0, 900), st.integers(0, 90), st.integers(0, 900)
)


@given(
    st.lists(few_counts, min_size=1, max_size=20),
    st.integers(1, 100),
    st.sampled_from([0.8, 0.95, 0.998]),
    st.floats(1, 4),
)
def test_judge_many_says_of_each_site_what_judge_reduction_says(sites, percent, confidence, phi):
    settings = {"reduction_percent": percent, "confidence": confidence, "dispersion": phi}

    readings = judge_many(*zip(*sites, strict=True), **settings)

    for counts, reading in zip(sites, readings, strict=True):
        verdict = judge_reduction(*counts, **settings)
        assert reading == (verdict.state, verdict.finding)


def test_judge_many_heeds_what_is_known_besides_the_counts():
    readings = judge_many(
        49, 1000, 70, 1000, reduction_percent=30, is_faulty=[False, True], is_short=[True, True]
    )
    assert [state for state, _ in readings] == [State.TOO_LITTLE, State.NO_VERDICT]


def test_judge_many_decides_in_whole_numbers_however_large():
    readings = judge_many(
        [14 * 10**10, 14 * 10**10 + 1], 2 * 10**12, 2 * 10**11, 2 * 10**12, reduction_percent=30
    )
    assert [state for state, _ in readings] == [State.REACHED_POINT, State.NOT_REACHED]


def test_ten_thousand_sites_are_judged_in_well_under_a_second():
    draw = np.random.default_rng(3)
    counts = draw.poisson(50, 10_000), 900, draw.poisson(70, 10_000), 1000

    start = perf_counter()
    readings = judge_many(*counts, reduction_percent=30)

    assert perf_counter() - start < 1  # it takes 0.1
    assert len(readings) == 10_000


def test_judge_many_refuses_what_judge_reduction_refuses():
    with pytest.raises(ValueError, match=r"^deaths_now: -1 is negative"):
        judge_many(-1, 9, 9, 9, reduction_percent=30)
    with pytest.raises(ValueError, match=r"^reduction_percent: 0 is not a fall"):
        judge_many(1, 9, 9, 9, reduction_percent=0)
    with pytest.raises(ValueError, match=r"^dispersion: 0.5 would narrow"):
        judge_many(1, 9, 9, 9, reduction_percent=30, dispersion=0.5)
