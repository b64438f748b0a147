"""Frozen verdicts: what they hold, and the laws they keep."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from metrics.evaluations import (
    checksum_of,
    document_of,
    freeze_evaluation,
    read_document,
    recompute,
    to_bytes,
)
from metrics.models import Evaluation, MonthlyReport, Status
from metrics.models.evaluations import KeptAsItWasError
from metrics.stats.verdicts import State
from metrics.summaries import summarise_program
from programs.models import Measure, Target
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.freezing import (
    BASELINE,
    EVALUATION,
    JULY,
    TODAY,
    freeze,
    manager_of,
    promise_with,
    report_of,
    report_year,
)
from tests.metrics.recount import Recount, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def reasons(evaluation):
    return {line["month"]: line["reason"] for line in evaluation.exclusions}


# --- What is frozen --------------------------------------------------------------------------


def test_frozen_verdict_is_the_one_on_the_programs_page():
    target = promise_with(sites=2)
    frozen = read_document(document_of(freeze(target)))
    shown = summarise_program(target.program, today=TODAY).target
    assert frozen.verdict.state == shown.verdict.state == State.REACHED_POINT
    assert frozen.verdict.ratio.high == pytest.approx(shown.verdict.ratio.high, rel=1e-9)
    assert frozen.evaluation.counts == shown.evaluation.counts
    assert frozen.evaluation.completeness == shown.evaluation.completeness


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("rule", Target.SitesRule)
@pytest.mark.parametrize("approval", [True, False])
def test_frozen_rows_are_those_that_a_recount_finds(measure, rule, approval):
    program = make_program(7, approval_required=approval)
    target = TargetFactory(program=program, measure=measure, sites_rule=rule)
    frozen = read_document(document_of(freeze(target)))
    codes = {row["site"] for row in Evaluation.objects.get().rows}
    named = program.sites.filter(code__in=codes).values_list("pk", flat=True)
    sites = None if rule == "all" else set(named)
    for figures, months in ((frozen.baseline, BASELINE), (frozen.evaluation, EVALUATION)):
        found = figures.counts.deaths, figures.counts.births, figures.counts.reports
        assert found == Recount(program).counts(months, measure, sites)
        assert figures.completeness.expected == Recount(program).expected(months, sites)


@pytest.mark.parametrize("seed", range(5))
def test_every_expected_month_is_a_row_or_has_a_reason(seed):
    program = make_program(seed)
    evaluation = freeze(TargetFactory(program=program))
    lines = [*evaluation.rows, *evaluation.exclusions]
    told = sorted((line["site"], line["month"]) for line in lines)
    assert len(told) == len(set(told))
    expected = sum(own["expected"] for own in evaluation.inputs["periods"].values())
    outside = [own for own in evaluation.exclusions if "did not take part" in own["reason"]]
    assert len(told) - len(outside) == expected


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.DRAFT, "A draft only: not submitted."),
        (Status.SUBMITTED, "Submitted, but waits for approval."),
        (Status.RETURNED, "Returned to the reporter, to be corrected."),
        (Status.REOPENED, "Reopened, to be corrected."),
    ],
)
def test_report_that_is_not_official_is_left_out_and_says_why(status, reason):
    target = promise_with(program__approval_required=True)
    MonthlyReport.objects.update(status=Status.APPROVED)
    report_of().update(status=status)
    assert reasons(freeze(target)) == {"2024-07": reason}


def test_month_that_nobody_reported_is_named():
    target = promise_with()
    report_of().delete()
    assert reasons(freeze(target)) == {"2024-07": "Not reported."}


def test_report_without_the_measure_is_named():
    target = promise_with()
    report_of().update(infant_deaths=None)
    reason = "Reported, but the deaths of this measure, or the births, were not counted."
    assert reasons(freeze(target)) == {"2024-07": reason}


def test_site_left_out_by_the_contract_is_named_month_by_month():
    target = promise_with(sites_rule=Target.SitesRule.BOTH)
    late = ParticipationFactory(program=target.program, site__code="LATE").site
    report_year(late, EVALUATION, 10)
    evaluation = freeze(target)
    assert {row["site"] for row in evaluation.rows} == {"S-0"}
    assert {(line["site"], line["reason"]) for line in evaluation.exclusions} == {
        ("LATE", "The site is left out: it did not report in both periods.")
    }
    assert len(evaluation.exclusions) == 24


def test_report_of_a_closed_month_is_named():
    target = promise_with()
    closed = SiteFactory(code="SHUT", spells=[(date(2020, 1, 1), date(2024, 6, 1))])
    ParticipationFactory(program=target.program, site=closed)
    report_year(closed, BASELINE, 70)
    MonthlyReportFactory(site=closed, month=JULY)
    reason = "Reported, but the site did not take part, or was closed, in this month."
    assert reasons(freeze(target)) == {"2024-07": reason}


def test_contract_is_written_down_exactly():
    contract = freeze(promise_with(reduction_percent=Decimal("30.0"))).inputs["contract"]
    assert contract == {
        "measure": "infant", "per": 1000, "reduction_percent": "30", "level": None,
        "baseline": "2023-01..2023-12", "evaluation": "2024-07..2025-06", "sites_rule": "all",
        "min_completeness": 80, "confidence": "95", "due_month": "2025-06", "version": 1,
        "reason": "", "locked_on": None,
    }  # fmt: skip


# --- The laws --------------------------------------------------------------------------------


def test_freezing_twice_gives_the_same_checksum_and_keeps_one():
    target = promise_with(sites=2)
    first, second = freeze(target), freeze(target)
    assert first == second
    assert Evaluation.objects.count() == 1


def test_freezing_on_another_day_keeps_another():
    target = promise_with()
    first, later = freeze(target), freeze(target, TODAY + timedelta(days=1))
    assert first.checksum != later.checksum
    assert first.rows == later.rows


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("promise", [{}, {"reduction_percent": None, "level": Decimal("12.5")}])
def test_verdict_is_recomputed_to_the_same_bytes_from_its_own_file(seed, promise):
    program = make_program(seed, reported=0.98, statuses=[Status.APPROVED])
    freeze(TargetFactory(program=program, **promise))
    file = to_bytes(document_of(Evaluation.objects.get()))
    document = json.loads(file)
    assert to_bytes(recompute(document)) == file
    assert checksum_of(document) == document["checksum"]


def test_verdict_whose_periods_mix_calendar_months_is_recomputed_too():
    last = date(2025, 3, 1)
    target = promise_with(evaluation_first=JULY, evaluation_last=last, due_month=last)
    document = document_of(freeze(target))
    assert document["verdict"]["crude_ratio"] == 0.7
    assert to_bytes(recompute(document)) == to_bytes(document)


def test_ratio_without_limit_can_be_written():
    target = TargetFactory()
    site = ParticipationFactory(program=target.program).site
    report_year(site, BASELINE, 0)
    report_year(site, EVALUATION, 5)
    document = document_of(freeze(target))
    assert document["verdict"]["ratio"]["ratio"] == "Infinity"
    assert recompute(json.loads(to_bytes(document))) == document


def test_promise_without_any_report_or_site_can_be_frozen():
    document = document_of(freeze(TargetFactory()))
    assert document["verdict"]["state"] == State.NO_VERDICT
    assert document["periods"]["baseline"] == {"elapsed": None, "expected": 0}
    assert recompute(document) == document


def test_only_a_manager_of_all_sites_may_freeze():
    target = promise_with()
    site = target.program.sites.get()
    for member in ({}, {"role": "reporter"}, {"role": "manager", "sites": [site]}):
        user = MembershipFactory(program=target.program, **member).user
        with pytest.raises(PermissionDenied):
            freeze_evaluation(target=target, by=user, today=TODAY)
    assert not Evaluation.objects.exists()


def test_evaluation_is_never_edited_or_deleted():
    evaluation = freeze(promise_with())
    copy = Evaluation(pk=evaluation.pk, target=evaluation.target)
    for attempt in (
        evaluation.save,
        evaluation.delete,
        Evaluation.objects.all().delete,
        lambda: Evaluation.objects.filter(pk=1).update(checksum=""),
        lambda: Evaluation.objects.bulk_update([evaluation], ["checksum"]),
        copy.delete,
    ):
        sentence = "never edited and never deleted"
        with pytest.raises(KeptAsItWasError, match=sentence), transaction.atomic():
            attempt()
    assert Evaluation.objects.get().checksum == evaluation.checksum


def test_stored_evaluation_is_not_written_over_under_its_number():
    evaluation = freeze(promise_with())
    forged = document_of(evaluation) | {"inputs": {}, "frozen_by": evaluation.frozen_by}
    names = ("inputs", "rows", "verdict", "checksum", "frozen_by")
    other = Evaluation(
        pk=evaluation.pk, target=evaluation.target, **{name: forged[name] for name in names}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()
    assert Evaluation.objects.get().inputs == evaluation.inputs


@pytest.mark.parametrize("sites", [1, 3])
def test_freezing_takes_ten_queries(django_assert_num_queries, sites):
    target = promise_with(sites=sites)
    boss = manager_of(target.program)
    with django_assert_num_queries(10):
        freeze_evaluation(target=target, by=boss, today=TODAY)
