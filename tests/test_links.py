"""Whatever a page links to, who is shown the link may open."""

import logging
import re
from collections import deque

import pytest

from tests.roles import KINDS, build_program, come, withhold_small_counts

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#?]+)')
MEMBERS = [kind for kind in KINDS if kind not in ("signed out", "stranger", "superuser", "admin")]


def follow(client, start):
    """Every address that can be reached by links, without their questions: what each answers, and
    from where it was reached."""
    found, ahead = {}, deque([(start, "")])
    while ahead:
        address, origin = ahead.popleft()
        if address in found or not address.startswith("/") or "/static/" in address:
            continue
        response = client.get(address, follow=True)
        found[address] = response.status_code, origin
        if response.get("Content-Type", "").startswith("text/html"):
            ahead += [(own, address) for own in LINK.findall(response.content.decode())]
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "withheld"])
@pytest.mark.parametrize("kind", MEMBERS)
def test_every_link_leads_to_a_page_for_who_is_shown_it(kind, is_closed, caplog):
    caplog.set_level(logging.CRITICAL)
    world = build_program()
    if is_closed:
        withhold_small_counts(world)
    found = follow(come(kind, world), "/programs/own/")
    assert {own: said for own, said in found.items() if said[0] != 200} == {}
    assert len(found) > 10
