"""What cells may mean: numbers that may be read in two ways, words that are none of our counts,
rows that add up others."""

import re
from collections.abc import Iterator

from metrics.imports.checks import FileRead
from metrics.imports.explaining import SHOWN_SITES
from metrics.imports.mapping import LEFT_OUT
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.numbers import UNREADABLE, WITHHELD, Marked, Points, is_marked
from metrics.imports.places import MOST_UNKNOWN, SKIPPED, UNKNOWN


def notice_codes(file: FileRead) -> Iterator[FileNotice]:
    counts = file.table.counts.values()
    withheld = sum(int((own == WITHHELD).sum()) for own in counts)
    if withheld:
        shown = _spellings(file, WITHHELD)
        yield FileNotice(
            NoticeKind.WITHHELD,
            f"{withheld:,} cell{' says' if withheld == 1 else 's say'} that a number is withheld "
            f"({shown}). That is taken as not counted, which is not zero: those months leave the "
            "rates that need them.",
        )
    unreadable = _texts(file, UNREADABLE)
    if marked := [text for text in unreadable if is_marked(text)]:
        yield FileNotice(
            NoticeKind.MARKED,
            f"Some numbers carry a mark, such as {marked[0]}. They are refused until you say what "
            "the mark means.",
            {
                "Take the number without its mark": {"marked": Marked.TAKE},
                "Take such cells as not counted": {"marked": Marked.EMPTY},
            },
        )
    if points := [text for text in unreadable if re.fullmatch(r"\d{1,3}\.000", text.strip())]:
        yield FileNotice(
            NoticeKind.POINTS,
            f"{points[0]} may be a number of three digits more, or one with decimals.",
            {
                "The point parts thousands": {"points": Points.THOUSANDS},
                "The point comes before decimals": {"points": Points.DECIMALS},
            },
        )


def _texts(file: FileRead, code: int) -> list[str]:
    return sorted(text for text, own in file.readers.counts.items() if own == code)


def _spellings(file: FileRead, code: int) -> str:
    return ", ".join(f"“{text.strip()}”" for text in _texts(file, code)[:3])


def notice_counted(file: FileRead) -> Iterator[FileNotice]:
    words = [own.strip() for own, place in file.readers.counted.items() if place == UNKNOWN]
    if unknown := sorted({word for word in words if word})[:MOST_UNKNOWN]:
        yield FileNotice(
            NoticeKind.COUNTED,
            f"Rows about {', '.join(unknown[:5])}{' and others' if unknown[5:] else ''} are "
            "refused, since these are none of our counts.",
            {"Leave out all rows about them": {f"counted {word}": LEFT_OUT for word in unknown}},
        )


def notice_skipped(file: FileRead) -> Iterator[FileNotice]:
    if file.table.skipped:
        names = sorted(name for name, place in file.finder.items() if place == SKIPPED)
        yield FileNotice(
            NoticeKind.SKIPPED,
            "Left out, since they add up others, are notes below the table or were said to be left "
            f"out: {', '.join(names[:5])} ({_rows(file.table.skipped)}).",
        )


def notice_areas(file: FileRead) -> Iterator[FileNotice]:
    """Sites that the file puts into an area of ours in which they do not lie."""
    finder = file.finder
    elsewhere = {
        (place, area.strip())
        for (_, area), place in finder.in_areas.items()
        if place >= 0 and finder.areas.lies_elsewhere(place, area)
    }
    told = [
        f"{finder.sites[place].name} ({finder.sites[place].code}) into {area}, but it lies in "
        f"{finder.areas.name_of(place)}"
        for place, area in sorted(elsewhere)
    ]
    if told:
        more = f"; and {len(told) - SHOWN_SITES:,} others" if len(told) > SHOWN_SITES else ""
        yield FileNotice(
            NoticeKind.AREAS,
            f"The file puts {'; '.join(told[:SHOWN_SITES])}{more}. If it is another site of that "
            "name, write codes or take its rows out.",
        )


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"
