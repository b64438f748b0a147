"""A member's part, changed and taken away."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from programs.actions import change_membership, marker, remove_member
from programs.models import Membership
from programs.permissions import can_enter_counts
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    UserFactory,
)
from tests.programs.inviting import invite
from tests.wording import exactly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ONLY = (
    "Amara is the only manager of all sites of Beginnings. Make somebody else one first: "
    "otherwise nobody could decide who may do what."
)


@pytest.fixture
def program():
    return ProgramFactory(name="Beginnings")


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role="manager", user__first_name="Amara").user


@pytest.fixture
def lidia(program):
    return MembershipFactory(program=program, role="viewer", user__first_name="Lidia")


def change(membership, by, role="reporter", sites=(), **said):
    """Change a part, to some sites, or to all where none is named."""
    offer = {"role": role, "all_sites": not sites, "sites": sites, "seen": marker(membership)}
    return change_membership(membership=membership, by=by, **(offer | said))


# --- Changing ----------------------------------------------------------------------------------


def test_part_is_changed_as_one_version_that_says_who(program, manager, lidia):
    sites = [ParticipationFactory(program=program).site for _ in range(2)]

    change(lidia, manager, "reporter", sites)

    lidia.refresh_from_db()
    assert (lidia.role, lidia.all_sites, set(lidia.sites.all())) == ("reporter", False, {*sites})
    latest, first = lidia.history.all()
    assert (latest.history_type, latest.role, latest.history_user) == ("~", "reporter", manager)
    assert {own.site for own in latest.historicalmembership_sites_set.all()} == {*sites}
    assert (first.history_type, first.role) == ("+", "viewer")


def test_all_sites_name_none(program, manager, lidia):
    site = ParticipationFactory(program=program).site
    change(lidia, manager, "reporter", [site])
    change(lidia, manager, "reporter")
    lidia.refresh_from_db()
    assert (lidia.all_sites, lidia.sites.count()) == (True, 0)


def test_the_same_part_again_is_no_change(program, manager, lidia):
    change(lidia, manager, "viewer")
    assert lidia.history.count() == 1


def test_changed_part_holds_at_once(program, manager, lidia):
    site = ParticipationFactory(program=program).site
    assert not can_enter_counts(lidia.user, site)
    change(lidia, manager, "reporter", [site])
    assert can_enter_counts(lidia.user, site)


def test_part_that_somebody_changed_in_between_is_looked_at_again(program, manager, lidia):
    seen = marker(lidia)
    change(lidia, manager, "reporter")
    sentence = (
        "Somebody changed what Lidia may do in between. Look at it again; nothing of yours has "
        "been saved yet."
    )
    with pytest.raises(ValidationError) as refusal:
        change(lidia, manager, "manager", seen=seen)
    assert refusal.value.messages == [sentence]
    lidia.refresh_from_db()
    assert lidia.role == "reporter"


@pytest.mark.parametrize(
    ("site", "sentence"),
    [
        ("none", "No site is covered. Choose sites, or all sites."),
        ("other", "Not taking part in Beginnings: Clinic. Choose among its sites."),
    ],
)
def test_sites_are_some_and_the_programs_own(program, manager, lidia, site, sentence):
    sites = [SiteFactory(name="Clinic")] if site == "other" else []
    with pytest.raises(ValidationError) as refusal:
        change(lidia, manager, all_sites=False, sites=sites)
    assert refusal.value.messages == [sentence]
    assert lidia.history.count() == 1


# --- The last manager --------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["viewer", "reporter", "some sites", "remove"])
def test_last_manager_of_all_sites_stays(program, manager, how):
    own, site = program.memberships.get(user=manager), ParticipationFactory(program=program).site
    MembershipFactory(program=program, role="manager", sites=[site])
    MembershipFactory(program=program, role="manager", user__is_active=False)
    MembershipFactory(role="manager", user=manager)
    act = {
        "remove": lambda: remove_member(membership=own, by=manager),
        "some sites": lambda: change(own, manager, "manager", [site]),
    }.get(how, lambda: change(own, manager, how))
    with pytest.raises(ValidationError) as refusal:
        act()
    assert refusal.value.messages == [ONLY]
    assert program.memberships.managing_all_sites().get() == own


def test_manager_may_go_while_another_stays(program, manager):
    other = MembershipFactory(program=program, role="manager")
    change(program.memberships.get(user=manager), manager, "viewer")
    assert program.memberships.managing_all_sites().get() == other


def test_manager_who_cannot_sign_in_may_be_removed(program, manager):
    gone = MembershipFactory(program=program, role="manager", user__is_active=False)
    remove_member(membership=gone, by=manager)
    assert program.memberships.get().user == manager


# --- Removing ----------------------------------------------------------------------------------


def test_removed_member_leaves_what_they_entered(program, manager, lidia):
    site = ParticipationFactory(program=program).site
    report = MonthlyReportFactory(site=site, entered_by=lidia.user)
    user = lidia.user

    remove_member(membership=lidia, by=manager)

    report.refresh_from_db()
    assert report.entered_by == user
    assert not can_enter_counts(user, site)
    gone = Membership.history.filter(user=user).first()
    assert (gone.history_type, gone.role, gone.history_user) == ("-", "viewer", manager)
    assert gone.history_change_reason == "remove"


def test_removing_twice_is_refused(program, manager, lidia):
    remove_member(membership=Membership.objects.get(pk=lidia.pk), by=manager)
    with pytest.raises(ValidationError, match="Lidia is no member of Beginnings any more"):
        remove_member(membership=lidia, by=manager)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_removal_counts_the_invitations_that_stay_open(program, manager, number):
    other = MembershipFactory(program=program, role="manager")
    for own in range(number):
        invite(program, other.user, f"person{own}@example.org")
    invite(program, manager, "somebody@example.org")
    assert remove_member(membership=other, by=manager) == number


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["viewer", "reporter", "limited manager", "stranger"])
def test_only_managers_of_all_sites_decide_who_may_do_what(program, manager, lidia, part):
    site = ParticipationFactory(program=program).site
    limits = {"sites": [site]} if part == "limited manager" else {}
    if part == "stranger":
        person = UserFactory(is_staff=True, is_superuser=True)
    else:
        role = part.split()[-1]
        person = MembershipFactory(program=program, role=role, **limits).user
    for attempt in (
        lambda: change(lidia, person),
        lambda: remove_member(membership=lidia, by=person),
        lambda: invite(program, person),
    ):
        with pytest.raises(PermissionDenied, match="Only a manager of all sites of Beginnings"):
            attempt()
    assert lidia.history.count() == 1


def test_sentence_of_the_refusal_is_whole(program, lidia):
    sentence = "Only a manager of all sites of Beginnings may do this. Ask one of them."
    with pytest.raises(PermissionDenied, match=exactly(sentence)):
        change(lidia, lidia.user)
