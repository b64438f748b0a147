"""Many reporters who send at the same moment, each from a process of their own, through the pages
as they are; for a site's form and for the grid."""

import os

import pytest
from django.test import Client

from metrics.models import Draft, MonthlyReport, Notice
from programs.periods import Period
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory
from tests.metrics import test_concurrency as processes
from tests.metrics.capture.capturing import GOOD, JUNE, url
from tests.metrics.grids.gridding import address, boxes, over, typed, words

shared = processes.shared  # the fixture that lets every process open the database itself

pytestmark = [
    pytest.mark.django_db(transaction=not processes.IS_SQLITE),
    pytest.mark.usefixtures("today"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as copies"),
]

REPORTERS = 20
MONTHS = Period.ending(JUNE, 3)


def come(site, **user):
    """Somebody who reports for this site alone, signed in at a browser of their own."""
    named = {f"user__{name}": value for name, value in user.items()}
    program = site.programs.get()
    client = Client()
    client.force_login(
        MembershipFactory(program=program, role="reporter", sites=[site], **named).user
    )
    return client


def load(site, client):
    """Read the pages' code once, so that the processes meet at the database and not before."""
    for page in (url(site), address(site.programs.get())):
        assert client.get(page).status_code == 200


def send_form(client, site, births, *, months=MONTHS, seen=0):
    """Draft and submit month by month; the answers of the last."""
    for month in months:
        page = url(site, month.strftime("%Y-%m"))
        counts = GOOD | {"live_births": births, "seen_version": seen}
        client.get(page)
        client.post(f"{page}draft/", counts, HTTP_HX_REQUEST="true")
        answer = client.post(page, counts)
    return answer


def send_grid(client, site, births, *, months=MONTHS, seen=0):
    page = address(site.programs.get(), **over(months))
    client.get(page)
    cells = [(site, month, births, "2", seen) for month in months]
    return client.post(page, typed(*cells, period=months))


@pytest.mark.parametrize("doors", [[send_form], [send_grid], [send_form, send_grid]])
def test_twenty_reporters_at_once_lose_nothing_and_lock_nobody_out(shared, doors):
    program = ParticipationFactory(program__approval_required=True).program
    manager = MembershipFactory(program=program, role="manager").user
    sites = [ParticipationFactory(program=program).site for _ in range(REPORTERS)]
    work = [
        (doors[number % len(doors)], come(site), site, 40 + number)
        for number, site in enumerate(sites)
    ]
    load(sites[0], work[0][1])
    given = processes.at_once(lambda own: own[0](*own[1:]).status_code, work)
    assert given == [302] * REPORTERS
    expected = {(site.pk, month): 40 + n for n, site in enumerate(sites) for month in MONTHS}
    stored = MonthlyReport.objects.values_list("site", "month", "live_births")
    assert {(site, month): births for site, month, births in stored} == expected
    assert set(MonthlyReport.history.values_list("version", flat=True)) == {1}
    assert (MonthlyReport.history.count(), Draft.objects.count()) == (len(expected), 0)
    text = Notice.objects.get(user=manager).text
    assert text.startswith(f"{len(expected)} reports of {program} wait")


@pytest.mark.parametrize("seen", [0, 1])
@pytest.mark.parametrize("send", [send_form, send_grid])
def test_of_two_who_save_one_month_one_wins_and_the_other_is_shown_both(shared, send, seen):
    site = ParticipationFactory().site
    if seen:
        MonthlyReportFactory(site=site, month=JUNE)
    people = {"amina": 41, "bruno": 43}
    work = [(come(site, username=name), births) for name, births in people.items()]

    def save(own):
        answer = send(own[0], site, own[1], months=Period(JUNE, JUNE), seen=seen)
        return answer.status_code, words(answer) if answer.status_code == 409 else ""

    (won, _), (lost, shown) = sorted(processes.at_once(save, work))
    assert (won, lost) == (302, 409)
    report = MonthlyReport.objects.get()
    assert people[report.entered_by.username] == report.live_births
    assert report.version == report.history.count() == 1 + seen
    assert [
        f for f in (*map(str, people.values()), report.entered_by.username) if f not in shown
    ] == []


def test_who_lost_puts_theirs_in_its_place_and_both_stay_in_the_history(shared):
    site = ParticipationFactory().site
    work = [(come(site), births) for births in (41, 43)]
    processes.at_once(
        lambda own: send_grid(own[0], site, own[1], months=Period(JUNE, JUNE)).status_code, work
    )
    won = MonthlyReport.objects.get().live_births
    client, mine = next(own for own in work if own[1] != won)
    page = address(site.programs.get(), **over(Period(JUNE, JUNE)))
    refused = client.post(page, typed((site, JUNE, mine, "2", 0), period=Period(JUNE, JUNE)))
    chosen = boxes(refused) | {f"c{site.pk}.2025-06": "1"}
    assert client.post(page, chosen).status_code == 302
    assert [own.live_births for own in MonthlyReport.history.order_by("version")] == [won, mine]
