"""Every sentence with which a cell of a grid is refused or questioned."""

from datetime import date

import pytest

from metrics.grids import TypedCell, save_grid
from metrics.models import BreakdownCount, Category, Dimension, MonthlyReport
from tests.conftest import TODAY
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
)
from tests.metrics.grids.gridding import JUNE, MAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JULY, AUGUST = date(2025, 7, 1), date(2025, 8, 1)
CLOSED, LOCKED, BEFORE = date(2025, 2, 1), date(2024, 12, 1), date(2022, 12, 1)


@pytest.fixture
def site():
    """Closed in 2025-02, and locked up to 2024-12 on TODAY."""
    spells = [(date(2020, 1, 1), date(2025, 1, 1)), (date(2025, 3, 1), None)]
    own = SiteFactory(name="North Clinic", spells=spells)
    program = ProgramFactory(name="First Breath", locks_after_days=180)
    ParticipationFactory(program=program, site=own, first_month=date(2023, 1, 1))
    return own


def send(site, month, births, deaths, reason=""):
    """What is said about one cell, the version that is stored having been seen."""
    program = site.programs.get()
    stored = site.monthly_reports.filter(month=month).first()
    cell = TypedCell(site.pk, month, births, deaths, stored.version if stored else 0)
    by = MembershipFactory(program=program, role="reporter").user
    before = list(MonthlyReport.objects.values())
    outcome = save_grid(program=program, cells=[cell], reason=reason, by=by, today=TODAY)
    if outcome.refusals:
        assert list(MonthlyReport.objects.values()) == before
    return [
        str(fault)
        for own in (outcome.refusals, outcome.warnings)
        for fault in own.get(cell.place, [])
    ]


@pytest.mark.parametrize(
    ("month", "births", "deaths", "said"),
    [
        (JUNE, "1,200", "0", 'live_births: "1,200" is not a whole number. Write 1200.'),
        (JUNE, "4", "-1", 'infant_deaths: "-1" is negative. Write 0 or more, or leave it empty.'),
        (
            JUNE,
            "",
            "2",
            "live_births: is empty, and a report needs it. Write the number of live births, 0 if "
            "there were none.",
        ),
        (
            AUGUST,
            "4",
            "0",
            "month: 2025-08 lies in the future. Report a month up to 2025-07.",
        ),
        (
            CLOSED,
            "4",
            "0",
            "month: North Clinic was closed in 2025-02. If it was open, ask an admin to correct "
            "its spells of operation.",
        ),
        (
            LOCKED,
            "4",
            "0",
            "month: 2024-12 is locked, as is every month up to 2024-12. Ask a manager to open it "
            "for North Clinic.",
        ),
        (
            BEFORE,
            "4",
            "0",
            "month: 2022-12 lies outside North Clinic's part in First Breath. Empty the cell, and "
            "report that month in the site's own form.",
        ),
    ],
)
def test_cell_is_refused_with_a_sentence(site, month, births, deaths, said):
    assert send(site, month, births, deaths) == [said]


@pytest.mark.parametrize(
    ("month", "births", "deaths", "said"),
    [
        (JULY, "4", "0", "month: 2025-07 is not over. Report it again when it is complete."),
        (
            JUNE,
            "4",
            "",
            "infant_deaths: is empty, so this month leaves the infant mortality rate. Write 0 if "
            "no infant died.",
        ),
        (
            JUNE,
            "1",
            "2",
            "infant_deaths: 2 infant deaths are more than 1 live births. That happens where the "
            "sick are referred; say why.",
        ),
    ],
)
def test_cell_is_questioned_with_a_sentence(site, month, births, deaths, said):
    assert send(site, month, births, deaths) == [said]
    assert not MonthlyReport.objects.exists()
    send(site, month, births, deaths, reason="Counted twice")
    assert MonthlyReport.objects.get().comment == "Counted twice"


@pytest.mark.parametrize(("deaths", "known"), [(2, "2"), (None, "no count of")])
def test_cleared_cell_of_a_stored_report_is_refused(site, deaths, known):
    MonthlyReportFactory(site=site, month=JUNE, live_births=40, infant_deaths=deaths)
    assert send(site, JUNE, "", " ") == [
        f"live_births: is empty, but 40 live births and {known} infant deaths have been reported, "
        "and clearing a cell does not take that back. Write 0 where there were none, or put the "
        "numbers back."
    ]


@pytest.mark.parametrize(
    "fields", [{"status": "approved"}, {"status": "reopened", "reopened_until": date(2025, 7, 14)}]
)
def test_cell_of_an_approved_report_is_refused(site, fields):
    """So is one whose reopening is over: it counts again as it was approved."""
    MonthlyReportFactory(site=site, month=JUNE, live_births=40, infant_deaths=2, **fields)
    assert send(site, JUNE, "41", "2") == [
        "month: 2025-06 is approved with 40 live births and 2 infant deaths. Put these back, or "
        "ask a manager to reopen the report."
    ]


def test_deaths_that_contradict_the_stored_ages_are_refused(site):
    MonthlyReportFactory(site=site, month=JUNE, infant_deaths=3, early_neonatal_deaths=3)
    assert send(site, JUNE, "100", "2") == [
        "infant_deaths: 2 is less than its parts: early_neonatal_deaths 3 = 3. Correct the total "
        "or the parts."
    ]


@pytest.mark.parametrize(
    ("births", "said"),
    [
        (
            "50",
            "live_births by Sex: the categories add up to 60, which is 10 more than the report's "
            "50. Correct one of them.",
        ),
        (
            "70",
            "live_births by Sex: the categories add up to 60, which is 10 less than the report's "
            "70. Put what is not known under “unknown”.",
        ),
    ],
)
def test_breakdowns_are_held_against_the_new_counts(site, births, said):
    report = MonthlyReportFactory(site=site, month=MAY, live_births=60, infant_deaths=5)
    sex = Dimension.objects.get(code="sex")
    sex.name = "Sex"
    sex.save()
    for category, number in zip(Category.objects.filter(dimension=sex), (40, 20), strict=False):
        BreakdownCount.objects.create(report=report, category=category, live_births=number)
    assert send(site, MAY, births, "5") == [said]
