"""The signed-in person, and how many notices they have not read."""

import pytest
from django.utils import timezone

from accounts.backends import WithUnreadNotices
from metrics.models import Notice
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def notice(user, **fields):
    return Notice.objects.create(user=user, kind="reminder", text="Overdue.", **fields)


def test_person_comes_with_their_unread_notices(django_assert_num_queries):
    user, other = UserFactory(), UserFactory()
    for owner, read_at in ((user, None), (user, None), (user, timezone.now()), (other, None)):
        notice(owner, read_at=read_at)
    with django_assert_num_queries(1):
        assert WithUnreadNotices().get_user(user.pk).unread_notices == 2


def test_person_without_notices_has_none():
    assert WithUnreadNotices().get_user(UserFactory().pk).unread_notices == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, None])
def test_nobody_is_found_who_may_not_sign_in(fields):
    pk = UserFactory(**fields).pk if fields else 9999
    assert WithUnreadNotices().get_user(pk) is None


def test_menu_shows_the_number_without_a_query_of_its_own(client, django_assert_num_queries):
    user = UserFactory()
    notice(user)
    client.force_login(user)
    with django_assert_num_queries(3):  # session, user, the questions of one's programs
        page = client.get("/knowledge/questions/")
    assert '<span class="badge">1' in page.text
