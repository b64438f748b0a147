import pytest

from tests.factories import MembershipFactory, ParticipationFactory, ProgramFactory


@pytest.fixture
def program(db, client, today):
    """A program with one site, and somebody who may see it, signed in."""
    program = ProgramFactory(name="Healthy Beginnings", slug="hb")
    ParticipationFactory(program=program, site__code="A", site__name="North")
    client.force_login(MembershipFactory(program=program).user)
    return program
