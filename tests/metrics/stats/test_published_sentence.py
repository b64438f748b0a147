"""Infant mortality of 70 per 1,000, and 30 % lower: what that sentence can show."""

import pytest

from metrics.stats.comparisons import probability_of_reduction
from metrics.stats.verdicts import Finding, State, judge_reduction

TOO_LITTLE = (State.TOO_LITTLE, None)
FALL_SHOWN = (State.REACHED_POINT, Finding.FALL_SHOWN)
FALL_NOT_CERTAIN = (State.REACHED_POINT, Finding.FALL_NOT_CERTAIN)
SHORT = (State.NOT_REACHED, Finding.IMPROVED_BUT_SHORT)
NO_CLEAR_CHANGE = (State.NOT_REACHED, Finding.NO_CLEAR_CHANGE)


def test_verdict_on_the_published_sentence_is_not_yet_certain():
    verdict = judge_reduction(49, 1000, 70, 1000, reduction_percent=30, matched_months=18)

    assert (verdict.state, verdict.finding) == FALL_NOT_CERTAIN
    assert (verdict.baseline.value, verdict.current.value) == (70, 49)
    # R: 100 * (poisson.test(c(49, 70), c(1000, 1000))$conf.int - 1)
    ends = verdict.ratio.percent_low, verdict.ratio.percent_high
    assert ends == pytest.approx((-52.4275421813282, 2.29062535727289))
    assert verdict.ratio.percent_change == pytest.approx(-30)


@pytest.mark.parametrize(
    ("births", "deaths", "change", "interval", "chances", "expected"),
    [
        (100, (7, 5), -28.6, (-82, 161), (0.72, 0.57, 0.48), TOO_LITTLE),
        (300, (21, 15), -28.6, (-66, 45), (0.84, 0.63, 0.47), NO_CLEAR_CHANGE),
        (500, (35, 24), -31.4, (-61, 19), (0.92, 0.72, 0.53), FALL_NOT_CERTAIN),
        (1_000, (70, 49), -30.0, (-52.4, 2.3), (0.973, 0.76, 0.50), FALL_NOT_CERTAIN),
        (1_500, (105, 74), -29.5, (-48.4, -4.2), (0.990, 0.80, 0.48), SHORT),
        (2_000, (140, 98), -30.0, (-46.5, -8.7), (0.997, 0.85, 0.50), FALL_SHOWN),
        (5_000, (350, 245), -30.0, (-40.8, -17.3), (1.00, 0.95, 0.50), FALL_SHOWN),
        (10_000, (700, 490), -30.0, (-37.8, -21.3), (1.00, 0.99, 0.50), FALL_SHOWN),
        (20_000, (1400, 980), -30.0, (-35.6, -24.0), (1.00, 1.00, 0.50), FALL_SHOWN),
    ],
)
def test_the_same_sentence_on_more_births(births, deaths, change, interval, chances, expected):
    counts = deaths[1], births, deaths[0], births
    verdict = judge_reduction(*counts, reduction_percent=30, matched_months=18)

    assert (verdict.state, verdict.finding) == expected
    assert verdict.ratio.percent_change == pytest.approx(change, abs=0.05)
    ends = verdict.ratio.percent_low, verdict.ratio.percent_high
    assert ends == pytest.approx(interval, abs=0.5 if births <= 500 else 0.05)
    computed = [probability_of_reduction(*counts, fall) for fall in (0, 0.2, 0.3)]
    assert computed == pytest.approx(chances, abs=0.0055)
