"""What went out as breakdowns comes in again and changes nothing; and drawn files are judged as a
slow recount, row by row, would judge them."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.exports import DATASETS, Asked, Ending, send_dataset
from metrics.gate import check_breakdown
from metrics.imports import Outcome
from metrics.imports.checks import read_file
from metrics.imports.found import tell_found
from metrics.imports.judging import judge
from metrics.imports.opening import open_content
from metrics.models import BreakdownCount, Category, Dimension, MonthlyReport
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
)
from tests.metrics.exports.taking import content_of
from tests.metrics.imports.breakdowns.breaking_down import HEADER
from tests.metrics.imports.bringing_in import TODAY, bring_in, check, stored, summary

DRAWN = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
COUNTS = st.none() | st.integers(0, 9)
CODES = ("a", "b", "c")
TRICKY = st.text(st.sampled_from("'=+-@;\t\",＝ <>a"), max_size=6)
PARTS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.sampled_from(CODES)), st.tuples(COUNTS, COUNTS), max_size=8
)


def set_up(names, retired=""):
    """A program of two sites and two months of reports, and a breakdown by a, b and c."""
    program = ProgramFactory(slug="hb")
    dimension = Dimension.objects.create(code="home", name=names[0] or "Home")
    dimension.programs.add(program)
    for code, name in zip(CODES, names[1:], strict=True):
        Category.objects.create(
            dimension=dimension, code=code, name=name or code, retired=code in retired
        )
    for code in ("A", "B"):
        site = ParticipationFactory(program=program, site__code=code).site
        for month in (1, 2):
            MonthlyReportFactory(site=site, month=date(2024, month, 1), live_births=20)
    return program, list(MonthlyReport.objects.order_by("pk"))


def keep(reports, parts):
    categories = {own.code: own for own in Category.objects.filter(dimension__code="home")}
    for (report, code), (births, deaths) in parts.items():
        if births is not None or deaths is not None:
            BreakdownCount.objects.create(
                report=reports[report],
                category=categories[code],
                live_births=births,
                infant_deaths=deaths,
            )


@pytest.mark.django_db
@given(PARTS, st.tuples(TRICKY, TRICKY, TRICKY, TRICKY), st.sampled_from(["", "a", "bc"]))
@DRAWN
def test_breakdowns_that_went_out_come_in_again_and_change_nothing(parts, names, retired):
    """Whatever dimensions and categories are called, retired ones and equal counts among them; as
    CSV and as workbook, and applied."""
    with transaction.atomic():
        program, reports = set_up(names, retired)
        keep(reports, parts)
        asked = Asked(MembershipFactory(program=program, role="manager"), TODAY)
        there, before = BreakdownCount.objects.count(), (stored(), list_stored())
        for ending in (Ending.CSV, Ending.XLSX) if there else ():
            taken = content_of(send_dataset(DATASETS["breakdowns"], asked, ending))
            found = check(program, taken, name=f"x.{ending}")
            assert (summary(found), found.questioned) == ((0, 0, there, 0, 0), 0)
            if ending is Ending.CSV:
                bring_in(program, taken)
        assert (stored(), list_stored()) == before
        transaction.set_rollback(True)


def list_stored():
    return list(BreakdownCount.objects.order_by("pk").values())


# --- A slow recount ------------------------------------------------------------------------


@pytest.mark.django_db
@given(PARTS, PARTS, st.sampled_from(["", "c"]), st.sets(st.integers(0, 3)))
@DRAWN
def test_drawn_files_are_judged_as_one_by_one(kept, said, retired, approved):
    with transaction.atomic():
        program, reports = set_up(("", "", "", ""), retired)
        keep(reports, kept)
        for number in approved:
            MonthlyReport.objects.filter(pk=reports[number].pk).update(status="approved")
        told = {place: tuple(counts) for place, counts in said.items()}
        assert judged(program, reports, told) == recount(kept, told, retired, approved, reports)
        transaction.set_rollback(True)


def judged(program, reports, said):
    """Place -> outcome, as the file is judged; what does not come in has a sentence."""
    if not said:
        return {}
    lines = [HEADER]
    for (report, code), counts in said.items():
        own = reports[report]
        births, deaths = ("" if n is None else n for n in counts)
        lines.append(f"{own.site.code},{own.month:%Y-%m},home,{code},{births},{deaths}")
    with open_content(["\n".join(lines).encode()], "x.csv") as source:
        run = judge(read_file(program, source, {}), program, today=TODAY)
        explained = {own.row for own in tell_found(run).faults}
    places = dict(enumerate(said, start=2))
    rows = list(zip(run.table.row.tolist(), run.outcomes.tolist(), strict=True))
    assert explained == {row for row, outcome in rows if outcome >= Outcome.CONFLICT}
    return {places[row]: Outcome(outcome) for row, outcome in rows}


def recount(kept, said, retired, approved, reports):
    """Row by row with the gate's own rule, and dictionaries."""
    nothing = (None, None)
    outcomes = {place: judge_one(place, kept, said, retired, approved) for place in said}
    for number, report in enumerate(reports):
        moved = [
            place
            for place, own in outcomes.items()
            if place[0] == number and own <= Outcome.CHANGED
        ]
        standing = {code: kept.get((number, code), nothing) for code in CODES}
        standing |= {code: said[number, code] for _, code in moved}
        parts = {
            code: dict(zip(("live_births", "infant_deaths"), own, strict=True))
            for code, own in standing.items()
        }
        totals = {"live_births": report.live_births, "infant_deaths": report.infant_deaths}
        if moved and check_breakdown("Home", totals, parts)[0]:
            outcomes |= dict.fromkeys(moved, Outcome.REFUSED)
    return outcomes


def judge_one(place, kept, said, retired, approved):
    nothing = (None, None)
    if said[place] == nothing:
        return Outcome.EMPTY
    if said[place] == kept.get(place):
        return Outcome.UNCHANGED
    if place[1] in retired:
        return Outcome.REFUSED
    if place[0] in approved:
        return Outcome.CONFLICT
    return Outcome.NEW if kept.get(place, nothing) == nothing else Outcome.CHANGED
