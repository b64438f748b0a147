"""Counts that a file has no column for: said once, and not of each of its rows."""

from collections.abc import Iterator

import numpy as np

from metrics.imports.ages import has_ages_alone
from metrics.imports.checks import DryRun, Outcome
from metrics.imports.context import place_of
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.table import Numbers


def notice_no_births(run: DryRun) -> Iterator[FileNotice]:
    """Deaths alone, as registers send them: they need births that are stored."""
    if "live_births" in run.table.counts:
        return
    said = run.outcomes != Outcome.EMPTY
    number, lacking = int(said.sum()), count_lacking(run, said, "live_births")
    if lacking:
        text = (
            f"and for {lacking:,} of its {tell_site_months(number)} none are stored: these are "
            "refused. Bring in the births first, or say which column holds them."
        )
        text = f"The file has no column of live births, {text}"
    else:
        text = (
            f"The file has no column of live births. Its {tell_site_months(number)} "
            f"{'is' if number == 1 else 'are'} added to the births that are stored."
        )
    if number:
        yield FileNotice(NoticeKind.NO_BIRTHS, text, is_urgent=lacking > 0)


def notice_no_deaths(run: DryRun) -> Iterator[FileNotice]:
    if "infant_deaths" in run.table.counts or has_ages_alone(run.table.counts):
        return
    taken = run.outcomes <= Outcome.UNCHANGED
    if lacking := count_lacking(run, taken, "infant_deaths"):
        yield FileNotice(
            NoticeKind.NO_DEATHS,
            f"The file has no column of infant deaths, and for {lacking:,} of its "
            f"{tell_site_months(int(taken.sum()))} none are stored: these leave the infant "
            "mortality rate until their deaths are brought in.",
        )


def count_lacking(run: DryRun, chosen: Numbers, name: str) -> int:
    """For how many of the chosen entries no such count is stored."""
    table, stored = run.table, run.context.stored
    own = np.flatnonzero(chosen)
    at, is_stored = stored.find(place_of(table.site[own], table.month[own]))
    return len(own) - int((stored.counts[name][at[is_stored]] >= 0).sum())


def tell_site_months(number: int) -> str:
    return f"{number:,} site-month{'' if number == 1 else 's'}"
