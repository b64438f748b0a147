"""A form sent twice, a line that breaks, the back button, a session that ends while somebody
types, for a site's form and for the grid: nothing is lost, and nothing is doubled."""

import html
import re
from http.client import HTTPConnection
from socket import SHUT_WR
from time import monotonic, sleep
from urllib.parse import urlencode

import pytest
from django.test import Client

from metrics.models import Draft, MonthlyReport
from tests.factories import MembershipFactory, UserFactory
from tests.metrics.capture.capturing import GOOD, JUNE, store, url
from tests.metrics.grids.gridding import MAY, address, box, boxes, typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PASSWORD = "healthy-beginnings"
OWN_PAGE = {"HTTP_ORIGIN": "http://testserver"}
PATIENCE = 20  # seconds


@pytest.fixture
def program(site):
    return site.programs.get()


@pytest.fixture(params=["form", "grid"])
def door(request, site, program):
    """Where a birth more or less is sent to: (address, what is sent for 41 births, its box)."""
    if request.param == "form":
        return url(), GOOD | {"live_births": "41", "comment": "twins"}, "live_births"
    sent = typed((site, JUNE, "41", "2", 0), reason="twins")
    return address(program), sent, box("b", site, JUNE)


def stored():
    """Each report and how many versions of it there are."""
    return [
        (own.live_births, own.version, own.history.count()) for own in MonthlyReport.objects.all()
    ]


def value(response, name):
    """What stands in a box of the page."""
    own = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', response.text)[0]
    found = re.search(r'\bvalue="([^"]*)"', own)
    return html.unescape(found[1]) if found else ""


