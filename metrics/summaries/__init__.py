"""The one place where sums meet statistics. Page, CSV and all that follows read these objects."""

from metrics.summaries.areas import AreaLine, AreaSummary, summarise_area
from metrics.summaries.comparability import (
    NO_NOTES,
    PlaceNote,
    PlaceNotes,
    notes_on,
    notes_on_area,
    notes_on_contract,
)
from metrics.summaries.comparison import (
    ComparedMeasure,
    ComparedProgram,
    Comparison,
    compare_programs,
)
from metrics.summaries.details import TargetDetails
from metrics.summaries.examples import Example, exemplify
from metrics.summaries.explanations import Explanation, explain_figure
from metrics.summaries.figures import MonthFigures, PeriodFigures, YearFigures
from metrics.summaries.first_steps import FirstSteps, begin_with, find_first_steps
from metrics.summaries.gathering import Gathered, gather_program
from metrics.summaries.grid import (
    Grid,
    GridCell,
    GridNote,
    GridRow,
    GridSites,
    GridState,
    fill_grid,
    list_grid_sites,
    put_typed,
)
from metrics.summaries.how_we_know import HowWeKnow, summarise_how_we_know
from metrics.summaries.inbox import Inbox, WaitingReport, Wanted, add_versions, open_inbox
from metrics.summaries.interventions import (
    InterventionSummary,
    summarise_intervention,
)
from metrics.summaries.knowledge import (
    CardSummary,
    MeasureBenchmarks,
    read_card,
    read_cards,
    summarise_benchmarks,
)
from metrics.summaries.next_steps import NextSteps
from metrics.summaries.outputs import OutputKind
from metrics.summaries.pitfalls import PitfallsSummary, find_pitfalls
from metrics.summaries.places import AreaSites, PlaceLine, list_areas
from metrics.summaries.planning import ProgramPlan, assume_target, plan_program
from metrics.summaries.portfolio import (
    STANDINGS,
    Found,
    Portfolio,
    ProgramLine,
    Search,
    summarise_portfolio,
)
from metrics.summaries.printed import PrintedProgram, summarise_for_paper
from metrics.summaries.programs import (
    ProgramSummary,
    SiteLine,
    summarise_gathered,
    summarise_program,
)
from metrics.summaries.scopes import Scope, Shown, show_scope
from metrics.summaries.series import Series, make_series
from metrics.summaries.showcase import (
    Showcase,
    judge_contracts,
    make_up_program,
    show_program,
)
from metrics.summaries.site_months import MonthState, SiteMonth
from metrics.summaries.sites import SiteSummary, summarise_site
from metrics.summaries.targets import MeasureFigures, TargetSummary
from metrics.summaries.traces import SiteTrace, trace_sites
from metrics.summaries.trail import CountChange, Trail, Version, follow_trail
from metrics.summaries.waiting import Outcome, SwitchPreview, WithWaiting, preview_switch

__all__ = [
    "NO_NOTES",
    "STANDINGS",
    "AreaLine",
    "AreaSites",
    "AreaSummary",
    "CardSummary",
    "ComparedMeasure",
    "ComparedProgram",
    "Comparison",
    "CountChange",
    "Example",
    "Explanation",
    "FirstSteps",
    "Found",
    "Gathered",
    "Grid",
    "GridCell",
    "GridNote",
    "GridRow",
    "GridSites",
    "GridState",
    "HowWeKnow",
    "Inbox",
    "InterventionSummary",
    "MeasureBenchmarks",
    "MeasureFigures",
    "MonthFigures",
    "MonthState",
    "NextSteps",
    "Outcome",
    "OutputKind",
    "PeriodFigures",
    "PitfallsSummary",
    "PlaceLine",
    "PlaceNote",
    "PlaceNotes",
    "Portfolio",
    "PrintedProgram",
    "ProgramLine",
    "ProgramPlan",
    "ProgramSummary",
    "Scope",
    "Search",
    "Series",
    "Showcase",
    "Shown",
    "SiteLine",
    "SiteMonth",
    "SiteSummary",
    "SiteTrace",
    "SwitchPreview",
    "TargetDetails",
    "TargetSummary",
    "Trail",
    "Version",
    "WaitingReport",
    "Wanted",
    "WithWaiting",
    "YearFigures",
    "add_versions",
    "assume_target",
    "begin_with",
    "compare_programs",
    "exemplify",
    "explain_figure",
    "fill_grid",
    "find_first_steps",
    "find_pitfalls",
    "follow_trail",
    "gather_program",
    "judge_contracts",
    "list_areas",
    "list_grid_sites",
    "make_series",
    "make_up_program",
    "notes_on",
    "notes_on_area",
    "notes_on_contract",
    "open_inbox",
    "plan_program",
    "preview_switch",
    "put_typed",
    "read_card",
    "read_cards",
    "show_program",
    "show_scope",
    "summarise_area",
    "summarise_benchmarks",
    "summarise_for_paper",
    "summarise_gathered",
    "summarise_how_we_know",
    "summarise_intervention",
    "summarise_portfolio",
    "summarise_program",
    "summarise_site",
    "trace_sites",
]
