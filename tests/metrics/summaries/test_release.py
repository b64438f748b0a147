"""What is released of a program: of when, of what, and how it stands beside the program's own."""

from datetime import date

import pytest
from django.core.cache import cache

from metrics.summaries import summarise_program
from metrics.summaries.release import release_for
from programs.models import Measure, Participation, Program
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2025, 7, 15)
BASELINE, EVALUATION = Period.parse("2023-01..2023-12"), Period.parse("2024-07..2025-06")


def build(deaths=(5, 7, 9), *, months=(*BASELINE, *EVALUATION), births=100, **own):
    """Sites that report the same every month, in a program that withholds 1 to 4; its viewer."""
    program = ProgramFactory(slug="hb", withhold_up_to=4, **own)
    TargetFactory(program=program)
    for number, count in enumerate(deaths):
        site = ParticipationFactory(program=program, site__code=f"S{number}").site
        for month in months:
            MonthlyReportFactory(site=site, month=month, live_births=births, infant_deaths=count)
    return MembershipFactory(program=program)


def yearly(release, code, measure=Measure.INFANT):
    part = next(own for own in release.participations if own.site.code == code)
    return [own.deaths for own in release.site(part, measure, release.years).years]


@pytest.mark.parametrize("role", ["reporter", "manager"])
def test_nothing_is_withheld_from_who_enters_or_manages_counts(role):
    program = build().program
    assert release_for(MembershipFactory(program=program, role=role), TODAY) is None


def test_nothing_is_withheld_where_no_program_says_so():
    assert release_for(MembershipFactory(), TODAY) is None


def test_verdict_is_that_of_the_program_page():
    membership = build()
    (own,) = release_for(membership, TODAY).contracts
    page = summarise_program(membership.program, today=TODAY).target
    assert own.summary.verdict.state == page.verdict.state
    assert own.measures[0].baseline.rate == page.baseline.rate
    assert own.measures[0].evaluation.completeness == page.evaluation.completeness


def test_verdict_is_withheld_with_any_of_its_counts():
    release = release_for(build([0, 0, 0]), TODAY)
    assert release.contracts[0].summary is not None  # no deaths at all are shown
    MonthlyReportFactory(month=date(2024, 9, 1), infant_deaths=2, site=_new_site(release.program))
    (own,) = release_for(MembershipFactory(program=release.program), TODAY).contracts
    assert (own.summary, own.measures[0].ratio) == (None, None)
    assert own.measures[0].baseline.deaths == 0
    assert own.measures[0].evaluation.deaths is None


def _new_site(program):
    return ParticipationFactory(program=program).site


def test_year_and_month_are_released_when_their_reports_are_overdue():
    membership = build(months=Period.parse("2023-01..2025-06"))
    assert release_for(membership, TODAY).year_labels == ["2023", "2024"]
    due = release_for(membership, date(2025, 1, 10))
    assert (due.year_labels, due.through) == (["2023"], date(2024, 11, 1))
    assert release_for(membership, date(2025, 1, 11)).year_labels == ["2023", "2024"]


def test_contract_whose_evaluation_runs_is_said_to_run():
    release = release_for(build(), date(2025, 7, 10))
    assert release.contracts == []
    assert [own.measure for own in release.running] == ["infant"]


def test_comparison_site_stands_apart():
    membership = build([5, 7])
    Participation.objects.filter(site__code="S1").update(role="comparison")
    release = release_for(membership, TODAY)
    assert [own.deaths for own in release.whole(Measure.INFANT).years] == [60, 30]
    assert yearly(release, "S1") == [84, 42]
    assert sum(own.years[0].deaths for own in release.areas(Measure.INFANT, release.years)) == 60


def test_births_of_stillbirths_hold_them_so_both_are_shown_or_none():
    membership = build([50])
    site = membership.program.sites.get()
    site.monthly_reports.update(stillbirths=0)
    site.monthly_reports.filter(month=date(2023, 5, 1)).update(stillbirths=3)
    years = release_for(membership, TODAY).whole(Measure.STILLBIRTH).years
    assert [(own.deaths, own.births) for own in years] == [(None, None), (0, 600)]


def test_what_was_not_counted_is_no_zero():
    figures = release_for(build(), TODAY).whole(Measure.MATERNAL).years[0]
    assert (figures.completeness.received, figures.completeness.expected) == (0, 36)
    assert figures.rate is None


def test_member_of_some_sites_sees_theirs_and_areas_that_hold_no_others():
    program = build().program
    one = program.sites.get(code="S0")
    release = release_for(MembershipFactory(program=program, sites=[one]), TODAY)
    assert [own.site.code for own in release.participations] == ["S0"]
    assert [own.place for own in release.areas(Measure.INFANT, release.years)] == [one.area]
    assert release.whole(Measure.INFANT).years[0].deaths == 252


def test_correction_comes_to_light_the_day_after():
    membership = build()
    release_for(membership, TODAY)
    membership.program.sites.get(code="S0").monthly_reports.update(infant_deaths=8)
    assert yearly(release_for(membership, TODAY), "S0") == [60, 30]
    assert yearly(release_for(membership, date(2025, 7, 16)), "S0") == [96, 48]


def test_change_of_the_setting_or_of_who_takes_part_holds_at_once():
    membership = build([1, 7, 9], births=500)
    assert yearly(release_for(membership, TODAY), "S0") == [12, 6]
    Program.objects.update(withhold_up_to=9)
    assert yearly(release_for(membership, TODAY), "S0") == [12, None]
    Participation.objects.filter(site__code="S0").update(first_month=date(2023, 2, 1))
    assert yearly(release_for(membership, TODAY), "S0") == [11, None]


def test_area_within_an_area_cannot_be_subtracted_from_it():
    region = AreaFactory(kind="region")
    membership = build([5, 6, 7, 20])
    for number, site in enumerate(membership.program.sites.order_by("code")):
        site.area.parent = region
        site.area.save()
        if not number:
            site.monthly_reports.update(infant_deaths=0)
            site.monthly_reports.filter(month=date(2023, 3, 1)).update(infant_deaths=2)
    cache.clear()
    release = release_for(membership, TODAY)
    shown = [own.years[0].deaths for own in release.areas(Measure.INFANT, release.years)]
    assert (shown[0], shown.count(None)) == (398, 2)
