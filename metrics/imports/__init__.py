"""Files of monthly reports and of their breakdowns: read, checked by the gate, and applied as a
whole or not at all."""

from metrics.imports.batches import (
    apply_batch,
    check_batch,
    check_content,
    checking,
    find_columns,
    keep_file,
    receive_file,
)
from metrics.imports.checks import Outcome
from metrics.imports.explaining import RowFault
from metrics.imports.found import Found
from metrics.imports.mapping import COLUMNS, parse_mapping
from metrics.imports.missing import MissingColumnsError
from metrics.imports.reading import FileRefusedError

__all__ = [
    "COLUMNS",
    "FileRefusedError",
    "Found",
    "MissingColumnsError",
    "Outcome",
    "RowFault",
    "apply_batch",
    "check_batch",
    "check_content",
    "checking",
    "find_columns",
    "keep_file",
    "parse_mapping",
    "receive_file",
]
