"""Columns and rows of every download. Streamed, and safe to open in a spreadsheet."""

from metrics.cells import safe_cell
from metrics.exports.datasets import Asked, Column, Dataset, Type, is_withheld_from
from metrics.exports.outgoing import Outgoing
from metrics.exports.registry import DATASETS, find_dataset, list_datasets
from metrics.exports.sending import Ending, file_name, send_dataset, stream_csv
from metrics.exports.site_months import SITE_MONTHS, site_month_rows
from metrics.exports.summary import SUMMARY, SUMMARY_COLUMNS, summary_rows
from metrics.exports.templates import template_rows

__all__ = [
    "DATASETS",
    "SITE_MONTHS",
    "SUMMARY",
    "SUMMARY_COLUMNS",
    "Asked",
    "Column",
    "Dataset",
    "Ending",
    "Outgoing",
    "Type",
    "file_name",
    "find_dataset",
    "is_withheld_from",
    "list_datasets",
    "safe_cell",
    "send_dataset",
    "site_month_rows",
    "stream_csv",
    "summary_rows",
    "template_rows",
]
