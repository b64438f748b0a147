"""The main journeys by keyboard alone, with a focus that is always seen."""

import re

import pytest
from playwright.sync_api import expect

from metrics.demo import DEMO_PASSWORD
from tests.world import SLUG

MOST_STEPS = 400  # of Tab, before something is said to be out of reach
PROGRAM = f"/programs/{SLUG}/"
# Whether the focus is seen. Inside a box of the browser's own making, such as the calendar button
# of a month, the box itself is not in focus: there the browser draws its own ring.
READ_FOCUS = """
() => {
  const own = document.activeElement;
  if (own === document.body) return null;
  (window.reached ??= new Set()).add(own);
  const style = getComputedStyle(own), box = own.getBoundingClientRect();
  const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const isSeen = box.width > 1 && box.height > 1 && (isOutlined || !own.matches(":focus"));
  return { tag: own.outerHTML.slice(0, 160), isSeen };
}
"""
FIND_UNREACHED = """
(within) => [...document.querySelector(within).querySelectorAll(
  "a[href], button, input, select, textarea, summary")]
  .filter((own) => own.checkVisibility() && !own.disabled)
  .filter((own) => own.tabIndex >= 0 && own.type !== "radio" && !window.reached.has(own))
  .map((own) => own.outerHTML.slice(0, 160))
"""


@pytest.fixture
def tab(come):
    return come("manager").page


def step_to(page, locator):
    """Press Tab until the focus is there."""
    target = locator.element_handle()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("(own) => own === document.activeElement", target):
            return
    raise AssertionError(f"{locator} cannot be reached by Tab")


def test_one_signs_in(come):
    page = come().page
    page.goto("/account/login/")
    step_to(page, page.get_by_label("User name or email"))
    page.keyboard.type("viewer")
    step_to(page, page.get_by_label("Password"))
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/programs/$"))


def test_one_opens_a_program_and_a_site(tab):
    tab.goto("/programs/")
    step_to(tab, tab.get_by_role("link", name="Healthy Beginnings"))
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(PROGRAM))
    step_to(
        tab,
        tab.locator("#sites ~ *, section").get_by_role("link", name="Mirol Health Centre").first,
    )
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Mirol Health Centre")


def test_skip_link_leads_past_the_menu(tab):
    tab.goto(PROGRAM)
    tab.keyboard.press("Tab")
    expect(tab.locator(".skip")).to_be_focused()
    expect(tab.locator(".skip")).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.locator("#main")).to_be_focused()


def test_one_changes_what_is_shown(tab):
    tab.goto(PROGRAM)
    step_to(tab, tab.get_by_label("Measure"))
    with tab.expect_response("**/?*measure=*"):
        tab.keyboard.press("ArrowDown")
    expect(tab).to_have_url(re.compile("measure=neonatal"))
    expect(tab.get_by_label("Measure")).to_be_focused()
    expect(tab.locator("#trend")).to_contain_text("Neonatal")


def test_one_fills_in_and_submits_a_report(tab, world):
    tab.goto(f"/sites/KE-1/reports/{world['last']}/")
    tab.keyboard.type("12")
    step_to(tab, tab.get_by_label("Infant deaths", exact=True))
    tab.keyboard.type("1")
    step_to(tab, tab.get_by_role("button", name="Submit the report"))
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Received")


def step_through(page):
    """Press Tab until the focus leaves the page, and return every step."""
    steps = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if (step := page.evaluate(READ_FOCUS)) is None:
            return steps
        steps.append(step)
    raise AssertionError("Tab does not come to an end")


@pytest.mark.parametrize("width", [360, 1440])
def test_every_link_of_the_menu_is_reached(come, width):
    page = come("admin", viewport={"width": width, "height": 900}).page
    page.goto("/programs/")
    step_to(page, page.locator(".menu > summary"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.evaluate(READ_FOCUS)
    for _ in range(page.locator(".menu-panel :is(a, button):visible").count()):
        page.keyboard.press("Tab")
        assert page.evaluate(READ_FOCUS)["isSeen"]
    assert page.evaluate(FIND_UNREACHED, ".menu-panel") == []


def test_focus_is_seen_at_every_step_of_the_program_page(tab):
    tab.goto(PROGRAM)
    steps = step_through(tab)
    assert [step["tag"] for step in steps if not step["isSeen"]] == []
    assert tab.evaluate(FIND_UNREACHED, "body") == []
