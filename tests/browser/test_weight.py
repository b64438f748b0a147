"""What comes over the wire, compressed as in production and counted by Chromium itself."""

import pytest

from tests.addresses import FROM_MAILS, addresses_of, page_names
from tests.world import SLUG

MOST_AT_FIRST, MOST_LATER = 60_000, 25_000  # bytes, headers included
FETCH_ICON = "fetch(document.querySelector('link[rel=icon]').href).then(own => own.text())"


class Scales:
    """Adds up what a tab receives. The icon, which Chromium fetches aside, is fetched again."""

    def __init__(self, visitor):
        self.visitor, self.received = visitor, 0
        network = visitor.context.new_cdp_session(visitor.page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._add)

    def _add(self, event):
        self.received += event["encodedDataLength"]

    def weigh(self, path):
        self.received = 0
        self.visitor.open(path)
        self.visitor.page.evaluate(FETCH_ICON)
        return self.received


@pytest.fixture
def scales(come):
    return Scales(come("manager"))


def test_first_visit_to_the_program_page_is_light(scales):
    assert 10_000 < scales.weigh(f"/programs/{SLUG}/") <= MOST_AT_FIRST


def test_later_pages_are_lighter(scales, world):
    scales.weigh(f"/programs/{SLUG}/")
    names = [name for name in page_names() if name not in FROM_MAILS]
    paths = [path for name in names for path in addresses_of(name, world)]
    weights = {path: scales.weigh(path) for path in paths}
    assert {path: own for path, own in weights.items() if own > MOST_LATER} == {}
    assert scales.visitor.is_signed_in()


def test_what_htmx_swaps_is_lighter_than_the_page(scales):
    whole = scales.weigh(f"/programs/{SLUG}/")
    page = scales.visitor.page
    scales.received = 0
    with page.expect_response("**/?*measure=maternal*"):
        page.get_by_label("Measure").select_option("maternal")
    page.wait_for_load_state("networkidle")
    assert 0 < scales.received < whole
