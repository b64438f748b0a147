from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.gate import SiteAtGate, pass_gate
from metrics.models import (
    COUNT_FIELDS,
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    Door,
    Evaluation,
    ImportBatch,
    IndicatorAttribute,
    IndicatorCard,
    MonthlyReport,
    Status,
)
from metrics.models.reports import AGE_FIELDS, BIRTHS, DEATHS
from programs.models import Measure
from programs.periods import Period
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount, deaths_and_births, make_program
from tests.wording import exactly

pytestmark = pytest.mark.django_db

JULY = date(2024, 7, 1)
SEVERAL_IN_ONE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def refused(row):
    """What the row's own check says."""
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    return error.value.messages


# --- What may never be false ---------------------------------------------------------------


def unsaved_report(**counts):
    site = SiteFactory()
    return MonthlyReport(site=site, month=JULY, **{"live_births": 9, "infant_deaths": 2} | counts)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"early_neonatal_deaths": 3}, "Deaths by age cannot exceed infant deaths."),
        (
            {"late_neonatal_deaths": 1, "postneonatal_deaths": 1, "age_unknown_deaths": 1},
            "Deaths by age cannot exceed infant deaths.",
        ),
        (
            {"infant_deaths": None, "early_neonatal_deaths": 0},
            "Deaths by age are given but infant deaths are not.",
        ),
    ],
)
def test_report_keeps_deaths_by_age_within_infant_deaths(counts, sentence):
    assert refused(unsaved_report(**counts)) == [sentence]
    with pytest.raises(IntegrityError):
        unsaved_report(**counts).save()


def test_report_without_infant_deaths_is_sound():
    report = unsaved_report(infant_deaths=None)
    report.full_clean()
    report.save()
    assert MonthlyReport.objects.get().infant_deaths is None


def test_site_reports_a_month_once():
    first = MonthlyReportFactory(month=JULY)
    again = MonthlyReport(site=first.site, month=JULY, live_births=1)
    assert refused(again) == ["This site has already reported this month."]
    with pytest.raises(IntegrityError):
        again.save()


@pytest.mark.parametrize("name", COUNT_FIELDS)
def test_count_below_zero_is_refused(name):
    report = unsaved_report(**{name: -1})
    assert "Ensure this value is greater than or equal to 0." in refused(report)
    with pytest.raises(IntegrityError):
        report.save()


@pytest.mark.parametrize("status", Status)
def test_report_speaks_of_its_site_and_month(status):
    report = MonthlyReportFactory(month=JULY, site__name="Clinic", site__code="C-1", status=status)
    assert str(report) == "Clinic (C-1), 2024-07"
    assert report.version_number == f"{report.pk}-1"


def make_dimension():
    place = Dimension.objects.create(name="Place of death", code="place")
    home = Category.objects.create(dimension=place, name="Home", code="home")
    Category.objects.create(dimension=place, name="Unknown", code="unknown", is_unknown=True)
    return place, home


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "home"}, "This dimension has a category with this code already."),
        ({"code": "u2", "is_unknown": True}, "This dimension has its “unknown” already."),
    ],
)
def test_category_is_one_of_its_kind(fields, sentence):
    place, _ = make_dimension()
    category = Category(dimension=place, name="Another", **fields)
    assert refused(category) == [sentence]
    with pytest.raises(IntegrityError):
        category.save()


def test_report_is_broken_down_by_a_category_once():
    _, home = make_dimension()
    report = MonthlyReportFactory()
    BreakdownCount.objects.create(report=report, category=home, live_births=4)
    again = BreakdownCount(report=report, category=home)
    assert refused(again) == ["This report has a count for this category already."]
    with pytest.raises(IntegrityError):
        again.save()


def test_retired_category_keeps_its_counts_and_is_offered_no_more():
    place, home = make_dimension()
    BreakdownCount.objects.create(report=MonthlyReportFactory(), category=home, live_births=4)
    home.retired = True
    home.save()
    assert [own.code for own in place.categories.in_use()] == ["unknown"]
    assert home.counts.get().live_births == 4
    assert [str(count.category) for count in home.counts.all()] == ["Place of death: Home"]


@pytest.mark.parametrize("year", [2022, None])
def test_benchmark_is_recorded_once(year):
    fields = {"place": "Atlantis", "source": "WHO", "value": 38, "year": year}
    Benchmark.objects.create(**fields)
    again = Benchmark(**fields)
    assert "This benchmark is recorded already. Change that row." in refused(again)
    with pytest.raises(IntegrityError):
        again.save()


