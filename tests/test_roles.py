"""Who may open what: every URL name, by everybody, with the answer written out."""

import logging
from pathlib import Path

import pytest

from programs.roles import ACTS, May
from tests.addresses import url_names
from tests.roles import KINDS, address_of, answer, build_program, come

TABLE = Path(__file__).parent / "data" / "roles.txt"
METHODS = ("GET", "POST")
REFUSED = {"in", "403", "404", "405"}
SENT_WHOLE = {"open_month"}  # a 422 refuses whoever sends it, not what was sent
# Where each line of “What each role may do” can be seen to hold.
SEEN_AT = {
    "See the program's figures, its contract and frozen verdicts": ("program", "GET"),
    "See a site's own figures and reports": ("site", "GET"),
    "Enter and submit counts": ("monthly_report", "POST"),
    "Explain what looks odd in the counts": ("finding_review", "POST"),
    "Approve, return or reopen a report that others entered": ("report_approve", "POST"),
    "Open a locked month of one site": ("open_month", "POST"),
    "Bring in counts from a file": ("import_file", "POST"),
    "Make a promise, and lock it": ("contract_lock", "POST"),
    "Open, close, split or merge sites": ("site_life", "POST"),
    "Freeze a verdict": ("freeze_evaluation", "POST"),
    "Invite people, and decide who may do what": ("invite", "POST"),
    "Set up areas, sites, programs and accounts": ("admin:index", "GET"),
}


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    """By URL name and method, what each kind of person is answered."""
    lines = [line.split() for line in TABLE.read_text().splitlines()]
    return {
        (name, method): dict(zip(KINDS, answers, strict=True))
        for name, method, *answers in (line for line in lines if line and line[0] != "#")
    }


EXPECTED = read_table()


def test_every_url_name_is_in_the_table():
    """A new page: add a line to tests/data/roles.txt, and what its address needs to
    tests/roles.py."""
    assert {name for name, _ in EXPECTED} == {*url_names(), "admin:index"}


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("kind", KINDS)
def test_every_address_answers_everybody_as_it_is_written(kind, caplog):
    caplog.set_level(logging.CRITICAL)  # what is refused would fill pages
    world = build_program()
    client = come(kind, world)
    wrong = {}
    for name in [*url_names(), "admin:index"]:
        address, sent = address_of(name, world), world["sent"].get(name)
        for method in METHODS:
            expected = EXPECTED.get((name, method), {}).get(kind, "405")
            given = answer(client, method, address, sent)
            if given != expected:
                wrong[f"{method} {address} ({name})"] = f"{given}, not {expected}"
    assert wrong == {}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.words)
def test_what_the_page_says_of_roles_is_what_holds(act):
    seen_at = SEEN_AT[act.words]
    answers = EXPECTED[seen_at]
    refused = REFUSED | {"422"} if seen_at[0] in SENT_WHOLE else REFUSED
    may = {kind: answers[kind] not in refused for kind in KINDS}
    for role, said in (("reporter", act.reporter), ("manager", act.manager)):
        everywhere = said in (May.YES, May.AT_SITES)
        assert may[role] is (said != May.NO)
        assert may[f"{role} here"] is everywhere
        assert may[f"{role} there"] is (said == May.YES)
    assert may["viewer"] is (act.viewer != May.NO)
    assert may["admin"] is (act.admin == May.YES or may["viewer"])
