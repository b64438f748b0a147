"""The pages on which a manager sees and decides who may do what."""

from datetime import UTC, datetime

import pytest

from programs.actions import change_membership, marker
from programs.models import Invitation, Membership
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    UserFactory,
)
from tests.metrics.test_pages import words
from tests.programs.inviting import invite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PEOPLE = "/programs/own/people/"
JULY = datetime(2025, 7, 3, 9, tzinfo=UTC)


@pytest.fixture
def program():
    return ProgramFactory(slug="own", name="Beginnings")


@pytest.fixture
def manager(client, program):
    user = UserFactory(first_name="Amara", last_name="Velt", username="amara")
    MembershipFactory(program=program, role="manager", user=user)
    client.force_login(user)
    return user


@pytest.fixture
def lidia(program):
    user = UserFactory(first_name="Lidia", last_name="Tesfaru", username="lidia", last_login=JULY)
    return MembershipFactory(program=program, role="reporter", user=user)


def send(client, membership, *, role, sites=(), **typed):
    """Send a member's form as it is shown, with what is chosen."""
    places = {"covers": "some", "sites": [site.pk for site in sites]} if sites else {}
    given = {"role": role, "covers": "all", "seen": marker(membership)} | places | typed
    return client.post(f"{PEOPLE}{membership.pk}/", given)


def addresses(program, membership, by):
    own = invite(program, by, "guest@example.org")
    return {
        "GET": [PEOPLE, f"{PEOPLE}invite/", f"{PEOPLE}{membership.pk}/"],
        "POST": [
            f"{PEOPLE}invite/",
            f"{PEOPLE}{membership.pk}/",
            f"{PEOPLE}{membership.pk}/remove/",
            f"{PEOPLE}invitations/{own.pk}/send/",
            f"{PEOPLE}invitations/{own.pk}/withdraw/",
        ],
    }


def answers(client, program, membership, by):
    """What every page of the people answers."""
    pages = addresses(program, membership, by)
    shown = [client.get(page) for page in pages["GET"]]
    return shown + [client.post(page) for page in pages["POST"]]


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_people_do_not_exist_for_a_stranger(client, program, manager, lidia, extra):
    user = UserFactory(**extra)
    MembershipFactory(user=user, role="manager")
    client.force_login(user)
    given = answers(client, program, lidia, manager)
    assert {response.status_code for response in given} == {404}


@pytest.mark.parametrize("part", ["viewer", "reporter", "limited manager"])
def test_others_are_told_who_decides(client, program, manager, lidia, part):
    site = ParticipationFactory(program=program).site
    limits = {"sites": [site]} if part == "limited manager" else {}
    member = MembershipFactory(program=program, role=part.split()[-1], **limits)
    client.force_login(member.user)
    sentence = "Only a manager of all sites of Beginnings may do this. Ask Amara Velt."
    for response in answers(client, program, lidia, manager):
        assert response.status_code == 403
        assert sentence in response.text
    assert Membership.objects.count() == 3


def test_signed_out_person_is_led_to_sign_in(client, program):
    response = client.get(PEOPLE)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={PEOPLE}")


def test_people_of_another_program_are_not_found_here(client, program, manager):
    other = MembershipFactory(role="manager", user=manager)
    member = MembershipFactory(program=other.program)
    own = invite(other.program, manager)
    assert client.get(f"{PEOPLE}{member.pk}/").status_code == 404
    assert client.post(f"{PEOPLE}{member.pk}/remove/").status_code == 404
    assert client.post(f"{PEOPLE}invitations/{own.pk}/withdraw/").status_code == 404
    assert client.post(f"{PEOPLE}invitations/{own.pk}/send/").status_code == 404


@pytest.mark.parametrize(
    "path", ["{pk}/remove/", "invitations/{pk}/send/", "invitations/{pk}/withdraw/"]
)
def test_acts_are_not_links(client, program, manager, path):
    assert client.get(PEOPLE + path.format(pk=1)).status_code == 405


# --- The list ----------------------------------------------------------------------------------


def test_list_says_who_may_do_what_where_and_when_they_came(client, program, manager, lidia):
    names = ("Teshka", "Dovan")
    lidia.sites.set(ParticipationFactory(program=program, site__name=own).site for own in names)
    Membership.objects.filter(pk=lidia.pk).update(all_sites=False)
    text = words(client.get(PEOPLE))
    assert (
        "Lidia Tesfaru lidia · lidia@example.org Reporter reads, and enters counts "
        "Dovan and Teshka 2025-07-03 Change what Lidia Tesfaru may do"
    ) in text
    assert (
        "Amara Velt you amara · amara@example.org Manager enters counts, approves, and decides "
        "who may do what all sites 2025-07-15"
    ) in text


def test_list_is_by_family_name_and_marks_who_cannot_sign_in(client, program, manager, lidia):
    user = UserFactory(username="zoe", is_active=False, is_staff=True)
    MembershipFactory(program=program, user=user)
    _, text = words(client.get(PEOPLE)).split("Members 3 people")
    names = ["Lidia Tesfaru lidia ·", "Amara Velt you", "zoe admin account switched off zoe ·"]
    places = [text.index(name) for name in names]
    assert places == sorted(places)


