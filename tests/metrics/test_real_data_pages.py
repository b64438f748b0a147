"""The pages show the published figures of the real counts."""

import pytest
from django.urls import reverse

from metrics.demo.real import load_andhra_pradesh, load_vienna
from tests.conftest import TODAY
from tests.factories import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def open_program(client, program):
    client.force_login(MembershipFactory(program=program).user)
    response = client.get(reverse("program", args=[program.slug]))
    assert response.status_code == 200
    return response.content.decode()


def open_site(client, program, code):
    client.force_login(MembershipFactory(program=program).user)
    return client.get(reverse("site", args=[code])).content.decode()


@pytest.fixture
def andhra_pradesh():
    return load_andhra_pradesh(by=UserFactory(), today=TODAY)


@pytest.fixture
def vienna():
    return load_vienna(by=UserFactory(), today=TODAY)


def test_program_page_shows_births_and_rates_of_the_financial_years(client, andhra_pradesh):
    page = open_program(client, andhra_pradesh)
    for shown in ("348,023", "404,953", "347,973", "11.425", "10.969", "9.021"):
        assert shown in page


def test_program_page_names_the_financial_years_and_marks_the_partial_one(client, andhra_pradesh):
    page = open_program(client, andhra_pradesh)
    assert all(label in page for label in ("2020-21", "2021-22", "2022-23", "2023-24"))
    assert "partial" in page.partition("2023-24")[2]


def test_program_page_says_that_the_target_is_an_illustration(client, andhra_pradesh):
    assert "only an illustration" in open_program(client, andhra_pradesh)


def test_site_page_shows_missing_months_as_not_reported(client, andhra_pradesh):
    page = open_site(client, andhra_pradesh, "AP-SRIKAKULAM")
    assert "not reported" in page.lower()


def test_site_page_gives_months_without_births_no_rate(client, andhra_pradesh):
    assert "no live births" in open_site(client, andhra_pradesh, "AP-BAPATLA").lower()


def test_program_page_of_vienna_shows_both_pooled_rates(client, vienna):
    page = open_program(client, vienna)
    assert "105.3" in page
    assert "21.5" in page


def test_pages_of_real_counts_do_not_exist_for_a_stranger(client, andhra_pradesh):
    client.force_login(UserFactory())
    assert client.get(reverse("program", args=[andhra_pradesh.slug])).status_code == 404
