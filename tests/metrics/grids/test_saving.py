"""A grid that is sent: everything is stored as one, or nothing is."""

import pytest
from django.core.exceptions import PermissionDenied

from metrics.grids import TypedCell, check_grid, save_grid
from metrics.models import Draft, MonthlyReport, Notice
from programs.periods import shift_month
from tests.conftest import TODAY
from tests.factories import MembershipFactory, MonthlyReportFactory, ProgramFactory, UserFactory
from tests.metrics.grids.gridding import APRIL, JUNE, MAY, join

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def program():
    return ProgramFactory(name="First Breath")


@pytest.fixture
def site(program):
    return join(program, name="North Clinic")


@pytest.fixture
def by(program):
    return MembershipFactory(program=program, role="reporter").user


def cell(site, month=JUNE, births="40", deaths="2", seen=0, choice=""):
    return TypedCell(site.pk, month, births, deaths, seen, choice)


def save(program, by, *cells, reason=""):
    return save_grid(program=program, cells=cells, reason=reason, by=by, today=TODAY)


def counts(site=None):
    reports = MonthlyReport.objects.all() if site is None else site.monthly_reports.all()
    return {own.month: (own.live_births, own.infant_deaths, own.version) for own in reports}


# --- What is stored ------------------------------------------------------------------------


def test_many_cells_are_stored_as_submitted_reports(program, site, by):
    other = join(program)
    outcome = save(program, by, cell(site), cell(site, MAY, "0", "0"), cell(other, births="7"))
    assert len(outcome.saved) == 3
    assert counts(site) == {JUNE: (40, 2, 1), MAY: (0, 0, 1)}
    assert counts(other) == {JUNE: (7, 2, 1)}
    report = MonthlyReport.objects.first()
    assert (report.status, report.door, report.entered_by) == ("submitted", "grid", by)
    assert report.first_submitted_at.date() == TODAY


def test_rest_of_a_report_stays_as_it_is_stored(program, site, by):
    rest = {"stillbirths": 3, "comment": "Flood", "door": "file", "age_unknown_deaths": 1}
    stored = MonthlyReportFactory(
        site=site, month=JUNE, note="Count again", status="returned", **rest
    )
    save(program, by, cell(site, seen=1))
    report = MonthlyReport.objects.get()
    assert (report.live_births, report.infant_deaths) == (40, 2)
    assert (report.stillbirths, report.age_unknown_deaths, report.comment) == (3, 1, "Flood")
    assert (report.status, report.door, report.note) == ("submitted", "grid", "")
    assert report.first_submitted_at == stored.first_submitted_at


def test_every_version_is_in_the_history_with_its_author(program, site, by):
    MonthlyReportFactory(site=site, month=MAY)
    save(program, by, cell(site), cell(site, MAY, seen=1))
    versions = MonthlyReport.history.filter(history_user=by).order_by("month")
    assert [(v.month, v.history_type, v.history_change_reason, v.version) for v in versions] == [
        (MAY, "~", "submit", 2),
        (JUNE, "+", "submit", 1),
    ]
    assert [own.live_births for own in MonthlyReport.history.filter(month=MAY)] == [40, 100]


def test_cells_that_say_nothing_new_are_left_alone(program, site, by):
    MonthlyReportFactory(site=site, month=JUNE, live_births=40, infant_deaths=2, status="returned")
    MonthlyReportFactory(site=site, month=APRIL, live_births=9, infant_deaths=None)
    cells = [cell(site, seen=1), cell(site, MAY, "", " "), cell(site, APRIL, "9.0", "", seen=1)]
    outcome = save(program, by, *cells)
    assert (outcome.saved, outcome.touched) == ([], set())
    assert MonthlyReport.objects.get(month=JUNE).status == "returned"
    assert MonthlyReport.history.count() == 2


def test_grid_sent_twice_is_stored_once(program, site, by):
    MonthlyReportFactory(site=site, month=MAY)
    cells = [cell(site), cell(site, MAY, seen=1)]
    first, second = save(program, by, *cells), save(program, by, *cells)
    assert (len(first.saved), second.saved, second.may_be_stored) == (2, [], True)
    assert counts() == {JUNE: (40, 2, 1), MAY: (40, 2, 2)}
    assert MonthlyReport.history.count() == 3


