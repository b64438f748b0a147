"""How many, and what explains it: counts to be looked at, moves, cards and benchmarks."""

from metrics.admin.breakdowns import CategoryAdmin, DimensionAdmin
from metrics.admin.kept import EvaluationAdmin, ImportBatchAdmin
from metrics.admin.knowledge import BenchmarkAdmin, IndicatorCardAdmin
from metrics.admin.reports import MonthlyReportAdmin
from metrics.admin.sites import ReportingSiteAdmin

__all__ = [
    "BenchmarkAdmin",
    "CategoryAdmin",
    "DimensionAdmin",
    "EvaluationAdmin",
    "ImportBatchAdmin",
    "IndicatorCardAdmin",
    "MonthlyReportAdmin",
    "ReportingSiteAdmin",
]
