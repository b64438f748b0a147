"""A month on its way from the reporter's hand into the program's figure, in a real browser."""

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.browser.walk import MANAGER, REPORTER, SITES, SLUG

PROGRAM, MESSAGE = f"/programs/{SLUG}/", "Count the twins of the night shift."
FIRST, SECOND = SITES


def recount(page, first, status="approved"):
    """Deaths and births of the evaluation's months, added up from the file of the reports."""
    text = page.request.get(f"{PROGRAM}site-months.csv").text().lstrip("\ufeff")
    rows = [
        row
        for row in csv.DictReader(text.splitlines())
        if row["month"] >= first and row["status"] == status
    ]
    return sum(int(row["infant_deaths"]) for row in rows), sum(
        int(row["live_births"]) for row in rows
    )


def figure(page):
    """What the program page rests its verdict on, in one line."""
    page.goto(PROGRAM)
    return " ".join(page.locator("section[aria-labelledby=evidence]").inner_text().split())


def told(deaths, births):
    """How the table of evidence tells the evaluation: its counts, its rate and the interval."""
    rate = re.escape(f"{1000 * deaths / births:.3f}")
    return re.compile(rf"Evaluation [-\d]+ to [-\d]+ {deaths:,} {births:,} {rate} \(\d")


def fill_in(page, births, deaths):
    page.get_by_label("Live births", exact=True).fill(str(births))
    page.get_by_label("Infant deaths", exact=True).fill(str(deaths))
    page.get_by_role("button", name=re.compile("^Submit the (report|changes)$")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Received: {SITES[FIRST]}")


@pytest.fixture
def report(world):
    return f"/sites/{FIRST}/reports/{world['last']}/"


def test_month_is_sent_returned_mended_approved_and_counted(come, world, report):
    reporter, manager = come(REPORTER).page, come(MANAGER).page
    first = world["walk_first"]
    before = recount(manager, first)
    assert told(*before).search(figure(manager))

    send_first(reporter, report)
    assert told(*before).search(seen := figure(manager))
    assert "1 report waits for approval and is not in these figures" in seen
    return_it(manager)
    assert told(*before).search(figure(manager))
    mend(reporter, report)
    approve(manager)

    after = recount(manager, first)
    assert after == (before[0] + 6, before[1] + 104)
    assert told(*after).search(seen := figure(manager))
    assert "approval and" not in seen
    reporter.goto("/notices/")
    expect(reporter.locator("main")).to_contain_text("was approved by")


def send_first(page, report):
    """From the home page to the form, and off with it."""
    page.goto("/")
    page.locator(f'main a[href="{report}"]').first.click()
    fill_in(page, 100, 7)


def return_it(page):
    page.goto(f"{PROGRAM}approvals/")
    waiting = page.locator("li.waiting", has_text=SITES[FIRST])
    waiting.get_by_text("Return with a message").click()
    waiting.get_by_label("What is to be corrected?").fill(MESSAGE)
    waiting.get_by_role("button", name="Return the report").click()
    expect(page.get_by_text("is returned with your message.")).to_be_visible()


def mend(page, report):
    """The message stands on the home page and on the form; the counts are as they were sent."""
    page.goto("/")
    expect(page.locator("main")).to_contain_text(MESSAGE)
    page.locator(f'main a[href="{report}"]').first.click()
    expect(page.locator("main")).to_contain_text(MESSAGE)
    assert page.get_by_label("Live births", exact=True).input_value() == "100"
    fill_in(page, 104, 6)


def approve(page):
    page.goto(f"{PROGRAM}approvals/")
    waiting = page.locator("li.waiting", has_text=SITES[FIRST])
    expect(waiting).to_contain_text(MESSAGE)
    waiting.get_by_label("Approve").check()
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_text("1 report is approved.")).to_be_visible()


def test_form_works_without_javascript_from_opening_to_the_receipt(come, world):
    page = come(REPORTER, java_script_enabled=False).page
    page.goto("/")
    page.locator(f'main a[href="/sites/{SECOND}/reports/{world["last"]}/"]').first.click()
    page.get_by_label("Live births", exact=True).fill("98")
    page.get_by_label("Infant deaths", exact=True).fill("four")
    page.get_by_role("button", name="Submit the report").click()
    expect(page.locator("main")).to_contain_text("is not a whole number")
    assert page.get_by_label("Live births", exact=True).input_value() == "98"

    page.get_by_label("Infant deaths", exact=True).fill("4")
    page.get_by_role("button", name="Submit the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Received: {SITES[SECOND]}, {world['last']}"
    )
    expect(page.locator("dl.facts")).to_contain_text(re.compile(r"Receipt\s*\d+-1\b"))
    expect(page.locator("dl.facts")).to_contain_text(
        re.compile(r"Received\s*\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")
    )
