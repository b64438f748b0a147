"""Many site-months typed at once, and stored as one: all of them, or none."""

from metrics.grids.cells import THEIRS, GridSave, Place, TypedCell, drafted_texts, may_be_changed
from metrics.grids.saving import check_grid, save_grid

__all__ = [
    "THEIRS",
    "GridSave",
    "Place",
    "TypedCell",
    "check_grid",
    "drafted_texts",
    "may_be_changed",
    "save_grid",
]
