"""With JavaScript switched off everything works; htmx only makes it quicker."""

import re

import pytest
from playwright.sync_api import expect

from tests.world import SLUG

PROGRAM = f"/programs/{SLUG}/"


@pytest.fixture
def tab(come):
    return lambda name: come(name, java_script_enabled=False).page


def choose(page):
    """Ask for maternal mortality in the highlands."""
    page.get_by_label("Measure").select_option("maternal")
    page.get_by_label("Area").select_option("NB-H")


def figures(page):
    return " ".join(page.locator("#figures").inner_text().split())


def test_scope_form_gives_the_same_figures_as_with_it(tab, come):
    page, quick = tab("manager"), come("manager").page
    page.goto(PROGRAM)
    whole = figures(page)
    choose(page)
    page.get_by_role("button", name="Show", exact=True).click()
    quick.goto(PROGRAM)
    choose(quick)
    expect(quick).to_have_url(re.compile("area=NB-H"))
    expect(quick.locator("#trend")).to_have_text(re.compile("Keled Highlands"))

    assert "measure=maternal" in page.url
    assert "area=NB-H" in page.url
    assert figures(page) == figures(quick)
    assert figures(page) != whole


def test_portfolio_finds_a_program(tab):
    page = tab("manager")
    page.goto("/programs/")
    assert page.locator("article").count() > 1
    page.get_by_role("searchbox").fill("Vienna")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article")).to_contain_text("Vienna")


def test_report_is_sent_and_received(tab, world):
    page = tab("reporter")
    page.goto(f"/sites/NB-012/reports/{world['last']}/")
    page.get_by_label("Live births", exact=True).fill("11")
    page.get_by_label("Infant deaths", exact=True).fill("0")
    page.get_by_role("button", name="Submit the report").click()
    expect(page).to_have_url(re.compile("/receipt/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Received")


def test_mistyped_report_keeps_what_was_typed(tab, world):
    page = tab("manager")
    page.goto(f"/sites/KE-1/reports/{world['month']}/")
    page.get_by_label("Live births", exact=True).fill("ten")
    page.get_by_role("button", name="Submit the report").click()
    assert page.get_by_label("Live births", exact=True).input_value() == "ten"
    expect(page.get_by_text("is not a whole number")).to_be_visible()
