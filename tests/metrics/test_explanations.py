"""From a figure to its reports, and a verdict from all sides."""

from datetime import date

import pytest
from django.urls import reverse

from metrics.models import BreakdownCount, Category, Status
from metrics.stats.flags import Flag
from metrics.stats.verdicts import State
from metrics.summaries import summarise_how_we_know, summarise_program
from programs.models import Participation, Role, Target
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

BASELINE = Period.parse("2023-01..2023-12")
EVALUATION = Period.parse("2024-07..2025-06")


def report_year(site, period, births, deaths, **counts):
    for month in period:
        MonthlyReportFactory(
            site=site, month=month, live_births=births, infant_deaths=deaths, **counts
        )


def program_with(sites=1, **target):
    """A program whose sites fell from 70 to 49 per 1,000, each on 1,200 births a period."""
    promise = TargetFactory(**target)
    for _ in range(sites):
        site = ParticipationFactory(program=promise.program).site
        report_year(site, BASELINE, 1000, 70)
        report_year(site, EVALUATION, 1000, 49)
    return promise.program


def sign_in(client, program, **membership):
    member = MembershipFactory(program=program, **membership)
    client.force_login(member.user)
    return member


def address(program, period=BASELINE, measure="infant"):
    return reverse("explanation", args=[program.slug, measure, period])


# --- The reports of a figure --------------------------------------------------------------


def test_explained_figure_is_the_sum_of_the_reports_listed(client, today):
    program = program_with(sites=2)
    sign_in(client, program)

    response = client.get(address(program))

    explained, listed = response.context["explained"], list(response.context["reports"])
    assert explained.figures.counts.deaths == sum(report.deaths for report in listed) == 1680
    assert explained.figures.counts.births == sum(report.births for report in listed) == 24000
    assert "1,680 deaths ÷ 24,000 births × 1,000 = 70.000" in response.text


def test_report_that_does_not_count_is_not_among_them(client, today):
    program = program_with()
    site = program.sites.get()
    site.monthly_reports.filter(month=date(2023, 1, 1)).update(status=Status.RETURNED)
    site.monthly_reports.filter(month=date(2023, 2, 1)).update(infant_deaths=None)
    sign_in(client, program)

    explained = client.get(address(program)).context["explained"]

    received = explained.figures.completeness
    assert (received.received, received.expected) == (10, 12)


def test_explained_figure_of_one_site_is_that_sites(client, today):
    program = program_with(sites=2)
    sign_in(client, program)
    code = program.sites.first().code

    explained = client.get(address(program), {"site": code}).context["explained"]

    assert explained.figures.counts.deaths == 840
    assert {report.site.code for report in explained.reports} == {code}


def test_explained_figure_of_the_contract_takes_its_sites_only(client, today):
    program = program_with(sites_rule=Target.SitesRule.BOTH)
    report_year(ParticipationFactory(program=program).site, BASELINE, 10, 9)
    sign_in(client, program)

    own = client.get(address(program), {"of": "contract"}).context["explained"]
    everywhere = client.get(address(program)).context["explained"]

    assert (own.figures.counts.deaths, everywhere.figures.counts.deaths) == (840, 840 + 108)


def test_limited_member_sees_the_reports_of_their_sites_and_is_told_so(client, today):
    program = program_with(sites=2)
    site = program.sites.first()
    sign_in(client, program, sites=[site])

    response = client.get(address(program))

    assert {report.site_id for report in response.context["reports"]} == {site.pk}
    assert "The reports listed are those of your sites." in response.text


def test_site_of_somebody_else_is_not_explained(client, today):
    program = program_with(sites=2)
    own, other = program.sites.all()
    sign_in(client, program, sites=[own])
    assert client.get(address(program), {"site": other.code}).status_code == 404


@pytest.mark.parametrize("name", ["explanation", "how_we_know"])
def test_stranger_finds_nothing(client, today, name):
    program = program_with()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    where = address(program) if name == "explanation" else reverse(name, args=[program.slug])
    assert client.get(where).status_code == 404


@pytest.mark.parametrize(
    "period", ["2023-13..2023-14", "2024-01..2023-01", "2023-01", "0000-01..0000-02"]
)
def test_period_that_is_none_is_not_found(client, today, period):
    program = program_with()
    sign_in(client, program)
    assert client.get(f"/programs/{program.slug}/explain/infant/{period}/").status_code == 404


@pytest.mark.parametrize("sites", [1, 3])
def test_explanation_takes_thirteen_queries(client, today, django_assert_num_queries, sites):
    program = program_with(sites=sites)
    sign_in(client, program)
    with django_assert_num_queries(13):
        assert client.get(address(program)).status_code == 200


# --- A verdict from all sides -------------------------------------------------------------


@pytest.mark.parametrize("sites", [1, 3])
def test_how_we_know_takes_twelve_queries(client, today, django_assert_num_queries, sites):
    program = program_with(sites=sites)
    sign_in(client, program)
    with django_assert_num_queries(12):
        assert client.get(reverse("how_we_know", args=[program.slug])).status_code == 200


def test_how_we_know_without_a_promise_says_so(client, today):
    program = ParticipationFactory().program
    sign_in(client, program)
    response = client.get(reverse("how_we_know", args=[program.slug]))
    assert "Nothing has been promised yet" in response.text


