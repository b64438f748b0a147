"""The quality of a program's counts: what was found, what was said of it, and its parts."""

from metrics.summaries.quality.finding import Finding, State
from metrics.summaries.quality.panels import SiteMonths, lay_out
from metrics.summaries.quality.program import (
    KindLine,
    Quality,
    SiteQuality,
    examine_program,
    summarise_quality,
)
from metrics.summaries.quality.wording import LABELS

__all__ = [
    "LABELS",
    "Finding",
    "KindLine",
    "Quality",
    "SiteMonths",
    "SiteQuality",
    "State",
    "examine_program",
    "lay_out",
    "summarise_quality",
]
