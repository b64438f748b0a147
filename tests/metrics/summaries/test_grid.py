"""Every cell of a grid, against a slow recount of one cell after the other."""

from datetime import date, timedelta
from random import Random

import pytest

from metrics.grids import drafted_texts
from metrics.models import Draft, LockException, MonthlyReport
from metrics.summaries import GridState, fill_grid, list_grid_sites
from programs.models import OperationSpell, Participation
from programs.periods import Period
from tests.conftest import TODAY
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory
from tests.metrics.grids.gridding import JUNE, MAY, YEAR, fill, join
from tests.metrics.recount import make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JULY = date(2025, 7, 1)  # of which TODAY is a day


def show(membership, period=YEAR, today=TODAY):
    sites = list_grid_sites(membership, membership.user)
    return fill_grid(sites, sites.own, period, user=membership.user, today=today)


def only_cell(site, month=JUNE, role="reporter", today=TODAY):
    membership = MembershipFactory(program=site.programs.get(), role=role)
    (row,) = show(membership, Period(month, month), today).rows
    return row.cells[0]


# --- Against a recount ---------------------------------------------------------------------


def recount(membership, site, month):
    """State, locked, may be typed into: of one cell, from nothing but the tables."""
    program, user = membership.program, membership.user
    own = Participation.objects.get(program=program, site=site)
    spells = OperationSpell.objects.filter(site=site, first_month__lte=month)
    is_open = any(spell.last_month is None or spell.last_month >= month for spell in spells)
    takes_part = own.first_month <= month and (own.last_month is None or month <= own.last_month)
    report = MonthlyReport.objects.filter(site=site, month=month).first()
    draft = Draft.objects.filter(site=site, month=month, user=user).first()
    end = (month + timedelta(days=31)).replace(day=1)  # the day after the month
    if report:
        state = report.status
    elif draft:
        state = "draft"
    elif not is_open:
        state = "closed"
    elif not takes_part or end > TODAY:
        state = "not_expected"
    else:
        state = "due" if end.replace(day=program.report_due_day) >= TODAY else "overdue"
    asked = is_open and takes_part and month <= TODAY
    leave = LockException.objects.filter(site=site, month=month, expires_on__gte=TODAY)
    locked = asked and is_locked(site, month, end) and not leave.exists()
    locked = locked and state != "returned"
    return state, locked, asked and not locked and state != "approved"


def is_locked(site, month, end):
    """Whether every program that the site takes part in then locks a month that ended the day
    before."""
    parts = site.participations.filter(first_month__lte=month).exclude(last_month__lt=month)
    days = [part.program.locks_after_days for part in parts]
    return all(own is not None and (TODAY - end).days >= own for own in days)


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_says_what_a_recount_says(seed):
    chance, period = Random(seed), Period(date(2023, 8, 1), JULY)
    program = make_program(seed, locks_after_days=chance.choice([100, 300]))
    for site in program.sites.all():
        site.programs.exclude(pk=program.pk).update(locks_after_days=200)
    membership = MembershipFactory(program=program, role="manager")
    for site in program.sites.all():
        put_drafts_and_leave(site, period, chance, membership.user)
    rows = show(membership, period).rows
    assert {row.site for row in rows} == set(program.sites.all())
    for row in rows:
        told = [(cell.state, cell.is_locked, cell.is_editable) for cell in row.cells]
        assert told == [recount(membership, row.site, month) for month in period]


def put_drafts_and_leave(site, period, chance, user):
    for month in chance.sample(list(period), 4):
        Draft.objects.create(site=site, month=month, user=user, typed={"live_births": "4"})
    for month in chance.sample(list(period), 4):
        until = TODAY + timedelta(days=chance.choice([-1, 0, 1]))
        LockException.objects.create(
            site=site, month=month, reason="Found", granted_by=user, expires_on=until
        )


# --- One by one ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "approved"])
def test_stored_report_shows_its_status_and_counts(status):
    site = join()
    MonthlyReportFactory(site=site, month=JUNE, status=status, live_births=1200, infant_deaths=None)
    cell = only_cell(site)
    assert (cell.state, cell.births, cell.deaths, cell.version) == (status, "1200", "", 1)
    assert cell.is_editable is (status != "approved")


@pytest.mark.parametrize(
    ("until", "state", "is_editable"),
    [(None, "reopened", True), (TODAY, "reopened", True), (date(2025, 7, 14), "approved", False)],
)
def test_reopened_report_is_to_be_corrected_until_its_day(until, state, is_editable):
    site = join()
    MonthlyReportFactory(site=site, month=JUNE, status="reopened", reopened_until=until)
    cell = only_cell(site)
    assert (cell.state, cell.is_editable) == (state, is_editable)


