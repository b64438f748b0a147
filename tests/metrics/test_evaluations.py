"""Frozen verdicts: made from what counts, found again from their file, held against today."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from metrics.evaluations import (
    UnreadableDocumentError,
    checksum_of,
    compare_with_today,
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
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2025, 7, 15)  # the last month that is over is 2025-06
JULY = date(2024, 7, 1)
BASELINE = Period.parse("2023-01..2023-12")
EVALUATION = Period.parse("2024-07..2025-06")


def report_year(site, period, deaths, births=1000):
    for month in period:
        MonthlyReportFactory(site=site, month=month, live_births=births, infant_deaths=deaths)


def promise_with(sites=1, **target):
    """A promise whose sites fell from 70 to 49 deaths per 1,000 births, month after month."""
    promise = TargetFactory(**target)
    for number in range(sites):
        site = ParticipationFactory(program=promise.program, site__code=f"S-{number}").site
        report_year(site, BASELINE, 70)
        report_year(site, EVALUATION, 49)
    return promise


def manager_of(program):
    return MembershipFactory(program=program, role="manager").user


def freeze(target, today=TODAY):
    return freeze_evaluation(target=target, by=manager_of(target.program), today=today)


def report_of(month=JULY, code="S-0"):
    return MonthlyReport.objects.filter(site__code=code, month=month)


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
    sites = None if rule == "all" else set(program.sites.filter(code__in=codes).values_list("pk"))
    sites = sites if sites is None else {pk for (pk,) in sites}
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
    file = to_bytes(document_of(Evaluation.objects.get(pk=freeze(
        TargetFactory(program=program, **promise)
    ).pk)))  # fmt: skip
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
def test_freezing_takes_nine_queries(django_assert_num_queries, sites):
    target = promise_with(sites=sites)
    boss = manager_of(target.program)
    with django_assert_num_queries(9):
        freeze_evaluation(target=target, by=boss, today=TODAY)


@pytest.mark.parametrize("sites", [1, 3])
def test_comparing_takes_four_queries(django_assert_num_queries, sites):
    evaluation = freeze(promise_with(sites=sites))
    with django_assert_num_queries(4):
        compare_with_today(evaluation, TODAY)


# --- Compared with today ---------------------------------------------------------------------


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


# --- The file, on its own --------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "evaluation.json"
    path.write_bytes(to_bytes(document_of(freeze(promise_with()))))
    return path


def change_file(path, change):
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document, indent=2))


def test_command_finds_the_same(file, capsys):
    change_file(file, lambda document: None)  # laid out anew, which changes nothing
    call_command("recompute_evaluation", file)
    assert capsys.readouterr().out == "same\n"


def test_command_names_the_verdict_that_rows_do_not_give(file):
    def forge(document):
        document["verdict"]["state"] = "reached_strong"
        document["checksum"] = checksum_of(document)

    change_file(file, forge)
    sentence = 'verdict.state: "reached_strong" in the file, "reached_point_not_certain" recomputed'
    with pytest.raises(CommandError, match=sentence):
        call_command("recompute_evaluation", file)


def test_command_names_a_checksum_that_does_not_fit(file):
    change_file(file, lambda document: document["exclusions"].append("one more"))
    with pytest.raises(CommandError, match=r"checksum: .* but its content gives"):
        call_command("recompute_evaluation", file)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": NaN}', "[" * 9999]
)
def test_command_refuses_with_a_sentence_what_is_no_evaluation(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"Export|no JSON object|is not known|is not JSON"):
        call_command("recompute_evaluation", path)


def test_command_says_that_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("recompute_evaluation", tmp_path / "none.json")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("deaths", -1, "is negative"),
        ("deaths", "5", "cannot be judged"),
        ("month", "2022-01", "lies in neither period"),
        ("month", "2023-02", "is there twice"),
    ],
)
def test_row_that_cannot_be_is_refused(key, value, sentence):
    document = document_of(freeze(promise_with()))
    document["rows"][0][key] = value
    with pytest.raises(UnreadableDocumentError, match=sentence):
        recompute(document)
