"""Sites by months of a program: what became of every report, and which of them one may type."""

from metrics.summaries.grid.cells import Grid, GridCell, GridNote, GridRow, GridState
from metrics.summaries.grid.filling import fill_grid
from metrics.summaries.grid.sites import GridSites, list_grid_sites
from metrics.summaries.grid.typed import put_typed

__all__ = [
    "Grid",
    "GridCell",
    "GridNote",
    "GridRow",
    "GridSites",
    "GridState",
    "fill_grid",
    "list_grid_sites",
    "put_typed",
]
