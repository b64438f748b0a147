"""Every page as every role sees it: nothing that axe finds, nothing the policy refuses, nothing
that sticks out of the window."""

import pytest

from tests.addresses import FROM_MAILS, addresses_of, is_of_account, page_names

WIDTHS = (360, 1440)
NARROW = (320, 360, 768)
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a scheme changes
WRONG = ("/wrong/400/", "/wrong/403/", "/wrong/429/", "/wrong/500/", "/nowhere/")


@pytest.fixture(scope="module")
def seen():
    """Pages that read the same to somebody else are looked at once."""
    return set()


@pytest.mark.parametrize("name", page_names())
def test_page_has_no_barrier_and_offends_no_policy(visitors, world, seen, name):
    usual, *other_states = addresses_of(name, world)
    looks = [(role, usual) for role in roles_of(name)]
    looks += [(roles_of(name)[-1], path) for path in other_states]
    assert [fault for role, path in looks for fault in look(visitors(role), path, seen)] == []
    assert visitors("admin").is_signed_in()


def test_pages_of_what_went_wrong_have_no_barrier_and_offend_no_policy(visitors, seen):
    assert [fault for path in WRONG for fault in look(visitors("admin"), path, seen)] == []


def roles_of(name):
    """Who may look at a page and sees something of their own; last, who sees the most."""
    if name in FROM_MAILS:
        return [None]
    if is_of_account(name):
        return [None, "viewer", "forgetful", "guarded"]
    return [None, "stranger", "viewer", "reporter", "manager", "admin"]


def look(visitor, path, seen):
    """Open a page, and say what is wrong with it."""
    visitor.open(path)
    faults = list(visitor.complaints)
    if (words := visitor.read()) not in seen:
        seen.add(words)
        faults += find_overflow(visitor)
        visitor.open_details()
        for width in WIDTHS:
            faults += find_barriers(visitor, width)
        faults += find_what_large_text_breaks(visitor)
    return [f"{path}, {visitor.name or 'signed out'}, {fault}" for fault in faults]


def find_barriers(visitor, width):
    visitor.look(width, "light")
    barriers = visitor.find_barriers()
    visitor.look(width, "dark")
    return [
        *(f"{width} px: {line}" for line in barriers),
        *(f"{width} px, dark: {line}" for line in visitor.find_barriers(**COLOURS)),
    ]


def find_overflow(visitor):
    """What scrolls sideways in a narrow window."""
    faults = []
    for width in NARROW:
        visitor.look(width)
        faults += [f"{width} px, scrolls sideways: {own}" for own in visitor.find_overflow()]
    return faults


def find_what_large_text_breaks(visitor):
    visitor.look(1280)
    visitor.enlarge_text()
    return [
        *(f"text at 200 %, scrolls sideways: {own}" for own in visitor.find_overflow()),
        *(f"text at 200 %, cut off: {own}" for own in visitor.find_cut_text()),
    ]