def test_site_and_area_each_have_their_own_verdict(today):
    region = AreaFactory(kind="region", name="North")
    program = program_with()
    program.sites.update(area=AreaFactory(parent=region, name="Inside"))
    small = ParticipationFactory(program=program, site=SiteFactory(area=region)).site
    report_year(small, BASELINE, 5, 0)
    report_year(small, EVALUATION, 5, 0)

    known = summarise_how_we_know(program, today=today)

    assert {line.place: line.verdict.state for line in known.sites}[small] == State.TOO_LITTLE
    assert [(line.place.name, line.level) for line in known.areas] == [("North", 0), ("Inside", 1)]
    assert known.areas[0].evaluation.counts.births == 12_060  # both sites, recounted
    assert known.areas[1].evaluation.counts.births == 12_000


def test_excess_deaths_are_those_beyond_the_programs_baseline_rate(today):
    program = program_with(sites=2)
    line = summarise_how_we_know(program, today=today).sites[0]
    assert line.excess.value == pytest.approx(12 * 49 - 0.07 * 12_000)


def test_verdict_is_given_under_both_sites_rules(today):
    program = program_with()
    report_year(ParticipationFactory(program=program).site, EVALUATION, 1000, 200)

    rules = summarise_program(program, today=today).details.by_sites_rule

    assert rules["all"].verdict.state == State.NO_VERDICT  # half of the baseline is missing
    assert rules["both"].verdict.state == State.REACHED_POINT


def test_flags_say_what_to_beware_of_and_change_nothing(today):
    program = program_with()
    plain = summarise_program(program, today=today)
    program.participations.update(chosen_because_high=True)
    comparison = ParticipationFactory(program=program, role=Participation.Role.COMPARISON).site
    report_year(comparison, BASELINE, 1000, 70)
    report_year(comparison, EVALUATION, 1000, 50)

    flagged = summarise_program(program, today=today)

    assert plain.details.flags == ()
    assert flagged.details.flags == (Flag.SELECTED_BECAUSE_HIGH, Flag.COMPARISON_FELL_TOO)
    assert flagged.target.verdict == plain.target.verdict


def test_stillbirths_that_rise_are_flagged(today):
    promise = TargetFactory()
    site = ParticipationFactory(program=promise.program).site
    report_year(site, BASELINE, 1000, 70, stillbirths=5)
    report_year(site, EVALUATION, 1000, 49, stillbirths=30)
    details = summarise_program(promise.program, today=today).details
    assert details.flags == (Flag.STILLBIRTHS_ROSE,)


def test_tipping_point_is_the_first_number_of_deaths_that_changes_the_state(today):
    program = program_with()
    tipping = summarise_program(program, today=today).details.tipping
    site = program.sites.get()

    def state_with(extra):
        site.monthly_reports.filter(month=EVALUATION.first).update(infant_deaths=49 + extra)
        return summarise_program(program, today=today).target.verdict.state

    assert state_with(tipping.extra_deaths - 1) == State.REACHED_POINT
    assert state_with(tipping.extra_deaths) == State.NOT_REACHED


def test_averted_deaths_are_expected_less_counted(today):
    averted = summarise_program(program_with(), today=today).details.averted
    assert averted.averted == pytest.approx(0.07 * 12_000 - 12 * 49)


def test_seasons_are_matched_where_the_periods_mix_them_differently(today):
    promise = TargetFactory(baseline_first=date(2022, 7, 1), baseline_last=date(2023, 12, 1))
    site = ParticipationFactory(program=promise.program, first_month=date(2022, 7, 1)).site
    report_year(site, Period.parse("2022-07..2023-12"), 1000, 70)
    report_year(site, EVALUATION, 1000, 49)

    verdict = summarise_program(promise.program, today=today).target.verdict

    assert verdict.stratified is not None
    assert verdict.ratio.ratio == pytest.approx(0.7)


def test_member_limited_to_some_sites_sees_no_areas(client, today):
    program = program_with(sites=2)
    site = program.sites.first()
    sign_in(client, program, sites=[site], role=Role.REPORTER)

    summary = client.get(reverse("how_we_know", args=[program.slug])).context["summary"]

    assert [line.place for line in summary.sites] == [site]
    assert summary.areas == []


def break_down(site, period, **deaths):
    """Half of the births are girls, half are boys; so many of each die a month."""
    for report in site.monthly_reports.filter(month__range=(period.first, period.last)):
        for code, count in deaths.items():
            BreakdownCount.objects.create(
                report=report,
                category=Category.objects.get(dimension__code="sex", code=code),
                live_births=500,
                infant_deaths=count,
            )


@pytest.mark.parametrize(("girls", "flags"), [(24, ()), (37, (Flag.GROUPS_LEFT_BEHIND,))])
def test_group_left_behind_is_flagged(today, girls, flags):
    program = program_with()
    site = program.sites.get()
    break_down(site, BASELINE, female=35, male=35)
    break_down(site, EVALUATION, female=girls, male=49 - girls)
    assert summarise_program(program, today=today).details.flags == flags


@pytest.mark.parametrize(("births", "too_late"), [(50, True), (1000, False)])
def test_promise_that_cannot_be_judged_in_time_is_said_before_it_is_due(today, births, too_late):
    promise = TargetFactory(due_month=date(2025, 12, 1))
    site = ParticipationFactory(program=promise.program).site
    report_year(site, BASELINE, births, births * 7 // 100)
    report_year(site, Period.parse("2024-07..2025-06"), births, births * 5 // 100)
    details = summarise_program(promise.program, today=today).details
    assert details.is_too_late is too_late


def test_promise_that_is_due_is_judged_and_not_planned(today):
    details = summarise_program(program_with(), today=today).details
    assert (details.chance_in_time, details.is_too_late) == (None, False)
