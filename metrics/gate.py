"""The one gate: what makes a monthly report acceptable, whichever door it comes through.

Refusals stop a report; warnings ask for a reason and never stop it. Both name the field, the
value and what to do. The gate reads no database: whoever calls it brings what it needs to know.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from metrics.models import COUNT_FIELDS
from metrics.models.reports import AGE_FIELDS
from metrics.stats.oddities import Oddity, find_oddity
from programs.periods import Period, format_month, month_of, shift_month

MAX_COUNT = 1_000_000  # a whole country's births in one month; more is a slip of the keyboard
PAST_MONTHS = 12  # what a count is held against
LEAST_PAST_MONTHS = 6  # fewer say too little
SAME_MONTHS = (12, 24, 36)  # the same calendar month of earlier years
BIRTHS_FACTOR = 2  # births drift: only half or double is worth a question
DEATHS_FACTOR = Fraction(3, 2)  # real months vary more than chance alone, most of all large ones

BROKEN_DOWN = ("live_births", "infant_deaths")

_WHOLE_NUMBER = re.compile(r"[0-9]+(?:\.0+)?")
_MAYBE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.000")  # 12 with decimals, or 12 thousand
_MARKED_NUMBER = re.compile(r"([0-9]+)(?:\.0+)? ?[*†‡§#^]{1,3}")
_WITHHELD = re.compile(r"[<≤] ?[0-9]+|\*+|withheld|suppressed", re.IGNORECASE)
# 1,200 or 3,48,023; of 2,5 and 0,123 nobody knows which whole number is meant.
_GROUPED_DIGITS = re.compile(
    r"(?!0\D)(?:[0-9]{1,3}(?:[ ,'\u2019\u00a0\u202f][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})"
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field: the sentence holds the value and what to do."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True)
class SiteAtGate:
    """What the gate must know of a site: its name and the periods in which it was open.

    locks : of each program the months in which it asks for the site's reports, and the last of
    them that may no longer be reported; None where its months never lock
    opened : locked months that may be reported all the same
    """

    name: str
    operation: tuple[Period, ...]
    locks: tuple[tuple[Period, date | None], ...] = ()
    opened: frozenset[date] = frozenset()

    def locked_through(self, month: date) -> date | None:
        """The last locked month, as the programs say that ask for this one, or all where none
        does; None where one of them still takes it: leave given by one is leave."""
        asking = [last for months, last in self.locks if month in months]
        own = asking or [last for _, last in self.locks]
        known = [last for last in own if last is not None]
        return min(known) if known and len(known) == len(own) else None

    def is_locked(self, month: date) -> bool:
        last = self.locked_through(month)
        return last is not None and month <= last and month not in self.opened


@dataclass(frozen=True)
class PastCounts:
    """The site's other reports: month to (live births, infant deaths or None)."""

    by_month: Mapping[date, tuple[int, int | None]] = field(default_factory=dict)

    def before(self, month: date) -> list[tuple[int, int | None]]:
        """The counts of the 12 months before, as far as they were reported."""
        months = Period.ending(shift_month(month, -1), PAST_MONTHS)
        return [self.by_month[past] for past in months if past in self.by_month]

    def same_calendar_month(self, month: date) -> list[tuple[int, int | None]]:
        """The counts of this calendar month in earlier years, as far as they were reported."""
        months = (shift_month(month, -back) for back in SAME_MONTHS)
        return [self.by_month[past] for past in months if past in self.by_month]


@dataclass(frozen=True)
class Passage:
    """What came through: the counts that could be read, the refusals and the warnings."""

    counts: dict[str, int | None]
    refusals: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def is_refused(self) -> bool:
        return bool(self.refusals)


def pass_gate(
    raw: Mapping[str, object],
    *,
    site: SiteAtGate,
    month: date,
    today: date,
    past: PastCounts | None = None,
) -> Passage:
    """Read and check one report's counts.

    raw : count field -> text or number as it came; absent or empty means not counted
    past : the site's other reports; None skips the questions that need them
    """
    counts, unreadable = _read_counts(raw)
    refusals = [*unreadable, *_check_month(site, month, today)]
    if not unreadable:
        refusals += [*_check_births_given(counts), *_check_ages(counts)]
    warnings = () if refusals else _find_warnings(counts, month, today, past or PastCounts())
    return Passage(counts, tuple(refusals), tuple(warnings))


# --- Reading -----------------------------------------------------------------------------


