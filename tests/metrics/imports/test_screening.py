"""The gate over whole columns says of every row what the gate says of one."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.gate import PastCounts, SiteAtGate, check_lock, pass_gate
from metrics.imports.screening import Entries, bound, find_locked, find_questioned, find_refused
from metrics.imports.table import date_of, number_month
from metrics.models import COUNT_FIELDS
from metrics.stats.oddities import Oddity, find_oddity
from metrics.stats.quality.oddities import find_oddities
from programs.periods import Period

TODAY = date(2025, 7, 15)
FIRST = date(2022, 1, 1)
MONTHS = 48  # up to five months beyond today
ENDLESS = date.max.replace(day=1)


@st.composite
def places(draw):
    """A few sites with one or two spells, and months that lock, some of them opened again."""
    sites = []
    for number in range(draw(st.integers(1, 3))):
        opened = draw(st.integers(0, 20))
        spells = [Period(date_of(number_month(FIRST) + opened), ENDLESS)]
        if opened > 3:
            spells.insert(0, Period(FIRST, date_of(number_month(FIRST) + opened - 3)))
        locked = draw(st.none() | st.integers(0, 40))
        last = None if locked is None else date_of(number_month(FIRST) + locked)
        free = frozenset(
            date_of(number_month(FIRST) + n) for n in draw(st.sets(st.integers(0, 40), max_size=3))
        )
        sites.append(
            SiteAtGate(f"S{number}", tuple(spells), ((Period(FIRST, ENDLESS), last),), free)
        )
    return sites


@st.composite
def files(draw):
    """Sites, and rows of counts of every kind: usual ones, odd ones, impossible ones."""
    sites, chance = draw(places()), np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = {}
    for site in range(len(sites)):
        usual, share = int(chance.integers(2, 300)), chance.uniform(0.01, 0.2)
        begins = int(chance.integers(0, 20))  # before it, months without any birth
        for month in np.flatnonzero(chance.random(MONTHS) < chance.choice([0.4, 0.9, 1])):
            level = usual * chance.choice([1, 1, 1, 1.9, 2.1, 0.4]) * (month >= begins)
            births = int(chance.poisson(level)) if chance.random() > 0.03 else -1
            deaths = int(chance.poisson(level * share * chance.choice([1, 1, 1, 1.6, 2.2, 0.3])))
            counts = {"live_births": births, "infant_deaths": deaths - (chance.random() < 0.05)}
            if chance.random() < 0.1:
                counts |= {name: int(chance.integers(-1, 6)) for name in COUNT_FIELDS[2:]}
            rows[site, number_month(FIRST) + int(month)] = counts
    return sites, rows or {(0, number_month(FIRST)): {"live_births": 1, "infant_deaths": 0}}


def as_entries(rows):
    site, month = (np.array(own, dtype=np.int32) for own in zip(*rows, strict=True))
    counts = {
        name: np.array([own.get(name, -1) for own in rows.values()], dtype=np.int32)
        for name in COUNT_FIELDS
    }
    return Entries(site, month, counts)


def judge_one_by_one(sites, rows):
    """What the gate says of each row, and whether its month is locked."""
    past = {n: {} for n in range(len(sites))}
    for (site, month), counts in rows.items():
        if counts["live_births"] >= 0:
            died = counts["infant_deaths"]
            past[site][date_of(month)] = (counts["live_births"], None if died < 0 else died)
    for (site, month), counts in rows.items():
        own = SiteAtGate(sites[site].name, sites[site].operation)
        raw = {name: count for name, count in counts.items() if count >= 0}
        at = {"site": own, "month": date_of(month), "today": TODAY}
        passage = pass_gate(raw, **at, past=PastCounts(past[site]))
        locked = check_lock(sites[site], date_of(month)) is not None
        yield passage.is_refused, bool(passage.warnings), locked


@settings(max_examples=60, deadline=None)
@given(files())
def test_columns_are_judged_as_the_gate_judges_each_row(given_file):
    sites, rows = given_file
    refused, questioned, locked = map(list, zip(*judge_one_by_one(sites, rows), strict=True))
    entries = as_entries(rows)
    spells = bound([site.operation for site in sites])
    assert find_refused(entries, spells, TODAY).tolist() == refused
    assert find_locked(entries, sites).tolist() == locked
    passed = ~np.array(refused)
    has_births = np.flatnonzero(entries.counts["live_births"] >= 0)
    known = Entries(
        entries.site[has_births],
        entries.month[has_births],
        {name: own[has_births] for name, own in entries.counts.items()},
    )
    told = find_questioned(entries, passed, known, TODAY)
    assert told[passed].tolist() == [own for own, ok in zip(questioned, passed, strict=True) if ok]


def test_a_site_is_not_held_against_its_neighbour_in_the_list():
    rows = {(0, n): {"live_births": 900, "infant_deaths": 0} for n in range(24000, 24013)}
    rows |= {(1, n): {"live_births": 9, "infant_deaths": 0} for n in range(24013, 24026)}
    entries = as_entries(rows)
    told = find_questioned(entries, np.ones(len(rows), bool), entries, TODAY)
    assert not told.any()


COUNTS = st.integers(0, 400)


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.integers(1, 500), COUNTS, st.integers(1, 5000), st.sampled_from([1, 2, 3]))
def test_many_oddities_are_those_of_one(count, exposure, past, past_exposure, factor):
    one = find_oddity(count, exposure, past, past_exposure, factor=factor)
    many = find_oddities([count], [exposure], [past], [past_exposure], factor=factor)
    assert many.tolist() == [{Oddity.MANY: 1, Oddity.FEW: -1, None: 0}[one]]
