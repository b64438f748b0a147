"""What people type and ask."""

from metrics.forms.asking import ComparisonForm, PlanForm, PortfolioForm, ScopeForm
from metrics.forms.imports import ColumnsForm, ImportForm
from metrics.forms.reports import MonthlyReportForm

__all__ = [
    "ColumnsForm",
    "ComparisonForm",
    "ImportForm",
    "MonthlyReportForm",
    "PlanForm",
    "PortfolioForm",
    "ScopeForm",
]
