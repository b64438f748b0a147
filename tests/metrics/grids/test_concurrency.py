"""Two people who save grids at the same moment, in processes of their own."""

import os

import pytest

from metrics.grids import TypedCell, save_grid
from metrics.models import MonthlyReport
from tests.conftest import TODAY
from tests.factories import MembershipFactory, MonthlyReportFactory
from tests.metrics import test_concurrency as processes
from tests.metrics.grids.gridding import JUNE, MAY, join

shared = processes.shared  # the fixture that lets every process open the database itself

pytestmark = [
    pytest.mark.django_db(transaction=not processes.IS_SQLITE),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as copies"),
]


def save(sites, by, births, seen):
    """Say "stored", or "conflict" where somebody else was first."""
    cells = [TypedCell(own.pk, JUNE, births, "0", seen) for own in sites]
    program = sites[0].programs.get()
    outcome = save_grid(program=program, cells=cells, reason="", by=by, today=TODAY)
    return "conflict" if outcome.conflicts else "stored"


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_grids_that_share_a_cell_one_is_stored_and_the_other_not_at_all(shared, seen):
    common, mine, theirs = (join(program) for program in [join().programs.get()] * 3)
    by = MembershipFactory(program=common.programs.get(), role="manager").user
    for site in (common, mine, theirs) if seen else ():
        MonthlyReportFactory(site=site, month=JUNE, live_births=39)
    grids = [([mine, common], "41"), ([theirs, common], "42")]
    given = processes.at_once(lambda grid: save(grid[0], by, grid[1], seen), grids)
    assert sorted(given) == ["conflict", "stored"]
    births = {own.site: own.live_births for own in MonthlyReport.objects.all()}
    won, lost = (mine, theirs) if births[common] == 41 else (theirs, mine)
    assert (births[won], births.get(lost)) == (births[common], 39 if seen else None)


def test_same_grid_at_two_processes_is_stored_once(shared):
    program = join().programs.get()
    sites, by = (
        [join(program) for _ in range(3)],
        MembershipFactory(program=program, role="manager").user,
    )
    assert processes.at_once(lambda _: save(sites, by, "41", 0), [1, 2]) == ["stored", "stored"]
    assert {own.version for own in MonthlyReport.objects.all()} == {1}
    assert MonthlyReport.history.count() == 3


def test_grids_of_different_months_lose_nothing(shared):
    program = join().programs.get()
    sites, by = (
        [join(program) for _ in range(8)],
        MembershipFactory(program=program, role="manager").user,
    )
    for site in sites:
        MonthlyReportFactory(site=site, month=MAY)
    assert processes.at_once(lambda own: save([own], by, "41", 0), sites) == ["stored"] * 8
    assert MonthlyReport.objects.filter(month=JUNE, live_births=41).count() == 8
