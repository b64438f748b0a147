"""What a file's columns probably are: offered on the mapping page, and remembered once said."""

import hashlib
from collections.abc import Sequence
from itertools import islice

from django.db.models import Q

from metrics.imports.called import AREA_SIZES, OURS_BY_NAME, RANKS, REPORT_DAYS
from metrics.imports.columns import place_columns
from metrics.imports.fitting import cells_of, list_fitting, names_of
from metrics.imports.headings import (
    EACH_MONTH,
    EACH_MONTH_OF_YEAR,
    EACH_YEAR,
    Heading,
    simplify,
)
from metrics.imports.mapping import LEFT_OUT, Lines, Mapping
from metrics.imports.opening import Preview, look_into
from metrics.imports.reading import FileRefusedError
from metrics.imports.titles import find_titled
from metrics.models import COUNT_FIELDS, FileLayout

_WHERE = ["sheet", "header"]  # lines of a mapping
MOST_TRIED = 50  # layouts of a program, the newest first


def sign(headings: Sequence[Heading]) -> str:
    """What the headings of a file come to, whatever their order and whichever months they name.
    Signs count: Deaths <1 and Deaths >1 are two columns."""
    keys = sorted({heading.key.casefold() for heading in headings})
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def remember_layout(program, headings: Sequence[Heading], lines: Lines, *, by) -> None:
    """Keep how a file was mapped, for the next with the same headings; but not up to which month it
    was taken, nor of which year or month all its rows are, since the next holds others."""
    kept = {ours: theirs for ours, theirs in lines.items() if ours != "last_month"}
    said = {"month", "year"} & Mapping.read(lines).constants.keys()
    kept |= dict.fromkeys(said, LEFT_OUT)
    FileLayout.objects.update_or_create(
        program=program,
        signature=sign(headings),
        defaults={"mapping": kept, "saved_by": by},
    )


def recall_layout(program, preview: Preview) -> dict[str, str] | None:
    """How a file with these headings was mapped last, if one was; also where somebody said in which
    sheet or row they stand."""
    is_alike = Q(signature=sign(preview.headings)) | Q(mapping__has_any_keys=_WHERE)
    layouts = FileLayout.objects.filter(is_alike, program=program).order_by("-saved_at")
    signatures: dict[tuple[str, ...], str] = {}
    for layout in layouts[:MOST_TRIED]:
        where = {own: layout.mapping[own] for own in _WHERE if own in layout.mapping}
        place = tuple(where.values())
        if place not in signatures:
            signatures[place] = _sign_at(preview, where)
        if layout.signature in (signatures[place], sign(preview.headings)):
            return dict(layout.mapping)
    return None


def _sign_at(preview: Preview, where: Lines) -> str:
    """The headings of a file where a mapping looks for them; empty where there are none."""
    try:
        return sign(look_into(preview.source, Mapping.read(where)).headings)
    except FileRefusedError:
        return ""


def guess_mapping(preview: Preview) -> dict[str, str]:
    """Guess from names and from what the cells hold. Of several columns that fit, that of the best
    name is taken; a column that reads as nothing of ours is left out."""
    lines = {ours: keys[0] for ours, keys in list_fitting(preview).items()}
    if "counted" in lines:
        lines |= _guess_counted(cells_of(preview, lines["counted"]))
    lines |= _guess_areas(preview.headings, lines) | _guess_yearless(preview, lines)
    if "counted" in lines:
        lines |= _guess_value(preview.headings, lines)
    else:
        lines.pop("value", None)
    if {"year", "month_of_year"} <= lines.keys() and _is_report_day(lines.get("month", "")):
        del lines["month"]
    is_yearly = any(heading.key == EACH_YEAR for heading in preview.headings)
    is_yearly |= any(theirs.startswith(f"{EACH_YEAR}: ") for theirs in lines.values())
    if is_yearly or (
        "year" in lines
        and not lines.keys() & {"month", "month_of_year"}
        and not any(heading.month_of_year for heading in preview.headings)
    ):
        lines["month_of_year"] = '"12"'
    if "month" in lines:
        for whole in ("year", "month_of_year"):
            lines.pop(whole, None)
    return lines


def _is_report_day(key: str) -> bool:
    return simplify(key) in REPORT_DAYS


def _guess_value(headings: Sequence[Heading], lines: Lines) -> dict[str, str]:
    """Columns of months or years hold the numbers where each row says what it counts."""
    keys = {heading.key for heading in headings}
    each = [own for own in (EACH_MONTH, EACH_MONTH_OF_YEAR, EACH_YEAR) if own in keys]
    return {"value": each[0]} if len(each) == 1 and "value" not in lines else {}


def _guess_areas(headings: Sequence[Heading], lines: Lines) -> dict[str, str]:
    """Which column names the sites, if only areas are named, and which an area around them."""
    named = {name: key for key, name in names_of(headings).items()}
    free = [
        named[name] for name in AREA_SIZES if name in named and named[name] not in lines.values()
    ]
    ours = [own for own in ("site_name", "area_name") if own not in lines]
    return dict(zip(ours, free, strict=False))


def may_miss_births(preview: Preview, lines: Lines) -> bool:
    """Whether births are in none of the columns that were guessed, but may be in one of the others:
    a file without births is taken as one only where nothing is left to hold them."""
    try:
        columns = place_columns(preview.headings, Mapping.read(lines))
    except FileRefusedError:
        return True
    return "live_births" not in columns.fields and bool(columns.unused)


def _guess_yearless(preview: Preview, lines: Lines) -> dict[str, str]:
    """What columns such as Jan to Dec count where the sheet's name or what stands around them
    names one count alone."""
    if not any(heading.key == EACH_MONTH_OF_YEAR for heading in preview.headings):
        return {}
    above = islice(preview.source.rows(preview.sheet), preview.first - 1)
    sheet = preview.sheet or next((own.name for own in preview.source.sheets), "")
    said = [sheet, *(cell for row in above for cell in row)]
    said += [heading.text for heading in preview.headings]
    named = {own for text in said for own in find_titled(text)}
    if len(named) != 1 or None in named:
        return {}
    return {own: EACH_MONTH_OF_YEAR for own in named if own and own not in lines}


def _guess_counted(cells: Sequence[str]) -> dict[str, str]:
    """What the words of a column are that says what each row counts, as far as they are known; of
    several words for the same that of the best name."""
    known: dict[str, dict[str, int]] = {}
    for word in dict.fromkeys(cell.strip() for cell in cells):
        name = simplify(word)
        for ours in {*OURS_BY_NAME.get(name, ())} & {*COUNT_FIELDS}:
            known.setdefault(ours, {})[word] = RANKS[ours, name]
    return {
        f"counted {word}": ours
        for ours, ranks in known.items()
        for word, rank in ranks.items()
        if rank == min(ranks.values())
    }
