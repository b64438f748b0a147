"""Each kind of change: what it was, who did it, when and through which door."""

from datetime import date

import pytest
from django.utils import timezone

from metrics.approval_switch import mark_submitted, switch_approval_on
from metrics.approvals import approve_report, return_report
from metrics.findings import reopen_finding, review_finding
from metrics.grids import TypedCell, save_grid
from metrics.imports import apply_batch, receive_file
from metrics.imports.undoing import undo_batch
from metrics.locks import open_locked_month
from metrics.models import Category, Dimension
from metrics.summaries.history import Kind
from programs.actions import change_membership, close_site, lock_target, marker
from programs.models import Membership, Participation, PlaceChange, Program
from tests.admin_pages import as_sent
from tests.factories import (
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.approving import JUNE, join
from tests.metrics.history.telling import TODAY, FoundHere, changes_of, send, told

pytestmark = pytest.mark.django_db


def test_moves_of_a_report_are_told_latest_first(clock, site, program, manager, reporter):
    sent = send(site, 40, reporter, comment="Flood.")
    clock.turn(date(2025, 7, 3))
    returned = return_report(sent, by=manager, message="Count the twins.")
    clock.turn(date(2025, 7, 4))
    approve_report(send(site, 42, reporter, seen=returned.version), by=manager)
    found = changes_of(manager, program, kind=Kind.REPORTS)
    assert [told(own)[1:] for own in found] == [
        ("Approved", "Amara", "", []),
        ("Submitted", "Lidia", "typed", [("Live births", 40, 42)]),
        ("Returned", "Amara", "", []),
        ("Submitted", "Lidia", "typed", [("Live births", None, 40), ("Infant deaths", None, 2)]),
    ]
    assert [(own.said, own.comment) for own in found[2:]] == [
        ("Count the twins.", ""),
        ("", "Flood."),
    ]


def test_grid_and_file_are_doors_of_their_own(site, program, manager):
    cells = [TypedCell(site.pk, JUNE, "40", "2", 0)]
    assert save_grid(program=program, cells=cells, reason="", by=manager, today=TODAY).saved
    content = b"site_code,month,live_births,infant_deaths\nNC-1,2025-05,41,2\n"
    given = {"file_name": "may.csv", "content": content, "mapping": {}, "by": manager}
    apply_batch(receive_file(program=program, **given), by=manager, today=TODAY)
    found = changes_of(manager, program, kind=Kind.REPORTS)
    assert {(own.title[-7:], own.door, own.said) for own in found} == {
        ("2025-06", "grid", ""),
        ("2025-05", "file", "may.csv"),
    }


def test_file_that_was_undone_is_named_and_what_it_gave_back_came_through_no_door(
    clock, site, program, manager, reporter
):
    send(site, 40, reporter)
    content = b"site_code,month,live_births,infant_deaths\nNC-1,2025-06,41,2\n"
    given = {"file_name": "june.csv", "content": content, "mapping": {}, "by": manager}
    batch = receive_file(program=program, **given)
    clock.turn(date(2025, 7, 3))
    apply_batch(batch, by=manager, today=TODAY)
    clock.turn(date(2025, 7, 4))
    undo_batch(batch, by=manager, now=timezone.now())
    last = changes_of(manager, program, kind=Kind.REPORTS)[0]
    assert told(last)[1:] == ("Undone", "Amara", "", [("Live births", 41, 40)])
    assert last.said == "june.csv"


def test_counts_that_were_broken_down_are_told_with_their_report(site, program, manager, reporter):
    girls = Category.objects.get(dimension__code="sex", code="female")
    send(site, 40, reporter, parts={girls.pk: {"live_births": 18, "infant_deaths": None}})
    [change] = changes_of(manager, program, kind=Kind.REPORTS)
    assert told(change)[4][-1] == ("Live births, Sex: Female", None, 18)


def test_contract_is_told_with_what_was_locked(clock, program, manager):
    target = TargetFactory(program=program)
    clock.turn(date(2025, 7, 3))
    lock_target(target=target, by=manager)
    locked, made = changes_of(manager, program, kind=Kind.CONTRACT)
    assert told(locked) == (
        "Infant mortality, version 1",
        "Changed",
        "Amara",
        "on a page",
        [("Locked at", "", "2025-07-03 12:00")],
    )
    assert ("Reduction percent", "", "30.0") in told(made)[4]


def test_switch_of_approval_is_told_with_what_became_of_the_reports(site, program, manager):
    MonthlyReportFactory(site=site)
    seen = mark_submitted(program)
    switch_approval_on(program=program, approve_past=True, seen=seen, by=manager)
    switched, _ = changes_of(manager, program, kind=Kind.PROGRAM)
    assert told(switched)[1:] == (
        "Changed",
        "Amara",
        "on a page",
        [("Approval required", "no", "yes")],
    )
    assert switched.said == "approval switched on: 1 of 1 approved"


def test_leave_to_approve_ones_own_is_logged_where_the_admin_site_gave_it(program, client):
    admin = UserFactory(first_name="Samuel", is_staff=True, is_superuser=True)
    client.force_login(admin)
    page = f"/admin/programs/program/{program.pk}/change/"
    client.post(page, as_sent(client.get(page)) | {"self_approval_allowed": "on"})
    [given, _] = changes_of(join(program), program, kind=Kind.PROGRAM)
    values = [("Self approval allowed", "no", "yes")]
    assert told(given) == ("Beginnings", "Changed", "Samuel", "admin site", values)


def test_locked_month_that_was_opened_is_told(site, program, manager):
    given = {"site": site, "month": JUNE, "reason": "A late death.", "today": TODAY}
    Program.objects.update(locks_after_days=14)
    open_locked_month(**given, expires_on=date(2025, 7, 20), by=manager)
    [change] = changes_of(manager, program, kind=Kind.EXCEPTIONS)
    assert told(change)[:4] == ("North Clinic, 2025-06", "Added", "Amara", "on a page")
    assert {("Reason", "", "A late death."), ("Expires on", "", "2025-07-20")} <= set(
        told(change)[4]
    )


def test_what_was_said_of_a_finding_is_told_and_that_it_was_taken_back(
    clock, site, program, manager, reporter
):
    finding = FoundHere(site, JUNE, "births_odd", "a" * 64)
    given = {"decision": "explained", "reason": "A camp came.", "by": reporter}
    review = review_finding(program=program, finding=finding, **given)
    clock.turn(date(2025, 7, 3))
    reopen_finding(review=review, by=manager)
    title = "Births far from the usual: North Clinic, 2025-06"
    said = [("Decision", "", "Explained"), ("Reason", "", "A camp came.")]
    gone = [("Decision", "Explained", ""), ("Reason", "A camp came.", "")]
    assert [told(own) for own in changes_of(manager, program, kind=Kind.FINDINGS)] == [
        (title, "Opened again", "Amara", "on a page", gone),
        (title, "Added", "Lidia", "on a page", said),
    ]
    assert changes_of(manager, program, kind=Kind.FINDINGS, month=date(2025, 5, 1)) == []


def test_what_was_said_of_other_sites_is_not_told(site, program, manager):
    finding = FoundHere(site, None, "heaped_digits", "a" * 64)
    given = {"decision": "dismissed", "reason": "Few births.", "by": manager}
    review_finding(program=program, finding=finding, **given)
    elsewhere = ParticipationFactory(program=program).site
    limited = join(program, "manager", sites=[elsewhere])
    assert changes_of(limited, program, kind=Kind.FINDINGS) == []
    [seen] = changes_of(manager, program, kind=Kind.FINDINGS, site=site.pk)
    assert seen.title == "Births that end in 0 or 5: North Clinic"


def test_life_of_a_site_is_told(clock, site, program, manager):
    said = {"last_month": date(2025, 5, 1), "last_reported": lambda sites: {}}
    close_site(site=site, by=manager, today=TODAY, **said)
    change = PlaceChange.objects.create(kind="boundary", month=JUNE, area=site.area)
    clock.turn(date(2025, 7, 3))
    change.successors.add(site)
    found = {told(own)[0:2]: told(own) for own in changes_of(manager, program, kind=Kind.SITES)}
    closed = found["North Clinic", "Changed"]
    assert closed[2:] == ("Amara", "on a page", [("Last month", "", "2025-05")])
    assert found["Highlands (district)", "Changed"][4] == [
        ("Successors", "", "North Clinic (NC-1)")
    ]


def test_new_name_of_a_site_is_told(clock, site, program, manager):
    clock.turn(date(2025, 7, 3))
    site.name, site._history_user = "Harbour Clinic", manager
    site.save()
    renamed = told(changes_of(manager, program, kind=Kind.SITES)[0])
    values = [("Name", "North Clinic", "Harbour Clinic")]
    assert renamed == ("Harbour Clinic", "Changed", "Amara", "admin site", values)


def test_part_that_was_taken_out_is_told(site, program, manager):
    elsewhere = ParticipationFactory(program=program, site__name="South Clinic")
    elsewhere._history_user = manager
    elsewhere.delete()
    gone = changes_of(manager, program, kind=Kind.PARTICIPATION)[0]
    assert told(gone)[:4] == ("South Clinic", "Removed", "Amara", "admin site")
    assert ("Role", "Program site", "") in told(gone)[4]


def test_site_that_was_deleted_keeps_its_line(site, program, manager):
    part = ParticipationFactory(program=program)
    own = part.site
    part.delete()
    own.spells.all().delete()
    own.delete()
    gone, joined, *_ = changes_of(manager, program, kind=Kind.PARTICIPATION)
    assert [row.title for row in (gone, joined)] == ["A site that was deleted"] * 2
    assert ("Site", "deleted since", "") in told(gone)[4]


def test_intervention_is_told_with_its_sites(clock, site, program, manager):
    own = InterventionFactory(program=program, name="Training")
    clock.turn(date(2025, 7, 3))
    own.sites.add(site)
    changed, _ = changes_of(manager, program, kind=Kind.INTERVENTIONS)
    assert told(changed)[0] == "Training"
    assert told(changed)[4] == [("Sites", "", "North Clinic (NC-1)")]


def test_people_are_told_to_managers_of_all_sites(clock, program, manager, reporter):
    clock.turn(date(2025, 7, 3))
    own = Membership.objects.get(user=reporter)
    given = {"role": "viewer", "all_sites": True, "seen": marker(own), "by": manager}
    change_membership(membership=own, **given)
    found = changes_of(manager, program, kind=Kind.PEOPLE)
    assert told(found[0])[:3] == ("Lidia", "Changed", "Amara")
    assert told(found[0])[4] == [("Part", "reporter of all sites", "viewer of all sites")]
    assert {own.title for own in found} == {"Lidia", "Amara"}
    assert {own.title for own in changes_of(reporter, program, kind=Kind.PEOPLE)} == {"Lidia"}


@pytest.mark.parametrize(
    ("reason", "by_somebody", "door"),
    [("close", True, "on a page"), (None, True, "admin site"), (None, False, "")],
)
def test_door_is_told_where_it_is_known(program, manager, reason, by_somebody, door):
    versions = Participation.history.filter(program=program)
    versions.update(history_change_reason=reason, history_user=manager if by_somebody else None)
    assert changes_of(manager, program, kind=Kind.PARTICIPATION)[0].door == door


def test_breakdown_that_the_program_asks_for_is_told(clock, program, manager):
    sex = Dimension.objects.get(code="sex")
    sex.programs.add(program)
    Dimension.objects.create(name="Residence", code="residence")  # asked for by nobody
    clock.turn(date(2025, 7, 3))
    twins = sex.categories.create(name="Twins", code="twins", position=9)
    clock.turn(date(2025, 7, 4))
    twins.retired, twins._history_user = True, manager
    twins.save()
    retired, made = changes_of(manager, program, kind=Kind.BREAKDOWNS)
    assert told(retired) == (
        "Sex: Twins",
        "Changed",
        "Amara",
        "admin site",
        [("Retired", "no", "yes")],
    )
    assert told(made)[:2] == ("Sex: Twins", "Added")


def test_breakdown_under_a_new_name_is_told(clock, program, manager):
    own = Dimension.objects.create(name="Residence", code="residence")
    own.programs.add(program)
    clock.turn(date(2025, 7, 3))
    own.name = "Place"
    own.save()
    renamed = changes_of(manager, program, kind=Kind.BREAKDOWNS)[0]
    assert told(renamed)[::4] == ("Place", [("Name", "Residence", "Place")])


def test_breakdown_that_only_another_program_asks_for_is_not_told(program, manager):
    own = Dimension.objects.create(name="Residence", code="residence")
    own.programs.add(ParticipationFactory().program)
    own.categories.create(name="Town", code="town")
    assert changes_of(manager, program, kind=Kind.BREAKDOWNS) == []
