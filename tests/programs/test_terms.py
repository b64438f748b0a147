"""What is asked of a site-month, by the programs in which the site takes part in that month."""

from datetime import date

import pytest

from programs.terms import due_on, parts_deciding, parts_in
from tests.factories import ParticipationFactory, SiteFactory

pytestmark = pytest.mark.django_db

BEFORE, MAY, LAST = date(2018, 12, 1), date(2019, 5, 1), date(2019, 12, 1)
JUNE = date(2025, 6, 1)
LEFT = {"first_month": date(2019, 1, 1), "last_month": LAST}


@pytest.fixture
def parts():
    """A program that the site left at the end of 2019, and one that it joined then."""
    site = SiteFactory()
    left = ParticipationFactory(site=site, program__report_due_day=5, **LEFT)
    return [left, ParticipationFactory(site=site, first_month=LAST, program__report_due_day=20)]


@pytest.mark.parametrize(
    ("month", "holding"), [(BEFORE, []), (MAY, [0]), (LAST, [0, 1]), (JUNE, [1])]
)
def test_month_is_held_by_the_parts_whose_period_it_lies_in(parts, month, holding):
    assert parts_in(parts, month) == [parts[number] for number in holding]
    deciding = parts_deciding(parts[0].site, month)
    assert set(deciding) == {parts[number] for number in holding or [0, 1]}


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (BEFORE, None),
        (MAY, date(2019, 6, 5)),
        (LAST, date(2020, 1, 5)),
        (JUNE, date(2025, 7, 20)),
        (date(9999, 12, 1), None),  # no month follows it
    ],
)
def test_month_is_due_by_the_earliest_day_of_its_own_programs(parts, month, due):
    assert due_on(parts, month) == due
