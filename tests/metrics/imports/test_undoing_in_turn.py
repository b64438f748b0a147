"""Files that lie on one another are undone one after the other, the last first, down to what was
there before any of them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.approvals import approve_report, return_report, submit_report
from metrics.imports import undoing
from metrics.imports.table import number_month
from metrics.imports.telling import tell_written
from metrics.imports.undoing import UndoRefusedError, undo_batch
from metrics.imports.writing import Rows, write_rows
from metrics.models import BreakdownCount, Category, ImportBatch, MonthlyReport
from programs.models import Role, Site
from tests.factories import MembershipFactory, UserFactory
from tests.metrics.imports.bringing_in import bring_in as apply_text

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role=Role.MANAGER, user__username="maria").user


def bring_in(program, rows, by=None):
    """A file of live births and infant deaths, said shortly: "A 2024-01 40 2, B 2024-01 7 0"."""
    lines = [",".join(row.split()) for row in rows.split(", ")]
    text = "\n".join(["site_code,month,live_births,infant_deaths", *lines])
    apply_text(program, text, by=by)
    return ImportBatch.objects.order_by("pk").last()


def undo(batch, by=None):
    undo_batch(batch, by=by, now=timezone.now())


def refusal(batch):
    with pytest.raises(UndoRefusedError) as error:
        undo(batch)
    return error.value.message


def contents():
    """All that is stored of the reports, but for what each write counts up."""
    return [
        {name: value for name, value in row.items() if name not in ("version", "updated_at")}
        for row in MonthlyReport.objects.order_by("pk").values()
    ]


def type_report(code="A", month=JANUARY, births=50, by=None):
    site = Site.objects.get(code=code)
    stored = MonthlyReport.objects.filter(site=site, month=month).first()
    counts = {"live_births": births, "infant_deaths": 1}
    seen = stored.version if stored else 0
    return submit_report(site=site, month=month, counts=counts, seen_version=seen, by=by)


def test_undone_file_leaves_the_reports_as_the_file_before_left_them(program):
    first = bring_in(program, "A 2024-01 40 2, A 2024-02 38 0")
    before = contents()
    undo(bring_in(program, "A 2024-01 41 3"))
    assert contents() == before
    report = MonthlyReport.objects.get(month=JANUARY)
    assert (report.import_batch, report.version) == (first, 3)
    assert report.history.order_by("history_id").last().import_batch == first


def test_reports_that_a_file_brought_go_with_it_once_the_later_file_is_undone(program):
    first = bring_in(program, "A 2024-01 40 2, A 2024-02 38 0")
    undo(bring_in(program, "A 2024-01 41 3"))
    undo(first)
    assert not MonthlyReport.objects.exists()
    assert MonthlyReport.history.filter(history_type="-").count() == 2


def test_file_over_typed_reports_gives_them_back_once_the_later_file_is_undone(program):
    type_report(by=UserFactory())
    before = contents()
    first = bring_in(program, "A 2024-01 40 2")
    undo(bring_in(program, "A 2024-01 41 3"))
    undo(first)
    assert contents() == before


def test_three_files_are_undone_down_to_what_was_typed(program):
    type_report()
    kept, batches = [contents()], []
    for births in (41, 42, 43):
        batches.append(bring_in(program, f"A 2024-01 {births} 2, A 2024-02 {births} 0"))
        kept.append(contents())
    for batch, after in zip(reversed(batches), reversed(kept[:-1]), strict=True):
        undo(batch)
        assert contents() == after


def test_file_brought_in_after_another_was_undone_is_undone_too(program):
    first = bring_in(program, "A 2024-01 40 2")
    before = contents()
    for births in (41, 42, 43):
        undo(bring_in(program, f"A 2024-01 {births} 2"))
        assert contents() == before
    undo(first)
    assert not MonthlyReport.objects.exists()


def test_rows_that_a_file_wrote_are_told_once_after_a_later_file_was_undone(program):
    first = bring_in(program, "A 2024-01 40 2")
    told = list(tell_written(first))
    undo(bring_in(program, "A 2024-01 41 2"))
    assert list(tell_written(first)) == told


def test_report_corrected_after_the_later_file_was_undone_is_nobodys_to_undo(program):
    first = bring_in(program, "A 2024-01 40 2")
    undo(bring_in(program, "A 2024-01 41 2"))
    maria = UserFactory(username="maria")
    type_report(by=maria)
    assert "2024-01 by maria on " in refusal(first)


def test_report_sent_back_between_two_files_names_who_sent_it_back(program, manager):
    first = bring_in(program, "A 2024-01 40 2")
    return_report(MonthlyReport.objects.get(), by=manager, message="Look again.")
    undo(bring_in(program, "A 2024-01 41 2"), by=UserFactory(username="ali"))
    assert MonthlyReport.objects.get().status == "returned"
    said = refusal(first)
    assert "2024-01 by maria on " in said
    assert "ali" not in said


def test_report_approved_on_top_of_both_files_refuses_both(program, manager):
    batches = [bring_in(program, f"A 2024-01 {births} 2") for births in (40, 41)]
    approve_report(MonthlyReport.objects.get(), by=manager)
    before = contents()
    for batch in batches:
        assert "2024-01 by maria on " in refusal(batch)
    assert contents() == before


def test_report_broken_down_after_the_later_file_was_undone_is_not_deleted(program):
    first = bring_in(program, "A 2024-01 40 2")
    undo(bring_in(program, "A 2024-01 41 2"))
    report, category = MonthlyReport.objects.get(), Category.objects.first()
    BreakdownCount.objects.create(report=report, category=category, live_births=20)
    assert "1 of the reports that this file brought have been broken down" in refusal(first)


def test_file_on_top_that_is_undone_at_the_same_moment_leaves_none_of_this_one_half_undone(
    program, monkeypatch
):
    first = bring_in(program, "A 2024-01 40 2, B 2024-01 7 0")
    second = bring_in(program, "B 2024-01 8 0")
    monkeypatch.setattr(undoing, "hold_sites", lambda sites: monkeypatch.undo() or undo(second))
    assert "was undone at this very moment. Undo this one again." in refusal(first)
    assert MonthlyReport.objects.count() == 2


# --- The sentence --------------------------------------------------------------------------


def named(batch, name, day, by=None):
    moment = datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)
    ImportBatch.objects.filter(pk=batch.pk).update(file_name=name, applied_at=moment, applied_by=by)


def test_refusal_names_the_later_file_and_says_to_undo_it_first(program):
    first = bring_in(program, "A 2024-01 40 2, A 2024-02 38 0, A 2024-03 9 0")
    second = bring_in(program, "A 2024-01 41 3, A 2024-02 39 0")
    named(second, "births.csv", date(2026, 11, 27), UserFactory(username="maria"))
    assert refusal(first) == (
        "2 of its 3 reports were changed since: North (A), 2024-01 and 1 more by the file "
        "births.csv, brought in on 2026-11-27 by maria; undo that one first. A file is undone as "
        "a whole or not at all, so that nobody's work is lost."
    )


def test_refusal_names_several_later_files_the_last_first(program):
    first = bring_in(program, "A 2024-01 40 2, A 2024-02 38 0")
    for day, rows in enumerate(("A 2024-01 41 3", "A 2024-02 39 0"), start=1):
        named(bring_in(program, rows), f"{day}.csv", date(2025, 6, day))
    assert refusal(first).startswith(
        "2 of its 2 reports were changed since: North (A), 2024-02 by the file 2.csv, brought in "
        "on 2025-06-02; undo that one first; North (A), 2024-01 by the file 1.csv, brought in on "
        "2025-06-01; undo that one first. "
    )


def test_refusal_does_not_advise_to_undo_a_file_where_that_would_not_help(program):
    first = bring_in(program, "A 2024-01 40 2, A 2024-02 38 0")
    named(bring_in(program, "A 2024-01 41 3"), "births.csv", date(2026, 11, 27))
    type_report(month=FEBRUARY, by=UserFactory(username="maria"))
    said = refusal(first)
    assert "2024-01 by the file births.csv, brought in on 2026-11-27; North (A), 2024-02" in said
    assert "undo that one" not in said
    assert said.endswith("Correct what is wrong report by report.")


# --- Against a plain model -----------------------------------------------------------------

PLACES = [(code, date(2024, month, 1)) for code in "AB" for month in (1, 2)]
COUNTS = st.integers(0, 99)
FILES = st.tuples(st.just("file"), st.dictionaries(st.sampled_from(PLACES), COUNTS, min_size=1))
UNDONE = st.tuples(st.just("undo"), st.integers(0, 4))
TYPED = st.tuples(st.just("type"), st.tuples(st.sampled_from(PLACES), COUNTS))
MOVED = st.tuples(st.sampled_from(["approve", "send_back"]), st.sampled_from(PLACES))


class Piles:
    """Each site-month is a pile of what was laid on it: births, status, when first submitted and
    by which file. A file is undone where all it laid lies on top."""

    def __init__(self, program, by):
        self.program, self.by, self.files = program, by, []
        self.sites = {site.code: site for site in program.sites.all()}
        self.piles = {place: [] for place in PLACES}

    def stored(self):
        reports = MonthlyReport.objects.select_related("site")
        return {
            (own.site.code, own.month): (own.live_births, own.status, own.first_submitted_at)
            for own in reports
        }

    def expected(self):
        return {place: pile[-1][:3] for place, pile in self.piles.items() if pile}

    def status(self, place):
        return self.piles[place][-1][1] if self.piles[place] else ""

    def report(self, place):
        return MonthlyReport.objects.get(site=self.sites[place[0]], month=place[1])

    def lay(self, place, births, status, file=None):
        pile = self.piles[place]
        first = pile[0][2] if pile else self.report(place).first_submitted_at
        pile.append((births, status, first, file))

    def file(self, births):
        births = {place: n for place, n in births.items() if self.status(place) != "approved"}
        is_new = [not self.piles[place] for place in births]
        batch = ImportBatch.objects.create(
            program=self.program,
            file_name="counts.csv",
            applied_at=timezone.now(),
            rows_created=sum(is_new),
            rows_changed=len(is_new) - sum(is_new),
        )
        rows = Rows(
            np.array([self.sites[code].pk for code, _ in births], dtype=np.int64),
            np.array([number_month(month) for _, month in births], dtype=np.int32),
            {"live_births": np.array(list(births.values()), dtype=np.int32)},
            np.array(is_new, dtype=bool),
        )
        write_rows(rows, batch=batch, by=None, now=timezone.now())
        self.files.append(batch)
        for place, own in births.items():
            self.lay(place, own, "submitted", batch)

    def type(self, said):
        place, births = said
        if self.status(place) != "approved":
            type_report(*place, births)
            self.lay(place, births, "submitted")

    def approve(self, place):
        if self.status(place) == "submitted":
            approve_report(self.report(place), by=self.by)
            self.lay(place, self.piles[place][-1][0], "approved")

    def send_back(self, place):
        if self.status(place) == "submitted":
            return_report(self.report(place), by=self.by, message="Look again.")
            self.lay(place, self.piles[place][-1][0], "returned")

    def undo(self, number):
        """The file that was brought in so many files ago."""
        if number >= len(self.files):
            return
        batch = self.files[-1 - number]
        own = [pile for pile in self.piles.values() if any(laid[3] == batch for laid in pile)]
        if any(pile[-1][3] != batch for pile in own):
            refusal(batch)
        else:
            undo(batch)
            for pile in own:
                pile.pop()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(FILES, FILES, UNDONE, UNDONE, TYPED, MOVED), max_size=14))
def test_any_files_undone_in_any_turn_leave_what_a_pile_of_them_would(program, manager, steps):
    with transaction.atomic():
        piles = Piles(program, manager)
        for act, said in steps:
            getattr(piles, act)(said)
            assert piles.stored() == piles.expected()
        transaction.set_rollback(True)
