"""The page that the link in an invitation opens."""

import logging
from datetime import date
from io import StringIO

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from programs.actions import accept_invitation, resend_invitation, withdraw_invitation
from programs.models import Invitation
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)
from tests.metrics.test_pages import words
from tests.programs.inviting import invite, link_sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2025, 7, 15)
TYPED = {"first_name": "Lidia", "last_name": "Tesfaru", "username": "lidia", "password": PASSWORD}


@pytest.fixture
def program():
    return ProgramFactory(name="Beginnings", slug="beginnings")


@pytest.fixture
def manager(program):
    user = UserFactory(first_name="Amara", last_name="Velt")
    return MembershipFactory(program=program, role="manager", user=user).user


@pytest.fixture
def asked(program, manager, django_capture_on_commit_callbacks):
    """Invite somebody, and return the link that they were sent."""

    def ask(email="lidia@example.org", **offer):
        with django_capture_on_commit_callbacks(execute=True):
            invite(program, manager, email, **offer)
        return link_sent()

    return ask


def is_signed_in(client, user):
    return client.session.get("_auth_user_id") == str(user.pk)


def said(response):
    """What a page says that is no success."""
    response.status_code, status = 200, response.status_code
    return status, words(response)


# --- Somebody new ------------------------------------------------------------------------------


def test_page_says_who_invites_to_what(client, program, asked):
    site = ParticipationFactory(program=program, site__name="Kebra").site
    text = words(client.get(asked(sites=[site])))
    assert "Amara Velt invites you to Beginnings You would be a reporter of Kebra." in text
    assert "Your address is lidia@example.org." in text
    assert "The link works until 2025-07-29." in text


def test_looking_accepts_nothing(client, program, asked):
    link = asked()
    client.get(link)
    client.force_login(UserFactory())
    client.get(link)
    assert Invitation.objects.get().accepted_at is None
    assert program.memberships.count() == 1


def test_new_person_makes_an_account_joins_and_is_signed_in(client, program, asked):
    response = client.post(asked(role="viewer"), TYPED)
    lidia = User.objects.get(username="lidia")
    assert (response.status_code, response.url) == (302, "/programs/beginnings/")
    assert is_signed_in(client, lidia)
    assert (str(lidia), lidia.email) == ("Lidia Tesfaru", "lidia@example.org")
    assert lidia.check_password(PASSWORD)
    assert (lidia.is_staff, lidia.is_superuser) == (False, False)
    assert program.memberships.get(user=lidia).role == "viewer"
    assert EmailAddress.objects.get(user=lidia, email="lidia@example.org").verified
    text = words(client.get("/programs/beginnings/contract/"))
    assert "Welcome. You are a viewer of all sites here." in text


@pytest.mark.parametrize(
    ("typed", "box", "sentence"),
    [
        ({"first_name": ""}, "first_name", "This field is required."),
        ({"username": "TAKEN"}, "username", "A user with that username already exists."),
        (
            {"username": "a@b.org"},
            "username",
            '"a@b.org" holds an @, which only addresses do. Write a name without it; you can '
            "sign in with your address all the same.",
        ),
        ({"password": "Tesfaru-99"}, "password", "The password is too similar to the last name."),
        (
            {"password": "lidia@example.org"},
            "password",
            "The password is too similar to the email address.",
        ),
        ({"password": "x7-KqP"}, "password", "This password is too short."),
        ({"password": "password12"}, "password", "This password is too common."),
    ],
)
def test_account_that_cannot_be_says_why(client, program, asked, typed, box, sentence):
    UserFactory(username="taken")
    response = client.post(asked(), TYPED | typed)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [box]
    assert sentence in response.context["form"].errors[box][0]
    assert not User.objects.filter(email="lidia@example.org").exists()
    assert Invitation.objects.get().accepted_at is None


def test_user_name_taken_at_the_same_moment_is_told(client, program, asked, monkeypatch):
    link = asked()
    UserFactory(username="lidia", email="other@example.org")
    monkeypatch.setattr("accounts.forms.AccountForm.clean_username", lambda form: "lidia")
    monkeypatch.setattr("accounts.forms.AccountForm.validate_unique", lambda form: None)
    response = client.post(link, TYPED)
    assert response.status_code == 422
    assert "Somebody took this user name just now. Choose another." in response.text
    assert User.objects.filter(username="lidia").count() == 1


def test_account_may_not_be_given_more_than_was_asked_for(client, asked):
    client.post(asked(), TYPED | {"is_superuser": "on", "is_staff": "on", "email": "x@x.org"})
    lidia = User.objects.get(username="lidia")
    assert (lidia.is_superuser, lidia.is_staff, lidia.email) == (False, False, "lidia@example.org")


# --- Somebody with an account ------------------------------------------------------------------


def test_address_with_an_account_signs_in_and_comes_back(client, asked):
    UserFactory(email="Lidia@example.org")
    link = asked()
    page = client.get(link)
    assert "There is an account with the address lidia@example.org. Sign in" in words(page)
    assert f'href="/account/login/?next={link}"' in page.text
    assert "form" not in page.context
    client.post(link, TYPED)
    assert not User.objects.filter(username="lidia").exists()


def test_sign_in_leads_back_to_the_invitation(client, asked):
    UserFactory(username="lidia", email="lidia@example.org")
    link = asked()
    signing_in = {"login": "lidia", "password": PASSWORD, "next": link}
    assert client.post("/account/login/", signing_in).url == link


