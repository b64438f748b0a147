"""Error, denied and empty pages say what happened and what to do."""

import html
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from programs.models import Role
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)
from tests.test_house import PAGES, told

urlpatterns = []  # for the pages that must appear although no address works

# What an empty page may say somebody should do.
ADVICE = re.compile(r"\b(Ask|Check|Choose|Freeze|Look|Promise|Report|Search|Take|Try|Write)\b")


def words(response):
    """The words between the header and the foot of a page."""
    main = re.search(r"(?s)<main.*?</main>", response.text)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def viewer(client):
    """Somebody who may look at one site, whose manager is Amara Velt."""
    part = ParticipationFactory(site__name="Nyanza", site__code="N1")
    manager = UserFactory(first_name="Amara", last_name="Velt")
    MembershipFactory(program=part.program, user=manager, role=Role.MANAGER)
    client.force_login(MembershipFactory(program=part.program, role=Role.VIEWER).user)
    return part


# --- Denied --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_denied_page_says_why_and_names_whom_to_ask(client, viewer):
    response = client.get("/sites/N1/reports/2024-07/")
    assert response.status_code == 403
    assert (
        "Your role lets you read the reports of Nyanza but not write them. "
        "Ask Amara Velt to make you a reporter."
    ) in words(response)


@pytest.mark.django_db
def test_denied_page_names_nobody_to_a_stranger(client, viewer):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    response = client.get("/sites/N1/reports/2024-07/")
    assert response.status_code == 404
    assert "Velt" not in response.text


@pytest.mark.django_db
def test_denied_page_says_what_may_be_done(client, viewer):
    response = client.get(f"/programs/{viewer.program.slug}/imports/")
    assert response.status_code == 403
    assert "Nothing was changed, so nothing has to be put right." in words(response)
    assert 'href="/"' in response.text


def test_denied_page_without_a_reason_gives_one():
    shown = render_to_string("403.html", {"exception": ""})
    assert "Your part in the program does not include this step. Ask its manager" in shown


def test_reason_of_a_denied_page_is_no_markup():
    shown = render_to_string("403.html", {"exception": "<b>Ask</b>"})
    assert "&lt;b&gt;Ask&lt;/b&gt;" in shown


# --- Not found -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_not_found_says_the_same_of_what_exists_and_what_does_not(client):
    hidden = ProgramFactory(slug="hidden")
    MonthlyReportFactory(site__code="HIDDEN")
    client.force_login(UserFactory())
    for real, unreal in [
        (f"/programs/{hidden.slug}/", "/programs/nowhere/"),
        ("/sites/HIDDEN/", "/sites/NOWHERE/"),
    ]:
        there, not_there = client.get(real), client.get(unreal)
        assert (there.status_code, not_there.status_code) == (404, 404)
        assert words(there) == words(not_there)


@pytest.mark.django_db
def test_not_found_leads_members_to_their_list_and_others_to_the_sign_in(client):
    assert "Sign in first: without that nothing is shown." in words(client.get("/nowhere/"))
    client.force_login(UserFactory())
    shown = words(client.get("/nowhere/"))
    assert "Look for the program in your list." in shown
    assert "Sign in first" not in shown


# --- Forms that expired --------------------------------------------------------------------


@pytest.mark.django_db
def test_expired_form_says_that_nothing_was_saved_and_how_to_get_it_back():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    response = client.post("/account/logout/")
    assert response.status_code == 403
    for sentence in (
        "The form had expired, and nothing was saved",
        "The page was open too long, you signed in or out in another window meanwhile, or your "
        "browser refuses cookies.",
        "Go back with your browser. What you typed is usually still there.",
    ):
        assert sentence in words(response)


@pytest.mark.django_db
def test_expired_form_changes_nothing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    client.post("/account/logout/")
    assert client.get("/programs/").status_code == 200


# --- Faults --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.urls("tests.browser.urls")
@pytest.mark.parametrize(
    ("status", "what_happened", "what_to_do"),
    [
        (400, "We could not understand this request", "copy all of it into the address bar."),
        (429, "Too many attempts in a short time", "Wait five minutes, then try again."),
        (500, "Something went wrong on our side", "If it is not, send it once more."),
    ],
)
def test_page_says_what_happened_and_what_to_do(client, status, what_happened, what_to_do):
    client.raise_request_exception = False
    response = client.get(f"/wrong/{status}/")
    assert response.status_code == status
    assert what_happened in words(response)
    assert what_to_do in words(response)


@pytest.mark.django_db
@pytest.mark.urls("tests.browser.urls")
def test_fault_shows_its_time_and_no_details(client):
    client.raise_request_exception = False
    response = client.get("/wrong/500/")
    assert re.search(r"logged, as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC[+-]\d{4}", words(response))
    assert "RuntimeError" not in response.text
    assert "fails on purpose" not in response.text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("status", [400, 429, 500])
def test_page_appears_without_context_database_and_addresses(status):
    """This test may touch no database, and no address of the site can be found."""
    shown = render_to_string(f"{status}.html")
    assert f"{status} · " in shown
    assert 'href="/static/app.css"' in shown
    assert 'href="/"' in shown


# --- Empty ---------------------------------------------------------------------------------

EMPTY = [
    (path, tag)
    for path in PAGES
    for tag in re.findall(r"{%\s*include \"_empty.html\".*?%}", path.read_text())
]


@pytest.mark.parametrize(("path", "tag"), EMPTY, ids=told(path for path, _ in EMPTY))
def test_empty_state_says_what_is_missing_and_what_to_do(path, tag):
    assert re.search(r' title="[^"]+"', tag)
    text = re.search(r' text="([^"]+)"', tag)[1]
    assert (" url=" in tag and " label=" in tag) or ADVICE.search(text)
