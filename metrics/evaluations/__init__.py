"""Verdicts frozen: made, recomputed from their own rows, and held against what is known today."""

from metrics.evaluations.comparing import Comparison, RowChange, compare_with_today
from metrics.evaluations.documents import (
    UnreadableDocumentError,
    checksum_of,
    document_of,
    find_differences,
    recompute,
    to_bytes,
)
from metrics.evaluations.freezing import freeze_evaluation
from metrics.evaluations.reading import FrozenSummary, Omission, group_exclusions, read_document

__all__ = [
    "Comparison",
    "FrozenSummary",
    "Omission",
    "RowChange",
    "UnreadableDocumentError",
    "checksum_of",
    "compare_with_today",
    "document_of",
    "find_differences",
    "freeze_evaluation",
    "group_exclusions",
    "read_document",
    "recompute",
    "to_bytes",
]
