"""Files of monthly reports: read, checked by the gate, and applied as a whole or not at all."""

from metrics.imports.batches import apply_batch, check_batch, receive_file
from metrics.imports.checks import DryRun, RowFault, check_file
from metrics.imports.files import COLUMNS, FileRefusedError, parse_mapping

__all__ = [
    "COLUMNS",
    "DryRun",
    "FileRefusedError",
    "RowFault",
    "apply_batch",
    "check_batch",
    "check_file",
    "parse_mapping",
    "receive_file",
]
