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
    *others, most = roles_of(name)
    looks = [(most, usual, look_closely), *((most, path, look_closely) for path in other_states)]
    looks += [(role, usual, look_over) for role in others]
    assert [
        fault
        for role, path, closely in looks
        for fault in look(visitors(role), path, seen, closely)
    ] == []
    assert visitors("admin").is_signed_in()


def test_pages_of_what_went_wrong_have_no_barrier_and_offend_no_policy(visitors, seen):
    admin = visitors("admin")
    assert [fault for path in WRONG for fault in look(admin, path, seen, look_closely)] == []


def roles_of(name):
    """Who may look at a page and sees something of their own; last, who sees the most."""
    if name in FROM_MAILS:
        return [None]
    if is_of_account(name):
        return [None, "viewer", "forgetful", "guarded"]
    return [None, "stranger", "viewer", "reporter", "manager", "admin"]


def look(visitor, path, seen, closely):
    """Open a page, and say what is wrong with it."""
    visitor.open(path)
    faults = list(visitor.complaints)
    if (words := visitor.read()) not in seen:
        seen.add(words)
        faults += closely(visitor)
    return [f"{path}, {visitor.name or 'signed out'}, {fault}" for fault in faults]


def look_closely(visitor):
    """In every width and both schemes, with large text: once for who sees the most of a page."""
    faults = find_overflow(visitor, NARROW)
    visitor.open_details()
    for width in WIDTHS:
        faults += find_barriers(visitor, width)
    return faults + find_what_large_text_breaks(visitor)


def look_over(visitor):
    """On a phone: for who sees the same page with parts left out."""
    faults = find_overflow(visitor, WIDTHS[:1])
    visitor.open_details()
    return faults + [f"{WIDTHS[0]} px: {line}" for line in visitor.find_barriers()]


def find_barriers(visitor, width):
    visitor.look(width, "light")
    barriers = visitor.find_barriers()
    visitor.look(width, "dark")
    return [
        *(f"{width} px: {line}" for line in barriers),
        *(f"{width} px, dark: {line}" for line in visitor.find_barriers(**COLOURS)),
    ]


def find_overflow(visitor, widths):
    """What scrolls sideways in windows of these widths."""
    faults = []
    for width in widths:
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