def test_somebody_who_never_came_is_said_to(client, program, manager):
    MembershipFactory(program=program, user__username="newcomer")
    assert "all sites never Change what newcomer may do" in words(client.get(PEOPLE))


def test_list_names_who_is_invited_by_whom_and_until_when(client, program, manager):
    invite(program, manager, "guest@example.org", role="viewer")
    text = words(client.get(PEOPLE))
    assert "guest@example.org as viewer of all sites open until 2025-07-29 · invited by" in text
    Invitation.objects.update(expires_on=datetime(2025, 7, 14))
    text = words(client.get(PEOPLE))
    assert "guest@example.org expired" in text
    assert "could be accepted until 2025-07-14" in text


def test_list_shows_what_changed_and_by_whom(client, program, manager, lidia):
    change_membership(
        membership=lidia, role="viewer", all_sites=True, seen=marker(lidia), by=manager
    )
    client.post(f"{PEOPLE}{lidia.pk}/remove/")
    text = words(client.get(PEOPLE))
    for sentence in (
        "Lidia Tesfaru removed was viewer of all sites Amara Velt 2025-07-15 12:00",
        "Lidia Tesfaru changed: viewer of all sites before: reporter of all sites Amara Velt",
        "Lidia Tesfaru joined as reporter of all sites not known",
    ):
        assert sentence in text


def test_list_shows_what_became_of_invitations(client, program, manager):
    own = invite(program, manager, "guest@example.org", role="viewer")
    client.post(f"{PEOPLE}invitations/{own.pk}/send/")
    client.post(f"{PEOPLE}invitations/{own.pk}/withdraw/")
    text = words(client.get(PEOPLE))
    for sentence in (
        "guest@example.org no longer invited as viewer of all sites Amara Velt",
        "guest@example.org invited again as viewer of all sites Amara Velt",
        "guest@example.org invited as viewer of all sites Amara Velt",
    ):
        assert sentence in text


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_thirteen_queries(client, program, manager, number, django_assert_num_queries):
    for own in range(number):
        site = ParticipationFactory(program=program).site
        member = MembershipFactory(program=program, role="reporter", sites=[site])
        invite(program, manager, f"guest{own}@example.org", sites=[site])
        change_membership(
            membership=member, role="viewer", all_sites=True, seen=marker(member), by=manager
        )
    with django_assert_num_queries(13):
        client.get(PEOPLE)


# --- Changing ----------------------------------------------------------------------------------


def test_member_gets_another_part(client, program, manager, lidia):
    site = ParticipationFactory(program=program, site__name="Kebra").site
    response = send(client, lidia, role="manager", sites=[site])
    assert (response.status_code, response.url) == (302, PEOPLE)
    lidia.refresh_from_db()
    assert (lidia.role, lidia.all_sites, list(lidia.sites.all())) == ("manager", False, [site])
    assert "Lidia Tesfaru is a manager of Kebra now." in words(client.get(PEOPLE))


def test_form_shows_the_part_as_it_is(client, program, manager, lidia):
    site = ParticipationFactory(program=program, site__name="Kebra").site
    send(client, lidia, role="reporter", sites=[site])
    shown = client.get(f"{PEOPLE}{lidia.pk}/")
    form = shown.context["form"]
    assert (form["role"].value(), form["covers"].value()) == ("reporter", "some")
    assert form["sites"].value() == [site.pk]
    assert "Reporter of Kebra: reads, and enters counts. Last signed in on 2025-07-03." in words(
        shown
    )