def test_reopened_report_may_be_typed_over_though_its_month_is_locked():
    site = join()
    site.programs.update(locks_after_days=1)
    MonthlyReportFactory(site=site, month=MAY, status="reopened", reopened_until=TODAY)
    cell = only_cell(site, MAY)
    assert (cell.is_locked, cell.is_editable) == (False, True)


def test_returned_report_may_be_typed_over_though_its_month_is_locked():
    site = join()
    site.programs.update(locks_after_days=1)
    MonthlyReportFactory(site=site, month=MAY, status="returned")
    cell = only_cell(site, MAY)
    assert (cell.state, cell.is_locked, cell.is_editable) == ("returned", False, True)


@pytest.mark.parametrize(("day", "state"), [(10, "due"), (11, "overdue")])
def test_report_is_overdue_the_day_after_it_is_due(day, state):
    assert only_cell(join(), today=date(2025, 7, day)).state == state


def test_month_that_is_not_over_is_not_expected_and_may_be_typed():
    cell = only_cell(join(), JULY)
    assert (cell.state, cell.is_editable) == ("not_expected", True)


def test_locked_month_is_marked_in_word_and_class():
    site = join()
    site.programs.update(locks_after_days=1)
    MonthlyReportFactory(site=site, month=MAY, status="approved")
    cell = only_cell(site, MAY)
    assert (cell.words, cell.marks, cell.is_editable) == ("approved, locked", "lock", False)


def test_own_draft_is_shown_and_nobody_elses():
    site = join()
    membership = MembershipFactory(program=site.programs.get(), role="reporter")
    Draft.objects.create(site=site, month=JUNE, user=membership.user, typed={"live_births": "4 "})
    (row,) = show(membership, Period(JUNE, JUNE)).rows
    assert [(own.state, own.births, own.deaths, own.version) for own in row.cells] == [
        ("draft", "4", "", 0)
    ]
    assert only_cell(site).state == "overdue"


def test_draft_over_a_stored_report_is_told_beside_its_status():
    site = join()
    membership = MembershipFactory(program=site.programs.get(), role="reporter")
    MonthlyReportFactory(site=site, month=JUNE, live_births=44)
    draft = Draft.objects.create(
        site=site, month=JUNE, user=membership.user, typed={"live_births": "45"}
    )
    (row,) = show(membership, Period(JUNE, JUNE)).rows
    assert (row.cells[0].words, row.cells[0].births) == ("submitted, unsent changes", "44")
    assert drafted_texts(draft) == ("45", "")


def test_viewer_may_type_nowhere():
    assert not only_cell(join(), role="viewer").is_editable


# --- Which sites, which months -------------------------------------------------------------


def test_sites_come_by_name_with_their_areas_from_the_outside_in():
    program = join(name="b").programs.get()
    district = join(program, name="A").area
    district.parent = join(program, name="c").area
    district.save()
    membership = MembershipFactory(program=program)
    sites = list_grid_sites(membership, membership.user)
    assert [own.site.name for own in sites.own] == ["A", "b", "c"]
    levels = {area: (level, len(held)) for area, level, held in sites.areas}
    assert levels[district.parent] == (0, 2)
    assert levels[district] == (1, 1)
    order = [area for area, _, _ in sites.areas]
    assert order.index(district.parent) < order.index(district)


def test_member_of_some_sites_gets_these_only():
    program = join().programs.get()
    own = join(program)
    ParticipationFactory(site=own)  # in another program as well
    membership = MembershipFactory(program=program, sites=[own])
    sites = list_grid_sites(membership, membership.user)
    assert [part.site for part in sites.own] == [own]
    assert len(sites.everywhere[own.pk]) == 2


@pytest.mark.parametrize(
    ("last_month", "usual"),
    [(None, "2024-07..2025-06"), (date(2030, 1, 1), "2024-07..2025-06"), (MAY, "2024-06..2025-05")],
)
def test_usual_months_end_with_the_last_that_is_over_and_takes_part(last_month, usual):
    program = ParticipationFactory(last_month=last_month).program
    ParticipationFactory(program=program, last_month=date(2024, 1, 1))
    membership = MembershipFactory(program=program)
    assert list_grid_sites(membership, membership.user).usual_period(TODAY).code == usual


def test_program_without_sites_has_usual_months_too():
    membership = MembershipFactory()
    assert list_grid_sites(membership, membership.user).usual_period(TODAY) == YEAR


def test_key_counts_the_cells_of_each_state():
    program = fill(2, months=Period(date(2024, 9, 1), MAY))
    grid = show(MembershipFactory(program=program))
    numbers = {state: number for state, number in grid.key if number}
    assert numbers == {GridState.SUBMITTED: 18, GridState.OVERDUE: 6}
    assert [state for state, _ in grid.key] == list(GridState)
