import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.admin_pages import all_pages, as_sent, page, sign_in_staff
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"


def make_address():
    user = UserFactory()
    return EmailAddress.objects.create(user=user, email=user.email)


def make_authenticator():
    return Authenticator.objects.create(
        user=UserFactory(), type=Authenticator.Type.TOTP, data={"secret": SECRET}
    )


def make_group():
    return Group.objects.create(name=f"Group {Group.objects.count()}")


MAKERS = {
    User: UserFactory,
    Group: make_group,
    EmailAddress: make_address,
    Authenticator: make_authenticator,
}
LIST_QUERIES = {User: 8, Group: 5, EmailAddress: 5, Authenticator: 5}
each_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)


@each_model
def test_every_page_opens_for_a_superuser(admin_client, model):
    pages = all_pages(MAKERS[model]())
    expected = [200, 403 if model is Authenticator else 200, 200, 200, 200]
    assert [admin_client.get(address).status_code for address in pages] == expected


@each_model
def test_staff_without_rights_are_refused_everywhere(client, model):
    pages = all_pages(MAKERS[model]())
    sign_in_staff(client)
    assert [client.get(address).status_code for address in pages] == [403] * 5


@pytest.mark.parametrize("rows", [1, 3])
@each_model
def test_list_takes_constant_queries(admin_client, django_assert_num_queries, model, rows):
    for _ in range(rows):
        MAKERS[model]()
    with django_assert_num_queries(LIST_QUERIES[model]):
        response = admin_client.get(page(model, "changelist"))
    assert response.status_code == 200


def test_who_is_no_staff_is_led_to_the_sign_in(client):
    client.force_login(UserFactory())
    response = client.get(page(User, "changelist"))
    assert response.status_code in (302, 403)


def test_a_person_is_added_with_name_and_address(client):
    sign_in_staff(client, "add_user", "change_user")
    sent = {"username": "amina", "usable_password": "true", "email": "amina@example.org"}
    sent |= {"password1": PASSWORD, "password2": PASSWORD, "first_name": "Amina"}
    client.post(page(User, "add"), sent)
    added = User.objects.get(username="amina")
    assert (added.email, added.first_name) == ("amina@example.org", "Amina")
    assert added.check_password(PASSWORD)


def test_staff_cannot_give_rights(client):
    sign_in_staff(client, "change_user")
    user = UserFactory()
    address = page(User, "change", user.pk)
    sent = as_sent(client.get(address)) | {"is_staff": "on", "is_superuser": "on"}
    sent["user_permissions"] = [Permission.objects.first().pk]

    response = client.post(address, sent | {"first_name": "Amina"})

    user.refresh_from_db()
    assert (response.status_code, user.first_name) == (302, "Amina")
    assert (user.is_staff, user.is_superuser, user.user_permissions.count()) == (False, False, 0)


@pytest.mark.parametrize("name", ["change", "delete", "password_change"])
def test_staff_cannot_take_over_a_superuser(client, admin_user, name):
    sign_in_staff(client, "change_user", "delete_user")
    address = page(User, "change", admin_user.pk).replace("change", "password")
    if name != "password_change":
        address = page(User, name, admin_user.pk)
    sent = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true", "post": "yes"}
    assert client.post(address, sent).status_code == 403
    admin_user.refresh_from_db()
    assert not admin_user.check_password(PASSWORD)


def test_a_superuser_gives_rights(admin_client):
    user = UserFactory()
    address = page(User, "change", user.pk)
    admin_client.post(address, as_sent(admin_client.get(address)) | {"is_staff": "on"})
    user.refresh_from_db()
    assert user.is_staff


def test_the_secret_of_a_second_factor_is_not_shown(admin_client):
    authenticator = make_authenticator()
    address = page(Authenticator, "change", authenticator.pk)
    assert SECRET not in admin_client.get(address).text
    assert admin_client.post(address, {"data": "{}"}).status_code == 403
