"""`visible_to` of every model: who sees what."""

from datetime import date

import pytest

from programs.models import (
    Area,
    Intervention,
    InterventionOutput,
    Membership,
    Participation,
    Program,
    Role,
    Site,
    Target,
)
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

JAN, JULY = date(2024, 1, 1), date(2024, 7, 1)


@pytest.fixture
def world():
    """Two programs; the first has two sites, of which one is in the second as well."""
    first, second = ProgramFactory(), ProgramFactory()
    shared = ParticipationFactory(program=first).site
    ParticipationFactory(program=second, site=shared)
    return first, second, shared, ParticipationFactory(program=first).site


def visible(model, user):
    return set(model.objects.visible_to(user))


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
@pytest.mark.parametrize(
    "model",
    [Program, Site, Area, Participation, Target, Membership, Intervention, InterventionOutput],
)
def test_stranger_sees_nothing(world, model, extra):
    first, *_ = world
    MembershipFactory(program=first)
    TargetFactory(program=first)
    InterventionOutput.objects.create(intervention=InterventionFactory(program=first), month=JULY)
    assert visible(model, UserFactory(**extra)) == set()
    assert model.objects.exists()


def test_member_sees_the_program_and_its_sites(world):
    first, _, shared, own = world
    user = MembershipFactory(program=first).user
    target, intervention = TargetFactory(program=first), InterventionFactory(program=first)
    assert visible(Program, user) == {first}
    assert visible(Site, user) == {shared, own}
    assert visible(Area, user) == {shared.area, own.area}
    assert visible(Participation, user) == set(first.participations.all())
    assert (visible(Target, user), visible(Intervention, user)) == ({target}, {intervention})


def test_member_of_some_sites_sees_these_only(world):
    first, _, _, own = world
    user = MembershipFactory(program=first, sites=[own]).user
    assert visible(Program, user) == {first}
    assert visible(Site, user) == {own}
    assert visible(Participation, user) == {first.participations.get(site=own)}


def test_member_of_no_site_sees_the_program_without_sites(world):
    first, *_ = world
    member = MembershipFactory(program=first, all_sites=False)
    assert visible(Program, member.user) == {first}
    assert visible(Site, member.user) == set()


def test_site_that_left_the_program_is_not_covered_by_naming_it(world):
    _, second, _, own = world
    user = MembershipFactory(program=second, sites=[own]).user
    assert visible(Site, user) == set()


def test_participation_is_seen_through_its_own_program_only(world):
    """Seeing a site through one program does not tell that it is in another, where one sees
    other sites only."""
    first, second, shared, own = world
    user = MembershipFactory(program=first, sites=[own]).user
    MembershipFactory(program=second, user=user)
    seen = {first.participations.get(site=own), second.participations.get(site=shared)}
    assert visible(Participation, user) == seen


def test_areas_around_a_visible_site_are_seen():
    country = AreaFactory(kind="country")
    region = AreaFactory(parent=country)
    site = SiteFactory(area=region)
    AreaFactory(parent=country)
    user = MembershipFactory(program=ParticipationFactory(site=site).program).user
    assert visible(Area, user) == {country, region}


@pytest.mark.parametrize(("role", "seen"), [("viewer", 1), ("reporter", 1), ("manager", 3)])
def test_memberships_are_seen_by_managers_and_ones_own_by_everybody(world, role, seen):
    first, second, *_ = world
    user = MembershipFactory(program=first, role=role).user
    MembershipFactory.create_batch(2, program=first)
    MembershipFactory(program=second)
    assert len(visible(Membership, user)) == seen


@pytest.mark.parametrize(
    ("role", "writes"), [(Role.VIEWER, False), (Role.REPORTER, True), (Role.MANAGER, True)]
)
def test_sites_may_be_written_by_reporters_and_managers(world, role, writes):
    first, _, shared, own = world
    user = MembershipFactory(program=first, role=role, sites=[own]).user
    MembershipFactory(program=world[1], user=user, role=Role.VIEWER)
    assert set(Site.objects.writable_by(user)) == ({own} if writes else set())
    assert visible(Site, user) == {own, shared}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_covered_sites_are_those_of_one_membership(world, number):
    first, _, shared, own = world
    member = MembershipFactory(program=first, sites=[shared, own][:number] or None)
    covered = Site.objects.covered_by(member)
    assert set(covered) == ({shared, own} if number in (0, 2) else {shared})
    assert covered.count() == len(set(covered))
