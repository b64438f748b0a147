"""One's notices: in the menu with their number, on a page of their own, and read."""

from datetime import UTC, datetime

import pytest

from metrics.models import Notice
from metrics.notices import tell
from tests.factories import UserFactory
from tests.metrics.approving import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGE = "/notices/"


@pytest.fixture
def me(client):
    own = UserFactory()
    client.force_login(own)
    return own


def leave(user, text, kind=Notice.Kind.APPROVED, address="/programs/", **fields):
    tell([user], kind=kind, text=text, address=address)
    Notice.objects.filter(user=user, text=text).update(**fields)
    return Notice.objects.get(user=user, text=text)


def unread(user):
    return list(Notice.objects.visible_to(user).unread().values_list("text", flat=True))


def test_notices_come_newest_first_with_the_unread_marked(client, me):
    leave(me, "The older one.", read_at=datetime(2025, 7, 1, tzinfo=UTC))
    leave(me, "The newer one.", kind=Notice.Kind.RETURNED)
    seen = words(client.get(PAGE))
    assert seen.index("new The newer one. Returned, 2025-07-15 12:00 Open") < seen.index(
        "The older one. Approved, 2025-07-15 12:00 Open"
    )


def test_menu_says_how_many_are_unread(client, me):
    assert "unread" not in words(client.get(PAGE))
    leave(me, "One.")
    assert "1 unread notice " in words(client.get("/programs/"))
    leave(me, "Two.")
    leave(UserFactory(), "Another's.")
    assert "2 unread notices " in words(client.get("/programs/"))


def test_page_without_notices_says_what_will_come(client, me):
    assert "No notices yet" in words(client.get(PAGE))


def test_opened_notice_is_read_and_leads_to_its_page(client, me):
    one = leave(me, "One.", address="/sites/NC-1/")
    leave(me, "Two.")
    response = client.post(f"{PAGE}{one.pk}/", {"open": "1"})
    assert (response.status_code, response.url) == (302, "/sites/NC-1/")
    assert unread(me) == ["Two."]


def test_one_may_be_marked_as_read_without_going_anywhere(client, me):
    one = leave(me, "One.")
    response = client.post(f"{PAGE}{one.pk}/")
    assert response.url == PAGE
    assert unread(me) == []


def test_notice_that_was_read_keeps_the_moment(client, me):
    before = datetime(2025, 7, 1, tzinfo=UTC)
    one = leave(me, "One.", read_at=before)
    client.post(f"{PAGE}{one.pk}/", {"open": "1"})
    assert Notice.objects.get().read_at == before


def test_all_that_were_shown_are_read_at_once_and_those_of_others_are_not(client, me):
    other = UserFactory()
    leave(other, "Another's.")
    leave(me, "One.", created_at=datetime(2025, 7, 1, tzinfo=UTC))
    leave(me, "Shown.", created_at=datetime(2025, 7, 2, tzinfo=UTC))
    upto = client.get(PAGE).context["newest"].created_at.isoformat()
    leave(me, "Came later.", created_at=datetime(2025, 7, 3, tzinfo=UTC))
    assert client.post(PAGE, {"upto": upto}).status_code == 302
    assert unread(me) == ["Came later."]
    assert unread(other) == ["Another's."]


@pytest.mark.parametrize("upto", ["", "x", "2025-07-20", "2025-13-40T10:00", "2025-07-20T10:00"])
def test_page_that_does_not_say_what_it_showed_reads_nothing(client, me, upto):
    leave(me, "One.")
    response = client.post(PAGE, {"upto": upto}, follow=True)
    assert "The page no longer says what it showed." in words(response)
    assert unread(me) == ["One."]


def test_nobody_reads_what_another_was_told(client, me):
    stranger = leave(UserFactory(), "Another's.")
    assert "Another's." not in words(client.get(PAGE))
    assert client.post(f"{PAGE}{stranger.pk}/").status_code == 404
    assert Notice.objects.unread().count() == 1


def test_looking_reads_nothing(client, me):
    one = leave(me, "One.")
    client.get(PAGE)
    assert client.get(f"{PAGE}{one.pk}/").status_code == 405
    assert unread(me) == ["One."]


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/x", ""])
def test_notice_leads_nowhere_else(client, me, address):
    one = leave(me, "One.", address=address)
    assert client.post(f"{PAGE}{one.pk}/", {"open": "1"}).url == PAGE


def test_notices_beyond_fifty_are_on_the_next_page(client, me):
    Notice.objects.bulk_create(
        Notice(user=me, kind=Notice.Kind.APPROVED, text=f"n{number}") for number in range(53)
    )
    assert [len(client.get(PAGE, {"page": page}).context["page"]) for page in (1, 2)] == [50, 3]


@pytest.mark.parametrize("number", [1, 3])
def test_notices_take_five_queries(client, me, django_assert_num_queries, number):
    for own in range(number):
        leave(me, f"n{own}")
    with django_assert_num_queries(5):  # session, user, how many, notices, newest
        client.get(PAGE)
