"""The one place where sums meet statistics. Page, CSV and all that follows read these objects."""

from metrics.summaries.details import TargetDetails
from metrics.summaries.explanations import Explanation, explain_figure
from metrics.summaries.figures import MonthFigures, PeriodFigures, YearFigures
from metrics.summaries.gathering import gather_program
from metrics.summaries.knowledge import KnowledgeSummary, summarise_knowledge
from metrics.summaries.places import PlaceLine
from metrics.summaries.planning import ProgramPlan, assume_target, plan_program
from metrics.summaries.portfolio import ProgramLine, summarise_portfolio
from metrics.summaries.programs import ProgramSummary, SiteLine, summarise_program
from metrics.summaries.sites import MonthState, SiteMonth, SiteSummary, summarise_site
from metrics.summaries.targets import MeasureFigures, TargetSummary

__all__ = [
    "Explanation",
    "KnowledgeSummary",
    "MeasureFigures",
    "MonthFigures",
    "MonthState",
    "PeriodFigures",
    "PlaceLine",
    "ProgramLine",
    "ProgramPlan",
    "ProgramSummary",
    "SiteLine",
    "SiteMonth",
    "SiteSummary",
    "TargetDetails",
    "TargetSummary",
    "YearFigures",
    "assume_target",
    "explain_figure",
    "gather_program",
    "plan_program",
    "summarise_knowledge",
    "summarise_portfolio",
    "summarise_program",
    "summarise_site",
]
