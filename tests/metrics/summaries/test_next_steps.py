"""What is to be done next, held against a slow recount."""

from datetime import date

import pytest

from metrics.summaries import summarise_program
from programs.periods import Period
from tests.factories import (
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = pytest.mark.django_db

JUNE = date(2025, 6, 1)
BEFORE_THE_DAY, AFTER_IT = date(2025, 7, 10), date(2025, 7, 11)  # reports are due on the 10th


def find(program, today=AFTER_IT, **fields):
    return summarise_program(program, today=today, **fields).next_steps


def owed(recount, sites, months):
    """Expected reports that nobody submitted and nobody approved, one by one."""
    sent = {(r.site_id, r.month) for r in recount.reports if r.status in ("submitted", "approved")}
    return sum(
        recount.expects(site, month) and (site, month) not in sent
        for site in sites
        for month in months
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("approval", [True, False])
def test_what_is_overdue_and_due_agrees_with_a_recount(seed, approval):
    program = make_program(seed, approval_required=approval)
    recount = Recount(program, role=None)
    for today, last in ((AFTER_IT, JUNE), (BEFORE_THE_DAY, date(2025, 5, 1))):
        steps = find(program, today)
        assert steps.overdue_through == last
        late = list(Period(date(2020, 1, 1), last))
        for duty in steps.duties:
            assert duty.overdue == owed(recount, [duty.site.pk], late)
            not_yet = [JUNE] if last < JUNE else []
            assert duty.due == owed(recount, [duty.site.pk], not_yet)


def fill(program, *months, deaths=1, **fields):
    site = ParticipationFactory(program=program, first_month=date(2024, 1, 1)).site
    for month in months:
        MonthlyReportFactory(
            site=site, month=month, live_births=100, infant_deaths=deaths, **fields
        )
    return site


ALL_MONTHS = list(Period(date(2024, 1, 1), JUNE))


def test_nothing_is_left_to_do_when_everything_is_in():
    program = ProgramFactory()
    fill(program, *ALL_MONTHS)
    steps = find(program)
    assert steps.is_done
    assert (steps.overdue_reports, steps.due_reports, steps.overdue) == (0, 0, [])


def test_month_is_due_until_its_day_and_overdue_after_it():
    program = ProgramFactory()
    fill(program, *ALL_MONTHS[:-1])
    for today, due, overdue in ((BEFORE_THE_DAY, 1, 0), (AFTER_IT, 0, 1)):
        steps = find(program, today)
        assert (steps.due_reports, steps.overdue_reports, steps.is_done) == (due, overdue, False)


def test_reports_that_wait_for_approval_are_neither_overdue_nor_done():
    program = ProgramFactory(approval_required=True)
    fill(program, *ALL_MONTHS, status="submitted")
    steps = find(program)
    assert (steps.waiting, steps.overdue_reports, steps.is_done) == (18, 0, False)


def test_sites_with_the_most_overdue_reports_come_first():
    program = ProgramFactory()
    one, two = fill(program, *ALL_MONTHS[1:]), fill(program, *ALL_MONTHS[2:])
    fill(program, *ALL_MONTHS)
    assert [(duty.site, duty.overdue) for duty in find(program).overdue] == [(two, 2), (one, 1)]


def test_sites_with_more_deaths_than_chance_explains_are_to_be_visited():
    target = TargetFactory()
    for deaths in (2, 2, 2, 9):
        site = ParticipationFactory(program=target.program).site
        for month in Period(date(2023, 1, 1), JUNE):
            died = 2 if month < date(2024, 7, 1) else deaths
            MonthlyReportFactory(site=site, month=month, live_births=100, infant_deaths=died)
    [line] = find(target.program).to_visit
    # R: poisson.test(108)$conf.int is 88.594 to 130.393; 24 are expected at the baseline rate
    assert line.place == site
    assert (line.excess.value, line.excess.low, line.excess.high) == pytest.approx(
        (84, 64.594, 106.393), abs=1e-3
    )


def test_limited_member_is_told_of_their_own_sites():
    program = ProgramFactory(approval_required=True)
    mine, _ = fill(program, ALL_MONTHS[0], status="submitted"), fill(program)
    steps = find(program, shown_sites={mine.pk})
    assert ([duty.site for duty in steps.duties], steps.waiting) == ([mine], 1)