def read_count(value: object) -> int | None:
    """Return a whole number, or None when nothing was counted.

    ValueError, with a sentence for people, for anything else. "12.0" is 12: spreadsheets
    write whole numbers so.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if _MAYBE_THOUSANDS.fullmatch(text):
        units = text.removesuffix(".000")
        raise ValueError(
            f'"{text}" may stand for {units} or {units}000. Write the one that is meant, without '
            "a point."
        )
    if _WHOLE_NUMBER.fullmatch(text):
        return _read_limited(text)
    if _WHOLE_NUMBER.fullmatch(text.removeprefix("-")):
        raise ValueError(f'"{_shorten(text)}" is negative. Write 0 or more, or leave it empty.')
    if _GROUPED_DIGITS.fullmatch(text):
        digits = _shorten(re.sub("[^0-9]", "", text))
        raise ValueError(f'"{_shorten(text)}" is not a whole number. Write {digits}.')
    if _WITHHELD.fullmatch(text):
        raise ValueError(
            f'"{_shorten(text)}" says that the number is withheld, which is not zero. Ask for the '
            "number, or leave it empty."
        )
    if marked := _MARKED_NUMBER.fullmatch(text):
        raise ValueError(
            f'"{_shorten(text)}" is a number with a mark. Write {_shorten(marked[1])} if that is '
            "the count, or leave it empty."
        )
    raise ValueError(
        f'"{_shorten(text)}" is not a whole number. Write a number such as 12, 0 if there was '
        "none, or leave it empty if it was not counted."
    )


def _read_limited(text: str) -> int:
    digits = text.partition(".")[0].lstrip("0") or "0"
    # Python reads no more than some thousand digits, so the length is looked at first.
    if len(digits) > len(str(MAX_COUNT)) or int(digits) > MAX_COUNT:
        raise ValueError(
            f"{_shorten(text)} is more than {MAX_COUNT:,}, which no site counts in a month. "
            "Check the number."
        )
    return int(digits)


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _read_counts(raw):
    counts: dict[str, int | None] = {}
    faults = []
    for name in COUNT_FIELDS:
        try:
            counts[name] = read_count(raw.get(name))
        except ValueError as error:
            counts[name] = None
            faults.append(Fault(name, str(error)))
    return counts, faults


# --- Refusals ----------------------------------------------------------------------------


def _check_month(site, month, today):
    if month > month_of(today):
        yield Fault(
            "month",
            f"{format_month(month)} lies in the future. Report a month up to "
            f"{format_month(month_of(today))}.",
        )
    elif not any(month in spell for spell in site.operation):
        yield Fault("month", _say_when_open(site, month))
    elif locked := check_lock(site, month):
        yield locked


def check_lock(site: SiteAtGate, month: date) -> Fault | None:
    """Refuse a month that is locked and has not been opened for this site."""
    last = site.locked_through(month)
    if last is None or not site.is_locked(month):
        return None
    return Fault(
        "month",
        f"{format_month(month)} is locked, as is every month up to {format_month(last)}. "
        f"Ask a manager to open it for {site.name}.",
    )


def _say_when_open(site, month):
    if not site.operation:
        return f"{site.name} has no spell of operation. Ask an admin to enter when it opened."
    first = min(site.operation).first
    if month < first:
        return (
            f"{format_month(month)} lies before {site.name} opened ({format_month(first)}). "
            "Choose a later month, or ask an admin to correct the opening."
        )
    return (
        f"{site.name} was closed in {format_month(month)}. If it was open, ask an admin to "
        "correct its spells of operation."
    )


def _check_births_given(counts):
    if counts["live_births"] is None:
        yield Fault(
            "live_births",
            "is empty, and a report needs it. Write the number of live births, 0 if there "
            "were none.",
        )


def _check_ages(counts):
    """Deaths by age are part of the infant deaths, and all of them where all were counted."""
    given = {name: n for name in AGE_FIELDS if (n := counts[name]) is not None}
    if not given:
        return
    total, infant_deaths = sum(given.values()), counts["infant_deaths"]
    parts = " + ".join(f"{name} {count}" for name, count in given.items())
    if infant_deaths is None:
        yield Fault("infant_deaths", f"is empty, but {parts} are given. Write {total} or more.")
    elif total > infant_deaths:
        yield Fault(
            "infant_deaths",
            f"{infant_deaths} is less than its parts: {parts} = {total}. Correct the total or "
            "the parts.",
        )
    elif total < infant_deaths and given.keys() >= set(AGE_FIELDS[:3]):
        yield Fault(
            "infant_deaths",
            f"{infant_deaths} is {infant_deaths - total} more than its parts: {parts} = {total}. "
            "Put deaths of unknown age under age_unknown_deaths.",
        )


def check_breakdown(
    dimension: str, totals: Mapping[str, int | None], parts: Mapping[str, Mapping[str, int | None]]
) -> tuple[list[Fault], list[Fault]]:
    """Refuse a breakdown that exceeds its report, question one that falls short of it.

    totals : the report's counts; parts : category -> its live_births and infant_deaths
    Returns the refusals and the warnings.
    """
    refusals, warnings = [], []
    for name in BROKEN_DOWN:
        given = [n for counts in parts.values() if (n := counts.get(name)) is not None]
        total, total_of_parts = totals[name] or 0, sum(given)
        if total_of_parts > total:
            refusals.append(
                Fault(
                    f"{name} by {dimension}",
                    f"the categories add up to {total_of_parts}, which is "
                    f"{total_of_parts - total} more than the report's {total}. Correct one of "
                    "them.",
                )
            )
        elif given and total_of_parts < total:
            warnings.append(
                Fault(
                    f"{name} by {dimension}",
                    f"the categories add up to {total_of_parts}, which is "
                    f"{total - total_of_parts} less than the report's {total}. Put what is not "
                    "known under “unknown”.",
                )
            )
    return refusals, warnings


# --- Warnings ----------------------------------------------------------------------------


def _find_warnings(counts, month, today, past):
    return [
        *_question_unfinished_month(month, today),
        *_question_uncounted_deaths(counts),
        *_question_relations(counts),
        *_question_births(counts, month, past),
        *_question_deaths(counts, month, past),
    ]


def _question_unfinished_month(month, today):
    if month == month_of(today):
        yield Fault(
            "month", f"{format_month(month)} is not over. Report it again when it is complete."
        )


def _question_uncounted_deaths(counts):
    if counts["infant_deaths"] is None:
        yield Fault(
            "infant_deaths",
            "is empty, so this month leaves the infant mortality rate. Write 0 if no infant died.",
        )


def _question_relations(counts):
    births = counts["live_births"]
    for name, meaning in (
        ("infant_deaths", "infant deaths"),
        ("maternal_deaths", "maternal deaths"),
    ):
        if counts[name] is not None and counts[name] > births:
            yield Fault(
                name,
                f"{counts[name]} {meaning} are more than {births} live births. That happens where "
                "the sick are referred; say why.",
            )
    attended, born = counts["skilled_attendant_births"], births + (counts["stillbirths"] or 0)
    if attended is not None and attended > born:
        yield Fault(
            "skilled_attendant_births",
            f"{attended} births with a skilled attendant are more than all {born} births. "
            "Check both.",
        )


def _question_births(counts, month, past):
    """Hold births against the same calendar months of earlier years, else the last 12 months.

    A year without any birth says that the site has only now begun to count them.
    """
    before = past.before(month)
    if len(before) < LEAST_PAST_MONTHS or not any(births for births, _ in before):
        return
    earlier = past.same_calendar_month(month) or before
    births, past_births = counts["live_births"], sum(births for births, _ in earlier)
    oddity = find_oddity(births, 1, past_births, len(earlier), factor=BIRTHS_FACTOR)
    if oddity:
        yield Fault(
            "live_births",
            f"{births} is {_MUCH[oddity]} than before: {past_births} in {len(earlier)} comparable "
            f"{'month' if len(earlier) == 1 else 'months'}. Check it, or say why.",
        )


def _question_deaths(counts, month, past):
    """Hold deaths per birth against the last 12 months: beyond chance, and half as much again."""
    earlier = [(born, died) for born, died in past.before(month) if died is not None]
    past_births = sum(born for born, _ in earlier)
    deaths, births = counts["infant_deaths"], counts["live_births"]
    if deaths is None or not births or not past_births or len(earlier) < LEAST_PAST_MONTHS:
        return
    past_deaths = sum(died for _, died in earlier)
    oddity = find_oddity(deaths, births, past_deaths, past_births, factor=DEATHS_FACTOR)
    if oddity:
        yield Fault(
            "infant_deaths",
            f"{deaths} of {births} live births is {_MUCH[oddity]} than before: {past_deaths} of "
            f"{past_births} in the last {len(earlier)} months. Check it, or say why.",
        )


_MUCH = {Oddity.MANY: "far more", Oddity.FEW: "far less"}
