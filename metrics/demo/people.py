"""The people who sign in to the demonstration, and what each of them may do."""

from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from accounts.models import User
from programs.models import Membership, Program, Role

# Published on purpose: whoever loads the demonstration is told it, and told to keep it at home.
DEMO_PASSWORD = "healthy-beginnings"  # noqa: S105
REPORTER_SITES = ("NB-004", "NB-010", "NB-012")


class SignIn(NamedTuple):
    """One account of the demonstration."""

    username: str
    first_name: str
    last_name: str
    may: str


SIGN_INS = (
    SignIn("manager", "Amara", "Velt", "manages every program"),
    SignIn("manager2", "Jonas", "Okuni", "manages every program, approves what others entered"),
    SignIn("reporter", "Lidia", "Tesfaru", "enters counts at three sites of Healthy Beginnings"),
    SignIn("viewer", "Ines", "Brandal", "reads every program"),
    SignIn("admin", "Samuel", "Kade", "manages every program and opens the admin"),
)


@dataclass(frozen=True)
class Cast:
    """Who does what in the stories."""

    manager: User
    manager2: User
    reporter: User
    viewer: User
    admin: User


def create_people() -> Cast:
    """Create the accounts. One that exists already keeps its password and its rights."""
    password = make_password(DEMO_PASSWORD)  # once: hashing is slow by intention
    people = {own.username: _create_account(own, password) for own in SIGN_INS}
    return Cast(**people)


def _create_account(own, password):
    may_all = own.username == "admin"
    account, _ = User.objects.get_or_create(
        username=own.username,
        defaults={
            "first_name": own.first_name,
            "last_name": own.last_name,
            "email": f"{own.username}@example.org",
            "password": password,
            "is_staff": may_all,
            "is_superuser": may_all,
        },
    )
    return account


def join_program(program: Program, cast: Cast):
    """Make everybody a member for all sites; the reporter for her own, where she has any."""
    roles = {
        cast.manager: Role.MANAGER,
        cast.manager2: Role.MANAGER,
        cast.admin: Role.MANAGER,
        cast.viewer: Role.VIEWER,
    }
    for user, role in roles.items():
        Membership.objects.create(program=program, user=user, role=role)
    sites = program.sites.filter(code__in=REPORTER_SITES)
    if sites:
        membership = Membership.objects.create(
            program=program, user=cast.reporter, role=Role.REPORTER, all_sites=False
        )
        membership.sites.set(sites)
