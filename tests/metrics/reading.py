"""What a reader of a page sees, and who the reader is."""

import html
import re

from tests.factories import MembershipFactory, UserFactory


def words(response):
    """The text without its tags, each space one space."""
    assert response.status_code == 200
    seen = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return re.sub(r" ([.,:;])", r"\1", " ".join(html.unescape(seen).split()))


def links(response):
    """Every address that the page leads to."""
    return [html.unescape(address) for address in re.findall(r'href="([^"]*)"', response.text)]


def sign_in(client, *programs, **membership):
    """Become a member of these programs, of all their sites or of `sites`."""
    user = UserFactory()
    for program in programs:
        MembershipFactory(program=program, user=user, **membership)
    client.force_login(user)
    return user