def sign_in_anew(client, user):
    user.set_password(PASSWORD)
    user.save()
    sent = {"login": user.username, "password": PASSWORD}
    if "csrftoken" in client.cookies:
        sent["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    return client.post("/account/login/", sent)


# --- Sent twice, and after a line that broke -------------------------------------------------


def test_what_is_sent_twice_is_stored_once(client, reporter, door):
    page, sent, _ = door
    first, second = (client.post(page, sent) for _ in range(2))
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert stored() == [(41, 1, 1)]


@pytest.mark.django_db(transaction=True)
def test_line_that_breaks_after_sending_loses_and_doubles_nothing(
    live_server, client, reporter, door
):
    page, sent, _ = door
    body = encode(sent)
    send(live_server.url, page, body, client, length=len(body)).close()  # hears no answer
    wait_for(lambda: stored() == [(41, 1, 1)])
    assert client.post(page, sent).status_code == 302  # the browser asks, and sends it again
    assert stored() == [(41, 1, 1)]


@pytest.mark.django_db(transaction=True)
def test_form_of_which_a_part_arrived_is_refused(live_server, client, reporter, door):
    """Cut short, 41 births would be 4."""
    page, sent, name = door
    body = encode(sent).partition(f"{name}=4")
    line = send(live_server.url, page, "".join(body[:2]), client, length=len(encode(sent)))
    line.sock.shutdown(SHUT_WR)
    assert line.getresponse().status == 400
    assert stored() == []


def test_draft_outlives_a_form_that_did_not_arrive(client, reporter, door):
    page, sent, name = door
    client.post(url(page="draft/"), GOOD | {"live_births": "41"})
    without = {key: text for key, text in sent.items() if key[0] != "v" and key != "seen_version"}
    assert client.post(page, without).status_code == 422
    assert (stored(), Draft.objects.get().typed["live_births"]) == ([], "41")
    assert value(client.get(page), name) == "41"


TOKEN = "a" * 32


def encode(sent):
    """The body of a form; what it says that it showed comes first, as on the page."""
    own = sorted(sent.items(), key=lambda field: not field[0].startswith(("seen_version", "v")))
    return urlencode({"csrfmiddlewaretoken": TOKEN} | dict(own))


def send(server, page, body, client, *, length):
    """Send this much of a form as a browser does, and return the line it was sent on."""
    line = HTTPConnection(server.removeprefix("http://"))
    line.putrequest("POST", page)
    line.putheader("Cookie", f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}")
    line.putheader("Content-Type", "application/x-www-form-urlencoded")
    line.putheader("Content-Length", str(length))
    line.endheaders(body.encode())
    return line


def wait_for(is_so):
    end = monotonic() + PATIENCE
    while not is_so() and monotonic() < end:
        sleep(0.05)
    assert is_so()


# --- The back button ---------------------------------------------------------------------------


def test_page_one_goes_back_to_and_sends_again_changes_nothing(client, reporter, door):
    page, sent, name = door
    client.post(page, sent)
    assert value(client.get(page), name) == "41"
    client.post(page, sent)  # the page as it was kept by the browser
    assert stored() == [(41, 1, 1)]


def test_page_one_goes_back_to_and_changes_meets_what_was_stored(client, reporter, door):
    page, sent, name = door
    client.post(page, sent)
    response = client.post(page, sent | {name: "42"})
    assert response.status_code == 409
    for said in ("41", "42", str(reporter)):
        assert said in words(response)
    assert stored() == [(41, 1, 1)]


def test_page_gone_back_to_does_not_undo_a_correction(client, site, reporter, door):
    page, sent, name = door
    store(site, live_births=40, infant_deaths=2)
    seen = {"seen_version": "1"} if name == "live_births" else typed((site, JUNE, "", "", 1))
    old = sent | {key: text for key, text in seen.items() if key[0] in "sv"}
    client.post(page, old)
    response = client.post(page, old | {name: "39"})
    assert response.status_code == 409
    assert stored() == [(41, 2, 2)]


# --- A session that ran out while typing -------------------------------------------------------


def test_what_was_sent_after_the_session_ended_waits_for_signing_in(client, reporter, door):
    page, sent, name = door
    sent |= {"typed_by": reporter.pk}
    client.logout()
    assert client.post(page, sent).url.startswith("/account/login/?next=")
    assert stored() == []
    sign_in_anew(client, reporter)
    assert value(client.get(page), name) == "41"
    assert client.post(page, sent).status_code == 302
    assert stored() == [(41, 1, 1)]
    assert "not signed in any more" not in words(client.get(page))


def test_two_pages_sent_after_the_session_ended_both_wait(client, site, program, reporter):
    client.logout()
    own = {"typed_by": reporter.pk}
    for month in ("2025-05", "2025-06"):
        client.post(url(month=month), GOOD | own | {"live_births": month[-1]})
    client.post(address(program), typed((site, MAY, "8", "0", 0)) | own)
    client.force_login(reporter)
    assert value(client.get(url(month="2025-05")), "live_births") == "5"
    assert value(client.get(url()), "live_births") == "6"
    assert boxes(client.get(address(program)))[box("b", site, MAY)] == "8"


def test_only_the_latest_five_pages_wait(client, reporter):
    client.logout()
    for month in range(1, 7):
        client.post(url(month=f"2025-0{month}"), GOOD)
    assert list(client.session["kept"]) == [url(month=f"2025-0{own}") for own in range(2, 7)]


# --- Signed in again in another window ---------------------------------------------------------


def come_anew(user):
    """A browser whose open page carries the token of the sign-in before this one."""
    client = Client(enforce_csrf_checks=True)
    client.get("/account/login/")
    sign_in_anew(client, user)
    return client


@pytest.fixture
def expired(reporter):
    return come_anew(reporter)


def test_page_older_than_the_sign_in_is_not_stored_and_comes_back_as_typed(expired, door):
    page, sent, name = door
    sent |= {"typed_by": expired.session["_auth_user_id"]}
    response = expired.post(page, sent | {"csrfmiddlewaretoken": "b" * 32}, **OWN_PAGE)
    assert (response.status_code, response.url) == (302, page)
    shown = expired.get(page)
    assert "The page was older than your sign-in, so nothing is saved yet." in words(shown)
    assert value(shown, name) == "41"
    assert stored() == []
    fresh = {"csrfmiddlewaretoken": expired.cookies["csrftoken"].value}
    assert expired.post(page, sent | fresh, **OWN_PAGE).status_code == 302
    assert stored() == [(41, 1, 1)]


def test_draft_of_a_page_older_than_the_sign_in_says_what_to_do(expired, site):
    sent = GOOD | {"typed_by": expired.session["_auth_user_id"]}
    response = expired.post(url(page="draft/"), sent, HTTP_HX_REQUEST="true", **OWN_PAGE)
    assert response.status_code == 200
    assert "You were signed out What you typed is kept. Load the form anew to go on." in words(
        response
    )
    assert f'<a href="{url()}">' in response.text
    assert value(expired.get(url()), "live_births") == "40"


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}])
def test_nothing_is_kept_of_what_another_site_sends(expired, door, origin):
    page, sent, name = door
    assert expired.post(page, sent, **origin).status_code == 403
    assert "kept" not in expired.session
    assert value(expired.get(page), name) == ""


def test_stranger_finds_no_page_also_when_theirs_was_older(site, door):
    page, sent, _ = door
    stranger = come_anew(UserFactory(is_superuser=True))
    assert stranger.post(page, sent, **OWN_PAGE).status_code == 302
    assert stranger.get(page).status_code == 404


def test_viewer_finds_nothing_to_send_also_when_their_page_was_older(program, door):
    page, sent, name = door
    viewer = come_anew(MembershipFactory(program=program, role="viewer").user)
    assert viewer.post(page, sent, **OWN_PAGE).status_code == 302
    response = viewer.get(page)
    assert response.status_code == (403 if name == "live_births" else 200)
    assert f'name="{name}"' not in response.text
