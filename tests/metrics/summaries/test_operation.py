"""When a site was open, and what sets some of its months apart."""

from datetime import date

import pytest

from metrics.summaries.operation import Change, Kind, Stretch, find_changes, list_stretches
from programs.periods import Period
from tests.factories import ParticipationFactory, SiteFactory

pytestmark = pytest.mark.django_db

JUNE = date(2025, 6, 1)
SPAN = Period(date(2023, 1, 1), JUNE)
OPENED = date(2020, 1, 1)


def month(text):
    year, number = text.split("-")
    return date(int(year), int(number), 1)


def site_open(*spells):
    spells = [(month(first), last and month(last)) for first, last in spells]
    return SiteFactory(spells=spells)


def stretches(*spells):
    return list_stretches(site_open(*spells), JUNE)


def changes(site, participations=(), spans=None, span=SPAN):
    return find_changes(site, participations, spans or {}, span)


# --- When it was open --------------------------------------------------------------------------


def test_site_that_never_closed_is_one_stretch_that_goes_on():
    assert stretches(("2020-01", None)) == [Stretch(OPENED, None, True)]


def test_site_that_never_opened_has_no_stretch():
    assert stretches() == []
    assert changes(SiteFactory(spells=[])) == []


def test_months_between_two_spells_are_closed():
    assert stretches(("2020-01", "2024-05"), ("2024-09", None)) == [
        Stretch(OPENED, month("2024-05"), True),
        Stretch(month("2024-06"), month("2024-08"), False),
        Stretch(month("2024-09"), None, True),
    ]


def test_spells_that_follow_each_other_leave_no_closed_month():
    found = stretches(("2020-01", "2024-05"), ("2024-06", None))
    assert [own.is_open for own in found] == [True, True]


@pytest.mark.parametrize(("last", "closed"), [("2025-05", 1), ("2025-06", 0), ("2025-07", 0)])
def test_site_is_closed_since_its_last_month_once_that_is_over(last, closed):
    found = stretches(("2020-01", last))
    assert len(found) == 1 + closed
    if closed:
        assert found[-1] == Stretch(JUNE, None, False)


# --- What makes months hard to compare -------------------------------------------------------


def test_opening_within_the_span_is_named_and_an_earlier_one_is_not():
    [opened] = changes(site_open(("2023-05", None)))
    assert (opened.kind, opened.month, opened.full) == (
        Kind.OPENED,
        month("2023-05"),
        month("2024-04"),
    )
    assert changes(site_open(("2023-01", None))) == []
    assert changes(site_open(("2025-07", None))) == []


def test_closures_within_the_span_are_named_together():
    site = site_open(("2020-01", "2022-05"), ("2022-08", "2023-05"), ("2023-08", "2024-05"),
                     ("2024-07", None))  # fmt: skip
    closed = (
        Period(month("2023-06"), month("2023-07")),
        Period(month("2024-06"), month("2024-06")),
    )
    assert changes(site) == [Change(Kind.CLOSED, month("2023-06"), closed)]


def test_site_that_closed_for_good_is_named_unless_the_span_ends_first():
    site = site_open(("2020-01", "2025-03"))
    assert changes(site) == [Change(Kind.ENDED, month("2025-04"))]
    assert changes(site, span=Period(SPAN.first, month("2025-03"))) == []


@pytest.mark.parametrize(("first", "named"), [("2023-01", False), ("2023-02", True)])
def test_joining_after_the_others_is_named(first, named):
    own = ParticipationFactory(first_month=month(first))
    found = changes(own.site, [own], {own.program_id: SPAN})
    joined = Change(Kind.JOINED, month(first), program=own.program, since=SPAN.first)
    assert found == ([joined] if named else [])


@pytest.mark.parametrize(("last", "named"), [("2025-05", True), ("2025-06", False)])
def test_leaving_before_the_others_is_named(last, named):
    own = ParticipationFactory(first_month=SPAN.first, last_month=month(last))
    found = changes(own.site, [own], {own.program_id: SPAN})
    assert found == ([Change(Kind.LEFT, JUNE, program=own.program)] if named else [])


def test_program_that_has_not_begun_changes_nothing():
    own = ParticipationFactory(first_month=date(2026, 1, 1))
    assert changes(own.site, [own], {}) == []
