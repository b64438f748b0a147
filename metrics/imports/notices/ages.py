"""Deaths by age in a file that has no column of all infant deaths."""

from collections.abc import Iterator

import numpy as np
from django.utils.text import capfirst

from metrics.imports.ages import has_ages_alone, list_absent
from metrics.imports.checks import DryRun, Outcome
from metrics.imports.notices.absent import count_lacking, tell_site_months
from metrics.imports.notices.kinds import FileNotice, NoticeKind
from metrics.imports.numbers import Ages
from metrics.imports.words import list_counts
from metrics.models.reports import AGE_FIELDS


def notice_ages(run: DryRun) -> Iterator[FileNotice]:
    """That all infant deaths are in no column, with the way out; or that they are a sum."""
    said = run.outcomes != Outcome.EMPTY
    if not said.any():
        return
    if run.table.has_sums:
        yield _notice_sums(run, int(said.sum()))
    elif has_ages_alone(run.table.counts):
        yield _notice_no_total(run, int(said.sum()))


def _notice_sums(run: DryRun, number: int) -> FileNotice:
    text = (
        f"All infant deaths are the sum of their ages in the file ({_list_ages(run)}), as was said "
        "of this file or of one like it."
    )
    if lacking := _count_refused(run):
        text += (
            f" For {lacking:,} of its {tell_site_months(number)} there is no sum, since an age is "
            "not counted, and no total is stored: these are refused."
        )
    offers = {"Do not add them up": {"ages": str(Ages.LEAVE)}}
    return FileNotice(NoticeKind.AGES, text, offers, is_urgent=lacking > 0)


def _notice_no_total(run: DryRun, number: int) -> FileNotice:
    absent, lacking = list_absent(run.table.counts), _count_refused(run)
    told = [f"The file has no column of all infant deaths, only of their ages: {_list_ages(run)}."]
    if absent:
        own = capfirst(list_counts(absent))
        told.append(f"{own} are in none, so their sum would be too low.")
    if not lacking:
        told.append("They are held against the totals that are stored.")
    else:
        way = "are refused until the ages are added up, or all infant deaths are brought in."
        if absent:
            way = (
                "are refused. Bring in all infant deaths first, or say which columns hold what is "
                "missing."
            )
        told.append(
            f"For {lacking:,} of its {tell_site_months(number)} no total is stored: these {way}"
        )
    offers = {} if absent else {"Add up the ages": {"ages": str(Ages.ADD)}}
    return FileNotice(NoticeKind.AGES, " ".join(told), offers, is_urgent=lacking > 0)


def _list_ages(run: DryRun) -> str:
    return list_counts(name for name in AGE_FIELDS if name in run.table.counts)


def _count_refused(run: DryRun) -> int:
    """How many entries have an age counted, and no total."""
    counts = run.table.counts
    has_age = np.logical_or.reduce([counts[own] >= 0 for own in AGE_FIELDS if own in counts])
    if run.table.has_sums:
        return int((has_age & (counts["infant_deaths"] < 0)).sum())
    return count_lacking(run, has_age, "infant_deaths")