def test_signed_in_person_joins_with_their_account(client, program, asked):
    user, link = UserFactory(first_name="Lidia"), asked()
    client.force_login(user)
    assert "You are signed in as Lidia . The invitation was sent to" in words(client.get(link))
    response = client.post(link)
    assert (response.status_code, response.url) == (302, "/programs/beginnings/")
    assert program.memberships.get(user=user).role == "reporter"


@pytest.mark.parametrize(
    ("own", "offer", "before", "after"),
    [
        (
            {"role": "viewer"},
            {"role": "manager"},
            "You are a viewer of all sites now. If you accept, you are a manager of all sites "
            "instead.",
            "You are a manager of all sites now.",
        ),
        (
            {"role": "reporter", "sites": "A"},
            {"role": "reporter", "sites": "B"},
            "You are a reporter of A now. If you accept, that is so at these sites as well.",
            "You are a reporter of A and B now.",
        ),
        (
            {"role": "manager"},
            {"role": "viewer"},
            "You are a manager of all sites already, which is as much or more. Accepting changes "
            "nothing.",
            "You may do as much here already, so nothing has changed.",
        ),
        (
            {"role": "viewer"},
            {"role": "reporter", "sites": "A"},
            "If you accept, you are a reporter of A instead. The other sites' own figures are "
            "then closed to you.",
            "You are a reporter of A now.",
        ),
    ],
)
def test_member_is_told_what_becomes_of_their_part(
    client, program, asked, own, offer, before, after
):
    places = {name: ParticipationFactory(program=program, site__name=name).site for name in "AB"}
    own, offer = ({k: [places[s] for s in v] if k == "sites" else v for k, v in part.items()}
                  for part in (own, offer))  # fmt: skip
    link = asked(**offer)
    client.force_login(MembershipFactory(program=program, **own).user)
    assert before in words(client.get(link))
    client.post(link)
    assert after in words(client.get("/programs/beginnings/contract/"))


# --- Links that do not work --------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_link_is_not_found(client, program, asked, signed_in, method):
    link = asked()
    if signed_in:
        client.force_login(UserFactory())
    status, text = said(getattr(client, method)(link[:-4] + "/"))
    assert status == 404
    assert "This link is not known A part of it may be missing" in text
    assert "Otherwise ask whoever invited you to send it again." in text
    assert "Beginnings" not in text


def test_accepted_link_does_not_work_again(client, program, asked):
    link = asked()
    client.post(link, TYPED)
    status, text = said(client.get(link))
    assert status == 410
    assert "You have accepted this invitation That was on 2025-07-15." in text
    client.logout()
    for response in (client.get(link), client.post(link, TYPED | {"username": "eve"})):
        status, text = said(response)
        assert status == 410
        assert "This link has been used The invitation was accepted on 2025-07-15." in text
        assert "tell Amara Velt, who sent it." in text
        assert "Beginnings" not in text
    assert not User.objects.filter(username="eve").exists()


def test_withdrawn_link_says_whom_to_ask(client, program, manager, asked):
    link = asked()
    withdraw_invitation(invitation=Invitation.objects.get(), by=manager)
    for response in (client.get(link), client.post(link, TYPED)):
        status, text = said(response)
        assert status == 410
        assert "This invitation was withdrawn That was on 2025-07-15. Ask Amara Velt" in text
        assert "Beginnings" not in text
    assert program.memberships.count() == 1


def test_expired_link_says_whom_to_ask(client, program, asked):
    link = asked(today=date(2025, 6, 30))
    for response in (client.get(link), client.post(link, TYPED)):
        status, text = said(response)
        assert status == 410
        assert "This invitation has expired It could be accepted until 2025-07-14." in text
        assert "Ask Amara Velt to send it again." in text
        assert "Beginnings" not in text
    assert program.memberships.count() == 1


def test_link_that_was_sent_again_is_the_only_one_that_works(
    client, manager, asked, django_capture_on_commit_callbacks
):
    old = asked()
    with django_capture_on_commit_callbacks(execute=True):
        resend_invitation(invitation=Invitation.objects.get(), by=manager, today=TODAY)
    assert client.get(old).status_code == 404
    assert client.get(link_sent()).status_code == 200


def test_invitation_that_closes_while_it_is_read_says_so(client, program, asked, monkeypatch):
    link, user, other = asked(), UserFactory(), UserFactory()

    def accept_second(**answer):
        accept_invitation(**(answer | {"by": other}))
        return accept_invitation(**answer)

    monkeypatch.setattr("programs.views.invitations.accept_invitation", accept_second)
    client.force_login(user)
    assert client.post(link).status_code == 410
    assert not program.memberships.filter(user=user).exists()


def test_unknown_links_are_tried_sixty_times_a_minute(client, asked):
    link = asked()
    answers = {client.get(f"/invitations/guess-{number}/").status_code for number in range(60)}
    assert answers == {404}
    status, text = said(client.get("/invitations/guess-60/"))
    assert status == 429
    assert "Too many attempts in a short time" in text
    assert client.get(link).status_code == 200


def test_secret_is_in_no_log_and_goes_to_no_other_site(client, asked):
    link, log = asked(), StringIO()
    [console] = [own for own in logging.root.handlers if own.filters]
    before = console.setStream(log)
    try:
        response = client.post(link, {})
    finally:
        console.setStream(before)
    assert response.status_code == 422
    assert "Unprocessable Entity: /invitations/…/" in log.getvalue()
    assert link.split("/")[2] not in log.getvalue()
    assert response["Referrer-Policy"] == "same-origin"


def test_page_is_kept_by_no_cache(client, asked):
    assert "no-store" in client.get(asked())["Cache-Control"]
