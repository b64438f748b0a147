"""The page of a program's changes: which of them, and who sees them."""

from datetime import date, timedelta

import pytest
from django.test import Client

from metrics.summaries.history import Kind
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
)
from tests.metrics.approving import JUNE, join, words
from tests.metrics.history.telling import PAGE, changes_of, send, told

pytestmark = pytest.mark.django_db


# --- Which of them ---------------------------------------------------------------------------


def test_every_kind_is_found_and_together_they_are_all(program, manager, much):
    by_kind = {kind: changes_of(manager, program, kind=kind) for kind in Kind}
    assert all(own.kind == kind for kind, found in by_kind.items() for own in found)
    everything = changes_of(manager, program)
    assert sum(map(len, by_kind.values())) == len(everything)
    assert {own.kind for own in everything} == set(Kind)
    assert [own.at for own in everything] == sorted((own.at for own in everything), reverse=True)


def test_changes_are_narrowed_to_a_site(program, manager, much):
    titles = {own.title for own in changes_of(manager, program, site=much.pk)}
    assert titles == {"South Clinic", "South Clinic, 2025-06", "South Clinic, 2025-05"}


def test_changes_are_narrowed_to_a_month_of_counts(program, manager, much):
    found = changes_of(manager, program, month=JUNE)
    assert {own.title for own in found} == {"South Clinic, 2025-06", "North Clinic, 2025-06"}


def test_changes_are_narrowed_to_a_person(program, manager, reporter, much):
    found = changes_of(reporter, program, person=reporter.pk)
    assert [told(own)[:3] for own in found] == [
        ("Births that end in 0 or 5: North Clinic", "Added", "Lidia"),
        ("North Clinic, 2025-06", "Submitted", "Lidia"),
    ]


def test_changes_are_narrowed_to_days(program, manager, much):
    since = changes_of(manager, program, since=date(2025, 7, 6))
    until = changes_of(manager, program, until=date(2025, 7, 5))
    assert {own.at.date() for own in since} == {date(2025, 7, 8)}
    assert max(own.at.date() for own in until) == date(2025, 7, 5)
    assert len(since) + len(until) == len(changes_of(manager, program))


def test_question_of_the_page_narrows_what_it_shows(client, program, manager, much):
    seen = words(client.get(f"{PAGE}?kind=reports&site={much.code}&person={manager.pk}"))
    assert "1 change Latest first, times in UTC" in seen
    assert "South Clinic, 2025-06 Reports: submitted Live births 50 Infant deaths 2 Amara" in seen


def test_months_of_another_program_are_not_its_changes(program, manager, much):
    other = ParticipationFactory(site__name="Elsewhere").site
    MonthlyReportFactory(site=other)
    TargetFactory(program=other.programs.get())
    titles = " ".join(own.title for own in changes_of(manager, program))
    assert "Elsewhere" not in titles


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("kind=x", "Nothing is known of “x”. Choose another."),
        ("site=x", "Nothing is known of “x”. Choose another."),
        ("person=9999", "Nothing is known of “9999”. Choose another."),
        ("month=13", '"13" is not a month. Write year-month, such as 2024-01.'),
        ("since=x", "“x” is not a day. Write year-month-day, such as 2026-03-01."),
        (
            "since=2025-07-08&until=2025-07-05",
            "2025-07-05 lies before 2025-07-08. Give a later day.",
        ),
    ],
)
def test_unusable_question_is_told_and_shows_all(client, program, manager, much, asked, sentence):
    whole = client.get(PAGE).context["page"].paginator.count
    page = client.get(f"{PAGE}?{asked}")
    assert sentence in words(page)
    assert page.context["page"].paginator.count == whole


def test_nothing_found_is_said(client, program, manager):
    assert "No such change" in words(client.get(f"{PAGE}?kind=interventions"))


# --- Who sees them ---------------------------------------------------------------------------


def test_member_of_some_sites_finds_the_changes_of_these_alone(client, site, program, much):
    limited = MembershipFactory(program=program, role="manager", sites=[site]).user
    titles = {own.title for own in changes_of(limited, program)}
    assert not [own for own in titles if own.startswith("South")]
    assert {"North Clinic", "North Clinic, 2025-06", "Beginnings"} <= titles
    client.force_login(limited)
    seen = words(client.get(PAGE))
    assert "these are the changes of your sites" in seen
    assert "South Clinic" not in seen


def test_member_of_some_sites_finds_only_who_changed_these(client, site, program, much):
    client.force_login(MembershipFactory(program=program, sites=[site]).user)
    people = dict(client.get(PAGE).context["form"].fields["person"].choices)
    assert [own for own in people.values() if own] == ["Everybody", "Lidia"]


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_everybody_of_the_program_reads_its_changes(program, much, role):
    client = Client()
    client.force_login(join(program, role))
    seen = words(client.get(PAGE))
    assert "North Clinic, 2025-06 Reports: submitted" in seen
    assert "Amara People" not in seen


# --- The page --------------------------------------------------------------------------------


def test_change_leads_to_what_it_is_about(client, program, manager, much):
    page = client.get(PAGE).text
    assert 'href="/sites/NC-1/reports/2025-06/trail/"' in page
    assert 'href="/sites/NC-1/"' in page
    assert 'href="/programs/hb/people/"' in page
    assert 'href="/programs/hb/as-known/"' in page


def test_pages_hold_every_change_once_in_order(clock, client, program, site, manager):
    report = send(site, 1, manager)
    for number in range(120):
        clock.moment += timedelta(minutes=7)
        report = send(site, 2 + number, manager, seen=report.version)
    everything = changes_of(manager, program)
    shown = []
    for number in range(1, 4):
        shown += client.get(f"{PAGE}?page={number}").context["page"].object_list
    assert [(own.at, own.title) for own in shown] == [(own.at, own.title) for own in everything]
    assert shown == everything


def test_page_keeps_what_was_asked(client, program, site, manager):
    report = send(site, 1, manager)
    for number in range(60):
        report = send(site, 2 + number, manager, seen=report.version)
    assert 'href="?kind=reports&amp;page=2"' in client.get(f"{PAGE}?kind=reports").text


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_grow(
    client, program, manager, much, django_assert_num_queries, number
):
    for _ in range(number):
        own = ParticipationFactory(program=program).site
        send(own, 10, manager)
        InterventionFactory(program=program)
        join(program)
    with django_assert_num_queries(25):
        client.get(PAGE)