@pytest.mark.parametrize(
    ("typed", "box", "sentence"),
    [
        ({"role": ""}, "role", "Choose what they may do."),
        ({"covers": ""}, "covers", "Choose all sites, or name some."),
        ({"covers": "some"}, "sites", "Tick one site at least, or choose all sites."),
        (
            {"seen": "0"},
            "__all__",
            "Somebody changed what Lidia Tesfaru may do in between. Look at it again; nothing of "
            "yours has been saved yet.",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_box(client, program, manager, lidia, typed, box, sentence):
    response = send(client, lidia, **({"role": "viewer"} | typed))
    assert response.status_code == 422
    assert response.context["form"].errors == {box: [sentence]}
    assert sentence in response.text
    assert lidia.history.count() == 1


def test_site_of_another_program_cannot_be_ticked(client, program, manager, lidia):
    other = ParticipationFactory().site
    response = send(client, lidia, role="reporter", sites=[other])
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["sites"]


def test_last_manager_reads_why_not(client, program, manager):
    own = program.memberships.get(user=manager)
    sentence = (
        "Amara Velt is the only manager of all sites of Beginnings. Make somebody else one "
        "first: otherwise nobody could decide who may do what."
    )
    assert sentence in send(client, own, role="viewer").text
    response = client.post(f"{PEOPLE}{own.pk}/remove/", follow=True)
    assert sentence in response.text
    assert program.memberships.get().role == "manager"


def test_who_gives_their_own_part_away_is_led_to_what_is_left(client, program, manager):
    MembershipFactory(program=program, role="manager")
    own = program.memberships.get(user=manager)
    assert send(client, own, role="viewer").url == "/programs/own/"
    assert client.get(PEOPLE).status_code == 403


def test_member_whose_part_changes_while_signed_in_may_do_so_at_once(
    client, program, manager, lidia
):
    client.force_login(lidia.user)
    assert client.get(PEOPLE).status_code == 403
    change_membership(
        membership=lidia, role="manager", all_sites=True, seen=marker(lidia), by=manager
    )
    assert client.get(PEOPLE).status_code == 200
    change_membership(
        membership=lidia, role="viewer", all_sites=True, seen=marker(lidia), by=manager
    )
    assert client.get(PEOPLE).status_code == 403


# --- Removing ----------------------------------------------------------------------------------


def test_removed_member_sees_the_program_no_more(client, program, manager, lidia):
    response = client.post(f"{PEOPLE}{lidia.pk}/remove/", follow=True)
    text = words(response)
    assert "Lidia Tesfaru is no member any more. What they entered stays." in text
    client.force_login(lidia.user)
    assert client.get("/programs/own/contract/").status_code == 404


def test_who_leaves_is_led_to_the_programs_that_are_left(client, program, manager):
    MembershipFactory(program=program, role="manager")
    own = program.memberships.get(user=manager)
    assert client.post(f"{PEOPLE}{own.pk}/remove/").url == "/programs/"


@pytest.mark.parametrize(("number", "said"), [(1, "1 invitation is"), (2, "2 invitations are")])
def test_removal_tells_of_invitations_still_open(client, program, manager, lidia, number, said):
    other = MembershipFactory(program=program, role="manager", user__first_name="Jonas")
    for own in range(number):
        invite(program, other.user, f"guest{own}@example.org")
    text = words(client.post(f"{PEOPLE}{other.pk}/remove/", follow=True))
    assert f"{said} still open that Jonas sent. Withdraw what you would not have sent." in text


# --- Inviting ----------------------------------------------------------------------------------


def fill_in(client, **typed):
    given = {"email": "guest@example.org", "role": "viewer", "covers": "all"} | typed
    return client.post(f"{PEOPLE}invite/", given)


def test_somebody_is_invited(client, program, manager):
    site = ParticipationFactory(program=program).site
    response = fill_in(client, role="reporter", covers="some", sites=[site.pk])
    assert (response.status_code, response.url) == (302, PEOPLE)
    own = Invitation.objects.get()
    assert (own.email, own.role, list(own.sites.all())) == ("guest@example.org", "reporter", [site])
    assert "guest@example.org is invited. The link is on its way." in words(client.get(PEOPLE))


@pytest.mark.parametrize(
    ("typed", "box", "sentence"),
    [
        ({"email": ""}, "email", "Give the address that the invitation goes to."),
        ({"email": "guest"}, "email", "Enter a valid email address."),
        ({"covers": "some"}, "sites", "Tick one site at least, or choose all sites."),
        (
            {"email": "lidia@example.org"},
            "__all__",
            "lidia@example.org belongs to Lidia Tesfaru, who is a member already. Change what "
            "they may do instead.",
        ),
    ],
)
def test_invitation_that_cannot_be_says_why(client, program, manager, lidia, typed, box, sentence):
    response = fill_in(client, **typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {box: [sentence]}
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [False, True])
def test_mail_that_cannot_be_sent_is_told(client, program, manager, again, monkeypatch):
    own = invite(program, manager, "guest@example.org") if again else None
    monkeypatch.setattr("programs.mails.send_mail", refuse_connection)
    if own:
        client.post(f"{PEOPLE}invitations/{own.pk}/send/")
    else:
        fill_in(client)
    said = "The invitation of guest@example.org is stored, but its mail could not be sent."
    assert said in words(client.get(PEOPLE))
    assert Invitation.objects.count() == 1


def refuse_connection(**mail):
    raise ConnectionRefusedError("nobody listens")


def test_invitation_is_sent_again_and_withdrawn(client, program, manager):
    own = invite(program, manager, "guest@example.org")
    text = words(client.post(f"{PEOPLE}invitations/{own.pk}/send/", follow=True))
    assert "guest@example.org gets a new link. The one before no longer works." in text
    text = words(client.post(f"{PEOPLE}invitations/{own.pk}/withdraw/", follow=True))
    assert "guest@example.org is no longer invited. The link is dead." in text
    assert "is withdrawn already" in words(
        client.post(f"{PEOPLE}invitations/{own.pk}/withdraw/", follow=True)
    )


# --- What each role may do ---------------------------------------------------------------------


def test_everybody_who_signs_in_may_read_what_each_role_may_do(client):
    client.force_login(UserFactory())
    text = words(client.get("/roles/"))
    assert "Enter and submit counts no at their sites at their sites by their role" in text
    assert "Invite people, and decide who may do what no no with all sites by their role" in text
    assert "Set up areas, sites, programs and accounts no no no yes" in text
