"""What goes out as a file and is read back is the same; brought in again it changes nothing."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from metrics.exports import (
    DATASETS,
    SITE_MONTHS,
    Asked,
    Column,
    Dataset,
    Ending,
    Type,
    send_dataset,
)
from metrics.models import COUNT_FIELDS
from metrics.models.reports import AGE_FIELDS
from programs.models import Membership, Program
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
)
from tests.metrics.exports.taking import content_of, sheet_of, table_of, unzip
from tests.metrics.imports.bringing_in import check, summary

TODAY = date(2025, 7, 15)
# What a file can hold: XML knows no surrogates and no FFFE and FFFF, and no reader takes a NUL.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=20
)
TRICKY = st.text(st.sampled_from("'=+-@;\t\r\n\",＝ a"), max_size=8)
COUNTS = st.none() | st.integers(0, 2**31 - 1)
MEMBERSHIP = Membership(program=Program(slug="hb"), user=User(username="ada"), role="manager")
ROWS = st.lists(st.tuples(TEXTS | TRICKY, COUNTS, TEXTS | TRICKY, COUNTS), max_size=12)
COLUMNS = tuple(
    Column(name, "", own)
    for name, own in zip("abcd", [Type.TEXT, Type.COUNT, Type.TEXT, Type.COUNT], strict=True)
)


@given(ROWS)
@example(
    [("_x0041_", 0, "__x000D_x_\r\n", None), ("\x01", None, " \x1f\t", 7), ("<&>", 1, "]]>", 2)]
)
@settings(max_examples=30, deadline=None)
def test_texts_and_counts_read_back_from_every_file(rows):
    own = Dataset("own", "Own", "", COLUMNS, lambda asked: iter(rows), "")
    asked = Asked(MEMBERSHIP, TODAY)
    written = [list("abcd"), *(["" if n is None else str(n) for n in row] for row in rows)]
    taken = {ending: content_of(send_dataset(own, asked, ending)) for ending in Ending}
    assert table_of(taken[Ending.CSV]) == written
    assert table_of(unzip(taken[Ending.ZIP])["hb-own-2025-07-15.csv"]) == written
    assert sheet_of(taken[Ending.XLSX]) == without_empty_end(written)


def without_empty_end(rows):
    """A sheet ends with its last row in which anything stands."""
    last = max(n for n, row in enumerate(rows) if any(row))
    return rows[: last + 1]


# --- Brought in again ------------------------------------------------------------------------


@st.composite
def sound_counts(draw):
    """Counts that pass the gate."""
    counts = {name: draw(st.none() | st.integers(0, 9)) for name in COUNT_FIELDS}
    counts["live_births"] = draw(st.integers(0, 500))
    ages = sum(counts[name] or 0 for name in AGE_FIELDS)
    counts["infant_deaths"] = ages + (
        draw(st.integers(0, 3)) if counts[AGE_FIELDS[0]] is None else 0
    )
    return counts


@pytest.mark.django_db
@given(st.lists(sound_counts(), min_size=1, max_size=4), TRICKY, TRICKY)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_went_out_comes_in_again_and_changes_nothing(reports, start, other):
    """Whatever the sites are called, as CSV, workbook and archive."""
    with transaction.atomic():
        program = ProgramFactory(slug="hb")
        for code, name in (("=A", f"{start}North"), ("B", f"{other}South")):
            site = ParticipationFactory(program=program, site__code=code, site__name=name).site
            for month, counts in enumerate(reports, start=1):
                MonthlyReportFactory(site=site, month=date(2024, month, 1), **counts)
        asked = Asked(MembershipFactory(program=program, role="manager"), TODAY)
        unchanged = (0, 0, 2 * len(reports), 0, 0)
        for ending in ("csv", "xlsx"):
            taken = content_of(send_dataset(SITE_MONTHS, asked, Ending(ending)))
            assert summary(check(program, taken, name=f"x.{ending}")) == unchanged
        transaction.set_rollback(True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_missing_can_be_brought_in_before_it_is_filled_in(program, ending):
    """A row without counts is none: 30 months since 2023-01 have not come."""
    asked = Asked(MembershipFactory(program=program, role="manager"), TODAY)
    taken = content_of(send_dataset(DATASETS["missing"], asked, Ending(ending)))
    assert summary(check(program, taken, name=f"x.{ending}")) == (0, 0, 0, 30, 0)
