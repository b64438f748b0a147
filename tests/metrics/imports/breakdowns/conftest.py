import pytest

from metrics.models import Dimension
from tests.factories import MonthlyReportFactory
from tests.metrics.imports.breakdowns.breaking_down import JANUARY


@pytest.fixture
def sex(program):
    """A breakdown that the program asks for: female, male, unknown."""
    own = Dimension.objects.get(code="sex")
    own.programs.add(program)
    return own


@pytest.fixture
def report(program, sex):
    """A report of site A for 2024-01: 40 live births, 2 infant deaths, submitted."""
    site = program.sites.get(code="A")
    return MonthlyReportFactory(
        site=site, month=JANUARY, live_births=40, infant_deaths=2, status="submitted"
    )
