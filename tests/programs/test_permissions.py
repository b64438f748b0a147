from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from programs.models import Role
from programs.permissions import (
    can_enter_counts,
    can_manage,
    check_may_approve,
    check_may_enter_counts,
    check_may_manage,
    check_may_review,
)
from tests.factories import MembershipFactory, ParticipationFactory, UserFactory
from tests.wording import exactly

JULY = date(2024, 7, 1)
pytestmark = pytest.mark.django_db

ROLES = [Role.VIEWER, Role.REPORTER, Role.MANAGER]


@pytest.fixture
def site():
    return ParticipationFactory(site__name="Clinic", program__name="Beginnings").site


def member(site, role, **fields):
    return MembershipFactory(program=site.programs.get(), role=role, **fields).user


@pytest.mark.parametrize("role", ROLES)
def test_reporters_and_managers_enter_counts(site, role):
    assert can_enter_counts(member(site, role), site) is (role != Role.VIEWER)


def test_who_may_not_enter_counts_is_told_why_and_whom_to_ask(site):
    sentence = (
        "Your role lets you read the reports of Clinic but not write them. Ask the program's "
        "manager to make you a reporter."
    )
    with pytest.raises(PermissionDenied, match=exactly(sentence)):
        check_may_enter_counts(member(site, Role.VIEWER), site)
    check_may_enter_counts(member(site, Role.REPORTER), site)


@pytest.mark.parametrize("role", ROLES)
def test_only_managers_of_all_sites_manage(site, role):
    program = site.programs.get()
    assert can_manage(member(site, role), program) is (role == Role.MANAGER)
    assert not can_manage(member(site, role, sites=[site]), program)


def test_who_may_not_manage_is_told_whom_to_ask(site):
    sentence = "Only a manager of all sites of Beginnings may do this. Ask one of them."
    with pytest.raises(PermissionDenied, match=exactly(sentence)):
        check_may_manage(member(site, Role.MANAGER, sites=[site]), site.programs.get())
    check_may_manage(member(site, Role.MANAGER), site.programs.get())


@pytest.mark.parametrize("can", [can_enter_counts, can_manage])
@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_stranger_may_do_nothing(site, can, extra):
    thing = site if can is can_enter_counts else site.programs.get()
    manager_elsewhere = MembershipFactory(role=Role.MANAGER, user=UserFactory(**extra)).user
    assert not can(manager_elsewhere, thing)


@pytest.mark.parametrize("named", [True, False])
def test_manager_of_some_sites_reviews_these_only(site, named):
    other = ParticipationFactory(program=site.programs.get()).site
    manager = member(site, Role.MANAGER, sites=[site if named else other])
    if named:
        check_may_review(manager, site, JULY)
    else:
        with pytest.raises(PermissionDenied, match="Only a manager of Clinic may approve"):
            check_may_review(manager, site, JULY)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER])
def test_others_do_not_review(site, role):
    with pytest.raises(PermissionDenied, match="Only a manager of Clinic may approve"):
        check_may_review(member(site, role), site, JULY)


def test_manager_of_another_program_of_the_site_may_review(site):
    other = ParticipationFactory(site=site).program
    manager = MembershipFactory(program=other, role=Role.MANAGER).user
    check_may_approve(manager, site, JULY, entered_by=UserFactory())


@pytest.mark.parametrize("entered_by_whom", ["self", "somebody", "nobody"])
def test_nobody_approves_what_they_entered(site, entered_by_whom):
    manager = member(site, Role.MANAGER)
    author = {"self": manager, "somebody": UserFactory(), "nobody": None}[entered_by_whom]
    if entered_by_whom == "self":
        with pytest.raises(PermissionDenied, match="You entered this report yourself"):
            check_may_approve(manager, site, JULY, entered_by=author)
    else:
        check_may_approve(manager, site, JULY, entered_by=author)


def test_self_approval_needs_the_leave_of_every_program_that_asks_for_the_month(site):
    manager = member(site, Role.MANAGER)
    site.programs.update(self_approval_allowed=True)
    check_may_approve(manager, site, JULY, entered_by=manager)
    ParticipationFactory(site=site, first_month=JULY)  # a strict one, from July on
    with pytest.raises(PermissionDenied, match="You entered this report yourself"):
        check_may_approve(manager, site, JULY, entered_by=manager)
    check_may_approve(manager, site, date(2024, 6, 1), entered_by=manager)


def test_program_that_the_site_has_left_has_no_say(site):
    left = ParticipationFactory(
        site=site, first_month=date(2019, 1, 1), last_month=date(2019, 12, 1),
        program__self_approval_allowed=True,
    ).program  # fmt: skip
    manager = MembershipFactory(program=left, role=Role.MANAGER).user
    check_may_approve(manager, site, date(2019, 6, 1), entered_by=manager)
    with pytest.raises(PermissionDenied, match="Only a manager of Clinic may approve"):
        check_may_review(manager, site, JULY)


def test_month_that_no_program_asks_for_is_reviewed_by_managers_of_any(site):
    check_may_review(member(site, Role.MANAGER), site, date(2010, 1, 1))


# --- Whom to ask ---------------------------------------------------------------------------


def manage(program, *names, **fields):
    for first, last in names:
        user = UserFactory(first_name=first, last_name=last)
        MembershipFactory(program=program, user=user, role=Role.MANAGER, **fields)


def test_a_refusal_names_the_managers_to_ask(site):
    manage(site.programs.get(), ("Jonas", "Okuni"), ("Amara", "Velt"))
    with pytest.raises(PermissionDenied, match=r"Ask Jonas Okuni or Amara Velt\.$"):
        check_may_manage(member(site, Role.VIEWER), site.programs.get())
    with pytest.raises(PermissionDenied, match="Ask Jonas Okuni or Amara Velt to make you a"):
        check_may_enter_counts(member(site, Role.VIEWER), site)


def test_a_refusal_names_three_managers_at_most(site):
    manage(site.programs.get(), ("A", "One"), ("B", "Two"), ("C", "Zero"), ("D", "Four"))
    with pytest.raises(PermissionDenied, match=r"Ask D Four, A One or B Two\.$"):
        check_may_manage(member(site, Role.VIEWER), site.programs.get())


def test_a_refusal_names_nobody_who_left_and_nobody_of_other_sites(site):
    program = site.programs.get()
    MembershipFactory(program=program, role=Role.MANAGER, user__is_active=False)
    MembershipFactory(
        program=program, role=Role.MANAGER, sites=[ParticipationFactory(program=program).site]
    )
    with pytest.raises(PermissionDenied, match=r"Ask one of them\.$"):
        check_may_review(member(site, Role.VIEWER), site, JULY)


def test_a_refusal_names_nobody_of_a_program_one_does_not_belong_to(site):
    viewer = member(site, Role.VIEWER)
    manage(ParticipationFactory(site=site).program, ("Jonas", "Okuni"))
    with pytest.raises(PermissionDenied, match=r"Ask one of them\.$"):
        check_may_review(viewer, site, JULY)


def test_who_entered_a_report_is_told_who_else_may_approve_it(site):
    author = member(site, Role.MANAGER)
    manage(site.programs.get(), ("Jonas", "Okuni"))
    with pytest.raises(PermissionDenied, match=r"yourself\. Ask Jonas Okuni to approve it"):
        check_may_approve(author, site, JULY, entered_by=author)
