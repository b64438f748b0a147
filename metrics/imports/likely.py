"""How a file is probably mapped: as one with its headings was before, or as its names and cells
tell; and how another sheet of it is, or its headings elsewhere."""

from dataclasses import replace

from metrics.imports.breakdowns.guessing import guess_parts
from metrics.imports.guessing import guess_mapping, recall_layout
from metrics.imports.headings import join_months_of_year
from metrics.imports.mapping import LEFT_OUT, OURS, Lines, Mapping
from metrics.imports.named_years import find_named_year, name_sheet
from metrics.imports.opening import Preview, look_into
from metrics.imports.reading import FileRefusedError

_WHERE = ("sheet", "header")


def find_likely(program, preview: Preview) -> tuple[dict[str, str], Preview, bool]:
    """The mapping that was remembered, or else the likely one; the top of the file as it is read
    by it; and whether it was remembered. Where the rows need a year, it is that of the sheet's
    name: whoever looks at the columns sees it there."""
    said = recall_layout(program, preview)
    lines = _guess(program, preview) if said is None else said
    if not (year := _find_needed_year(preview, lines)):
        return lines, preview, said is not None
    place = {own: lines[own] for own in _WHERE if own in lines}
    if "sheet" not in place:
        place = {"sheet": preview.sheet or "", "header": f"{preview.first}-{preview.last}"} | place
    needed = {"year": f'"{year}"'}
    preview = look_into(preview.source, Mapping.read(place | needed))
    said = recall_layout(program, preview) if said is None else said
    lines = _guess(program, preview) if said is None else said
    return lines | needed, preview, said is not None


def _guess(program, preview: Preview) -> dict[str, str]:
    return guess_parts(program, preview, guess_mapping(preview))


def _find_needed_year(preview: Preview, lines: Lines) -> int | None:
    is_said = any(lines.get(own, LEFT_OUT) != LEFT_OUT for own in ("month", "year"))
    if is_said or any("@" in ours for ours in lines):
        return None
    if "sheet" in lines and lines["sheet"] not in [own.name for own in preview.source.sheets]:
        return None
    sheet = lines.get("sheet") or preview.sheet
    year = find_named_year(name_sheet(replace(preview, sheet=sheet)))
    is_needed = not lines.get("month_of_year", '"').startswith('"')
    is_needed |= any(own.month_of_year for own in join_months_of_year(preview.headings))
    return year if is_needed else None


def look_elsewhere(
    program, preview: Preview, kept: Lines, said: Lines
) -> tuple[dict[str, str], str] | None:
    """The mapping of another sheet, of headings in other rows, or of months in the headings whose
    year is said now; with a sentence on what changed. None where no other columns are shown by it.

    kept : the mapping by which the columns are shown; said : what the page says
    """
    names = (*_WHERE, "year")
    asked, shown = ({own: _where(lines, own) for own in names} for lines in (said, kept))
    if asked == shown:
        return None
    if asked["sheet"] != shown["sheet"] and asked["year"] == shown["year"]:
        asked["year"] = ""  # it was said of the sheet before
    places = {own: theirs for own, theirs in asked.items() if theirs}
    try:
        again = look_into(preview.source, Mapping.read(places))
        old, new = ({own.key for own in top.headings} for top in (preview, again))
        if old == new and all(asked[own] == shown[own] for own in _WHERE):
            return None
        likely, again, _ = find_likely(program, again)
    except FileRefusedError:
        return None
    chosen = {
        ours: theirs
        for ours, theirs in said.items()
        if ours not in names and (theirs in old & new or not _is_column(ours, theirs))
    }
    fresh = {
        ours: theirs
        for ours, theirs in likely.items()
        if ours not in chosen and (theirs not in old & new or not _is_column(ours, theirs))
    }
    return fresh | chosen | places, _tell(asked, shown, again)


def _where(lines: Lines, own: str) -> str:
    theirs = lines.get(own, "")
    return theirs if own != "year" or theirs.startswith('"') else ""


def _is_column(ours: str, theirs: str) -> bool:
    return ours.partition("@")[0] in OURS and not theirs.startswith('"')


def _tell(asked: Lines, shown: Lines, preview: Preview) -> str:
    then = "Look through what each is, then press again."
    if asked["sheet"] != shown["sheet"]:
        return f"These are the columns of the sheet {name_sheet(preview)} now. {then}"
    if asked["header"] != shown["header"]:
        rows = f"row {preview.first}" if preview.first == preview.last else "the rows"
        rows += f" {preview.first} and {preview.last}" if preview.first != preview.last else ""
        return f"The headings are those in {rows} now. {then}"
    year = asked["year"].strip('"')
    if not year:
        return f"The columns headed by months are of no year now. {then}"
    return f"The columns headed by months are read as months of {year} now. {then}"
