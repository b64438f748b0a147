"""The one place where sums meet statistics. Page, CSV and all that follows read these objects."""

from metrics.summaries.figures import MonthFigures, PeriodFigures, YearFigures
from metrics.summaries.portfolio import ProgramLine, summarise_portfolio
from metrics.summaries.programs import ProgramSummary, SiteLine, summarise_program
from metrics.summaries.sites import MonthState, SiteMonth, SiteSummary, summarise_site
from metrics.summaries.targets import MeasureFigures, TargetSummary

__all__ = [
    "MeasureFigures",
    "MonthFigures",
    "MonthState",
    "PeriodFigures",
    "ProgramLine",
    "ProgramSummary",
    "SiteLine",
    "SiteMonth",
    "SiteSummary",
    "TargetSummary",
    "YearFigures",
    "summarise_portfolio",
    "summarise_program",
    "summarise_site",
]
