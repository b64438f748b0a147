"""How many: reports, breakdowns, imports, evaluations; and what explains them."""

from metrics.models.breakdowns import BreakdownCount, Category, Dimension
from metrics.models.capture import Draft, LockException, Notice
from metrics.models.evaluations import Evaluation
from metrics.models.imports import ImportBatch
from metrics.models.knowledge import Benchmark, IndicatorAttribute, IndicatorCard
from metrics.models.reports import COUNT_FIELDS, Door, MonthlyReport, Status

__all__ = [
    "COUNT_FIELDS",
    "Benchmark",
    "BreakdownCount",
    "Category",
    "Dimension",
    "Door",
    "Draft",
    "Evaluation",
    "ImportBatch",
    "IndicatorAttribute",
    "IndicatorCard",
    "LockException",
    "MonthlyReport",
    "Notice",
    "Status",
]
