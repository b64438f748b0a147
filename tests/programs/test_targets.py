from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from programs.models import (
    Measure,
    Target,
)
from tests.factories import (
    ProgramFactory,
    TargetFactory,
)
from tests.programs.refusals import refused, refused_by_both
from tests.wording import exactly

pytestmark = pytest.mark.django_db


def test_target_says_what_the_contract_says_when_nothing_else_is_said():
    """The program starts in 2024-01, so its months 7 to 18 are held against the 12 before."""
    target = TargetFactory()
    assert str(target.baseline_period) == "2023-01 to 2023-12"
    assert str(target.evaluation_period) == "2024-07 to 2025-06"
    assert (target.due_month, target.per) == (date(2025, 6, 1), 1000)
    assert (target.sites_rule, target.min_completeness) == ("all", 80)
    assert (target.measure, target.confidence, target.version) == ("infant", 95, 1)
    assert target.baseline_period.matches_calendar_of(target.evaluation_period)


@pytest.mark.parametrize(
    ("given", "baseline", "evaluation"),
    [
        ({"due_month": date(2026, 12, 1)}, "2023-01 to 2023-12", "2026-01 to 2026-12"),
        ({"baseline_last": date(2023, 6, 1)}, "2022-07 to 2023-06", "2024-07 to 2025-06"),
        ({"baseline_first": date(2021, 1, 1)}, "2021-01 to 2023-12", "2024-07 to 2025-06"),
        ({"evaluation_last": date(2025, 3, 1)}, "2023-01 to 2023-12", "2024-04 to 2025-03"),
        ({"evaluation_first": date(2024, 1, 1)}, "2023-01 to 2023-12", "2024-01 to 2025-06"),
    ],
)
def test_target_fills_in_only_what_was_left_empty(given, baseline, evaluation):
    target = TargetFactory(**given)
    assert (str(target.baseline_period), str(target.evaluation_period)) == (baseline, evaluation)


@pytest.mark.parametrize("measure", Measure)
def test_measure_is_stated_per_its_usual_births(measure):
    usual = 100_000 if measure == "maternal" else 1000
    assert TargetFactory(measure=measure).per == usual
    assert TargetFactory(measure=measure, per=500).per == 500


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"reduction_percent": Decimal("30.0")}, "30 % lower"),
        ({"reduction_percent": Decimal("12.5")}, "12.5 % lower"),
        ({"reduction_percent": Decimal(100)}, "100 % lower"),
        ({"reduction_percent": None, "level": Decimal("12.00")}, "at most 12 per 1,000"),
        (
            {"reduction_percent": None, "level": Decimal(70), "measure": "maternal"},
            "at most 70 per 100,000",
        ),
    ],
)
def test_promise_is_said_in_a_few_words(fields, promise):
    target = TargetFactory(**fields)
    target.refresh_from_db()
    assert target.promise == promise
    assert str(target) == f"{Measure(target.measure).label} {promise}, version 1"


def test_reduction_is_asked_only_of_a_reduction():
    target = TargetFactory(reduction_percent=None, level=10)
    assert TargetFactory().reduction == 30
    with pytest.raises(ValueError, match="promised a level, not a reduction"):
        _ = target.reduction


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"reduction_percent": None},
            "Give either a reduction in percent or a level, not both.",
        ),
        ({"level": 40}, "Give either a reduction in percent or a level, not both."),
        ({"reduction_percent": 0}, "A reduction lies above 0 and at most at 100 percent."),
        ({"reduction_percent": 101}, "A reduction lies above 0 and at most at 100 percent."),
        (
            {"baseline_last": date(2024, 7, 1)},
            "The baseline period must end before the evaluation period begins, and neither may "
            "end before it begins.",
        ),
        (
            {"baseline_first": date(2024, 1, 1)},
            "The baseline period must end before the evaluation period begins, and neither may "
            "end before it begins.",
        ),
        ({"confidence": 100}, "Confidence lies at 50 or above and below 100 percent."),
        ({"confidence": 49}, "Confidence lies at 50 or above and below 100 percent."),
        ({"min_completeness": 101}, "Least completeness is at most 100 percent."),
        ({"version": 2}, "Say why this version replaces the one before."),
    ],
)
def test_target_that_cannot_be_is_refused(fields, sentence):
    target = TargetFactory.build(program=ProgramFactory(), **fields)
    assert sentence in refused_by_both(target)


def test_target_level_lies_above_zero():
    target = TargetFactory.build(program=ProgramFactory(), reduction_percent=None, level=0)
    assert refused_by_both(target)


def test_version_is_taken_once():
    target = TargetFactory()
    again = TargetFactory.build(program=target.program)
    assert refused_by_both(again) == ["This version exists already. Take the next number."]


def test_current_targets_are_the_latest_version_of_each_promise():
    old = TargetFactory()
    new = TargetFactory(program=old.program, version=2, reason="flood")
    maternal = TargetFactory(program=old.program, measure="maternal")
    elsewhere = TargetFactory()
    assert set(Target.objects.current()) == {new, maternal, elsewhere}


def lock(target):
    target.locked_at = datetime(2024, 2, 1, tzinfo=UTC)
    target.save()
    return target


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reduction_percent", Decimal(10)),
        ("baseline_first", date(2022, 1, 1)),
        ("due_month", date(2026, 6, 1)),
        ("sites_rule", "both"),
        ("min_completeness", 50),
        ("confidence", Decimal(80)),
        ("per", 100),
    ],
)
def test_locked_target_does_not_change(name, value):
    target = lock(TargetFactory())
    setattr(target, name, value)
    sentence = f"Version 1 is locked, so {name} cannot change. Add a new version with its reason."
    assert refused(target) == [sentence]
    with pytest.raises(ValidationError, match=exactly(f"['{sentence}']")):
        target.save()
    assert getattr(Target.objects.get(), name) != value


def test_open_target_may_change_and_a_locked_one_be_saved_as_it_is():
    target = TargetFactory()
    target.reduction_percent = Decimal(20)
    target.save()
    lock(target).save()
    assert target.is_locked
    assert Target.objects.get().reduction_percent == 20


def test_target_without_a_program_says_only_that():
    assert (
        refused(Target(measure="infant", reduction_percent=30))[0] == "This field cannot be null."
    )


def test_history_keeps_what_a_promise_was():
    target = TargetFactory()
    target.reduction_percent = Decimal(20)
    target.save()
    assert [old.reduction_percent for old in target.history.all()] == [20, 30]
