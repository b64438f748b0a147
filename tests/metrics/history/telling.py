"""What tests of the page of changes share: a report sent in, and what a member is told."""

from datetime import date
from typing import NamedTuple

from metrics.approvals import submit_report
from metrics.summaries.history import Asked, ProgramChanges
from programs.models import Membership, Site
from tests.metrics.approving import JUNE

PAGE, TODAY = "/programs/hb/history/", date(2025, 7, 15)


class FoundHere(NamedTuple):
    """What was found at a site."""

    site: Site
    month: date | None
    kind: str
    fingerprint: str


def send(site, births, by, seen=0, **fields):
    counts = {"live_births": births, "infant_deaths": 2}
    return submit_report(site=site, month=JUNE, counts=counts, seen_version=seen, by=by, **fields)


def changes_of(user, program, **asked):
    membership = Membership.objects.select_related("program", "user").get(
        user=user, program=program
    )
    changes = ProgramChanges(membership, Asked(**asked))
    told = changes[0 : changes.count()]
    assert len(told) == changes.count()
    return told


def told(change):
    """What a change was, who did it, and through which door."""
    values = [(own.label, own.old, own.new) for own in change.changes]
    return change.title, change.done, str(change.by or ""), change.door, values
