"""Invitations: sent, sent again, withdrawn, accepted."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from programs.actions import (
    InvitationClosedError,
    accept_invitation,
    join_anew,
    resend_invitation,
    withdraw_invitation,
)
from programs.models import Invitation
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)
from tests.programs.inviting import invite, link_sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY, LAST_DAY = date(2025, 7, 15), date(2025, 7, 29)


@pytest.fixture
def program():
    return ProgramFactory(name="Beginnings", slug="beginnings")


@pytest.fixture
def manager(program):
    user = UserFactory(first_name="Amara", last_name="Velt")
    return MembershipFactory(program=program, role="manager", user=user).user


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Do something, and let its mails go out."""

    def do(act, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return do


# --- Sending -----------------------------------------------------------------------------------


def test_invitation_is_stored_with_its_history(program, manager):
    site = ParticipationFactory(program=program).site
    own = invite(program, manager, " Lidia@Example.org ", sites=[site])
    assert (own.email, own.role, own.all_sites) == ("lidia@example.org", "reporter", False)
    assert (list(own.sites.all()), own.invited_by) == ([site], manager)
    assert own.expires_on == LAST_DAY
    record = own.history.get()
    assert (record.history_type, record.history_user) == ("+", manager)
    assert not hasattr(record, "secret_sha256")


def test_mail_says_who_invites_to_what_and_until_when(program, manager, sent):
    sites = [
        ParticipationFactory(program=program, site__name=name).site
        for name in ("Orlis", "Kebra", "Dovan", "Teshka")
    ]
    sent(invite, program, manager, sites=sites)
    [own] = mail.outbox
    assert (own.to, own.subject) == (
        ["lidia@example.org"],
        "IMR Tracker: Amara Velt invites you to Beginnings",
    )
    assert own.body == (
        "Amara Velt invites you to “Beginnings”, as a reporter of 4 sites.\n\n"
        "A reporter of some sites reads, and enters counts. Your sites: Dovan, Kebra, Orlis, "
        "Teshka.\n\n"
        "Open this link to join. It works once, until 2025-07-29:\n\n"
        f"http://127.0.0.1:8000{link_sent()}\n\n"
        "If you do not know Amara Velt, do nothing: without the link nobody joins.\n\n"
        "IMR Tracker\nhttp://127.0.0.1:8000\n"
    )


def test_mail_is_plain_text_as_it_was_written(program, manager, sent):
    program.name = "Mothers & <b>Babies</b>"
    program.save()
    sent(invite, program, manager)
    [own] = mail.outbox
    assert own.subject == "IMR Tracker: Amara Velt invites you to Mothers & <b>Babies</b>"
    assert "to “Mothers & <b>Babies</b>”, as a reporter of all sites." in own.body
    assert own.alternatives == []


def test_secret_is_32_random_bytes_of_which_only_the_digest_is_kept(program, manager, sent):
    first = sent(invite, program, manager)
    second = sent(invite, program, manager, "other@example.org")
    secrets = [link_sent(number).split("/")[2] for number in (0, 1)]
    assert [len(secret) for secret in secrets] == [43, 43]
    assert secrets[0] != secrets[1]
    digests = [hashlib.sha256(secret.encode()).hexdigest() for secret in secrets]
    assert [first.secret_sha256, second.secret_sha256] == digests


@pytest.mark.parametrize("state", ["open", "expired"])
def test_address_is_invited_once(program, manager, state):
    invite(program, manager, today=TODAY - timedelta(days=20 if state == "expired" else 0))
    with pytest.raises(ValidationError) as refusal:
        invite(program, manager, "LIDIA@example.org")
    assert refusal.value.messages == [
        "This address has been invited already. Withdraw that invitation, or send it again."
    ]


def test_address_may_be_invited_to_another_program(program, manager):
    invite(program, manager)
    other = MembershipFactory(role="manager", user=manager).program
    assert invite(other, manager).program == other


@pytest.mark.parametrize("known", ["of the account", "verified"])
def test_address_of_a_member_is_not_invited(program, manager, known):
    member = MembershipFactory(program=program, user__first_name="Lidia").user
    address = member.email
    if known == "verified":
        address = "lidia@example.org"
        EmailAddress.objects.create(user=member, email=address, verified=True)
    with pytest.raises(ValidationError) as refusal:
        invite(program, manager, address.upper())
    assert refusal.value.messages == [
        f"{address} belongs to Lidia, who is a member already. Change what they may do instead."
    ]


def test_fifty_invitations_may_be_open(program, manager):
    for number in range(50):
        own = invite(program, manager, f"person{number}@example.org")
    with pytest.raises(ValidationError) as refusal:
        invite(program, manager)
    assert refusal.value.messages == [
        "50 invitations to Beginnings are open, which is the most there may be. Withdraw those "
        "that nobody will accept any more."
    ]
    resend_invitation(invitation=own, by=manager, today=TODAY)
    withdraw_invitation(invitation=own, by=manager)
    invite(program, manager)


def test_one_person_sends_a_hundred_a_day(program, manager, monkeypatch):
    own = invite(program, manager)
    for _ in range(99):
        resend_invitation(invitation=own, by=manager, today=TODAY)
    with pytest.raises(ValidationError) as refusal:
        resend_invitation(invitation=own, by=manager, today=TODAY)
    assert refusal.value.messages == [
        "You have sent 100 invitations within 24 hours, which is the most that one person may "
        "send. Go on tomorrow."
    ]
    later = datetime(2025, 7, 16, 12, 1, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    resend_invitation(invitation=own, by=manager, today=later.date())


# --- Again, and back ---------------------------------------------------------------------------


def test_sent_again_it_has_a_new_link_and_two_more_weeks(program, manager, sent):
    other = MembershipFactory(program=program, role="manager").user
    old = sent(invite, program, manager)
    new = sent(resend_invitation, invitation=old, by=other, today=date(2025, 8, 1))
    assert link_sent(0) != link_sent(1)
    assert new.secret_sha256 != old.secret_sha256
    assert (new.pk, new.expires_on, new.invited_by) == (old.pk, date(2025, 8, 15), other)
    assert [own.history_change_reason for own in new.history.all()] == ["resend", "invite"]


def test_withdrawn_it_says_who_and_when(program, manager):
    own = withdraw_invitation(invitation=invite(program, manager), by=manager)
    assert own.state_on(TODAY) == "withdrawn"
    assert own.history.first().history_user == manager
    assert not Invitation.objects.pending().exists()
    invite(program, manager)  # the address is free again


@pytest.mark.parametrize("act", [withdraw_invitation, resend_invitation])
def test_what_is_withdrawn_or_accepted_is_not_touched(program, manager, act):
    today = {"today": TODAY} if act is resend_invitation else {}
    back = withdraw_invitation(invitation=invite(program, manager), by=manager)
    with pytest.raises(ValidationError) as refusal:
        act(invitation=back, by=manager, **today)
    assert refusal.value.messages == ["The invitation of lidia@example.org is withdrawn already."]
    taken = invite(program, manager)
    accept_invitation(invitation=taken, by=UserFactory(), today=TODAY)
    with pytest.raises(ValidationError) as refusal:
        act(invitation=taken, by=manager, **today)
    assert refusal.value.messages == [
        "lidia@example.org has accepted this invitation already. Change what they may do, or "
        "remove them."
    ]


@pytest.mark.parametrize("act", [withdraw_invitation, resend_invitation])
def test_only_managers_of_all_sites_send_again_or_withdraw(program, manager, act):
    own, site = invite(program, manager), ParticipationFactory(program=program).site
    limited = MembershipFactory(program=program, role="manager", sites=[site]).user
    today = {"today": TODAY} if act is resend_invitation else {}
    with pytest.raises(PermissionDenied, match="Only a manager of all sites of Beginnings"):
        act(invitation=own, by=limited, **today)


# --- Accepting ---------------------------------------------------------------------------------


def accept(program, manager, user, **offer):
    own = invite(program, manager, **offer)
    return accept_invitation(invitation=own, by=user, today=TODAY)


def test_somebody_new_to_the_program_joins_with_what_was_offered(program, manager):
    site, user = ParticipationFactory(program=program).site, UserFactory()
    assert accept(program, manager, user, sites=[site]) == "joined"
    membership = program.memberships.get(user=user)
    assert (membership.role, list(membership.sites.all())) == ("reporter", [site])
    record = membership.history.get()
    assert (record.history_type, record.history_user) == ("+", user)
    assert record.history_change_reason == "invitation"
    own = Invitation.objects.get()
    assert (own.state_on(TODAY), own.accepted_by) == ("accepted", user)


@pytest.mark.parametrize(
    ("own", "own_sites", "offered", "sites", "outcome", "role", "left"),
    [
        ("viewer", "all", "reporter", "all", "raised", "reporter", "all"),
        ("viewer", "all", "reporter", "A", "raised", "reporter", "A"),
        ("viewer", "B", "manager", "A", "raised", "manager", "A"),
        ("reporter", "B", "reporter", "A", "widened", "reporter", "AB"),
        ("reporter", "B", "reporter", "all", "widened", "reporter", "all"),
        ("reporter", "AB", "reporter", "A", "unchanged", "reporter", "AB"),
        ("reporter", "all", "reporter", "A", "unchanged", "reporter", "all"),
        ("manager", "A", "reporter", "all", "unchanged", "manager", "A"),
        ("manager", "all", "viewer", "all", "unchanged", "manager", "all"),
        ("manager", "all", "manager", "A", "unchanged", "manager", "all"),
    ],
)
def test_member_is_raised_and_never_lowered(
    program, manager, own, own_sites, offered, sites, outcome, role, left
):
    places = {name: ParticipationFactory(program=program, site__name=name).site for name in "AB"}
    now = [places[name] for name in own_sites if name in places]
    member = MembershipFactory(program=program, role=own, sites=now)
    offer = [places[name] for name in sites if name in places]
    assert accept(program, manager, member.user, role=offered, sites=offer) == outcome
    member.refresh_from_db()
    assert member.role == role
    assert ("".join(sorted(site.name for site in member.sites.all())) or "all") == left
    assert member.all_sites is (left == "all")


@pytest.mark.parametrize("state", ["accepted", "withdrawn", "expired"])
def test_what_is_not_open_is_not_accepted(program, manager, state):
    own = invite(program, manager)
    if state == "accepted":
        accept_invitation(invitation=own, by=UserFactory(), today=TODAY)
    elif state == "withdrawn":
        withdraw_invitation(invitation=own, by=manager)
    day = LAST_DAY + timedelta(days=1) if state == "expired" else TODAY
    user = UserFactory()
    with pytest.raises(InvitationClosedError):
        accept_invitation(invitation=own, by=user, today=day)
    with pytest.raises(InvitationClosedError):
        join_anew(invitation=own, account=User(username="lidia"), today=day)
    assert not program.memberships.filter(user=user).exists()


def test_last_day_is_included(program, manager):
    own = invite(program, manager)
    assert accept_invitation(invitation=own, by=UserFactory(), today=LAST_DAY) == "joined"


@pytest.mark.parametrize(("email", "verified"), [("Lidia@example.org", 1), ("x@example.org", 0)])
def test_only_ones_own_address_is_recorded_as_verified(program, manager, email, verified):
    user = UserFactory(email=email)
    accept(program, manager, user)
    found = EmailAddress.objects.filter(user=user, email="lidia@example.org", verified=True)
    assert found.count() == verified


def test_new_account_has_the_invited_address_verified(program, manager):
    own = invite(program, manager, role="viewer")
    account = User(username="lidia", first_name="Lidia")
    join_anew(invitation=own, account=account, today=TODAY)
    assert program.memberships.get(user=account).role == "viewer"
    address = EmailAddress.objects.get(user=account)
    assert (address.email, address.verified, address.primary) == ("lidia@example.org", True, True)
    assert User.objects.get(username="lidia").email == "lidia@example.org"


def test_new_account_is_refused_where_the_address_has_one(program, manager):
    own = invite(program, manager)
    UserFactory(email="LIDIA@example.org")
    with pytest.raises(ValidationError) as refusal:
        join_anew(invitation=own, account=User(username="lidia"), today=TODAY)
    assert refusal.value.messages == [
        "There is an account with this address already. Sign in, and open the link again."
    ]
    assert not User.objects.filter(username="lidia").exists()