@pytest.mark.parametrize(("year", "said"), [(2022, "2022"), (None, "year not stated")])
def test_benchmark_says_where_it_is_from(year, said):
    own = Benchmark.objects.create(place="Atlantis", source="WHO", value="38.00", year=year)
    own.refresh_from_db()
    assert str(own) == f"Atlantis: 38 (WHO, {said})"


def make_card():
    """A card without texts, in the place of the one that is there from the start."""
    IndicatorCard.objects.filter(measure=Measure.MATERNAL).delete()
    return IndicatorCard.objects.create(measure=Measure.MATERNAL, name="Maternal mortality")


def test_card_is_one_per_measure_and_attribute():
    card = make_card()
    assert refused(IndicatorCard(measure=Measure.MATERNAL, name="Again")) == [
        "This measure has its card already. Change that one."
    ]
    IndicatorAttribute.objects.create(card=card, attribute="formula", text="deaths ÷ births")
    again = IndicatorAttribute(card=card, attribute="formula", text="births ÷ deaths")
    assert refused(again) == ["This card has a text for this attribute already."]
    assert str(again) == "Maternal mortality: Formula"


def test_text_from_a_source_names_it():
    card = make_card()
    text = IndicatorAttribute(card=card, attribute="tips", text="…", origin="source")
    assert refused(text) == ["Name the source this text is from."]
    with pytest.raises(IntegrityError):
        text.save()


few = st.none() | st.integers(0, 3)


@SEVERAL_IN_ONE
@given(st.fixed_dictionaries(dict.fromkeys(COUNT_FIELDS, few) | {"live_births": st.just(9)}))
def test_what_passed_the_gate_satisfies_the_database(raw):
    site = SiteAtGate("Clinic", (Period(JULY, JULY),))
    passage = pass_gate(raw, site=site, month=JULY, today=date(2025, 7, 15))
    if not passage.is_refused:
        with transaction.atomic():
            unsaved_report(**passage.counts).save()


# --- Sums ----------------------------------------------------------------------------------


def test_totals_of_nothing_are_zeros():
    assert MonthlyReport.objects.none().totals() == dict.fromkeys(COUNT_FIELDS, 0)
    assert MonthlyReport.objects.all().totals() == dict.fromkeys(COUNT_FIELDS, 0)


def test_totals_leave_out_what_was_not_counted():
    MonthlyReportFactory(stillbirths=None)
    MonthlyReportFactory(stillbirths=3)
    totals = MonthlyReport.objects.all().totals()
    assert (totals["live_births"], totals["stillbirths"]) == (200, 3)
    assert totals["maternal_deaths"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_totals_agree_with_a_recount(seed):
    make_program(seed)
    recount = dict.fromkeys(COUNT_FIELDS, 0)
    for report in MonthlyReport.objects.all():
        for name in COUNT_FIELDS:
            recount[name] += getattr(report, name) or 0
    assert MonthlyReport.objects.all().totals() == recount


@pytest.mark.parametrize("measure", Measure)
def test_deaths_and_births_of_each_report_agree_with_a_recount(measure):
    make_program(seed=7)
    rows = MonthlyReport.objects.annotate(d=DEATHS[measure], b=BIRTHS[measure])
    assert rows.count() > 100
    for report in rows:
        pair = None if report.d is None else (report.d, report.b)
        assert pair == deaths_and_births(report, measure)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((1, 2, None, None), 3),
        ((1, 2, 1, 4), 3),
        ((None, None, 5, None), 5),
        ((None, None, 5, 2), 3),
        ((1, None, 5, 0), 5),
        ((1, None, None, None), None),
        ((None, 1, None, 3), None),
        ((None, None, None, None), None),
    ],
)
def test_neonatal_deaths_are_counted_or_derived(ages, expected):
    MonthlyReportFactory(infant_deaths=10, **dict(zip(AGE_FIELDS, ages, strict=True)))
    assert MonthlyReport.objects.values_list(DEATHS[Measure.NEONATAL], flat=True).get() == expected


def test_stillbirths_are_set_against_all_births_and_others_against_live_births():
    MonthlyReportFactory(live_births=98, stillbirths=2)
    births = MonthlyReport.objects.values(**{str(m): BIRTHS[m] for m in Measure}).get()
    assert births.pop("stillbirth") == 100
    assert set(births.values()) == {98}


