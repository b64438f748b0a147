"""A grid with what somebody typed and could not save, and what is to be said about it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from metrics.grids import GridSave, Place, TypedCell
from metrics.summaries.grid.cells import Grid, GridCell, GridNote, GridRow


def put_typed(grid: Grid, cells: Collection[TypedCell], outcome: GridSave) -> Grid:
    """The same grid with what was typed into it, where that is not what is stored."""
    typed = {cell.place: cell for cell in cells if cell.place in outcome.touched}
    return replace(grid, rows=[_put_in_row(row, typed, outcome) for row in grid.rows])


def _put_in_row(row: GridRow, typed: Mapping[Place, TypedCell], outcome: GridSave) -> GridRow:
    cells, notes = [], []
    for own in row.cells:
        cell = typed.get((row.site.pk, own.month))
        shown = own if cell is None else _put_cell(own, cell, outcome)
        cells.append(shown)
        if cell is not None and shown.is_noted:
            notes.append(_note(shown, cell.place, outcome))
    return replace(row, cells=cells, notes=notes)


def _put_cell(own: GridCell, cell: TypedCell, outcome: GridSave) -> GridCell:
    is_conflict = cell.place in outcome.conflicts
    is_wrong = is_conflict or cell.place in outcome.refusals
    return replace(
        own,
        births=cell.births,
        deaths=cell.deaths,
        shown=(own.births, own.deaths),
        # Where somebody saved in between, it goes on saying which version was seen.
        version=cell.seen_version if is_conflict else own.version,
        is_editable=True,
        is_wrong=is_wrong,
        is_noted=is_wrong or cell.place in outcome.warnings,
    )


def _note(cell: GridCell, place: Place, outcome: GridSave) -> GridNote:
    if place in outcome.conflicts:
        return GridNote(cell, stored=outcome.conflicts[place])
    return GridNote(cell, outcome.refusals.get(place) or outcome.warnings[place])