def test_one_refusal_holds_up_everything(program, site, by):
    outcome = save(program, by, cell(site), cell(site, MAY, "many"))
    assert not outcome.may_be_stored
    assert outcome.refusals.keys() == {(site.pk, MAY)}
    assert not MonthlyReport.objects.exists()


def test_checking_says_the_same_and_writes_nothing(program, site, by):
    cells = [cell(site), cell(site, MAY, "many")]
    outcome = check_grid(program=program, cells=cells, by=by, today=TODAY)
    assert outcome.refusals.keys() == {(site.pk, MAY)}
    assert outcome.touched == {(site.pk, JUNE), (site.pk, MAY)}
    assert check_grid(program=program, cells=[cell(site)], by=by, today=TODAY).may_be_stored
    assert not MonthlyReport.objects.exists()


def test_managers_of_an_approving_program_are_told_once(program, by):
    program.approval_required = True
    program.save()
    manager = MembershipFactory(program=program, role="manager").user
    save(program, by, *(cell(join(program)) for _ in range(3)))
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (manager, "submitted")
    assert notice.text == "3 reports of First Breath wait for your approval."


def test_reopened_report_is_submitted_again(program, site, by):
    MonthlyReportFactory(site=site, month=JUNE, status="reopened", reopened_until=TODAY)
    save(program, by, cell(site, seen=1))
    report = MonthlyReport.objects.get()
    assert (report.status, report.reopened_until) == ("submitted", None)


# --- Reasons -------------------------------------------------------------------------------


def test_unusual_counts_need_a_reason_and_nothing_is_stored_without(program, site, by):
    cells = [cell(site), cell(site, MAY, "1", "2")]
    for reason in ("", "  "):
        outcome = save(program, by, *cells, reason=reason)
        assert outcome.needs_reason
        assert outcome.warnings.keys() == {(site.pk, MAY)}
    assert not MonthlyReport.objects.exists()


def test_reason_becomes_the_comment_of_the_unusual_reports_alone(program, site, by):
    outcome = save(program, by, cell(site), cell(site, MAY, "1", "2"), reason=" Referred here ")
    assert outcome.may_be_stored
    assert MonthlyReport.objects.get(month=MAY).comment == "Referred here"
    assert MonthlyReport.objects.get(month=JUNE).comment == ""


def test_counts_are_held_against_those_typed_with_them(program, site, by):
    """Twelve months of 40 births in the same grid: 400 stand out."""
    before = [cell(site, shift_month(JUNE, -back), "40", "0") for back in range(1, 13)]
    outcome = save(program, by, *before, cell(site, births="400", deaths="0"))
    assert [str(own) for own in outcome.warnings[site.pk, JUNE]] == [
        "live_births: 400 is far more than before: 40 in 1 comparable month. Check it, or say why."
    ]
    assert outcome.warnings.keys() == {(site.pk, JUNE)}


# --- Somebody else in between --------------------------------------------------------------


@pytest.mark.parametrize("seen", [0, 1])
def test_what_somebody_saved_in_between_is_not_overwritten(program, site, by, seen):
    theirs = MonthlyReportFactory(site=site, month=JUNE, version=2, live_births=44)
    outcome = save(program, by, cell(site, seen=seen), cell(site, MAY))
    assert outcome.conflicts == {(site.pk, JUNE): theirs}
    assert counts() == {JUNE: (44, 5, 2)}


def test_same_counts_from_two_people_are_no_conflict(program, site, by):
    MonthlyReportFactory(site=site, month=JUNE, version=2, live_births=40, infant_deaths=2)
    assert save(program, by, cell(site, seen=1)).may_be_stored
    assert counts() == {JUNE: (40, 2, 2)}


