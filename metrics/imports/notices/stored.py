"""What a file would do to what is stored: numbers taken away, reports that stay sent back."""

from collections.abc import Iterator, Mapping

import numpy as np

from metrics.imports.checks import DryRun, Outcome
from metrics.imports.context import place_of
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.numbers import MISSING, Empty
from metrics.imports.words import list_counts


def notice_erased(run: DryRun) -> Iterator[FileNotice]:
    """Numbers that are stored, and that an empty cell of the file would take away; births that it
    would are refused."""
    table, stored = run.table, run.context.stored
    births = table.counts.get("live_births", np.zeros(len(table)))
    takes = (run.outcomes == Outcome.REFUSED) & (births == MISSING)
    chosen = np.flatnonzero(takes | (run.outcomes == Outcome.CHANGED))
    at, is_stored = stored.find(place_of(table.site[chosen], table.month[chosen]))
    chosen, at = chosen[is_stored], at[is_stored]
    erased = {
        name: int(((own[chosen] < 0) & (stored.counts[name][at] >= 0)).sum())
        for name, own in table.counts.items()
    }
    yield from tell_erased(erased)


def tell_erased(erased: Mapping[str, int], of: str = "") -> Iterator[FileNotice]:
    """How many stored numbers of each count would be taken away, with the way to keep them.

    of : what they are numbers of, where it is not reports
    """
    if number := sum(erased.values()):
        names = list_counts(name for name, times in erased.items() if times)
        yield FileNotice(
            NoticeKind.ERASED,
            f"{number:,} stored number{'' if number == 1 else 's'}{of} would become empty, since "
            f"the file has an empty cell there: {names}.",
            {"Keep what is stored": {"empty": Empty.KEEP}},
        )


def notice_sent_back(run: DryRun) -> Iterator[FileNotice]:
    """Reports to be corrected whose counts the file repeats: nobody said that they are right."""
    table, stored = run.table, run.context.stored
    same = np.flatnonzero(run.outcomes == Outcome.UNCHANGED)
    at, _ = stored.find(place_of(table.site[same], table.month[same]))
    if number := int(stored.is_sent_back[at].sum()) if len(same) else 0:
        yield FileNotice(
            NoticeKind.SENT_BACK,
            f"{number:,} report{' that was' if number == 1 else 's that were'} sent back for "
            "correction hold the very counts of the file. They stay sent back, and count nowhere: "
            "correct them, or submit them once more on their form.",
        )
