"""The back button, a line that breaks and a window left behind, in a real browser."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from metrics.models import Draft, MonthlyReport
from tests.factories import UserFactory
from tests.metrics.capture.capturing import store, url
from tests.metrics.grids.gridding import JUNE, address, box

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("today"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="There is no Chromium on this machine, so no page was looked at."
    ),
]


@pytest.fixture
def come(live_server, client, reporter, monkeypatch):
    """Open a page as a reporter: come(path), come(path, java_script_enabled=False)."""
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_page(path, **options):
            context = browser.new_context(base_url=live_server.url, **options)
            context.add_cookies([cookie | {"url": live_server.url}])
            page = context.new_page()
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(path)
            return page

        yield open_page
        browser.close()


def stored():
    return [(own.live_births, own.version) for own in MonthlyReport.objects.all()]


def fill(page, births="41"):
    page.get_by_label("Live births").first.fill(births)
    page.get_by_label("Infant deaths").first.fill("2")


def submit(page):
    page.get_by_role("button", name="Submit the").click()


def births(page):
    return page.get_by_label("Live births").first.input_value()


@pytest.mark.parametrize("scripts", [True, False])
def test_back_button_after_the_form_doubles_nothing(come, site, scripts):
    page = come(url(), java_script_enabled=scripts)
    fill(page)
    submit(page)
    expect(page.get_by_text("Received: North Clinic, 2025-06")).to_be_visible()
    page.go_back()
    assert births(page) == "41"
    submit(page)
    expect(page.get_by_text("Received: North Clinic, 2025-06")).to_be_visible()
    assert stored() == [(41, 1)]


@pytest.mark.parametrize("scripts", [True, False])
def test_back_button_after_the_grid_doubles_nothing(come, site, scripts):
    page = come(address(site.programs.get()), java_script_enabled=scripts)
    for kind, text in (("b", "41"), ("d", "2")):
        page.locator(f'[name="{box(kind, site, JUNE)}"]').fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 report was submitted")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("so nothing was sent")).to_be_visible()
    assert stored() == [(41, 1)]


def test_what_is_typed_without_a_line_is_kept_as_a_draft_when_it_is_back(come, site):
    page = come(url())
    page.context.set_offline(True)
    fill(page)
    expect(page.get_by_text("No connection: what you typed waits")).to_be_visible()
    assert not Draft.objects.exists()
    page.context.set_offline(False)
    page.reload()
    assert births(page) == "41"
    expect(page.get_by_text("Draft kept")).to_be_visible()
    assert Draft.objects.get().typed["live_births"] == "41"


def test_form_sent_into_a_broken_line_comes_back_as_typed(come, site):
    page = come(url())
    page.context.set_offline(True)
    fill(page)
    submit(page)
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.goto(url())
    expect(page.get_by_text("is here again")).to_be_visible()
    assert births(page) == "41"
    submit(page)
    expect(page.get_by_text("Received: North Clinic, 2025-06")).to_be_visible()
    assert stored() == [(41, 1)]


def test_what_somebody_saved_meanwhile_is_shown_beside_what_comes_back(come, site):
    page = come(url())
    page.context.set_offline(True)
    fill(page)
    store(site, live_births=55, entered_by=UserFactory(username="amina"))
    page.context.set_offline(False)
    page.reload()
    assert births(page) == "41"
    submit(page)
    expect(page.get_by_text("amina").first).to_be_visible()
    assert stored() == [(55, 1)]


def test_received_form_is_not_brought_back(come, site):
    page = come(url())
    fill(page)
    submit(page)
    expect(page.get_by_text("Received: North Clinic, 2025-06")).to_be_visible()
    MonthlyReport.objects.update(live_births=43, version=2)
    page.goto(url())
    assert births(page) == "43"
    assert not page.get_by_text("is here again").is_visible()


def test_form_in_a_window_older_than_the_sign_in_comes_back_without_a_script(come, site):
    page = come(url(), java_script_enabled=False)
    fill(page)
    page.context.add_cookies(
        [{"name": "csrftoken", "value": "n" * 32, "url": page.url.partition("/sites/")[0]}]
    )
    submit(page)
    expect(page.get_by_text("The page was older than your sign-in")).to_be_visible()
    assert (births(page), stored()) == ("41", [])
    submit(page)
    expect(page.get_by_text("Received: North Clinic, 2025-06")).to_be_visible()
    assert stored() == [(41, 1)]
