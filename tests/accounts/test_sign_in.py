import pytest

from accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT = "/account/login/", "/account/logout/"


@pytest.fixture
def amina():
    return UserFactory(username="amina", email="amina@example.org")


def sign_in(client, login="amina", password=PASSWORD, **fields):
    return client.post(LOGIN, {"login": login, "password": password} | fields)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["amina", "amina@example.org", "AMINA@example.org", "Amina"])
def test_one_signs_in_by_user_name_or_email(client, amina, login):
    response = sign_in(client, login)
    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)


def test_one_comes_to_the_page_that_was_asked_for(client, amina):
    assert sign_in(client, next="/programs/").url == "/programs/"


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "javascript:alert(1)"]
)
def test_one_is_led_to_no_other_place(client, amina, address):
    assert sign_in(client, next=address).url == "/"


@pytest.mark.parametrize(
    ("login", "password"), [("amina", "wrong"), ("nobody", PASSWORD), ("no@example.org", PASSWORD)]
)
def test_wrong_name_and_wrong_password_are_answered_alike(client, amina, login, password):
    response = sign_in(client, login, password)
    kind = "email address" if "@" in login else "username"
    assert response.status_code == 200
    assert f"The {kind} and/or password you specified are not correct." in response.text
    assert not is_signed_in(client)


def test_person_who_was_switched_off_does_not_get_in(client, amina):
    User.objects.update(is_active=False)
    sign_in(client)
    assert not is_signed_in(client)


def test_one_signs_out(client, amina):
    sign_in(client)
    response = client.post(LOGOUT)
    assert (response.status_code, response.url) == (302, LOGIN)
    assert not is_signed_in(client)


def test_looking_at_the_sign_out_page_signs_nobody_out(client, amina):
    sign_in(client)
    client.get(LOGOUT)
    assert is_signed_in(client)


def test_name_is_locked_after_five_failures(client, amina):
    for _ in range(5):
        assert "are not correct" in sign_in(client, password="wrong").text
    response = sign_in(client)
    assert "Too many failed login attempts. Try again later." in response.text
    assert not is_signed_in(client)


def test_other_people_at_the_same_address_are_not_locked_out(client, amina):
    UserFactory(username="joseph")
    for _ in range(6):
        sign_in(client, password="wrong")
    assert sign_in(client, "joseph").status_code == 302


def test_four_failures_lock_nobody_out(client, amina):
    for _ in range(4):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302


def test_nobody_signs_up_alone(client):
    posted = {"username": "eve", "email": "eve@example.org", "password1": PASSWORD}
    response = client.post("/account/signup/", posted)
    assert response.status_code in (200, 403)
    assert "nobody signs up alone" in response.text.lower() or "closed" in response.text.lower()
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/"])
def test_admin_is_entered_through_the_same_sign_in(client, address):
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0].startswith(LOGIN)


def test_admin_password_is_not_taken_at_a_second_door(client):
    UserFactory(username="root", is_staff=True, is_superuser=True)
    client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert not is_signed_in(client)


@pytest.mark.parametrize(("staff", "status"), [(True, 200), (False, 403)])
def test_only_staff_enters_the_admin(client, staff, status):
    client.force_login(UserFactory(is_staff=staff))
    assert client.get("/admin/", follow=True).status_code == status


@pytest.mark.parametrize(
    ("fields", "shown"),
    [({"first_name": "Amina", "last_name": "Diallo"}, "Amina Diallo"), ({}, "amina")],
)
def test_person_is_called_by_their_name_or_user_name(fields, shown):
    assert str(UserFactory(username="amina", **fields)) == shown
