import pytest
from django.core.cache import caches

from tests.factories import MembershipFactory, ParticipationFactory, ProgramFactory


@pytest.fixture
def program(db):
    """A program of two sites, A (North) and B (South), open since 2020-01."""
    program = ProgramFactory(name="Healthy Beginnings", slug="hb")
    for code, name in (("A", "North"), ("B", "South")):
        ParticipationFactory(program=program, site__code=code, site__name=name)
    return program


@pytest.fixture
def manager(client, program):
    """A manager of the program, signed in."""
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def no_signs():
    """Forget what earlier jobs of the same numbers have said."""
    yield
    caches["jobs"].clear()
