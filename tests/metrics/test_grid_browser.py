"""The grid in a real browser: keys, blocks, and what is kept of what was typed."""

import shutil
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from metrics.models import MonthlyReport
from tests.factories import MonthlyReportFactory, ProgramFactory
from tests.metrics.grids.gridding import APRIL, JUNE, MAY, address, box, join, sign_in

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("today"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="There is no Chromium on this machine, so no page was looked at."
    ),
]


@pytest.fixture
def program():
    return ProgramFactory()


@pytest.fixture
def sites(program):
    """Three, one under the other; the second has an approved report of May."""
    own = [join(program, name=name, code=name) for name in ("A", "B", "C")]
    MonthlyReportFactory(site=own[1], month=MAY, status="approved", live_births=50, infant_deaths=1)
    return own


@pytest.fixture
def come(live_server, client, program, sites, monkeypatch):
    """Open the grid as a reporter: come(), come(java_script_enabled=False)."""
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    sign_in(client, program, role="reporter")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_grid(**options):
            context = browser.new_context(**options)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            context.add_cookies([cookie | {"url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + address(program))
            return page

        yield open_grid
        browser.close()


def find(page, kind, site, month):
    return page.locator(f'[name="{box(kind, site, month)}"]')


def paste(page, text):
    """Put a text on the clipboard, and press the keys."""
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def here(page):
    return page.evaluate("document.activeElement.name")


def stored():
    return {
        (own.site.name, own.month): (own.live_births, own.infant_deaths)
        for own in MonthlyReport.objects.select_related("site")
    }


def save(page):
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()


def test_cells_are_typed_pasted_and_saved_by_keyboard(come, sites):
    page = come()
    a, b, c = sites
    find(page, "b", a, MAY).click()
    for key in ("4", "0", "ArrowRight", "1", "ArrowRight", "4", "2", "Tab", "0", "Enter"):
        page.keyboard.press(key)
    assert here(page) == box("d", b, JUNE)
    page.keyboard.press("ArrowLeft")
    paste(page, "51\n61\n")
    find(page, "d", c, JUNE).fill("2")
    find(page, "d", b, JUNE).fill("0")
    assert page.locator("#typed").inner_text() == "4 cells changed, not saved yet"
    page.get_by_role("button", name="Save 4 cells").click()
    expect(page.get_by_text("4 reports were submitted")).to_be_visible()
    assert stored() == {
        ("A", MAY): (40, 1),
        ("A", JUNE): (42, 0),
        ("B", MAY): (50, 1),
        ("B", JUNE): (51, 0),
        ("C", JUNE): (61, 2),
    }


def test_keys_step_over_what_cannot_be_typed_into(come, sites):
    page = come()
    a, b, c = sites
    steps = [
        ("ArrowDown", box("b", c, MAY)),  # B's May is approved
        ("ArrowUp", box("b", a, MAY)),
        ("ArrowUp", box("b", a, MAY)),  # the first site
        ("ArrowLeft", box("d", a, APRIL)),
        ("Enter", box("d", b, APRIL)),
        ("ArrowRight", box("b", b, JUNE)),
        ("Shift+Enter", box("b", a, JUNE)),
    ]
    find(page, "b", a, MAY).focus()
    for key, name in steps:
        page.keyboard.press(key)
        assert here(page) == name


def test_arrows_move_within_a_number_before_they_leave_it(come, sites):
    page = come()
    find(page, "b", sites[0], MAY).focus()
    page.keyboard.type("412")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("9")
    assert find(page, "b", sites[0], MAY).input_value() == "9412"
    page.keyboard.press("Escape")
    assert find(page, "b", sites[0], MAY).input_value() == ""


def test_block_of_two_numbers_a_month_fills_births_and_deaths(come, sites):
    page = come()
    a, b, _ = sites
    page.get_by_label("two numbers a month").check()
    find(page, "b", a, MAY).focus()
    paste(page, '40\t1\t41\t2\r\n\t\t"1,200"\t0\r\n')
    values = [
        find(page, k, s, m).input_value() for s, m in ((a, MAY), (a, JUNE), (b, JUNE)) for k in "bd"
    ]
    assert values == ["40", "1", "41", "2", "1,200", "0"]
    save(page)
    assert 'live births "1,200" is not a whole number. Write 1200.' in page.content().replace(
        "&quot;", '"'
    )
    find(page, "b", b, JUNE).fill("1200")
    save(page)
    assert stored()["B", JUNE] == (1200, 0)


def test_what_does_not_fit_is_said_and_a_paste_can_be_undone(come, sites):
    page = come()
    a, _b, c = sites
    find(page, "b", a, MAY).fill("9")
    paste(page, "40\t41\t42\n51\t\n60\n70")
    said = page.locator(".notice")
    assert said.locator("li").all_inner_texts() == [
        "42: right of the last month",
        "51: B, 2025-05, live births (approved)",
        "70: below the last site",
    ]
    assert said.locator("strong").inner_text() == "3 numbers pasted."
    assert find(page, "b", c, MAY).input_value() == "60"
    page.get_by_role("button", name="Undo the paste").click()
    assert [find(page, "b", own, MAY).input_value() for own in (a, c)] == ["9", ""]


def test_only_the_cells_that_were_changed_are_sent(come, sites):
    page = come()
    a, _, c = sites
    find(page, "b", a, JUNE).fill("40")
    find(page, "d", a, JUNE).fill("0")
    find(page, "b", c, JUNE).fill("7")
    find(page, "b", c, JUNE).fill("")
    with page.expect_request(lambda own: own.method == "POST") as sent:
        page.get_by_role("button", name="Save 1 cell").click()
    names = {name for name in parse_qs(sent.value.post_data) if name[0] in "bd"}
    assert names == {box("b", a, JUNE), box("d", a, JUNE)}


def test_what_was_typed_outlives_the_page(come, sites):
    page = come()
    page.on("dialog", lambda dialog: dialog.accept())
    a, b, _ = sites
    find(page, "b", a, JUNE).fill("40")
    find(page, "b", b, JUNE).fill("50")
    MonthlyReportFactory(site=b, month=JUNE, live_births=55)
    page.reload()
    assert find(page, "b", a, JUNE).input_value() == "40"
    assert find(page, "b", b, JUNE).input_value() == "55"
    said = page.locator(".notice")
    assert (
        said.locator("strong").inner_text() == "1 number typed earlier and not saved: here again."
    )
    assert said.locator("li").all_inner_texts() == ["50: B, 2025-06, live births (now 55)"]
    page.get_by_role("button", name="Leave them out").click()
    page.reload()
    assert find(page, "b", a, JUNE).input_value() == ""


def test_saved_cells_are_not_brought_back(come, sites):
    page = come()
    find(page, "b", sites[0], JUNE).fill("40.0")
    find(page, "d", sites[0], JUNE).fill("1")
    save(page)
    assert page.locator(".notice").all_inner_texts() == ["1 report was submitted at 12:00."]
    assert page.locator("#typed").inner_text() == "Nothing changed"


def test_grid_is_saved_without_javascript(come, sites):
    page = come(java_script_enabled=False)
    find(page, "b", sites[0], JUNE).fill("40")
    find(page, "d", sites[0], JUNE).fill("1")
    assert not page.get_by_text("A block pasted from a spreadsheet").is_visible()
    save(page)
    assert stored() == {("A", JUNE): (40, 1), ("B", MAY): (50, 1)}


def test_boxes_have_names_also_where_something_is_wrong(come, sites):
    page = come()
    find(page, "b", sites[0], JUNE).fill("x")
    save(page)
    name = "A 2025-06 live births overdue"
    assert page.get_by_role("textbox", name=name, exact=True).input_value() == "x"
    found = Axe().run(page).response["violations"]
    assert [node["html"] for own in found for node in own["nodes"]] == []
