"""The admin in a real browser: every box has a name, and the strict CSP holds."""

import shutil

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from playwright.sync_api import sync_playwright

from accounts.models import User
from metrics.models import Evaluation, ImportBatch, MonthlyReport
from programs.models import Program
from tests.admin_pages import MAKERS, make_program, page
from tests.factories import SiteFactory, UserFactory

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NAMES = [
    "aria-input-field-name",
    "aria-toggle-field-name",
    "button-name",
    "input-button-name",
    "label",
    "link-name",
    "select-name",
]
PEOPLE = {
    User: UserFactory,
    Group: lambda: Group.objects.create(name="Admins"),
    EmailAddress: lambda: EmailAddress.objects.create(user=UserFactory(), email="a@example.org"),
}
LOOKED_AT_ONLY = [MonthlyReport, Evaluation, ImportBatch]
SETTLED = 100  # milliseconds in which a loaded page has built its boxes
AUTOCOMPLETE = "select.admin-autocomplete:not([name*=__prefix__])"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        CHROMIUM is None, reason="There is no Chromium on this machine, so no page was looked at."
    ),
]


class Looker:
    """Somebody at the browser, signed in as a superuser, who writes down what it complains of."""

    def __init__(self, tab, address):
        self.tab, self.address, self.complaints = tab, address, []
        tab.on("console", self._hear)

    def _hear(self, message):
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def open(self, path):
        """Open a page, make sure that it is this one as people get it, and let it settle."""
        response = self.tab.goto(self.address + path)
        assert (response.status, self.tab.url) == (200, self.address + path)
        assert "style-src 'self'" in response.headers["content-security-policy"]
        self.tab.wait_for_timeout(SETTLED)
        built = self.tab.locator(f"{AUTOCOMPLETE} + .select2").count()
        assert built == self.tab.locator(AUTOCOMPLETE).count()

    def find_nameless(self):
        """The boxes and buttons without a name. Axe's own styles offend the CSP: not counted."""
        heard = list(self.complaints)
        found = Axe().run(self.tab, options={"runOnly": NAMES}).response["violations"]
        self.complaints = heard
        return [node["html"] for violation in found for node in violation["nodes"]]


@pytest.fixture
def looker(live_server, client, admin_user, monkeypatch):
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client.force_login(admin_user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([cookie | {"url": live_server.url}])
        yield Looker(context.new_page(), live_server.url)
        browser.close()


def test_every_box_has_a_name_and_no_page_offends_the_csp(looker):
    nameless = {}
    for model, make in (MAKERS | PEOPLE).items():
        row = make()
        with_boxes = [page(model, "change", row.pk)]
        if model not in LOOKED_AT_ONLY:
            with_boxes.append(page(model, "add"))
        for path in with_boxes:
            looker.open(path)
            nameless[path] = looker.find_nameless()
        looker.open(page(model, "changelist"))
        looker.open(page(model, "history", row.pk))
    assert {path: boxes for path, boxes in nameless.items() if boxes} == {}
    assert looker.complaints == []


def test_a_row_added_in_the_browser_has_names_and_is_stored(looker):
    program, site = make_program(), SiteFactory(name="Nyanza", code="N1")
    looker.open(page(Program, "change", program.pk))
    new = looker.tab.locator("#new_participations-group")

    new.get_by_role("button", name="Add another").click()
    looker.tab.wait_for_timeout(SETTLED)
    assert looker.find_nameless() == []
    new.get_by_role("combobox", name="Site").click()
    looker.tab.get_by_role("searchbox", name="Search: Site").fill("Nyanza")
    assert looker.find_nameless() == []
    looker.tab.get_by_role("option", name="Nyanza (N1)").click()
    new.locator("#id_new_participations-0-first_month").fill("2024-02")
    looker.tab.get_by_role("button", name="Save", exact=True).click()
    looker.tab.wait_for_url(f"**{page(Program, 'changelist')}")

    assert program.participations.get(site=site).first_month.isoformat() == "2024-02-01"
    assert looker.complaints == []
