"""The table of addresses holds every page, and each of them can be opened."""

import pytest
from django.test import Client

from accounts.models import User
from tests.addresses import NO_PAGES, addresses_of, is_of_account, page_names, url_names
from tests.conftest import TODAY
from tests.world import build_world

# What no page can answer with figures: x is no percentage, a link without its end.
CANNOT_BE = {"reduction=x": 422, "/invitations/cut-off/": 404}


def test_reasons_are_given_for_addresses_that_there_are():
    assert set(NO_PAGES) - set(url_names()) == set()


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_every_page_opens_for_an_admin_who_manages_the_program():
    world, client = build_world(TODAY), Client()
    client.force_login(User.objects.get(username="admin"))
    paths = [
        path
        for name in page_names()
        if not is_of_account(name)
        for path in addresses_of(name, world)
    ]
    answers = {path: client.get(path, follow=path == "/") for path in paths}
    usual = dict.fromkeys(paths, 200) | {
        path: status
        for path in paths
        for cannot_be, status in CANNOT_BE.items()
        if cannot_be in path
    }
    assert {path: answer.status_code for path, answer in answers.items()} == usual
    kinds = {path: answer.headers["content-type"] for path, answer in answers.items()}
    assert {path: kind for path, kind in kinds.items() if not kind.startswith("text/html")} == {}
