from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.comparisons import compare_rates
from metrics.stats.trends import NotProjected, annual_reduction, project, years_to_level


@pytest.mark.golden("annual_rate_of_reduction")
def test_annual_reduction_agrees_with_r(case):
    pace = annual_reduction(*(case["inputs"][name] for name in ("rate_start", "rate_end", "years")))
    wanted = [case["expected"][name] for name in ("aarr_pct_compound", "aarr_pct_log")]
    assert (pace.compound, pace.log) == pytest.approx(wanted, rel=case["tol_rel"])


@pytest.mark.golden("projection_to_target")
def test_years_to_level_agree_with_r(case):
    names = ("rate_now", "target_rate", "annual_reduction_pct_compound")
    years = years_to_level(*(case["inputs"][name] for name in names))
    assert years == pytest.approx(case["expected"]["years_needed"], rel=case["tol_rel"])


@given(st.floats(1, 200), st.floats(0.1, 200), st.floats(0.5, 50))
def test_at_its_own_pace_a_rate_takes_the_years_that_it_took(start, end, years):
    pace = annual_reduction(start, end, years)
    if pace.compound > 1e-6:
        assert years_to_level(start, end, pace.compound) == pytest.approx(years, rel=1e-6)


def test_all_india_fell_by_4_5_percent_a_year():
    # Sample Registration System: 58 in 2004, 28 in 2020.
    pace = annual_reduction(58, 28, 16)
    assert 58 * (1 - pace.compound / 100) ** 16 == pytest.approx(28)
    assert pace.compound == pytest.approx(4.4, abs=0.1)


@pytest.mark.parametrize(
    ("start", "end", "compound", "log"), [(70, 0, 100, inf), (70, 70, 0, 0), (50, 100, -100, None)]
)
def test_annual_reduction_at_its_ends(start, end, compound, log):
    pace = annual_reduction(start, end, 1)
    assert pace.compound == compound
    assert log is None or pace.log == log


def test_annual_reduction_of_a_rise_beyond_any_number():
    # R: 100*(1-(49/0.125)^(1/0.0078125)) is -Inf; -100*log(49/0.125)/0.0078125 is not.
    pace = annual_reduction(0.125, 49, 0.0078125)
    assert (pace.compound, years_to_level(49, 0.125, pace.compound)) == (-inf, inf)
    assert pace.log == pytest.approx(-100 * log(392) * 128)


@pytest.mark.parametrize("inputs", [(0, 49, 1), (70, -1, 1), (70, 49, 0), (inf, 49, 1)])
def test_annual_reduction_needs_a_rate_to_start_from_and_time(inputs):
    with pytest.raises(ValueError, match=r"^A yearly reduction needs a first rate above 0"):
        annual_reduction(*inputs)


@pytest.mark.parametrize(
    ("now", "level", "reduction", "years"),
    [(49, 49, 5, 0), (20, 25, -5, 0), (49, 25, 0, inf), (49, 25, -3, inf), (49, 0, 5, inf),
     (49, 25, 100, 0), (0, 0, 5, 0)],
)  # fmt: skip
def test_a_level_is_there_already_or_never_comes(now, level, reduction, years):
    assert years_to_level(now, level, reduction) == years


@pytest.mark.parametrize("inputs", [(-1, 25, 5), (49, -1, 5), (49, 25, 101), (inf, 25, 5)])
def test_years_to_level_refuses_what_is_no_rate(inputs):
    with pytest.raises(ValueError, match=r"^A projection needs two rates from 0 up"):
        years_to_level(*inputs)


def test_projection_runs_on_at_the_fastest_the_seen_and_the_slowest_pace():
    ratio = compare_rates(490, 10_000, 700, 10_000)

    projection = project(ratio, 0.5, years_apart=2, years_covered=4)

    limits = 0.622401228536822, 0.7, 0.786789297471756  # golden case D-rrexact-05
    wanted = [2 * log(0.5 / 0.7) / log(pace) for pace in limits]
    assert [projection.earliest, projection.likely, projection.latest] == pytest.approx(wanted)
    assert projection.reason is None


def test_projection_may_never_come():
    ratio = compare_rates(66, 1000, 70, 1000)  # the interval reaches 1.34
    projection = project(ratio, 0.7, years_apart=2, years_covered=4)
    assert projection.earliest < projection.likely < projection.latest == inf


def test_projection_is_there_where_the_target_is_met():
    projection = project(compare_rates(30, 1000, 70, 1000), 0.7, years_apart=2, years_covered=3)
    assert (projection.earliest, projection.likely, projection.latest) == (0, 0, 0)


@pytest.mark.parametrize(
    ("counts", "years", "reason"),
    [
        ((490, 10_000, 700, 10_000), 2.99, NotProjected.FEW_YEARS),
        ((29, 1000, 30, 1000), 3, NotProjected.FEW_DEATHS),
        ((30, 1000, 30, 1000), 3, None),
        ((90, 1000, 0, 1000), 3, NotProjected.FEW_DEATHS),
    ],
)
def test_projection_is_refused_from_few_years_or_few_deaths(counts, years, reason):
    projection = project(compare_rates(*counts), 0.7, years_apart=1.5, years_covered=years)
    assert projection.reason == reason
    assert (projection.likely is None) is (reason is not None)
