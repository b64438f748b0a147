@given(many_deaths, births, many_deaths, births, st.sampled_from(CONFIDENCES))
def test_interval_contains_its_ratio(deaths_now, births_now, deaths_base, births_base, confidence):
    assume(deaths_now or deaths_base)
    ratio = compare_rates(deaths_now, births_now, deaths_base, births_base, confidence=confidence)
    assert ratio.low <= ratio.ratio <= ratio.high
    assert 0 <= ratio.p_value <= 1


@given(many_deaths, births, many_deaths, births, st.integers(2, 1000))
def test_interval_depends_on_the_births_of_both_periods_only_by_their_ratio(
    deaths_now, births_now, deaths_base, births_base, times
):
    limits = ratio_limits(deaths_now, births_now, deaths_base, births_base)
    scaled = ratio_limits(deaths_now, births_now * times, deaths_base, births_base * times)
    assert scaled == pytest.approx(limits, rel=1e-12)


@given(many_deaths, births, many_deaths, births)
def test_comparison_read_the_other_way_round_is_one_over(
    deaths_now, births_now, deaths_base, births_base
):
    assume(deaths_now and deaths_base)
    ratio = compare_rates(deaths_now, births_now, deaths_base, births_base)
    swapped = compare_rates(deaths_base, births_base, deaths_now, births_now)
    assert (swapped.ratio, swapped.low, swapped.high) == pytest.approx(
        (1 / ratio.ratio, 1 / ratio.high, 1 / ratio.low), rel=1e-12
    )
    assert swapped.p_value == ratio.p_value


def rank(verdict):
    return BEST_TO_WORST.index(reading(verdict))


@given(judged_counts, percents)
def test_more_deaths_never_improve_a_verdict(counts, percent):
    deaths_now, *others = counts
    few = judge_reduction(deaths_now, *others, reduction_percent=percent)
    more = judge_reduction(deaths_now + 1, *others, reduction_percent=percent)
    assert rank(few) <= rank(more)


@given(judged_counts, st.integers(1, 200))
def test_more_deaths_never_improve_a_verdict_on_a_level(counts, level):
    deaths_now, *others = counts
    few = judge_level(deaths_now, *others, level=level)
    more = judge_level(deaths_now + 1, *others, level=level)
    assert rank(few) <= rank(more)


@given(judged_counts, st.integers(1, 99))
def test_a_bolder_promise_never_improves_a_verdict(counts, percent):
    modest = judge_reduction(*counts, reduction_percent=percent)
    bolder = judge_reduction(*counts, reduction_percent=percent + 1)
    assert rank(modest) <= rank(bolder)


@given(judged_counts, percents, st.integers(2, 1000))
def test_verdict_depends_on_the_births_of_both_periods_only_by_their_ratio(counts, percent, times):
    deaths_now, births_now, deaths_base, births_base = counts
    scaled = deaths_now, births_now * times, deaths_base, births_base * times
    verdict = judge_reduction(*counts, reduction_percent=percent)
    if verdict.state != State.NO_VERDICT:
        assert reading(judge_reduction(*scaled, reduction_percent=percent)) == reading(verdict)


@given(judged_counts, percents)
def test_strong_evidence_is_also_on_the_figures(counts, percent):
    verdict = judge_reduction(*counts, reduction_percent=percent)
    deaths_now, births_now, deaths_base, births_base = counts
    is_met = 100 * deaths_now * births_base <= (100 - percent) * deaths_base * births_now
    assert verdict.state not in (State.REACHED_STRONG, State.REACHED_POINT) or is_met
    assert verdict.state != State.NOT_REACHED or not is_met
