"""What people type and ask."""

from metrics.forms.asking import ComparisonForm, ImportForm, PlanForm, PortfolioForm, ScopeForm
from metrics.forms.reports import MonthlyReportForm

__all__ = [
    "ComparisonForm",
    "ImportForm",
    "MonthlyReportForm",
    "PlanForm",
    "PortfolioForm",
    "ScopeForm",
]
