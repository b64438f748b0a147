"""Every figure on every page beside a slow, obvious recount of the reports it says it is from.

Rates are held against the counts beside them, changes against the counts of their two periods,
counts and completeness against the reports themselves. All is read from the page's own words.
"""

from dataclasses import replace
from unittest import mock

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from programs.models import Measure
from tests.addresses import addresses_of, is_of_account, page_names
from tests.conftest import NOON, TODAY
from tests.metrics.claims import Page, Shelf
from tests.metrics.shown_figures import (
    around,
    decimals_of,
    find_changes,
    find_counts,
    find_naked_rates,
    find_rates,
    find_received,
    text_of,
)
from tests.metrics.slow_statistics import (
    change_with_limits,
    rate_with_limits,
)
from tests.world import build_world

pytestmark = pytest.mark.django_db
HALF = 0.5 + 1e-6  # of the last decimal shown
PERS = (1_000, 100_000)
FROZEN = "/evaluations/"  # keeps what was counted on its day, whatever was corrected since
# Where counts are not those of a period: pitfalls count much else, and the others show examples.
AS_KNOWN = "/as-known/"  # of another day: recounted over all versions in tests/metrics/history
OTHERS = (FROZEN, AS_KNOWN, "/pitfalls/", "/knowledge/questions/", "/styleguide/")
EXAMPLES = "/styleguide/"
REPORTING = "/reporting/"  # what had come by its due day, too
QUALITY = "/quality/"  # the same; its findings count months apart: recounted in test_quality_*.py
COMPARED = "/comparison/"  # draws all programs in one picture
PROGRAM = "/programs/healthy-beginnings/"
PROSE = "/knowledge/"  # whose published rates and examples have no interval


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page as somebody sees it who manages all programs."""
    with (
        django_db_blocker.unblock(),
        mock.patch("django.utils.timezone.now", return_value=NOON),
        transaction.atomic(),
    ):
        world, client = build_world(TODAY), Client()
        client.force_login(User.objects.get(username="admin"))
        shelf = Shelf()
        yield [
            Page(path, client.get(path, follow=True).text, shelf)
            for name in page_names()
            if not is_of_account(name)
            for path in addresses_of(name, world)
        ]
        transaction.set_rollback(True)


def test_every_rate_is_that_of_the_counts_beside_it(pages):
    assert [fault for page in pages for fault in find_wrong_rates(page)] == []


def test_every_change_is_that_of_the_two_periods_it_compares(pages):
    assert [fault for page in pages for fault in find_wrong_changes(page)] == []


def test_every_count_is_what_a_recount_of_its_reports_gives(pages):
    assert [fault for page in pages for fault in find_wrong_counts(page)] == []


def test_every_completeness_is_what_a_recount_gives(pages):
    assert [fault for page in pages for fault in find_wrong_completeness(page)] == []


def test_no_rate_stands_without_its_interval_and_counts(pages):
    assert [fault for page in pages for fault in find_bare_rates(page)] == []


def test_walk_comes_by_many_figures(pages):
    """Lest all is well because nothing is found on pages that read otherwise by now."""
    finders = {find_rates: 1500, find_changes: 150, find_counts: 2500, find_received: 1500}
    found = {find: sum(len(find(page.main)) for page in pages) for find in finders}
    assert {find.__name__: found[find] for find in finders if found[find] < finders[find]} == {}


@pytest.mark.parametrize(
    ("shown", "instead", "finders"),
    [
        ("254 of 5,284", "255 of 5,284", ["counts", "rates"]),
        ("254 of 5,284", "254 of 5,285", ["counts", "rates"]),
        (">777<", ">778<", ["counts", "rates"]),
        ("42.3 to 54.4", "42.4 to 54.4", ["rates"]),
        ("25.5 <small>", "25.6 <small>", ["rates"]),
        ("(65.152 to 75.086)", "(65.152 to 75.087)", ["rates"]),
        ("41 % lower", "42 % lower", ["changes"]),
        ("315 of 328", "316 of 328", ["completeness"]),
        ("10 of 12 reports", "11 of 12 reports", ["completeness"]),
        ("42.3 to 54.4", "", ["bare"]),
    ],
)
def test_walk_notices_what_is_wrong(pages, shown, instead, finders):
    """On the program page, one figure at a time."""
    page = next(own for own in pages if own.path == PROGRAM)
    assert shown in page.source
    wrong = Page(page.path, page.source.replace(shown, instead), page.shelf)
    assert [name for name, find in FINDERS.items() if list(find(wrong))] == finders


# --- Rates -----------------------------------------------------------------------------------


def find_wrong_rates(page):
    if page.path == EXAMPLES:
        return
    for rate in find_rates(page.main):
        counts = {(own.part, own.whole) for own in _nearest(find_counts, rate.at)}
        if decimals_of(rate.value) == 2:
            is_right = _is_ratio(rate, counts)
        else:
            is_right = any(_is_rate(rate, own, page) for own in counts if own[1])
        if not is_right:
            yield _tell(page, rate.at, f"{rate.value} ({rate.low} to {rate.high}) of {counts}")


def _nearest(finder, at):
    """The figures in the smallest box around that has any."""
    return next((found for box in around(at) if (found := finder(box))), [])


def _is_rate(rate, counts, page):
    shown = (rate.value, rate.low, rate.high)
    return any(
        all(map(_is_written, shown, rate_with_limits(*counts, per, divisor)))
        for per in PERS
        for divisor in _divisors(page, rate.at)
    )


def _is_ratio(rate, counts):
    shown = [100 * (float(own) - 1) for own in (rate.value, rate.low, rate.high)]
    return any(
        _is_change(shown, 0, change_with_limits(now, before))
        for now in counts
        for before in counts
        if before[0]
    )


def _is_written(text, value):
    """Whether this is how a value is written, rounded."""
    return abs(float(text.replace(",", "")) - value) <= HALF * 10.0 ** -decimals_of(text)


def _divisors(page, at):
    return {1.0, *(books.divisor for books in page.books(at))}


# --- Changes ---------------------------------------------------------------------------------


def find_wrong_changes(page):
    if page.path.endswith(AS_KNOWN):
        return
    for change in find_changes(page.main):
        shown = (change.value, change.low, change.high)
        if not any(
            _is_change(shown, change.places, own) for own in _possible_changes(page, change.at)
        ):
            yield _tell(page, change.at, shown)


def _is_change(shown, places, computed):
    return all(
        own == value or abs(own - value) <= HALF * 10.0**-places
        for own, value in zip(shown, computed, strict=True)
    )


def _possible_changes(page, at):
    """The changes between any two counts that stand near, and those of the contract."""
    divisors = _divisors(page, at)
    for box in [page.main] if FROZEN in page.path else around(at):
        counts = {(own.part, own.whole) for own in find_counts(box) if own.whole}
        if 1 < len(counts) < 50:
            for now in counts:
                for before in counts:
                    if before[0] or now[0]:
                        yield from (change_with_limits(now, before, own) for own in divisors)
    for books in page.books(page.main if COMPARED in page.path else at):
        yield from books.all_changes


# --- Counts ----------------------------------------------------------------------------------


def find_wrong_counts(page):
    if any(own in page.path for own in (*OTHERS, QUALITY)):
        return
    for pair in find_counts(page.main):
        claims = page.claims(pair.at, lambda box: len(find_counts(box)) == 1)
        if (pair.part, pair.whole) not in {claim.counts for claim in claims}:
            yield _tell(page, pair.at, f"{pair.part} of {pair.whole}, not {_told(claims)}")


def find_wrong_completeness(page):
    if any(own in page.path for own in OTHERS):
        return
    for pair in find_received(page.main):
        claims = page.claims(pair.at, lambda box: len(find_received(box)) == 1)
        if page.path.endswith(QUALITY):  # of reports, whatever was counted in them
            claims = [replace(claim, measure=own) for claim in claims for own in Measure]
        right = {claim.received for claim in claims}
        if page.path.endswith((REPORTING, QUALITY)):
            right |= {claim.on_time for claim in claims}
        if (pair.part, pair.whole) not in right:
            yield _tell(page, pair.at, f"{pair.part} of {pair.whole} reports")


def _told(claims):
    return [(str(c.measure), str(c.period), len(c.sites), c.counts) for c in claims[:4]]


def find_bare_rates(page):
    if page.path.startswith(PROSE):
        return
    for value, at in find_naked_rates(page.main):
        boxes = list(around(at))
        if not any(own.value == value for box in boxes for own in find_rates(box)):
            yield _tell(page, at, f"{value} without an interval")


def _tell(page, at, what):
    return f"{page.path}: {what}, in “{text_of(at)[:160]}”"


FINDERS = {
    "counts": find_wrong_counts,
    "rates": find_wrong_rates,
    "changes": find_wrong_changes,
    "completeness": find_wrong_completeness,
    "bare": find_bare_rates,
}