# --- Which reports -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approval_required", "expected"), [(False, {"submitted", "approved"}), (True, {"approved"})]
)
def test_official_reports_are_submitted_and_approved_as_the_program_asks(
    approval_required, expected
):
    for status in Status:
        MonthlyReportFactory(status=status)
    program = ProgramFactory(approval_required=approval_required)
    official = MonthlyReport.objects.official(program)
    assert {report.status for report in official} == expected
    assert official.count() == len(expected)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("role", [None, "program", "comparison"])
def test_reports_of_a_program_agree_with_a_recount(seed, role):
    program = make_program(seed)
    expected = sorted(report.pk for report in Recount(program, role).reports)
    found = MonthlyReport.objects.of_program(program, role=role).values_list("pk", flat=True)
    assert sorted(found) == expected
    assert 0 < len(expected) < MonthlyReport.objects.count()


def test_reports_of_targets_come_once_for_each_target():
    program = make_program(seed=3)
    targets = [TargetFactory(program=program), TargetFactory(program=program, measure="maternal")]
    rows = MonthlyReport.objects.of_targets(targets)
    found = rows.values_list(F("site__participations__program__targets"), "pk")
    expected = [report.pk for report in Recount(program).official()]
    assert sorted(found) == sorted((t.pk, pk) for t in targets for pk in expected)


def test_in_period_includes_both_ends():
    site = SiteFactory()
    for month in Period(date(2024, 1, 1), date(2024, 6, 1)):
        MonthlyReportFactory(site=site, month=month)
    found = MonthlyReport.objects.in_period(Period(date(2024, 2, 1), date(2024, 4, 1)))
    assert [report.month.month for report in found] == [2, 3, 4]


def test_reports_are_visible_where_their_site_is():
    own, other = ParticipationFactory(), ParticipationFactory()
    mine = MonthlyReportFactory(site=own.site)
    MonthlyReportFactory(site=other.site)
    member = MembershipFactory(program=own.program).user
    assert MonthlyReport.objects.visible_to(member).get() == mine
    assert not MonthlyReport.objects.visible_to(UserFactory(is_superuser=True)).exists()


def test_breakdowns_evaluations_and_batches_are_visible_to_members_only():
    part = ParticipationFactory()
    report = MonthlyReportFactory(site=part.site)
    BreakdownCount.objects.create(report=report, category=make_dimension()[1])
    target = TargetFactory(program=part.program)
    boss = MembershipFactory(program=part.program, role="manager").user
    frozen = {"inputs": {}, "verdict": {}, "rows": [], "frozen_by": boss, "checksum": "0"}
    Evaluation.objects.create(target=target, **frozen)
    ImportBatch.objects.create(program=part.program, file_name="a.csv")
    viewer, stranger = MembershipFactory(program=part.program).user, UserFactory(is_superuser=True)
    kinds = (BreakdownCount, Evaluation, ImportBatch)
    seen = {
        who: [k.objects.visible_to(who).count() for k in kinds] for who in (boss, viewer, stranger)
    }
    assert list(seen.values()) == [[1, 1, 1], [1, 1, 0], [0, 0, 0]]


# --- History -------------------------------------------------------------------------------


def test_history_keeps_every_version_with_who_when_why_and_through_which_door():
    report, someone = MonthlyReportFactory(infant_deaths=5), UserFactory()
    report.infant_deaths, report.version, report.door = 6, 2, Door.FILE
    report._history_user, report._change_reason = someone, "import 1: july.csv"
    report.save()
    newest, first = report.history.all()
    assert (first.infant_deaths, first.version, first.door) == (5, 1, "typed")
    assert (newest.infant_deaths, newest.version, newest.door) == (6, 2, "file")
    assert (newest.history_user, newest.history_change_reason) == (someone, "import 1: july.csv")
    assert newest.history_date > first.history_date


def test_site_with_reports_cannot_be_deleted():
    report = MonthlyReportFactory()
    with pytest.raises(IntegrityError, match="protected"):
        report.site.delete()


def test_month_is_the_first_day_or_refused():
    report = MonthlyReport(site=SiteFactory(), month=date(2024, 7, 15), live_births=1)
    sentence = '"2024-07-15" is not a month. Write year-month, such as 2024-01.'
    assert refused(report) == [sentence]
    with pytest.raises(ValidationError, match=exactly(f"['{sentence}']")):
        report.save()
