"""The page of a grid: who sees it, which sites and months, what it asks of the database."""

import html
import re

import pytest
from django.db import connection

from metrics.models import Draft, MonthlyReport
from metrics.summaries import GridState
from programs.periods import Period, shift_month
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)
from tests.metrics.grids.gridding import (
    JUNE,
    MAY,
    TWO_YEARS,
    YEAR,
    address,
    boxes,
    cells,
    fill,
    join,
    over,
    sign_in,
    typed,
    words,
)
from tests.test_house import PROJECT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MOST_BYTES = 60_000  # over the wire


@pytest.fixture
def program():
    return ProgramFactory(name="First Breath", slug="first-breath")


@pytest.fixture
def site(program):
    return join(program, name="North Clinic", code="NC-1")


@pytest.fixture
def reporter(client, program):
    return sign_in(client, program, role="reporter")


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra", [{}, {"is_staff": True}, {"is_staff": True, "is_superuser": True}]
)
def test_grid_does_not_exist_for_a_stranger(client, program, site, extra):
    client.force_login(UserFactory(**extra))
    for response in (client.get(address(program)), client.post(address(program), {})):
        assert response.status_code == 404
    assert client.get("/programs/unknown/grid/").status_code == 404


def test_signed_out_person_is_led_to_sign_in(client, program):
    response = client.get(address(program, area="A"))
    here = "/programs/first-breath/grid/%3Farea%3DA"
    assert (response.status_code, response.url) == (302, f"/account/login/?next={here}")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, program, reporter, method):
    assert getattr(client, method)(address(program)).status_code == 405


def test_viewer_reads_everything_and_gets_no_boxes(client, program, site):
    MonthlyReportFactory(site=site, month=JUNE, live_births=1234, infant_deaths=None)
    sign_in(client, program, role="viewer")
    response = client.get(address(program))
    assert "submitted 1234 –" in words(response)
    assert boxes(response) == {}
    assert '<form class="grid-form' not in response.text


def test_viewer_who_sends_a_grid_is_told_whom_to_ask(client, program, site):
    sign_in(client, program, role="viewer")
    response = client.post(address(program), typed((site, JUNE, "4", "0", 0)))
    assert response.status_code == 403
    assert "Your role lets you read the reports of North Clinic but not write them." in words(
        response
    )
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("role", ["reporter", "manager"])
def test_member_of_some_sites_sees_and_types_these_only(client, program, site, role):
    other = join(program, name="South Clinic")
    sign_in(client, program, role=role, sites=[site])
    response = client.get(address(program))
    assert [row.site for row in response.context["grid"].rows] == [site]
    assert "South Clinic" not in response.text
    assert "These are the sites that your part in the program covers" in words(response)
    refused = client.post(address(program), typed((other, JUNE, "4", "0", 0)))
    assert refused.status_code == 422
    assert not MonthlyReport.objects.exists()


def test_viewer_of_one_program_types_where_another_lets_them(client, program, site):
    other = join(program)
    viewer = sign_in(client, program, role="viewer")
    shared = ParticipationFactory(site=site).program
    MembershipFactory(program=shared, user=viewer, role="reporter")
    grid = client.get(address(program)).context["grid"]
    assert {row.site: row.is_editable for row in grid.rows} == {site: True, other: False}


def test_grid_is_among_the_pages_of_the_program(client, program, reporter):
    response = client.get(address(program))
    assert f'<a href="{address(program)}" aria-current="page">Grid</a>' in response.text
    assert "No site to show" in words(response)


# --- Which sites and months ----------------------------------------------------------------


def test_grid_shows_the_latest_twelve_months_or_those_asked_for(client, program, site, reporter):
    assert client.get(address(program)).context["grid"].period == YEAR
    asked = Period(MAY, shift_month(JUNE, 1))
    assert client.get(address(program, **over(asked))).context["grid"].period == asked


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2025-01", "", "Give both months, or neither."),
        ("", "2025-01", "Give both months, or neither."),
        (
            "2025-03",
            "2025-01",
            "The months end in 2025-01, before they begin in 2025-03. Give a last month that is "
            "not earlier.",
        ),
        (
            "2025-06",
            "2025-08",
            "2025-08 lies in the future. Give a last month up to 2025-07.",
        ),
        ("2023-06", "2025-06", "25 months are too many for one grid. Give at most 24."),
        ("x", "2025-06", '"x" is not a month. Write year-month, such as 2024-01.'),
    ],
)
def test_unusable_months_are_told_and_the_usual_ones_shown(
    client, program, site, reporter, first, last, said
):
    response = client.get(address(program, first=first, last=last))
    assert said in words(response)
    assert response.context["grid"].period == YEAR


def test_24_months_are_not_too_many(client, program, site, reporter):
    response = client.get(address(program, **over(TWO_YEARS)))
    assert response.context["grid"].period == TWO_YEARS


def test_links_lead_to_the_months_before_and_after(client, program, site, reporter):
    text = html.unescape(client.get(address(program)).text)
    assert "?first=2023-07&last=2024-06" in text
    assert "?first=2024-08&last=2025-07" in text  # with the month that is not over
    assert "?first=2025-06&last=2025-06" in text  # one month alone
    latest = client.get(address(program, first="2024-08", last="2025-07"))
    assert ">Later</a>" not in latest.text


def test_one_month_alone_leads_to_each_form(client, program, site, reporter):
    text = client.get(address(program, first="2025-06", last="2025-06")).text
    link = '<a href="/sites/NC-1/reports/2025-06/" aria-label="Form of North Clinic">Form</a>'
    assert link in text
    assert link not in client.get(address(program)).text


