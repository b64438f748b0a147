"""How many: reports, breakdowns, imports, evaluations; and what explains them."""

from metrics.models.breakdowns import BreakdownCount, Category, Dimension
from metrics.models.capture import Draft, LockException, Notice
from metrics.models.evaluations import Evaluation
from metrics.models.imports import FileLayout, FilePiece, ImportBatch, Job
from metrics.models.knowledge import Benchmark, IndicatorAttribute, IndicatorCard
from metrics.models.quality import FindingReview
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
    "FileLayout",
    "FilePiece",
    "FindingReview",
    "ImportBatch",
    "IndicatorAttribute",
    "IndicatorCard",
    "Job",
    "LockException",
    "MonthlyReport",
    "Notice",
    "Status",
]
