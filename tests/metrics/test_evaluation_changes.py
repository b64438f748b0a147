"""A frozen verdict held against what is known today."""

from datetime import date, timedelta

import pytest

from metrics.evaluations import (
    compare_with_today,
    document_of,
    recompute,
    to_bytes,
)
from metrics.models import Evaluation, Status
from metrics.stats.verdicts import State
from programs.models import Target
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
)
from tests.metrics.freezing import JULY, TODAY, freeze, promise_with, report_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def compare(evaluation, today=TODAY + timedelta(days=200)):
    return compare_with_today(Evaluation.objects.get(pk=evaluation.pk), today)


def test_nothing_has_changed_however_much_later():
    comparison = compare(freeze(promise_with()))
    assert (comparison.changes, comparison.expected) == ([], {})
    assert not comparison.state_changed


def test_late_report_is_named_with_what_was_missing():
    target = promise_with()
    site = target.program.sites.get()
    report_of().delete()
    evaluation = freeze(target)
    MonthlyReportFactory(site=site, month=JULY, live_births=900, infant_deaths=40)
    (change,) = compare(evaluation).changes
    assert (change.kind, change.site, change.month) == ("new", "S-0", "2024-07")
    assert change.reason == "Not reported."
    assert (change.now["deaths"], change.now["births"]) == (40, 900)


def test_corrected_report_is_named_with_both_counts_and_versions():
    evaluation = freeze(promise_with())
    report_of().update(infant_deaths=60, version=2)
    comparison = compare(evaluation)
    (change,) = comparison.changes
    assert (change.kind, change.moves_counts) == ("changed", True)
    assert (change.then["deaths"], change.then["version"]) == (49, 1)
    assert (change.now["deaths"], change.now["version"]) == (60, 2)


def test_new_version_with_the_same_counts_moves_nothing():
    evaluation = freeze(promise_with())
    report_of().update(status=Status.APPROVED, version=2)
    comparison = compare(evaluation)
    assert [change.moves_counts for change in comparison.changes] == [False]
    assert comparison.counts_changed == 0


def test_report_that_no_longer_counts_is_named_with_its_reason():
    evaluation = freeze(promise_with())
    report_of().update(status=Status.RETURNED)
    (change,) = compare(evaluation).changes
    assert (change.kind, change.now) == ("gone", None)
    assert change.reason == "Returned to the reporter, to be corrected."


def test_verdict_that_correction_overturns_is_said_to_have_changed():
    evaluation = freeze(promise_with())
    report_of().update(infant_deaths=80, version=2)
    comparison = compare(evaluation)
    assert comparison.state_changed
    assert (comparison.then.state, comparison.now.state) == (
        State.REACHED_POINT,
        State.NOT_REACHED,
    )
    assert to_bytes(recompute(document_of(evaluation))) == to_bytes(document_of(evaluation))


def test_report_of_a_month_after_the_evaluation_is_no_change():
    target = promise_with(evaluation_last=date(2025, 9, 1), due_month=date(2025, 9, 1))
    evaluation = freeze(target)
    MonthlyReportFactory(site=target.program.sites.get(), month=date(2025, 7, 1))
    comparison = compare(evaluation)
    assert (comparison.changes, comparison.expected) == ([], {})


def test_site_that_joined_since_changes_what_is_expected():
    target = promise_with()
    evaluation = freeze(target)
    ParticipationFactory(program=target.program)
    comparison = compare(evaluation)
    assert comparison.expected == {"baseline": (12, 24), "evaluation": (12, 24)}
    assert comparison.now.state == State.NO_VERDICT


def test_comparison_keeps_the_contract_and_the_rule_of_then():
    target = promise_with()
    evaluation = freeze(target)
    Target.objects.update(reduction_percent=90)
    type(target.program).objects.update(approval_required=True)
    comparison = compare(evaluation)
    assert (comparison.changes, comparison.state_changed) == ([], False)
    assert comparison.approval_rule_changed


@pytest.mark.parametrize("sites", [1, 3])
def test_comparing_takes_five_queries(django_assert_num_queries, sites):
    evaluation = freeze(promise_with(sites=sites))
    with django_assert_num_queries(5):
        compare_with_today(evaluation, TODAY)
