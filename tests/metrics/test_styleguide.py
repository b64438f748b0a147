"""The style guide: every part with real content, for staff alone."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import imrtracker
from metrics.models import Status
from metrics.stats.decisions import READINGS, State
from metrics.summaries import judge_contracts, make_up_program
from metrics.summaries.site_months import MonthState
from tests.factories import InterventionFactory, MembershipFactory, TargetFactory, UserFactory
from tests.metrics.test_pages import fill, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
STYLES = (Path(imrtracker.__file__).parents[1] / "static" / "app.css").read_text()
GATED = [(State.TOO_LITTLE, None), (State.NO_VERDICT, None)]


@pytest.fixture
def staff(client):
    user = UserFactory(is_staff=True, first_name="Samuel", last_name="Kade")
    client.force_login(user)
    return user


def main_part(response):
    assert response.status_code == 200
    return re.search(r"(?s)<main.*</main>", response.text)[0]


# --- Who sees it ---------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"is_superuser": True}])
def test_styleguide_does_not_exist_for_others_than_staff(client, fields):
    client.force_login(UserFactory(**fields))
    assert client.get("/styleguide/").status_code == 404


def test_styleguide_does_not_exist_for_a_manager(client):
    client.force_login(MembershipFactory(role="manager").user)
    assert client.get("/styleguide/").status_code == 404


def test_styleguide_is_only_looked_at(client, staff):
    assert client.post("/styleguide/").status_code == 405


def test_staff_see_a_program_of_theirs(client, staff):
    program = fill(TargetFactory(program__name="Our own").program)
    MembershipFactory(program=program, user=staff)
    assert "These are of Our own." in words(client.get("/styleguide/"))


def test_staff_see_the_program_that_did_most(client, staff):
    for name, interventions in [("Idle", 0), ("Busy", 2), ("Slow", 1)]:
        program = fill(TargetFactory(program__name=name).program)
        MembershipFactory(program=program, user=staff)
        InterventionFactory.create_batch(interventions, program=program)
    assert "These are of Busy." in words(client.get("/styleguide/"))


def test_staff_see_nothing_of_the_programs_of_others(client, staff):
    program = fill(TargetFactory(program__name="Somebody else's").program)
    seen = words(client.get("/styleguide/"))
    assert program.name not in seen
    assert program.sites.get().name not in seen
    assert "These are of Healthy Shores." in seen


def test_staff_of_some_sites_see_these_alone(client, staff):
    program = fill(TargetFactory().program, sites=2)
    mine, other = program.sites.order_by("pk")
    MembershipFactory(program=program, user=staff, sites=[mine])
    seen = words(client.get("/styleguide/"))
    assert mine.name in seen
    assert other.name not in seen


def test_program_without_a_trend_gives_way_to_the_made_up_one(client, staff):
    MembershipFactory(user=staff)
    assert "These are of Healthy Shores." in words(client.get("/styleguide/"))


@pytest.mark.parametrize("sites", [1, 3])
def test_number_of_queries_does_not_grow(client, staff, django_assert_num_queries, sites):
    program = fill(TargetFactory().program, sites=sites)
    MembershipFactory(program=program, user=staff)
    with django_assert_num_queries(12):
        client.get("/styleguide/")


# --- What it shows -------------------------------------------------------------------------


def test_all_that_a_verdict_can_say_is_judged():
    judged = [(own.verdict.state, own.verdict.finding) for own in judge_contracts()]
    assert sorted(judged, key=str) == sorted([*READINGS, *GATED], key=str)


def test_every_verdict_has_its_panel_and_its_chip(client, staff):
    shown = main_part(client.get("/styleguide/"))
    for kind in ('section class="verdict"', 'span class="chip"'):
        tags = re.findall(rf"<{kind} data-state=\"(\w+)\" (?:data-finding=\"(\w+)\")?", shown)
        for state, finding in [*READINGS, *GATED]:
            assert (str(state), str(finding or "")) in tags


def test_every_state_of_a_report_and_of_a_month_is_shown(client, staff):
    shown = main_part(client.get("/styleguide/"))
    for state in [*Status.values, *MonthState]:
        assert f'data-state="{state}"' in shown


def test_every_size_and_colour_of_the_stylesheet_is_shown(client, staff):
    shown = main_part(client.get("/styleguide/"))
    named = set(re.findall(r"var\(--([a-z0-9-]+)\)", shown))
    colours = re.findall(r"--([a-z-]+): #", STYLES)
    sizes = re.findall(r"--((?:t-\w+|s\d)): [.\dc]", STYLES)
    lines = {f"{tone}-line" for tone in ("good", "hope", "warn", "bad", "calm")}
    unnamed = {"accent-strong", *lines}  # these stand around or behind those that are shown
    assert {*colours, *sizes} - named == unnamed


def test_forms_show_an_error_and_a_warning(client, staff):
    seen = words(client.get("/styleguide/"))
    assert "52 infant deaths are more than 40 live births." in seen
    assert "Something is unusual. Check it, or say here why it is so." in seen
    assert "The period ends in 2024-07, before it begins in 2025-06." in seen
    assert "A reduction lies above 0 and at most at 100 percent." in seen


PARTS = (
    "card card-link",
    "chart map",
    "empty",
    "menu",
    "notices",
    "pagination",
    "strip strip-key",
    "table table-stack",
    "tabs",
    "tiles",
)


@pytest.mark.parametrize("part", PARTS)
def test_part_is_shown(client, staff, part):
    assert f'class="{part}' in main_part(client.get("/styleguide/"))


def test_no_name_is_given_twice(client, staff):
    names = re.findall(r'\sid="([^"]+)"', client.get("/styleguide/").text)
    assert sorted(names) == sorted(set(names))


def test_made_up_program_misses_a_month_and_falls():
    shown = make_up_program()
    missing = [own.month for own in shown.series.months if not own.completeness.received]
    assert missing == [date(2024, 6, 1)]
    assert shown.series.latest.rate.value < shown.target.baseline.rate.value


# --- The dialog ----------------------------------------------------------------------------


@pytest.fixture
def open_styleguide(live_server, client, staff, monkeypatch):
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine, so no dialog was opened.")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def come(**options):
            context = browser.new_context(**options)
            context.add_cookies([session | {"url": live_server.url}])
            tab = context.new_page()
            tab.goto(f"{live_server.url}/styleguide/")
            return tab, tab.get_by_role("link", name="What the marks mean")

        yield come
        browser.close()


@pytest.mark.django_db(transaction=True)
def test_dialog_opens_and_closes_by_keyboard_and_gives_the_focus_back(open_styleguide):
    tab, link = open_styleguide()
    dialog = tab.get_by_role("dialog", name="What the marks mean")
    for close in ("Escape", "Enter"):  # the button is where the keyboard is
        link.focus()
        tab.keyboard.press("Enter")
        assert dialog.is_visible()
        tab.keyboard.press(close)
        assert not dialog.is_visible()
        assert link.evaluate("own => own === document.activeElement")


@pytest.mark.django_db(transaction=True)
def test_dialog_closes_when_one_touches_beside_it(open_styleguide):
    tab, link = open_styleguide()
    link.click()
    tab.mouse.click(5, 5)
    assert not tab.get_by_role("dialog").is_visible()


@pytest.mark.django_db(transaction=True)
def test_link_leads_to_the_same_place_where_no_script_runs(open_styleguide):
    tab, link = open_styleguide(java_script_enabled=False)
    link.click()
    assert tab.url.endswith("/styleguide/#marks")
    assert tab.locator("#marks").is_visible()
