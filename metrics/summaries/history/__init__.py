"""What became of a program's rows: every change, and how it was known on a day."""

from metrics.summaries.history.changes import ProgramChanges, list_people
from metrics.summaries.history.known import AsKnown, Known, summarise_as_known
from metrics.summaries.history.since import ChangedReport, ReportsSince
from metrics.summaries.history.sources import Asked, Kind
from metrics.summaries.history.standing import end_of, first_known
from metrics.summaries.history.telling import ProgramChange

__all__ = [
    "AsKnown",
    "Asked",
    "ChangedReport",
    "Kind",
    "Known",
    "ProgramChange",
    "ProgramChanges",
    "ReportsSince",
    "end_of",
    "first_known",
    "list_people",
    "summarise_as_known",
]
