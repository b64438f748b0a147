"""The quality of a program's counts: what was found, and what was said of it.

A whole program is examined in `examining`, and its parts are in `program`; what forbids a verdict
is in `stops`.
"""

from metrics.summaries.quality.finding import Finding, State
from metrics.summaries.quality.panels import SiteMonths, lay_out
from metrics.summaries.quality.stops import NO_STOPS, Stop, count_stops, find_stops
from metrics.summaries.quality.wording import LABELS

__all__ = [
    "LABELS",
    "NO_STOPS",
    "Finding",
    "SiteMonths",
    "State",
    "Stop",
    "count_stops",
    "find_stops",
    "lay_out",
]
