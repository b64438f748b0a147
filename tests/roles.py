"""A small program in which everything is there once, and somebody of every kind at its door."""

import re
from copy import copy
from datetime import date

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.http import int_to_base36

from metrics.evaluations import freeze_evaluation
from metrics.imports import receive_file
from metrics.models import FindingReview, Notice
from programs.actions import digest, invite_person
from programs.models import Invitation, Program
from programs.periods import Period
from tests.addresses import PROJECT_URLS
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)

TODAY = date(2025, 7, 15)
BASELINE, EVALUATION = Period.parse("2023-01..2023-12"), Period.parse("2024-07..2025-06")
SIGN_IN = ("/account/login/?next=", "/admin/login/?next=")
SECRET = "a-secret-of-the-tests"
OWN = {"slug": "own", "name": "Own", "locks_after_days": 60}
FILE = b"site_code,month,live_births,infant_deaths\nHERE,2025-05,40,2\n"

# Who comes, in the order of the table's columns. "here" and "there" are limited to one site: the
# one in the address, or the other. An admin is no more in a program than a member.
KINDS = {
    "signed out": None,
    "stranger": {"is_member": False},
    "superuser": {"is_member": False, "is_admin": True},
    "viewer": {"role": "viewer"},
    "reporter here": {"role": "reporter", "site": "HERE"},
    "reporter there": {"role": "reporter", "site": "THERE"},
    "reporter": {"role": "reporter"},
    "manager here": {"role": "manager", "site": "HERE"},
    "manager there": {"role": "manager", "site": "THERE"},
    "manager": {"role": "manager"},
    "admin": {"role": "viewer", "is_admin": True},
}
# What fills in an argument of an address; a number is told by the first word of the URL name.
ARGUMENTS = {
    "slug": "own",
    "month": "2025-06",
    "measure": "infant",
    "period": "2024-07..2025-06",
    "chart": "trend",
    "kind": "site-months",
    "ending": "csv",
    "secret": SECRET,
}


def build_program() -> dict[str, object]:
    """Make everything once, and return what fills in the arguments that are numbers or links."""
    program, forgetful = ProgramFactory(**OWN), UserFactory(username="forgetful")
    target = TargetFactory(program=program)
    here, there = (
        ParticipationFactory(
            program=program, site__code=code, site__name=code, site__area__code=f"{code}-AREA"
        ).site
        for code in ("HERE", "THERE")
    )
    for site in (here, there):
        for month in (*BASELINE, *EVALUATION):
            MonthlyReportFactory(site=site, month=month, entered_by=forgetful)
    lead = MembershipFactory(program=program, role="manager", user__username="lead")
    address = EmailAddress.objects.create(user=forgetful, email=forgetful.email)
    return {
        "intervention": InterventionFactory(program=program).pk,
        "evaluation": freeze_evaluation(target=target, by=lead.user, today=TODAY).pk,
        "import": receive_file(
            program=program, file_name="f.csv", content=FILE, mapping={}, by=lead.user
        ).pk,
        "contract": target.pk,
        "finding": FindingReview.objects.create(
            program=program,
            site=here,
            kind="births_odd",
            fingerprint="-",
            decision="explained",
            reason="-",
            reviewed_by=lead.user,
        ).pk,
        "member": lead.pk,
        "invitation": _invite(program, lead.user).pk,
        "notice": Notice.objects.create(user=lead.user, kind=Notice.Kind.REMINDER, text="-").pk,
        "uidb36": int_to_base36(forgetful.pk),
        "confirm": EmailConfirmationHMAC(address).key,
        "reset": default_token_generator.make_token(forgetful),
        # What a POST must bring, where without it nobody could be told apart.
        "sent": {
            "freeze_evaluation": {"measure": "infant"},
            "finding_review": {"site": "HERE", "kind": "births_odd", "fingerprint": "-"},
            "open_month": {
                "site": "HERE",
                "month": "2024-03",
                "reason": "The book was lost.",
                "expires_on": "2025-08-01",
            },
        },
        "program": program,
        "sites": {"HERE": here, "THERE": there},
    }


def _invite(program, by) -> Invitation:
    invitation = invite_person(
        program=program,
        email="guest@example.org",
        role="reporter",
        all_sites=True,
        by=by,
        today=TODAY,
    )
    invitation.secret_sha256 = digest(SECRET)
    invitation.save_without_historical_record()
    return invitation


def withhold_small_counts(world) -> None:
    """Let the program withhold from viewers counts of 1 to 4."""
    Program.objects.filter(pk=world["program"].pk).update(withhold_up_to=4)


def come(kind, world) -> Client:
    """Somebody of a kind, at the browser."""
    client, told = Client(raise_request_exception=False), KINDS[kind]
    if told is None:
        return client
    is_admin = told.get("is_admin", False)
    user = UserFactory(username=kind.replace(" ", "-"), is_staff=is_admin, is_superuser=is_admin)
    if told.get("is_member", True):
        sites = [world["sites"][told["site"]]] if "site" in told else []
        MembershipFactory(program=world["program"], user=user, role=told["role"], sites=sites)
    else:
        MembershipFactory(user=user, role="manager")
    if kind == "manager":
        Notice.objects.update(user=user)
    client.force_login(user)
    return client


def answer(client, method, address, sent=None) -> str:
    """What an address answers: its status, or “in” where it leads to signing in. Whatever that
    wrote, and whoever it signed in or out, is undone.

    sent : what a POST brings, usually nothing
    """
    cookies = copy(client.cookies)
    with transaction.atomic():
        response = getattr(client, method.lower())(address, sent if method == "POST" else None)
        transaction.set_rollback(True)
    client.cookies = cookies
    leads_in = response.status_code == 302 and response.url.startswith(SIGN_IN)
    return "in" if leads_in else str(response.status_code)


def address_of(name, world) -> str:
    """The address of a URL name in this world. A number that is not known stops the test."""
    if ":" in name:
        return reverse(name)
    routes, *_ = get_resolver(PROJECT_URLS).reverse_dict.getlist(name)
    route, arguments = routes[0][0]
    return "/" + route % {own: _fact(name, own, world) for own in arguments}


def _fact(name, argument, world):
    words = re.split("_", name)
    if argument == "code":
        return "HERE-AREA" if "area" in words else "HERE"
    if argument in ("pk", "key"):
        known = [world[own] for own in words if own in world]
    else:
        known = [own[argument] for own in (ARGUMENTS, world) if argument in own]
    if not known:
        raise LookupError(
            f"Nothing is known to fill in “{argument}” in the address of “{name}”. Add it to "
            "tests/roles.py."
        )
    return known[0]