def test_cell_that_still_says_what_was_shown_leaves_the_newer_version_alone(program, site, by):
    """Without a script everything is sent, also what nobody touched."""
    report = MonthlyReportFactory(site=site, month=JUNE, live_births=40, infant_deaths=2)
    report.live_births, report.version = 44, 2
    report.save()
    outcome = save(program, by, cell(site, seen=1), cell(site, MAY))
    assert outcome.may_be_stored
    assert counts() == {JUNE: (44, 2, 2), MAY: (40, 2, 1)}


def test_conflict_is_settled_by_a_choice(program, site, by):
    other = join(program)
    for own in (site, other):
        MonthlyReportFactory(site=own, month=JUNE, version=2, live_births=44)
    cells = [cell(site, seen=1, choice="theirs"), cell(other, seen=1, choice="2")]
    assert save(program, by, *cells).may_be_stored
    assert counts(site) == {JUNE: (44, 5, 2)}
    assert counts(other) == {JUNE: (40, 2, 3)}


def test_choice_holds_for_the_version_it_was_made_about(program, site, by):
    MonthlyReportFactory(site=site, month=JUNE, version=3, live_births=45)
    outcome = save(program, by, cell(site, seen=1, choice="2"))
    assert outcome.conflicts.keys() == {(site.pk, JUNE)}
    assert counts() == {JUNE: (45, 5, 3)}


# --- Drafts --------------------------------------------------------------------------------


def draft(site, by, **typed):
    return Draft.objects.create(site=site, month=JUNE, user=by, typed=typed)


def test_untouched_draft_is_not_submitted(program, site, by):
    draft(site, by, live_births="40", infant_deaths="2")
    assert save(program, by, cell(site)).saved == []
    assert Draft.objects.exists()


@pytest.mark.parametrize(
    ("also", "is_kept"),
    [
        ({"seen_version": "0", "stillbirths": "", "comment": " "}, False),
        ({"stillbirths": "1"}, True),
        ({"comment": "Flood"}, True),
    ],
)
def test_draft_that_was_sent_is_forgotten_unless_it_says_more(program, site, by, also, is_kept):
    draft(site, by, live_births="4", **also)
    draft(site, UserFactory(), live_births="4")
    save(program, by, cell(site))
    assert counts() == {JUNE: (40, 2, 1)}
    assert Draft.objects.filter(user=by).exists() is is_kept
    assert Draft.objects.exclude(user=by).exists()


def test_draft_that_says_besides_what_is_stored_is_forgotten(program, site, by):
    MonthlyReportFactory(site=site, month=JUNE, stillbirths=1)
    draft(site, by, live_births="4", stillbirths="1")
    save(program, by, cell(site, seen=1))
    assert not Draft.objects.exists()


# --- Who may -------------------------------------------------------------------------------


def test_viewer_is_refused_with_the_reason(program, site):
    viewer = MembershipFactory(program=program, role="viewer").user
    with pytest.raises(PermissionDenied, match="Your role lets you read the reports of North Clin"):
        save(program, viewer, cell(site))
    assert not MonthlyReport.objects.exists()


def test_reporter_of_some_sites_is_refused_others(program, site):
    some = MembershipFactory(program=program, role="reporter", sites=[join(program)]).user
    with pytest.raises(PermissionDenied):
        save(program, some, cell(site))


def test_site_of_another_program_is_refused(program, site):
    by = MembershipFactory(program=join().programs.get(), role="reporter").user
    with pytest.raises(PermissionDenied, match="Some of these sites take no part in First"):
        save(program, by, cell(by.memberships.get().program.sites.get()))


# --- How much it asks of the database ------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 30])
def test_saving_takes_as_many_queries_whatever_the_number(
    program, by, django_assert_num_queries, number
):
    cells = []
    for _ in range(number):
        own = join(program)
        MonthlyReportFactory(site=own, month=MAY)
        cells += [cell(own), cell(own, MAY, seen=1)]
    # Sites held, parts, spells, locks 3, stored, drafts, past, breakdowns; new and changed reports
    # and the versions of both; programs that ask for approval; and two savepoints with their ends.
    with django_assert_num_queries(19):
        save(program, by, *cells)
    assert MonthlyReport.objects.count() == 2 * number


def test_grid_without_cells_asks_nothing(program, by, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert save(program, by).may_be_stored