def test_area_filter_takes_the_sites_within(client, program, site, reporter):
    inner = join(program)
    inner.area.parent = site.area
    inner.area.save()
    outside = join(program)
    shown = {
        area: [row.site for row in client.get(address(program, area=area)).context["grid"].rows]
        for area in (site.area.code, inner.area.code, outside.area.code)
    }
    assert set(shown[site.area.code]) == {site, inner}
    assert shown[inner.area.code] == [inner]
    unknown = client.get(address(program, area="NOWHERE"))
    assert len(unknown.context["grid"].rows) == 3
    assert "Select a valid choice." in words(unknown)


def test_sixty_sites_are_a_page(client):
    program = fill(61, months=[])
    sign_in(client, program, role="reporter")
    first, second = (client.get(address(program, page=number)) for number in (1, 2))
    assert [len(own.context["grid"].rows) for own in (first, second)] == [60, 1]
    assert 'action="?first=2024-07&amp;last=2025-06&amp;page=2"' in second.text


def test_every_state_has_a_mark_of_its_own_besides_its_colour():
    styles = (PROJECT / "static" / "grid.css").read_text()
    given = r'\[data-state="(\w+)"\]:is\(td, \.grid-key li\)::before { content: "(.)"'
    marks = dict(re.findall(given, styles))
    assert marks.keys() == set(GridState)
    assert len(set(marks.values())) == len(GridState)


# --- How much it asks of the database, and how many bytes it is ----------------------------


@pytest.mark.parametrize(
    ("sites", "months"), [(1, YEAR), (3, YEAR), (60, TWO_YEARS)], ids=["1x12", "3x12", "60x24"]
)
@pytest.mark.parametrize("some", [False, True], ids=["all sites", "some sites"])
def test_grid_takes_nine_queries(client, django_assert_num_queries, sites, months, some):
    program = fill(sites, months, locks_after_days=2000)
    for site in program.sites.all()[:2]:
        ParticipationFactory(site=site)  # in another program as well
    user = sign_in(client, program, role="manager", sites=program.sites.all() if some else None)
    Draft.objects.create(site=program.sites.first(), month=JUNE, user=user, typed={})
    # Session, user, membership, parts, areas, spells, reports, drafts, exceptions to locks, and
    # the unread notices in the head of every page.
    with django_assert_num_queries(9):
        response = client.get(address(program, **over(months)))
    assert len(cells(response)) == len(months)


def test_sixty_sites_by_24_months_are_at_most_60_kb(client):
    program = fill(60)
    sign_in(client, program, role="manager")
    asking = {"headers": {"accept-encoding": "gzip"}}
    response = client.get(address(program, **over(TWO_YEARS)), **asking)
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) <= MOST_BYTES


@pytest.mark.parametrize("number", [1, 3])
def test_saving_takes_21_queries(client, django_assert_num_queries, program, reporter, number):
    sites = [join(program) for _ in range(number)]
    sent = typed(*((site, JUNE, "40", "1", 0) for site in sites))
    # Session, user, membership, parts, areas; and what tests/metrics/grids counts, without the
    # changed reports and what those are held against.
    with django_assert_num_queries(21):
        assert client.post(address(program), sent).status_code == 302
    assert MonthlyReport.objects.count() == number


def test_whole_grid_of_60_sites_by_24_months_may_be_sent_without_a_script(client):
    program = fill(60)
    sign_in(client, program, role="reporter")
    page = address(program, **over(TWO_YEARS))
    sent = boxes(client.get(page))
    assert len(sent) == 2 * 60 * 24 + 60 + 2  # the boxes, the rows' versions, the token, who
    first = next(name for name in sent if name.startswith("b"))
    sent |= {first: str(int(sent[first]) + 1)}
    assert "1 report was submitted at 12:00." in words(client.post(page, sent, follow=True))
    assert MonthlyReport.history.count() == 1


@pytest.fixture
def two_hundred(client):
    """What changes 200 cells of a grid: a program, and what is sent."""
    program = fill(20, YEAR)
    sign_in(client, program, role="reporter")
    reports = MonthlyReport.objects.filter(month__gte=shift_month(JUNE, -9)).select_related("site")
    cells = [(r.site, r.month, r.live_births + 1, r.infant_deaths, 1) for r in reports]
    return program, typed(*cells, reason="Recounted")


def test_saving_200_changed_cells_takes_few_queries(client, django_assert_num_queries, two_hundred):
    program, sent = two_hundred
    # Session, user, membership, parts, areas; sites held, parts, spells, locks 3, stored, drafts,
    # past, breakdowns; the changed reports and their versions; programs that ask for approval; and
    # two savepoints with their ends. SQLite takes 999 values at a time: 6 and 6 statements for 1
    # and 1.
    with django_assert_num_queries(32 if connection.vendor == "sqlite" else 22):
        assert client.post(address(program), sent).status_code == 302
    assert MonthlyReport.history.filter(version=2).count() == 200
    assert MonthlyReport.objects.filter(version=1).count() == 40


def test_200_changed_cells_are_one_transaction(client, two_hundred, monkeypatch):
    """What comes last in it fails, and nothing of it stays."""
    program, sent = two_hundred
    monkeypatch.setattr("metrics.grids.saving.announce_waiting", lambda sites, by: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.post(address(program), sent)
    assert not MonthlyReport.objects.filter(version=2).exists()
    assert not MonthlyReport.history.exists()
